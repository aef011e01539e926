//! What is kept of the corpora that a tree is to show, while their traces stream by.
//!
//! Comes in: the profile of each trace with the name of its corpus. Goes out: for each corpus its mean
//! profile, and the same with prompts drawn again. Memory is bounded: prompts are put into at most
//! [`GROUPS`] groups, and there are at most [`MOST_CORPORA`] corpora.

use crate::stats::bootstrap::multiplicities;
use rand_pcg::Pcg64Mcg;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use xxhash_rust::xxh3::xxh3_64;

/// The most corpora that a tree takes next to its references.
pub const MOST_CORPORA: usize = 100;
/// The most groups of prompts that are drawn from. With more prompts than this a group holds several,
/// which makes intervals no narrower: it draws larger clusters.
const GROUPS: usize = 128;

/// The corpora of all inputs, by name.
#[derive(Debug, Default)]
pub struct Corpora(BTreeMap<String, Corpus>);

/// The fingerprints of one corpus.
#[derive(Debug)]
pub struct Corpus {
    name: String,
    /// Sum of the profiles and number of the traces of each group of prompts.
    groups: Vec<(Vec<f32>, f32)>,
    /// Hash of a prompt's key → its group.
    prompts: FxHashMap<u64, usize>,
    traces: usize,
    words: usize,
}

/// There are more corpora than [`MOST_CORPORA`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the inputs name more than {MOST_CORPORA} models, the last of them {0}; a tree of so many cannot be read"
)]
pub struct TooManyCorpora(pub String);

impl Corpora {
    /// Adds a trace that was too short for a profile, so that its corpus is known at least by name.
    ///
    /// # Errors
    /// Where this would be one corpus too many.
    pub fn add_too_short(&mut self, name: &str) -> Result<(), TooManyCorpora> {
        self.corpus(name).map(|_| ())
    }

    /// Adds the profile of a trace ([`crate::features::Row::profile`]) of this many words to the
    /// corpus of this name.
    ///
    /// # Errors
    /// Where this would be one corpus too many.
    pub fn add(
        &mut self,
        name: &str,
        prompt_key: &str,
        words: usize,
        profile: &[f32],
    ) -> Result<(), TooManyCorpora> {
        self.corpus(name)?.add(prompt_key, words, profile);
        Ok(())
    }

    /// The corpora in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &Corpus> {
        self.0.values()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn corpus(&mut self, name: &str) -> Result<&mut Corpus, TooManyCorpora> {
        if !self.0.contains_key(name) && self.0.len() >= MOST_CORPORA {
            return Err(TooManyCorpora(name.to_owned()));
        }
        Ok(self.0.entry(name.to_owned()).or_insert_with(|| Corpus::new(name)))
    }
}

impl Corpus {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            groups: Vec::new(),
            prompts: FxHashMap::default(),
            traces: 0,
            words: 0,
        }
    }

    fn add(&mut self, prompt_key: &str, words: usize, profile: &[f32]) {
        let next = self.prompts.len() % GROUPS;
        let group = *self.prompts.entry(xxh3_64(prompt_key.as_bytes())).or_insert(next);
        if group == self.groups.len() {
            self.groups.push((vec![0.0; profile.len()], 0.0));
        }
        let (sum, count) = &mut self.groups[group];
        sum.iter_mut().zip(profile).for_each(|(sum, value)| *sum += value);
        *count += 1.0;
        self.traces += 1;
        self.words += words;
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Traces with a profile.
    pub fn traces(&self) -> usize {
        self.traces
    }

    /// Words in them.
    pub fn words(&self) -> usize {
        self.words
    }

    /// Different prompts among them.
    pub fn prompts(&self) -> usize {
        self.prompts.len()
    }

    /// The mean profile over its traces.
    pub(super) fn mean_profile(&self) -> Vec<f32> {
        self.weighted_mean(&vec![1.0; self.groups.len()])
    }

    /// The mean profile over the traces of groups of prompts drawn with replacement.
    pub(super) fn resampled_profile(&self, random: &mut Pcg64Mcg) -> Vec<f32> {
        self.weighted_mean(&multiplicities(self.groups.len(), random))
    }

    fn weighted_mean(&self, times: &[f32]) -> Vec<f32> {
        let width = self.groups.first().map_or(0, |group| group.0.len());
        let (mut mean, mut count) = (vec![0.0_f32; width], 0.0_f32);
        for ((sum, traces), times) in self.groups.iter().zip(times).filter(|(_, t)| **t > 0.0) {
            mean.iter_mut().zip(sum).for_each(|(mean, value)| *mean += times * value);
            count += times * traces;
        }
        mean.iter_mut().for_each(|value| *value /= count.max(1.0));
        mean
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::stream;

    #[test]
    fn the_mean_is_over_traces_and_draws_are_of_prompts() {
        let mut corpora = Corpora::default();
        for (prompt, profile) in [("a", [3.0, 0.0]), ("a", [0.0, 3.0]), ("b", [3.0, 6.0])] {
            corpora.add("m", prompt, 10, &profile).unwrap();
        }
        let corpus = corpora.iter().next().unwrap();
        assert_eq!((corpus.traces(), corpus.prompts(), corpus.words()), (3, 2, 30));
        assert_eq!(corpus.mean_profile(), [2.0, 3.0]);
        // Both traces of `a` are drawn together: a twice, b twice, or one of each.
        let possible = [vec![1.5, 1.5], vec![3.0, 6.0], vec![2.0, 3.0]];
        for resample in 0..20 {
            let drawn = corpus.resampled_profile(&mut stream(1, resample));
            assert!(possible.contains(&drawn), "{drawn:?}");
        }
    }

    #[test]
    fn memory_is_bounded_whatever_the_inputs_hold() {
        let mut corpora = Corpora::default();
        for prompt in 0..10 * GROUPS {
            corpora.add("m", &prompt.to_string(), 1, &[1.0]).unwrap();
        }
        let corpus = corpora.iter().next().unwrap();
        assert_eq!((corpus.groups.len(), corpus.prompts()), (GROUPS, 10 * GROUPS));
        assert_eq!(corpus.groups[0].1, 10.0);
        for name in 1..MOST_CORPORA {
            corpora.add_too_short(&name.to_string()).unwrap();
        }
        let refused = corpora.add("one more", "p", 1, &[1.0]).unwrap_err();
        assert!(refused.to_string().contains("one more"), "{refused}");
        assert!(corpora.add_too_short("m").is_ok());
    }
}
