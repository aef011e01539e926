//! Counts character n-grams of all lengths in one pass over the text.
//!
//! Only the longest n-grams are counted character by character. Every shorter one is the beginning
//! of a longer one (but for the last few of the text), so that its count is the sum of theirs: the
//! table of n-grams is emptied into the table of (n − 1)-grams, which costs one step per different
//! n-gram instead of one per occurrence. Characters are numbered within the text, so that five of
//! them fit into an exact 64-bit key; a text with more different characters than fit is counted
//! the plain way.

use super::{
    Counter,
    char_ngrams::{self, LONGEST, SALT},
    hash::{finish, roll},
};

/// Bits of a character's number; five numbers make a key.
const BITS: u32 = 12;
/// The number of a character that was not seen in this text yet.
const UNSEEN: u16 = 0;
/// Numbers run from 1, so that no key is 0.
const MOST: usize = (1 << BITS) - 1;

/// Memory for counting, reused from text to text.
#[derive(Debug, Clone)]
pub(super) struct CharCounter {
    /// `levels[n - 1]` counts n-grams.
    levels: [Counter; LONGEST],
    /// Code point → number in this text. Code points beyond it are numbered by `far`.
    numbers: Vec<u16>,
    far: rustc_hash::FxHashMap<char, u16>,
    /// Number − 1 → character.
    characters: Vec<char>,
    plain: Counter,
}

impl Default for CharCounter {
    fn default() -> Self {
        Self {
            levels: [8, 10, 11, 12, 13].map(Counter::with_log2_slots),
            numbers: vec![UNSEEN; 0x1_0000],
            far: rustc_hash::FxHashMap::default(),
            characters: Vec::new(),
            plain: Counter::default(),
        }
    }
}

impl CharCounter {
    /// Calls `each(id, count)` once for every different n-gram of 1–5 characters, in an order that
    /// depends on nothing but the text.
    pub fn for_each(&mut self, text: &str, each: impl FnMut(u64, u32)) {
        if !self.count_longest(text) {
            char_ngrams::for_each(text, |id, _, _| self.plain.add(id, 1));
            self.plain.drain(each);
        } else {
            self.count_shorter(each);
        }
        for c in self.characters.drain(..) {
            if let Some(number) = self.numbers.get_mut(c as usize) {
                *number = UNSEEN;
            }
        }
        self.far.clear();
    }

    /// Counts the 5-grams, and the shorter n-grams that end the text. False where the text has too
    /// many different characters; then nothing is left in the tables.
    fn count_longest(&mut self, text: &str) -> bool {
        const MASK: u64 = (1 << (BITS * LONGEST as u32)) - 1;
        let mut key = 0_u64;
        let mut seen = 0;
        for c in text.chars() {
            let mut number = match self.numbers.get(c as usize) {
                Some(&number) => number,
                None => self.far.get(&c).copied().unwrap_or(UNSEEN),
            };
            if number == UNSEEN {
                if self.characters.len() == MOST {
                    self.levels[LONGEST - 1].drain(|_, _| ());
                    return false;
                }
                self.characters.push(c);
                number = self.characters.len() as u16;
                match self.numbers.get_mut(c as usize) {
                    Some(place) => *place = number,
                    None => {
                        self.far.insert(c, number);
                    }
                }
            }
            key = (key << BITS | u64::from(number)) & MASK;
            seen += 1;
            if seen >= LONGEST {
                self.levels[LONGEST - 1].add(key, 1);
            }
        }
        // The last n-grams of each shorter length begin no longer one.
        for n in 1..LONGEST.min(seen + 1) {
            self.levels[n - 1].add(key & ((1 << (BITS * n as u32)) - 1), 1);
        }
        true
    }

    fn count_shorter(&mut self, mut each: impl FnMut(u64, u32)) {
        let characters = &self.characters;
        for n in (1..=LONGEST).rev() {
            let (shorter, longer) = self.levels.split_at_mut(n - 1);
            let salt = SALT + n as u64 - 1;
            longer[0].drain(|key, count| {
                let hash = (0..n as u32).rev().fold(0, |hash, i| {
                    let number = (key >> (BITS * i)) as usize & MOST;
                    roll(hash, u64::from(characters[number - 1]))
                });
                each(finish(hash, salt), count);
                if let Some(shorter) = shorter.last_mut() {
                    shorter.add(key >> BITS, count);
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn check(text: &str, counter: &mut CharCounter) {
        let mut expected: BTreeMap<u64, u32> = BTreeMap::new();
        char_ngrams::for_each(text, |id, _, _| *expected.entry(id).or_default() += 1);
        let mut found = BTreeMap::new();
        counter.for_each(text, |id, count| {
            assert!(found.insert(id, count).is_none(), "{id} stands twice in {text:?}");
        });
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn counts_are_those_of_the_plain_way() {
        let mut counter = CharCounter::default();
        let many: String = (0x4E00..0x4E00 + MOST as u32 + 50).filter_map(char::from_u32).collect();
        for text in
            ["", "a", "ab", "abcd", "abcde", "aaaaaaaaab", "Hé, 我们! 😀😀 ok\u{0}\n\n", &many]
        {
            check(text, &mut counter);
        }
        check(&"the quick brown fox jumps over the lazy dog. ".repeat(50), &mut counter);
        check(
            &(0..40_000).map(|i| char::from(b'a' + (i * i % 23) as u8)).collect::<String>(),
            &mut counter,
        );
    }
}
