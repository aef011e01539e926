//! What the default model is learned from: labelled traces with their folds, and pieces of them.

use super::{error::FitError, example::Example, folds::Folds, lengths::TextLength};
use std::collections::BTreeMap;

/// How much the opening of a trace counts beside a whole trace when learners are weighed, and how
/// much a stretch from within: most scored traces are whole, and most others were cut off at a
/// limit.
const OPENING_WEIGHT: f64 = 0.5;
const STRETCH_WEIGHT: f64 = 0.1;

/// A trace counts by this power of the number of its reference's traces on its data set. A half lets the
/// number count less; on 4,669 traces of all corpora top-1 on held-out prompts was 0.645 with it and
/// 0.647 without.
const BALANCE: f64 = -0.5;

/// Labelled traces.
pub(super) struct TrainingSet<'a> {
    pub examples: &'a [Example<'a>],
    /// The number of references.
    pub references: usize,
    /// The reference of each trace.
    pub labels: Vec<usize>,
    /// The prompt of each trace.
    pub prompts: Vec<u32>,
    /// The data set of each trace, in `0..data_set_count`.
    pub data_sets: Vec<usize>,
    pub data_set_count: usize,
    /// How much each trace counts; 1 in the mean.
    pub weights: Vec<f32>,
    /// Folds by groups of prompts that ask nearly the same.
    pub folds: Folds,
}

impl<'a> TrainingSet<'a> {
    /// Deals the examples out to folds.
    ///
    /// # Errors
    /// [`FitError::OnePrompt`] where there are fewer than two groups of prompts.
    pub fn new(
        examples: &'a [Example<'a>],
        references: usize,
        seed: u64,
    ) -> Result<Self, FitError> {
        let groups: Vec<u32> = examples.iter().map(|example| example.group).collect();
        let data_sets: Vec<usize> = examples.iter().map(|example| example.data_set).collect();
        let labels: Vec<usize> = examples.iter().map(|example| example.label).collect();
        Ok(Self {
            examples,
            references,
            weights: weights(&labels, &data_sets),
            labels,
            prompts: examples.iter().map(|example| example.prompt).collect(),
            data_set_count: data_sets.iter().max().map_or(1, |most| most + 1),
            data_sets,
            folds: Folds::by_prompt(&groups, seed).ok_or(FitError::OnePrompt)?,
        })
    }

    /// The number of traces.
    pub fn len(&self) -> usize {
        self.examples.len()
    }

    /// All that learners are weighed on: the traces, whose lengths these are, then the pieces.
    pub fn entries(&self, lengths: &[TextLength], pieces: &[TrainingPiece]) -> Vec<Entry> {
        let entry = |trace: usize, length: TextLength, weight: f64| Entry {
            reference: self.labels[trace],
            data_set: self.data_sets[trace],
            length,
            weight,
        };
        let traces = lengths.iter().enumerate().map(|(i, &length)| entry(i, length, 1.0));
        let pieces = pieces.iter().map(|piece| entry(piece.trace, piece.length, piece.weight()));
        traces.chain(pieces).collect()
    }
}

/// How much each trace counts: less where a reference has many on a data set, so that its number of
/// traces draws nobody to it. 1 in the mean.
fn weights(labels: &[usize], data_sets: &[usize]) -> Vec<f32> {
    let mut cells: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let cell_of = |i: usize| (labels[i], data_sets[i]);
    for i in 0..labels.len() {
        *cells.entry(cell_of(i)).or_default() += 1;
    }
    let raw: Vec<f64> =
        (0..labels.len()).map(|i| (cells[&cell_of(i)] as f64).powf(BALANCE)).collect();
    let mean = raw.iter().sum::<f64>() / raw.len().max(1) as f64;
    raw.into_iter().map(|weight| (weight / mean) as f32).collect()
}

/// A piece of a trace.
#[derive(Debug, Clone, Copy)]
pub(super) struct TrainingPiece {
    /// The number of its trace.
    pub trace: usize,
    /// Its nominal length, an index into [`PIECE_WORDS`](super::pieces::PIECE_WORDS).
    pub size: usize,
    /// Whether it is the opening of its trace.
    pub opening: bool,
    /// How much text it is.
    pub length: TextLength,
}

impl TrainingPiece {
    fn weight(&self) -> f64 {
        if self.opening { OPENING_WEIGHT } else { STRETCH_WEIGHT }
    }
}

/// A trace or a piece, as the learners are weighed on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// The reference that wrote it.
    pub reference: usize,
    pub data_set: usize,
    pub length: TextLength,
    /// How much it counts; a whole trace counts 1.
    pub weight: f64,
}
