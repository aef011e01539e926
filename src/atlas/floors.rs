//! What a similarity means: its values between corpora of the atlas whose relation is known.
//!
//! Called when an atlas is learned, and by `lineage` for the paired comparison.

use super::{
    about::{Floor, Reference},
    training_traces::TrainingTrace,
};
use crate::{
    attribution::delta::{Profiles, mean_profile, similarity},
    features::Row,
    stats::quantile::nearest_rank,
};
use std::collections::BTreeMap;
use xxhash_rust::xxh3::xxh3_64;

/// A corpus needs this many traces to have a floor computed from it.
const FLOOR_TRACES: usize = 10;
/// With fewer references a profile is scaled by too few to say what a similarity means.
const FLOOR_REFERENCES: usize = 8;

/// What the floor of one model's corpus with itself is called.
pub(crate) const TWO_HALVES: &str = "two halves of one model's corpus, on different prompts";

/// Similarities between corpora whose relation is known.
pub(super) fn floors(
    profiles: &Profiles,
    references: &[Reference],
    usable: &[TrainingTrace<'_>],
    rows: &[Row],
) -> Vec<Floor> {
    if references.len() < FLOOR_REFERENCES {
        return Vec::new();
    }
    let mean_of = |members: &[usize]| {
        profiles.standardize(&mean_profile(members.iter().map(|&i| rows[i].profile())))
    };
    let mut halves = Vec::new();
    let mut domains = Vec::new();
    for reference in references {
        let own: Vec<usize> =
            (0..usable.len()).filter(|&i| usable[i].model == reference.name).collect();
        let (first, second): (Vec<usize>, Vec<usize>) =
            own.iter().partition(|&&i| xxh3_64(usable[i].prompt.as_bytes()).is_multiple_of(2));
        if first.len() >= FLOOR_TRACES && second.len() >= FLOOR_TRACES {
            halves.push(similarity(&mean_of(&first), &mean_of(&second)));
        }
        let mut by_source: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for &i in &own {
            by_source.entry(&usable[i].trace.source).or_default().push(i);
        }
        by_source.retain(|_, members| members.len() >= FLOOR_TRACES);
        let means: Vec<Vec<f32>> = by_source.values().map(|members| mean_of(members)).collect();
        for (i, a) in means.iter().enumerate() {
            domains.extend(means[i + 1..].iter().map(|b| similarity(a, b)));
        }
    }
    let mut unrelated = Vec::new();
    for (i, a) in references.iter().enumerate() {
        for (j, b) in references.iter().enumerate().skip(i + 1) {
            if a.family.is_none() || a.family != b.family {
                unrelated.push(similarity(profiles.reference(i), profiles.reference(j)));
            }
        }
    }
    [
        (TWO_HALVES, halves),
        ("one model in two data sets of different domains", domains),
        ("two unrelated models", unrelated),
    ]
    .into_iter()
    .filter_map(|(what, values)| floor(what, values))
    .collect()
}

/// The quantiles of similarities between corpora whose relation is known; `None` of none.
pub(crate) fn floor(what: &str, mut values: Vec<f64>) -> Option<Floor> {
    values.sort_by(f64::total_cmp);
    Some(Floor {
        what: what.to_owned(),
        pairs: values.len(),
        low: nearest_rank(&values, 0.05)?,
        median: nearest_rank(&values, 0.5)?,
        high: nearest_rank(&values, 0.95)?,
    })
}
