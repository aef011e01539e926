//! The trees of resampled features and prompts, and how often they contain each group.
//!
//! Felsenstein (1985): features are drawn with replacement, as many as there are, and the tree is
//! grown again; the share of these trees with a group is its support. For corpora whose traces are
//! available, prompts are drawn, too, within the same resample. Every resample has its own random
//! stream.

use super::{Method, Tree, space::Space, space::distances, topology::TipSet};
use crate::stats::random::stream;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// What is counted of all resampled trees.
#[derive(Debug, Default)]
pub(super) struct Resampled {
    /// Group → trees that have it, and the sum of its branch over them.
    pub groups: BTreeMap<TipSet, (usize, f64)>,
    /// The sum of each tip's branch over all trees.
    pub tips: Vec<f64>,
    /// The number of trees.
    pub trees: usize,
    /// Whether they have roots.
    pub rooted: bool,
}

impl Resampled {
    /// Grows `replicates` trees, in parallel.
    pub fn grow(space: &Space<'_>, method: Method, replicates: usize, seed: u64) -> Self {
        let trees: Vec<Tree> = (0..replicates as u64)
            .into_par_iter()
            .map(|replicate| {
                let vectors = space.resampled(&mut stream(seed, replicate));
                method.tree(&distances(&vectors))
            })
            .collect();
        // One after the other: sums of lengths depend on the order.
        trees.iter().fold(Self { rooted: method.is_rooted(), ..Self::default() }, Self::with)
    }

    fn with(mut self, tree: &Tree) -> Self {
        self.trees += 1;
        self.tips.resize(tree.tips(), 0.0);
        for (node, group) in tree.nodes.iter().zip(tree.groups()) {
            if let Some(tip) = node.tip {
                self.tips[tip] += node.length;
            }
            if let Some(group) = group {
                let (count, sum) = self.groups.entry(group).or_default();
                *count += 1;
                *sum += node.length;
            }
        }
        self
    }

    /// Writes the support of each group of a tree into it.
    pub fn support(&self, tree: &mut Tree) {
        for (group, node) in tree.groups().into_iter().zip(&mut tree.nodes) {
            node.support = group.map(|group| {
                let count = self.groups.get(&group).map_or(0, |found| found.0);
                count as f64 / self.trees.max(1) as f64
            });
        }
    }

    /// Counts given trees.
    #[cfg(test)]
    pub fn of(trees: &[Tree]) -> Self {
        let rooted = trees.first().is_some_and(|tree| tree.rooted);
        trees.iter().fold(Self { rooted, ..Self::default() }, Self::with)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The tree of four tips in which two stand against the others; all branches are `length` long.
    pub fn pair(a: usize, b: usize, length: f64) -> Tree {
        let mut tree = Tree::unjoined(4, false);
        let fork = tree.join(vec![a, b]);
        let rest = (0..4).filter(|&tip| tip != a && tip != b);
        let root = tree.join(rest.chain([fork]).collect());
        tree.nodes.iter_mut().for_each(|node| node.length = length);
        tree.nodes[root].length = 0.0;
        tree
    }

    #[test]
    fn support_is_the_share_of_trees_with_the_group() {
        // 0 and 1 against 2 and 3 in three of four trees, however it is written.
        let trees = [pair(0, 1, 1.0), pair(2, 3, 2.0), pair(0, 1, 3.0), pair(0, 2, 9.0)];
        let resampled = Resampled::of(&trees);
        let mut tree = pair(0, 1, 1.0);
        resampled.support(&mut tree);
        let supports: Vec<f64> = tree.nodes.iter().filter_map(|node| node.support).collect();
        assert_eq!(supports, [0.75]);
        let mut other = pair(0, 3, 1.0);
        resampled.support(&mut other);
        assert_eq!(other.nodes[4].support, Some(0.0));
        assert_eq!(resampled.tips, [15.0; 4]);
    }
}
