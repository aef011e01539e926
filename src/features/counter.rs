//! Counts feature ids of one text: an open-addressing table that is kept and reused, because a
//! trace of 10 kB has 70,000 n-grams and an allocation for each text would cost more than counting.

/// Counts how often each id was added since the last [`Counter::clear`].
///
/// Ids must be well mixed (their upper bits are the table index) and not 0.
#[derive(Debug, Clone)]
pub(super) struct Counter {
    /// Id and count; id 0 where the slot is empty.
    slots: Vec<(u64, u32)>,
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
        Self { slots: vec![(0, 0); 1 << log2], used: Vec::new(), shift: 64 - log2 }
    }

    /// Adds one occurrence of `id`.
    #[inline(always)]
    pub fn add(&mut self, id: u64) {
        let mask = self.slots.len() - 1;
        let mut at = (id >> self.shift) as usize & mask;
        loop {
            let slot = &mut self.slots[at];
            if slot.0 == id {
                slot.1 += 1;
                return;
            }
            if slot.0 == 0 {
                *slot = (id, 1);
                self.used.push(at as u32);
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
        let mask = larger.slots.len() - 1;
        for (id, count) in self.iter() {
            let mut at = (id >> larger.shift) as usize & mask;
            while larger.slots[at].0 != 0 {
                at = (at + 1) & mask;
            }
            larger.slots[at] = (id, count);
            larger.used.push(at as u32);
        }
        *self = larger;
    }

    /// The different ids with their counts, in order of first occurrence.
    pub fn iter(&self) -> impl Iterator<Item = (u64, u32)> + '_ {
        self.used.iter().map(|&at| self.slots[at as usize])
    }

    /// Forgets all ids and keeps the memory.
    pub fn clear(&mut self) {
        for &at in &self.used {
            self.slots[at as usize].0 = 0;
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
            assert_eq!(counter.iter().count(), 1000);
            for (i, (id, count)) in counter.iter().enumerate() {
                let i = i as u64 + 1;
                assert_eq!(
                    (id, u64::from(count)),
                    (super::super::hash::finish(i, round), i % 3 + 1)
                );
            }
            counter.clear();
            assert_eq!(counter.iter().count(), 0);
        }
    }
}
