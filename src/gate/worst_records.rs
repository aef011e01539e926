//! The records that speak against a condition, for a person to look at.
//!
//! Called by [`super::measure`] where a condition did not pass.

use super::{
    checked_records::Record,
    context::Context,
    result::{ConditionAnswer, Offender},
};
use crate::{policy::Bound, trace::Position};

/// Records that are listed against a condition.
const MOST: usize = 20;

/// Lists those records of the slice that speak against a condition on what is too much, the most
/// probable first. `speaks` answers `None` for a record that does not, and else its probability,
/// where the condition is about somebody. What is too little is in no record.
pub(super) fn list(
    context: &Context<'_>,
    answer: &mut ConditionAnswer,
    speaks: impl Fn(&Record) -> Option<Option<f64>>,
) {
    if matches!(answer.bound, Bound::AtLeast(_)) {
        return;
    }
    let sample = context.sample;
    let mut found: Vec<(Option<f64>, &Record)> = sample
        .of(context.slice)
        .filter_map(|record| speaks(record).map(|probability| (probability, record)))
        .collect();
    answer.offending = found.len();
    // Stable: records that are as probable stay in the order of the input.
    found.sort_by(|a, b| b.0.unwrap_or_default().total_cmp(&a.0.unwrap_or_default()));
    answer.offenders = found
        .into_iter()
        .take(MOST)
        .map(|(probability, record)| Offender {
            id: record.id.to_string(),
            prompt: sample.prompt(record).to_owned(),
            file: sample.file(record).to_owned(),
            line: match record.position {
                Position::Line(line) => Some(line),
                _ => None,
            },
            position: record.position.to_string(),
            probability,
        })
        .collect();
}
