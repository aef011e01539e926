//! Stands in for `loaded` in a build without the feature `tokenizers`: a tokenizer is refused.

use std::convert::Infallible;
use std::path::Path;

use super::TokenizerError;

/// A tokenizer; this build cannot make one.
#[derive(Debug)]
pub struct Subwords(Infallible);

impl Subwords {
    /// Refuses the tokenizer.
    ///
    /// # Errors
    /// Always.
    pub(in crate::features) fn read(path: &Path) -> Result<Vec<u8>, TokenizerError> {
        Err(refusal(&path.display().to_string()))
    }

    /// Refuses the tokenizer.
    ///
    /// # Errors
    /// Always.
    pub fn from_bytes(_: &[u8], file: &str) -> Result<Self, TokenizerError> {
        Err(refusal(file))
    }

    /// Never called: there is no tokenizer.
    #[must_use = "text that could not be tokenized has to be counted"]
    pub fn for_each(&self, _: &str, _: impl FnMut(u32, usize, usize)) -> usize {
        match self.0 {}
    }

    /// Never called: there is no tokenizer.
    pub fn token(&self, _: u32) -> Option<&str> {
        match self.0 {}
    }

    /// Never called: there is no tokenizer.
    pub fn len(&self) -> usize {
        match self.0 {}
    }
}

fn refusal(file: &str) -> TokenizerError {
    TokenizerError::NotSupported { file: file.to_owned() }
}
