//! Scores of a corpus → a verdict on it.
//!
//! Comes in: the scores and fingerprints of one corpus, and the atlas. Goes out: a [`Comparison`],
//! which `cli` prints and `report` draws. Nothing here reads files or draws.

mod verdict;

pub use verdict::*;
