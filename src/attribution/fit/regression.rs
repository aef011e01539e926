//! Chooses the regression's penalty on folds by prompt, and keeps the predictions of the folds.

use crate::attribution::{
    lengths::TextLength,
    stack::{Observations, Stack},
    training_set::TrainingSet,
};
use crate::stats::{
    logistic::multinomial::{Preconditioner, Problem, Solution, Stopping},
    vectors::argmin,
};
use ndarray::{Array2, Axis};

/// A search ends when the gradient has shrunk to this share, or after this many steps.
const STOPPING: Stopping = Stopping { iterations: 60, tolerance: 1e-2 };
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
    /// The coefficients of each fold's regression, a row per landmark.
    pub by_fold: Vec<Array2<f32>>,
    /// The guess of the Hessian, which serves learning from all traces too.
    preconditioner: Preconditioner,
}

/// Tries the penalties.
pub(super) fn choose(
    problem: &Problem<'_>,
    set: &TrainingSet<'_>,
    lengths: &[TextLength],
) -> Chosen {
    let moments = problem.second_moments();
    let mut candidates: Vec<Chosen> = RIDGES
        .into_iter()
        .map(|ridge| Chosen {
            ridge,
            logits: Array2::zeros((set.len(), set.references)),
            by_fold: Vec::new(),
            preconditioner: problem.preconditioner(&moments, ridge),
        })
        .collect();
    drop(moments);
    for fold in 0..set.folds.count {
        if fold == RIDGE_FOLDS {
            candidates = vec![best_of(candidates, set, lengths)];
        }
        let held_out = |i: usize| set.folds.of[i] == fold;
        let weights: Vec<f32> =
            (0..set.len()).map(|i| if held_out(i) { 0.0 } else { set.weights[i] }).collect();
        // Another fold, or another penalty, has nearly the same solution.
        let mut start: Option<Array2<f32>> = None;
        for candidate in &mut candidates {
            let start = start.take().or_else(|| candidate.by_fold.last().cloned());
            let Solution { coefficients, logits } = problem.solve(
                &weights,
                candidate.ridge,
                &candidate.preconditioner,
                start,
                STOPPING,
            );
            for i in (0..set.len()).filter(|&i| held_out(i)) {
                candidate.logits.row_mut(i).assign(&logits.row(i));
            }
            candidate.by_fold.push(coefficients);
        }
    }
    best_of(candidates, set, lengths)
}

impl Chosen {
    /// The coefficients that are learned from all traces.
    pub fn learn_from_all(&self, problem: &Problem<'_>, set: &TrainingSet<'_>) -> Array2<f32> {
        let share = 1.0 / self.by_fold.len().max(1) as f32;
        let mut start = Array2::zeros((problem.kernel.ncols(), set.references));
        self.by_fold.iter().for_each(|fold| start.scaled_add(share, fold));
        let (weights, preconditioner) = (&set.weights, &self.preconditioner);
        problem.solve(weights, self.ridge, preconditioner, Some(start), STOPPING).coefficients
    }
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
