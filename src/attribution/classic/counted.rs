//! The words of all texts to learn from, counted once for all folds.
//!
//! Comes in: examples. Goes out: [`CountedTexts`], which makes the [`Frequencies`] of any part of
//! them. Called by `learn`.

use super::frequencies::{Frequencies, MOST_WORDS, for_each_word, share};
use crate::{attribution::example::Example, features::word_ngrams::LONGEST_TOKEN};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// So many words are counted in every text. Each fold takes its own [`MOST_WORDS`] of them, by the
/// texts outside it alone.
const COUNTED_WORDS: usize = 8 * MOST_WORDS;
/// Texts whose counts are put together at a time, which bounds the memory.
const CHUNK: usize = 256;

/// Texts as counts of words.
#[derive(Debug)]
pub(super) struct CountedTexts {
    /// In ascending order.
    words: Vec<String>,
    texts: Vec<Counts>,
}

#[derive(Debug)]
struct Counts {
    /// A word, an index into `words`, and how often; ascending.
    words: Vec<(u32, u32)>,
    /// How many words the text has.
    all: u64,
}

impl CountedTexts {
    /// Counts the words of examples.
    pub fn read(examples: &[Example<'_>]) -> Self {
        let mut totals: FxHashMap<String, u64> = FxHashMap::default();
        for chunk in examples.chunks(CHUNK) {
            let counted: Vec<FxHashMap<String, u64>> = chunk
                .par_iter()
                .map(|example| {
                    let mut own: FxHashMap<String, u64> = FxHashMap::default();
                    for_each_word(&example.text, |word| {
                        if let Some(count) = own.get_mut(word) {
                            *count += 1;
                        } else if word.len() <= LONGEST_TOKEN {
                            own.insert(word.to_owned(), 1);
                        }
                    });
                    own
                })
                .collect();
            for (word, count) in counted.into_iter().flatten() {
                *totals.entry(word).or_default() += count;
            }
        }
        let mut ranked: Vec<(String, u64)> = totals.into_iter().collect();
        ranked.par_sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        ranked.truncate(COUNTED_WORDS);
        let mut words: Vec<String> = ranked.into_iter().map(|(word, _)| word).collect();
        words.sort_unstable();
        let index: FxHashMap<&str, u32> = words.iter().map(String::as_str).zip(0..).collect();
        let texts = examples
            .par_iter()
            .map(|example| {
                let mut own: FxHashMap<u32, u32> = FxHashMap::default();
                let mut all = 0;
                for_each_word(&example.text, |word| {
                    all += 1;
                    if let Some(&word) = index.get(word) {
                        *own.entry(word).or_default() += 1;
                    }
                });
                let mut words: Vec<(u32, u32)> = own.into_iter().collect();
                words.sort_unstable();
                Counts { words, all }
            })
            .collect();
        Self { words, texts }
    }

    /// The frequencies of the texts with these numbers, whose references are `labels`, and the
    /// place that each counted word has among theirs.
    pub fn frequencies(
        &self,
        of: &[usize],
        labels: &[usize],
        references: usize,
    ) -> (Frequencies, Vec<Option<u32>>) {
        let mut totals = vec![0_u64; self.words.len()];
        for &(word, count) in of.iter().flat_map(|&i| &self.texts[i].words) {
            totals[word as usize] += u64::from(count);
        }
        // Words are numbered in ascending order, so that ties go to the first in the alphabet.
        let mut order: Vec<usize> = (0..totals.len()).filter(|&word| totals[word] > 0).collect();
        order.sort_by_key(|&word| (u64::MAX - totals[word], word));
        order.truncate(MOST_WORDS);
        let mut places = vec![None; self.words.len()];
        order.iter().zip(0..).for_each(|(&word, place)| places[word] = Some(place));

        let width = order.len();
        let (mut sum, mut squares) = (vec![0.0_f64; width], vec![0.0_f64; width]);
        let mut of_reference = vec![(vec![0.0_f64; width], 0_usize); references];
        for &i in of {
            let text = &self.texts[i];
            let (own, count) = &mut of_reference[labels[i]];
            *count += 1;
            for &(word, occurrences) in &text.words {
                let Some(place) = places[word as usize] else { continue };
                let value = f64::from(share(occurrences, text.all));
                sum[place as usize] += value;
                squares[place as usize] += value * value;
                own[place as usize] += value;
            }
        }
        let count = of.len().max(1) as f64;
        let mean: Vec<f32> = sum.iter().map(|sum| (sum / count) as f32).collect();
        let deviation = sum
            .iter()
            .zip(&squares)
            .map(|(sum, squares)| {
                let variance = (squares - sum * sum / count) / (count - 1.0).max(1.0);
                variance.max(0.0).sqrt() as f32
            })
            .collect();
        let means = of_reference
            .into_iter()
            .map(|(sum, count)| {
                sum.into_iter().map(|sum| (sum / count.max(1) as f64) as f32).collect()
            })
            .collect();
        let words = order.into_iter().map(|word| self.words[word].clone()).collect();
        let frequencies = Frequencies::new(words, mean, deviation, means);
        // Shares lie between 0 and 1, words are different and short: nothing is refused.
        (frequencies.unwrap_or_else(|_| Frequencies::empty(references)), places)
    }

    /// The relative frequencies of a text, in places that [`CountedTexts::frequencies`] gave.
    pub fn relative(&self, i: usize, places: &[Option<u32>], width: usize) -> Vec<f32> {
        let text = &self.texts[i];
        let mut relative = vec![0.0; width];
        for &(word, count) in &text.words {
            if let Some(place) = places[word as usize] {
                relative[place as usize] = share(count, text.all);
            }
        }
        relative
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(text: &str, label: usize, prompt: u32) -> Example<'_> {
        Example {
            text: text.into(),
            words: 4,
            label,
            prompt,
            group: prompt,
            data_set: 0,
            vector: None,
        }
    }

    #[test]
    fn means_and_deviations_of_three_texts_worked_by_hand() {
        let examples = [
            example("so so so no", 0, 0),
            example("So no no! a", 0, 1),
            example("no so, 12 so b", 1, 2),
        ];
        let counted = CountedTexts::read(&examples);
        let (all, places) = counted.frequencies(&[0, 1, 2], &[0, 0, 1], 3);
        // so 6, no 4, then a and b with one each.
        assert_eq!(all.words(), ["so", "no", "a", "b"]);
        // so: 0.75, 0.25, 0.5: mean 0.5, sum of squares about it 0.125, over 2: deviation 0.25.
        assert!((all.mean()[0] - 0.5).abs() < 1e-6 && (all.deviation()[0] - 0.25).abs() < 1e-6);
        assert_eq!(all.references()[0], [0.5, 0.375, 0.125, 0.0]);
        assert_eq!(all.references()[1], [0.5, 0.25, 0.0, 0.25]);
        assert!(all.knows(1) && !all.knows(2));
        for (i, example) in examples.iter().enumerate() {
            assert_eq!(counted.relative(i, &places, 4), all.relative(&example.text));
        }
        // Without the last text its word is none, and one text alone has no deviation.
        let (two, _) = counted.frequencies(&[0, 1], &[0, 0, 1], 2);
        assert_eq!(two.words(), ["so", "no", "a"]);
        assert!(!two.knows(1));
        assert_eq!(counted.frequencies(&[0], &[0, 0, 1], 2).0.deviation(), [0.0, 0.0]);
    }
}
