//! Neighbour joining: distances → an unrooted tree (Saitou & Nei 1987).
//!
//! The pair that minimizes `(m − 2) d(i, j) − r(i) − r(j)`, with `r` the row sums over the `m` nodes that
//! are left, is joined, in O(n³) over all (Studier & Keppler 1988). Distances that are sums along a tree
//! give back that tree exactly. A branch that comes out negative is set to zero and its sister takes up
//! the rest of their distance (Kuhner & Felsenstein 1994). Of equal pairs the first is joined.

use super::Tree;

/// The tree of a symmetric matrix of distances with a row per tip. Fewer than three tips are joined at
/// their middle.
pub fn neighbour_joining(distances: &[Vec<f64>]) -> Tree {
    let mut tree = Tree::unjoined(distances.len(), false);
    let mut matrix: Vec<Vec<f64>> = distances.to_vec();
    // The nodes that are left; row and column `i` of the matrix belong to `left[i]`.
    let mut left: Vec<usize> = (0..distances.len()).collect();
    while left.len() > 3 {
        let others = (left.len() - 2) as f64;
        let sums: Vec<f64> = matrix.iter().map(|row| row.iter().sum()).collect();
        let (mut best, mut pair) = (f64::INFINITY, (0, 1));
        for i in 0..left.len() {
            for j in i + 1..left.len() {
                let criterion = others * matrix[i][j] - sums[i] - sums[j];
                if criterion < best {
                    (best, pair) = (criterion, (i, j));
                }
            }
        }
        let (i, j) = pair;
        let apart = matrix[i][j];
        let lengths = split(apart, apart / 2.0 + (sums[i] - sums[j]) / (2.0 * others));
        tree.nodes[left[i]].length = lengths.0;
        tree.nodes[left[j]].length = lengths.1;
        let joined = tree.join(vec![left[i], left[j]]);
        // The new node takes the place of the first of the pair.
        for k in (0..left.len()).filter(|&k| k != i && k != j) {
            let distance = (matrix[i][k] + matrix[j][k] - apart) / 2.0;
            matrix[i][k] = distance;
            matrix[k][i] = distance;
        }
        left[i] = joined;
        left.remove(j);
        matrix.remove(j);
        matrix.iter_mut().for_each(|row| {
            row.remove(j);
        });
    }
    match left[..] {
        [a, b, c] => {
            let (ab, ac, bc) = (matrix[0][1], matrix[0][2], matrix[1][2]);
            for (node, length) in
                [(a, (ab + ac - bc) / 2.0), (b, (ab + bc - ac) / 2.0), (c, (ac + bc - ab) / 2.0)]
            {
                tree.nodes[node].length = length.max(0.0);
            }
        }
        [a, b] => {
            tree.nodes[a].length = matrix[0][1] / 2.0;
            tree.nodes[b].length = matrix[0][1] / 2.0;
        }
        _ => {}
    }
    if left.len() > 1 {
        tree.join(left);
    }
    tree
}

/// Both parts of a distance, given the first, neither of them negative.
fn split(whole: f64, first: f64) -> (f64, f64) {
    let whole = whole.max(0.0);
    let first = first.clamp(0.0, whole);
    (first, whole - first)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The distances along the branches of a tree.
    pub fn along(tree: &Tree) -> Vec<Vec<f64>> {
        let parents = tree.parents();
        let nodes: Vec<usize> = (0..tree.tips())
            .map(|tip| tree.nodes.iter().position(|node| node.tip == Some(tip)).unwrap())
            .collect();
        let ways: Vec<Vec<(usize, f64)>> = nodes
            .iter()
            .map(|&node| {
                let (mut way, mut at, mut sum) = (vec![(node, 0.0)], node, 0.0);
                while let Some(parent) = parents[at] {
                    sum += tree.nodes[at].length;
                    way.push((parent, sum));
                    at = parent;
                }
                way
            })
            .collect();
        let between = |a: &[(usize, f64)], b: &[(usize, f64)]| {
            a.iter()
                .flat_map(|x| b.iter().filter(|y| y.0 == x.0).map(move |y| x.1 + y.1))
                .fold(f64::INFINITY, f64::min)
        };
        ways.iter().map(|a| ways.iter().map(|b| between(a, b)).collect()).collect()
    }

    #[test]
    fn the_textbook_example() {
        // Five taxa (Wikipedia, "Neighbor joining"): a 2, b 3, c 4, d 2, e 1, inner branches 3 and 2.
        let distances = [
            [0.0, 5.0, 9.0, 9.0, 8.0],
            [5.0, 0.0, 10.0, 10.0, 9.0],
            [9.0, 10.0, 0.0, 8.0, 7.0],
            [9.0, 10.0, 8.0, 0.0, 3.0],
            [8.0, 9.0, 7.0, 3.0, 0.0],
        ]
        .map(|row| row.to_vec());
        let tree = neighbour_joining(&distances);
        let lengths: Vec<f64> = tree.nodes[..5].iter().map(|node| node.length).collect();
        assert_eq!(lengths, [2.0, 3.0, 4.0, 2.0, 1.0]);
        let groups = tree.groups();
        let inner = |members: &[usize]| {
            let group = super::super::TipSet::of(members.iter().copied(), 5);
            let node = groups.iter().position(|own| own.as_ref() == Some(&group)).unwrap();
            tree.nodes[node].length
        };
        assert_eq!((inner(&[2, 3, 4]), inner(&[3, 4])), (3.0, 2.0));
        assert_eq!(along(&tree), distances);
    }

    #[test]
    fn no_branch_is_negative() {
        let distances = [
            [0.0, 1.0, 9.0, 2.0],
            [1.0, 0.0, 1.0, 9.0],
            [9.0, 1.0, 0.0, 1.0],
            [2.0, 9.0, 1.0, 0.0],
        ]
        .map(|row| row.to_vec());
        let tree = neighbour_joining(&distances);
        assert!(tree.nodes.iter().all(|node| node.length >= 0.0), "{tree:?}");
    }

    /// A random tree: each step joins two of what is left, with branches of so many units.
    pub fn random_tree(picks: &[(usize, usize)], lengths: &[f64]) -> Tree {
        let tips = picks.len() + 3;
        let mut tree = Tree::unjoined(tips, false);
        let mut left: Vec<usize> = (0..tips).collect();
        for &(a, b) in picks {
            let first = left.remove(a % left.len());
            let second = left.remove(b % left.len());
            let node = tree.join(vec![first, second]);
            left.push(node);
        }
        tree.join(left);
        let root = tree.root;
        for (node, length) in tree.nodes.iter_mut().zip(lengths.iter().cycle()) {
            node.length = *length;
        }
        tree.nodes[root].length = 0.0;
        tree
    }

    proptest! {
        #[test]
        fn any_additive_tree_is_found_again(
            picks in prop::collection::vec((0_usize..64, 0_usize..64), 1..20),
            lengths in prop::collection::vec(0.05_f64..3.0, 50),
        ) {
            let tree = random_tree(&picks, &lengths);
            let distances = along(&tree);
            let found = neighbour_joining(&distances);
            let sorted = |tree: &Tree| {
                let mut groups: Vec<_> = tree.groups().into_iter().flatten().collect();
                groups.sort();
                groups
            };
            prop_assert_eq!(sorted(&tree), sorted(&found));
            for (row, other) in distances.iter().zip(along(&found)) {
                for (a, b) in row.iter().zip(other) {
                    prop_assert!((a - b).abs() < 1e-9, "{} {}", a, b);
                }
            }
        }
    }
}
