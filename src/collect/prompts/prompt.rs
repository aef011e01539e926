//! One prompt.

use crate::trace::prompt_hash;

/// A prompt to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// What the user says.
    pub text: String,
    /// [`prompt_hash`] of it, by which an atlas knows it.
    pub hash: u64,
    /// The set that it belongs to, or the name of the file that it stands in.
    pub set: String,
    /// Its id there, where it has one.
    pub id: Option<String>,
}

impl Prompt {
    /// A prompt of a set.
    pub fn new(text: &str, set: &str, id: Option<String>) -> Self {
        Self { text: text.to_owned(), hash: prompt_hash(text), set: set.to_owned(), id }
    }
}
