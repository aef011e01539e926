//! What `audit` found: the plain data that is printed, drawn and written as `audit.json`.
//!
//! Every share and probability is in [0, 1]; every interval is a 95 % interval from a bootstrap over
//! prompts.

use super::finding::{AuditFinding, Doubt};
use crate::lineage::{InputSummary, Limit, Provenance};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The whole answer of `audit`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Audit {
    /// How far the shares can be used.
    pub kind: AuditKind,
    /// What the sentence says; in JSON, the sentence itself.
    #[serde(rename = "sentence")]
    pub finding: AuditFinding,
    /// Why the shares are rough, or why there are none; in JSON a sentence each. Else empty.
    pub reasons: Vec<Doubt>,
    /// What was found of the records themselves and has to be known first.
    pub checks: Checks,
    /// Every reference, the largest share first. Empty where there is too little text.
    pub shares: Vec<ReferenceShare>,
    /// The share of records that no reference wrote.
    pub none: NoneShare,
    /// Every family with more than one member, the largest share first. Empty where the atlas has none.
    pub families: Vec<FamilyShare>,
    /// Traces that were scored.
    pub traces: usize,
    /// Different prompts among them.
    pub prompts: usize,
    /// Words in them.
    pub words: usize,
    /// The records that are most surely of their reference, at most three of each.
    pub certain: Vec<RecordShares>,
    /// The records that could most easily be of another reference.
    pub doubtful: Vec<RecordShares>,
    /// What was read and what was dropped.
    pub input: InputSummary,
    /// What this result cannot say, the most important first; in JSON a sentence each.
    pub limits: Vec<Limit>,
    /// How the result can be made again.
    pub provenance: Provenance,
}

/// How far the shares of an [`Audit`] can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditKind {
    /// They are estimates with intervals.
    Shares,
    /// They are a rough picture: there is no interval, and outputs for people give words instead of
    /// figures.
    Rough,
    /// There are none.
    TooLittleText,
}

/// What has to be known of the records before any share is read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Checks {
    /// Scored traces that the atlas was learned from.
    pub seen_before: usize,
    /// Traces that repeat an earlier one, word by word or nearly.
    pub repeated: usize,
    /// Traces with too few words to be scored.
    pub too_short: usize,
    /// Scored traces by mediation (`raw`, `summary`, `truncated`, `unknown`).
    pub mediation: BTreeMap<String, usize>,
    /// The largest share of the scored traces that one prompt has.
    pub largest_prompt: f64,
    /// The median of the words in a scored trace; the lower of two.
    pub median_words: usize,
    /// The mean probability that the atlas knows the subject matter of a trace.
    #[serde(rename = "familiar")]
    pub in_domain: f64,
    /// The language that the atlas seems to be learned from, as ISO 639-3; `null` where it cannot be told.
    pub atlas_language: Option<String>,
}

/// One reference's share of the records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReferenceShare {
    /// `vendor/name`.
    pub reference: String,
    /// The family that it belongs to, where the atlas knows families.
    pub family: Option<String>,
    /// Estimated share of the records.
    pub share: f64,
    /// Lower end of the interval; `null` where the shares are rough.
    pub low: Option<f64>,
    /// Upper end of the interval; `null` where the shares are rough.
    pub high: Option<f64>,
    /// For comparison, the share of the records in which it simply comes first. Confusions are in it.
    pub counted: f64,
    /// Cosine Delta similarity of the records in which it comes first with the reference, in [-1, 1];
    /// `null` where there are fewer than [`super::SIMILARITY_RECORDS`] of them.
    pub similarity: Option<f64>,
    /// Whether that similarity is below what two halves of one model's corpus have in 19 of 20 cases:
    /// the records may be of a model that is not in the atlas, or about other subject matter.
    pub unlike: bool,
}

/// The share of records that no reference wrote.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct NoneShare {
    /// Estimated share of the records; `null` where there are no shares.
    pub share: Option<f64>,
    /// Lower end of the interval; `null` where the shares are rough.
    pub low: Option<f64>,
    /// Upper end of the interval; `null` where the shares are rough.
    pub high: Option<f64>,
    /// The fitted exponent of the density of their p-values, at most 0.3.
    pub shape: f64,
    /// The same for the known traces, from 0.45 (as strange as one reference's own traces were found to look)
    /// to 1 (like those of all references together). 1 in an answer of an older program, which knew no other.
    #[serde(default = "even")]
    pub known_shape: f64,
}

/// The exponent of an even density.
fn even() -> f64 {
    1.0
}

/// The share of a family: the sum over its members.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FamilyShare {
    /// The family's name.
    pub family: String,
    /// Estimated share of the records.
    pub share: f64,
    /// Lower end of the interval; `null` where the shares are rough.
    pub low: Option<f64>,
    /// Upper end of the interval; `null` where the shares are rough.
    pub high: Option<f64>,
    /// Its members in the atlas, the largest share first.
    pub members: Vec<String>,
}

/// One record and what it may be of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordShares {
    /// The record's id, cut off where it is very long (hostile: escape it).
    pub id: String,
    /// The data set or file that it came from.
    pub source: String,
    /// The label in the input.
    pub model: Option<String>,
    /// Words in the trace.
    pub words: usize,
    /// The references that it most resembles, with probabilities under the estimated shares, at most three.
    pub references: Vec<RecordReference>,
    /// The probability that no reference wrote it.
    pub none: f64,
}

/// A reference and its probability for one record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordReference {
    /// `vendor/name`.
    pub reference: String,
    /// Its probability.
    pub probability: f64,
}
