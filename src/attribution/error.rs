//! Why nothing can be learned, added or scored.

use super::classic::Method;
use crate::features::VocabularyError;

/// Why a model or a measure cannot be learned from labelled texts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// There is nothing to hold out.
    #[error(
        "all traces have the same prompt, so that nothing can be held out to calibrate on; \
         give traces of at least two prompts"
    )]
    OnePrompt,
    /// An example names a reference that is not there.
    #[error(
        "an example is labelled {label}, and there are {references} references, numbered from 0; \
         number the references of all examples"
    )]
    Label {
        /// The number that the example has.
        label: usize,
        /// The number of references.
        references: usize,
    },
    /// The method is not learned in this way.
    #[error(
        "{} is not a classic measure on word frequencies; learn it with attribution::fit",
        method.name()
    )]
    NotClassic {
        /// The method.
        method: Method,
    },
    /// The n-grams that were found are not a vocabulary.
    #[error(transparent)]
    Vocabulary(#[from] VocabularyError),
}

/// Why references cannot be added to a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExtendError {
    /// What was kept for adding references belongs to another model, or is damaged.
    #[error("what it keeps for adding references does not fit its style embedding")]
    Mismatch,
}

/// A text has too few words to be scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text has {words} words, and {needed} are needed to score it")]
pub struct TooShort {
    /// Words in the text.
    pub words: usize,
    /// The fewest words that are scored.
    pub needed: usize,
}
