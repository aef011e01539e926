//! A subword tokenizer that the user gives, made fit for traces of any length.
//!
//! Comes in: a `tokenizer.json` as the library `tokenizers` writes it (byte-pair encoding,
//! WordPiece, Unigram or whole words, with any normalizer and pre-tokenizer). Goes out: the tokens
//! of a text with their byte offsets. Called by `token_ngrams` and by the embedders.

#[cfg(feature = "tokenizers")]
pub(super) mod cut;
#[cfg(feature = "tokenizers")]
mod growth;
#[cfg(feature = "tokenizers")]
pub(super) mod loaded;
#[cfg(not(feature = "tokenizers"))]
#[path = "subwords/without_tokenizers.rs"]
mod loaded;

pub use loaded::Subwords;

/// Longer texts are tokenized in pieces of at most this many bytes, so that memory stays bounded
/// and a tokenizer that is slow on long words has none.
#[cfg(feature = "tokenizers")]
pub const LONGEST_PIECE: usize = 16 * 1024;

/// The largest `tokenizer.json` that is read, in bytes. The largest known ones have 35 MB.
const LARGEST_FILE: u64 = 40 << 20;

/// Why a tokenizer cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenizerError {
    /// The file cannot be read.
    #[error("{file}: cannot be read: {source}. Name a tokenizer.json that you may read")]
    Unreadable {
        /// The file.
        file: String,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The file is larger than any tokenizer.
    #[error(
        "{file}: has {bytes} bytes, and no tokenizer is larger than {LARGEST_FILE}. Name a tokenizer.json"
    )]
    TooLarge {
        /// The file.
        file: String,
        /// Its size.
        bytes: u64,
    },
    /// The content is not a tokenizer.
    #[error(
        "{file}: is no tokenizer that the library `tokenizers` can load: {detail}. Name the tokenizer.json of a model"
    )]
    Invalid {
        /// The file.
        file: String,
        /// What the library said.
        detail: String,
    },
    /// Its rules make a text many times longer before it is cut into tokens.
    #[error(
        "{file}: its normalizer can make a text more than {most} times as long, which would fill the memory. Name the tokenizer.json of a model"
    )]
    Grows {
        /// The file.
        file: String,
        /// The most times that a text may become its own size.
        most: f64,
    },
    /// The crate was built without tokenizers.
    #[cfg(not(feature = "tokenizers"))]
    #[error("{file}: this build reads no tokenizer: the feature `tokenizers` is off")]
    NotSupported {
        /// The file.
        file: String,
    },
    /// The tokenizer has no token for what it does not know, and would fail on such text.
    #[error(
        "{file}: has no token for unknown characters ({detail}), so it cannot read every trace. Name a tokenizer.json that has one"
    )]
    NoUnknownToken {
        /// The file.
        file: String,
        /// What is missing.
        detail: UnknownTokenError,
    },
}

/// Why a tokenizer has no token for text that it does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnknownTokenError {
    /// The token that it names is not there.
    #[error("its unknown token {token:?} is not in its vocabulary")]
    NotInVocabulary {
        /// The token.
        token: String,
    },
    /// It names none.
    #[error("its `unk_id` is not set")]
    NotSet,
    /// What it names cannot be found out.
    #[error("its `unk_id` cannot be read: {said}")]
    Hidden {
        /// What the library said.
        said: String,
    },
}
