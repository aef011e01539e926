//! Traces for benchmarks: drawn word by word from the fixtures' words with their frequencies, so
//! that n-grams repeat about as they do in real reasoning, and as long as is asked for.

use rand_pcg::{
    Pcg64Mcg,
    rand_core::{RngCore, SeedableRng},
};

const SEED_TEXT: &str = include_str!("seed.txt");

/// `count` different texts of `words` words each.
pub fn traces(count: usize, words: usize) -> Vec<String> {
    let seed: Vec<&str> = SEED_TEXT.split_inclusive(' ').collect();
    let mut random = Pcg64Mcg::seed_from_u64(7);
    (0..count)
        .map(|_| {
            let mut text = String::new();
            let mut left = words;
            while left > 0 {
                // Runs of a few words keep the n-grams of the seed text.
                let run = (3 + random.next_u64() as usize % 9).min(left);
                let at = random.next_u64() as usize % (seed.len() - run);
                text.extend(seed[at..at + run].iter().copied());
                left -= run;
            }
            text
        })
        .collect()
}
