//! Average linkage: distances → a rooted tree (UPGMA; Sokal & Michener 1958).
//!
//! The two groups whose members are nearest on average are joined, at half that distance. The crate
//! `kodama` does the work (Müllner 2011).

use super::Tree;
use kodama::{Method, linkage};

/// The tree of a symmetric matrix of finite distances with a row per tip.
pub fn average_linkage(distances: &[Vec<f64>]) -> Tree {
    let tips = distances.len();
    let mut tree = Tree::unjoined(tips, true);
    let mut condensed: Vec<f64> =
        distances.iter().enumerate().flat_map(|(i, row)| row.iter().skip(i + 1).copied()).collect();
    if tips < 2 {
        return tree;
    }
    let mut heights = vec![0.0_f64; tips];
    for step in linkage(&mut condensed, tips, Method::Average).steps() {
        let height = step.dissimilarity / 2.0;
        let children = vec![step.cluster1, step.cluster2];
        for &child in &children {
            // Means of the same distances in another order may differ in the last digit.
            tree.nodes[child].length = (height - heights[child]).max(0.0);
        }
        tree.join(children);
        heights.push(height);
    }
    tree
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lineage::tree::TipSet;

    #[test]
    fn five_tips_worked_by_hand() {
        // Wikipedia, "UPGMA": a+b at 17, then with e at 22, c+d at 28, all at (31 + 33) …/6 = 33.
        let distances = [
            [0.0, 17.0, 21.0, 31.0, 23.0],
            [17.0, 0.0, 30.0, 34.0, 21.0],
            [21.0, 30.0, 0.0, 28.0, 39.0],
            [31.0, 34.0, 28.0, 0.0, 43.0],
            [23.0, 21.0, 39.0, 43.0, 0.0],
        ]
        .map(|row| row.to_vec());
        let tree = average_linkage(&distances);
        let below = tree.tips_below();
        let node = |members: &[usize]| {
            let set = TipSet::of(members.iter().copied(), 5);
            below.iter().position(|own| *own == set).unwrap()
        };
        let length = |members: &[usize]| tree.nodes[node(members)].length;
        // Heights: 8.5, 11, 14, and half the mean of 21, 31, 30, 34, 39, 43: 16.5.
        for (members, expected) in [
            (&[0][..], 8.5),
            (&[1], 8.5),
            (&[4], 11.0),
            (&[2], 14.0),
            (&[3], 14.0),
            (&[0, 1], 2.5),
            (&[0, 1, 4], 5.5),
            (&[2, 3], 2.5),
        ] {
            assert!((length(members) - expected).abs() < 1e-9, "{members:?}");
        }
        assert!(tree.rooted && tree.groups().into_iter().flatten().count() == 3);
    }
}
