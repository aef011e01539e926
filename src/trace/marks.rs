//! What cleaning found in one trace, and the steps of cleaning.

use std::ops::Range;

use serde_json::Value;

use super::Trace;
use crate::text::{Signature, named_values};

/// A step of cleaning that can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CleaningStep {
    /// Unicode is brought into its composed form (NFC).
    Unicode,
    /// `\r\n` and `\r` become `\n`, and NUL becomes a space.
    LineEnds,
    /// The language is marked where it is reliably known (`meta.language`, ISO 639-3).
    Language,
    /// Refusals are marked (`meta.refusal`).
    Refusals,
    /// Names of models and vendors are marked (`meta.names`).
    Names,
    /// Passages that quote the prompt are marked (`meta.prompt_quotes`).
    PromptQuotes,
    /// Traces that repeat another one are reported.
    Duplicates,
}

named_values!(CleaningStep {
    Unicode = "unicode",
    LineEnds = "line-ends",
    Language = "language",
    Refusals = "refusals",
    Names = "names",
    PromptQuotes = "prompt-quotes",
    Duplicates = "duplicates",
});

/// What was found in one trace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    /// The number of words in the text that is read.
    pub words: usize,
    /// Its language: what the record says, else what its text is in.
    pub language: Option<String>,
    /// Whether it is a refusal.
    pub refusal: bool,
    /// The models and vendors that it names, in alphabetical order.
    pub names: Vec<String>,
    /// Those of them that its prompt does not name.
    pub names_beyond_prompt: Vec<String>,
    /// Byte ranges of the reasoning that quote the prompt.
    pub prompt_quotes: Vec<Range<usize>>,
    /// What tells whether another trace repeats this one.
    pub signature: Option<Signature>,
}

impl Marks {
    /// Writes the marks into `meta`. Values of the record stay where nothing was found.
    pub fn write(&self, trace: &mut Trace) {
        let meta = &mut trace.meta;
        if let Some(language) = &self.language {
            meta.insert("language".into(), language.as_str().into());
        }
        if self.refusal && !matches!(meta.get("refusal"), Some(Value::String(_))) {
            meta.insert("refusal".into(), true.into());
        }
        if !self.names.is_empty() {
            meta.insert("names".into(), self.names.clone().into());
        }
        if !self.prompt_quotes.is_empty() {
            let range = |range: &Range<usize>| Value::from(vec![range.start, range.end]);
            let ranges: Vec<Value> = self.prompt_quotes.iter().map(range).collect();
            meta.insert("prompt_quotes".into(), ranges.into());
        } else if trace.prompt.is_some() {
            // Ranges that belong to another version of the text are useless.
            meta.shift_remove("prompt_quotes");
        }
    }
}
