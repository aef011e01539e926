//! Which words, and how often: what all measures on word frequencies share.
//!
//! Comes in: texts, and the counts of those to learn from (`counted`). Goes out: [`Frequencies`],
//! the most frequent words with their means and deviations and each reference's mean. Called by
//! every measure but compression.
//!
//! As R's stylo does it (Eder, Rybicki & Kestemont 2016): a word is a run of letters, in lower
//! case, so that `don't` is two words and digits and marks are none; Chinese, Japanese and Korean
//! characters are words of their own, as in its option for them; the words are the most frequent of
//! all texts put together; a text is the vector of their relative frequencies among all its words;
//! and z-scores are taken over the texts to learn from, with the sample deviation. A reference is
//! the mean of its texts.

use super::error::TablesError;
use crate::features::word_ngrams::{LONGEST_TOKEN, for_each_token};
use rustc_hash::FxHashMap;

/// So many of the most frequent words are kept.
pub const MOST_WORDS: usize = 1_000;

/// A deviation below this is none: the word is as frequent in every text.
const LEAST_DEVIATION: f32 = 1e-12;

/// The most frequent words of the texts that were learned from.
#[derive(Debug, Clone, PartialEq)]
pub struct Frequencies {
    /// The most frequent first.
    words: Vec<String>,
    /// Word → its place.
    index: FxHashMap<String, u32>,
    /// Mean relative frequency of each word over texts.
    mean: Vec<f32>,
    /// Sample standard deviation of it over texts.
    deviation: Vec<f32>,
    /// For each reference the mean relative frequency of each word; all zero where nothing is
    /// known.
    references: Vec<Vec<f32>>,
}

impl Frequencies {
    /// Puts the parts together.
    ///
    /// # Errors
    /// Where the parts are of different lengths, a word stands there twice or is longer
    /// than a feature, or a number is none that a frequency can have.
    pub(super) fn new(
        words: Vec<String>,
        mean: Vec<f32>,
        deviation: Vec<f32>,
        references: Vec<Vec<f32>>,
    ) -> Result<Self, TablesError> {
        let sound = |values: &[f32]| {
            values.len() == words.len()
                && values.iter().all(|value| value.is_finite() && (0.0..=1.0).contains(value))
        };
        if words.len() > MOST_WORDS
            || words.iter().any(|word| word.is_empty() || word.len() > LONGEST_TOKEN)
        {
            return Err(TablesError::TooManyWords);
        }
        if ![&mean, &deviation].into_iter().chain(&references).all(|values| sound(values)) {
            return Err(TablesError::Mismatch);
        }
        let index: FxHashMap<String, u32> = words.iter().cloned().zip(0..).collect();
        if index.len() != words.len() {
            return Err(TablesError::RepeatedWord);
        }
        Ok(Self { words, index, mean, deviation, references })
    }

    /// A table without words, which knows nothing of any reference.
    pub(super) fn empty(references: usize) -> Self {
        Self {
            words: Vec::new(),
            index: FxHashMap::default(),
            mean: Vec::new(),
            deviation: Vec::new(),
            references: vec![Vec::new(); references],
        }
    }

    /// The words, the most frequent first; at most [`MOST_WORDS`].
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Mean relative frequency of each word over the texts that were learned from.
    pub fn mean(&self) -> &[f32] {
        &self.mean
    }

    /// Sample standard deviation of the relative frequency of each word over those texts.
    pub fn deviation(&self) -> &[f32] {
        &self.deviation
    }

    /// For each reference the mean relative frequency of each word over its texts.
    pub fn references(&self) -> &[Vec<f32>] {
        &self.references
    }

    /// Whether anything is known of a reference: whether a text of it held any of the words.
    pub fn knows(&self, reference: usize) -> bool {
        self.references.get(reference).is_some_and(|own| own.iter().any(|value| *value > 0.0))
    }

    /// Makes the distance to references of which nothing is known infinite.
    pub(super) fn forget_unknown(&self, distances: &mut [f64]) {
        for (reference, distance) in distances.iter_mut().enumerate() {
            if !self.knows(reference) {
                *distance = f64::INFINITY;
            }
        }
    }

    /// The relative frequency of each word in a text: its share of all the text's words. All zero
    /// for a text without words.
    pub fn relative(&self, text: &str) -> Vec<f32> {
        let mut counts = vec![0_u32; self.words.len()];
        let mut all = 0_u64;
        for_each_word(text, |word| {
            all += 1;
            if let Some(&place) = self.index.get(word) {
                counts[place as usize] += 1;
            }
        });
        counts.into_iter().map(|count| share(count, all)).collect()
    }

    /// The z-scores of the first `most` words of a vector of relative frequencies. A word that is
    /// as frequent in every text has the z-score 0.
    pub fn z_scores(&self, relative: &[f32], most: usize) -> Vec<f32> {
        relative
            .iter()
            .zip(self.mean.iter().zip(&self.deviation))
            .take(most)
            .map(
                |(value, (mean, deviation))| {
                    if *deviation > LEAST_DEVIATION { (value - mean) / deviation } else { 0.0 }
                },
            )
            .collect()
    }

    /// The first `most` of a vector of relative frequencies in units of their deviations, not
    /// centred, so that none is negative ("tf-std" in Kestemont et al. 2016). A word that is as
    /// frequent in every text weighs nothing.
    pub fn in_deviations(&self, relative: &[f32], most: usize) -> Vec<f32> {
        relative
            .iter()
            .zip(&self.deviation)
            .take(most)
            .map(
                |(value, deviation)| {
                    if *deviation > LEAST_DEVIATION { value / deviation } else { 0.0 }
                },
            )
            .collect()
    }
}

/// A count as a share of all words; 0 where there are none.
pub(super) fn share(count: u32, all: u64) -> f32 {
    (f64::from(count) / all.max(1) as f64) as f32
}

/// Calls `each` with every word of a text, in lower case and in order.
pub(super) fn for_each_word(text: &str, mut each: impl FnMut(&str)) {
    let mut lower = String::new();
    for_each_token(text, |start, end| {
        for word in text[start..end].split(|c: char| !c.is_alphabetic()) {
            if word.is_empty() {
                continue;
            }
            if word.bytes().all(|byte| byte.is_ascii_lowercase()) {
                each(word);
                continue;
            }
            lower.clear();
            lower.extend(word.chars().flat_map(char::to_lowercase));
            each(&lower);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_runs_of_letters_in_lower_case() {
        let mut words = Vec::new();
        for_each_word("Don't I? x_1 = 3.5, ÄRGER naïve\n我们", |word| {
            words.push(word.to_owned());
        });
        assert_eq!(words, ["don", "t", "i", "x", "ärger", "naïve", "我", "们"]);
    }

    #[test]
    fn frequencies_are_shares_of_all_words_and_z_scores_follow() {
        let frequencies = Frequencies::new(
            vec!["the".into(), "so".into(), "a".into()],
            vec![0.25, 0.25, 0.1],
            vec![0.125, 0.5, 0.0],
            vec![vec![0.5, 0.0, 0.1], vec![0.0; 3]],
        )
        .unwrap();
        // Four words, one of them not listed.
        let relative = frequencies.relative("The end, THE so");
        assert_eq!(relative, [0.5, 0.25, 0.0]);
        assert_eq!(frequencies.z_scores(&relative, 3), [2.0, 0.0, 0.0]);
        assert_eq!(frequencies.z_scores(&relative, 1), [2.0]);
        assert_eq!(frequencies.in_deviations(&relative, 3), [4.0, 0.5, 0.0]);
        assert_eq!(frequencies.relative("1 + 2"), [0.0; 3]);
        assert!(frequencies.knows(0) && !frequencies.knows(1) && !frequencies.knows(2));
    }

    #[test]
    fn a_table_that_does_not_fit_together_is_refused() {
        let of = |words: &[&str], mean: &[f32]| {
            let words = words.iter().map(|&word| word.to_owned()).collect();
            Frequencies::new(words, mean.to_vec(), mean.to_vec(), vec![mean.to_vec()])
        };
        assert!(of(&["a", "b"], &[0.1, 0.2]).is_ok());
        for (words, mean) in [
            (&["a", "a"][..], &[0.1, 0.2][..]),
            (&["a", "b"], &[0.1]),
            (&["a"], &[f32::NAN]),
            (&["a"], &[-0.1]),
            (&[""], &[0.1]),
        ] {
            assert!(of(words, mean).is_err(), "{words:?} {mean:?}");
        }
        let long = "x".repeat(LONGEST_TOKEN + 1);
        assert!(of(&[&long], &[0.1]).is_err());
    }
}
