//! A sample of traces in other clothes → how much of the first reference's share is left.
//!
//! Called by `analysis` for reports, after [`crate::lineage::compare`]. Some of the traces are
//! scored again with their markdown stripped, in lower case, with numbers masked, and without their
//! openings ([`View`]); the same traces unchanged are added for comparison, since they are not all
//! of the input.

use super::perturbations::{Change, View};
use crate::{
    atlas::Atlas,
    features::NgramCounter,
    lineage::{
        BreakdownKind, CompareOptions, Comparison, LEAST_PROMPTS, SampledText, ScoredCorpus,
        TextReservoir, group_of,
    },
};
use rayon::prelude::*;

/// Traces that are scored again at most, and bytes of their texts together.
const TRACES: usize = 100;
const BYTES: usize = 1 << 20;
/// What is changed, one at a time.
const CHANGES: [Change; 4] =
    [Change::NoMarkdown, Change::LowerCase, Change::NoNumbers, Change::NoOpening];

/// Adds to where a comparison holds the shares over at most 100 traces as they are and with their texts changed. Nothing is added
/// where there are too few prompts, or where the atlas takes the vectors of traces from a file: changed texts have none there.
pub(crate) fn add_changed_texts(
    comparison: &mut Comparison,
    atlas: &Atlas,
    tally: &ScoredCorpus,
    sample: &TextReservoir,
    options: &CompareOptions,
) {
    if atlas.vectors().is_some_and(|source| source.embedder().is_none()) {
        return;
    }
    let Some(holds) = &mut comparison.holds else { return };
    let Some(first) = atlas.names().position(|name| name == holds.reference) else { return };
    let mut bytes = 0;
    let chosen: Vec<(&SampledText, &[f32], u32)> = sample
        .traces()
        .filter(|one| !one.is_cut)
        .take_while(|one| {
            bytes += one.text.len();
            bytes <= BYTES
        })
        .take(TRACES)
        .filter_map(|one| {
            let (probabilities, prompt) = tally.probabilities(one.at)?;
            Some((one, probabilities, prompt))
        })
        .collect();
    let group = |what: &str, traces: &[(u32, &[f32])]| {
        let (resamples, seed) = (options.resamples, options.seed);
        group_of(atlas, BreakdownKind::Changed, what, traces, first, resamples, seed)
    };
    let as_they_are: Vec<(u32, &[f32])> =
        chosen.iter().map(|&(_, probabilities, prompt)| (prompt, probabilities)).collect();
    let as_they_are = group("the same traces as they are", &as_they_are);
    if as_they_are.prompts < LEAST_PROMPTS {
        return;
    }
    holds.groups.push(as_they_are);
    for change in CHANGES {
        let view = View { change, seed: options.seed };
        // A text of which too few words are left is passed over: the rest may be compared.
        let scored: Vec<(u32, Vec<f32>)> = chosen
            .par_iter()
            .map_init(NgramCounter::default, |counter, (one, _, prompt)| {
                let scored = atlas.model.score(&view.of(&one.text), counter).ok()?;
                Some((*prompt, scored.probabilities))
            })
            .flatten()
            .collect();
        let rows: Vec<(u32, &[f32])> =
            scored.iter().map(|(prompt, own)| (*prompt, own.as_slice())).collect();
        let group = group(&change.name(), &rows);
        if group.prompts >= LEAST_PROMPTS {
            holds.groups.push(group);
        }
    }
}
