//! What a check found → `check.html`: one file that needs nothing else and asks for nothing.
//!
//! Every value is text by now and is escaped by the template.

use super::words;
use crate::{
    gate::{Checked, decide::Outcome},
    report::{
        Error,
        escape::{name, sentence},
        html::{fill, style_sheet},
        wording,
    },
};
use minijinja::context;
use serde::Serialize;

const TEMPLATE: &str = include_str!("../../../assets/check.html");
/// Records that are named for each rule.
const RECORDS: usize = 20;

#[derive(Serialize)]
struct Row {
    outcome: &'static str,
    bad: bool,
    id: String,
    kind: &'static str,
    severity: &'static str,
    slice: String,
    message: String,
    conditions: Vec<[String; 4]>,
    records: Vec<String>,
}

/// The page as text.
///
/// # Errors
/// When the template fails, which is a mistake in this program.
pub fn render_check(checked: &Checked) -> Result<String, Error> {
    let mut rows = Vec::new();
    for outcome in [Outcome::Failed, Outcome::CannotTell, Outcome::Passed] {
        rows.extend(checked.with(outcome).map(|rule| {
            Row {
                outcome: words::outcome(rule.outcome),
                bad: rule.level.is_some(),
                id: name(&rule.id),
                kind: rule.kind.name(),
                severity: words::severity(rule.severity),
                slice: sentence(&rule.slice),
                message: rule.message.as_deref().map(sentence).unwrap_or_default(),
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
                records: words::offenders(rule)
                    .0
                    .into_iter()
                    .take(RECORDS)
                    .map(words::offender)
                    .collect(),
            }
        }));
    }
    let values = context! {
        headline => sentence(&checked.sentence),
        passed => checked.passed,
        rests_on => words::rests_on(checked),
        verdict => checked.verdict.as_ref().map(|verdict| sentence(&verdict.sentence)),
        style_is_evidence => wording::STYLE_IS_EVIDENCE,
        rows,
        limits => checked.limits.iter().map(|limit| sentence(limit)).collect::<Vec<_>>(),
        command => checked.provenance.as_ref().map(|from| sentence(&from.command)),
    };
    fill("check.html", TEMPLATE, style_sheet(), values)
}
