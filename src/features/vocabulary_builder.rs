//! Training texts → the n-grams that an atlas will know.
//!
//! A [`VocabularyBuilder`] sees every training text once and counts, for each n-gram, the traces
//! and the prompts that hold it; [`VocabularyBuilder::select`] keeps the most widespread. The ids
//! are spread over shards by their upper bits, so that threads count without locks and the result
//! does not depend on their number. Called by `attribution` (to learn).

use super::{
    channel::Channel, ngram_counter::NgramCounter, token_ngrams::TokenNgrams, vocabulary::Feature,
};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::{collections::BTreeMap, sync::Arc};

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

    /// The `most` n-grams that stand in most traces, in that order, among those that stand in at
    /// least two traces and two prompts: what stands in one prompt only is topic.
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

/// Reads the forms of selected n-grams off the texts that they were selected from, each from the
/// first text that holds it, in the order of these. Those of tokens need their tokenizer.
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
}
