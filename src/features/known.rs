//! Counts those n-grams of a text that a vocabulary knows, and looks no further for the others.
//!
//! If an n-gram is not known and not part of a known one, no longer n-gram that holds it can be
//! known. So a step looks for the symbol, for the pair that it ends, and so on, and stops at the
//! first that is not found (the a-priori rule; Agrawal & Srikant 1994). Most n-grams of a text are
//! in no vocabulary, and are never hashed nor counted. Called by the vectorizer through the
//! channels.

use super::{
    hash::{finish, roll},
    id_table::{IdTable, PART},
};

/// How often each known n-gram stands in one text. The memory is used again from text to text.
#[derive(Debug, Clone, Default)]
pub(super) struct KnownCounts {
    counts: Vec<u32>,
    /// The indices of those that stand in it, in order of first occurrence.
    found: Vec<u32>,
}

impl KnownCounts {
    #[inline(always)]
    fn add(&mut self, index: u32) {
        let place = index as usize;
        if place >= self.counts.len() {
            self.counts.resize(place + 1, 0);
        }
        if self.counts[place] == 0 {
            self.found.push(index);
        }
        self.counts[place] += 1;
    }

    /// Calls `each(index, count)` for what was counted, in order of first occurrence, and forgets
    /// it.
    pub fn drain(&mut self, mut each: impl FnMut(u32, u32)) {
        for index in self.found.drain(..) {
            each(index, std::mem::take(&mut self.counts[index as usize]));
        }
    }
}

/// The known n-grams that end at the last symbol of a sequence.
#[derive(Debug)]
pub(super) struct KnownWindow<'a, const LONGEST: usize> {
    known: &'a IdTable,
    counts: &'a mut KnownCounts,
    salt: u64,
    /// `hashes[n - 1]` belongs to the last n symbols, as far as `depth` goes.
    hashes: [u64; LONGEST],
    /// The length of the longest n-gram of which all beginnings were found.
    depth: usize,
}

impl<'a, const LONGEST: usize> KnownWindow<'a, LONGEST> {
    /// A window on nothing; `salt` is that of single symbols.
    pub fn new(known: &'a IdTable, counts: &'a mut KnownCounts, salt: u64) -> Self {
        Self { known, counts, salt, hashes: [0; LONGEST], depth: 0 }
    }

    /// Begins anew: no n-gram reaches over this place.
    #[inline(always)]
    pub fn clear(&mut self) {
        self.depth = 0;
    }

    /// Adds a symbol, and counts the known n-grams that it ends, the shorter first.
    #[inline(always)]
    pub fn push(&mut self, symbol: u64) {
        let longest = LONGEST.min(self.depth + 1);
        let mut sequence = 0;
        self.depth = 0;
        for n in 0..longest {
            let hash = roll(sequence, symbol);
            let Some(index) = self.known.find(finish(hash, self.salt + n as u64)) else {
                break;
            };
            if index != PART {
                self.counts.add(index);
            }
            sequence = std::mem::replace(&mut self.hashes[n], hash);
            self.depth = n + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::features::{
        Channel, ChannelSet, Feature, NgramCounter, Vectorizer, Vocabulary, VocabularyBuilder,
        read_forms,
    };
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// What a text holds of a vocabulary, found the plain way.
    fn plain(vocabulary: &Vocabulary, channel: Channel, text: &str) -> BTreeMap<u32, u32> {
        let mut counts = BTreeMap::new();
        channel.for_each_ngram(text, |id, _, _| {
            if let Some(index) = vocabulary.index_of(id) {
                *counts.entry(index as u32).or_default() += 1;
            }
        });
        counts
    }

    fn counted(vectorizer: &Vectorizer, text: &str) -> BTreeMap<u32, u32> {
        let row = vectorizer.row(text, &mut NgramCounter::default());
        row.indices.into_iter().zip(row.counts).collect()
    }

    proptest! {
        #[test]
        fn what_is_known_is_counted_and_nothing_else(
            texts in proptest::collection::vec("([a-c ,.\n’']|the|So|\\\\x|我|don't){0,60}", 2..8),
            every in 1..4_usize,
        ) {
            for (channel, name) in [(Channel::Word, "word"), (Channel::Skeleton, "skeleton")] {
                let prompts: Vec<u32> = (0..texts.len() as u32).collect();
                let mut builder = VocabularyBuilder::new(channel);
                builder.add(&texts, &prompts);
                let found = read_forms(channel, &builder.select(1000), &texts, None);
                // Holes, so that some n-grams are known and their parts are not.
                let kept: Vec<Feature> = found.into_iter().step_by(every).collect();
                let vocabulary = Vocabulary::new(kept).unwrap();
                let set: ChannelSet = format!("{name}:1000@1").parse().unwrap();
                let vectorizer = Vectorizer::new(vocabulary.clone(), texts.len(), set);
                for text in &texts {
                    prop_assert_eq!(counted(&vectorizer, text), plain(&vocabulary, channel, text));
                }
            }
        }
    }
}
