//! The Gram matrix of sparse rows: every trace's inner product with every other.
//!
//! Learning in the span of the traces needs nothing but these products, and there are far fewer
//! traces than features. The features that most traces hold are multiplied as dense matrices; the
//! many rare ones through their postings. Every element is summed by one task in a fixed order, so
//! that the result does not depend on the number of threads.

use super::postings::Postings;
use crate::features::Row;
use ndarray::{Array2, ArrayView2, Axis, linalg::general_mat_mul, s};
use rayon::prelude::*;

/// Rows of a block: one task computes one block of the matrix.
const BLOCK: usize = 256;
/// Features that are made dense at a time.
const DENSE_CHUNK: usize = 512;
/// A feature in more than one of so many rows is dense: below that its postings are quicker.
const DENSE_SHARE: usize = 24;

/// Computes `X · Xᵀ` for rows over `features` features and their dense values, each times its unit:
/// a symmetric matrix with a row and a column for each of `rows`.
pub fn gram(rows: &[Row], features: usize, units: &[f32]) -> Array2<f32> {
    let count = rows.len();
    let mut frequency = vec![0_u32; features];
    for row in rows {
        for &index in &row.indices {
            frequency[index as usize] += 1;
        }
    }
    let threshold = (count / DENSE_SHARE) as u32;
    let dense: Vec<u32> =
        (0..features as u32).filter(|&f| frequency[f as usize] > threshold).collect();
    let mut place = vec![u32::MAX; features];
    for (i, &feature) in dense.iter().enumerate() {
        place[feature as usize] = i as u32;
    }

    let mut matrix = Array2::<f32>::zeros((count, count));
    let counted: Vec<usize> = (0..units.len()).filter(|&place| units[place] != 0.0).collect();
    for places in counted.chunks(DENSE_CHUNK) {
        let mut chunk = Array2::<f32>::zeros((count, places.len()));
        chunk.axis_iter_mut(Axis(0)).into_par_iter().zip(rows).for_each(|(mut target, row)| {
            for (target, &place) in target.iter_mut().zip(places) {
                *target = row.dense[place] * units[place];
            }
        });
        add_products(&mut matrix, &chunk);
    }
    for from in (0..dense.len()).step_by(DENSE_CHUNK) {
        let width = DENSE_CHUNK.min(dense.len() - from);
        let mut chunk = Array2::<f32>::zeros((count, width));
        chunk.axis_iter_mut(Axis(0)).into_par_iter().zip(rows).for_each(|(mut target, row)| {
            for (&index, &value) in row.indices.iter().zip(&row.values) {
                let place = (place[index as usize] as usize).wrapping_sub(from);
                if place < width {
                    target[place] = value;
                }
            }
        });
        add_products(&mut matrix, &chunk);
    }
    add_postings(&mut matrix, rows, &place, features);
    mirror(&mut matrix);
    matrix
}

/// Adds `B · Bᵀ` to the blocks on and above the diagonal.
fn add_products(matrix: &mut Array2<f32>, chunk: &Array2<f32>) {
    if chunk.ncols() == 0 {
        return;
    }
    let count = matrix.nrows();
    matrix.axis_chunks_iter_mut(Axis(0), BLOCK).into_par_iter().enumerate().for_each(
        |(block, mut target)| {
            let from = block * BLOCK;
            let left: ArrayView2<'_, f32> = chunk.slice(s![from..(from + BLOCK).min(count), ..]);
            let right = chunk.slice(s![from.., ..]);
            general_mat_mul(1.0, &left, &right.t(), 1.0, &mut target.slice_mut(s![.., from..]));
        },
    );
}

/// Adds the products of the features that are not dense, on and above the diagonal.
fn add_postings(matrix: &mut Array2<f32>, rows: &[Row], place: &[u32], features: usize) {
    let rare = |index: u32| place[index as usize] == u32::MAX;
    let postings = Postings::new(rows, features, rare);
    matrix.axis_iter_mut(Axis(0)).into_par_iter().enumerate().for_each(|(i, mut target)| {
        let row = &rows[i];
        let Some(target) = target.as_slice_mut() else { return };
        for (&index, &value) in row.indices.iter().zip(&row.values) {
            if rare(index) {
                let list = postings.of(index as usize);
                // Lists are sorted by row, so what stands from this row on is its upper part.
                let from = list.partition_point(|&(j, _)| (j as usize) < i);
                for &(j, other) in &list[from..] {
                    target[j as usize] += value * other;
                }
            }
        }
    });
}

/// Copies the upper triangle to the lower.
fn mirror(matrix: &mut Array2<f32>) {
    for i in 0..matrix.nrows() {
        for j in 0..i {
            matrix[[i, j]] = matrix[[j, i]];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_those_of_the_definition_however_they_are_computed() {
        // Feature 0 stands in every row (dense), feature 1 + i only in row i and i + 1 (rare).
        let count = 300;
        let rows: Vec<Row> = (0..count)
            .map(|i| Row {
                indices: vec![i as u32 + 1, 0, i as u32 + 2],
                values: vec![1.0, 0.5, 2.0],
                dense: vec![i as f32 / 100.0, 0.5],
                ..Row::default()
            })
            .collect();
        let matrix = gram(&rows, count + 2, &[1.0, 2.0]);
        for i in 0..count {
            for j in 0..count {
                let shared = match i.abs_diff(j) {
                    0 => 5.0,
                    1 => 2.0,
                    _ => 0.0,
                };
                let expected = 0.25 + shared + (i * j) as f32 / 1e4 + 1.0;
                assert!((matrix[[i, j]] - expected).abs() < 1e-4, "{i} {j}");
            }
        }
    }
}
