//! What is learned from traces whose whole data set was left out: how to judge on subject matter that the
//! atlas does not know.
//!
//! Comes in: the vectors of such traces by style embeddings that had not seen their data set
//! ([`OutOfSample`]). Goes out: the stack, the open set and the figures for new data set. Called by `fit`.

use super::{
    fit::judged,
    lengths::TextLength,
    open_set::{Judged, OpenSet},
    stack::{Observations, Stack},
    style::OutOfSample,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// New data set is learned from so many traces and pieces of references that are known from elsewhere too.
pub(super) const MINIMUM_TRACES: usize = 50;

/// How well the learner did on subject matter that it had not seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnseenDataSet {
    /// Traces.
    pub traces: usize,
    /// Share of traces whose reference had the largest probability.
    pub top1: f64,
    /// Share of traces whose reference was among the five largest.
    pub top5: f64,
    /// Mean logarithmic loss of the calibrated probabilities, in nats, each data set weighing the same.
    pub log_loss: f64,
}

/// The stack for new data set: what both heads said of traces and pieces of a data set that was left out.
/// The regression is not asked: it learns what each data set is about. Every data set weighs the same.
pub(super) fn fit_stack(
    new: &OutOfSample,
    entry: &dyn Fn(usize) -> (usize, TextLength, usize),
    weight: &dyn Fn(usize) -> f64,
    data_set_count: usize,
) -> Stack {
    let mut sizes = vec![0.0_f64; data_set_count];
    for &i in &new.of {
        sizes[entry(i).2] += weight(i);
    }
    let filled = sizes.iter().filter(|size| **size > 0.0).count().max(1) as f64;
    let share = sizes.iter().sum::<f64>() / filled;
    Stack::fit(&Observations {
        learners: vec![new.whole.view(), new.pieces.view()],
        labels: new.of.iter().map(|&i| entry(i).0).collect(),
        extents: new.of.iter().map(|&i| entry(i).1).collect(),
        weights: new.of.iter().map(|&i| weight(i) * share / sizes[entry(i).2]).collect(),
        data_sets: Vec::new(),
        candidates: &new.candidates,
        candidates_of: &new.candidates_of,
    })
    .0
}

/// A whole trace on data set that was left out.
pub(super) struct OnUnseenDataSet {
    label: usize,
    data_set: usize,
    extent: TextLength,
    /// Among the references that are known from elsewhere; zero for the others.
    probabilities: Vec<f32>,
    /// The vector by whole traces.
    place: Vec<f32>,
}

/// What the stack makes of the whole traces that were left out, among the references that are known
/// from elsewhere. `entry` gives the reference, the extent and the data set of each of `of`.
pub(super) fn judge(
    new: &OutOfSample,
    stack: &Stack,
    entry: &dyn Fn(usize) -> (usize, TextLength, usize),
    traces: usize,
) -> Vec<OnUnseenDataSet> {
    let whole_traces = new.of.iter().enumerate().filter(|(_, i)| **i < traces);
    whole_traces
        .map(|(at, &i)| {
            let (label, extent, data_set) = entry(i);
            let (place, pieces) = (new.whole.row(at).to_vec(), new.pieces.row(at).to_vec());
            let known = &new.candidates[new.candidates_of[at]];
            let probabilities =
                stack.probabilities_among(Some(known.as_slice()), &[&place, &pieces], extent, None);
            OnUnseenDataSet { label, data_set, extent, probabilities, place }
        })
        .collect()
}

/// The open set of new data set.
pub(super) fn open_set(traces: &[OnUnseenDataSet]) -> OpenSet {
    let labels: Vec<usize> = traces.iter().map(|trace| trace.label).collect();
    let data_sets: Vec<usize> = traces.iter().map(|trace| trace.data_set).collect();
    let judged: Vec<Judged<'_>> = traces
        .iter()
        .map(|trace| Judged {
            probabilities: &trace.probabilities,
            // The regression is not asked on new data set.
            regression: &trace.place,
            style: &trace.place,
            words: trace.extent.words,
        })
        .collect();
    OpenSet::fit(&judged, &labels, &data_sets)
}

/// How well the learner did there.
pub(super) fn summarize(traces: &[OnUnseenDataSet]) -> UnseenDataSet {
    let mut by_data_set: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    let (mut top1, mut top5) = (0_usize, 0_usize);
    for trace in traces {
        let (_, first, five, loss) = judged(&trace.probabilities, trace.label);
        top1 += usize::from(first);
        top5 += usize::from(five);
        let sums = by_data_set.entry(trace.data_set).or_default();
        sums.0 += loss;
        sums.1 += 1.0;
    }
    let losses: f64 = by_data_set.values().map(|(sum, count)| sum / count).sum();
    let count = traces.len().max(1) as f64;
    UnseenDataSet {
        traces: traces.len(),
        top1: top1 as f64 / count,
        top5: top5 as f64 / count,
        log_loss: losses / by_data_set.len().max(1) as f64,
    }
}
