//! The traces in whose span the regression looks for its weights.
//!
//! With as many landmarks as traces the solution is the exact one. With fewer it is the best of those
//! that some traces span (Nyström's method; Williams & Seeger 2001, Rudi, Carratino & Rosasco 2017):
//! time and memory then grow with the number of traces, not with its square. Landmarks are dealt out
//! evenly over the references and data sets, so that a model with few traces keeps all of them.

use super::training_set::TrainingSet;
use std::collections::BTreeMap;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The most landmarks.
pub(super) const MOST_LANDMARKS: usize = 3_072;

/// The numbers of the traces that are landmarks, ascending: all of them where there are at most
/// `most`, else one of each reference on each data set in turn. Which of them is drawn by `seed`.
pub(super) fn landmarks(set: &TrainingSet<'_>, most: usize, seed: u64) -> Vec<usize> {
    if set.len() <= most {
        return (0..set.len()).collect();
    }
    let drawn = |i: usize| xxh3_64_with_seed(&(i as u64).to_le_bytes(), seed);
    let mut cells: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for i in 0..set.len() {
        cells.entry((set.labels[i], set.data_sets[i])).or_default().push(i);
    }
    // The round in which each trace would be taken; ties within a round are drawn too.
    let mut order: Vec<(usize, u64, usize)> = Vec::with_capacity(set.len());
    for own in cells.values_mut() {
        own.sort_by_key(|&i| (drawn(i), i));
        order.extend(own.iter().enumerate().map(|(round, &i)| (round, drawn(i), i)));
    }
    order.sort_unstable();
    let mut chosen: Vec<usize> = order.into_iter().take(most).map(|(.., i)| i).collect();
    chosen.sort_unstable();
    chosen
}
