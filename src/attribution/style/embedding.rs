//! The learned embedding: a row in, its coordinates out.

use super::basis::{Basis, Place};
use crate::attribution::{lengths::between, pieces::PIECE_WORDS, weights::Weights};
use crate::features::Row;
use ndarray::Array2;
use std::ops::Range;

/// One discriminant as it is stored: weights as bytes, and the centres that the weights see.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// Dense value → number per reference.
    pub weights: Weights,
    /// Centre of each data set; the last one stands for a data set that is not known.
    pub centres: Vec<Vec<f32>>,
}

/// Gives a trace its place between the references.
#[derive(Debug, Clone, PartialEq)]
pub struct StyleEmbedding {
    /// Learned from whole traces; a centre per data set.
    pub whole: Head,
    /// Learned from pieces; for each length of `PIECE_WORDS`, a centre per data set.
    pub pieces: Head,
}

/// What the embedding says of one trace, before a data set's centre is subtracted.
#[derive(Debug, Clone)]
pub struct StyleCoordinates {
    whole: Vec<f32>,
    pieces: Vec<f32>,
}

impl Head {
    /// The same with the columns of more references: `directions` has a row for each of `places`
    /// (the dense values that are read, with their factors) and a column per reference. The centres
    /// are those of `blocks` blocks of `data_sets` data sets.
    pub(in crate::attribution) fn with(
        &self,
        directions: &Array2<f32>,
        basis: &Basis,
        places: &[(usize, f32)],
        blocks: usize,
        data_sets: usize,
    ) -> Self {
        let mut dense = Array2::<f32>::zeros((self.weights.dense_values(), directions.ncols()));
        for (row, &(place, factor)) in directions.outer_iter().zip(places) {
            dense.row_mut(place).assign(&(&row * factor));
        }
        let mut centres = self.centres.clone();
        let all = (0..blocks).flat_map(|block| {
            (0..data_sets).map(Some).chain([None]).map(move |g| Place::new(block, g))
        });
        for (centre, place) in centres.iter_mut().zip(all) {
            let own = basis.centre(place, data_sets);
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

    /// Where a row stands, in two parts that add up: by all places but those in `apart`, and by
    /// those. Centres are not part of either.
    pub fn place(&self, row: &Row, apart: &Range<usize>) -> (StyleCoordinates, StyleCoordinates) {
        let (whole, whole_apart) = self.whole.weights.dense_logits(&row.dense, apart);
        let (pieces, pieces_apart) = self.pieces.weights.dense_logits(&row.dense, apart);
        (
            StyleCoordinates { whole, pieces },
            StyleCoordinates { whole: whole_apart, pieces: pieces_apart },
        )
    }

    /// The two vectors of a trace of `words` words on a data set, `None` for one that is not known:
    /// by whole traces, and by pieces.
    pub fn vectors(
        &self,
        placed: &StyleCoordinates,
        data_set: Option<usize>,
        words: usize,
    ) -> [Vec<f32>; 2] {
        let data_sets = self.whole.centres.len();
        let data_set = data_set.unwrap_or(data_sets - 1).min(data_sets - 1);
        let mut whole = placed.whole.clone();
        subtract(&mut whole, &self.whole.centres[data_set], 1.0);
        let mut pieces = placed.pieces.clone();
        for (length, share) in between::<f32>(&PIECE_WORDS, words) {
            subtract(&mut pieces, &self.pieces.centres[length * data_sets + data_set], share);
        }
        [whole, pieces]
    }

    /// Two vectors of a trace of a known data set, as they would be if the data set were not known.
    pub(in crate::attribution) fn moved_to_unseen(
        &self,
        [whole, pieces]: &[Vec<f32>; 2],
        data_set: usize,
        words: usize,
    ) -> [Vec<f32>; 2] {
        let data_sets = self.whole.centres.len();
        let (mut whole, mut pieces) = (whole.clone(), pieces.clone());
        subtract(&mut whole, &self.whole.centres[data_set], -1.0);
        subtract(&mut whole, &self.whole.centres[data_sets - 1], 1.0);
        for (length, share) in between::<f32>(&PIECE_WORDS, words) {
            let centres = &self.pieces.centres[length * data_sets..(length + 1) * data_sets];
            subtract(&mut pieces, &centres[data_set], -share);
            subtract(&mut pieces, &centres[data_sets - 1], share);
        }
        [whole, pieces]
    }
}

impl StyleCoordinates {
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
