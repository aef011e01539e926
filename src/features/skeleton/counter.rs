//! Counts skeleton n-grams of all lengths in one pass over the text.
//!
//! Only the longest n-grams are counted token by token. Every shorter one is the beginning of a
//! longer one, but for the last few before a giant token or the end of the text, so that its count
//! is the sum of theirs: `char_counter` has the same idea. Five symbols of 12 bits make an exact
//! key.

use super::{
    LONGEST, SALT,
    classes::{BITS, symbol_of},
    tokens::for_each_token,
};
use crate::features::Counter;
use crate::features::hash::{finish, roll};

const MASK: u64 = (1 << BITS) - 1;
const _: () = assert!(BITS as usize * LONGEST < 64);

/// Memory for counting the n-grams of `skeleton`, reused from text to text.
#[derive(Debug, Clone)]
pub struct SkeletonCounter {
    /// `levels[n - 1]` counts n-grams by their key.
    levels: [Counter; LONGEST],
}

impl Default for SkeletonCounter {
    fn default() -> Self {
        Self { levels: [8, 10, 11, 11, 11].map(Counter::with_log2_slots) }
    }
}

impl SkeletonCounter {
    /// Calls `each(id, count)` once for every different n-gram of 1–5 tokens, in an order that
    /// depends on nothing but the text. The ids are those of [`super::for_each`].
    pub fn for_each(&mut self, text: &str, mut each: impl FnMut(u64, u32)) {
        let mut stretch = Stretch::default();
        for_each_token(text, |start, end| match symbol_of(&text[start..end]) {
            Some(symbol) => {
                stretch.add(u64::from(symbol));
                if stretch.seen >= LONGEST {
                    self.levels[LONGEST - 1].add(stretch.key, 1);
                }
            }
            None => self.end(&std::mem::take(&mut stretch)),
        });
        self.end(&stretch);
        for n in (1..=LONGEST).rev() {
            let (shorter, longer) = self.levels.split_at_mut(n - 1);
            longer[0].drain(|key, count| {
                let symbols = (0..n as u32).rev().map(|i| key >> (BITS * i) & MASK);
                each(finish(symbols.fold(0, roll), SALT + n as u64 - 1), count);
                if let Some(shorter) = shorter.last_mut() {
                    shorter.add(key >> BITS, count);
                }
            });
        }
    }

    /// Counts the n-grams at the end of a stretch, which begin no longer one.
    fn end(&mut self, stretch: &Stretch) {
        for n in 1..LONGEST.min(stretch.seen + 1) {
            let key = stretch.key & ((1 << (BITS * n as u32)) - 1);
            self.levels[n - 1].add(key, 1);
        }
    }
}

/// The last tokens of a stretch of text without a giant token.
#[derive(Default)]
struct Stretch {
    /// The last five symbols.
    key: u64,
    seen: usize,
}

impl Stretch {
    #[inline(always)]
    fn add(&mut self, symbol: u64) {
        self.key = (self.key << BITS | symbol) & ((1 << (BITS * LONGEST as u32)) - 1);
        self.seen += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::skeleton;
    use std::collections::BTreeMap;

    #[test]
    fn counts_are_those_of_the_plain_way() {
        let mut counter = SkeletonCounter::default();
        let giant = "x".repeat(50);
        let long = "Okay, so the user isn't sure:\n- is it 3.5, or x_1?\n\n我们看 \\frac{1}{2} "
            .repeat(20);
        for text in [
            String::new(),
            "the".into(),
            "the of to in".into(),
            "a a a a a a a a".into(),
            format!("a {giant} the of {giant}{giant} the of to in on {giant}"),
            long.clone(),
            (0..5000)
                .map(|i| if i % 7 == 0 { "the " } else { ["of ", "x ", "is, ", "5 "][i * i % 4] })
                .collect(),
        ] {
            let mut expected: BTreeMap<u64, u32> = BTreeMap::new();
            skeleton::for_each(&text, |id, _, _| *expected.entry(id).or_default() += 1);
            let mut found = BTreeMap::new();
            counter.for_each(&text, |id, count| {
                assert!(found.insert(id, count).is_none(), "{id} stands twice in {text:?}");
            });
            assert_eq!(found, expected, "{text:?}");
        }
    }
}
