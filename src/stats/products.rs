//! Products of matrices by all threads, each element summed in a fixed order.

use ndarray::{Array2, ArrayView2, Axis, linalg::general_mat_mul, s};
use rayon::prelude::*;

/// Rows of the result that one task computes.
const ROWS: usize = 192;

/// Adds `factor · Rᵀ R` to the diagonal of `matrix` and what is below it; `rows` is `R`.
pub(crate) fn add_second_moments(matrix: &mut Array2<f32>, rows: ArrayView2<'_, f32>, factor: f32) {
    if rows.is_empty() {
        return;
    }
    matrix.axis_chunks_iter_mut(Axis(0), ROWS).into_par_iter().enumerate().for_each(
        |(chunk, mut target)| {
            let (from, to) = (chunk * ROWS, chunk * ROWS + target.nrows());
            let left = rows.slice(s![.., from..to]);
            let right = rows.slice(s![.., ..to]);
            let mut target = target.slice_mut(s![.., ..to]);
            general_mat_mul(factor, &left.t(), &right, 1.0, &mut target);
        },
    );
}

/// `left · right`.
pub(crate) fn product(left: ArrayView2<'_, f32>, right: ArrayView2<'_, f32>) -> Array2<f32> {
    let mut result = Array2::<f32>::zeros((left.nrows(), right.ncols()));
    result.axis_chunks_iter_mut(Axis(0), ROWS).into_par_iter().enumerate().for_each(
        |(chunk, mut target)| {
            let from = chunk * ROWS;
            let left = left.slice(s![from..from + target.nrows(), ..]);
            general_mat_mul(1.0, &left, &right, 0.0, &mut target);
        },
    );
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_those_of_the_definition() {
        let rows = Array2::from_shape_fn((500, 3), |(i, j)| ((i * 7 + j * 3) % 5) as f32 - 2.0);
        let right = Array2::from_shape_fn((3, 2), |(i, j)| (i + j) as f32);
        assert_eq!(product(rows.view(), right.view()), rows.dot(&right));
        let mut moments = Array2::<f32>::ones((3, 3));
        add_second_moments(&mut moments, rows.view(), -1.0);
        let expected = 1.0 - rows.t().dot(&rows);
        for i in 0..3 {
            for j in 0..=i {
                assert!((moments[[i, j]] - expected[[i, j]]).abs() < 1e-3);
            }
        }
    }
}
