//! Traces → fingerprints.
//!
//! Comes in: the text of a trace. Goes out: counted n-grams ([`NgramCounter`]), layout measurements
//! ([`layout::measure`]) and, through a [`Vectorizer`], the sparse row that the learner and the
//! atlas work on. Everything here is a pure function of the text: no file, no global state. Called
//! by `attribution` (to learn and to score) and by `lineage` (to show evidence).
//!
//! One channel is one family of features in one file. The n-gram channels call back once per
//! occurrence with a stable 64-bit id and the place in the text, so that the same code counts
//! features and leads them back to where they stand.

mod char_counter;
pub mod char_ngrams;
mod counter;
pub mod embed;
mod hash;
pub mod layout;
mod ngram_counter;
pub mod subwords;
pub mod token_ngrams;
mod vectorizer;
mod vocabulary;
pub mod word_ngrams;

use counter::Counter;
pub use ngram_counter::NgramCounter;
pub use vectorizer::{ChannelWeights, LayoutScale, SparseRow, Vectorizer, mean_and_deviation};
pub use vocabulary::{Feature, Vocabulary, VocabularyBuilder, read_forms};

use serde::{Deserialize, Serialize};

/// A family of features.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Character n-grams, n = 1–5, case kept, across word boundaries.
    Char,
    /// Word-and-punctuation n-grams, n = 1–3, case kept.
    Word,
    /// Markdown, lists, LaTeX, line and sentence lengths, punctuation, casing.
    Layout,
}

impl Channel {
    /// The channels of n-grams, in the order in which vocabularies keep them.
    pub const NGRAMS: [Self; 2] = [Self::Char, Self::Word];

    /// The word that the command line and the reports use for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Char => "char",
            Self::Word => "word",
            Self::Layout => "layout",
        }
    }

    /// Calls `emit(id, start, end)` for every occurrence of every n-gram of this channel, where
    /// `start..end` are byte offsets into `text`. [`Channel::Layout`] has no n-grams.
    pub fn for_each_ngram(self, text: &str, emit: impl FnMut(u64, usize, usize)) {
        match self {
            Self::Char => char_ngrams::for_each(text, emit),
            Self::Word => word_ngrams::for_each(text, emit),
            Self::Layout => {}
        }
    }
}
