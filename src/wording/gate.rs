//! What a check found → the words for it, the same in every form.

use crate::{
    gate::{Checked, ConditionAnswer, Offender, RuleAnswer, Unit, decide::Outcome},
    policy::{Bound, Severity},
    wording::{
        escape::{name, sentence},
        numbers::{count, counted, fixed},
    },
};

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

/// A number of a unit, as far as it is worth telling.
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

/// What a condition came to, in a sentence or two.
pub fn condition(condition: &ConditionAnswer) -> String {
    let what = sentence(&condition.what);
    let asked = bound(condition.bound, condition.unit);
    let mut words = match condition.value {
        None => format!("{what}: not measured, where {asked} is asked."),
        Some(value) => {
            let interval = interval(condition);
            let between = if interval.is_empty() {
                String::new()
            } else {
                let prompts = counted(condition.prompts, "prompt", "prompts");
                format!(" (interval {interval}, {prompts})")
            };
            let value = figure(value, condition.unit);
            format!("{what}: {value}{between}, where {asked} is asked.")
        }
    };
    if condition.outcome == Outcome::CannotTell {
        words.push(' ');
        words.push_str(&remedy(condition));
    }
    if let Some(note) = &condition.note {
        words.push(' ');
        words.push_str(&sentence(note));
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
            "It is too near its bound for any number of prompts to decide: move the bound.".into()
        }
        None => "It could not be decided.".into(),
    }
}

/// A rule in one line: what it came to, and why.
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

/// Where a record stands, and which it is.
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
            " {} from prompts; each interval has the level {} %, so that all decisions together are right with {} %.",
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
    fn a_condition_is_told_with_its_interval_and_what_would_decide() {
        assert_eq!(
            condition(&answer(0.06, 0.11, Outcome::Failed, None)),
            "share of a/b: 8.0 % (interval 6.0 % to 11.0 %, 40 prompts), where at most 5.0 % is asked."
        );
        let unsure = condition(&answer(0.02, 0.11, Outcome::CannotTell, Some(120)));
        assert!(unsure.ends_with("About 120 more prompts would decide."), "{unsure}");
        let never = condition(&answer(0.02, 0.11, Outcome::CannotTell, None));
        assert!(never.ends_with("move the bound."), "{never}");
    }
}
