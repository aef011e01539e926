//! Reads pieces of the training traces, by learners that had not seen their prompts.

use crate::attribution::{
    data_sets::{DataSetFolds, HeldOutPiece},
    lengths::TextLength,
    pieces::{Piece, pieces},
    training_set::{TrainingPiece, TrainingSet},
    weights::Weights,
};
use crate::features::{NgramCounter, Vectorizer};
use ndarray::Array2;
use rayon::prelude::*;

/// Pieces of the training traces.
pub(super) struct Pieces {
    pub list: Vec<TrainingPiece>,
    /// What the style embedding reads of each.
    pub values: Array2<f32>,
    /// The logits of each by a regression that had not seen its prompt.
    pub logits: Array2<f32>,
    /// The nearest data sets of each.
    pub held_out: Vec<HeldOutPiece>,
}

/// One piece that was read.
struct ReadPiece {
    piece: TrainingPiece,
    values: Vec<f32>,
    logits: Vec<f32>,
    held_out: HeldOutPiece,
}

/// What reads pieces.
pub(super) struct Readers<'a> {
    pub vectorizer: &'a Vectorizer,
    /// What the style embedding reads.
    pub places: &'a [(usize, f32)],
    /// The regression of each fold.
    pub by_fold: &'a [Weights],
    pub data_sets: &'a DataSetFolds<'a>,
}

impl Readers<'_> {
    /// Reads the pieces of all traces.
    pub fn read(&self, set: &TrainingSet<'_>) -> Pieces {
        let read: Vec<ReadPiece> = set
            .examples
            .par_iter()
            .enumerate()
            .map_init(NgramCounter::default, |counter, (trace, example)| -> Vec<ReadPiece> {
                pieces(&example.text, trace)
                    .map(|piece| self.read_piece(set, trace, piece, counter))
                    .collect()
            })
            .flatten_iter()
            .collect();
        let mut values = Array2::zeros((read.len(), self.places.len()));
        let mut logits = Array2::zeros((read.len(), set.references));
        for (row, one) in read.iter().enumerate() {
            values.row_mut(row).iter_mut().zip(&one.values).for_each(|(to, value)| *to = *value);
            logits.row_mut(row).iter_mut().zip(&one.logits).for_each(|(to, value)| *to = *value);
        }
        Pieces {
            list: read.iter().map(|one| one.piece).collect(),
            values,
            logits,
            held_out: read.iter().map(|one| one.held_out).collect(),
        }
    }

    fn read_piece(
        &self,
        set: &TrainingSet<'_>,
        trace: usize,
        piece: Piece<'_>,
        counter: &mut NgramCounter,
    ) -> ReadPiece {
        let row = self.vectorizer.row(piece.text, counter);
        ReadPiece {
            values: row.dense_at(self.places),
            logits: self.by_fold[set.folds.of[trace]].logits(&row, &(0..0)).0,
            held_out: HeldOutPiece { trace, held_out: self.data_sets.nearest(trace, &row) },
            piece: TrainingPiece {
                trace,
                size: piece.size,
                opening: piece.opening,
                length: TextLength::of(&row),
            },
        }
    }
}
