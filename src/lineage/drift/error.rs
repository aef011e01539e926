//! Why two corpora cannot be compared.

use std::fmt;

/// Why it cannot be measured how one corpus differs from another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DriftError {
    /// The atlas contains no panel.
    #[error(
        "this atlas contains no panel of shared prompts, by which a drift is measured: it was learned by an \
         older version, or without the channel embed; learn it again"
    )]
    NoPanel,
    /// Too few of the chosen prompts are shared.
    #[error(
        "the two corpora have {shared} of the rule's prompts in common; {needed} are needed: run both on \
         the same prompts"
    )]
    TooFewChosenPrompts {
        /// Chosen prompts that both corpora answered.
        shared: usize,
        /// How many are needed.
        needed: usize,
    },
    /// Too few prompts are shared, and too few others belong to the same data set.
    #[error(
        "the two corpora have {shared} prompts in common and nothing else to compare them by; \
         {needed} are needed: run both on the same prompts"
    )]
    TooFewPrompts {
        /// Prompts that both corpora answered.
        shared: usize,
        /// How many are needed.
        needed: usize,
    },
    /// The two corpora are mostly in different languages.
    #[error(
        "the input is mostly in one language ({new}) and the baseline in another ({old}): what moved between \
         them would be the language and not the style, and no figure is given. Run both on the same prompts, \
         in the same language"
    )]
    OtherLanguages {
        /// The language of most of the input.
        new: MainLanguage,
        /// The language of most of the baseline.
        old: MainLanguage,
    },
}

/// The language of most traces of a corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MainLanguage {
    /// Its code.
    pub language: String,
    /// Traces in it.
    pub traces: usize,
    /// Traces whose language is known.
    pub of: usize,
}

impl fmt::Display for MainLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} of {} traces", self.language, self.traces, self.of)
    }
}
