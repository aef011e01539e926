//! What traces teach whose whole data set was left out: how to score unknown subject matter.
//!
//! Comes in: the vectors of such traces by style embeddings that had not seen their data set
//! ([`OutOfSample`]), and the stack that was learned from them. Goes out: the open set and the
//! figures for unseen data sets. Called by the trainer.

use super::cross_validation::{Recognition, UnseenDataSet};
use crate::attribution::{
    lengths::TextLength,
    open_set::{OpenSet, OpenSetInput},
    stack::Stack,
    style::OutOfSample,
    training_set::Entry,
};
use std::collections::BTreeMap;

/// The fewest traces and pieces, of references that are known from other data sets too, that a
/// stack for unseen data sets is learned from.
pub(super) const MINIMUM_TRACES: usize = 50;

/// The whole traces of data sets that were left out.
pub(super) struct UnseenTraces(Vec<UnseenTrace>);

/// A whole trace of a data set that was left out.
struct UnseenTrace {
    label: usize,
    data_set: usize,
    length: TextLength,
    /// Among the references that are known from other data sets; zero for the others.
    probabilities: Vec<f32>,
    /// The vector by whole traces.
    whole: Vec<f32>,
}

impl UnseenTraces {
    /// Scores the whole traces, which are the first `traces` of `entries`, by the stack.
    pub fn score(new: &OutOfSample, stack: &Stack, entries: &[Entry], traces: usize) -> Self {
        let whole_traces = new.of.iter().enumerate().filter(|(_, i)| **i < traces);
        let score = |(row, &i): (usize, &usize)| {
            let Entry { reference, data_set, length, .. } = entries[i];
            let (whole, pieces) = (new.whole.row(row).to_vec(), new.pieces.row(row).to_vec());
            let known = &new.candidates[new.candidates_of[row]];
            let probabilities =
                stack.probabilities_among(Some(known), &[&whole, &pieces], length, None);
            UnseenTrace { label: reference, data_set, length, probabilities, whole }
        };
        Self(whole_traces.map(score).collect())
    }

    /// The open set for unseen data sets.
    pub fn open_set(&self) -> OpenSet {
        let labels: Vec<usize> = self.0.iter().map(|trace| trace.label).collect();
        let data_sets: Vec<usize> = self.0.iter().map(|trace| trace.data_set).collect();
        let inputs: Vec<OpenSetInput<'_>> = self
            .0
            .iter()
            .map(|trace| OpenSetInput {
                probabilities: &trace.probabilities,
                // The regression has no part in scores of unseen data sets.
                regression: &trace.whole,
                style: &trace.whole,
                words: trace.length.words,
            })
            .collect();
        OpenSet::fit(&inputs, &labels, &data_sets)
    }

    /// How well they were recognized.
    pub fn summary(&self) -> UnseenDataSet {
        let mut losses: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        let (mut top1, mut top5) = (0_usize, 0_usize);
        for trace in &self.0 {
            let recognized = Recognition::new(&trace.probabilities, trace.label);
            top1 += usize::from(recognized.first);
            top5 += usize::from(recognized.among_five);
            losses.entry(trace.data_set).or_default().push(recognized.loss);
        }
        let mean = |own: &Vec<f64>| own.iter().fold(0.0, |sum, loss| sum + loss) / own.len() as f64;
        let count = self.0.len().max(1) as f64;
        UnseenDataSet {
            traces: self.0.len(),
            top1: top1 as f64 / count,
            top5: top5 as f64 / count,
            log_loss: losses.values().map(mean).sum::<f64>() / losses.len().max(1) as f64,
        }
    }
}
