//! Training traces → what the atlas says about each reference and each source.

use super::{
    about::{Reference, SourceSummary, UNKNOWN_DOMAIN},
    training_traces::TrainingTrace,
};
use crate::stats::quantile::nearest_rank;
use std::collections::{BTreeMap, BTreeSet};

type Own<'a> = [&'a TrainingTrace<'a>];

/// Traces by what `key` says of them; those of which it says nothing are not counted.
fn counts(
    own: &Own<'_>,
    key: impl Fn(&TrainingTrace<'_>) -> Option<String>,
) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for key in own.iter().filter_map(|u| key(u)) {
        *counts.entry(key).or_default() += 1;
    }
    counts
}

fn languages(own: &Own<'_>) -> BTreeMap<String, usize> {
    counts(own, |u| u.language.map(str::to_owned))
}

fn mediation(own: &Own<'_>) -> BTreeMap<String, usize> {
    counts(own, |u| Some(u.trace.mediation().name().into()))
}

fn licences(own: &Own<'_>) -> BTreeSet<String> {
    let licence = |u: &TrainingTrace<'_>| u.trace.meta.get("licence")?.as_str().map(str::to_owned);
    own.iter().filter_map(|u| licence(u)).collect()
}

fn prompts(own: &Own<'_>) -> usize {
    own.iter().map(|u| u.prompt.as_str()).collect::<BTreeSet<_>>().len()
}

/// What is known about a reference.
pub(super) fn describe(name: &str, family: Option<&String>, own: &Own<'_>) -> Reference {
    Reference {
        name: name.to_owned(),
        family: family.cloned(),
        traces: own.len(),
        words: own.iter().map(|u| u.words).sum(),
        prompts: prompts(own),
        domains: counts(own, |u| Some(u.trace.domain.clone().unwrap_or(UNKNOWN_DOMAIN.into()))),
        mediation: mediation(own),
        sources: counts(own, |u| Some(u.trace.source.clone())),
        languages: languages(own),
        licences: licences(own),
        data_sets: BTreeSet::new(),
    }
}

/// What is known about each source, by name.
pub(super) fn source_summaries(usable: &[TrainingTrace<'_>]) -> Vec<SourceSummary> {
    let mut sources: BTreeMap<&str, Vec<&TrainingTrace<'_>>> = BTreeMap::new();
    for u in usable {
        sources.entry(&u.trace.source).or_default().push(u);
    }
    sources
        .into_iter()
        .map(|(name, own)| {
            let mut lengths: Vec<f64> = own.iter().map(|u| u.words as f64).collect();
            lengths.sort_by(f64::total_cmp);
            let length = |share| nearest_rank(&lengths, share).unwrap_or_default() as usize;
            SourceSummary {
                name: name.to_owned(),
                references: own.iter().map(|u| u.model).collect::<BTreeSet<_>>().len(),
                traces: own.len(),
                words: own.iter().map(|u| u.words).sum(),
                length: [length(0.05), length(0.5), length(0.95)],
                prompts: prompts(&own),
                languages: languages(&own),
                mediation: mediation(&own),
                licences: licences(&own),
            }
        })
        .collect()
}
