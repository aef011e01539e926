//! What can be wrong with an atlas or with what one is learned from.

use super::{about::MINIMUM_TRACES, format::FormatError};
use crate::{
    attribution::{ExtendError, FitError, MINIMUM_WORDS},
    features::embed::EmbedError,
    trace::TextKind,
};
use std::collections::BTreeMap;

/// Why there is no atlas. The messages name no options of the command line, which adds its own
/// advice.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be read.
    #[error("cannot read the atlas {name}: {reason}")]
    Read {
        /// The file.
        name: String,
        /// What the system says.
        reason: String,
    },
    /// The crate was built without an atlas.
    #[cfg(not(feature = "embedded-atlas"))]
    #[error("this build holds no atlas: the feature `embedded-atlas` is off")]
    NoEmbeddedAtlas,
    /// The file is something else.
    #[error(
        "{name} is not an atlas: it begins with {found}, but an atlas begins with \"COTPRINT\""
    )]
    NotAnAtlas {
        /// The file.
        name: String,
        /// Its first bytes, readable.
        found: String,
    },
    /// The file is of another version.
    #[error(
        "{name} is an atlas of format version {found}, and this program reads version {expected}"
    )]
    Version {
        /// The file.
        name: String,
        /// Its version.
        found: u32,
        /// The version that can be read.
        expected: u32,
    },
    /// The file is shorter than it says.
    #[error("{name} is cut off: it holds {found} bytes of the {expected} that its header promises")]
    CutOff {
        /// The file.
        name: String,
        /// Its size in bytes.
        found: u64,
        /// The size it should have.
        expected: u64,
    },
    /// The checksum does not fit.
    #[error(
        "{name} was altered or damaged: its checksum is {found}, where its header says {expected}"
    )]
    Damaged {
        /// The file.
        name: String,
        /// The checksum of what is there.
        found: String,
        /// The checksum in the header.
        expected: String,
    },
    /// The parts do not fit together.
    #[error("{name} cannot be used: {what}")]
    Inconsistent {
        /// The file.
        name: String,
        /// What does not fit.
        what: FormatError,
    },
    /// References cannot be added to the atlas.
    #[error("nothing can be added to the atlas ({name}): {why}")]
    Extend {
        /// The atlas.
        name: String,
        /// Why not.
        why: CannotExtend,
    },
    /// There is too little to learn from.
    #[error(
        "{} with {MINIMUM_TRACES} traces of {MINIMUM_WORDS} words each, and {}",
        needed.words(),
        what_was_found(only.as_deref(), *traces, dropped)
    )]
    TooLittle {
        /// How many models are needed.
        needed: Needed,
        /// The only model with enough traces, where there is one.
        only: Option<String>,
        /// The traces that were given.
        traces: usize,
        /// How many of them cannot be used, by reason.
        dropped: BTreeMap<String, usize>,
    },
    /// The labelled texts cannot be learned from.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// The channel `token` and its tokenizer go together.
    #[error("{}", if *named {
        "the channel token needs a tokenizer, and none was given"
    } else {
        "a tokenizer was given, and the channel token, which is all that uses one, is not among the channels"
    })]
    Tokenizer {
        /// Whether the channel was named; else a tokenizer was given.
        named: bool,
    },
    /// The channel `vectors` and a source of vectors go together.
    #[error("{}", if *named {
        "the channel vectors needs a source of vectors, and none was given"
    } else {
        "a source of vectors was given, and the channel vectors, which is all that uses one, is not among the channels"
    })]
    Vectors {
        /// Whether the channel was named; else a source was given.
        named: bool,
    },
    /// The atlas asks for no vectors.
    #[error(
        "the atlas ({name}) was learned without vectors, so that a source of vectors changes nothing"
    )]
    NoVectors {
        /// The atlas.
        name: String,
    },
    /// The vectors are of another model than those that the atlas was learned with.
    #[error(
        "the atlas ({name}) was learned with the vectors of {expected}, and the source that is there now is {found}: vectors of two sources cannot be compared"
    )]
    OtherVectors {
        /// The atlas.
        name: String,
        /// What it was learned with.
        expected: String,
        /// What was given.
        found: String,
    },
    /// Vectors cannot be had.
    #[error(transparent)]
    Embed(#[from] EmbedError),
    /// The atlas was learned without the classic measures.
    #[error(
        "the atlas ({name}) holds no word frequencies, which the method {method} compares: it was learned without them"
    )]
    NoFrequencies {
        /// The atlas.
        name: String,
        /// The method that was asked for.
        method: &'static str,
    },
    /// The method compares with texts.
    #[error(
        "the method compression compares with the references' texts, and an atlas ({name}) holds none"
    )]
    NeedsTexts {
        /// The atlas.
        name: String,
    },
    /// A line of a table of families is not a model and its family.
    #[error(
        "{file}, line {line}: found {found:?}, expected a model and its family with a tab between them"
    )]
    NoFamily {
        /// The table.
        file: String,
        /// The line, beginning with 1.
        line: usize,
        /// What is there.
        found: String,
    },
    /// A table of families lists a model twice.
    #[error("{file}, line {line}: the model {model} is listed twice; keep one of its lines")]
    RepeatedFamily {
        /// The table.
        file: String,
        /// The second line.
        line: usize,
        /// The model.
        model: String,
    },
}

impl Error {
    /// Whether there was too little to learn from: more labelled traces would help.
    pub fn is_too_little(&self) -> bool {
        matches!(self, Self::TooLittle { .. } | Self::Fit(_))
    }
}

/// How many models with enough traces it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Needed {
    /// Two, so that an atlas can tell them apart.
    TwoModels,
    /// One that is to be added to an atlas.
    OneModel,
}

impl Needed {
    fn words(self) -> &'static str {
        match self {
            Self::TwoModels => "an atlas needs at least two models",
            Self::OneModel => "adding to an atlas needs at least one model",
        }
    }
}

/// Why references cannot be added to an atlas.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CannotExtend {
    /// The atlas was learned from other text than what is to be added.
    #[error(
        "it was learned from {}{}, and what is to be added is {}{}",
        learned.name(), masked(*learned_masked), given.name(), masked(*given_masked)
    )]
    OtherText {
        /// What the atlas was learned from.
        learned: TextKind,
        /// Whether names were masked in it.
        learned_masked: bool,
        /// What is to be added.
        given: TextKind,
        /// Whether names are masked in it.
        given_masked: bool,
    },
    /// The atlas was not learned to be extendable.
    #[error("it does not keep what it takes to add references")]
    NotExtendable,
    /// What the atlas keeps for adding references cannot be read.
    #[error("what it keeps for adding references is damaged")]
    Damaged,
    /// The atlas was learned with vectors.
    #[error(
        "it was learned with vectors, and references can only be added where all is read from the text"
    )]
    HasVectors,
    /// The atlas has a reference of this name.
    #[error("it knows a reference named {reference} already")]
    KnownReference {
        /// The name.
        reference: String,
    },
    /// The atlas's model cannot be extended with these traces.
    #[error(transparent)]
    Model(#[from] ExtendError),
}

fn masked(masked: bool) -> &'static str {
    if masked { " with names masked" } else { "" }
}

/// What was found instead of enough models: `only` is the one that has enough traces.
pub(crate) fn what_was_found(
    only: Option<&str>,
    traces: usize,
    dropped: &BTreeMap<String, usize>,
) -> String {
    let found = match only {
        None => format!("none of the {traces} traces could be used"),
        Some(only) => format!("only one model, {only}, has enough traces"),
    };
    let reasons: Vec<String> =
        dropped.iter().map(|(reason, count)| format!("{count} × {reason}")).collect();
    match reasons.is_empty() {
        true => found,
        false => format!("{found}. Dropped: {}", reasons.join(", ")),
    }
}
