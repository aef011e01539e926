//! Multinomial logistic regression with a ridge penalty, solved in the span of the traces.
//!
//! The weights that minimize `Σ cross-entropy + ridge/2 · ‖W‖²` are combinations of the training
//! rows, `W = Xᵀ A` (the representer theorem; Schölkopf, Herbrich & Smola 2001). With thousands of
//! traces and hundreds of thousands of features it is far cheaper to look for `A`, one row per
//! trace, than for `W`: a step costs one product with the Gram matrix `K = X Xᵀ`, which is computed
//! once and serves every fold and every penalty. The optimizer is L-BFGS (Nocedal & Wright 2006,
//! algorithm 7.4) in the geometry of `W`: every vector travels with its image under `K`, so that
//! inner products and line searches need no further product.

use crate::stats::vectors::softmax;
use ndarray::{Array2, ArrayView2, Axis, linalg::general_mat_mul, s};
use rayon::prelude::*;

/// Pairs that the optimizer remembers.
const MEMORY: usize = 5;
/// Rows of `K` that one task multiplies.
const BLOCK: usize = 512;
/// Numbers that one task adds up: fixed, so that sums do not depend on the number of threads.
const CHUNK: usize = 1 << 14;

/// When to stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stopping {
    /// Largest number of iterations.
    pub iterations: usize,
    /// The gradient's length, relative to that at zero, at which the solution is good enough.
    pub tolerance: f64,
}

/// A point of the search: the coefficients and what they predict.
#[derive(Debug, Clone)]
pub struct Solution {
    /// `A`: a row per training trace, a column per class.
    pub coefficients: Array2<f32>,
    /// `K A`: the logits of the training traces.
    pub logits: Array2<f32>,
}

impl Solution {
    /// The zero solution, from which a search starts.
    pub fn zero(traces: usize, classes: usize) -> Self {
        let zeros = Array2::zeros((traces, classes));
        Self { coefficients: zeros.clone(), logits: zeros }
    }

    /// The solution with the given coefficients, a row per row of `gram`, from which a search starts.
    pub fn at(gram: ArrayView2<'_, f32>, coefficients: Array2<f32>) -> Self {
        let shape = coefficients.dim();
        let own = coefficients.as_standard_layout();
        let logits = multiply(gram, own.as_slice().unwrap_or_default(), shape.1);
        let logits = Array2::from_shape_vec(shape, logits).unwrap_or_default();
        Self { coefficients, logits }
    }
}

/// Coefficients and their image under `K`, both row-major.
#[derive(Clone)]
struct Pair {
    own: Vec<f32>,
    image: Vec<f32>,
}

impl Pair {
    /// The inner product in the geometry of `W`.
    fn dot(&self, other: &Self) -> f64 {
        parallel_dot(&self.own, &other.image)
    }

    fn add(&mut self, factor: f64, other: &Self) {
        axpy(&mut self.own, factor as f32, &other.own);
        axpy(&mut self.image, factor as f32, &other.image);
    }

    fn scale(&mut self, factor: f64) {
        for values in [&mut self.own, &mut self.image] {
            values
                .par_chunks_mut(CHUNK)
                .for_each(|c| c.iter_mut().for_each(|v| *v *= factor as f32));
        }
    }

    fn minus(&self, other: &Self) -> Self {
        let mut difference = self.clone();
        difference.add(-1.0, other);
        difference
    }
}

/// Minimizes the penalized cross-entropy from `start` on.
///
/// `gram` is `K` over the training traces, symmetric; `labels[i]` in `0..classes` is the class of
/// trace `i`; `ridge` > 0 is the penalty (the inverse of scikit-learn's `C`).
pub fn solve(
    gram: ArrayView2<'_, f32>,
    labels: &[usize],
    ridge: f64,
    start: Solution,
    stopping: Stopping,
) -> Solution {
    let shape = start.coefficients.dim();
    let classes = shape.1;
    let into_vec =
        |array: Array2<f32>| array.as_standard_layout().iter().copied().collect::<Vec<f32>>();
    let mut point = Pair { own: into_vec(start.coefficients), image: into_vec(start.logits) };
    let mut memory: Vec<(Pair, Pair, f64)> = Vec::new();
    let gradient_at = |point: &Pair| {
        let mut own = point.image.clone();
        own.par_chunks_mut(classes).zip(point.own.par_chunks(classes)).zip(labels).for_each(
            |((logits, coefficients), &label)| {
                softmax(logits);
                logits[label] -= 1.0;
                axpy_small(logits, ridge as f32, coefficients);
            },
        );
        let image = multiply(gram, &own, classes);
        Pair { own, image }
    };
    let zero = Pair { own: vec![0.0; point.own.len()], image: vec![0.0; point.own.len()] };
    let mut gradient = gradient_at(&zero);
    let first = gradient.dot(&gradient).max(0.0).sqrt();
    if point.own.iter().any(|&value| value != 0.0) {
        gradient = gradient_at(&point);
    }
    for _ in 0..stopping.iterations {
        let length = gradient.dot(&gradient).max(0.0).sqrt();
        if length.is_nan() || length <= stopping.tolerance * first.max(1e-12) {
            break;
        }
        let direction = search_direction(&gradient, &memory);
        let Some(step) = line_search(&point, &direction, labels, classes, ridge) else { break };
        point.add(step, &direction);
        let next = gradient_at(&point);
        let mut moved = direction;
        moved.scale(step);
        let change = next.minus(&gradient);
        let curvature = moved.dot(&change);
        if curvature > 0.0 {
            if memory.len() == MEMORY {
                memory.remove(0);
            }
            memory.push((moved, change, curvature));
        }
        gradient = next;
    }
    let into_array = |values: Vec<f32>| Array2::from_shape_vec(shape, values).unwrap_or_default();
    Solution { coefficients: into_array(point.own), logits: into_array(point.image) }
}

/// The two loops of L-BFGS: minus the inverse Hessian's estimate times the gradient.
fn search_direction(gradient: &Pair, memory: &[(Pair, Pair, f64)]) -> Pair {
    let mut direction = gradient.clone();
    let mut factors = Vec::with_capacity(memory.len());
    for (moved, change, curvature) in memory.iter().rev() {
        let factor = moved.dot(&direction) / curvature;
        direction.add(-factor, change);
        factors.push(factor);
    }
    if let Some((_, change, curvature)) = memory.last() {
        direction.scale(curvature / change.dot(change).max(1e-30));
    }
    for ((moved, change, curvature), factor) in memory.iter().zip(factors.into_iter().rev()) {
        let other = change.dot(&direction) / curvature;
        direction.add(factor - other, moved);
    }
    direction.scale(-1.0);
    direction
}

/// A step length that satisfies the weak Wolfe conditions, by bisection. `None` where there is no
/// descent left that single precision can see.
fn line_search(
    point: &Pair,
    direction: &Pair,
    labels: &[usize],
    classes: usize,
    ridge: f64,
) -> Option<f64> {
    let (own, cross, far) = (point.dot(point), point.dot(direction), direction.dot(direction));
    let value_and_slope = |t: f64| {
        let (loss, slope) = loss_along(point, direction, t, labels, classes);
        (
            loss + ridge / 2.0 * (own + 2.0 * t * cross + t * t * far),
            slope + ridge * (cross + t * far),
        )
    };
    let (value, slope) = value_and_slope(0.0);
    if slope.is_nan() || slope >= 0.0 {
        return None;
    }
    let (mut low, mut high, mut step) = (0.0, f64::INFINITY, 1.0);
    for _ in 0..30 {
        let (new_value, new_slope) = value_and_slope(step);
        if new_value.is_nan() || new_value > value + 1e-4 * step * slope {
            high = step;
        } else if new_slope < 0.9 * slope {
            low = step;
        } else {
            return Some(step);
        }
        step = if high.is_finite() { (low + high) / 2.0 } else { step * 2.0 };
    }
    (low > 0.0).then_some(low)
}

/// The cross-entropy at `point + t · direction` and its slope along the direction.
fn loss_along(
    point: &Pair,
    direction: &Pair,
    t: f64,
    labels: &[usize],
    classes: usize,
) -> (f64, f64) {
    let rows = CHUNK.div_ceil(classes);
    let parts: Vec<(f64, f64)> = point
        .image
        .par_chunks(rows * classes)
        .zip(direction.image.par_chunks(rows * classes))
        .zip(labels.par_chunks(rows))
        .map(|((logits, along), labels)| {
            let mut probabilities = vec![0.0_f32; classes];
            let (mut loss, mut slope) = (0.0, 0.0);
            for ((logits, along), &label) in
                logits.chunks(classes).zip(along.chunks(classes)).zip(labels)
            {
                for ((p, l), a) in probabilities.iter_mut().zip(logits).zip(along) {
                    *p = l + t as f32 * a;
                }
                softmax(&mut probabilities);
                loss -= f64::from(probabilities[label].max(1e-30)).ln();
                let mean: f32 = probabilities.iter().zip(along).map(|(p, a)| p * a).sum();
                slope += f64::from(mean - along[label]);
            }
            (loss, slope)
        })
        .collect();
    parts.into_iter().fold((0.0, 0.0), |(a, b), (c, d)| (a + c, b + d))
}

/// `K · V` for a row-major `V` with `classes` columns.
fn multiply(gram: ArrayView2<'_, f32>, values: &[f32], classes: usize) -> Vec<f32> {
    let count = gram.nrows();
    let Ok(right) = ArrayView2::from_shape((count, classes), values) else { return Vec::new() };
    let mut product = Array2::<f32>::zeros((count, classes));
    product.axis_chunks_iter_mut(Axis(0), BLOCK).into_par_iter().enumerate().for_each(
        |(block, mut target)| {
            let from = block * BLOCK;
            let left = gram.slice(s![from..from + target.nrows(), ..]);
            general_mat_mul(1.0, &left, &right, 0.0, &mut target);
        },
    );
    product.into_raw_vec_and_offset().0
}

/// The inner product in double precision, by all threads.
fn parallel_dot(a: &[f32], b: &[f32]) -> f64 {
    let parts: Vec<f64> = a
        .par_chunks(CHUNK)
        .zip(b.par_chunks(CHUNK))
        .map(|(a, b)| {
            let mut sums = [0.0_f64; 8];
            for (a, b) in a.chunks(8).zip(b.chunks(8)) {
                for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
                    *sum += f64::from(*a) * f64::from(*b);
                }
            }
            sums.iter().sum::<f64>()
        })
        .collect();
    parts.into_iter().sum()
}

fn axpy(target: &mut [f32], factor: f32, other: &[f32]) {
    target
        .par_chunks_mut(CHUNK)
        .zip(other.par_chunks(CHUNK))
        .for_each(|(target, other)| axpy_small(target, factor, other));
}

fn axpy_small(target: &mut [f32], factor: f32, other: &[f32]) {
    for (target, other) in target.iter_mut().zip(other) {
        *target += factor * other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STOPPING: Stopping = Stopping { iterations: 200, tolerance: 1e-6 };

    /// Two traces with one feature each and one class each: by symmetry `A = [[a, -a], [-a, a]]`
    /// where `ridge · a = 1 − p` and `p = σ(2 a)`.
    #[test]
    fn the_optimum_of_two_traces_is_the_one_worked_by_hand() {
        let gram = Array2::eye(2);
        let solution = solve(gram.view(), &[0, 1], 0.5, Solution::zero(2, 2), STOPPING);
        let a = f64::from(solution.coefficients[[0, 0]]);
        let p = 1.0 / (1.0 + (-2.0 * a).exp());
        assert!((0.5 * a - (1.0 - p)).abs() < 1e-4, "{a}");
        assert!((solution.coefficients[[0, 1]] as f64 + a).abs() < 1e-4);
        assert!((solution.coefficients[[1, 1]] as f64 - a).abs() < 1e-4);
    }

    #[test]
    fn the_gradient_vanishes_at_the_solution_of_a_larger_problem() {
        let (count, classes, ridge) = (60, 4, 0.1);
        let rows = Array2::from_shape_fn((count, 7), |(i, j)| {
            ((i * 31 + j * 17) % 23) as f32 / 23.0 - 0.5
        });
        let gram = rows.dot(&rows.t());
        let labels: Vec<usize> = (0..count).map(|i| (i * i) % classes).collect();
        let solution = solve(gram.view(), &labels, ridge, Solution::zero(count, classes), STOPPING);
        for (i, mut logits) in solution.logits.outer_iter().map(|row| row.to_vec()).enumerate() {
            softmax(&mut logits);
            logits[labels[i]] -= 1.0;
            // W = Xᵀ A is determined, A is not: compare the gradient in the space of W below.
            assert!(logits.iter().all(|p| p.is_finite()));
        }
        let mut residual = solution.logits.clone();
        for (mut row, &label) in residual.outer_iter_mut().zip(&labels) {
            softmax(row.as_slice_mut().unwrap());
            row[label] -= 1.0;
        }
        let weights = rows.t().dot(&solution.coefficients);
        let gradient = rows.t().dot(&residual) + weights * ridge as f32;
        assert!(gradient.iter().all(|g| g.abs() < 1e-2), "{gradient}");
    }
}
