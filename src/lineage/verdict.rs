//! What `compare` found: the plain data that is printed, drawn and written as `report.json`.
//!
//! The first fields are fixed by `DESIGN.md` ("What `compare --json` prints"); more may be added,
//! none removed. Every share and probability is in [0, 1]; every interval is a 95 % interval from
//! a bootstrap over prompts.

pub use crate::atlas::Floor;
use crate::ingest::cleaning::Duplicates;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The whole answer of `compare`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The answer in one sentence, and as data.
    pub verdict: Verdict,
    /// Every reference, best first.
    pub ranking: Vec<RankedReference>,
    /// Traces that were scored.
    pub traces: usize,
    /// Different prompts among them.
    pub prompts: usize,
    /// Words in them.
    pub words: usize,
    /// Every family, best first. Empty where the atlas knows no families.
    pub families: Vec<RankedFamily>,
    /// How unlike all references the traces are.
    pub unknown: UnknownSummary,
    /// The phrases that speak most strongly for the first references, strongest first.
    pub evidence: Vec<Evidence>,
    /// Pairwise similarity of the input and its nearest references.
    pub similarity: SimilarityMatrix,
    /// What a similarity means: values between corpora whose relation is known.
    pub floors: Vec<Floor>,
    /// What was read and what was dropped.
    pub input: InputSummary,
    /// What this result cannot say, one sentence each, the most important first.
    pub limits: Vec<String>,
    /// How the result can be made again.
    pub provenance: Provenance,
}

/// The kinds of verdict that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    /// One reference stands out.
    Resembles,
    /// One family stands out, but its members cannot be told apart.
    Family,
    /// Two or more references of different families share the evidence.
    Between,
    /// No reference writes like this.
    None,
    /// Too few usable traces or words to say anything.
    TooLittleText,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Its kind.
    pub kind: VerdictKind,
    /// The references that it names, best first.
    pub references: Vec<String>,
    /// The family that it names.
    pub family: Option<String>,
    /// What a person reads.
    pub sentence: String,
}

/// One reference's share of the evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RankedReference {
    /// `vendor/name`.
    pub reference: String,
    /// The family that it belongs to, where the atlas knows families.
    pub family: Option<String>,
    /// Share of the evidence: the calibrated probability, averaged over the corpus, each prompt
    /// with the same weight.
    pub score: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
    /// The same share when the layout channel (markdown, lists, line lengths) is left out.
    pub score_without_layout: f64,
    /// Cosine Delta similarity of the two corpora in [-1, 1]; see [`Floor`] for what it means.
    pub similarity: f64,
    /// Traces that the reference was learned from.
    pub reference_traces: usize,
    /// Domains that the reference is known from.
    pub domains: Vec<String>,
    /// How its traces were shown (`raw`, `summary`, …), with the number of traces of each.
    pub mediation: BTreeMap<String, usize>,
}

/// One family's share of the evidence: the sum over its members.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RankedFamily {
    /// The family's name.
    pub family: String,
    /// Share of the evidence.
    pub score: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
    /// Its members in the atlas, best first.
    pub members: Vec<String>,
}

/// How unlike all references the traces are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnknownSummary {
    /// Median over traces of `unknown`: a conformal p-value, near 0.5 for traces of a reference.
    pub median: f64,
    /// Share of traces with `unknown` below 0.05: about 0.05 for traces of a reference.
    pub share_below_5_percent: f64,
    /// Lower end of that share's 95 % interval.
    pub low: f64,
    /// Upper end of that share's 95 % interval.
    pub high: f64,
}

/// One phrase that speaks for a reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The reference that it speaks for.
    pub reference: String,
    /// The phrase as it stands in the text (hostile: escape it).
    pub phrase: String,
    /// The channel that it belongs to.
    pub channel: String,
    /// Its part of the log-odds for this reference against the average reference, summed over
    /// the corpus and divided by the number of traces.
    pub weight: f64,
    /// How often it stands in the input, per thousand words.
    pub per_thousand_words: f64,
    /// Share of the input's traces that hold it.
    pub share_of_traces: f64,
    /// Share of all references' traces that hold it.
    pub share_of_reference_traces: f64,
    /// Different prompts of the input that it stands in.
    pub prompts: usize,
}

/// Pairwise Cosine Delta similarity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimilarityMatrix {
    /// What stands in row and column `i`. The first is the input.
    pub labels: Vec<String>,
    /// `values[i][j]` in [-1, 1]; symmetric, ones on the diagonal.
    pub values: Vec<Vec<f64>>,
}

/// What was read and what was dropped.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct InputSummary {
    /// The inputs as they were given.
    pub inputs: Vec<String>,
    /// Files that were read.
    pub files: usize,
    /// Records that were seen.
    pub records: usize,
    /// Traces that were kept.
    pub traces: usize,
    /// Dropped records by reason.
    pub dropped: BTreeMap<String, usize>,
    /// Kept traces by the format that they were read from.
    pub formats: BTreeMap<String, usize>,
    /// Kept traces by mediation.
    pub mediation: BTreeMap<String, usize>,
    /// Kept traces by domain.
    pub domains: BTreeMap<String, usize>,
    /// Kept traces by the label that stands in the input.
    pub models: BTreeMap<String, usize>,
    /// Kept traces by language (ISO 639-3, or what the record says), where it can be told.
    #[serde(default)]
    pub languages: BTreeMap<String, usize>,
    /// Kept traces by the provider that served them, where the record names one.
    #[serde(default)]
    pub providers: BTreeMap<String, usize>,
    /// Kept traces by finish reason, where the record tells one.
    #[serde(default)]
    pub finish_reasons: BTreeMap<String, usize>,
    /// Traces that end in a refusal.
    #[serde(default)]
    pub refusals: usize,
    /// Traces that name a model or a vendor.
    #[serde(default)]
    pub naming: usize,
    /// Those of them that name one which their prompt does not.
    #[serde(default)]
    pub naming_beyond_prompt: usize,
    /// How many traces name each model and vendor that their prompt does not.
    #[serde(default)]
    pub names_beyond_prompt: BTreeMap<String, usize>,
    /// Whether such names were masked before the traces were compared.
    #[serde(default)]
    pub names_masked: bool,
    /// Traces that repeat another one.
    #[serde(default)]
    pub duplicates: Duplicates,
}

/// How a result can be made again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// `cotprint` and its version.
    pub program: String,
    /// The command that was given.
    pub command: String,
    /// The atlas: `embedded` or its file name.
    pub atlas: String,
    /// The atlas's checksum, in hexadecimal.
    pub atlas_checksum: String,
    /// References in the atlas.
    pub atlas_references: usize,
    /// Traces that the atlas was learned from.
    pub atlas_traces: usize,
    /// The channels that the atlas was learned with.
    #[serde(default)]
    pub channels: Vec<String>,
    /// Which text was fingerprinted: `reasoning`, `answer` or `both`.
    pub text: String,
    /// Seed of the bootstrap.
    pub seed: u64,
    /// Bootstrap resamples.
    pub resamples: usize,
}
