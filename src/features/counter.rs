//! Counts feature ids of one text: an open-addressing table that is kept and reused, because a
//! trace of 10 kB has 70,000 n-grams and an allocation for each text would cost more than counting.

/// Counts how often each id was added since the last [`Counter::clear`].
///
/// Ids must be well mixed (their upper bits are the table index) and not 0.
#[derive(Debug, Clone)]
pub struct Counter {
    /// Slot → id; 0 where the slot is empty.
    ids: Vec<u64>,
    counts: Vec<u32>,
    /// Slots in use, in order of first occurrence.
    used: Vec<u32>,
    /// `64 - log2(slots)`.
    shift: u32,
}

impl Default for Counter {
    fn default() -> Self {
        Self::with_log2_slots(12)
    }
}

impl Counter {
    fn with_log2_slots(log2: u32) -> Self {
        let slots = 1 << log2;
        Self { ids: vec![0; slots], counts: vec![0; slots], used: Vec::new(), shift: 64 - log2 }
    }

    /// Adds one occurrence of `id`.
    #[inline(always)]
    pub fn add(&mut self, id: u64) {
        let mask = self.ids.len() - 1;
        let mut slot = (id >> self.shift) as usize & mask;
        loop {
            let found = self.ids[slot];
            if found == id {
                self.counts[slot] += 1;
                return;
            }
            if found == 0 {
                self.insert(slot, id);
                return;
            }
            slot = (slot + 1) & mask;
        }
    }

    #[inline]
    fn insert(&mut self, slot: usize, id: u64) {
        self.ids[slot] = id;
        self.counts[slot] = 1;
        self.used.push(slot as u32);
        if self.used.len() * 2 > self.ids.len() {
            self.grow();
        }
    }

    #[cold]
    fn grow(&mut self) {
        let mut larger = Self::with_log2_slots(64 - self.shift + 1);
        let mask = larger.ids.len() - 1;
        for (id, count) in self.iter() {
            let mut slot = (id >> larger.shift) as usize & mask;
            while larger.ids[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            larger.ids[slot] = id;
            larger.counts[slot] = count;
            larger.used.push(slot as u32);
        }
        *self = larger;
    }

    /// The different ids with their counts, in order of first occurrence.
    pub fn iter(&self) -> impl Iterator<Item = (u64, u32)> + '_ {
        self.used.iter().map(|&slot| (self.ids[slot as usize], self.counts[slot as usize]))
    }

    /// The number of different ids.
    pub fn len(&self) -> usize {
        self.used.len()
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.used.is_empty()
    }

    /// Forgets all ids and keeps the memory.
    pub fn clear(&mut self) {
        for &slot in &self.used {
            self.ids[slot as usize] = 0;
        }
        self.used.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_survive_growing_and_clearing() {
        let mut counter = Counter::with_log2_slots(2);
        for round in 0..3 {
            for i in 1..=1000_u64 {
                for _ in 0..=(i % 3) {
                    counter.add(super::super::hash::finish(i, round));
                }
            }
            assert_eq!(counter.len(), 1000);
            for (i, (id, count)) in counter.iter().enumerate() {
                let i = i as u64 + 1;
                assert_eq!(
                    (id, u64::from(count)),
                    (super::super::hash::finish(i, round), i % 3 + 1)
                );
            }
            counter.clear();
            assert!(counter.is_empty());
        }
    }
}
