//! How long a text is, and between which of some lengths it lies. Called by the stack and the style
//! embedding, which have weights and centres at certain lengths only.

use crate::features::Row;
use ndarray::NdFloat;

/// The length of a text, and whether it is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TextLength {
    /// Words in it.
    pub words: usize,
    /// Whether it breaks off ([`breaks_off`](crate::text::breaks_off)): the first words of a long
    /// trace differ from a short trace.
    pub unfinished: bool,
}

impl TextLength {
    /// That of the text of a row.
    pub fn of(row: &Row) -> Self {
        Self { words: row.words, unfinished: row.unfinished }
    }
}

/// The indices of the two of `lengths` (ascending, in words, at least one) between which a text of
/// `words` words lies, and how near it is to each: shares that add up to 1, linear in the logarithm
/// of the words. Beyond the first and the last length that length counts alone.
pub(super) fn between<T: NdFloat>(lengths: &[usize], words: usize) -> [(usize, T); 2] {
    let last = lengths.len() - 1;
    let above = lengths.iter().position(|&length| words < length).unwrap_or(last + 1);
    if above == 0 || above > last {
        let only = above.min(last);
        return [(only, T::one()), (only, T::zero())];
    }
    // Whole numbers of words always have a value as a float.
    let number = |words: usize| T::from(words).unwrap_or_else(T::one);
    let (low, high) = (number(lengths[above - 1]), number(lengths[above]));
    let share = (number(words) / low).ln() / (high / low).ln();
    [(above - 1, T::one() - share), (above, share)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_between_two_is_shared_by_its_logarithm() {
        let lengths = [50, 100, 200];
        assert_eq!(between(&lengths, 10), [(0, 1.0_f32), (0, 0.0)]);
        assert_eq!(between(&lengths, 50), [(0, 1.0_f32), (1, 0.0)]);
        // 71 is half-way between 50 and 100: ln 1.42 / ln 2 = 0.506.
        let [(a, low), (b, high)] = between::<f64>(&lengths, 71);
        assert!((a, b) == (0, 1) && (low - 0.494).abs() < 1e-3 && (high - 0.506).abs() < 1e-3);
        assert_eq!(between(&lengths, 200), [(2, 1.0_f32), (2, 0.0)]);
        assert_eq!(between(&lengths, 5000), [(2, 1.0_f32), (2, 0.0)]);
    }
}
