//! What a check or a comparison found → Markdown: a comment, a step summary, a section of a model
//! card.
//!
//! Names and sentences go in as code spans or with every sign of Markdown and HTML escaped: no
//! record can put a link, an image or a mention into a comment.

use crate::wording::gate as words;
use crate::{
    gate::{Checked, RuleAnswer, decide::Outcome},
    lineage::Comparison,
    report::{
        escape::{name, sentence},
        numbers::{count, interval, share},
        wording,
    },
};

/// Records that are named for each rule.
const RECORDS: usize = 5;
/// References in a card.
const REFERENCES: usize = 5;
/// Limits in a card.
const LIMITS: usize = 6;

/// The rules as a table, and the records against those that did not pass.
pub fn markdown(checked: &Checked) -> String {
    let mut out = format!("### {}\n\n", text(&sentence(&checked.sentence())));
    out.push_str("| outcome | rule | found | asked |\n| --- | --- | --- | --- |\n");
    for outcome in [Outcome::Failed, Outcome::CannotTell, Outcome::Passed] {
        for rule in checked.with(outcome) {
            row(&mut out, rule);
        }
    }
    for rule in checked.rules.iter().filter(|rule| rule.level.is_some()) {
        out.push_str(&format!("\n**{}**: {}\n", code(&rule.id), text(&words::rule(rule))));
        let (listed, all) = words::offenders(rule);
        for offender in listed.iter().take(RECORDS) {
            out.push_str(&format!("- {}\n", code(&words::offender(offender))));
        }
        if all > RECORDS && listed.len() > RECORDS {
            out.push_str(&format!("- and {} more records\n", count(all - RECORDS)));
        }
    }
    out.push_str(&format!("\nBased on {}", text(&words::rests_on(checked))));
    if let Some(verdict) = &checked.verdict {
        out.push_str(&format!(" {}", text(&sentence(&verdict.sentence()))));
    }
    out.push_str(&format!("\n\n_{}_\n", text(wording::STYLE_IS_EVIDENCE)));
    out
}

fn row(out: &mut String, rule: &RuleAnswer) {
    for (at, condition) in rule.conditions.iter().enumerate() {
        let (outcome, id) = if at == 0 {
            let severity = words::severity(rule.severity);
            let bold = if rule.outcome == Outcome::Passed { "" } else { "**" };
            let outcome = format!("{bold}{}{bold}", words::outcome(rule.outcome));
            (outcome, format!("{} ({severity})", code(&rule.id)))
        } else {
            (String::new(), String::new())
        };
        let value = condition.value.map_or("–".into(), |v| words::figure(v, condition.unit));
        let interval = match words::interval(condition) {
            interval if interval.is_empty() => interval,
            interval => format!(" ({interval})"),
        };
        out.push_str(&format!(
            "| {outcome} | {id} | {}: {} | {} |\n",
            text(&sentence(&condition.what)),
            text(&format!("{value}{interval}")),
            text(&words::bound(condition.bound, condition.unit))
        ));
    }
}

/// The section of a model card on a comparison: what was compared with what, the verdict, its
/// limits.
pub fn card(comparison: &Comparison) -> String {
    let from = &comparison.provenance;
    let mut out = String::from("## Style of the reasoning traces\n\n");
    out.push_str(&format!("**{}**\n\n", text(&wording::verdict(comparison))));
    for line in wording::how_sure(comparison) {
        out.push_str(&format!("{}\n\n", text(&line)));
    }
    out.push_str(&format!(
        "Based on {}, compared with the {} references of the atlas {} (checksum {}).\n\n",
        text(&wording::rests_on(comparison)),
        count(from.atlas_references),
        code(&from.atlas),
        code(&from.atlas_checksum.chars().take(16).collect::<String>())
    ));
    if !comparison.ranking.is_empty() {
        out.push_str(
            "| reference | family | share | 95 % interval |\n| --- | --- | ---: | ---: |\n",
        );
        for one in comparison.ranking.iter().take(REFERENCES) {
            out.push_str(&format!(
                "| {} | {} | {} | {} |\n",
                code(&one.reference),
                one.family.as_deref().map(code).unwrap_or_default(),
                text(&share(one.score)),
                text(&interval(one.low, one.high))
            ));
        }
        out.push('\n');
    }
    if let Some(drift) = &comparison.drift {
        out.push_str(&format!("Since the baseline: {}\n\n", text(&sentence(&drift.sentence()))));
    }
    out.push_str("What this cannot say:\n\n");
    for limit in comparison.limits.iter().take(LIMITS) {
        out.push_str(&format!("- {}\n", text(&sentence(&limit.to_string()))));
    }
    out.push_str(&format!(
        "\n_{}_\n\nTo reproduce: {} ({}).\n",
        text(wording::STYLE_IS_EVIDENCE),
        code(&from.command),
        text(&name(&from.program))
    ));
    out
}

/// A text in which nothing is Markdown or HTML.
fn text(escaped: &str) -> String {
    let mut out = String::with_capacity(escaped.len());
    for c in escaped.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // A mention is one with a backslash, too.
            '@' => out.push_str("`@`"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    // What would become a link by itself.
    out.replace("//", "\\/\\/").replace("www.", "www\\.")
}

/// A name, path or command as code.
fn code(name: &str) -> String {
    let safe = sentence(name).replace('`', "ˋ").replace('|', "\\|");
    if safe.trim().is_empty() { String::new() } else { format!("`{}`", safe.trim()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_markdown() {
        assert_eq!(text("a|b *c* [d](e) <f> @g"), "a\\|b \\*c\\* \\[d\\](e) &lt;f&gt; `@`g");
        assert_eq!(text("https://x www.y"), "https:\\/\\/x www\\.y");
        assert_eq!(text("see //host/x"), "see \\/\\/host/x");
        assert_eq!(code("a`b`|c"), "`aˋbˋ\\|c`");
    }
}
