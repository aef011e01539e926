//! Principal coordinates of a matrix of similarities (Gower 1966): a map on which near means alike.
//!
//! Cosine Delta is a cosine, so 2 − 2·similarity is the square of a distance. The map shows the two
//! directions that hold most of all distances. They are those of a principal component analysis of
//! the profiles, scaled to length 1. Called by the report.

use super::SimilarityMatrix;
use linfa_linalg::eigh::Eigh;
use ndarray::Array2;

/// The fewest corpora for which a map says something.
const FEWEST: usize = 5;

/// A corpus on the map, in units of the square root of 2 − 2·similarity.
#[derive(Debug, Clone, PartialEq)]
pub struct MapPlace {
    /// The label, as in the matrix.
    pub label: String,
    /// Along the direction that contains most of the differences.
    pub x: f64,
    /// Along the next.
    pub y: f64,
}

/// Where each corpus is, the input first, and the share of all differences that both directions show.
#[derive(Debug, Clone, PartialEq)]
pub struct MapCoordinates {
    /// The corpora in the order of the matrix.
    pub places: Vec<MapPlace>,
    /// The share of all squared distances that the two directions hold, from 0 to 1.
    pub held: f64,
}

/// The principal coordinates of a matrix of similarities. `None` where there are fewer than `FEWEST`
/// corpora, or where no finite coordinates exist.
pub fn principal_coordinates(matrix: &SimilarityMatrix) -> Option<MapCoordinates> {
    let size = matrix.labels.len().min(matrix.values.len());
    if size < FEWEST {
        return None;
    }
    let known = |i: usize, j: usize| matrix.values.get(i).and_then(|row| row.get(j)).copied();
    let similarity = |i: usize, j: usize| match known(i, j).zip(known(j, i)) {
        _ if i == j => 1.0,
        Some((one, other)) if one.is_finite() && other.is_finite() => f64::midpoint(one, other),
        // What is not known is taken for unrelated.
        _ => 0.0,
    };
    let similarities = Array2::from_shape_fn((size, size), |(i, j)| similarity(i, j));
    let means: Vec<f64> =
        similarities.rows().into_iter().map(|row| row.sum() / size as f64).collect();
    let mean = means.iter().sum::<f64>() / size as f64;
    let centred = Array2::from_shape_fn((size, size), |(i, j)| {
        similarities[(i, j)] - means[i] - means[j] + mean
    });
    let (values, vectors) = centred.eigh().ok()?;
    let mut order: Vec<usize> = (0..size).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]).then(a.cmp(&b)));
    let along = |direction: usize| -> Vec<f64> {
        let length = values[direction].max(0.0).sqrt();
        // A direction may be turned round: the input is at its upper end.
        let sign = if vectors[(0, direction)] < 0.0 { -1.0 } else { 1.0 };
        (0..size).map(|i| sign * length * vectors[(i, direction)]).collect()
    };
    let (xs, ys) = (along(order[0]), along(order[1]));
    let all: f64 = values.iter().map(|value| value.max(0.0)).sum();
    let held = (values[order[0]].max(0.0) + values[order[1]].max(0.0)) / all;
    let places: Vec<MapPlace> = matrix.labels[..size]
        .iter()
        .zip(xs.into_iter().zip(ys))
        .map(|(label, (x, y))| MapPlace { label: label.clone(), x, y })
        .collect();
    let finite = held.is_finite() && places.iter().all(|p| p.x.is_finite() && p.y.is_finite());
    finite.then_some(MapCoordinates { places, held })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_is_found_again() {
        // Five unit vectors in a plane, at 0°, 90°, 180°, 270° and 90°: their cosines.
        let angles = [0.0_f64, 90.0, 180.0, 270.0, 90.0].map(f64::to_radians);
        let values: Vec<Vec<f64>> =
            angles.iter().map(|a| angles.iter().map(|b| (a - b).cos()).collect()).collect();
        let labels = ["input", "b", "c", "d", "e"].map(str::to_owned).to_vec();
        let found = principal_coordinates(&SimilarityMatrix { labels, values });
        let MapCoordinates { places, held } = found.unwrap();
        assert!((held - 1.0).abs() < 1e-9, "{held}");
        let distance =
            |i: usize, j: usize| (places[i].x - places[j].x).hypot(places[i].y - places[j].y);
        for (i, j, expected) in [(0, 1, 2.0_f64.sqrt()), (0, 2, 2.0), (1, 3, 2.0), (1, 4, 0.0)] {
            assert!((distance(i, j) - expected).abs() < 1e-6, "{i} {j}: {}", distance(i, j));
        }
    }

    #[test]
    fn too_few_corpora_make_no_map() {
        let labels = vec!["input".to_owned(), "a".into()];
        let matrix = SimilarityMatrix { labels, values: vec![vec![1.0; 2]; 2] };
        assert_eq!(principal_coordinates(&matrix), None);
    }
}
