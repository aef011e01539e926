//! Which n-grams an atlas knows, and how a text's n-grams are looked up among them.
//!
//! A [`VocabularyBuilder`] sees every training text once and counts, for each n-gram, the traces
//! and the prompts that hold it; [`VocabularyBuilder::select`] keeps the most widespread. The ids
//! are spread over shards by their upper bits, so that threads count without locks and the result
//! does not depend on their number.

use super::{Channel, NgramCounter, token_ngrams::TokenNgrams};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// One n-gram that an atlas knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feature {
    /// The channel that it belongs to.
    pub channel: Channel,
    /// The n-gram as a person reads it; hashing it gives the id.
    pub form: String,
    /// Training traces that hold it.
    pub traces: u32,
}

impl Feature {
    /// The id that texts are searched for, or `None` where the form is no n-gram of its channel.
    pub fn id(&self) -> Option<u64> {
        self.channel.id_of(&self.form)
    }
}

/// Stands for the index of what is no feature but a part of one.
pub(super) const PART: u32 = u32::MAX;

/// The n-grams that an atlas knows, in an order of their own, and a table to look them up by id.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    features: Vec<Feature>,
    /// The ids of the features in their order, then those of their parts.
    ids: Vec<u64>,
    /// One more than a place in `ids`, or 0 where the slot is empty: open addressing with linear
    /// probing, from the slot that an id's upper bits say.
    slots: Vec<u32>,
    /// `64 - log2(slots)`.
    shift: u32,
}

impl Vocabulary {
    /// Indexes features and keeps their order.
    ///
    /// # Errors
    /// A sentence that names the form, where a form is no n-gram of its channel or stands twice.
    pub fn new(features: Vec<Feature>) -> Result<Self, String> {
        let hashed: Vec<Option<u64>> = features.par_iter().map(Feature::id).collect();
        let mut table = Self::default();
        table.resize(features.len());
        for (feature, id) in features.iter().zip(hashed) {
            let form = &feature.form;
            let Some(id) = id else {
                return Err(format!(
                    "the feature {form:?} is no n-gram of the channel {}",
                    feature.channel.name()
                ));
            };
            if !table.insert(id) {
                return Err(format!("the feature {form:?} stands twice"));
            }
        }
        // All parts of a feature can be found, so that who looks for longer and longer n-grams may stop
        // at the first that is not.
        let parts: Vec<u64> = features
            .par_iter()
            .flat_map_iter(|feature| {
                let mut parts = Vec::new();
                feature.channel.for_each_part(&feature.form, |id| {
                    if table.place_of(id).is_none() {
                        parts.push(id);
                    }
                });
                parts
            })
            .collect();
        for id in parts {
            table.insert(id);
        }
        table.features = features;
        Ok(table)
    }

    /// Of so many slots at most one is in use: the slot of an unknown id is most often empty, and
    /// that of a known one is its own.
    const SPARSENESS: usize = 4;

    /// Makes room for so many ids.
    fn resize(&mut self, ids: usize) {
        let slots = (ids.max(2) * Self::SPARSENESS).next_power_of_two();
        self.slots = vec![0; slots];
        self.shift = 64 - slots.ilog2();
        for place in 0..self.ids.len() {
            self.fill(self.ids[place], place as u32 + 1);
        }
    }

    /// Fills the first empty slot from that of an id.
    fn fill(&mut self, id: u64, number: u32) {
        let mut at = (id >> self.shift) as usize;
        while self.slots[at] != 0 {
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.slots[at] = number;
    }

    /// Adds an id; false where it was there.
    fn insert(&mut self, id: u64) -> bool {
        if self.place_of(id).is_some() {
            return false;
        }
        self.ids.push(id);
        if self.ids.len() * Self::SPARSENESS > self.slots.len() {
            self.resize(self.ids.len());
        } else {
            self.fill(id, self.ids.len() as u32);
        }
        true
    }

    /// The features, in the order of their indices.
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// The number of features.
    pub fn len(&self) -> usize {
        self.features.len()
    }

    /// Whether there is no feature.
    pub fn is_empty(&self) -> bool {
        self.features.is_empty()
    }

    /// The index of the feature with this id.
    #[inline]
    pub fn index_of(&self, id: u64) -> Option<usize> {
        self.place_of(id).filter(|&place| place < self.features.len())
    }

    /// The index of the feature with this id, or [`PART`] where it is but a part of features.
    #[inline]
    pub(super) fn find(&self, id: u64) -> Option<u32> {
        let place = self.place_of(id)?;
        Some(if place < self.features.len() { place as u32 } else { PART })
    }

    /// The place of an id in `ids`.
    #[inline(always)]
    fn place_of(&self, id: u64) -> Option<usize> {
        let mut at = (id >> self.shift) as usize;
        // No slot at all where there is no feature; else most are empty, and one of them ends the search.
        loop {
            let place = (*self.slots.get(at)? as usize).checked_sub(1)?;
            if *self.ids.get(place)? == id {
                return Some(place);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }
}

const SHARD_BITS: u32 = 6;

/// What is known of one candidate.
#[derive(Debug, Clone, Copy)]
struct Spread {
    traces: u32,
    prompts: u32,
    last_prompt: u32,
    /// The number of the first text that holds it.
    first: u32,
}

/// An n-gram that was selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Selected {
    /// Its id.
    pub id: u64,
    /// Texts that hold it.
    pub traces: u32,
    /// The first of them, in the order in which they were added.
    pub first: u32,
}

/// Counts in how many traces and prompts each n-gram stands.
#[derive(Debug)]
pub struct VocabularyBuilder {
    shards: Vec<FxHashMap<u64, Spread>>,
    /// Texts that were added.
    texts: u32,
    channel: Channel,
    tokens: Option<Arc<TokenNgrams>>,
}

impl VocabularyBuilder {
    /// A builder for one channel of n-grams.
    pub fn new(channel: Channel) -> Self {
        Self::with_tokens(channel, None)
    }

    /// A builder for one channel of n-grams, which may be that of a tokenizer's tokens.
    pub fn with_tokens(channel: Channel, tokens: Option<Arc<TokenNgrams>>) -> Self {
        Self { shards: vec![FxHashMap::default(); 1 << SHARD_BITS], texts: 0, channel, tokens }
    }

    /// Adds texts. `prompts[i]` numbers the prompt of `texts[i]`; texts of the same prompt must
    /// stand next to each other over all calls, or the prompt is counted again.
    pub fn add<T: AsRef<str> + Sync>(&mut self, texts: &[T], prompts: &[u32]) {
        let channel = self.channel;
        // Small batches bound the memory that ids of texts take before they are counted.
        for (texts, prompts) in texts.chunks(128).zip(prompts.chunks(128)) {
            let found: Vec<Vec<Vec<u64>>> = texts
                .par_iter()
                .map_init(
                    || NgramCounter::with_tokens(self.tokens.clone()),
                    |counter, text| {
                        let mut sharded = vec![Vec::new(); 1 << SHARD_BITS];
                        counter.for_each(channel, text.as_ref(), |id, _| {
                            sharded[(id >> (64 - SHARD_BITS)) as usize].push(id);
                        });
                        sharded
                    },
                )
                .collect();
            let from = self.texts;
            self.texts += texts.len() as u32;
            self.shards.par_iter_mut().enumerate().for_each(|(shard, map)| {
                for ((sharded, &prompt), first) in found.iter().zip(prompts).zip(from..) {
                    for &id in &sharded[shard] {
                        map.entry(id)
                            .and_modify(|spread| {
                                spread.traces += 1;
                                spread.prompts += u32::from(spread.last_prompt != prompt);
                                spread.last_prompt = prompt;
                            })
                            .or_insert(Spread {
                                traces: 1,
                                prompts: 1,
                                last_prompt: prompt,
                                first,
                            });
                    }
                }
            });
        }
    }

    /// The `most` n-grams that stand in most traces, in that order, among those that stand in at least
    /// two traces and two prompts: what stands in one prompt only is topic.
    pub fn select(&self, most: usize) -> Vec<Selected> {
        let mut candidates: Vec<Selected> = self
            .shards
            .par_iter()
            .flat_map_iter(|map| {
                map.iter().filter(|(_, spread)| spread.traces >= 2 && spread.prompts >= 2).map(
                    |(&id, spread)| Selected { id, traces: spread.traces, first: spread.first },
                )
            })
            .collect();
        candidates.par_sort_unstable_by_key(|one| (u32::MAX - one.traces, one.id));
        candidates.truncate(most);
        candidates
    }
}

/// Reads the forms of selected n-grams off the texts that they were selected from, each from the first
/// text that holds it, in the order of these. Those of tokens need their tokenizer.
pub fn read_forms<T: AsRef<str> + Sync>(
    channel: Channel,
    selected: &[Selected],
    texts: &[T],
    tokens: Option<&TokenNgrams>,
) -> Vec<Feature> {
    let mut by_text: BTreeMap<u32, FxHashMap<u64, u32>> = BTreeMap::new();
    for one in selected {
        by_text.entry(one.first).or_default().insert(one.id, one.traces);
    }
    let read = |(number, mut missing): (u32, FxHashMap<u64, u32>)| {
        let mut features = Vec::with_capacity(missing.len());
        let Some(text) = texts.get(number as usize).map(AsRef::as_ref) else { return features };
        if let Some(tokens) = tokens.filter(|_| channel == Channel::Token) {
            // What could not be tokenized was counted when n-grams were selected.
            let _ = tokens.for_each_with_tokens(text, |id, _, _, numbers| {
                if let Some(traces) = missing.remove(&id) {
                    features.push(Feature { channel, form: tokens.form(numbers), traces });
                }
            });
        }
        channel.for_each_ngram(text, |id, start, end| {
            if let Some(traces) = missing.remove(&id) {
                features.push(Feature { channel, form: channel.form(&text[start..end]), traces });
            }
        });
        features
    };
    let by_text: Vec<_> = by_text.into_iter().collect();
    by_text.into_par_iter().flat_map_iter(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::word_ngrams;

    #[test]
    fn the_most_widespread_ngrams_are_kept_and_can_be_read() {
        let texts = ["Wait,  no", "Wait,\tyes", "Wait, yes yes", "alone alone"];
        let mut builder = VocabularyBuilder::new(Channel::Word);
        builder.add(&texts, &[0, 1, 1, 2]);
        let selected = builder.select(10);
        let mut features = read_forms(Channel::Word, &selected, &texts, None);
        features.sort_by(|a, b| a.form.cmp(&b.form));
        let forms: Vec<(&str, u32)> =
            features.iter().map(|f| (f.form.as_str(), f.traces)).collect();
        // "yes" stands in two traces, but of one prompt.
        assert_eq!(forms, [(",", 3), ("Wait", 3), ("Wait,", 3)]);
        assert_eq!(builder.select(1).len(), 1);
    }

    #[test]
    fn every_feature_is_found_by_its_id_and_no_other() {
        let forms = ["a", "b", "the cat", "\n\n", "Wait,"];
        let features = |forms: &[&str]| -> Vec<Feature> {
            forms
                .iter()
                .map(|form| Feature { channel: Channel::Word, form: (*form).into(), traces: 1 })
                .collect()
        };
        let vocabulary = Vocabulary::new(features(&forms)).unwrap();
        for (index, feature) in vocabulary.features().iter().enumerate() {
            assert_eq!(vocabulary.index_of(feature.id().unwrap()), Some(index));
        }
        assert_eq!(vocabulary.index_of(word_ngrams::id_of("zebra").unwrap()), None);
        assert!(Vocabulary::new(features(&["a", "a"])).unwrap_err().contains("twice"));
        assert!(Vocabulary::new(features(&[""])).unwrap_err().contains("no n-gram"));
        assert_eq!(Vocabulary::new(Vec::new()).unwrap().index_of(5), None);
    }
}
