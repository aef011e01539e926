//! A learned model: text in, calibrated probabilities out.

use super::{
    calibration::Calibration,
    delta::{Profiles, similarity},
    open_set::OpenSet,
    weights::Weights,
};
use crate::{
    features::{Channel, NgramCounter, Row, Vectorizer},
    trace::count_words,
};

/// A trace with fewer words is not judged.
pub const MINIMUM_WORDS: usize = 30;

/// Everything that scoring needs. Learned by [`super::fit()`], stored in an atlas.
#[derive(Debug, Clone)]
pub struct Model {
    /// Text → row.
    pub vectorizer: Vectorizer,
    /// Row → logits.
    pub weights: Weights,
    /// Logits → probabilities.
    pub calibration: Calibration,
    /// Logits and similarity → `unknown`.
    pub open_set: OpenSet,
    /// The references' profiles for Cosine Delta.
    pub profiles: Profiles,
}

/// What a model says of one text.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// Words in the text.
    pub words: usize,
    /// Calibrated probability per reference; sums to one.
    pub probabilities: Vec<f32>,
    /// The same when the layout measures are left out.
    pub without_layout: Vec<f32>,
    /// Conformal p-value that some reference wrote it; small means that none writes like this.
    pub unknown: f64,
    /// The row that the scores rest on.
    pub row: Row,
}

impl Scored {
    /// The index of the reference with the largest probability.
    pub fn top(&self) -> usize {
        top(&self.probabilities)
    }
}

impl Model {
    /// Judges a text, or returns the number of its words where they are fewer than
    /// [`MINIMUM_WORDS`].
    ///
    /// # Errors
    /// The number of words, where there are too few.
    pub fn score(&self, text: &str, counter: &mut NgramCounter) -> Result<Scored, usize> {
        let words = count_words(text);
        if words < MINIMUM_WORDS {
            return Err(words);
        }
        let row = self.vectorizer.row(text, counter);
        let layout = self.vectorizer.measures_of(Channel::Layout);
        let (mut without_layout, layout) = self.weights.logits(&row, &layout);
        let mut probabilities: Vec<f32> =
            without_layout.iter().zip(&layout).map(|(a, b)| a + b).collect();
        let top = top(&probabilities);
        let near =
            similarity(&self.profiles.standardize(row.profile()), self.profiles.reference(top));
        let unknown = self.open_set.unknown(top, probabilities[top], near as f32);
        self.calibration.apply(&mut probabilities, words);
        self.calibration.apply(&mut without_layout, words);
        Ok(Scored { words, probabilities, without_layout, unknown, row })
    }
}

/// The index of the largest value; the first of several.
pub(crate) fn top(values: &[f32]) -> usize {
    (0..values.len()).fold(0, |best, i| if values[i] > values[best] { i } else { best })
}
