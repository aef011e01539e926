//! Families from confusions: which references a learner that had not seen the prompts takes for
//! each other.
//!
//! Comes in: for every trace the out-of-fold probabilities. Goes out: groups of references that
//! cannot be told apart well. Called by `fit`; used where nobody says which models are related. How
//! much two references are confused is the part of their traces' evidence that goes to the wrong
//! one of the two: 0 where they never are, ½ where they cannot be told apart. Groups are joined by
//! average linkage (Sokal & Michener 1958) while that part is at least [`LEAST_CONFUSION`] on
//! average.

use kodama::{Method, linkage};

/// Groups are joined down to this. `docs/lineage.md` has what it finds among the references of the
/// embedded atlas.
pub const LEAST_CONFUSION: f64 = 0.2;

/// The group of each reference, numbered in the order in which they come up; a group of one for who
/// is not confused. `probabilities` has a probability per reference for each trace, `labels` the
/// reference that wrote it.
pub fn confused(probabilities: &[Vec<f32>], labels: &[usize], references: usize) -> Vec<usize> {
    let mut mean = vec![vec![0.0_f64; references]; references];
    let mut traces = vec![0.0_f64; references];
    for (row, &label) in probabilities.iter().zip(labels) {
        traces[label] += 1.0;
        mean[label].iter_mut().zip(row).for_each(|(sum, &p)| *sum += f64::from(p));
    }
    for (row, traces) in mean.iter_mut().zip(&traces) {
        row.iter_mut().for_each(|sum| *sum /= traces.max(1.0));
    }
    let confusion = |a: usize, b: usize| {
        let wrong = mean[a][b] + mean[b][a];
        wrong / (mean[a][a] + mean[b][b] + wrong).max(1e-12)
    };
    // The distances that `kodama` wants: the upper triangle, row by row.
    let mut distances: Vec<f64> = (0..references)
        .flat_map(|a| (a + 1..references).map(move |b| (a, b)))
        .map(|(a, b)| 1.0 - 2.0 * confusion(a, b).min(0.5))
        .collect();
    let mut group: Vec<usize> = (0..references).collect();
    let mut clusters: Vec<Vec<usize>> = (0..references).map(|reference| vec![reference]).collect();
    for step in linkage(&mut distances, references, Method::Average).steps() {
        let both = [&clusters[step.cluster1][..], &clusters[step.cluster2]].concat();
        // Heights of average linkage never fall, so that what is joined here stays joined.
        if step.dissimilarity <= 1.0 - 2.0 * LEAST_CONFUSION {
            let first = both.iter().map(|&own| group[own]).min().unwrap_or_default();
            both.iter().for_each(|&own| group[own] = first);
        }
        clusters.push(both);
    }
    let mut seen: Vec<usize> = Vec::new();
    group
        .into_iter()
        .map(|own| {
            seen.iter().position(|&other| other == own).unwrap_or_else(|| {
                seen.push(own);
                seen.len() - 1
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Traces of references of which each gives `share` of its evidence to the partner, and the
    /// rest to itself.
    fn groups(shares: &[(usize, f32)]) -> Vec<usize> {
        let references = shares.len();
        let rows = shares.iter().enumerate().map(|(own, &(partner, share))| {
            let mut row = vec![0.0; references];
            row[partner] += share;
            row[own] += 1.0 - share;
            row
        });
        confused(&rows.collect::<Vec<_>>(), &(0..references).collect::<Vec<_>>(), references)
    }

    #[test]
    fn who_is_taken_for_each_other_is_one_group() {
        // 0 and 2 give each other 0.4: confused in 0.4 of the evidence; 1 and 3 in 0.1.
        assert_eq!(groups(&[(2, 0.4), (3, 0.1), (0, 0.4), (1, 0.1)]), [0, 1, 0, 2]);
        // One way only: 0.4 of 2.
        assert_eq!(groups(&[(1, 0.4), (1, 0.0)]), [0, 0]);
        assert_eq!(groups(&[(1, 0.3), (1, 0.0)]), [0, 1]);
    }

    #[test]
    fn a_reference_joins_a_group_that_it_is_confused_with_on_average() {
        // 2 is confused with 0, and hardly with 1, which 0 is confused with: (0.25 + 0) / 2 is too
        // little.
        let rows = vec![vec![0.5, 0.4, 0.1], vec![0.4, 0.6, 0.0], vec![0.3, 0.0, 0.7]];
        assert_eq!(confused(&rows, &[0, 1, 2], 3), [0, 0, 1]);
    }

    #[test]
    fn one_reference_or_none_is_no_pair() {
        assert_eq!(confused(&[vec![1.0]], &[0], 1), [0]);
        assert!(confused(&[], &[], 0).is_empty());
    }
}
