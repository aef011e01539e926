//! Words, languages and near duplicates of plain text; nothing here knows what a trace is.

mod language;
pub(crate) mod minhash;
mod names;
mod signature;
mod words;

pub use language::{language, language_code, language_name};
pub use names::UnknownName;
pub(crate) use names::named_values;
pub use signature::Signature;
pub use words::{breaks_off, count_words, is_ideographic, word_starts, words};
