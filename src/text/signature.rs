//! A text → a signature that tells whether another text repeats it.
//!
//! `ingest` compares the signatures of traces. Near duplicates are found by the Jaccard similarity of
//! their sets of five words in a row, estimated by [MinHash](super::minhash).

use xxhash_rust::xxh3::Xxh3;

use super::minhash::{BINS, SEED, Sketch, shingles};

/// Words in a shingle.
const SHINGLE: usize = 5;
/// Values of a sketch in a band.
const ROWS: usize = 6;

/// What is kept of a text to tell whether another repeats it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// A hash of the text without its white space.
    exact: u64,
    /// A sketch of its shingles; `None` for a text without a word.
    sketch: Option<Sketch>,
}

impl Signature {
    /// Bands of a signature. With 21 bands of 6 values, a pair with a similarity of 0.8 shares a
    /// band with a probability of 0.998; the standard error of the estimate is 0.036 there.
    pub(crate) const BANDS: usize = BINS / ROWS;

    /// The signature of a text.
    pub fn new(text: &str) -> Self {
        let mut exact = Xxh3::with_seed(SEED);
        for word in text.split_whitespace() {
            exact.update(word.as_bytes());
            exact.update(b" ");
        }
        Self { exact: exact.digest(), sketch: Sketch::of(shingles(text, SHINGLE, usize::MAX)) }
    }

    /// A hash of the text without its white space, or `None` for a text without a word.
    pub(crate) fn exact(&self) -> Option<u64> {
        self.sketch.as_ref().map(|_| self.exact)
    }

    /// An estimate of the Jaccard similarity of two texts' shingles, 0 to 1.
    pub(crate) fn similarity(&self, other: &Self) -> f64 {
        let (Some(one), Some(two)) = (&self.sketch, &other.sketch) else { return 0.0 };
        one.similarity(two)
    }

    /// A key for each band, and none for a text without a word.
    pub(crate) fn keys(&self) -> impl Iterator<Item = u32> {
        self.sketch.iter().flat_map(|sketch| sketch.keys(ROWS))
    }
}
