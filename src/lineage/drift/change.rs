//! By how much the similarity to each reference changed.

use super::{pairs::PromptPair, shift::Shift};
use crate::{
    attribution::panel::{Member, Spread, alike},
    lineage::pairing::against_unrelated,
    stats::{bootstrap::drawn_or_all, sign_flips::sign_flips, vectors::projection},
};
use rand_pcg::Pcg64Mcg;

/// The similarity to each reference.
pub(super) struct Changes {
    /// That of the older corpus.
    pub before: Vec<f64>,
    /// That of the newer corpus.
    pub after: Vec<f64>,
}

impl Changes {
    /// By how much each similarity changed.
    pub fn differences(&self) -> Vec<f64> {
        self.after.iter().zip(&self.before).map(|(after, before)| after - before).collect()
    }
}

/// The similarity to each reference before and after: the mean over data sets, each weighed by its prompts. With
/// a random stream, prompts are drawn with replacement.
pub(super) fn changes(shift: &Shift<'_>, mut random: Option<&mut Pcg64Mcg>) -> Changes {
    let times = if random.is_some() { 2.0 } else { 1.0 };
    let mut changes = Changes {
        before: vec![0.0; shift.references.len()],
        after: vec![0.0; shift.references.len()],
    };
    for (data_set, members) in &shift.members {
        let own: Vec<&PromptPair> =
            shift.pairs.iter().filter(|pair| pair.data_set == *data_set).collect();
        let drawn = drawn_or_all(own.len(), random.as_deref_mut());
        let weight = own.len() as f64 / shift.pairs.len() as f64;
        let (mut then, mut now) = (Default::default(), Default::default());
        for (target, newer) in [(&mut then, false), (&mut now, true)] {
            let mut spread = Spread::default();
            for &at in &drawn {
                let pair = own[at];
                if newer {
                    let sum: Vec<f32> =
                        pair.old.iter().zip(&pair.shift).map(|(old, shift)| old + shift).collect();
                    spread.add(&sum);
                } else {
                    spread.add(&pair.old);
                }
            }
            *target = spread.finish();
        }
        for (at, member) in members.iter().enumerate() {
            let other = (member.departure.as_slice(), f64::from(member.noise));
            changes.before[at] += weight * alike((&then.0, times * f64::from(then.1)), other);
            changes.after[at] += weight * alike((&now.0, times * f64::from(now.1)), other);
        }
    }
    changes
}

/// One-sided p-values: does the shift lead more towards a reference than towards unrelated ones?
pub(super) fn p_values(shift: &Shift<'_>, families: &[Option<&str>], seed: u64) -> Vec<f64> {
    let rows: Vec<Vec<f64>> = shift
        .pairs
        .iter()
        .map(|pair| {
            let members = &shift.members[&pair.data_set];
            let projections: Vec<f64> =
                members.iter().map(|m| projection(&pair.shift, &m.departure)).collect();
            let named: Vec<(usize, Vec<&Member>)> =
                shift.references.iter().map(|&reference| (reference, Vec::new())).collect();
            against_unrelated(&projections, &named, families)
        })
        .collect();
    sign_flips(&rows, seed)
}
