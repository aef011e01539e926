//! What the sentences of an explanation say, as data. [`crate::wording`] makes the sentences.

use crate::lineage::NamedShare;

/// What an explanation found. `Display` gives the sentences, and so does JSON.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ExplanationFinding {
    /// What the trace resembles. Shares are probabilities in [0, 1].
    Resembles {
        /// The first reference.
        first: NamedShare,
        /// The second.
        second: Option<NamedShare>,
        /// Whether the first has at least half of the probability.
        has_half: bool,
        /// Words of the trace.
        words: usize,
        /// Its words by what their stretch resembles; `None` where the trace has one window only.
        stretches: Option<WordsOf>,
    },
    /// A sentence, as read from a file.
    Text(String),
}

/// Words of a trace by the reference that has at least half of the probability there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordsOf {
    /// The first reference of the whole trace.
    pub first: usize,
    /// Another reference.
    pub others: usize,
    /// No reference.
    pub none: usize,
}

/// One thing that an explanation cannot say. `Display` gives the sentence, and so does JSON.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum TraceLimit {
    /// The atlas was learned from this trace.
    SeenBefore,
    /// The trace is unlike every reference.
    UnlikeAll {
        /// The p-value that some reference wrote it.
        p_value: f64,
    },
    /// The trace is out of domain.
    OutOfDomain,
    /// A window says less than the whole.
    Windows {
        /// Words of a window.
        words: usize,
    },
    /// Weights are those of the regression only.
    WeightsOfRegression,
    /// The atlas's tokenizer failed on a part of the text.
    Untokenized {
        /// Bytes that it failed on.
        bytes: usize,
    },
    /// The trace has no vector of the user's.
    WithoutVector,
    /// The trace has such a vector, its windows have none.
    WindowsWithoutVectors,
    /// A sentence, as read from a file.
    Text(String),
}
