//! Solving symmetric positive definite systems: the Cholesky decomposition, in blocks.
//!
//! Nearly all of the work is matrix products, which `ndarray` does at the speed of the machine; the
//! unblocked decompositions of pure-Rust libraries take a hundred times as long at the two thousand
//! unknowns of the style embedding. Every element is computed by one task in a fixed order, so that the
//! result does not depend on the number of threads. Golub & Van Loan 2013, section 4.2.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, NdFloat, linalg::general_mat_mul, s};
use rayon::prelude::*;

/// Columns that are eliminated at a time.
const BLOCK: usize = 96;
/// Rows of a product that one task computes.
const ROWS: usize = 192;

/// The lower triangular factor `L` of a symmetric positive definite matrix `L Lᵀ`.
#[derive(Debug, Clone)]
pub struct Cholesky<T> {
    /// What stands above the diagonal has no meaning.
    lower: Array2<T>,
    /// The inverse of each block on the diagonal: with it, eliminating is a matrix product too.
    inverses: Vec<Array2<T>>,
}

impl<T: NdFloat> Cholesky<T> {
    /// Decomposes a square matrix, of which the diagonal and what is below it are read.
    /// `None` where it is not positive definite to working precision.
    pub fn new(mut matrix: Array2<T>) -> Option<Self> {
        let size = matrix.nrows();
        let mut inverses = Vec::with_capacity(size.div_ceil(BLOCK));
        for from in (0..size).step_by(BLOCK) {
            let to = (from + BLOCK).min(size);
            factor_block(&mut matrix, from, to)?;
            let inverse = inverse_of(matrix.slice(s![from..to, from..to]));
            let (_, mut below) = matrix.view_mut().split_at(Axis(0), to);
            below.axis_chunks_iter_mut(Axis(0), ROWS).into_par_iter().for_each(|mut rows| {
                let mut own = rows.slice_mut(s![.., from..to]);
                let left = own.to_owned();
                general_mat_mul(T::one(), &left, &inverse.t(), T::zero(), &mut own);
            });
            inverses.push(inverse);
            let panel = below.slice(s![.., from..to]).to_owned();
            below.axis_chunks_iter_mut(Axis(0), ROWS).into_par_iter().enumerate().for_each(
                |(chunk, mut rows)| {
                    let first = chunk * ROWS;
                    let last = first + rows.nrows();
                    let left = panel.slice(s![first..last, ..]);
                    let right = panel.slice(s![..last, ..]);
                    let mut target = rows.slice_mut(s![.., to..to + last]);
                    general_mat_mul(-T::one(), &left, &right.t(), T::one(), &mut target);
                },
            );
        }
        Some(Self { lower: matrix, inverses })
    }

    /// The solution `X` of `L Lᵀ X = right`, a column for each column of `right`.
    pub fn solve(&self, right: ArrayView2<'_, T>) -> Array2<T> {
        self.backward(self.forward(right).view())
    }

    /// The solution `X` of `L X = right`, a column for each column of `right`.
    pub fn forward(&self, right: ArrayView2<'_, T>) -> Array2<T> {
        let size = self.lower.nrows();
        let mut solution = right.to_owned();
        for (block, inverse) in self.inverses.iter().enumerate() {
            let from = block * BLOCK;
            let to = (from + BLOCK).min(size);
            let (mut head, rest) = solution.view_mut().split_at(Axis(0), to);
            let own = inverse.dot(&head.slice(s![from.., ..]));
            head.slice_mut(s![from.., ..]).assign(&own);
            subtract_products(rest, self.lower.slice(s![to.., from..to]), &own);
        }
        solution
    }

    /// The solution `X` of `Lᵀ X = right`, a column for each column of `right`.
    pub fn backward(&self, right: ArrayView2<'_, T>) -> Array2<T> {
        let size = self.lower.nrows();
        let mut solution = right.to_owned();
        for (block, inverse) in self.inverses.iter().enumerate().rev() {
            let from = block * BLOCK;
            let to = (from + BLOCK).min(size);
            let (rest, mut tail) = solution.view_mut().split_at(Axis(0), from);
            let own = inverse.t().dot(&tail.slice(s![..to - from, ..]));
            tail.slice_mut(s![..to - from, ..]).assign(&own);
            subtract_products(rest, self.lower.slice(s![from..to, ..from]).t(), &own);
        }
        solution
    }
}

/// `target - left · right`, in place.
fn subtract_products<T: NdFloat>(
    mut target: ArrayViewMut2<'_, T>,
    left: ArrayView2<'_, T>,
    right: &Array2<T>,
) {
    target
        .axis_chunks_iter_mut(Axis(0), ROWS)
        .into_par_iter()
        .zip(left.axis_chunks_iter(Axis(0), ROWS))
        .for_each(|(mut rows, left)| {
            general_mat_mul(-T::one(), &left, right, T::one(), &mut rows);
        });
}

/// The inverse of a lower triangular block.
fn inverse_of<T: NdFloat>(block: ArrayView2<'_, T>) -> Array2<T> {
    let size = block.nrows();
    let mut inverse = Array2::<T>::zeros((size, size));
    for row in 0..size {
        let (above, mut below) = inverse.view_mut().split_at(Axis(0), row);
        let mut own = below.row_mut(0);
        own[row] = T::one();
        for (k, solved) in above.outer_iter().enumerate() {
            own.scaled_add(-block[[row, k]], &solved);
        }
        let pivot = block[[row, row]];
        own.mapv_inplace(|value| value / pivot);
    }
    inverse
}

/// Decomposes the square block on the diagonal.
fn factor_block<T: NdFloat>(matrix: &mut Array2<T>, from: usize, to: usize) -> Option<()> {
    for j in from..to {
        let mut pivot = matrix[[j, j]];
        for k in from..j {
            pivot -= matrix[[j, k]] * matrix[[j, k]];
        }
        if !pivot.is_finite() || pivot <= T::zero() {
            return None;
        }
        let pivot = pivot.sqrt();
        matrix[[j, j]] = pivot;
        for i in j + 1..to {
            let mut sum = matrix[[i, j]];
            for k in from..j {
                sum -= matrix[[i, k]] * matrix[[j, k]];
            }
            matrix[[i, j]] = sum / pivot;
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_of_two_is_the_one_worked_by_hand() {
        // [[4, 2], [2, 5]] = L Lᵀ with L = [[2, 0], [1, 2]]; the solution for (8, 9) is (11/8, 5/4).
        let cholesky = Cholesky::new(ndarray::arr2(&[[4.0_f64, 2.0], [2.0, 5.0]])).unwrap();
        assert_eq!(cholesky.lower[[1, 0]], 1.0);
        assert_eq!(cholesky.lower[[1, 1]], 2.0);
        let solution = cholesky.solve(ndarray::arr2(&[[8.0], [9.0]]).view());
        assert!(
            (solution[[0, 0]] - 1.375).abs() < 1e-12 && (solution[[1, 0]] - 1.25).abs() < 1e-12
        );
    }

    #[test]
    fn a_system_of_many_blocks_is_solved() {
        let size = 2 * ROWS + BLOCK + 7;
        let root = Array2::from_shape_fn((size, size), |(i, j)| {
            ((i * 31 + j * 17 + i * j) % 23) as f64 / 23.0 - 0.5
        });
        let mut matrix = root.dot(&root.t());
        matrix.diag_mut().mapv_inplace(|value| value + 1.0);
        let expected = Array2::from_shape_fn((size, 3), |(i, j)| ((i + 5 * j) % 11) as f64 - 5.0);
        let right = matrix.dot(&expected);
        let solution = Cholesky::new(matrix).unwrap().solve(right.view());
        assert!((&solution - &expected).iter().all(|difference| difference.abs() < 1e-7));
    }

    #[test]
    fn what_is_not_positive_definite_is_refused() {
        assert!(Cholesky::new(ndarray::arr2(&[[1.0_f64, 2.0], [2.0, 1.0]])).is_none());
        assert!(Cholesky::new(ndarray::arr2(&[[f32::NAN]])).is_none());
    }
}
