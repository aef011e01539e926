//! Text → the row of numbers that the learner and the atlas work on.
//!
//! N-grams are weighted as `(1 + ln tf) · idf` with the smooth inverse document frequency
//! `ln((1 + N) / (1 + df)) + 1` (Salton & Buckley 1988), and each channel is scaled to unit length,
//! so that neither a long trace nor a channel with many features outweighs the rest. Layout
//! measures are centred, scaled to unit variance over the training traces and clipped.

use super::{Channel, NgramCounter, Vocabulary, layout};
use crate::trace::count_words;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// A clipped layout measure is at most this many standard deviations from the mean.
const LAYOUT_CLIP: f32 = 3.0;

/// How much each channel counts beside the others: the length of its part of a row.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ChannelWeights {
    /// Length of the character n-grams' part.
    pub char: f32,
    /// Length of the word n-grams' part.
    pub word: f32,
    /// Root mean square length of the layout measures' part.
    pub layout: f32,
}

impl Default for ChannelWeights {
    fn default() -> Self {
        Self { char: 1.0, word: 1.0, layout: 0.3 }
    }
}

/// Turns texts into rows. Learned by `fit`, stored in the atlas.
#[derive(Debug, Clone)]
pub struct Vectorizer {
    vocabulary: Vocabulary,
    /// What a row needs to know of each feature, side by side in memory.
    entries: Vec<Entry>,
    layout: LayoutScale,
    profile_features: usize,
    weights: ChannelWeights,
    logarithms: Vec<f32>,
}

/// What a row needs to know of a feature.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Inverse document frequency.
    idf: f32,
    /// 0 for `char`, 1 for `word`.
    part: u32,
    /// Its place in a profile, or `NO_PLACE`.
    place: u32,
}

/// How layout measures are centred and scaled.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LayoutScale {
    /// Mean of each measure over the training traces.
    pub mean: Vec<f32>,
    /// Standard deviation of each measure over the training traces.
    pub deviation: Vec<f32>,
}

/// The word n-grams of a profile are the most widespread: so many of them.
pub const PROFILE_FEATURES: usize = 2000;
const NO_PLACE: u32 = u32::MAX;

/// One text as numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SparseRow {
    /// Indices of the features that the text holds, in order of first occurrence.
    pub indices: Vec<u32>,
    /// Their weights.
    pub values: Vec<f32>,
    /// How often each of them stands in the text; empty in rows that are made to learn from.
    pub counts: Vec<u32>,
    /// The layout measures, [`layout::MEASURES`] of them.
    pub layout: Vec<f32>,
    /// Square roots of the relative frequencies of the most widespread word n-grams, at most
    /// 2,000 of them: the raw material of Cosine Delta.
    pub profile: Vec<f32>,
}

impl Vectorizer {
    /// A vectorizer for `vocabulary`, learned from `traces` traces.
    pub fn new(
        vocabulary: Vocabulary,
        traces: usize,
        layout: LayoutScale,
        weights: ChannelWeights,
    ) -> Self {
        let smooth = |df: u32| ((1.0 + traces as f64) / (1.0 + f64::from(df))).ln() as f32 + 1.0;
        let features = vocabulary.features();
        let mut entries: Vec<Entry> = features
            .iter()
            .map(|f| Entry {
                idf: smooth(f.traces),
                part: u32::from(f.channel == Channel::Word),
                place: NO_PLACE,
            })
            .collect();
        let mut widespread: Vec<usize> =
            (0..features.len()).filter(|&i| entries[i].part == 1).collect();
        widespread.sort_by_key(|&i| (u32::MAX - features[i].traces, i));
        widespread.truncate(PROFILE_FEATURES);
        for (place, &index) in widespread.iter().enumerate() {
            entries[index].place = place as u32;
        }
        let logarithms = (0..1024).map(|tf| 1.0 + (tf.max(1) as f32).ln()).collect();
        let profile_features = widespread.len();
        Self { vocabulary, entries, layout, profile_features, weights, logarithms }
    }

    /// How much each channel counts.
    pub fn weights(&self) -> ChannelWeights {
        self.weights
    }

    /// The length of a profile: the word n-grams in it.
    pub fn profile_features(&self) -> usize {
        self.profile_features
    }

    /// How layout measures are centred and scaled.
    pub fn layout_scale(&self) -> &LayoutScale {
        &self.layout
    }

    /// The features that are looked for.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// One text as numbers.
    pub fn row(&self, text: &str, counter: &mut NgramCounter) -> SparseRow {
        self.row_with(text, &layout::measure(text), counter)
    }

    /// The row of a text whose layout is measured already.
    fn row_with(&self, text: &str, measures: &[f32], counter: &mut NgramCounter) -> SparseRow {
        let mut row =
            SparseRow { profile: vec![0.0; self.profile_features], ..SparseRow::default() };
        let words = count_words(text).max(1) as f32;
        let mut squares = [0.0_f32; 2];
        for channel in Channel::NGRAMS {
            counter.for_each(channel, text, |id, count| {
                let Some(index) = self.vocabulary.index_of(id) else { return };
                let logarithm = match self.logarithms.get(count as usize) {
                    Some(&logarithm) => logarithm,
                    None => 1.0 + (count as f32).ln(),
                };
                let entry = self.entries[index];
                let value = logarithm * entry.idf;
                squares[entry.part as usize] += value * value;
                row.indices.push(index as u32);
                row.values.push(value);
                row.counts.push(count);
                if entry.place != NO_PLACE {
                    row.profile[entry.place as usize] = (count as f32 / words).sqrt();
                }
            });
        }
        let factor =
            |square: f32, weight: f32| if square > 0.0 { weight / square.sqrt() } else { 0.0 };
        let factors =
            [factor(squares[0], self.weights.char), factor(squares[1], self.weights.word)];
        for (value, &index) in row.values.iter_mut().zip(&row.indices) {
            *value *= factors[self.entries[index as usize].part as usize];
        }
        row.layout = self.scale_layout(measures);
        row
    }

    fn scale_layout(&self, measures: &[f32]) -> Vec<f32> {
        let unit = self.weights.layout / (layout::MEASURES as f32).sqrt();
        measures
            .iter()
            .zip(self.layout.mean.iter().zip(&self.layout.deviation))
            .map(|(value, (mean, deviation))| {
                let steps = if *deviation > 1e-6 { (value - mean) / deviation } else { 0.0 };
                unit * steps.clamp(-LAYOUT_CLIP, LAYOUT_CLIP)
            })
            .collect()
    }

    /// Many texts as numbers to learn from, in their order, by all threads. `measures` holds their
    /// layout measures; the rows hold no counts.
    pub fn rows<T: AsRef<str> + Sync>(&self, texts: &[T], measures: &[Vec<f32>]) -> Vec<SparseRow> {
        texts
            .par_iter()
            .zip(measures)
            .map_init(NgramCounter::default, |counter, (text, measures)| {
                let mut row = self.row_with(text.as_ref(), measures, counter);
                row.counts = Vec::new();
                row.indices.shrink_to_fit();
                row.values.shrink_to_fit();
                row
            })
            .collect()
    }
}

/// Mean and standard deviation of each column of equally long rows.
pub fn mean_and_deviation(rows: &[Vec<f32>]) -> (Vec<f32>, Vec<f32>) {
    let columns = rows.first().map_or(0, Vec::len);
    let count = rows.len().max(1) as f64;
    (0..columns)
        .map(|column| {
            let mean = rows.iter().map(|row| f64::from(row[column])).sum::<f64>() / count;
            let square =
                rows.iter().map(|row| (f64::from(row[column]) - mean).powi(2)).sum::<f64>();
            (mean as f32, (square / count).sqrt() as f32)
        })
        .unzip()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::Feature;

    fn vectorizer() -> Vectorizer {
        let feature = |channel, form: &str, traces| Feature { channel, form: form.into(), traces };
        let vocabulary = Vocabulary::new(vec![
            feature(Channel::Word, "wait", 3),
            feature(Channel::Word, "so", 1),
            feature(Channel::Char, "t", 3),
        ])
        .unwrap();
        let layout = LayoutScale {
            mean: vec![0.0; layout::MEASURES],
            deviation: vec![1.0; layout::MEASURES],
        };
        Vectorizer::new(vocabulary, 3, layout, ChannelWeights::default())
    }

    #[test]
    fn a_row_is_worked_by_hand() {
        let row = vectorizer().row("wait so wait", &mut NgramCounter::default());
        let value = |index| row.values[row.indices.iter().position(|&i| i == index).unwrap()];
        // idf(wait) = ln(4/4) + 1 = 1, idf(so) = ln(4/2) + 1; tf(wait) = 1 + ln 2.
        let (wait, so) = (1.0 + 2.0_f32.ln(), 1.0 + 2.0_f32.ln());
        let length = (wait * wait + so * so).sqrt();
        assert!((value(0) - wait / length).abs() < 1e-6);
        assert!((value(1) - so / length).abs() < 1e-6);
        assert!((value(2) - 1.0).abs() < 1e-6);
        // "wait" is the most widespread of the two word n-grams: 2 of 3 words.
        assert!((row.profile[0] - (2.0_f32 / 3.0).sqrt()).abs() < 1e-6);
        assert!((row.profile[1] - (1.0_f32 / 3.0).sqrt()).abs() < 1e-6);
    }

    #[test]
    fn a_text_without_known_features_has_an_empty_row() {
        let row = vectorizer().row("—", &mut NgramCounter::default());
        assert!(row.indices.is_empty());
        assert!(row.layout.iter().chain(&row.profile).all(|v| v.is_finite()));
    }
}
