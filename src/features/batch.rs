//! Many texts at once: what an engine calls that spreads a corpus over threads or machines.
//!
//! Comes in: a batch of texts and a [`Vectorizer`]. Goes out: their rows ([`Vectorizer::rows`]), or
//! the sum of their n-grams ([`NgramProfile`]). Both are functions of their arguments alone: no
//! file, no clock, no state that outlives the call; threads are those of the rayon pool that the
//! caller is in. For callers of the library and for the benches.

use super::{NgramCounter, Row, Vectorizer};
use crate::text::count_words;
use rayon::prelude::*;
use std::collections::BTreeMap;

impl Vectorizer {
    /// Many texts as numbers, in their order, by all threads: each as [`Vectorizer::row`] gives it.
    pub fn rows<T: AsRef<str> + Sync>(&self, texts: &[T]) -> Vec<Row> {
        texts
            .par_iter()
            .map_init(NgramCounter::default, |counter, text| self.row(text.as_ref(), counter))
            .collect()
    }
}

/// How often the texts of a batch hold a feature.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FeatureCount {
    /// Occurrences in all texts together.
    pub occurrences: u64,
    /// Texts that hold it.
    pub texts: u64,
}

/// The n-grams of many texts, summed as if they were one: the profile of an author in the
/// profile-based methods of authorship attribution (Stamatatos 2009, "A survey of modern authorship
/// attribution methods"). Whole numbers only, so that the profiles of parts add up to that of the
/// whole exactly, in whatever order they are merged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NgramProfile {
    /// Texts that were counted.
    pub texts: u64,
    /// Their words, as [`count_words`] counts them.
    pub words: u64,
    /// By the index of the feature in the vocabulary; features that no text holds are left out.
    pub features: BTreeMap<u32, FeatureCount>,
}

impl NgramProfile {
    /// Counts the n-grams of a batch of texts that the vocabulary of `vectorizer` knows, by all
    /// threads. The profile of no text is [`NgramProfile::default`].
    pub fn new<T: AsRef<str> + Sync>(vectorizer: &Vectorizer, texts: &[T]) -> Self {
        let empty = || (NgramCounter::default(), Self::default());
        texts
            .par_iter()
            .fold(empty, |(mut counter, mut profile), text| {
                profile.add(text.as_ref(), &vectorizer.row(text.as_ref(), &mut counter));
                (counter, profile)
            })
            .map(|(_, profile)| profile)
            .reduce(Self::default, |mut sum, part| {
                sum.merge(&part);
                sum
            })
    }

    fn add(&mut self, text: &str, row: &Row) {
        self.texts += 1;
        self.words += count_words(text) as u64;
        for (&index, &count) in row.indices.iter().zip(&row.counts) {
            let feature = self.features.entry(index).or_default();
            feature.occurrences += u64::from(count);
            feature.texts += 1;
        }
    }

    /// Adds the profile of other texts, which must come from the same vocabulary: indices of
    /// another one mean other features.
    pub fn merge(&mut self, other: &Self) {
        self.texts += other.texts;
        self.words += other.words;
        for (&index, more) in &other.features {
            let feature = self.features.entry(index).or_default();
            feature.occurrences += more.occurrences;
            feature.texts += more.texts;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{Channel, ChannelSet, Vocabulary, VocabularyBuilder, read_forms};
    use proptest::prelude::*;

    /// A vectorizer of all channels of n-grams that need no tokenizer, with what these texts share.
    fn vectorizer(texts: &[String]) -> Vectorizer {
        let set: ChannelSet = "char:300,word:300+20,skeleton:300+20,layout".parse().unwrap();
        let prompts: Vec<u32> = (0..texts.len() as u32).collect();
        let mut features = Vec::new();
        for options in set.channels().iter().filter(|options| options.features > 0) {
            let mut builder = VocabularyBuilder::new(options.channel);
            builder.add(texts, &prompts);
            let selected = builder.select(options.features);
            features.extend(read_forms(options.channel, &selected, texts, None));
        }
        Vectorizer::new(Vocabulary::new(features).unwrap(), texts.len(), set)
    }

    /// The counts of every feature, found the plain way.
    fn plain(vectorizer: &Vectorizer, texts: &[String]) -> BTreeMap<u32, FeatureCount> {
        let mut features: BTreeMap<u32, FeatureCount> = BTreeMap::new();
        for text in texts {
            let mut found: BTreeMap<u32, u64> = BTreeMap::new();
            for channel in [Channel::Char, Channel::Word, Channel::Skeleton] {
                channel.for_each_ngram(text, |id, _, _| {
                    if let Some(index) = vectorizer.vocabulary().index_of(id) {
                        *found.entry(index as u32).or_default() += 1;
                    }
                });
            }
            for (index, count) in found {
                let feature = features.entry(index).or_default();
                feature.occurrences += count;
                feature.texts += 1;
            }
        }
        features
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn profiles_of_parts_add_up_to_the_profile_of_the_whole(
            texts in proptest::collection::vec("([a-d ,.\n’']|the|So|\\\\x|我|don't){0,60}", 2..12),
            cuts in (0..12_usize, 0..12_usize),
        ) {
            let vectorizer = vectorizer(&texts);
            let whole = NgramProfile::new(&vectorizer, &texts);
            prop_assert_eq!(&whole.features, &plain(&vectorizer, &texts));
            let words: usize = texts.iter().map(|text| count_words(text)).sum();
            prop_assert_eq!((whole.texts, whole.words), (texts.len() as u64, words as u64));

            let (first, second) = (cuts.0.min(cuts.1), cuts.0.max(cuts.1).min(texts.len()));
            let first = first.min(second);
            let parts = [&texts[..first], &texts[first..second], &texts[second..]];
            let parts = parts.map(|part| NgramProfile::new(&vectorizer, part));
            for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
                let mut sum = NgramProfile::default();
                order.iter().for_each(|&part| sum.merge(&parts[part]));
                prop_assert_eq!(&sum, &whole);
            }
        }

        #[test]
        fn rows_of_a_batch_are_the_rows_of_its_texts(
            texts in proptest::collection::vec("([a-d ,.\n’']|the|So|\\\\x|我|don't){0,60}", 2..12),
        ) {
            let mut vectorizer = vectorizer(&texts);
            vectorizer.learn_rows(&texts, |_| None);
            let rows = vectorizer.rows(&texts);
            prop_assert_eq!(rows.len(), texts.len());
            for (row, text) in rows.iter().zip(&texts) {
                prop_assert_eq!(row, &vectorizer.row(text, &mut NgramCounter::default()));
            }
            prop_assert!(vectorizer.rows::<String>(&[]).is_empty());
        }
    }
}
