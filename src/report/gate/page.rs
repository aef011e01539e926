//! What a check found → the page that a person reads: `report.html` of the comparison with the
//! rules on top.
//!
//! Every value is text by now and is escaped by the template, `assets/rules.html` in
//! `assets/report.html`.

use crate::wording::gate as words;
use crate::{
    gate::{Checked, decide::Outcome},
    lineage::Comparison,
    report::{
        Error,
        comparison::render_page_with,
        escape::{name, sentence},
        numbers::counted,
    },
};
use minijinja::Value;
use serde::Serialize;

/// Records that are named for each rule.
const RECORDS: usize = 20;
/// Rules that are told on the first screen.
const DECIDING: usize = 2;

/// What the template sees of a check.
#[derive(Serialize)]
struct RulesSection {
    headline: String,
    /// The rules that decided, one sentence each.
    deciding: Vec<String>,
    outcome: &'static str,
    rests_on: String,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    outcome: &'static str,
    bad: bool,
    id: String,
    kind: &'static str,
    severity: &'static str,
    slice: String,
    /// What it came to and why, in sentences.
    why: String,
    conditions: Vec<[String; 4]>,
    records: Vec<String>,
    /// How many records are not named, in words.
    more: Option<String>,
}

/// The page as text: the rules of a check, then the whole comparison of the traces that were
/// checked.
///
/// # Errors
/// When a figure cannot be drawn or the template fails, which is a mistake in this program.
pub fn render_check(checked: &Checked, comparison: &Comparison) -> Result<String, Error> {
    render_page_with(comparison, Value::from_serialize(rules(checked)))
}

/// The rules that decided: those that failed, else those that cannot tell; at most two.
fn deciding(checked: &Checked) -> Vec<String> {
    let failed: Vec<_> = checked.with(Outcome::Failed).collect();
    let open: Vec<_> = checked.with(Outcome::CannotTell).collect();
    let rules = if failed.is_empty() { open } else { failed };
    rules
        .into_iter()
        .take(DECIDING)
        .map(|rule| format!("{}: {}", name(&rule.id), words::rule(rule)))
        .collect()
}

/// The rules, those that failed first.
fn rules(checked: &Checked) -> RulesSection {
    let mut rows = Vec::new();
    for outcome in [Outcome::Failed, Outcome::CannotTell, Outcome::Passed] {
        rows.extend(checked.with(outcome).map(|rule| {
            let (listed, all) = words::offenders(rule);
            let more = all.saturating_sub(listed.len().min(RECORDS));
            Row {
                outcome: words::outcome(rule.outcome),
                bad: rule.level.is_some(),
                id: name(&rule.id),
                kind: rule.kind.name(),
                severity: words::severity(rule.severity),
                slice: sentence(&rule.slice),
                why: words::rule(rule).replace(" %", "\u{a0}%"),
                conditions: (rule.conditions.iter())
                    .map(|one| {
                        [
                            sentence(&one.what),
                            one.value.map_or("–".into(), |value| words::figure(value, one.unit)),
                            words::interval(one),
                            words::bound(one.bound, one.unit),
                        ]
                    })
                    .collect(),
                records: listed.into_iter().take(RECORDS).map(words::offender).collect(),
                more: (more > 0).then(|| counted(more, "more record", "more records")),
            }
        }));
    }
    RulesSection {
        headline: sentence(&checked.sentence()),
        deciding: deciding(checked),
        outcome: if checked.passed { "passed" } else { "failed" },
        rests_on: words::rests_on(checked).replace(" %", "\u{a0}%"),
        rows,
    }
}
