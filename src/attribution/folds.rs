//! Folds grouped by prompt: no prompt is ever on both sides of a split. What is a prompt here is
//! the caller's to say: all that ask nearly the same go by one number
//! ([`PromptGroups`](crate::trace::PromptGroups)).

use std::collections::BTreeMap;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Most folds that are made.
pub const FOLDS: usize = 4;
/// Fewest that make sense: with one, nothing is learned from.
pub const FEWEST: usize = 2;

/// A prompt with this part of a fold's traces is dealt out before the others.
const LARGE: usize = 4;

/// Which fold each trace belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folds {
    /// The number of folds, at least 2.
    pub count: usize,
    /// `of[i]` in `0..count` is the fold of trace `i`.
    pub of: Vec<usize>,
}

impl Folds {
    /// Deals prompts out to at most [`FOLDS`] folds, as [`Folds::deal`] does.
    pub fn by_prompt(prompts: &[u32], seed: u64) -> Option<Self> {
        Self::deal(prompts, FOLDS, seed)
    }

    /// Deals prompts out to at most `most` folds so that the folds hold about equally many
    /// traces: the order is drawn from `seed`, and each prompt goes where there are fewest traces.
    /// `prompts` gives the prompt of each trace. `None` where there would be fewer than two folds.
    pub fn deal(prompts: &[u32], most: usize, seed: u64) -> Option<Self> {
        let mut sizes: BTreeMap<u32, usize> = BTreeMap::new();
        for &prompt in prompts {
            *sizes.entry(prompt).or_default() += 1;
        }
        let count = most.min(sizes.len());
        if count < FEWEST {
            return None;
        }
        let mut drawn: Vec<(u64, u32)> =
            sizes.keys().map(|&p| (xxh3_64_with_seed(&p.to_le_bytes(), seed), p)).collect();
        // First what fills much of a fold: dealt out last it could not be balanced.
        let large = |prompt: &u32| sizes[prompt] * count * LARGE >= prompts.len();
        drawn.sort_unstable_by_key(|&(order, prompt)| (!large(&prompt), order, prompt));
        let mut filled = vec![0; count];
        let mut fold_of = BTreeMap::new();
        for (_, prompt) in drawn {
            let emptiest = (0..count).min_by_key(|&fold| filled[fold]).unwrap_or(0);
            filled[emptiest] += sizes[&prompt];
            fold_of.insert(prompt, emptiest);
        }
        Some(Self { count, of: prompts.iter().map(|prompt| fold_of[prompt]).collect() })
    }

    /// The traces outside a fold and those inside it.
    pub fn split(&self, fold: usize) -> (Vec<usize>, Vec<usize>) {
        (0..self.of.len()).partition(|&i| self.of[i] != fold)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_stays_in_one_fold_and_folds_are_even() {
        let prompts: Vec<u32> = (0..1000).map(|i| i % 40).collect();
        let folds = Folds::by_prompt(&prompts, 7).unwrap();
        for fold in 0..folds.count {
            let (outside, inside) = folds.split(fold);
            assert_eq!(inside.len(), 250);
            assert!(inside.iter().all(|&i| outside.iter().all(|&o| prompts[o] != prompts[i])));
        }
        assert_ne!(folds, Folds::by_prompt(&prompts, 8).unwrap());
    }

    #[test]
    fn large_prompts_are_dealt_out_first() {
        // Two prompts of 200 traces, 200 of two: four folds of 200 can be made.
        let prompts: Vec<u32> =
            (0..800).map(|i| if i < 400 { i % 2 } else { 2 + i % 200 }).collect();
        for seed in 0..20 {
            let folds = Folds::by_prompt(&prompts, seed).unwrap();
            for fold in 0..4 {
                assert_eq!(folds.split(fold).1.len(), 200, "seed {seed}");
            }
        }
    }

    #[test]
    fn one_prompt_cannot_be_split() {
        assert_eq!(Folds::by_prompt(&[3, 3, 3], 0), None);
        assert_eq!(Folds::by_prompt(&[3, 4], 0).unwrap().count, 2);
    }
}
