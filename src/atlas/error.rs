//! What can be wrong with an atlas or with what one is learned from.

use super::format::FormatError;
use crate::attribution::FitError;
use crate::features::embed::EmbedError;

/// Why there is no atlas.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error(
        "cannot read the atlas {name}: {reason}. Give the path of a file that `cotprint fit` wrote, or leave --atlas out to use the embedded one."
    )]
    Read {
        /// The file.
        name: String,
        /// What the system says.
        reason: String,
    },
    /// The crate was built without an atlas.
    #[cfg(not(feature = "embedded-atlas"))]
    #[error(
        "this build holds no atlas: the feature `embedded-atlas` is off. Open an atlas file instead."
    )]
    NoEmbeddedAtlas,
    /// The file is something else.
    #[error(
        "{name} is not an atlas: it begins with {found}, but an atlas begins with \"COTPRINT\". Give a file that `cotprint fit` wrote."
    )]
    NotAnAtlas {
        /// The file.
        name: String,
        /// Its first bytes, readable.
        found: String,
    },
    /// The file is of another version.
    #[error(
        "{name} is an atlas of format version {found}, and this program reads version {expected}. Use a newer cotprint, or learn the atlas again with `cotprint fit`."
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
    #[error(
        "{name} is cut off: it holds {found} bytes of the {expected} that its header promises. Copy it again, or learn it again with `cotprint fit`."
    )]
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
        "{name} was altered or damaged: its checksum is {found}, where its header says {expected}. Copy it again, or learn it again with `cotprint fit`."
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
    #[error("{name} cannot be used: {what}. Learn it again with `cotprint fit`.")]
    Inconsistent {
        /// The file.
        name: String,
        /// What does not fit.
        what: FormatError,
    },
    /// References cannot be added to the atlas.
    #[error("nothing can be added to the atlas ({name}): {what}.")]
    Extend {
        /// The atlas.
        name: String,
        /// Why, and what to do.
        what: String,
    },
    /// There is too little to learn from.
    #[error("{0}")]
    TooLittle(String),
    /// The labelled texts cannot be learned from.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// The channel `token` and its tokenizer go together.
    #[error("{}", if *named {
        "the channel token needs a tokenizer, and none was given. Give the path of a tokenizer.json with --tokenizer, or leave the channel out."
    } else {
        "a tokenizer was given, and the channel token, which is all that uses one, is not among the channels. Add token to --channels, or leave --tokenizer out."
    })]
    Tokenizer {
        /// Whether the channel was named; else a tokenizer was given.
        named: bool,
    },
    /// The channel `vectors` and a source of vectors go together.
    #[error("{}", if *named {
        "the channel vectors needs a source of vectors, and none was given. Give the folder of a model or a file of vectors with --embed, or leave the channel out."
    } else {
        "a source of vectors was given, and the channel vectors, which is all that uses one, is not among the channels. Add vectors to --channels, or leave --embed out."
    })]
    Vectors {
        /// Whether the channel was named; else a source was given.
        named: bool,
    },
    /// The atlas asks for no vectors.
    #[error(
        "the atlas ({name}) was learned without vectors, so that --embed changes nothing. Leave --embed out, or learn an atlas with `cotprint fit --embed`."
    )]
    NoVectors {
        /// The atlas.
        name: String,
    },
    /// The vectors are of another model than those that the atlas was learned with.
    #[error(
        "the atlas ({name}) was learned with the vectors of {expected}, and the source that is there now is {found}: vectors of two sources cannot be compared. Name the source that it was learned with by --embed, or learn the atlas again."
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
        "the atlas ({name}) holds no word frequencies, which --method {method} compares: it was learned without them. Learn the atlas again with `cotprint fit --classic` to use --method {method}, and name the file with --atlas."
    )]
    NoFrequencies {
        /// The atlas.
        name: String,
        /// The method that was asked for.
        method: &'static str,
    },
    /// The method compares with texts.
    #[error(
        "--method compression compares with the references' texts, and an atlas ({name}) holds none. It works where the labelled texts are at hand: in `cotprint evaluate` and in the library. Give another method to score with an atlas."
    )]
    NeedsTexts {
        /// The atlas.
        name: String,
    },
    /// A table of families cannot be used.
    #[error("{0}")]
    Families(String),
}

impl Error {
    /// Whether there was too little to learn from: more labelled traces would help.
    pub fn is_too_little(&self) -> bool {
        matches!(self, Self::TooLittle(_) | Self::Fit(_))
    }
}
