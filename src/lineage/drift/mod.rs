//! Drift: from an older corpus to a newer one, which references did the style move towards?
//!
//! Comes in: both scored corpora and the atlas. Goes out: a [`Drift`]. Called by `comparison` for
//! `compare --baseline`. The shift is the mean over shared prompts of the newer values less the older. Where
//! too few prompts are shared, it is the difference of the two departures from the panel; the answer says so.
//!
//! The first question is whether the style moved at all: the length of the shift is compared with its length
//! when the signs of prompts are flipped at random (`size_test`). No other p-value is smaller than this one (a
//! closed test; Marcus, Peritz & Gabriel 1976), so that the stated level applies to the whole answer. Three
//! answers follow, each with a 95 % interval drawn over prompts:
//! - by how much the similarity to each reference changed, with a p-value of Fisher's randomization test on
//!   the shift's projection against that on unrelated references, corrected by Holm (`change`);
//! - which part of the shift each reference explains (`explained`);
//! - in which channels it moved (`channels`), and which phrases appeared and disappeared
//!   ([`super::log_odds`]).

mod change;
mod channels;
mod error;
mod explained;
mod finding;
mod pairs;
mod result;
mod shift;
mod size_test;

pub(super) use channels::channels;
pub use error::{DriftError, MainLanguage};
pub use finding::{Approach, DriftBasis, DriftFinding};
pub(super) use pairs::{PromptPair, PromptPairs, pair_prompts};
pub use result::{Drift, DriftChannel, DriftReference, DriftShare, MovedPhrase};

use super::{log_odds, residuals::known_similarities, scored_corpus::ScoredCorpus};
use crate::{
    atlas::{Atlas, floor},
    stats::{Interval, holm::holm, random::stream},
};
use change::{changes, p_values};
use explained::{family_shares, shares};
use rayon::prelude::*;
use shift::Shift;
use size_test::{size, size_p_value};

/// Resamples of the shares, each of which is a search of its own.
const SHARE_RESAMPLES: usize = 200;
/// Keeps the random streams of the shares apart from others with the same seed.
const SHARE_SALT: u64 = 0x5348;
/// References that the finding names.
const NAMED: usize = 3;
/// Phrases that appeared, and as many that disappeared.
const PHRASES: usize = 12;

/// Compares a newer corpus with an older one.
///
/// # Errors
/// Where the two cannot be compared.
pub(in crate::lineage) fn drift(
    atlas: &Atlas,
    new: &ScoredCorpus,
    old: &ScoredCorpus,
    resamples: usize,
    seed: u64,
) -> Result<Drift, DriftError> {
    let panel = &atlas.panel;
    if panel.width() == 0 {
        return Err(DriftError::NoPanel);
    }
    let PromptPairs { shared: paired, pairs } = pair_prompts(panel, new, old, |_| true)?;
    let families: Vec<Option<&str>> =
        atlas.about.references.iter().map(|r| r.family.as_deref()).collect();
    let shift = Shift::new(atlas, new, pairs);
    let (pairs, references) = (&shift.pairs, &shift.references);
    let channels = channels(atlas, pairs);
    // Every channel has the same weight: where each of them moves by 1, the length is 1.
    let size = size(pairs) / (channels.len().max(1) as f64).sqrt();
    let changes = changes(&shift, None);
    let drawn: Vec<Vec<f64>> = (0..resamples as u64)
        .into_par_iter()
        .map(|resample| self::changes(&shift, Some(&mut stream(seed, resample))).differences())
        .collect();
    let p_values = p_values(&shift, &families, seed);
    let size_p_value = size_p_value(pairs, seed);
    let corrected: Vec<f64> = holm(&p_values).into_iter().map(|p| p.max(size_p_value)).collect();
    let shares = shares(&shift, None);
    let drawn_shares: Vec<Vec<f64>> = (0..SHARE_RESAMPLES as u64)
        .into_par_iter()
        .map(|resample| self::shares(&shift, Some(&mut stream(seed ^ SHARE_SALT, resample))))
        .collect();
    let own = 1.0 - shares.iter().sum::<f64>();
    let interval = |values: Vec<f64>, point: f64| Interval::percentiles(values).containing(point);
    let named: Vec<DriftReference> = references
        .iter()
        .enumerate()
        .map(|(at, &reference)| {
            let about = &atlas.about.references[reference];
            let change = changes.after[at] - changes.before[at];
            let Interval { low, high } = interval(drawn.iter().map(|d| d[at]).collect(), change);
            let share = interval(drawn_shares.iter().map(|d| d[at]).collect(), shares[at]);
            DriftReference {
                reference: about.name.clone(),
                family: about.family.clone(),
                before: changes.before[at],
                after: changes.after[at],
                change,
                low,
                high,
                p_value: p_values[at],
                corrected_p_value: corrected[at],
                share: shares[at],
                share_low: share.low,
                share_high: share.high,
            }
        })
        .collect();
    let own_interval =
        interval(drawn_shares.iter().map(|d| 1.0 - d.iter().sum::<f64>()).collect(), own);
    let [.., (_, unrelated)] = known_similarities(panel, &families);
    let families = family_shares(&named, references, &drawn_shares, atlas);
    // A profile keeps no phrases: every phrase would seem to be new.
    let (came, went) = match old.profiled + new.profiled {
        0 => log_odds::came_and_went(atlas, new, old, paired, PHRASES),
        _ => Default::default(),
    };
    let mut drift = Drift {
        finding: DriftFinding::ByChance(DriftBasis { paired, prompts: pairs.len() }),
        paired,
        prompts: pairs.len(),
        size,
        size_p_value,
        references: named,
        families,
        own_share: own,
        own_low: own_interval.low,
        own_high: own_interval.high,
        channels,
        came,
        went,
    };
    let unrelated = floor("", unrelated).map_or(1.0, |floor| floor.high);
    drift.finding = finding(&drift, unrelated);
    // First the references that the style moved towards and is near to, then by the change of similarity:
    // a reference opposite to the older corpus gains most, and may still be far away.
    drift.references.sort_by(|a, b| {
        let near = |r: &DriftReference| r.is_clear() && r.after > unrelated;
        near(b)
            .cmp(&near(a))
            .then_with(|| b.change.total_cmp(&a.change))
            .then_with(|| a.reference.cmp(&b.reference))
    });
    Ok(drift)
}

/// What the sentence says. A reference is named where the shift surely leads towards it more than
/// towards unrelated ones, and the newer corpus is nearer to it than all but a twentieth of unrelated
/// references are to each other.
fn finding(drift: &Drift, unrelated: f64) -> DriftFinding {
    let basis = DriftBasis { paired: drift.paired, prompts: drift.prompts };
    let approach = |r: &DriftReference| Approach {
        reference: r.reference.clone(),
        before: r.before,
        after: r.after,
    };
    let mut sure: Vec<&DriftReference> = drift.references.iter().filter(|r| r.is_clear()).collect();
    sure.sort_by(|a, b| b.after.total_cmp(&a.after).then_with(|| a.reference.cmp(&b.reference)));
    let Some(first) = sure.first() else {
        return if drift.size > 0.0 && drift.size_p_value <= 0.05 {
            DriftFinding::TowardsNone(basis)
        } else {
            DriftFinding::ByChance(basis)
        };
    };
    let near: Vec<Approach> =
        sure.iter().filter(|r| r.after > unrelated).map(|r| approach(r)).collect();
    if near.is_empty() {
        return DriftFinding::StillUnrelated { nearest: approach(first), basis };
    }
    DriftFinding::Towards {
        more: near.len().saturating_sub(NAMED),
        references: near.into_iter().take(NAMED).collect(),
        own_share: drift.own_share,
        basis,
    }
}
