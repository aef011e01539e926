//! One labelled text, as every learner takes it.

use std::borrow::Cow;

/// One labelled text. Examples of the same prompt must stand next to each other.
#[derive(Debug, Clone)]
pub struct Example<'a> {
    /// The text.
    pub text: Cow<'a, str>,
    /// Words in it.
    pub words: usize,
    /// The reference that wrote it, in `0..references`.
    pub label: usize,
    /// The number of its prompt.
    pub prompt: u32,
    /// The number of the group of prompts that ask nearly the same as its own
    /// ([`PromptGroups`](crate::trace::PromptGroups)): folds hold out whole groups.
    pub group: u32,
    /// The number of its data set.
    pub data_set: usize,
    /// Its vector for the channel `vectors`, where that comes from a file; a model makes its own.
    pub vector: Option<&'a [f32]>,
}

impl AsRef<str> for Example<'_> {
    fn as_ref(&self) -> &str {
        &self.text
    }
}
