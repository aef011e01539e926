//! How often a trace holds each word n-gram, in few bytes.
//!
//! Comes in: the word n-grams of a scored trace. Goes out: the same, ordered. They are most of what is kept of
//! a trace, and a trace of some hundred words holds as many of them: gaps between their numbers and counts are
//! small, so that most take one byte each. Called by `scored_corpus`, read by `log_odds`.

/// Numbers of n-grams and how often each stands in a trace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct WordCounts(Box<[u8]>);

impl WordCounts {
    /// Packs pairs of a number and a count; no number stands twice.
    pub fn new(mut pairs: Vec<(u32, u32)>) -> Self {
        pairs.sort_unstable();
        let mut bytes = Vec::with_capacity(2 * pairs.len() + 8);
        let mut last = 0;
        for (number, count) in pairs {
            push(&mut bytes, number - last);
            push(&mut bytes, count);
            last = number;
        }
        Self(bytes.into_boxed_slice())
    }

    /// The pairs, ordered by number.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let mut bytes = self.0.iter();
        let mut last = 0;
        std::iter::from_fn(move || {
            last += take(&mut bytes)?;
            Some((last, take(&mut bytes)?))
        })
    }
}

/// Seven bits a byte, the lowest first; all but the last have the highest bit set.
fn push(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn take<'a>(bytes: &mut impl Iterator<Item = &'a u8>) -> Option<u32> {
    let mut number = 0;
    for shift in (0..u32::BITS).step_by(7) {
        let byte = *bytes.next()?;
        number |= u32::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_in_goes_out_in_order() {
        let pairs =
            vec![(700, 1), (0, u32::MAX), (3, 127), (4, 128), (u32::MAX, 2), (20_000, 16_384)];
        let packed = WordCounts::new(pairs.clone());
        let mut ordered = pairs;
        ordered.sort_unstable();
        assert_eq!(packed.iter().collect::<Vec<_>>(), ordered);
        assert_eq!(WordCounts::default().iter().count(), 0);
        assert_eq!(WordCounts::new(Vec::new()), WordCounts::default());
    }

    #[test]
    fn a_trace_takes_about_two_bytes_for_each() {
        let pairs: Vec<(u32, u32)> = (0..400).map(|at| (at * 71, 1 + at % 3)).collect();
        assert_eq!(WordCounts::new(pairs).0.len(), 2 * 400);
    }
}
