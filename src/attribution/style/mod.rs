//! The style embedding: where a trace stands between the references, whatever it is about.
//!
//! Comes in: the dense part of rows (frequencies of common words and skeletons, function words,
//! layout, rhythm), with the reference and the ground of each trace. Goes out: for a trace a vector with
//! a number per reference, in standard deviations of a reference's own traces ([`StyleEmbedding`]).
//! Two discriminants are learned, one of whole traces and one of pieces of 50–200 words, because a
//! short text has other frequencies than a long one, not only noisier ones. Called by `fit` and
//! `Model`. `docs/channels/embed.md` has the definition and the figures.

mod basis;
mod discriminant;
mod grounds;
mod learn;

pub use basis::{Basis, Directions, Place};
pub(super) use grounds::{GroundFolds, HeldOut};
pub use grounds::{Grounds, MINIMUM_REFERENCES, SIGNS as GROUND_SIGNS};
pub(super) use learn::{Heads, LearnedStyle, OutOfSample, learn};

use super::{lengths::between, weights::Weights};
use crate::features::Row;
use ndarray::Array2;
use std::ops::Range;

/// Lengths in words of the pieces that the second discriminant is learned from.
pub const PIECE_WORDS: [usize; 4] = [50, 100, 200, 400];

/// One discriminant as it is stored: weights as bytes, and the centres that the weights see.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// Dense value → number per reference.
    pub weights: Weights,
    /// Centre of each ground; the last one stands for a ground that is not known.
    pub centres: Vec<Vec<f32>>,
}

/// Gives a trace its place between the references.
#[derive(Debug, Clone, PartialEq)]
pub struct StyleEmbedding {
    /// Learned from whole traces; a centre per ground.
    pub whole: Head,
    /// Learned from pieces; for each length of [`PIECE_WORDS`], a centre per ground.
    pub pieces: Head,
}

/// What the embedding says of one trace, before a ground's centre is subtracted.
#[derive(Debug, Clone)]
pub struct Placed {
    whole: Vec<f32>,
    pieces: Vec<f32>,
}

impl Head {
    /// The same with the columns of more references: `directions` has a row for each of `places` (the dense values that are
    /// read, with their factors) and a column per reference. The centres are those of `blocks` blocks of `grounds` grounds.
    pub(super) fn with(
        &self,
        directions: &Array2<f32>,
        basis: &Basis,
        places: &[(usize, f32)],
        (blocks, grounds): (usize, usize),
    ) -> Self {
        let mut dense = Array2::<f32>::zeros((self.weights.dense_values(), directions.ncols()));
        for (row, &(place, factor)) in directions.outer_iter().zip(places) {
            dense.row_mut(place).assign(&(&row * factor));
        }
        let mut centres = self.centres.clone();
        let all = (0..blocks)
            .flat_map(|block| (0..grounds).map(Some).chain([None]).map(move |g| (block, g)));
        for (centre, place) in centres.iter_mut().zip(all) {
            let own = basis.centre(place, grounds);
            centre.extend(ndarray::aview1(&own).dot(directions));
        }
        let sparse = Array2::zeros((0, directions.ncols()));
        Self { weights: self.weights.with_columns(&sparse, &dense), centres }
    }
}

impl StyleEmbedding {
    /// Whether this was learned for rows with so many dense values.
    pub(crate) fn fits(&self, dense_values: usize) -> bool {
        [&self.whole, &self.pieces].iter().all(|head| head.weights.dense_values() == dense_values)
    }

    /// Where a row stands, in two parts that add up: by all places but those in `apart`, and by those.
    /// Centres are not part of either.
    pub fn place(&self, row: &Row, apart: &Range<usize>) -> (Placed, Placed) {
        let (whole, whole_apart) = self.whole.weights.dense_logits(&row.dense, apart);
        let (pieces, pieces_apart) = self.pieces.weights.dense_logits(&row.dense, apart);
        (Placed { whole, pieces }, Placed { whole: whole_apart, pieces: pieces_apart })
    }

    /// The two vectors of a trace of `words` words on a ground, `None` for one that is not known: by
    /// whole traces, and by pieces.
    pub fn vectors(&self, placed: &Placed, ground: Option<usize>, words: usize) -> [Vec<f32>; 2] {
        let grounds = self.whole.centres.len();
        let ground = ground.unwrap_or(grounds - 1).min(grounds - 1);
        let mut whole = placed.whole.clone();
        subtract(&mut whole, &self.whole.centres[ground], 1.0);
        let mut pieces = placed.pieces.clone();
        for (length, share) in between::<f32>(&PIECE_WORDS, words) {
            subtract(&mut pieces, &self.pieces.centres[length * grounds + ground], share);
        }
        [whole, pieces]
    }

    /// Two vectors of a trace on a ground as they would be if the ground were not known.
    pub(super) fn moved_to_new(
        &self,
        [whole, pieces]: &[Vec<f32>; 2],
        ground: usize,
        words: usize,
    ) -> [Vec<f32>; 2] {
        let grounds = self.whole.centres.len();
        let (mut whole, mut pieces) = (whole.clone(), pieces.clone());
        subtract(&mut whole, &self.whole.centres[ground], -1.0);
        subtract(&mut whole, &self.whole.centres[grounds - 1], 1.0);
        for (length, share) in between::<f32>(&PIECE_WORDS, words) {
            let centres = &self.pieces.centres[length * grounds..(length + 1) * grounds];
            subtract(&mut pieces, &centres[ground], -share);
            subtract(&mut pieces, &centres[grounds - 1], share);
        }
        [whole, pieces]
    }
}

impl Placed {
    /// The place of both parts together.
    #[must_use]
    pub fn plus(mut self, other: &Self) -> Self {
        subtract(&mut self.whole, &other.whole, -1.0);
        subtract(&mut self.pieces, &other.pieces, -1.0);
        self
    }
}

fn subtract(values: &mut [f32], other: &[f32], factor: f32) {
    values.iter_mut().zip(other).for_each(|(value, other)| *value -= factor * other);
}
