//! What a check found → what a person reads in a terminal: at most 80 columns, no text unescaped.

use crate::wording::gate as words;
use crate::{
    gate::{Checked, RuleAnswer, decide::Outcome},
    report::{
        escape::sentence,
        numbers::count,
        terminal::{Ink, TerminalPage, WIDTH, padded},
        wording,
    },
};
use std::io::{self, Write};

/// Records that are named for each rule.
const RECORDS: usize = 3;
/// The column in which texts begin.
const INDENT: usize = 13;

/// Prints the rules, the worst of each outcome's first as they are in the policy.
///
/// # Errors
/// Those of the writer, a closed pipe among them.
pub fn write_check(checked: &Checked, color: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut page = TerminalPage { out, color, width: WIDTH };
    page.paragraph(&sentence(&checked.sentence()), "", Ink::Bold)?;
    page.line("")?;
    for outcome in [Outcome::Failed, Outcome::CannotTell, Outcome::Passed] {
        for rule in checked.with(outcome) {
            write_rule(&mut page, rule)?;
        }
    }
    page.line("")?;
    page.paragraph(&format!("Based on {}", words::rests_on(checked)), "", Ink::Plain)?;
    if let Some(verdict) = &checked.verdict {
        page.paragraph(&sentence(&verdict.sentence()), "", Ink::Plain)?;
    }
    page.paragraph(wording::STYLE_IS_EVIDENCE, "", Ink::Dim)
}

fn write_rule(page: &mut TerminalPage<'_>, rule: &RuleAnswer) -> io::Result<()> {
    let start = padded(words::outcome(rule.outcome), INDENT);
    let ink = if rule.outcome == Outcome::Passed { Ink::Plain } else { Ink::Bold };
    let slice = if rule.slice.is_empty() { String::new() } else { format!("; {}", rule.slice) };
    let head =
        format!("{} ({}, {}{slice})", rule.id, rule.kind.name(), words::severity(rule.severity));
    page.paragraph(&sentence(&head), &start, ink)?;
    let indent = " ".repeat(INDENT);
    for condition in &rule.conditions {
        page.paragraph(&words::condition(condition), &indent, Ink::Plain)?;
    }
    if rule.outcome == Outcome::Passed {
        return Ok(());
    }
    if let Some(message) = &rule.message {
        page.paragraph(&sentence(message), &indent, Ink::Plain)?;
    }
    let (listed, all) = words::offenders(rule);
    for offender in listed.iter().take(RECORDS) {
        page.paragraph(&words::offender(offender), &indent, Ink::Dim)?;
    }
    if all > RECORDS.min(listed.len()) {
        let more = format!("and {} more records", count(all - RECORDS.min(listed.len())));
        page.paragraph(&more, &indent, Ink::Dim)?;
    }
    Ok(())
}
