//! The prompts of two corpora, paired.
//!
//! Comes in: an older and a newer corpus. Goes out: for each pair of prompts how the older corpus departs
//! from the panel, and the shift to the newer one. Called by `drift` and by `movement`.

use super::error::DriftError;
use crate::{
    attribution::panel::Panel,
    lineage::{
        residuals::{ENOUGH_SHARED, Residuals},
        scored_corpus::ScoredCorpus,
    },
    stats::vectors::minus,
};
use std::collections::BTreeMap;

/// With fewer pairs no direction is given.
const MINIMUM_PROMPTS: usize = 10;

/// One prompt of both corpora, or one prompt of each.
#[derive(Debug, Clone)]
pub(in crate::lineage) struct PromptPair {
    /// The data set that the prompts belong to.
    pub data_set: usize,
    /// How the older corpus departs from the panel.
    pub old: Vec<f32>,
    /// The values of the newer corpus less those of the older.
    pub shift: Vec<f32>,
}

/// The pairs of two corpora.
#[derive(Debug, Clone)]
pub(in crate::lineage) struct PromptPairs {
    /// Whether both corpora answered the same prompts. Otherwise a part of the shift is due to what the
    /// prompts are about.
    pub shared: bool,
    /// The pairs.
    pub pairs: Vec<PromptPair>,
}

/// Pairs the prompts of two corpora: those that both answered, or where these are too few, one prompt of the
/// newer with one of the older on the same data set. `only` chooses prompts by their keys; chosen prompts
/// are paired only if they are shared.
///
/// # Errors
/// Where there are too few pairs.
pub(in crate::lineage) fn pair_prompts(
    panel: &Panel,
    new: &ScoredCorpus,
    old: &ScoredCorpus,
    only: impl Fn(&str) -> bool,
) -> Result<PromptPairs, DriftError> {
    let departed_old = Residuals::of(panel, old);
    let by_prompt: BTreeMap<usize, _> =
        departed_old.prompts.iter().map(|departure| (departure.prompt, departure)).collect();
    let all = new.keys();
    // A profile keeps no keys to choose by, and nothing is chosen from one.
    let keys: Vec<_> = all.iter().filter(|(_, key, _)| key.is_none_or(&only)).collect();
    let chosen = keys.len() < all.len();
    let in_old: BTreeMap<u64, u32> =
        old.keys().into_iter().map(|(hash, _, at)| (hash, at)).collect();
    let shared: Vec<PromptPair> = keys
        .into_iter()
        .filter_map(|&(hash, _, at)| {
            let before = *in_old.get(&hash)? as usize;
            let departure = by_prompt.get(&before)?;
            let (now, then) = (new.cells.get(at as usize)?, old.cells.get(before)?);
            (now.traces > 0 && then.traces > 0).then(|| PromptPair {
                data_set: departure.data_set,
                old: departure.values.clone(),
                shift: minus(&now.mean(), &then.mean()),
            })
        })
        .collect();
    if shared.len() >= ENOUGH_SHARED {
        return Ok(PromptPairs { shared: true, pairs: shared });
    }
    if chosen {
        return Err(DriftError::TooFewChosenPrompts {
            shared: shared.len(),
            needed: ENOUGH_SHARED,
        });
    }
    // Prompts of one data set are paired in their order. Each prompt is in one pair only: pairs are then
    // independent, and intervals drawn over them have the right width. Where one corpus has more prompts,
    // the rest is left out.
    let departed_new = Residuals::of(panel, new);
    let old_data_sets = departed_old.by_data_set();
    let mut pairs = Vec::new();
    for (data_set, now) in departed_new.by_data_set() {
        let Some(then) = old_data_sets.get(&data_set) else { continue };
        pairs.extend(now.iter().zip(then).map(|(now, then)| PromptPair {
            data_set,
            old: then.values.clone(),
            shift: minus(&now.values, &then.values),
        }));
    }
    if pairs.len() < MINIMUM_PROMPTS {
        return Err(DriftError::TooFewPrompts { shared: shared.len(), needed: MINIMUM_PROMPTS });
    }
    Ok(PromptPairs { shared: false, pairs })
}
