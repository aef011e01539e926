//! Why two corpora cannot be compared.

/// Why it cannot be measured how one corpus differs from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
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
}
