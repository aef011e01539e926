//! What a result cannot say, as data. [`crate::wording`] makes the sentences, which JSON holds too.

use crate::attribution::classic::Method;

/// One thing that a result cannot say. `Display` gives the sentence.
///
/// Names in it may hold anything: escape the sentence where it is shown.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Limit {
    /// No trace was long enough to be scored.
    NothingScored,
    /// The ranking comes from another method than the default model.
    OtherMethod(Method),
    /// Another reference leads the ranking than the one that the verdict is about.
    RankingDiffers {
        /// The first of the ranking.
        first: String,
        /// The candidate of the verdict.
        candidate: String,
    },
    /// The atlas was learned from some of the traces.
    SeenBefore {
        /// Traces that the atlas was learned from.
        traces: usize,
        /// Scored traces.
        of: usize,
    },
    /// Likeness has several possible causes.
    CommonOrigin,
    /// The first reference was added to the atlas after it was learned.
    AddedLater {
        /// The first reference.
        reference: String,
    },
    /// The input mixes summaries with other traces.
    MixedMediation {
        /// Traces that are a provider's summaries.
        summaries: usize,
        /// All other traces.
        others: usize,
        /// Who wrote these.
        by: Writer,
    },
    /// The traces do not say whether they are raw.
    UnknownMediation,
    /// The first reference's traces do not say whether they are raw.
    ReferenceMediationUnknown {
        /// The first reference.
        reference: String,
        /// Who wrote the input.
        input: Writer,
    },
    /// The input and the first reference have different writers.
    OtherMediation {
        /// The first reference.
        reference: String,
        /// Who wrote its traces.
        known_from: Writer,
        /// Who wrote the input.
        input: Writer,
    },
    /// Names of models were masked on one side only.
    NamesMasked {
        /// Whether they were masked in the input; else in what the atlas was learned from.
        in_input: bool,
    },
    /// The input is out of the first reference's domains.
    OtherDomain {
        /// The domains of the input; empty where only its words say that they are others.
        domains: Vec<String>,
        /// The first reference.
        reference: String,
        /// The domains that it was learned from; may be empty.
        known_from: Vec<String>,
        /// Share of single traces whose first reference is right on held-out data sets, in [0, 1].
        top1: Option<f64>,
    },
    /// The input or the first reference names no domain.
    DomainUnknown,
    /// The share of the first reference depends on layout.
    Layout {
        /// The first reference.
        reference: String,
        /// Its share without the layout channel, in [0, 1].
        without: f64,
        /// Its share, in [0, 1].
        with: f64,
    },
    /// The intervals are drawn over few prompts.
    FewPrompts {
        /// Different prompts of the input.
        prompts: usize,
    },
    /// The atlas's tokenizer failed on a part of the text.
    Untokenized {
        /// Bytes that it failed on.
        bytes: usize,
    },
    /// The atlas uses vectors that the user gave.
    UserVectors,
    /// Some traces have no such vector.
    WithoutVector {
        /// Traces without one.
        traces: usize,
    },
    /// Some traces were too short.
    TooShort {
        /// Traces that were not scored.
        traces: usize,
        /// Words that a score needs.
        words: usize,
    },
    /// Only the references of the atlas were compared.
    OnlyReferences {
        /// References of the atlas.
        references: usize,
    },
    /// Two profiles rest on different prompts.
    OtherPrompts,
    /// The references did not answer the prompts of the profile.
    ReferencesOtherPrompts,
    /// A profile keeps no scores.
    ProfileWithoutScores,
    /// A profile keeps no text.
    ProfileWithoutText,
    /// A profile keeps one mean for each prompt.
    ProfileMeans,
    /// Many traces have word by word the text of another.
    Copies {
        /// Traces whose text an earlier one has.
        traces: usize,
        /// All traces.
        of: usize,
    },
    /// Some traces of an audit repeat an earlier one.
    Repeated {
        /// Traces that do.
        traces: usize,
    },
    /// The traces nearest to a reference are less like it than its own are.
    UnlikeReference {
        /// The reference.
        reference: String,
        /// The similarity of these traces to it, in [-1, 1].
        similarity: f64,
    },
    /// An unknown model that resembles a reference counts as that reference.
    HiddenByRelative,
    /// The intervals of shares leave out the error of the calibration.
    IntervalsOfShares,
    /// Some traces are in another language than the atlas's.
    OtherLanguage(OtherLanguage),
    /// Only the references of the atlas can have a share.
    OnlyReferencesHaveShares {
        /// References of the atlas.
        references: usize,
    },
    /// A sentence, as read from a file or from an error.
    Text(String),
}

/// Traces in another language than the one that most of the atlas was learned from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherLanguage {
    /// Traces in another language.
    pub traces: usize,
    /// These languages (ISO 639-3), at most three.
    pub languages: Vec<String>,
    /// The language of the atlas.
    pub atlas: String,
}

/// Who wrote the traces of a corpus, as far as their mediation tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// The model itself (raw or cut off).
    Model,
    /// Another model, which summarized.
    Summarizer,
    /// Both.
    Both,
    /// The traces do not say.
    Unknown,
}
