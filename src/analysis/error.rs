//! Why an analysis gives no result.

use crate::{
    atlas,
    features::{Channel, embed::EmbedError},
    ingest,
    lineage::ProfileError,
    lineage::tree::TooManyCorpora,
    policy,
    trace::TextKind,
};

/// An error of the caller's own, from what watches the traces ([`super::Comparer::watch`]).
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why an analysis gives no result. The messages name no options of the command line, which adds
/// its own advice.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The inputs cannot be read.
    #[error(transparent)]
    Read(#[from] ingest::Error),
    /// The atlas cannot do what is asked.
    #[error(transparent)]
    Atlas(#[from] atlas::Error),
    /// The vectors of the traces cannot be had.
    #[error(transparent)]
    Vectors(#[from] EmbedError),
    /// A profile cannot be used.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The policy cannot be used with this atlas.
    #[error(transparent)]
    Policy(#[from] policy::Error),
    /// The inputs name too many models for a tree.
    #[error(transparent)]
    TooManyCorpora(#[from] TooManyCorpora),
    /// What watches the traces failed.
    #[error("{0}")]
    Watcher(#[source] BoxError),
    /// A profile's file cannot be read.
    #[error("cannot read {name}: {source}")]
    ReadProfile {
        /// The file.
        name: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// Profiles are to be added up, and none is named.
    #[error("no profile was named; name at least one")]
    NoProfiles,
    /// A corpus cannot be kept as a profile.
    #[error("{why}")]
    NoProfile {
        /// Why not.
        why: String,
    },
    /// A control is said to be of a model that the atlas does not know.
    #[error(
        "the control {reference} is no reference of the atlas: a control is a model that it knows"
    )]
    UnknownControl {
        /// The name that was given.
        reference: String,
    },
    /// There are too few resamples for an interval.
    #[error("{found} resamples are too few for an interval; at least {least} are needed")]
    TooFewResamples {
        /// How many were asked for.
        found: usize,
        /// How many are needed.
        least: usize,
    },
    /// The atlas was learned from another kind of text.
    #[error(
        "the atlas was learned from {}, and {} is to be scored: the two are written differently, and a score would mean nothing",
        learned.name(),
        asked.name()
    )]
    OtherText {
        /// What the atlas was learned from.
        learned: TextKind,
        /// What is asked for.
        asked: TextKind,
    },
    /// No record of the inputs has text that can be used.
    #[error(
        "no usable {} in {}{}",
        text.name(),
        inputs.join(", "),
        if dropped.is_empty() { String::new() } else { format!(": {}", dropped.join("; ")) }
    )]
    NoUsableText {
        /// The text that is wanted.
        text: TextKind,
        /// The inputs as they were named.
        inputs: Vec<String>,
        /// Why records were dropped.
        reasons: Vec<ingest::Reason>,
        /// What was dropped and why, a line for each reason.
        dropped: Vec<String>,
    },
    /// There is text, and too little of it for a result.
    #[error("{sentence}")]
    TooLittleText {
        /// What is too little.
        sentence: String,
    },
    /// A trace is too short to be explained.
    #[error("the trace {id} has {words} words; at least {needed} are needed to judge it")]
    ShortTrace {
        /// The trace.
        id: String,
        /// Its words.
        words: usize,
        /// Words that are needed.
        needed: usize,
    },
    /// No trace has the id that was asked for.
    #[error(
        "no trace has the id {id} in {}, which has {traces} with text; the first are {}",
        inputs.join(", "),
        first.join(", ")
    )]
    NoSuchTrace {
        /// The id.
        id: String,
        /// The inputs as they were named.
        inputs: Vec<String>,
        /// Traces that have text.
        traces: usize,
        /// Ids of the first of them.
        first: Vec<String>,
    },
    /// Vectors without ids are matched with traces by their order, and the order is not known here.
    #[error(
        "the vectors have no ids and are matched with the traces by their order, which {reading} does not have"
    )]
    VectorsByOrder {
        /// What reads the traces more than once.
        reading: &'static str,
    },
    /// A baseline needs a panel of shared prompts, and the atlas has none.
    #[error(
        "a baseline needs an atlas with a panel of shared prompts to measure with, and the atlas ({atlas}) has none"
    )]
    NoPanel {
        /// What the atlas is called.
        atlas: String,
    },
    /// A policy measures against a baseline, and the atlas has no panel.
    #[error(
        "the policy asks for what moved from the baseline, and the atlas ({atlas}) has no panel of shared prompts to measure it with"
    )]
    PolicyNeedsPanel {
        /// What the atlas is called.
        atlas: String,
    },
    /// The baseline has both profiles and traces.
    #[error("the baseline names profiles and traces, and can be only one of the two")]
    MixedBaseline,
    /// A rule needs a step of cleaning that is left out.
    #[error(
        "cleaning leaves out what the rule {rule} ({file}, line {line}) measures by, so that it would pass whatever the traces are"
    )]
    SkippedStep {
        /// The rule.
        rule: String,
        /// The policy's file.
        file: String,
        /// Its line there.
        line: usize,
    },
    /// Repeated traces are to be dropped, and cleaning does not look for them.
    #[error("repeated traces are to be dropped, and cleaning leaves out the search for them")]
    SkippedDuplicates,
    /// No record has the field that groups are made by.
    #[error("no record has the field {field}; the records have {}", known.join(", "))]
    UnknownField {
        /// The field that was asked for.
        field: String,
        /// Fields that records have, at most twelve.
        known: Vec<String>,
    },
    /// A field has too many values for groups.
    #[error("the field {field} has more than {most} values, so each would have too few traces")]
    TooManyGroups {
        /// The field.
        field: String,
        /// Values that it may have.
        most: usize,
    },
    /// A channel has no names for its numbers.
    #[error(
        "the channel {} counts n-grams of a vocabulary that an atlas learns, and has no named numbers; those that have are {}",
        channel.name(),
        Channel::ALL.iter().filter(|one| one.measure_count() > 0).map(|one| one.name()).collect::<Vec<_>>().join(", ")
    )]
    NoMeasures {
        /// The channel.
        channel: Channel,
    },
    /// Two references have one name.
    #[error("two references are named {name}: one by a label, one by the records of the inputs")]
    NamedTwice {
        /// The name.
        name: String,
    },
}

impl Error {
    /// Whether the input was read and held too little usable text.
    pub fn is_too_little_text(&self) -> bool {
        matches!(
            self,
            Self::NoUsableText { .. }
                | Self::TooLittleText { .. }
                | Self::ShortTrace { .. }
                | Self::Atlas(atlas::Error::TooLittle { .. } | atlas::Error::Fit(_))
        )
    }
}
