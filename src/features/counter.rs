//! The table in which n-grams of one text are counted. It is kept and reused from text to text: a
//! trace of 10 kB has 60,000 n-grams, and an allocation for each text would cost more than
//! counting.

use std::hint::select_unpredictable;

/// Counts how often each key was added.
#[derive(Debug, Clone)]
pub(super) struct Counter {
    /// Where a key is in `entries`; 0 where the slot is empty.
    slots: Vec<u32>,
    /// Keys with their counts, in order of first occurrence. The first is none of them, and there
    /// is always room for one more, whose count is 0.
    entries: Vec<(u64, u32)>,
    /// Entries in use, with the first.
    held: usize,
    /// `64 - log2(slots)`.
    shift: u32,
}

impl Default for Counter {
    fn default() -> Self {
        Self::with_log2_slots(12)
    }
}

impl Counter {
    /// Of so many slots at most one is in use: two keys seldom meet.
    const SPARSENESS: usize = 4;

    /// An empty table of `2^log2` slots, at least eight; it grows by itself.
    pub fn with_log2_slots(log2: u32) -> Self {
        let mut counter = Self { slots: Vec::new(), entries: Vec::new(), held: 1, shift: 0 };
        counter.resize(1 << log2.max(3));
        counter
    }

    #[inline(always)]
    fn home(&self, key: u64) -> usize {
        (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> self.shift) as usize
    }

    /// Adds `count` occurrences of `key`, which must not be 0.
    #[inline(always)]
    pub fn add(&mut self, key: u64, count: u32) {
        let mask = self.slots.len() - 1;
        let mut at = self.home(key) & mask;
        // An empty slot leads to the first entry: one comparison ends the search for new and known.
        self.entries[0].0 = key;
        while self.entries[self.slots[at] as usize].0 != key {
            at = (at + 1) & mask;
        }
        // Whether an n-gram is new is a coin's toss, which no processor can guess: what follows is
        // the same for both and has no branch.
        let place = self.slots[at] as usize;
        let new = place == 0;
        let place = select_unpredictable(new, self.held, place);
        self.slots[at] = place as u32;
        let entry = &mut self.entries[place];
        *entry = (key, entry.1 + count);
        self.held += usize::from(new);
        if self.held == self.entries.len() {
            self.resize(self.slots.len() * 2);
        }
    }

    #[cold]
    fn resize(&mut self, slots: usize) {
        self.slots.clear();
        self.slots.resize(slots, 0);
        self.shift = 64 - slots.ilog2();
        self.entries.resize(slots / Self::SPARSENESS, (0, 0));
        for place in 1..self.held {
            let mut at = self.home(self.entries[place].0);
            while self.slots[at] != 0 {
                at = (at + 1) & (slots - 1);
            }
            self.slots[at] = place as u32;
        }
    }

    /// Empties the table, keeps its memory, and calls `each(key, count)` for what was in it, in
    /// order of first occurrence.
    pub fn drain(&mut self, mut each: impl FnMut(u64, u32)) {
        for (key, count) in &mut self.entries[1..self.held] {
            each(*key, std::mem::take(count));
        }
        // One giant text must not leave a table that takes longer to empty than its n-grams to
        // count.
        if self.held * 8 * Self::SPARSENESS < self.slots.len() {
            self.slots.truncate(self.slots.len() / 2);
            self.shift += 1;
            self.entries.truncate(self.slots.len() / Self::SPARSENESS);
        }
        self.slots.fill(0);
        self.held = 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_survive_growing_and_draining() {
        let mut counter = Counter::with_log2_slots(2);
        for _ in 0..3 {
            for key in 1..=1000_u64 {
                for _ in 0..=(key % 3) {
                    counter.add(key << 40, 1);
                }
            }
            let mut found = Vec::new();
            counter.drain(|key, count| found.push((key, count)));
            let expected: Vec<(u64, u32)> =
                (1..=1000).map(|key| (key << 40, key as u32 % 3 + 1)).collect();
            assert_eq!(found, expected);
        }
        counter.drain(|key, _| panic!("{key} was left"));
    }
}
