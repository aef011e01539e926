//! A matrix of similarities → the order in which a heat map shows it, and the tree next to it.
//!
//! Average linkage of the distances 1 − similarity. A fork may be turned without changing the tree:
//! the side that contains the earlier label comes first, so that the first label stays the first
//! and, next to it, what is most like it.

use super::palette::AXIS;
use super::shapes::Drawing;
use crate::lineage::tree::average_linkage;

/// The order and the forks.
pub(in crate::report) struct Dendrogram {
    /// The places of the labels before, in their new order.
    pub order: Vec<usize>,
    forks: Vec<Fork>,
    /// The height of the last fork.
    highest: f64,
}

/// Two groups that are joined: where each stands, in rows, how high it is itself, and how high they
/// meet.
struct Fork {
    sides: [(f64, f64); 2],
    height: f64,
}

impl Dendrogram {
    /// The dendrogram of a square matrix of similarities in [-1, 1]; where one is not known, the
    /// two count as opposite.
    pub fn of(values: &[Vec<f64>]) -> Self {
        let distance = |i: usize, j: usize| match f64::midpoint(values[i][j], values[j][i]) {
            _ if i == j => 0.0,
            mean if mean.is_finite() => (1.0 - mean).clamp(0.0, 2.0),
            _ => 2.0,
        };
        let size = values.len();
        let distances: Vec<Vec<f64>> =
            (0..size).map(|i| (0..size).map(|j| distance(i, j)).collect()).collect();
        let tree = average_linkage(&distances);
        if size < 2 {
            return Self { order: (0..size).collect(), forks: Vec::new(), highest: 0.0 };
        }
        // For each node the labels below it in their order, and how high it is.
        let mut labels: Vec<Vec<usize>> = vec![Vec::new(); tree.nodes.len()];
        let mut heights = vec![0.0_f64; tree.nodes.len()];
        let bottom_up = tree.postorder();
        for &node in &bottom_up {
            labels[node].extend(tree.nodes[node].tip);
            let mut sides: Vec<Vec<usize>> = Vec::new();
            for &child in &tree.nodes[node].children {
                heights[node] = heights[node].max(heights[child] + tree.nodes[child].length);
                sides.push(std::mem::take(&mut labels[child]));
            }
            sides.sort_by_key(|side| side.iter().min().copied());
            labels[node].extend(sides.into_iter().flatten());
        }
        let order = std::mem::take(&mut labels[tree.root]);
        let mut places = vec![0.0; size];
        for (row, &label) in order.iter().enumerate() {
            places[label] = row as f64 + 0.5;
        }
        let mut stands = vec![0.0; tree.nodes.len()];
        let mut forks = Vec::new();
        for &node in &bottom_up {
            let own = &tree.nodes[node];
            match (own.tip, own.children.as_slice()) {
                (Some(tip), _) => stands[node] = places[tip],
                (None, &[one, two]) => {
                    stands[node] = f64::midpoint(stands[one], stands[two]);
                    forks.push(Fork {
                        sides: [(stands[one], heights[one]), (stands[two], heights[two])],
                        height: heights[node],
                    });
                }
                _ => {}
            }
        }
        Self { order, forks, highest: heights[tree.root] }
    }

    /// Draws the tree to the right of `left`, `width` wide, for rows of height `row` from `top` on.
    pub fn draw(&self, drawing: &mut Drawing, (left, top): (f64, f64), width: f64, row: f64) {
        let highest = if self.highest > 0.0 { self.highest } else { 1.0 };
        let x = |height: f64| left + width * height / highest;
        for fork in &self.forks {
            let end = x(fork.height);
            let [(upper, _), (lower, _)] = fork.sides.map(|(y, height)| (top + y * row, height));
            drawing.line((end, upper), (end, lower), 1.2, AXIS);
            for (y, height) in fork.sides {
                let y = top + y * row;
                drawing.line((x(height), y), (end, y), 1.2, AXIS);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_alike_stands_together_and_the_first_stays_first() {
        // 0 and 3 are alike, 1 and 2 are; the fork of {1, 2} is at (1 − 0.8)/2, that of {0, 3} at
        // (1 − 0.9)/2.
        let values = vec![
            vec![1.0, 0.1, 0.2, 0.9],
            vec![0.1, 1.0, 0.8, 0.1],
            vec![0.2, 0.8, 1.0, 0.0],
            vec![0.9, 0.1, 0.0, 1.0],
        ];
        let dendrogram = Dendrogram::of(&values);
        assert_eq!(dendrogram.order, [0, 3, 1, 2]);
        // The mean of 0.9, 0.8, 0.9, 1.0, halved.
        assert!((dendrogram.highest - 0.45).abs() < 1e-12, "{}", dendrogram.highest);
        let mut heights: Vec<f64> = dendrogram.forks.iter().map(|fork| fork.height).collect();
        heights.sort_by(f64::total_cmp);
        for (height, expected) in heights.iter().zip([0.05, 0.1, 0.45]) {
            assert!((height - expected).abs() < 1e-12, "{heights:?}");
        }
        let last = dendrogram.forks.last().unwrap();
        let mut stands = last.sides.map(|(y, _)| y);
        stands.sort_by(f64::total_cmp);
        assert_eq!(stands, [1.0, 3.0]);
    }

    #[test]
    fn what_is_not_known_breaks_nothing() {
        assert_eq!(Dendrogram::of(&[]).order, [0_usize; 0]);
        assert_eq!(Dendrogram::of(&[vec![1.0]]).order, [0]);
        let nan = vec![vec![f64::NAN; 3]; 3];
        assert_eq!(Dendrogram::of(&nan).order.len(), 3);
    }
}
