//! Rules and traces → which rules hold, which do not, and which cannot be told.
//!
//! Comes in: a [`Policy`], a [`Sample`] of scored traces, and for drift the tallies of the corpus and its
//! baseline. Goes out: a [`Checked`], which `report` writes in many formats. Called by `cli`; pure, the same input and
//! seed give the same answer.
//!
//! A rule fails only where the whole interval of a figure lies on the wrong side of its bound, and passes only where it lies on
//! the right side; between the two is "cannot tell". Intervals are drawn over prompts, at a level that is corrected
//! for the number of figures (Bonferroni), so that all decisions together are right with the
//! policy's confidence ([`decide`]). `docs/gate.md` has what this comes to on real traces.

mod answer;
pub mod decide;
mod measure;
mod sample;

pub use answer::*;
pub use sample::{Sample, Seen};

use crate::{
    atlas::Atlas,
    lineage::{Movement, Tally},
    policy::{OnInconclusive, Policy, Rule, Severity},
};
use decide::{Level, Outcome};
use measure::{Context, measure};
use std::collections::BTreeMap;

/// Decides every rule of a policy.
///
/// `tally` and `baseline` are needed where a rule asks for drift; `resamples` are the fewest resamples of prompts for
/// each figure.
pub fn check(
    policy: &Policy,
    atlas: &Atlas,
    sample: &Sample,
    tally: &Tally,
    baseline: Option<&Tally>,
    options: CheckOptions,
) -> Checked {
    let estimated =
        policy.rules.iter().flat_map(|rule| &rule.conditions).filter(|c| c.is_estimated()).count();
    let level = Level::corrected(policy.confidence, estimated);
    let mut movements: BTreeMap<String, Result<Movement, String>> = BTreeMap::new();
    let mut rules = Vec::new();
    for rule in &policy.rules {
        let needs = rule.conditions.iter().any(|condition| condition.quantity.needs_baseline());
        let slice = rule.only.words();
        if let Some(old) = baseline.filter(|_| needs) {
            movements.entry(slice.clone()).or_insert_with(|| {
                let only = |key: &str| rule.only.is_everything() || sample.holds(&rule.only, key);
                Movement::between(atlas, tally, old, only, options.seed)
            });
        }
        let context = Context {
            atlas,
            sample,
            slice: &rule.only,
            movement: movements.get(&slice),
            level,
            options,
        };
        let conditions: Vec<ConditionAnswer> =
            rule.conditions.iter().map(|condition| measure(condition, &context)).collect();
        rules.push(answer(rule, conditions));
    }
    let failed = rules.iter().any(|rule| rule.level == Some(Severity::Error));
    let mut checked = Checked {
        passed: !failed,
        sentence: String::new(),
        rules,
        traces: sample.scored(),
        prompts: sample.prompts(),
        words: sample.words(),
        confidence: policy.confidence,
        estimated,
        level: level.of_each(),
        policy: policy.file.clone(),
        baseline: None,
        verdict: None,
        limits: Vec::new(),
        provenance: None,
    };
    checked.sentence = checked.words_of_outcome();
    checked
}

/// What a rule comes to: the worst of its conditions.
fn answer(rule: &Rule, conditions: Vec<ConditionAnswer>) -> RuleAnswer {
    let outcome =
        conditions.iter().map(|condition| condition.outcome).max().unwrap_or(Outcome::Passed);
    let level = match (outcome, rule.on_inconclusive) {
        (Outcome::Passed, _) | (Outcome::CannotTell, OnInconclusive::Pass) => None,
        (Outcome::CannotTell, OnInconclusive::Warn) => Some(rule.severity.min(Severity::Warning)),
        (Outcome::Failed, _) | (Outcome::CannotTell, OnInconclusive::Fail) => Some(rule.severity),
    };
    RuleAnswer {
        id: rule.id.clone(),
        kind: rule.kind,
        severity: rule.severity,
        outcome,
        level,
        message: rule.message.clone(),
        slice: rule.only.words(),
        conditions,
        file: rule.file.clone(),
        line: rule.line,
    }
}
