//! The kernel of sparse rows: every trace's inner product with each of the landmarks.
//!
//! A regression in the span of the traces needs nothing but these products. Landmarks are some of the
//! traces ([`super::landmarks`]), so that the work grows with the number of traces and not with its
//! square. The features that most traces hold are multiplied as dense matrices; the many rare ones
//! through their postings. Every element is summed by one task in a fixed order, so that the result
//! does not depend on the number of threads.

use super::postings::Postings;
use crate::features::Row;
use ndarray::{Array2, ArrayView2, Axis, linalg::general_mat_mul};
use rayon::prelude::*;

/// Rows that one task computes.
const BLOCK: usize = 256;
/// Features that are made dense at a time.
const DENSE_CHUNK: usize = 512;
/// A feature in more than one of so many rows is dense: below that its postings are quicker.
const DENSE_SHARE: usize = 24;

/// Computes `X · Lᵀ` for rows over `features` features and their dense values, each times its unit:
/// a row for each of `rows`, a column for each of `landmarks`, which are numbers of rows.
pub fn kernel(rows: &[Row], landmarks: &[usize], features: usize, units: &[f32]) -> Array2<f32> {
    let mut frequency = vec![0_u32; features];
    for row in rows {
        for &index in &row.indices {
            frequency[index as usize] += 1;
        }
    }
    let threshold = (rows.len() / DENSE_SHARE) as u32;
    let dense: Vec<u32> =
        (0..features as u32).filter(|&f| frequency[f as usize] > threshold).collect();
    let mut place = vec![u32::MAX; features];
    for (i, &feature) in dense.iter().enumerate() {
        place[feature as usize] = i as u32;
    }
    let chosen: Vec<&Row> = landmarks.iter().map(|&i| &rows[i]).collect();

    let mut matrix = Array2::<f32>::zeros((rows.len(), chosen.len()));
    let counted: Vec<usize> = (0..units.len()).filter(|&place| units[place] != 0.0).collect();
    for places in counted.chunks(DENSE_CHUNK) {
        let fill = |target: &mut [f32], row: &Row| {
            for (target, &place) in target.iter_mut().zip(places) {
                *target = row.dense[place] * units[place];
            }
        };
        add_products(&mut matrix, rows, &chosen, places.len(), fill);
    }
    for from in (0..dense.len()).step_by(DENSE_CHUNK) {
        let width = DENSE_CHUNK.min(dense.len() - from);
        let fill = |target: &mut [f32], row: &Row| {
            for (&index, &value) in row.indices.iter().zip(&row.values) {
                let place = (place[index as usize] as usize).wrapping_sub(from);
                if place < width {
                    target[place] = value;
                }
            }
        };
        add_products(&mut matrix, rows, &chosen, width, fill);
    }
    add_postings(&mut matrix, rows, &chosen, &place, features);
    matrix
}

/// Adds the products over some numbers of each row, which `fill` writes into a slice of zeros. Only
/// a block of rows is dense at a time.
fn add_products(
    matrix: &mut Array2<f32>,
    rows: &[Row],
    landmarks: &[&Row],
    width: usize,
    fill: impl Fn(&mut [f32], &Row) + Sync,
) {
    let mut right = Array2::<f32>::zeros((landmarks.len(), width));
    right.axis_iter_mut(Axis(0)).into_par_iter().zip(landmarks).for_each(|(mut target, row)| {
        fill(target.as_slice_mut().unwrap_or_default(), row);
    });
    matrix
        .axis_chunks_iter_mut(Axis(0), BLOCK)
        .into_par_iter()
        .zip(rows.par_chunks(BLOCK))
        .for_each(|(mut target, rows)| {
            let mut left = vec![0.0_f32; rows.len() * width];
            left.chunks_mut(width).zip(rows).for_each(|(target, row)| fill(target, row));
            if let Ok(left) = ArrayView2::from_shape((rows.len(), width), &left) {
                general_mat_mul(1.0, &left, &right.t(), 1.0, &mut target);
            }
        });
}

/// Adds the products of the features that are not dense.
fn add_postings(
    matrix: &mut Array2<f32>,
    rows: &[Row],
    landmarks: &[&Row],
    place: &[u32],
    features: usize,
) {
    let rare = |index: u32| place[index as usize] == u32::MAX;
    let postings = Postings::new(landmarks, features, rare);
    matrix.axis_iter_mut(Axis(0)).into_par_iter().zip(rows).for_each(|(mut target, row)| {
        let Some(target) = target.as_slice_mut() else { return };
        for (&index, &value) in row.indices.iter().zip(&row.values) {
            if rare(index) {
                for &(j, other) in postings.of(index as usize) {
                    target[j as usize] += value * other;
                }
            }
        }
    });
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
        let landmarks: Vec<usize> = (0..count).step_by(3).collect();
        let matrix = kernel(&rows, &landmarks, count + 2, &[1.0, 2.0]);
        assert_eq!(matrix.dim(), (300, 100));
        for i in 0..count {
            for (column, &j) in landmarks.iter().enumerate() {
                let shared = match i.abs_diff(j) {
                    0 => 5.0,
                    1 => 2.0,
                    _ => 0.0,
                };
                let expected = 0.25 + shared + (i * j) as f32 / 1e4 + 1.0;
                assert!((matrix[[i, column]] - expected).abs() < 1e-4, "{i} {j}");
            }
        }
    }
}
