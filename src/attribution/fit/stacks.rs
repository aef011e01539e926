//! The stacks: learned from the learners' predictions for traces and pieces that they had not seen.

use crate::attribution::{
    stack::{Observations, Stack},
    style::OutOfSample,
    training_set::Entry,
};
use ndarray::ArrayView2;

/// A stack for known data sets. `learners` have a row for each of `of`, which are indices of
/// `entries`.
pub(super) fn known(learners: &[ArrayView2<'_, f32>], of: &[usize], entries: &[Entry]) -> Stack {
    Stack::fit(&Observations {
        learners: learners.to_vec(),
        labels: of.iter().map(|&i| entries[i].reference).collect(),
        lengths: of.iter().map(|&i| entries[i].length).collect(),
        weights: of.iter().map(|&i| entries[i].weight).collect(),
        data_sets: of.iter().map(|&i| entries[i].data_set).collect(),
        candidates: &[],
        candidates_of: &[],
    })
    .0
}

/// A stack for unseen data sets: what both heads say of traces and pieces of data sets that were
/// left out. The regression has no part in it: it learns what each data set is about. Every data
/// set weighs the same.
pub(super) fn unseen(new: &OutOfSample, entries: &[Entry], data_set_count: usize) -> Stack {
    let mut sizes = vec![0.0_f64; data_set_count];
    for &i in &new.of {
        sizes[entries[i].data_set] += entries[i].weight;
    }
    let filled = sizes.iter().filter(|size| **size > 0.0).count().max(1) as f64;
    let share = sizes.iter().sum::<f64>() / filled;
    let weight = |entry: &Entry| entry.weight * share / sizes[entry.data_set];
    Stack::fit(&Observations {
        learners: vec![new.whole.view(), new.pieces.view()],
        labels: new.of.iter().map(|&i| entries[i].reference).collect(),
        lengths: new.of.iter().map(|&i| entries[i].length).collect(),
        weights: new.of.iter().map(|&i| weight(&entries[i])).collect(),
        data_sets: Vec::new(),
        candidates: &new.candidates,
        candidates_of: &new.candidates_of,
    })
    .0
}
