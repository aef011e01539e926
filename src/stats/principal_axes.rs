//! The directions in which points vary most.
//!
//! Orthogonal (subspace) iteration with a block of directions (Golub & Van Loan 2013, section 8.2.4):
//! nearly all of the work is products of matrices. What comes out spans the principal subspace; the
//! axes themselves are not turned into its eigenvectors, as those who use it whiten it anyway.

use super::{cholesky::Cholesky, products::product};
use ndarray::{Array2, ArrayView2};
use xxhash_rust::xxh3::xxh3_64;

/// Products with the matrix: the weakest directions that are kept matter least.
const ITERATIONS: usize = 6;

/// An orthonormal basis of the subspace in which `covariance` (symmetric, all of it filled) is
/// largest: a row per coordinate, a column per axis, at most `count` of them. It does not depend on
/// the number of threads.
pub(crate) fn principal_axes(covariance: ArrayView2<'_, f32>, count: usize) -> Array2<f32> {
    let size = covariance.nrows();
    let count = count.min(size);
    // Any start does; a fixed one gives the same axes each time.
    let start = Array2::from_shape_fn((size, count), |(i, j)| {
        let bits = xxh3_64(&((i * count + j) as u64).to_le_bytes());
        (bits >> 40) as f32 / (1_u64 << 24) as f32 - 0.5
    });
    let mut axes = orthonormal(start);
    for _ in 0..ITERATIONS {
        axes = orthonormal(product(covariance, axes.view()));
    }
    axes
}

/// Columns that span the same space and are orthonormal. Columns that add nothing are left out.
fn orthonormal(mut columns: Array2<f32>) -> Array2<f32> {
    // Twice: once leaves errors of the size of the condition number squared.
    for _ in 0..2 {
        let exact = columns.mapv(f64::from);
        let mut products = exact.t().dot(&exact);
        let mean = products.diag().sum() / products.nrows().max(1) as f64;
        products.diag_mut().mapv_inplace(|value| value + 1e-12 * mean.max(1e-300));
        let Some(cholesky) = Cholesky::new(products) else { return columns };
        columns = cholesky.forward(exact.t()).t().mapv(|value| value as f32);
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_directions_of_a_diagonal_are_found() {
        let covariance = Array2::from_diag(&ndarray::arr1(&[1.0_f32, 50.0, 0.5, 20.0, 0.1, 2.0]));
        let axes = principal_axes(covariance.view(), 2);
        assert_eq!(axes.dim(), (6, 2));
        // The plane of the second and fourth coordinate: the projection onto it keeps both.
        let projection = axes.dot(&axes.t());
        for (i, expected) in [0.0, 1.0, 0.0, 1.0, 0.0, 0.0].into_iter().enumerate() {
            assert!((projection[[i, i]] - expected).abs() < 1e-3, "{projection}");
        }
    }

    #[test]
    fn more_axes_than_coordinates_are_cut() {
        let axes = principal_axes(Array2::<f32>::eye(3).view(), 9);
        let products = axes.t().dot(&axes);
        assert_eq!(axes.dim(), (3, 3));
        assert!((&products - &Array2::<f32>::eye(3)).iter().all(|error| error.abs() < 1e-4));
    }
}
