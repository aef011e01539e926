//! One text as numbers: what a [`Vectorizer`](super::Vectorizer) makes, and all learners work on.

/// One text as numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    /// Indices of the features that the text holds, in order of first occurrence.
    pub indices: Vec<u32>,
    /// Their weights.
    pub values: Vec<f32>,
    /// How often each of them stands in the text; empty in rows that are made to learn from.
    pub counts: Vec<u32>,
    /// The dense part, in standard deviations: `Vectorizer::dense_values` numbers.
    pub dense: Vec<f32>,
    /// How many of the dense values belong to common n-grams; they stand first.
    pub common: usize,
    /// Bytes of the text that the tokenizer gave up on.
    pub untokenized: usize,
    /// Words in the text.
    pub words: usize,
    /// Whether the text breaks off ([`breaks_off`](crate::text::breaks_off)).
    pub unfinished: bool,
    /// Whether the channel `vectors` is in the set and had no vector for the text: none was given,
    /// and there is no model, or the model failed on the text.
    pub without_vector: bool,
}

impl Row {
    /// The scaled frequencies of common n-grams: what profiles are made of.
    pub fn profile(&self) -> &[f32] {
        &self.dense[..self.common.min(self.dense.len())]
    }

    /// The dense values at some places, each times its factor, as `Vectorizer::style_places`
    /// gives them.
    pub fn dense_at(&self, places: &[(usize, f32)]) -> Vec<f32> {
        places.iter().map(|&(at, factor)| self.dense[at] * factor).collect()
    }
}
