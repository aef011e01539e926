//! The ids that a vocabulary knows, and the index of each.
//!
//! Most n-grams of a text are in no vocabulary. The table answers for them after one look at
//! memory. Called by the vocabulary and by the windows that count known n-grams.

/// Stands for the index of an id that is no feature but a part of one.
pub(super) const PART: u32 = u32::MAX;

/// Ids with the indices of their features: open addressing with linear probing.
#[derive(Debug, Clone, Default)]
pub(super) struct IdTable {
    /// The ids of the features in their order, then those of their parts.
    ids: Vec<u64>,
    /// The number of ids that are features.
    features: usize,
    /// One more than a place in `ids`, or 0 where the slot is empty. The search begins at the slot
    /// that an id's upper bits give.
    slots: Vec<u32>,
    /// `64 - log2(slots)`.
    shift: u32,
}

impl IdTable {
    /// Each id that is in use has this many slots: the slot of an unknown id is most often empty,
    /// and that of a known one is its own.
    const SPARSENESS: usize = 4;

    /// An empty table with room for this many ids; it grows by itself.
    pub fn with_capacity(ids: usize) -> Self {
        let mut table = Self::default();
        table.resize(ids);
        table
    }

    /// Says that the ids so far are the features; ids that are added later are parts.
    pub fn end_features(&mut self) {
        self.features = self.ids.len();
    }

    /// Makes room for this many ids.
    fn resize(&mut self, ids: usize) {
        let slots = (ids.max(2) * Self::SPARSENESS).next_power_of_two();
        self.slots = vec![0; slots];
        self.shift = 64 - slots.ilog2();
        for place in 0..self.ids.len() {
            self.fill(self.ids[place], place as u32 + 1);
        }
    }

    /// Fills the first empty slot from that of an id.
    fn fill(&mut self, id: u64, number: u32) {
        let mut at = (id >> self.shift) as usize;
        while self.slots[at] != 0 {
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.slots[at] = number;
    }

    /// Adds an id; false where it was there.
    pub fn insert(&mut self, id: u64) -> bool {
        if self.contains(id) {
            return false;
        }
        self.ids.push(id);
        if self.ids.len() * Self::SPARSENESS > self.slots.len() {
            self.resize(self.ids.len());
        } else {
            self.fill(id, self.ids.len() as u32);
        }
        true
    }

    /// Whether an id is there, as a feature or as a part.
    pub fn contains(&self, id: u64) -> bool {
        self.place_of(id).is_some()
    }

    /// The index of the feature with this id.
    #[inline]
    pub fn index_of(&self, id: u64) -> Option<usize> {
        self.place_of(id).filter(|&place| place < self.features)
    }

    /// The index of the feature with this id, or [`PART`] where it is but a part of features.
    #[inline]
    pub fn find(&self, id: u64) -> Option<u32> {
        let place = self.place_of(id)?;
        Some(if place < self.features { place as u32 } else { PART })
    }

    /// The place of an id in `ids`.
    #[inline(always)]
    fn place_of(&self, id: u64) -> Option<usize> {
        let mut at = (id >> self.shift) as usize;
        // A table without ids has no slots. Otherwise most slots are empty, and one of them ends
        // the search.
        loop {
            let place = (*self.slots.get(at)? as usize).checked_sub(1)?;
            if *self.ids.get(place)? == id {
                return Some(place);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }
}
