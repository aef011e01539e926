//! What `compare` found: the plain data that is printed, drawn and written as `report.json`.
//!
//! The first fields are fixed by `DESIGN.md` ("What `compare --json` prints"); more may be added,
//! none removed. Every share and probability is in [0, 1]; every interval is a 95 % interval from
//! a bootstrap over prompts.

use super::beside::{Breakdown, Habits, Neighbourhood};
use super::by_data_set::DataSetVerdict;
use super::candidate::VerdictCandidate;
use super::drift::Drift;
use super::examples::Example;
use super::limit::Limit;
use super::residuals::UNRELATED;
use super::tree::LineageTree;
use super::verdict_finding::VerdictBasis;
pub use crate::atlas::Floor;
use crate::trace::Duplicates;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The whole answer of `compare`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The answer in one sentence, and as data.
    pub verdict: Verdict,
    /// The verdict on each part of the corpus that is like one data set of the atlas, the largest first. Empty
    /// where no part has enough text, and of an atlas that knows too few families.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verdict_by_data_set: Vec<DataSetVerdict>,
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
    /// How alike the input and each reference are on the same prompts; `None` where the atlas has no panel
    /// of shared prompts or the input too few prompts.
    #[serde(default)]
    pub pairing: Option<Pairing>,
    /// From an older corpus to this one; only where a baseline was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<Drift>,
    /// The share of the first reference by domain, length, mediation, with and without layout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holds: Option<Breakdown>,
    /// Measured habits, with those of the nearest references.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub habits: Vec<Habits>,
    /// The input and the references on a map that keeps neighbours together; only where a report was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub neighbourhood: Option<Neighbourhood>,
    /// Three traces, part by part, for the page. They are not in the JSON, because they quote the
    /// input.
    #[serde(skip)]
    pub examples: Vec<Example>,
    /// The input among the references nearest to it, for the page and its figure; no part of the JSON (`cotprint tree --json`
    /// has it).
    #[serde(skip)]
    pub tree: Option<LineageTree>,
    /// What was read and what was dropped.
    pub input: InputSummary,
    /// What this result cannot say, the most important first; in JSON a sentence each.
    pub limits: Vec<Limit>,
    /// How the result can be made again.
    pub provenance: Provenance,
}

/// The kinds of verdict that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    /// One reference is named.
    Resembles,
    /// One family is named, but its members cannot be told apart.
    Family,
    /// Several references are possible, and none of them is sure.
    Between,
    /// The subject matter is familiar, and no reference writes like this.
    None,
    /// The atlas does not know the subject matter or the language: nobody can be named.
    Unfamiliar,
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
    /// Who would be named, and how surely; `None` where there is too little text, and of an atlas that
    /// knows too few families to say.
    #[serde(default)]
    pub candidate: Option<VerdictCandidate>,
    /// What the sentence says; in JSON, the sentence itself. See [`Verdict::sentence`].
    #[serde(rename = "sentence")]
    pub basis: VerdictBasis,
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
    /// The probability that this reference wrote all of the traces, if one of the references wrote all of
    /// them: the traces' log probabilities together, as sharply as pools of held-out traces were found to
    /// be right. `None` where the atlas does not know what the traces are about: there no such pools
    /// were measured.
    #[serde(default)]
    pub pooled: Option<f64>,
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
    /// The phrase as in the text (hostile: escape it).
    pub phrase: String,
    /// The channel that it belongs to.
    pub channel: String,
    /// Its part of the log-odds for this reference against the average reference, summed over
    /// the corpus and divided by the number of traces.
    pub weight: f64,
    /// Occurrences in the input, per thousand words.
    pub per_thousand_words: f64,
    /// Share of the input's traces that contain it.
    pub share_of_traces: f64,
    /// Share of all references' traces that contain it.
    pub share_of_reference_traces: f64,
    /// Different prompts of the input that it occurs in.
    pub prompts: usize,
    /// Examples from the input: at most three lines, from different prompts where possible. Empty
    /// where the texts were not kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<ConcordanceLine>,
}

/// A place of a phrase in the input, with about eight words on either side. All of it is hostile: escape it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConcordanceLine {
    /// The id of the trace.
    pub id: String,
    /// The text before it.
    pub before: String,
    /// The phrase, with the white space that it has there.
    pub phrase: String,
    /// The text after it.
    pub after: String,
}

/// The comparison on shared prompts: the likeness with prompt effects removed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pairing {
    /// Whether the prompts are among those that the references answered. Else the mean over a data set
    /// was taken off, and what the prompts are about is mixed in.
    pub paired: bool,
    /// Prompts of the input that it rests on.
    pub prompts: usize,
    /// The data sets that they belong to, with the number of prompts of each.
    pub data_sets: BTreeMap<String, usize>,
    /// Every reference, the most alike first.
    pub similarities: Vec<PairedSimilarity>,
    /// What a similarity means: its values between references whose relation is known.
    pub floors: Vec<Floor>,
}

impl Pairing {
    /// The references that the input surely resembles: the whole interval lies above what all but a
    /// twentieth of unrelated references have with each other, and the corrected p-value is at most 5 %.
    pub fn clear(&self) -> impl Iterator<Item = &PairedSimilarity> {
        let unrelated = self.floors.iter().find(|floor| floor.what == UNRELATED);
        let high = unrelated.map_or(1.0, |floor| floor.high);
        self.similarities.iter().filter(move |one| one.low > high && one.corrected_p_value <= 0.05)
    }
}

/// How alike the input and a reference are, beyond what their prompts do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairedSimilarity {
    /// `vendor/name`.
    pub reference: String,
    /// The family that it belongs to.
    pub family: Option<String>,
    /// The cosine of the two residuals from what all references wrote, corrected for attenuation,
    /// in [-1, 1].
    pub similarity: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
    /// P-value of the hypothesis that the input is not closer to it than to the average unrelated
    /// reference.
    pub p_value: f64,
    /// The same, corrected for the number of references (Holm).
    pub corrected_p_value: f64,
    /// Whether the reference is known from the data sets that the prompts belong to.
    pub same_data_set: bool,
}

/// Pairwise Cosine Delta similarity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimilarityMatrix {
    /// The names of row and column `i`. The first is the input.
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
    /// Kept traces by their label in the input.
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
