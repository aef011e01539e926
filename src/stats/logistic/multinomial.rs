//! Multinomial logistic regression with a ridge penalty, solved in the span of landmarks.
//!
//! The weights that minimize `Σ wᵢ · cross-entropyᵢ + ridge/2 · ‖W‖²` are combinations of the training
//! rows, `W = Xᵀ A` (the representer theorem; Schölkopf, Herbrich & Smola 2001). They are looked for
//! among the combinations of some of these rows, the landmarks `L` (Williams & Seeger 2001): `W = Lᵀ A`.
//! A step then costs two products with the kernel `K = X Lᵀ`, and the penalty is `⟨A, P A⟩` with
//! `P = L Lᵀ`. Where every row is a landmark, nothing is lost.
//!
//! The optimizer is L-BFGS (Nocedal & Wright 2006, algorithm 7.4). Its first guess of the Hessian is
//! `c Kᵀ K + ridge P`, of which `c` is found on the way: without it the many directions in which `K` is
//! flat would take hundreds of steps (logistic FALKON; Marteau-Ferey, Bach & Rudi 2019). One guess
//! serves every fold.

use crate::stats::{
    cholesky::Cholesky,
    products::{add_second_moments, product},
    vectors::{minus, softmax},
};
use ndarray::{Array2, ArrayView2, Axis, linalg::general_mat_mul, s};
use rayon::prelude::*;

/// Pairs that the optimizer remembers.
const MEMORY: usize = 10;
/// Columns of `K` that one task multiplies.
const COLUMNS: usize = 128;
/// Numbers that one task adds up: fixed, so that sums do not depend on the number of threads.
const CHUNK: usize = 1 << 14;
/// `c`: the usual variance of a probability, which is what a trace adds to the Hessian. (It is at most
/// 1/4; Böhning 1992.)
const CURVATURE: f64 = 0.05;
/// What is added to the diagonal of the guess, as shares of its mean and of the mean penalty: single
/// precision sees no less, and landmarks that depend on each other leave directions without any.
const JITTER: [f64; 2] = [1e-6, 1e-2];

/// When to stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stopping {
    /// Largest number of iterations.
    pub iterations: usize,
    /// The gradient's length, relative to that at zero, at which the solution is good enough.
    pub tolerance: f64,
}

/// What is learned from.
#[derive(Clone, Copy)]
pub struct Problem<'a> {
    /// `K`: the products of every trace with every landmark.
    pub kernel: ArrayView2<'a, f32>,
    /// `P`: those of the landmarks with each other.
    pub landmarks: ArrayView2<'a, f32>,
    /// The class of each trace, in `0..classes`.
    pub labels: &'a [usize],
    /// The number of classes.
    pub classes: usize,
}

/// A point of the search: the coefficients and what they predict.
#[derive(Debug, Clone)]
pub struct Solution {
    /// `A`: a row per landmark, a column per class.
    pub coefficients: Array2<f32>,
    /// `K A`: the logits of all traces.
    pub logits: Array2<f32>,
}

/// A guess of the Hessian, decomposed.
pub struct Preconditioner(Option<Cholesky<f64>>);

/// Coefficients with their images, all row-major.
#[derive(Clone)]
struct Point {
    own: Vec<f32>,
    /// `K A`.
    logits: Vec<f32>,
    /// `P A`.
    penalty: Vec<f32>,
}

impl Point {
    fn add(&mut self, factor: f64, other: &Self) {
        axpy(&mut self.own, factor as f32, &other.own);
        axpy(&mut self.logits, factor as f32, &other.logits);
        axpy(&mut self.penalty, factor as f32, &other.penalty);
    }
}

impl Problem<'_> {
    /// `Kᵀ K` over all traces.
    pub fn second_moments(&self) -> Array2<f32> {
        let count = self.kernel.ncols();
        let mut moments = Array2::<f32>::zeros((count, count));
        add_second_moments(&mut moments, self.kernel, 1.0);
        moments
    }

    /// The guess of the Hessian for a penalty; `moments` are the [`Problem::second_moments`].
    pub fn preconditioner(&self, moments: &Array2<f32>, ridge: f64) -> Preconditioner {
        let count = moments.nrows();
        let mut guess = Array2::<f64>::zeros((count, count));
        guess.axis_iter_mut(Axis(0)).into_par_iter().enumerate().for_each(|(i, mut row)| {
            for j in 0..=i {
                row[j] = CURVATURE * f64::from(moments[[i, j]])
                    + ridge * f64::from(self.landmarks[[i, j]]);
            }
        });
        let share = |sum: f64| sum / count.max(1) as f64;
        let penalty = ridge * share(f64::from(self.landmarks.diag().sum()));
        let jitter = (JITTER[0] * share(guess.diag().sum())).max(JITTER[1] * penalty).max(1e-12);
        guess.diag_mut().mapv_inplace(|value| value + jitter);
        Preconditioner(Cholesky::new(guess))
    }

    /// Minimizes the penalized cross-entropy, from `start` on (zero, where there is none). `weights`
    /// says how much each trace counts: 0 for one that is held out, of which the solution still has
    /// the logits. `ridge` > 0 is the penalty (the inverse of scikit-learn's `C`).
    pub fn solve(
        &self,
        weights: &[f32],
        ridge: f64,
        preconditioner: &Preconditioner,
        start: Option<Array2<f32>>,
        stopping: Stopping,
    ) -> Solution {
        let (traces, landmarks) = self.kernel.dim();
        let classes = self.classes;
        let mut point = self.at(vec![0.0; landmarks * classes]);
        let mut gradient = self.gradient(&point, weights, ridge);
        let mut natural = preconditioner.apply(&gradient, classes);
        let length =
            |gradient: &[f32], natural: &[f32]| parallel_dot(gradient, natural).max(0.0).sqrt();
        let enough = stopping.tolerance * length(&gradient, &natural).max(1e-12);
        if let Some(start) = start {
            point = self.at(start.as_standard_layout().iter().copied().collect());
            gradient = self.gradient(&point, weights, ridge);
            natural = preconditioner.apply(&gradient, classes);
        }
        let mut memory: Vec<Step> = Vec::new();
        for _ in 0..stopping.iterations {
            let length = length(&gradient, &natural);
            if length.is_nan() || length <= enough {
                break;
            }
            let direction = self.at(search_direction(&gradient, &natural, &memory));
            let Some(step) = self.line_search(&point, &direction, weights, ridge) else { break };
            point.add(step, &direction);
            let next = self.gradient(&point, weights, ridge);
            let next_natural = preconditioner.apply(&next, classes);
            let moved: Vec<f32> = direction.own.iter().map(|v| v * step as f32).collect();
            let change = minus(&next, &gradient);
            let curvature = parallel_dot(&moved, &change);
            if curvature > 0.0 {
                if memory.len() == MEMORY {
                    memory.remove(0);
                }
                let natural_change = minus(&next_natural, &natural);
                memory.push(Step { moved, change, natural_change, curvature });
            }
            (gradient, natural) = (next, next_natural);
        }
        let array = |values, rows| Array2::from_shape_vec((rows, classes), values);
        Solution {
            coefficients: array(point.own, landmarks).unwrap_or_default(),
            logits: array(point.logits, traces).unwrap_or_default(),
        }
    }

    /// A point with its images.
    fn at(&self, own: Vec<f32>) -> Point {
        let logits = multiply(self.kernel, &own, self.classes);
        let penalty = multiply(self.landmarks, &own, self.classes);
        Point { own, logits, penalty }
    }

    /// `Kᵀ (w (p − y)) + ridge P A`.
    fn gradient(&self, point: &Point, weights: &[f32], ridge: f64) -> Vec<f32> {
        let classes = self.classes;
        let mut residuals = point.logits.clone();
        residuals.par_chunks_mut(classes).zip(self.labels).zip(weights).for_each(
            |((logits, &label), &weight)| {
                softmax(logits);
                logits[label] -= 1.0;
                logits.iter_mut().for_each(|value| *value *= weight);
            },
        );
        let mut gradient = point.penalty.clone();
        gradient.par_chunks_mut(CHUNK).for_each(|c| c.iter_mut().for_each(|v| *v *= ridge as f32));
        let (Ok(right), Ok(mut target)) = (
            ArrayView2::from_shape((self.kernel.nrows(), classes), &residuals),
            ndarray::ArrayViewMut2::from_shape((self.kernel.ncols(), classes), &mut gradient),
        ) else {
            return gradient;
        };
        target.axis_chunks_iter_mut(Axis(0), COLUMNS).into_par_iter().enumerate().for_each(
            |(chunk, mut target)| {
                let from = chunk * COLUMNS;
                let left = self.kernel.slice(s![.., from..from + target.nrows()]);
                general_mat_mul(1.0, &left.t(), &right, 1.0, &mut target);
            },
        );
        gradient
    }

    /// A step length that satisfies the weak Wolfe conditions, by bisection. `None` where there is no
    /// descent left that single precision can see.
    fn line_search(
        &self,
        point: &Point,
        direction: &Point,
        weights: &[f32],
        ridge: f64,
    ) -> Option<f64> {
        let own = parallel_dot(&point.own, &point.penalty);
        let cross = parallel_dot(&direction.own, &point.penalty);
        let far = parallel_dot(&direction.own, &direction.penalty);
        let value_and_slope = |t: f64| {
            let (loss, slope) = self.loss_along(point, direction, t, weights);
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
    fn loss_along(&self, point: &Point, direction: &Point, t: f64, weights: &[f32]) -> (f64, f64) {
        let classes = self.classes;
        let rows = CHUNK.div_ceil(classes);
        let parts: Vec<(f64, f64)> = point
            .logits
            .par_chunks(rows * classes)
            .zip(direction.logits.par_chunks(rows * classes))
            .zip(self.labels.par_chunks(rows).zip(weights.par_chunks(rows)))
            .map(|((logits, along), (labels, weights))| {
                let mut probabilities = vec![0.0_f32; classes];
                let (mut loss, mut slope) = (0.0, 0.0);
                let traces = logits.chunks(classes).zip(along.chunks(classes));
                for ((logits, along), (&label, &weight)) in traces.zip(labels.iter().zip(weights)) {
                    if weight == 0.0 {
                        continue;
                    }
                    for ((p, l), a) in probabilities.iter_mut().zip(logits).zip(along) {
                        *p = l + t as f32 * a;
                    }
                    softmax(&mut probabilities);
                    let weight = f64::from(weight);
                    loss -= weight * f64::from(probabilities[label].max(1e-30)).ln();
                    let mean: f32 = probabilities.iter().zip(along).map(|(p, a)| p * a).sum();
                    slope += weight * f64::from(mean - along[label]);
                }
                (loss, slope)
            })
            .collect();
        parts.into_iter().fold((0.0, 0.0), |(a, b), (c, d)| (a + c, b + d))
    }
}

impl Preconditioner {
    /// The inverse of the guess times a vector of coefficients; the vector itself where the guess
    /// cannot be inverted.
    fn apply(&self, values: &[f32], classes: usize) -> Vec<f32> {
        let Some(cholesky) = &self.0 else { return values.to_vec() };
        let right = Array2::from_shape_fn((values.len() / classes.max(1), classes), |(i, j)| {
            f64::from(values[i * classes + j])
        });
        cholesky.solve(right.view()).iter().map(|&value| value as f32).collect()
    }
}

/// A step of the search, as L-BFGS remembers it.
struct Step {
    moved: Vec<f32>,
    /// The change of the gradient.
    change: Vec<f32>,
    /// The inverse of the guess times the change: the guess is linear, and applied once for each step.
    natural_change: Vec<f32>,
    curvature: f64,
}

/// The two loops of L-BFGS: minus the inverse Hessian's estimate times the gradient. `natural` is the
/// inverse of the guess times the gradient.
fn search_direction(gradient: &[f32], natural: &[f32], memory: &[Step]) -> Vec<f32> {
    let (mut rest, mut direction) = (gradient.to_vec(), natural.to_vec());
    let mut factors = Vec::with_capacity(memory.len());
    for step in memory.iter().rev() {
        let factor = parallel_dot(&step.moved, &rest) / step.curvature;
        axpy(&mut rest, -factor as f32, &step.change);
        axpy(&mut direction, -factor as f32, &step.natural_change);
        factors.push(factor);
    }
    if let Some(Step { change, natural_change, curvature, .. }) = memory.last() {
        let usual = parallel_dot(change, natural_change).max(1e-30);
        let factor = (curvature / usual) as f32;
        direction.par_chunks_mut(CHUNK).for_each(|c| c.iter_mut().for_each(|v| *v *= factor));
    }
    for (step, factor) in memory.iter().zip(factors.into_iter().rev()) {
        let other = parallel_dot(&step.change, &direction) / step.curvature;
        axpy(&mut direction, (factor - other) as f32, &step.moved);
    }
    direction.par_chunks_mut(CHUNK).for_each(|c| c.iter_mut().for_each(|v| *v = -*v));
    direction
}

/// `matrix · V` for a row-major `V` with `classes` columns.
fn multiply(matrix: ArrayView2<'_, f32>, values: &[f32], classes: usize) -> Vec<f32> {
    let Ok(right) = ArrayView2::from_shape((matrix.ncols(), classes), values) else {
        return Vec::new();
    };
    product(matrix, right).into_raw_vec_and_offset().0
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
    target.par_chunks_mut(CHUNK).zip(other.par_chunks(CHUNK)).for_each(|(target, other)| {
        for (target, other) in target.iter_mut().zip(other) {
            *target += factor * other;
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const STOPPING: Stopping = Stopping { iterations: 200, tolerance: 1e-4 };

    fn solve(problem: &Problem<'_>, weights: &[f32], ridge: f64) -> Solution {
        let preconditioner = problem.preconditioner(&problem.second_moments(), ridge);
        problem.solve(weights, ridge, &preconditioner, None, STOPPING)
    }

    /// Two traces with one feature each and one class each: by symmetry `A = [[a, -a], [-a, a]]`
    /// where `ridge · a = 1 − p` and `p = σ(2 a)`.
    #[test]
    fn the_optimum_of_two_traces_is_the_one_worked_by_hand() {
        let kernel = Array2::eye(2);
        let (kernel, landmarks) = (kernel.view(), kernel.view());
        let problem = Problem { kernel, landmarks, labels: &[0, 1], classes: 2 };
        let solution = solve(&problem, &[1.0, 1.0], 0.5);
        let a = f64::from(solution.coefficients[[0, 0]]);
        let p = 1.0 / (1.0 + (-2.0 * a).exp());
        assert!((0.5 * a - (1.0 - p)).abs() < 1e-4, "{a}");
        assert!((solution.coefficients[[0, 1]] as f64 + a).abs() < 1e-4);
        assert!((solution.coefficients[[1, 1]] as f64 - a).abs() < 1e-4);
    }

    /// Rows of seven features, four classes.
    fn example() -> (Array2<f32>, Vec<usize>) {
        let rows = Array2::from_shape_fn((60, 7), |(i, j)| {
            let bits = xxhash_rust::xxh3::xxh3_64(&((i * 7 + j) as u64).to_le_bytes());
            (bits >> 40) as f32 / (1_u64 << 24) as f32 - 0.5
        });
        (rows, (0..60).map(|i| (i * i) % 4).collect())
    }

    #[test]
    fn the_gradient_vanishes_at_the_solution_of_a_larger_problem() {
        let (rows, labels) = example();
        let ridge = 0.1;
        // Seven landmarks span the seven features.
        let all = rows.dot(&rows.t());
        let (kernel, landmarks) = (all.slice(s![.., ..7]), all.slice(s![..7, ..7]));
        let problem = Problem { kernel, landmarks, labels: &labels, classes: 4 };
        // Every trace of the second half counts half.
        let counts: Vec<f32> = (0..60).map(|i| if i < 30 { 1.0 } else { 0.5 }).collect();
        let solution = solve(&problem, &counts, ridge);
        let mut residual = solution.logits.clone();
        for ((mut row, &label), &weight) in residual.outer_iter_mut().zip(&labels).zip(&counts) {
            softmax(row.as_slice_mut().unwrap());
            row[label] -= 1.0;
            row *= weight;
        }
        // W = Xᵀ A is determined, A is not: compare the gradient in the space of W.
        let weights = rows.slice(s![..7, ..]).t().dot(&solution.coefficients);
        let gradient = rows.t().dot(&residual) + weights * ridge as f32;
        assert!(gradient.iter().all(|g| g.abs() < 1e-2), "{gradient}");
    }

    #[test]
    fn landmarks_that_depend_on_each_other_do_no_harm() {
        let (rows, labels) = example();
        let kernel = rows.dot(&rows.t());
        let (kernel, landmarks) = (kernel.view(), kernel.view());
        let problem = Problem { kernel, landmarks, labels: &labels, classes: 4 };
        let all = solve(&problem, &[1.0; 60], 0.1);
        assert!(all.coefficients.iter().all(|value| value.abs() < 1e3), "{}", all.coefficients);
        let few = kernel.slice(s![.., ..7]);
        let landmarks = kernel.slice(s![..7, ..7]);
        let problem = Problem { kernel: few, landmarks, labels: &labels, classes: 4 };
        for (a, b) in all.logits.iter().zip(&solve(&problem, &[1.0; 60], 0.1).logits) {
            assert!((a - b).abs() < 5e-2, "{a} {b}");
        }
    }

    #[test]
    fn landmarks_that_span_the_rows_lose_nothing_and_held_out_traces_teach_nothing() {
        let (rows, mut labels) = example();
        let all = rows.dot(&rows.t());
        let (kernel, landmarks) = (all.slice(s![.., 7..14]), all.slice(s![7..14, 7..14]));
        let others = Problem { kernel, landmarks, labels: &labels, classes: 4 };
        let held_out: Vec<f32> = (0..60).map(|i| f32::from(u8::from(i % 5 != 0))).collect();
        let expected = solve(&others, &held_out, 0.1).logits;
        // Other rows span the same seven dimensions.
        let few = all.slice(s![.., ..7]);
        labels.iter_mut().step_by(5).for_each(|label| *label = 3 - *label);
        let landmarks = all.slice(s![..7, ..7]);
        let of_few = Problem { kernel: few, landmarks, labels: &labels, classes: 4 };
        let found = solve(&of_few, &held_out, 0.1).logits;
        for (a, b) in expected.iter().zip(&found) {
            assert!((a - b).abs() < 5e-2, "{a} {b}");
        }
    }
}
