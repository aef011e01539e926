//! A tree: its nodes, the groups of tips that its branches set apart, and its root.

use serde::{Deserialize, Serialize};

/// A tree whose tips are the numbers `0..n`. A tree without a root in the sense of the method still has
/// a node that it is written from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tree {
    /// Its nodes, in no particular order.
    pub nodes: Vec<Node>,
    /// The node that it is written from.
    pub root: usize,
    /// Whether that node means anything: the first split of the tree.
    pub rooted: bool,
}

/// A tip or a fork.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// The nodes that it forks into, none for a tip.
    pub children: Vec<usize>,
    /// The tip that stands here.
    pub tip: Option<usize>,
    /// The length of the branch above it, in units of distance, not negative; 0 for the root.
    pub length: f64,
    /// The share of resampled trees with the branch above it, in [0, 1]; `None` for tips, the root, and
    /// where nothing was resampled.
    pub support: Option<f64>,
}

/// A set of tips.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TipSet(Vec<u64>);

impl TipSet {
    /// No tip out of `tips`.
    pub fn empty(tips: usize) -> Self {
        Self(vec![0; tips.div_ceil(64)])
    }

    /// The set of these tips, out of `tips`.
    pub fn of(members: impl IntoIterator<Item = usize>, tips: usize) -> Self {
        let mut set = Self::empty(tips);
        members.into_iter().for_each(|tip| set.0[tip / 64] |= 1 << (tip % 64));
        set
    }

    /// Whether it holds a tip.
    pub fn contains(&self, tip: usize) -> bool {
        self.0.get(tip / 64).is_some_and(|word| word >> (tip % 64) & 1 == 1)
    }

    /// The number of its tips.
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|&word| word == 0)
    }

    /// Whether all of its tips are in `other`.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(own, other)| own & !other == 0)
    }

    /// Whether no tip is in both.
    pub fn is_apart(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(own, other)| own & other == 0)
    }

    /// Adds the tips of another.
    pub fn join(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(own, other)| *own |= other);
    }

    /// The tips, out of `tips`, that are not in it.
    #[must_use]
    pub fn complement(&self, tips: usize) -> Self {
        Self::of((0..tips).filter(|&tip| !self.contains(tip)), tips)
    }
}

impl Tree {
    /// A tree of `tips` tips, nodes `0..tips`, that are not joined yet.
    pub(super) fn unjoined(tips: usize, rooted: bool) -> Self {
        let tip = |tip| Node { tip: Some(tip), ..Node::default() };
        Self { nodes: (0..tips).map(tip).collect(), root: 0, rooted }
    }

    /// Joins nodes under a new one, which becomes the root; answers it.
    pub(super) fn join(&mut self, children: Vec<usize>) -> usize {
        self.nodes.push(Node { children, ..Node::default() });
        self.root = self.nodes.len() - 1;
        self.root
    }

    /// The number of tips.
    pub fn tips(&self) -> usize {
        self.nodes.iter().filter(|node| node.tip.is_some()).count()
    }

    /// All nodes, each after its children.
    pub fn postorder(&self) -> Vec<usize> {
        let mut order = self.preorder();
        order.reverse();
        order
    }

    /// All nodes, each before its children; the children of a node in the reverse of their order.
    fn preorder(&self) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.nodes.len());
        let mut open = vec![self.root];
        while let Some(node) = open.pop() {
            order.push(node);
            open.extend(&self.nodes[node].children);
        }
        order
    }

    /// The tips in the order in which they are drawn.
    pub fn tip_order(&self) -> Vec<usize> {
        self.postorder().into_iter().filter_map(|node| self.nodes[node].tip).collect()
    }

    /// The parent of each node.
    pub fn parents(&self) -> Vec<Option<usize>> {
        let mut parents = vec![None; self.nodes.len()];
        for (node, own) in self.nodes.iter().enumerate() {
            own.children.iter().for_each(|&child| parents[child] = Some(node));
        }
        parents
    }

    /// The tips below each node.
    pub fn tips_below(&self) -> Vec<TipSet> {
        let tips = self.tips();
        let mut below: Vec<TipSet> =
            self.nodes.iter().map(|node| TipSet::of(node.tip, tips)).collect();
        for node in self.postorder() {
            let mut own = std::mem::replace(&mut below[node], TipSet::empty(0));
            self.nodes[node].children.iter().for_each(|&child| own.join(&below[child]));
            below[node] = own;
        }
        below
    }

    /// What the branch above each node sets apart: with a root the tips below it, without one whichever
    /// side does not hold tip 0. `None` where every tree has it: above tips, the root, and all but one.
    pub fn groups(&self) -> Vec<Option<TipSet>> {
        let tips = self.tips();
        let most = if self.rooted { tips.saturating_sub(1) } else { tips.saturating_sub(2) };
        self.tips_below()
            .into_iter()
            .map(|below| {
                let group = match self.rooted || !below.contains(0) {
                    true => below,
                    false => below.complement(tips),
                };
                (2..=most).contains(&group.len()).then_some(group)
            })
            .collect()
    }

    /// The sum of the branches from the root to each node.
    pub fn depths(&self) -> Vec<f64> {
        let mut depths = vec![0.0; self.nodes.len()];
        for node in self.preorder() {
            for &child in &self.nodes[node].children {
                depths[child] = depths[node] + self.nodes[child].length;
            }
        }
        depths
    }

    /// The tree as it is drawn: where it has no root, it is put in the middle of the longest way between
    /// two tips (Farris 1972); then small groups stand before large ones.
    #[must_use]
    pub fn to_draw(&self) -> Self {
        let mut tree = if self.rooted { self.clone() } else { self.rooted_at_midpoint() };
        let below = tree.tips_below();
        let first = |set: &TipSet| (0..).find(|&tip| set.contains(tip) || set.is_empty());
        for node in &mut tree.nodes {
            node.children.sort_by_key(|&child| (below[child].len(), first(&below[child])));
        }
        tree
    }

    fn rooted_at_midpoint(&self) -> Self {
        // (neighbour, length, support) of each node.
        let mut near: Vec<Vec<(usize, f64, Option<f64>)>> = vec![Vec::new(); self.nodes.len()];
        for (node, own) in self.nodes.iter().enumerate() {
            for &child in &own.children {
                let Node { length, support, .. } = self.nodes[child];
                near[node].push((child, length, support));
                near[child].push((node, length, support));
            }
        }
        let tips: Vec<usize> =
            (0..self.nodes.len()).filter(|&node| self.nodes[node].tip.is_some()).collect();
        let walk = |from: usize| {
            let mut way = vec![(0.0_f64, from); self.nodes.len()];
            let mut open = vec![(from, from)];
            while let Some((node, before)) = open.pop() {
                for &(next, length, _) in near[node].iter().filter(|next| next.0 != before) {
                    way[next] = (way[node].0 + length, node);
                    open.push((next, node));
                }
            }
            way
        };
        let farthest = |way: &[(f64, usize)]| {
            tips.iter()
                .copied()
                .fold(tips[0], |best, t| if way[t].0 > way[best].0 { t } else { best })
        };
        let Some(&start) = tips.first() else { return self.clone() };
        let one = farthest(&walk(start));
        let way = walk(one);
        let mut below = farthest(&way);
        let middle = way[below].0 / 2.0;
        if middle <= 0.0 {
            return Self { rooted: true, ..self.clone() };
        }
        while way[way[below].1].0 > middle {
            below = way[below].1;
        }
        let above = way[below].1;
        let lengths = (way[below].0 - middle, middle - way[above].0);
        let support =
            near[below].iter().find(|next| next.0 == above).and_then(|&(.., support)| support);
        let mut nodes: Vec<Node> =
            self.nodes.iter().map(|node| Node { tip: node.tip, ..Node::default() }).collect();
        let root = nodes.len();
        nodes.push(Node { children: vec![below, above], ..Node::default() });
        let mut open = vec![(below, above), (above, below)];
        for (node, length) in [(below, lengths.0), (above, lengths.1)] {
            nodes[node].length = length;
        }
        // Both are halves of one branch: its support is said once.
        nodes[below].support = support;
        while let Some((node, before)) = open.pop() {
            for &(next, length, support) in near[node].iter().filter(|next| next.0 != before) {
                nodes[node].children.push(next);
                nodes[next].length = length;
                nodes[next].support = support;
                open.push((next, node));
            }
        }
        Self { nodes, root, rooted: true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ((0:1,1:2)0.9:1,2:3,3:8) without a root.
    fn four() -> Tree {
        let mut tree = Tree::unjoined(4, false);
        let fork = tree.join(vec![0, 1]);
        tree.join(vec![fork, 2, 3]);
        for (node, length) in [(0, 1.0), (1, 2.0), (2, 3.0), (3, 8.0), (fork, 1.0)] {
            tree.nodes[node].length = length;
        }
        tree.nodes[fork].support = Some(0.9);
        tree
    }

    #[test]
    fn groups_do_not_depend_on_the_node_that_a_tree_is_written_from() {
        let tree = four();
        let group = TipSet::of([2, 3], 4);
        let own: Vec<TipSet> = tree.groups().into_iter().flatten().collect();
        assert_eq!(own, std::slice::from_ref(&group));
        let drawn = tree.to_draw();
        assert!(drawn.rooted);
        let unrooted = Tree { rooted: false, ..drawn };
        assert!(unrooted.groups().into_iter().flatten().all(|own| own == group));
    }

    #[test]
    fn the_midpoint_halves_the_longest_way() {
        // The longest way is from 1 or 2 to 3: 2 + 1 + 8 = 3 + 8 = 11; the middle lies 5.5 from tip 3.
        let drawn = four().to_draw();
        let depths = drawn.depths();
        assert_eq!((depths[3], drawn.nodes[3].length), (5.5, 5.5));
        assert_eq!((depths[2], depths[1], depths[0]), (5.5, 5.5, 4.5));
        assert_eq!(drawn.nodes[drawn.root].children[0], 3, "the smaller group first");
        let supports: Vec<f64> = drawn.nodes.iter().filter_map(|node| node.support).collect();
        assert_eq!(supports, [0.9]);
        assert_eq!(drawn.tips(), 4);
    }

    #[test]
    fn a_tree_of_the_same_corpus_can_be_drawn() {
        let mut tree = Tree::unjoined(3, false);
        tree.join(vec![0, 1, 2]);
        assert_eq!(tree.to_draw().tip_order(), [2, 1, 0].map(|t| 2 - t));
    }

    #[test]
    fn sets_of_more_than_64_tips() {
        let set = TipSet::of([1, 64, 130], 131);
        assert_eq!((set.len(), set.contains(64), set.contains(65)), (3, true, false));
        assert_eq!(set.complement(131).len(), 128);
        assert!(TipSet::of([64], 131).is_within(&set) && set.is_apart(&set.complement(131)));
    }
}
