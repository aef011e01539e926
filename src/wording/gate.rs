//! What a check found, in words: the same in every form.

use super::{
    escape::{name, sentence},
    numbers::{count, counted, fixed},
};
use crate::lineage::Unfamiliar;
use crate::{
    gate::{
        CheckFinding, Checked, ConditionAnswer, Note, Offender, RuleAnswer, Unit, decide::Outcome,
    },
    policy::{Bound, Severity},
};
use serde::{Serialize, Serializer};
use std::fmt::{Display, Formatter, Result};

impl Checked {
    /// The answer in one sentence or a few.
    pub fn sentence(&self) -> String {
        self.finding.to_string()
    }
}

impl Display for CheckFinding {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Self { rules, errors, failed, cannot_tell } = self;
        match (errors.len(), failed.len() + cannot_tell.len()) {
            (0, 0) if *rules == 1 => f.write_str("The check passed: its only rule passed.")?,
            (0, 0) => write!(f, "The check passed: all {rules} rules passed.")?,
            (0, _) => write!(f, "The check passed: no error in {rules} rules.")?,
            (count, _) => {
                write!(f, "The check failed: {count} of {rules} rules ({}).", errors.join(", "))?;
            }
        }
        if !failed.is_empty() {
            write!(f, " Failed, but not as an error: {}.", failed.join(", "))?;
        }
        if !cannot_tell.is_empty() {
            write!(f, " Cannot tell: {}.", cannot_tell.join(", "))?;
        }
        Ok(())
    }
}

impl Display for Note {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::EmptySlice => f.write_str("This slice has no traces."),
            Self::FewPrompts { needed } => {
                write!(f, "A decision needs at least {needed} prompts.")
            }
            Self::Rough(doubts) => {
                let doubts: Vec<String> = doubts.iter().map(ToString::to_string).collect();
                f.write_str(&doubts.join(" "))
            }
            Self::NoBaseline => f.write_str("There is no baseline."),
            Self::NotMeasured(why) => f.write_str(&super::as_sentence(why)),
            Self::OtherPrompts => f.write_str(
                "The baseline answered other prompts, so the figure also reflects subject matter.",
            ),
            Self::NotOnTheseDataSets => f.write_str(
                "The atlas has none of these references on the data sets of these prompts.",
            ),
            Self::Unfamiliar(Unfamiliar::SubjectMatter) => f.write_str(
                "The atlas does not know the subject matter of these traces, so that likeness decides \
                 nothing.",
            ),
            Self::Unfamiliar(Unfamiliar::Language { language }) => write!(
                f,
                "The atlas does not know the nearest reference in the language of these traces \
                 ({language}), so that likeness decides nothing."
            ),
            Self::NotVerified => f.write_str(
                "Of the references, these are the most like the traces, but not so much that they can \
                 be said to have written them: a model that the atlas does not know would look the \
                 same.",
            ),
            Self::NotExcluded => f.write_str(
                "The atlas does not know the subject matter of these traces, and the controls do not show \
                 that none of them is of these references.",
            ),
        }
    }
}

/// Written as their sentences.
macro_rules! written {
    ($($of:ty),+) => {$(
        impl Serialize for $of {
            fn serialize<S: Serializer>(&self, writer: S) -> std::result::Result<S::Ok, S::Error> {
                writer.collect_str(self)
            }
        }
    )+};
}

written!(CheckFinding, Note);

/// An outcome in a word or two.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed => "failed",
        Outcome::CannotTell => "cannot tell",
    }
}

/// A severity in a word.
pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// A figure, rounded by its unit.
pub fn figure(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Count => count(value.max(0.0) as usize),
        Unit::Share if value > 0.0 && value < 0.0005 => "<0.1 %".into(),
        Unit::Share => format!("{} %", fixed(100.0 * value, 1)),
        Unit::Similarity | Unit::Deviations => fixed(value, 2),
    }
}

/// A bound: `at most 5.0 %`.
pub fn bound(bound: Bound, unit: Unit) -> String {
    match bound {
        Bound::AtMost(0.0) if unit == Unit::Share => "none".into(),
        Bound::AtMost(most) => format!("at most {}", figure(most, unit)),
        Bound::AtLeast(least) => format!("at least {}", figure(least, unit)),
    }
}

/// The interval of a condition; empty where it has none.
pub fn interval(condition: &ConditionAnswer) -> String {
    match (condition.low, condition.high) {
        (Some(low), Some(high)) => {
            format!("{} to {}", figure(low, condition.unit), figure(high, condition.unit))
        }
        _ => String::new(),
    }
}

/// The result of a condition, in a sentence or two.
pub fn condition(condition: &ConditionAnswer) -> String {
    let what = sentence(&condition.what);
    let asked = bound(condition.bound, condition.unit);
    let mut words = match condition.value {
        None => format!("{what}: not measured (required: {asked})."),
        Some(value) => {
            let interval = interval(condition);
            let between = if interval.is_empty() {
                String::new()
            } else {
                let prompts = counted(condition.prompts, "prompt", "prompts");
                format!("interval {interval}, {prompts}; ")
            };
            let value = figure(value, condition.unit);
            format!("{what}: {value} ({between}required: {asked}).")
        }
    };
    if condition.outcome == Outcome::CannotTell {
        words.push(' ');
        words.push_str(&remedy(condition));
    }
    if let Some(note) = &condition.note {
        words.push(' ');
        words.push_str(&sentence(&note.to_string()));
    }
    words
}

/// What would decide a condition that cannot be told.
fn remedy(condition: &ConditionAnswer) -> String {
    match condition.more_prompts {
        Some(more) => {
            format!("About {} would decide.", counted(more, "more prompt", "more prompts"))
        }
        // The note of a share says why.
        None if condition.note.is_some() && condition.unit == Unit::Share => {
            "It could not be decided.".into()
        }
        None if condition.value.is_some() => {
            "It is too close to its bound for any number of prompts to decide: move the bound."
                .into()
        }
        None => "It could not be decided.".into(),
    }
}

/// The result of a rule in one line, with the reason.
pub fn rule(rule: &RuleAnswer) -> String {
    let worst = rule.conditions.iter().filter(|condition| condition.outcome == rule.outcome);
    let reasons: Vec<String> = worst.map(condition).collect();
    let message = rule.message.as_deref().map(|text| format!("{} ", sentence(text)));
    let slice = match rule.slice.as_str() {
        "" => String::new(),
        slice => format!("Of {}: ", sentence(slice)),
    };
    format!("{}{slice}{}", message.unwrap_or_default(), reasons.join(" "))
}

/// A record: its file, place, id and probability.
pub fn offender(offender: &Offender) -> String {
    let probability =
        offender.probability.map_or_else(String::new, |p| format!(", {}", figure(p, Unit::Share)));
    format!(
        "{}, {} ({}{probability})",
        sentence(&offender.file),
        offender.position,
        name(&offender.id)
    )
}

/// The records against a rule: those of all its conditions that did not pass.
pub fn offenders(rule: &RuleAnswer) -> (Vec<&Offender>, usize) {
    let against = || rule.conditions.iter().filter(|one| one.outcome != Outcome::Passed);
    let listed = against().flat_map(|one| &one.offenders).collect();
    (listed, against().map(|one| one.offending).sum())
}

/// What the decisions rest on.
pub fn rests_on(checked: &Checked) -> String {
    let mut words = format!(
        "{} of {} with {}.",
        counted(checked.traces, "trace", "traces"),
        counted(checked.prompts, "prompt", "prompts"),
        counted(checked.words, "word", "words")
    );
    if checked.estimated > 0 {
        words.push_str(&format!(
            " {} from prompts. Each interval has the level {} %, so all decisions together are right with a \
             probability of {} %.",
            counted(checked.estimated, "figure is estimated", "figures are estimated"),
            fixed(100.0 * checked.level, 2),
            fixed(100.0 * checked.confidence, 1)
        ));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(low: f64, high: f64, outcome: Outcome, more: Option<usize>) -> ConditionAnswer {
        ConditionAnswer {
            what: "share of a/b".into(),
            unit: Unit::Share,
            value: Some(0.08),
            low: Some(low),
            high: Some(high),
            bound: Bound::AtMost(0.05),
            outcome,
            prompts: 40,
            traces: 40,
            more_prompts: more,
            note: None,
            offenders: Vec::new(),
            offending: 0,
        }
    }

    #[test]
    fn a_condition_has_its_interval_and_what_would_decide() {
        assert_eq!(
            condition(&answer(0.06, 0.11, Outcome::Failed, None)),
            "share of a/b: 8.0 % (interval 6.0 % to 11.0 %, 40 prompts; required: at most 5.0 %)."
        );
        let unsure = condition(&answer(0.02, 0.11, Outcome::CannotTell, Some(120)));
        assert!(unsure.ends_with("About 120 more prompts would decide."), "{unsure}");
        let never = condition(&answer(0.02, 0.11, Outcome::CannotTell, None));
        assert!(never.ends_with("move the bound."), "{never}");
    }
}
