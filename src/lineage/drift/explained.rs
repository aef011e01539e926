//! Which part of a shift steps towards references explain.
//!
//! The shift is written as a sum of non-negative steps from the older corpus towards references
//! ([`crate::stats::non_negative_pursuit`]) and a rest. Every product is taken between different prompts
//! (a U-statistic; Hoeffding 1948): a squared mean would count its noise as signal, and the noise of the
//! older corpus is part of the shift and of every step, so that each step would seem to explain something.

use super::{
    result::{DriftReference, DriftShare},
    shift::Shift,
};
use crate::{
    atlas::Atlas,
    stats::{
        Interval,
        bootstrap::drawn_or_all,
        non_negative_pursuit::{Stop, pursue},
        vectors::{add_times, dot},
    },
};
use rand_pcg::Pcg64Mcg;
use std::collections::BTreeMap;

/// Most steps that a shift is made of.
const MOST_STEPS: usize = 8;
/// A further step explains at least this part of the shift.
const LEAST_SHARE: f64 = 0.01;

/// The part of the shift's squared length that steps towards each reference explain; the parts and the
/// rest of its own add up to 1.
pub(super) fn shares(shift: &Shift<'_>, random: Option<&mut Pcg64Mcg>) -> Vec<f64> {
    let count = shift.references.len();
    let data_sets = &shift.members;
    let pairs_of = &shift.pairs;
    let drawn = drawn_or_all(pairs_of.len(), random);
    // A prompt that is drawn twice is still one prompt: its product with itself is noise as well.
    let mut times: BTreeMap<usize, f64> = BTreeMap::new();
    drawn.iter().for_each(|&at| *times.entry(at).or_default() += 1.0);
    let width = pairs_of.first().map_or(0, |pair| pair.shift.len());
    let n = drawn.len() as f64;
    let pairs = n * n - times.values().map(|t| t * t).sum::<f64>();
    let (mut sum_old, mut sum_shift) = (vec![0.0_f32; width], vec![0.0_f32; width]);
    let (mut own_oo, mut own_os, mut own_ss) = (0.0, 0.0, 0.0);
    let mut target = vec![0.0_f32; width * count];
    for (&at, &t) in &times {
        let pair = &pairs_of[at];
        add_times(&mut sum_old, t as f32, &pair.old);
        add_times(&mut sum_shift, t as f32, &pair.shift);
        own_oo += t * t * dot(&pair.old, &pair.old);
        own_os += t * t * dot(&pair.old, &pair.shift);
        own_ss += t * t * dot(&pair.shift, &pair.shift);
        for (place, member) in target.chunks_mut(width.max(1)).zip(&data_sets[&pair.data_set]) {
            add_times(place, t as f32, &member.departure);
        }
    }
    let length = (dot(&sum_shift, &sum_shift) - own_ss) / pairs.max(1.0);
    // What is mostly noise has no direction to be explained.
    if length <= 0.1 * dot(&sum_shift, &sum_shift) / (n * n).max(1.0) {
        return vec![0.0; count];
    }
    let old_shift = (dot(&sum_old, &sum_shift) - own_os) / pairs.max(1.0);
    let old_old = (dot(&sum_old, &sum_old) - own_oo) / pairs.max(1.0);
    let place = |at: usize| &target[at * width..(at + 1) * width];
    // With x_r = departure of r − old: ⟨x_r, shift⟩ and ⟨x_r, x_s⟩.
    let toward: Vec<f64> =
        (0..count).map(|r| dot(place(r), &sum_shift) / (n * n) - old_shift).collect();
    let with_old: Vec<f64> = (0..count).map(|r| dot(place(r), &sum_old) / (n * n)).collect();
    let mean_noise = |r: usize| {
        let sum: f64 = times
            .iter()
            .map(|(&at, t)| t * f64::from(data_sets[&pairs_of[at].data_set][r].noise))
            .sum();
        sum / n
    };
    let mut products = vec![0.0; count * count];
    for r in 0..count {
        for s in 0..=r {
            let mut product =
                dot(place(r), place(s)) / (n * n) - with_old[r] - with_old[s] + old_old;
            if r == s {
                // A little more than it is: nearly parallel steps would else be played against each other.
                product = (product - mean_noise(r)).max(0.05 * length) * 1.01;
            }
            products[r * count + s] = product;
            products[s * count + r] = product;
        }
    }
    let weights =
        pursue(&products, &toward, Stop { most: MOST_STEPS, least_gain: LEAST_SHARE * length });
    let explained: Vec<f64> =
        weights.iter().zip(&toward).map(|(w, toward)| (w * toward / length).max(0.0)).collect();
    // Noise that was taken off may leave less length than is explained.
    let all = explained.iter().sum::<f64>().max(1.0);
    explained.into_iter().map(|share| share / all).collect()
}

/// The shares of families: the sums over their members.
pub(super) fn family_shares(
    named: &[DriftReference],
    references: &[usize],
    drawn: &[Vec<f64>],
    atlas: &Atlas,
) -> Vec<DriftShare> {
    let mut families: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, &reference) in references.iter().enumerate() {
        let about = &atlas.about.references[reference];
        families.entry(about.family.as_deref().unwrap_or(&about.name)).or_default().push(at);
    }
    let share_of = |name: &str| named.iter().find(|r| r.reference == name).map_or(0.0, |r| r.share);
    let mut shares: Vec<DriftShare> = families
        .into_iter()
        .map(|(family, members)| {
            let share: f64 = members
                .iter()
                .map(|&at| share_of(&atlas.about.references[references[at]].name))
                .sum();
            let drawn = drawn.iter().map(|d| members.iter().map(|&at| d[at]).sum()).collect();
            let Interval { low, high } = Interval::percentiles(drawn).containing(share);
            DriftShare { family: family.into(), share, low, high }
        })
        .filter(|family| family.share > 0.0)
        .collect();
    shares.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.family.cmp(&b.family)));
    shares
}

#[cfg(test)]
mod tests {
    use super::super::{change::changes, pairs::PromptPair};
    use super::*;
    use crate::attribution::panel::Member;

    #[test]
    fn a_shift_half_of_the_way_to_a_reference_is_explained_by_it() {
        let member = |reference: usize, departure: [f32; 3]| Member {
            reference,
            data_set: 0,
            prompts: 9,
            paired: true,
            departure: departure.into(),
            noise: 0.0,
        };
        let (a, b) = (member(0, [2.0, 0.0, 0.0]), member(1, [0.0, 2.0, 0.0]));
        let members = BTreeMap::from([(0, vec![&a, &b])]);
        let pairs: Vec<PromptPair> = (0..20)
            .map(|_| PromptPair { data_set: 0, old: vec![0.0; 3], shift: vec![1.0, 0.0, 1.0] })
            .collect();
        let shift = Shift { pairs, references: vec![0, 1], members };
        let shares = shares(&shift, None);
        // Half of the squared length is towards a, half is in a direction of its own.
        assert!((shares[0] - 0.5).abs() < 0.02 && shares[1] == 0.0, "{shares:?}");
        let changes = changes(&shift, None);
        assert!(changes.before[0].abs() < 1e-9 && (changes.after[0] - 0.5_f64.sqrt()).abs() < 1e-6);
    }
}
