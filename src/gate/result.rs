//! What a check found: the plain data that every output is written from.
//!
//! Text in it may hold anything (ids, file names, messages of a policy): outputs escape it.

use super::decide::Outcome;
use crate::{
    lineage::{Provenance, Verdict},
    policy::{Bound, Kind, Severity},
};
use serde::Serialize;

/// How figures are resampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckOptions {
    /// Seed of the bootstrap.
    pub seed: u64,
    /// The fewest resamples for each figure; more are drawn where the level asks for more.
    pub resamples: usize,
}

/// The whole answer of `check`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Checked {
    /// Whether no rule failed as an error.
    pub passed: bool,
    /// The answer in one sentence.
    pub sentence: String,
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
    /// Whom the traces resemble, whatever the rules say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// What the comparison cannot say.
    pub limits: Vec<String>,
    /// How the result can be made again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
}

/// What one rule came to.
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
    /// What it is to be reported as; `None` where it passed, or could not be told and that is a pass.
    pub level: Option<Severity>,
    /// The policy's message.
    pub message: Option<String>,
    /// The traces that it is about, in words; empty for all.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub slice: String,
    /// Its conditions.
    pub conditions: Vec<ConditionAnswer>,
    /// The policy file that it stands in.
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

/// What one condition came to.
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
    /// What it has to be.
    pub bound: Bound,
    /// Whether it is.
    pub outcome: Outcome,
    /// Prompts that it rests on.
    pub prompts: usize,
    /// Traces that it rests on.
    pub traces: usize,
    /// About how many more prompts would decide; only where it cannot be told, and `None` where no number would.
    pub more_prompts: Option<usize>,
    /// What else has to be known, in a sentence.
    pub note: Option<String>,
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
    /// The probability of what the rule is about, where it is about somebody.
    pub probability: Option<f64>,
}

impl Checked {
    /// The rules that came to this.
    pub fn with(&self, outcome: Outcome) -> impl Iterator<Item = &RuleAnswer> {
        self.rules.iter().filter(move |rule| rule.outcome == outcome)
    }

    /// The rules that have to be reported, as this.
    pub fn reported_as(&self, level: Severity) -> impl Iterator<Item = &RuleAnswer> {
        self.rules.iter().filter(move |rule| rule.level == Some(level))
    }

    /// The outcome in a sentence.
    pub(super) fn words_of_outcome(&self) -> String {
        let ids = |rules: Vec<&RuleAnswer>| {
            let ids: Vec<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
            ids.join(", ")
        };
        let errors: Vec<&RuleAnswer> = self.reported_as(Severity::Error).collect();
        let unclear: Vec<&RuleAnswer> =
            self.with(Outcome::CannotTell).filter(|r| r.level != Some(Severity::Error)).collect();
        let other: Vec<&RuleAnswer> =
            self.with(Outcome::Failed).filter(|r| r.level != Some(Severity::Error)).collect();
        let all = self.rules.len();
        let mut sentence = if errors.is_empty() {
            match other.len() + unclear.len() {
                0 if all == 1 => "The check passed: its one rule holds.".to_owned(),
                0 => format!("The check passed: all {all} rules hold."),
                _ => format!("The check passed: no error in {all} rules."),
            }
        } else {
            format!("The check failed: {} of {all} rules ({}).", errors.len(), ids(errors))
        };
        if !other.is_empty() {
            sentence.push_str(&format!(" Failed, but no error: {}.", ids(other)));
        }
        if !unclear.is_empty() {
            sentence.push_str(&format!(" Cannot be told: {}.", ids(unclear)));
        }
        sentence
    }
}
