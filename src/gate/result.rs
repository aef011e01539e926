//! What a check found: the plain data that every output is written from.
//!
//! Text in it may hold anything (ids, file names, messages of a policy): outputs escape it.

use super::decide::Outcome;
use crate::{
    lineage::{ControlCorpus, Limit, Provenance, Unfamiliar, Verdict, audit::Doubt},
    policy::{Bound, Kind, Severity},
};
use serde::Serialize;

/// How figures are resampled, and by what traces on new prompts are judged.
#[derive(Debug, Clone, Copy)]
pub struct CheckOptions<'a> {
    /// Seed of the bootstrap.
    pub seed: u64,
    /// The fewest resamples for each figure; more are drawn where the level asks for more.
    pub resamples: usize,
    /// Traces of known models on the same prompts.
    pub controls: &'a [ControlCorpus],
}

/// The whole answer of `check`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Checked {
    /// Whether no rule failed as an error.
    pub passed: bool,
    /// What the sentence says; in JSON, the sentence itself.
    #[serde(rename = "sentence")]
    pub finding: CheckFinding,
    /// Every rule, in the order of the policy.
    pub rules: Vec<RuleAnswer>,
    /// Traces that were scored.
    pub traces: usize,
    /// Different prompts of them.
    pub prompts: usize,
    /// Words in them.
    pub words: usize,
    /// The confidence of all rules together.
    pub confidence: f64,
    /// Figures that have an interval.
    pub estimated: usize,
    /// The level of each interval.
    pub level: f64,
    /// The policy file.
    pub policy: String,
    /// What the baseline was, where one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<String>,
    /// The verdict on the traces, apart from the rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// What the comparison cannot say; in JSON a sentence each.
    pub limits: Vec<Limit>,
    /// How the result can be made again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
}

/// The result of one rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleAnswer {
    /// Its id.
    pub id: String,
    /// What it asks.
    pub kind: Kind,
    /// How bad it is when it fails.
    pub severity: Severity,
    /// The worst of its conditions.
    pub outcome: Outcome,
    /// What it is to be reported as; `None` where it passed, or could not be told and that is a
    /// pass.
    pub level: Option<Severity>,
    /// The policy's message.
    pub message: Option<String>,
    /// The traces that it is about, in words; empty for all.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub slice: String,
    /// Its conditions.
    pub conditions: Vec<ConditionAnswer>,
    /// The policy file.
    pub file: String,
    /// The line there.
    pub line: usize,
}

/// What a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A number of things.
    Count,
    /// A share in [0, 1].
    Share,
    /// A similarity, or the difference of two.
    Similarity,
    /// Standard deviations of a single trace.
    Deviations,
}

/// The result of one condition.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConditionAnswer {
    /// What was measured, in words.
    pub what: String,
    /// What kind of figure it is.
    pub unit: Unit,
    /// The figure; `None` where it could not be measured.
    pub value: Option<f64>,
    /// Lower end of its interval, where it has one.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// The bound that it has to keep.
    pub bound: Bound,
    /// Whether it does.
    pub outcome: Outcome,
    /// Prompts that it rests on.
    pub prompts: usize,
    /// Traces that it rests on.
    pub traces: usize,
    /// About how many more prompts would decide; only where it cannot be told, and `None` where no
    /// number would.
    pub more_prompts: Option<usize>,
    /// What else to know; in JSON a sentence.
    pub note: Option<Note>,
    /// The records that speak against it, the clearest first, at most twenty.
    pub offenders: Vec<Offender>,
    /// How many there are in all.
    pub offending: usize,
}

/// A record that speaks against a rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Offender {
    /// Its id.
    pub id: String,
    /// The key of its prompt.
    pub prompt: String,
    /// Its file.
    pub file: String,
    /// Its line, where the file has lines of records.
    pub line: Option<usize>,
    /// Where in the file, in words: `line 3`, `row 7`.
    pub position: String,
    /// The probability of the rule's target, where it has one.
    pub probability: Option<f64>,
}

impl Checked {
    /// The rules with this outcome.
    pub fn with(&self, outcome: Outcome) -> impl Iterator<Item = &RuleAnswer> {
        self.rules.iter().filter(move |rule| rule.outcome == outcome)
    }

    /// The rules that have to be reported, as this.
    pub fn reported_as(&self, level: Severity) -> impl Iterator<Item = &RuleAnswer> {
        self.rules.iter().filter(move |rule| rule.level == Some(level))
    }

    /// What the sentence says.
    pub(super) fn find(&self) -> CheckFinding {
        let ids = |rules: &mut dyn Iterator<Item = &RuleAnswer>| -> Vec<String> {
            rules
                .filter(|rule| rule.level != Some(Severity::Error))
                .map(|rule| rule.id.clone())
                .collect()
        };
        CheckFinding {
            rules: self.rules.len(),
            errors: self.reported_as(Severity::Error).map(|rule| rule.id.clone()).collect(),
            failed: ids(&mut self.with(Outcome::Failed)),
            cannot_tell: ids(&mut self.with(Outcome::CannotTell)),
        }
    }
}

/// What a check found: the ids of its rules by outcome. `Display` gives the sentence
/// ([`crate::wording`]), and so does JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckFinding {
    /// All rules.
    pub rules: usize,
    /// Rules that are reported as errors.
    pub errors: Vec<String>,
    /// Rules that failed, but not as errors.
    pub failed: Vec<String>,
    /// Rules that could not be decided, and are not errors.
    pub cannot_tell: Vec<String>,
}

/// What else to know of a condition. `Display` gives the sentence, and so does JSON.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Note {
    /// No trace is in the rule's slice.
    EmptySlice,
    /// There are too few prompts for a decision.
    FewPrompts {
        /// Prompts that are needed.
        needed: usize,
    },
    /// The shares are rough, as an audit of these traces would say.
    Rough(Vec<Doubt>),
    /// There is no baseline.
    NoBaseline,
    /// The drift from the baseline could not be measured, and why.
    NotMeasured(String),
    /// The baseline answered other prompts.
    OtherPrompts,
    /// The atlas has none of the references of a rule on such prompts.
    NotOnTheseDataSets,
    /// The atlas does not know the subject matter or the language of the traces.
    Unfamiliar(Unfamiliar),
    /// The traces look most like the reference, and not enough like it to say that they are its.
    NotVerified,
    /// The atlas does not know the subject matter, and the controls do not show that nothing is the
    /// reference's.
    NotExcluded,
}
