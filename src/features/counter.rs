//! The table in which n-grams of one text are counted. It is kept and reused from text to text: a
//! trace of 10 kB has 60,000 n-grams, and an allocation for each text would cost more than counting.

/// Counts how often each key was added, and keeps what was known of it at first.
#[derive(Debug, Clone)]
pub(super) struct Counter<T = ()> {
    /// Key and count; key 0 where the slot is empty.
    slots: Vec<(u64, u32)>,
    /// Slots in use with what is kept of their keys, in order of first occurrence.
    used: Vec<(u32, T)>,
    /// `64 - log2(slots)`.
    shift: u32,
}

impl<T: Copy> Default for Counter<T> {
    fn default() -> Self {
        Self::with_log2_slots(12)
    }
}

impl<T: Copy> Counter<T> {
    /// An empty table of `2^log2` slots; it grows by itself.
    pub fn with_log2_slots(log2: u32) -> Self {
        Self { slots: vec![(0, 0); 1 << log2], used: Vec::new(), shift: 64 - log2 }
    }

    /// Adds `count` occurrences of `key`, which must not be 0. `kept` stays with a key that is new.
    #[inline(always)]
    pub fn add(&mut self, key: u64, count: u32, kept: T) {
        let mask = self.slots.len() - 1;
        let mut at = (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> self.shift) as usize & mask;
        loop {
            let slot = &mut self.slots[at];
            if slot.0 == key {
                slot.1 += count;
                return;
            }
            if slot.0 == 0 {
                *slot = (key, count);
                self.used.push((at as u32, kept));
                if self.used.len() * 2 > self.slots.len() {
                    self.grow();
                }
                return;
            }
            at = (at + 1) & mask;
        }
    }

    #[cold]
    fn grow(&mut self) {
        let mut larger = Self::with_log2_slots(64 - self.shift + 1);
        self.drain(|key, count, kept| larger.add(key, count, kept));
        *self = larger;
    }

    /// Empties the table, keeps its memory, and calls `each(key, count, kept)` for what was in it,
    /// in order of first occurrence.
    pub fn drain(&mut self, mut each: impl FnMut(u64, u32, T)) {
        for (at, kept) in self.used.drain(..) {
            let slot = &mut self.slots[at as usize];
            each(slot.0, slot.1, kept);
            slot.0 = 0;
        }
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
                for time in 0..=(key % 3) {
                    counter.add(key << 40, 1, (key, time));
                }
            }
            let mut found = Vec::new();
            counter.drain(|key, count, kept| found.push((key, count, kept)));
            let expected: Vec<(u64, u32, (u64, u64))> =
                (1..=1000).map(|key| (key << 40, key as u32 % 3 + 1, (key, 0))).collect();
            assert_eq!(found, expected);
        }
        counter.drain(|key, _, _| panic!("{key} was left"));
    }
}
