//! The stable hash behind feature ids.
//!
//! Ids are never stored: an atlas keeps the readable form of a feature and hashes it again when it
//! is opened, with the functions here. Changing them changes what old atlases find in a text, so
//! it needs a new version of the atlas format.

/// Multiplier of the rolling hash (the 64-bit golden ratio, odd).
const ROLL: u64 = 0x9E37_79B9_7F4A_7C15;
/// Multiplier of the final mix (from wyhash).
const MIX: u64 = 0xA076_1D64_78BD_642F;

/// Appends one symbol to the hash of a sequence: a polynomial modulo 2⁶⁴, so that the hash of the
/// last n symbols follows from that of the last n − 1 with one multiplication.
#[inline(always)]
pub(super) fn roll(sequence: u64, symbol: u64) -> u64 {
    sequence.wrapping_mul(ROLL).wrapping_add(symbol).wrapping_add(1)
}

/// Turns a rolling hash into a feature id whose bits are all well mixed. `salt` separates channels
/// and n-gram lengths. Never returns 0, which `Counter` uses for an empty slot.
#[inline(always)]
pub(super) fn finish(sequence: u64, salt: u64) -> u64 {
    let product = u128::from(sequence ^ salt.wrapping_mul(MIX)) * u128::from(MIX);
    let id = (product as u64) ^ ((product >> 64) as u64);
    id.max(1)
}

/// The n-grams that end at the last symbol of a sequence, of all lengths up to `LONGEST`: each
/// follows from a shorter one with one multiplication.
#[derive(Debug, Clone)]
pub(super) struct Window<const LONGEST: usize> {
    /// `hashes[n - 1]` and `starts[n - 1]` belong to the last n symbols.
    hashes: [u64; LONGEST],
    starts: [usize; LONGEST],
    seen: usize,
}

impl<const LONGEST: usize> Window<LONGEST> {
    /// A window on nothing.
    pub fn new() -> Self {
        Self { hashes: [0; LONGEST], starts: [0; LONGEST], seen: 0 }
    }

    /// Begins anew: no n-gram reaches over this place.
    #[inline(always)]
    pub fn clear(&mut self) {
        self.seen = 0;
    }

    /// Adds a symbol that begins at `start`.
    #[inline(always)]
    pub fn push(&mut self, symbol: u64, start: usize) {
        for n in (1..LONGEST).rev() {
            self.hashes[n] = roll(self.hashes[n - 1], symbol);
            self.starts[n] = self.starts[n - 1];
        }
        self.hashes[0] = roll(0, symbol);
        self.starts[0] = start;
        self.seen += 1;
    }

    /// The id and the beginning of every n-gram that ends here, the shorter first. `salt` is that
    /// of single symbols; the others' follow it.
    #[inline(always)]
    pub fn ngrams(&self, salt: u64) -> impl Iterator<Item = (u64, usize)> + '_ {
        (0..LONGEST.min(self.seen))
            .map(move |n| (finish(self.hashes[n], salt + n as u64), self.starts[n]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_holds_the_ngrams_that_end_at_its_last_symbol() {
        let mut window = Window::<2>::new();
        window.push(5, 0);
        window.clear();
        window.push(6, 10);
        window.push(7, 20);
        let two = roll(roll(0, 6), 7);
        let expected = [(finish(roll(0, 7), 1), 20), (finish(two, 2), 10)];
        assert_eq!(window.ngrams(1).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn order_and_salt_matter() {
        let sequence = |symbols: &[u64]| symbols.iter().fold(0, |h, &s| roll(h, s));
        assert_ne!(sequence(&[1, 2]), sequence(&[2, 1]));
        assert_ne!(sequence(&[0]), sequence(&[0, 0]));
        assert_ne!(finish(7, 1), finish(7, 2));
    }
}
