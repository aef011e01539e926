//! The style embedding: where a trace stands between the references, whatever it is about.
//!
//! Comes in: the dense part of rows (frequencies of common words and skeletons, function words,
//! layout, rhythm), with the reference and the data set of each trace. Goes out: for a trace a
//! vector with a number per reference, in standard deviations of a reference's own traces
//! ([`StyleEmbedding`]). Two discriminants are learned, one of whole traces and one of pieces of
//! 50–400 words, because a short text has other frequencies than a long one, not only noisier ones.
//! Called by `fit` and `Model`. `docs/channels/embed.md` has the definition and the figures.

mod basis;
mod discriminant;
mod embedding;
mod learn;

pub use basis::{Basis, Directions, Place};
pub use embedding::{Head, StyleCoordinates, StyleEmbedding};
pub(super) use learn::{LearnedStyle, OutOfSample, StyleTraining, learn};
