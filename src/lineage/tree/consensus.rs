//! One tree of many: the majority rule (Margush & McMorris 1981), and its greedy extension.
//!
//! Groups in more than half of the trees fit together always. The extension goes on with the others, the
//! most frequent first and of equals the first in order, and takes each that fits to all that were taken
//! (Felsenstein's CONSENSE calls this the extended majority rule). A branch is as long as on average
//! over the trees that have it.

use super::{Consensus, Tree, support::Resampled, topology::TipSet};

/// The consensus of resampled trees of `tips` tips.
pub(super) fn consensus(resampled: &Resampled, rule: Consensus, tips: usize) -> Tree {
    let mut order: Vec<(&TipSet, usize, f64)> =
        resampled.groups.iter().map(|(group, &(count, sum))| (group, count, sum)).collect();
    // The sort is stable: groups of the same frequency stay in the order of the map.
    order.sort_by_key(|group| std::cmp::Reverse(group.1));
    let mut taken: Vec<(&TipSet, f64)> = Vec::new();
    for (group, count, sum) in order {
        if rule == Consensus::Majority && 2 * count <= resampled.trees {
            break;
        }
        // Without a root no group holds tip 0, so that two of them fit as they do with one.
        let fits = |other: &TipSet| {
            group.is_within(other) || other.is_within(group) || group.is_apart(other)
        };
        if taken.iter().all(|(other, _)| fits(other)) {
            taken.push((group, sum / count.max(1) as f64));
        }
    }
    // Small groups first, so that each finds its parts among those before it.
    taken.sort_by_key(|(group, _)| group.len());
    let mut tree = Tree::unjoined(tips, resampled.rooted);
    for (tip, sum) in resampled.tips.iter().enumerate() {
        tree.nodes[tip].length = sum / resampled.trees.max(1) as f64;
    }
    let mut left: Vec<(usize, TipSet)> =
        (0..tips).map(|tip| (tip, TipSet::of([tip], tips))).collect();
    for (group, length) in taken {
        let (parts, others): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|(_, part)| part.is_within(group));
        left = others;
        let node = tree.join(parts.into_iter().map(|part| part.0).collect());
        tree.nodes[node].length = length;
        left.push((node, group.clone()));
    }
    tree.join(left.into_iter().map(|part| part.0).collect());
    tree
}

#[cfg(test)]
mod tests {
    use super::super::support::tests::pair;
    use super::*;

    #[test]
    fn the_majority_and_its_extension() {
        // {2, 3} (as 0 and 1 against the rest) in 2 of 4 trees, no majority; {1, 3} in 1, {1, 2} in 1.
        let trees = [pair(0, 1, 1.0), pair(2, 3, 2.0), pair(0, 2, 5.0), pair(0, 3, 6.0)];
        let resampled = Resampled::of(&trees);
        let star = consensus(&resampled, Consensus::Majority, 4);
        assert_eq!(star.nodes[star.root].children.len(), 4);
        let full = consensus(&resampled, Consensus::Extended, 4);
        let groups: Vec<TipSet> = full.groups().into_iter().flatten().collect();
        assert_eq!(groups, [TipSet::of([2, 3], 4)]);
        // Its branch is 1 and 2 long in the trees that have it; each tip's over all is 14 / 4.
        let node = full.groups().iter().position(Option::is_some).unwrap();
        assert_eq!((full.nodes[node].length, full.nodes[0].length), (1.5, 3.5));

        let most = [pair(0, 1, 1.0), pair(0, 1, 1.0), pair(0, 2, 1.0)];
        let majority = consensus(&Resampled::of(&most), Consensus::Majority, 4);
        assert_eq!(majority.groups().into_iter().flatten().count(), 1);
    }
}
