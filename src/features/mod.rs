//! Traces → fingerprints.
//!
//! Comes in: the text of a trace. Goes out: counted n-grams ([`NgramCounter`]), measures
//! ([`Channel::measure`]) and, through a [`Vectorizer`], the row that the learner and the atlas
//! work on, or the sum of many texts ([`NgramProfile`]). Everything here is a pure function of the
//! text: no file, no global state. Called by `attribution` (to learn and to score) and by `lineage`
//! (to show evidence).
//!
//! One channel is one family of features in one file. The n-gram channels call back once per
//! occurrence with a stable 64-bit id and the place in the text, so that the same code counts
//! features and leads them back to where they stand.

mod batch;
mod channel;
mod channel_set;
mod char_counter;
pub(crate) mod char_ngrams;
mod counter;
mod dense;
pub mod embed;
pub mod function;
pub mod function_words;
mod hash;
mod id_table;
mod known;
pub mod layout;
pub mod moves;
mod ngram_counter;
pub mod rhythm;
mod row;
mod scale;
pub(crate) mod sentences;
pub mod skeleton;
pub(crate) mod subwords;
pub mod token_ngrams;
mod vectorizer;
mod vocabulary;
mod vocabulary_builder;
pub(crate) mod word_ngrams;

pub use batch::{FeatureCount, NgramProfile};
pub use channel::Channel;
pub use channel_set::{ChannelOptions, ChannelSet, ChannelSetError};
use counter::Counter;
pub use ngram_counter::NgramCounter;
pub use row::Row;
pub use scale::{Scale, mean_and_deviation};
pub use subwords::TokenizerError;
pub use vectorizer::Vectorizer;
pub use vocabulary::{Feature, Vocabulary, VocabularyError};
pub use vocabulary_builder::{Selected, VocabularyBuilder, read_forms};
