//! Chooses the regression's penalty on folds by prompt, and keeps the predictions of the folds.

use crate::attribution::{
    lengths::TextLength,
    stack::{Observations, Stack},
    training_set::TrainingSet,
};
use crate::stats::{
    logistic::multinomial::{Solution, Stopping, solve},
    vectors::argmin,
};
use ndarray::{Array2, Axis, Zip};
use rayon::prelude::*;

/// A search ends when the gradient has shrunk to this share, or after this many steps.
pub(super) const STOPPING: Stopping = Stopping { iterations: 60, tolerance: 1e-2 };
/// Penalties that are tried, from strong to weak: each search starts from the last solution.
const RIDGES: [f64; 2] = [0.03, 0.01];
/// The penalty is chosen on this many folds; the others only learn with the chosen one. The
/// regression's weight in the stack matters more than fine tuning of its penalty.
const RIDGE_FOLDS: usize = 1;

/// The regression of one penalty on all folds.
pub(super) struct Chosen {
    /// The penalty with the smallest calibrated loss.
    pub ridge: f64,
    /// Its out-of-fold logits: a row per trace, a column per reference.
    pub logits: Array2<f32>,
    /// The mean of the folds' coefficients: a good place to start learning from all traces.
    pub start: Array2<f32>,
    /// The coefficients of each fold's regression, a row per trace; zero for its own traces.
    pub by_fold: Vec<Array2<f32>>,
}

/// Tries the penalties over a Gram matrix of all traces.
pub(super) fn choose(gram: &Array2<f32>, set: &TrainingSet<'_>, lengths: &[TextLength]) -> Chosen {
    let TrainingSet { labels, folds, references, .. } = set;
    let zeros = Array2::<f32>::zeros((labels.len(), *references));
    let mut candidates: Vec<Chosen> = RIDGES
        .into_iter()
        .map(|ridge| Chosen {
            ridge,
            logits: zeros.clone(),
            start: zeros.clone(),
            by_fold: Vec::new(),
        })
        .collect();
    for fold in 0..folds.count {
        if fold == RIDGE_FOLDS {
            candidates = vec![best_of(candidates, set, lengths)];
        }
        let (train, test) = folds.split(fold);
        let inside = select(gram, &train, &train);
        let across = select(gram, &test, &train);
        let train_labels: Vec<usize> = train.iter().map(|&i| labels[i]).collect();
        let mut solution = Solution::zero(train.len(), *references);
        for candidate in &mut candidates {
            solution = solve(inside.view(), &train_labels, candidate.ridge, solution, STOPPING);
            let predicted = across.dot(&solution.coefficients);
            for (&i, row) in test.iter().zip(predicted.outer_iter()) {
                candidate.logits.row_mut(i).assign(&row);
            }
            // Every trace was learned from in all folds but one.
            let share = 1.0 / (folds.count - 1) as f32;
            let mut own = zeros.clone();
            for (&i, row) in train.iter().zip(solution.coefficients.outer_iter()) {
                candidate.start.row_mut(i).scaled_add(share, &row);
                own.row_mut(i).assign(&row);
            }
            candidate.by_fold.push(own);
        }
    }
    best_of(candidates, set, lengths)
}

/// The candidate with the smallest calibrated loss on the folds that chose the penalty; the
/// stronger penalty of several.
fn best_of(mut candidates: Vec<Chosen>, set: &TrainingSet<'_>, lengths: &[TextLength]) -> Chosen {
    if candidates.len() == 1 {
        return candidates.swap_remove(0);
    }
    let held_out: Vec<usize> = (0..set.len()).filter(|&i| set.folds.of[i] < RIDGE_FOLDS).collect();
    let loss = |chosen: &Chosen| {
        let logits = chosen.logits.select(Axis(0), &held_out);
        Stack::fit(&Observations {
            learners: vec![logits.view()],
            labels: held_out.iter().map(|&i| set.labels[i]).collect(),
            lengths: held_out.iter().map(|&i| lengths[i]).collect(),
            weights: vec![1.0; held_out.len()],
            data_sets: Vec::new(),
            candidates: &[],
            candidates_of: &[],
        })
        .1
    };
    let losses: Vec<f64> = candidates.iter().map(loss).collect();
    candidates.swap_remove(argmin(&losses))
}

/// The rows and columns of a matrix.
fn select(matrix: &Array2<f32>, rows: &[usize], columns: &[usize]) -> Array2<f32> {
    let mut part = Array2::<f32>::zeros((rows.len(), columns.len()));
    part.axis_iter_mut(Axis(0)).into_par_iter().zip(rows).for_each(|(mut target, &row)| {
        let source = matrix.row(row);
        Zip::from(&mut target).and(columns).for_each(|value, &column| *value = source[column]);
    });
    part
}
