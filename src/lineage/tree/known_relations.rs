//! Measures whether relations that are known fall together, and whether data sets do not: the figures
//! of `docs/tree.md`. Run with `--nocapture` to see them.

use super::space::{Space, distances};
use super::{Tree, average_linkage, neighbour_joining};
use crate::atlas::{About, Atlas};
use std::collections::BTreeMap;

/// What is measured of a matrix of distances.
#[derive(Debug)]
struct Figures {
    /// Share of references whose nearest is of their family, among those with relatives.
    nearest_is_kin: f64,
    /// How often a pair of one family is nearer than a pair of two: both from a common data set.
    kin_within: f64,
    /// The same for pairs without a common data set.
    kin_across: f64,
    /// How often an unrelated pair with a common data set is nearer than one without; ½ is right.
    data_set: f64,
    /// Rank correlation of the distance of unrelated pairs with the difference of the logarithms of their
    /// mean lengths; 0 is right.
    length: f64,
    /// Share of what the main data set of a reference leaves open that its group tells, for the
    /// groups of average linkage cut into 2, 5 and 10.
    split: [f64; 3],
    /// The same for the top split of neighbour joining, and of the family.
    top: (f64, f64),
}

fn measure(about: &About, distances: &[Vec<f64>]) -> Figures {
    let references = &about.references;
    let count = references.len();
    let kin = |i: usize, j: usize| references[i].family == references[j].family;
    let shared = |i: usize, j: usize| {
        references[i].sources.keys().any(|source| references[j].sources.contains_key(source))
    };
    let mut judged = (0, 0);
    for (i, row) in distances.iter().enumerate() {
        let others = || (0..count).filter(|&j| j != i);
        if others().any(|j| kin(i, j)) {
            let nearest = others().min_by(|&a, &b| row[a].total_cmp(&row[b]));
            judged = (judged.0 + usize::from(nearest.is_some_and(|j| kin(i, j))), judged.1 + 1);
        }
    }
    let pairs = |wanted: &dyn Fn(usize, usize) -> bool| -> Vec<f64> {
        (0..count)
            .flat_map(|i| (0..i).map(move |j| (i, j)))
            .filter(|&(i, j)| wanted(i, j))
            .map(|(i, j)| distances[i][j])
            .collect()
    };
    let nearer = |near: &[f64], far: &[f64]| {
        let wins: usize = near.iter().map(|a| far.iter().filter(|b| a < b).count()).sum();
        wins as f64 / (near.len() * far.len()) as f64
    };
    let data_sets: Vec<&str> = references
        .iter()
        .map(|r| r.sources.iter().max_by_key(|s| s.1).map_or("", |s| s.0.as_str()))
        .collect();
    let families: Vec<&str> =
        references.iter().map(|r| r.family.as_deref().unwrap_or_default()).collect();
    let average = average_linkage(distances);
    let joined = cut(&neighbour_joining(distances).to_draw(), 2);
    Figures {
        nearest_is_kin: f64::from(judged.0 as u32) / f64::from(judged.1),
        kin_within: nearer(
            &pairs(&|i, j| kin(i, j) && shared(i, j)),
            &pairs(&|i, j| !kin(i, j) && shared(i, j)),
        ),
        kin_across: nearer(
            &pairs(&|i, j| kin(i, j) && !shared(i, j)),
            &pairs(&|i, j| !kin(i, j) && !shared(i, j)),
        ),
        data_set: nearer(
            &pairs(&|i, j| !kin(i, j) && shared(i, j)),
            &pairs(&|i, j| !kin(i, j) && !shared(i, j)),
        ),
        length: {
            let words: Vec<f64> =
                references.iter().map(|r| (r.words as f64 / r.traces as f64).ln()).collect();
            let unrelated = || (0..count).flat_map(|i| (0..i).map(move |j| (i, j)));
            let differences: Vec<f64> = unrelated()
                .filter(|&(i, j)| !kin(i, j))
                .map(|(i, j)| (words[i] - words[j]).abs())
                .collect();
            rank_correlation(&pairs(&|i, j| !kin(i, j)), &differences)
        },
        split: [2, 5, 10].map(|groups| explained(&cut(&average, groups), &data_sets)),
        top: (explained(&joined, &data_sets), explained(&joined, &families)),
    }
}

/// Spearman's rank correlation of values without ties.
fn rank_correlation(a: &[f64], b: &[f64]) -> f64 {
    let ranks = |values: &[f64]| {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&x, &y| values[x].total_cmp(&values[y]));
        let mut ranks = vec![0.0; values.len()];
        order.into_iter().enumerate().for_each(|(rank, at)| ranks[at] = rank as f64);
        ranks
    };
    let squares: f64 = ranks(a).iter().zip(ranks(b)).map(|(x, y)| (x - y).powi(2)).sum();
    let n = a.len() as f64;
    1.0 - 6.0 * squares / (n * (n * n - 1.0))
}

/// The group of each tip when the deepest forks of a rooted tree are opened until there are this
/// many.
fn cut(tree: &Tree, groups: usize) -> Vec<usize> {
    let depths = tree.depths();
    let mut open = vec![tree.root];
    while open.len() < groups {
        let forks = open.iter().enumerate().filter(|(_, n)| !tree.nodes[**n].children.is_empty());
        let Some((first, _)) = forks.min_by(|a, b| depths[*a.1].total_cmp(&depths[*b.1])) else {
            break;
        };
        let node = open.remove(first);
        open.extend(&tree.nodes[node].children);
    }
    let below = tree.tips_below();
    let group = |tip| open.iter().position(|&node| below[node].contains(tip)).unwrap_or(0);
    (0..tree.tips()).map(group).collect()
}

/// Mutual information of two groupings, as a share of the entropy of the second.
fn explained(groups: &[usize], labels: &[&str]) -> f64 {
    fn entropy<T: Ord>(values: impl Iterator<Item = T>) -> f64 {
        let mut counts: BTreeMap<T, f64> = BTreeMap::new();
        values.for_each(|value| *counts.entry(value).or_default() += 1.0);
        let all: f64 = counts.values().sum();
        counts.values().map(|count| -(count / all) * (count / all).ln()).sum()
    }
    let both = entropy(groups.iter().zip(labels));
    (entropy(groups.iter()) + entropy(labels.iter()) - both) / entropy(labels.iter())
}

/// Subtracts from each profile what the data sets of the reference explain by least squares.
fn centred_by_data_set(about: &About, profiles: &[Vec<f32>]) -> ndarray::Array2<f32> {
    let sets = about.data_sets.len();
    let shares: Vec<Vec<f64>> = about
        .references
        .iter()
        .map(|r| {
            let of = |name: &String| r.sources.get(name).copied().unwrap_or(0) as f64;
            about.data_sets.iter().map(|name| of(name) / r.traces as f64).collect()
        })
        .collect();
    // Gauss–Seidel on the normal equations: they are small and positive definite.
    let mut normal = vec![vec![0.0; sets]; sets];
    for own in &shares {
        for a in 0..sets {
            (0..sets).for_each(|b| normal[a][b] += own[a] * own[b]);
        }
    }
    let width = profiles[0].len();
    let mut centred = ndarray::Array2::zeros((profiles.len(), width));
    for place in 0..width {
        let right: Vec<f64> = (0..sets)
            .map(|a| shares.iter().zip(profiles).map(|(s, p)| s[a] * f64::from(p[place])).sum())
            .collect();
        let mut means = vec![0.0; sets];
        for _ in 0..100 {
            // No reference has a source of this name where small sources are one data set together.
            for a in (0..sets).filter(|&a| normal[a][a] > 0.0) {
                let others: f64 =
                    (0..sets).filter(|&b| b != a).map(|b| normal[a][b] * means[b]).sum();
                means[a] = (right[a] - others) / normal[a][a];
            }
        }
        for (i, (own, profile)) in shares.iter().zip(profiles).enumerate() {
            let mean: f64 = own.iter().zip(&means).map(|(s, m)| s * m).sum();
            centred[[i, place]] = profile[place] - mean as f32;
        }
    }
    centred
}

#[test]
fn kin_falls_together_and_data_sets_do_not() {
    let atlas = Atlas::embedded().unwrap();
    let about = &atlas.about;
    let style = measure(about, &distances(&Space::new(&atlas, &[]).vectors()));
    let delta = measure(about, &distances(&Space::new(&atlas, &[]).without_embedding().vectors()));
    let centred = centred_by_data_set(about, atlas.model.profiles.references());
    let centred = measure(about, &distances(&centred));
    println!("style embedding: {style:#?}\nCosine Delta: {delta:#?}\ncentred: {centred:#?}");
    assert!(style.nearest_is_kin > 0.55 && style.nearest_is_kin > delta.nearest_is_kin);
    assert!(style.kin_within > 0.87 && style.kin_within > delta.kin_within);
    assert!(style.kin_across > 0.8 && style.kin_across > delta.kin_across);
    assert!(style.kin_across > centred.kin_across, "why profiles are not centred");
    // Unrelated pairs are as far apart within a data set as across.
    assert!((style.data_set - 0.5).abs() < 0.05 && delta.data_set > 0.55, "{}", style.data_set);
    // Near the root there is little of either.
    assert!(style.split.iter().zip(delta.split).skip(1).all(|(style, delta)| *style < delta));
    assert!(style.length.abs() < 0.1 && delta.length > 0.25, "{}", style.length);
    assert!(
        style.top.0 < style.top.1,
        "the top split tells more of the family than of the data set"
    );
}
