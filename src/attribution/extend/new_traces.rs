//! The traces of new references, as the style embedding reads them.

use crate::{
    attribution::{example::Example, model::Model, pieces::pieces, style::Place},
    features::{NgramCounter, Row},
};
use ndarray::Array2;
use rayon::prelude::*;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

/// Pieces that are drawn from each trace: new references have few traces.
const PIECES: usize = 6;
/// From this probability of a known data set on, a trace is compared with the centre of its data
/// set.
const IN_DOMAIN: f64 = 0.5;

/// The traces of new references.
pub(super) struct NewTraces {
    pub rows: Vec<Row>,
    /// The data set of each trace; `None` where its subject matter is not known.
    pub data_sets: Vec<Option<usize>>,
    /// The style embedding's values; a row per trace.
    pub whole: Array2<f32>,
    /// The same; a row per piece.
    pub pieces: Array2<f32>,
    pub piece_of: Vec<PlacedPiece>,
}

/// A piece with its place.
pub(super) struct PlacedPiece {
    pub trace: usize,
    pub place: Place,
}

/// One trace that was read.
struct ReadTrace {
    row: Row,
    pieces: Vec<ReadPiece>,
}

/// One piece that was read.
struct ReadPiece {
    values: Vec<f32>,
    /// Its nominal length, an index into [`PIECE_WORDS`](crate::attribution::pieces::PIECE_WORDS).
    size: usize,
}

impl NewTraces {
    /// Reads the traces. `places` are the dense values that the style embedding reads.
    pub fn read(model: &Model, examples: &[Example<'_>], places: &[(usize, f32)]) -> Self {
        let read: Vec<ReadTrace> = examples
            .par_iter()
            .enumerate()
            .map_init(NgramCounter::default, |counter, (i, example)| {
                let mut row = model.vectorizer.row(&example.text, counter);
                row.counts = Vec::new();
                let mut seen = BTreeSet::new();
                let pieces = (0..PIECES).flat_map(|j| pieces(&example.text, PIECES * i + j));
                let pieces = pieces
                    .filter(|piece| seen.insert((piece.text.as_ptr() as usize, piece.size)))
                    .map(|piece| ReadPiece {
                        values: model.vectorizer.row(piece.text, counter).dense_at(places),
                        size: piece.size,
                    })
                    .collect();
                ReadTrace { row, pieces }
            })
            .collect();
        let found: Vec<Option<usize>> = read
            .iter()
            .map(|trace| model.data_sets.find(&trace.row))
            .map(|found| (found.in_domain >= IN_DOMAIN).then_some(found.data_set))
            .collect();
        let data_sets = by_source(examples, &found);
        let count = read.iter().map(|trace| trace.pieces.len()).sum();
        let mut whole = Array2::zeros((read.len(), places.len()));
        let mut pieces = Array2::zeros((count, places.len()));
        let mut piece_of = Vec::new();
        for (trace, ReadTrace { row, pieces: own }) in read.iter().enumerate() {
            let values = row.dense_at(places);
            whole.row_mut(trace).iter_mut().zip(values).for_each(|(to, value)| *to = value);
            for piece in own {
                let mut target = pieces.row_mut(piece_of.len());
                target.iter_mut().zip(&piece.values).for_each(|(to, value)| *to = *value);
                let place = Place::new(piece.size, data_sets[trace]);
                piece_of.push(PlacedPiece { trace, place });
            }
        }
        let rows = read.into_iter().map(|trace| trace.row).collect();
        Self { rows, data_sets, whole, pieces, piece_of }
    }
}

/// The data set of each trace: the one that most traces of its reference and source are found on. A
/// few traces that look like another data set would make a mean of their own there, which counts as
/// much as that of all the rest.
fn by_source(examples: &[Example<'_>], found: &[Option<usize>]) -> Vec<Option<usize>> {
    let mut counts: BTreeMap<(usize, usize), BTreeMap<Option<usize>, usize>> = BTreeMap::new();
    let key = |example: &Example<'_>| (example.label, example.data_set);
    for (example, &data_set) in examples.iter().zip(found) {
        *counts.entry(key(example)).or_default().entry(data_set).or_default() += 1;
    }
    let most = |example: &Example<'_>| {
        let own = counts.get(&key(example))?;
        own.iter()
            .max_by_key(|(data_set, count)| (**count, Reverse(**data_set)))?
            .0
            .as_ref()
            .copied()
    };
    examples.iter().map(most).collect()
}
