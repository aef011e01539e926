//! Rules and traces → which rules hold, which do not, and which cannot be told.
//!
//! Comes in: a [`Policy`], a [`CheckedRecords`] of scored traces, and for drift the tallies of the
//! corpus and its baseline. Goes out: a [`Checked`], which `report` writes in many formats. Called
//! by `cli`; pure, the same input and seed give the same answer.
//!
//! A rule fails only where the whole interval of a figure lies on the wrong side of its bound, and
//! passes only where it lies on the right side; between the two is "cannot tell". Intervals are
//! drawn over prompts, at a level that is corrected for the number of figures (Bonferroni), so that
//! all decisions together are right with the policy's confidence ([`decide`]). `docs/gate.md` has
//! what this comes to on real traces.

mod checked_records;
mod context;
pub mod decide;
mod known_ground;
mod measure;
mod mixture;
mod mixture_rows;
mod result;
mod shared_draws;
mod worst_records;

pub use checked_records::{CheckedRecords, Seen};
pub use result::{
    CheckFinding, CheckOptions, Checked, ConditionAnswer, Note, Offender, RuleAnswer, Unit,
};

use crate::{
    atlas::Atlas,
    lineage::{DriftError, Movement, ScoredCorpus},
    policy::{OnInconclusive, Policy, Quantity, Rule, Severity, Slice},
};
use context::Context;
use decide::{Level, Outcome};
use known_ground::KnownGround;
use measure::measure;
use mixture::Mixture;
use shared_draws::SharedDraws;

/// Decides every rule of a policy.
///
/// `tally` and `baseline` are needed where a rule asks for drift; `resamples` are the fewest
/// resamples of prompts for each figure.
pub fn check(
    policy: &Policy,
    atlas: &Atlas,
    sample: &CheckedRecords,
    tally: &ScoredCorpus,
    baseline: Option<&ScoredCorpus>,
    options: CheckOptions<'_>,
) -> Checked {
    let estimated =
        policy.rules.iter().flat_map(|rule| &rule.conditions).filter(|c| c.is_estimated()).count();
    let level = Level::corrected(policy.confidence, estimated);
    // Rules on the same slice share what is costly.
    let mut movements: Vec<(&Slice, Result<Movement, DriftError>)> = Vec::new();
    let mut mixtures: Vec<(&Slice, Mixture)> = Vec::new();
    let ground = KnownGround::of(atlas, tally, options.controls);
    let draws = SharedDraws::default();
    let mut rules = Vec::new();
    for rule in &policy.rules {
        let slice = &rule.only;
        let asks = |what: fn(&Quantity) -> bool| rule.conditions.iter().any(|c| what(&c.quantity));
        let baseline = baseline.filter(|_| asks(Quantity::needs_baseline));
        if let Some(old) = baseline.filter(|_| !movements.iter().any(|(own, _)| *own == slice)) {
            let only = |key: &str| slice.is_everything() || sample.holds(slice, key);
            movements.push((slice, Movement::between(atlas, tally, old, only, options.seed)));
        }
        let mixed = asks(|quantity| matches!(quantity, Quantity::Mixture(_)));
        if mixed && !mixtures.iter().any(|(own, _)| *own == slice) {
            let by_controls = ground.is_by_controls();
            mixtures.push((slice, Mixture::of(atlas, sample, slice, options, by_controls)));
        }
        let context = Context {
            atlas,
            sample,
            slice,
            movement: movements.iter().find(|(own, _)| *own == slice).map(|(_, found)| found),
            mixture: mixtures.iter().find(|(own, _)| *own == slice).map(|(_, found)| found),
            level,
            options,
            draws: &draws,
        };
        let conditions: Vec<ConditionAnswer> = rule
            .conditions
            .iter()
            .map(|condition| {
                let mut answer = measure(condition, &context);
                ground.check(condition, sample, &mut answer);
                answer
            })
            .collect();
        rules.push(answer(rule, conditions));
    }
    let failed = rules.iter().any(|rule| rule.level == Some(Severity::Error));
    let mut checked = Checked {
        passed: !failed,
        finding: CheckFinding::default(),
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
    checked.finding = checked.find();
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
