//! What stops an embedding, told in sentences that a person can act on.

use std::fmt::Display;
use std::io;

use crate::features::subwords::TokenizerError;

/// Why texts cannot be turned into vectors, or vectors cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmbedError {
    /// A file cannot be read.
    #[error("{file}: cannot be read: {source}. Check that it is there and that you may read it")]
    Unreadable {
        /// The file.
        file: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file or folder is not what it should be.
    #[error("{file}: {detail}. {advice}")]
    Invalid {
        /// The file or folder, with the line or row where there is one.
        file: String,
        /// What was found and what was expected.
        detail: String,
        /// What to do.
        advice: String,
    },
    /// The tokenizer of a model cannot be used.
    #[error(transparent)]
    Tokenizer(#[from] TokenizerError),
    /// A model failed on a text.
    #[error(
        "{model}: cannot read the text number {text} (counted from 0): {detail}. Leave this trace out"
    )]
    Text {
        /// The model's folder.
        model: String,
        /// Which of the texts.
        text: usize,
        /// What went wrong.
        detail: TextError,
    },
}

/// Why a model failed on a text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// The tokenizer gave up on a part of the text.
    #[error("its tokenizer fails on {bytes} bytes of it")]
    Tokenizer {
        /// The length of that part.
        bytes: usize,
    },
    /// The network failed.
    #[error("the network fails: {said}")]
    Network {
        /// What its library said.
        said: String,
    },
}

impl EmbedError {
    /// The error of a file whose content is wrong.
    pub(super) fn invalid(
        file: impl Display,
        detail: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self::Invalid { file: file.to_string(), detail: detail.into(), advice: advice.into() }
    }
}
