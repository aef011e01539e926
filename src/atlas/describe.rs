//! Training traces → what the atlas says about each reference.

use super::{
    about::{Reference, UNKNOWN_DOMAIN},
    training_traces::TrainingTrace,
};
use crate::text::language;
use std::collections::{BTreeMap, BTreeSet};

/// Traces by language, where it can be told.
fn languages(own: &[&TrainingTrace<'_>]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for language in own.iter().filter_map(|u| language(&u.text)) {
        *counts.entry(language.to_owned()).or_default() += 1;
    }
    counts
}

/// What is known about a reference.
pub(super) fn describe(
    name: &str,
    family: Option<&String>,
    own: &[&TrainingTrace<'_>],
) -> Reference {
    let count = |key: &dyn Fn(&TrainingTrace<'_>) -> String| {
        let mut counts = BTreeMap::new();
        for u in own {
            *counts.entry(key(u)).or_default() += 1;
        }
        counts
    };
    Reference {
        name: name.to_owned(),
        family: family.cloned(),
        traces: own.len(),
        words: own.iter().map(|u| u.words).sum(),
        prompts: own.iter().map(|u| u.prompt.as_str()).collect::<BTreeSet<_>>().len(),
        domains: count(&|u| u.trace.domain.clone().unwrap_or_else(|| UNKNOWN_DOMAIN.into())),
        mediation: count(&|u| u.trace.mediation().name().into()),
        sources: count(&|u| u.trace.source.clone()),
        languages: languages(own),
        licences: own
            .iter()
            .filter_map(|u| u.trace.meta.get("licence")?.as_str().map(str::to_owned))
            .collect(),
        data_sets: BTreeSet::new(),
    }
}
