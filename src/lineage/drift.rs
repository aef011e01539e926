//! Drift: from an older corpus to a newer one, towards whom did the style move?
//!
//! Comes in: the tallies of both and the atlas. Goes out: a [`Drift`]. Called by `comparison` for
//! `compare --baseline`. The shift is the mean over shared prompts of the new values less the old; where
//! prompts are not shared, the difference of the two departures from the panel, which is said.
//!
//! First of all, whether it moved at all: the length of the shift against its length when the signs of prompts are
//! flipped at random. Its p-value stands in front of all others (a closed test; Marcus, Peritz & Gabriel 1976):
//! without it no reference is named, so that the stated level holds for the whole answer. Then three answers, each
//! with a 95 % interval drawn over prompts:
//! - for each reference, by how much the similarity changed, with a p-value of Fisher's randomization
//!   test on the shift's projection against that on unrelated references, corrected by Holm;
//! - which part of the shift each reference explains: the shift is written as a sum of steps from the
//!   old corpus towards references, none backwards (non-negative least squares; Lawson & Hanson 1974), and
//!   a rest "of its own". Every product is taken between different prompts (a U-statistic; Hoeffding
//!   1948): a squared mean would count its noise as signal, and the noise of the old corpus stands in
//!   the shift and in every step, so that all would seem to be steps towards somebody;
//! - in which channels it moved, and which phrases came and went ([`super::log_odds`]).

use super::{
    Approach, Drift, DriftBasis, DriftChannel, DriftFinding, DriftReference, DriftShare, log_odds,
    pairing::against_unrelated,
    residuals::{ENOUGH_SHARED, Residuals, known_similarities, member_for},
    scored_corpus::ScoredCorpus,
};
use crate::{
    atlas::{Atlas, floor},
    attribution::panel::{Member, Panel, alike},
    stats::{
        Interval,
        bootstrap::drawn_or_all,
        holm::holm,
        non_negative_pursuit::{Stop, pursue},
        random::{Signs, stream},
        sign_flips::sign_flips,
        vectors::{add_to, dot, minus, projection},
    },
};
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// With fewer prompts no direction is given.
pub(super) const MINIMUM_PROMPTS: usize = 10;
/// With so many references that are known from the prompts' own data sets, the others are left out.
const ENOUGH_REFERENCES: usize = 5;
/// Why nothing can be measured with an atlas without a panel.
pub(super) const NO_PANEL: &str = "this atlas holds no panel of shared prompts, which a drift is measured with: it was learned by an \
     older version, or without the channel embed; learn it again";
/// Resamples of the shares, each of which is a least-squares problem.
const SHARE_RESAMPLES: usize = 200;
/// Phrases that came, and as many that went.
const PHRASES: usize = 12;
/// Steps that a shift is made of, at most.
const MOST_STEPS: usize = 8;
/// A further step explains at least this part of the shift.
const LEAST_SHARE: f64 = 0.01;

/// References that the sentence names.
const NAMED: usize = 3;

/// Most sign flips of the test of the shift's length, and fewest.
const LENGTH_FLIPS: (usize, usize) = (2_000, 400);
/// Flips times prompts times values are at most so many, unless that leaves fewer than the fewest flips.
const LENGTH_BUDGET: usize = 200_000_000;

/// One prompt of both corpora: their departures from the panel.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub data_set: usize,
    pub old: Vec<f32>,
    pub shift: Vec<f32>,
}

/// Compares a newer corpus with an older one; an error says why it cannot be done.
pub(super) fn drift(
    atlas: &Atlas,
    new: &ScoredCorpus,
    old: &ScoredCorpus,
    resamples: usize,
    seed: u64,
) -> Result<Drift, String> {
    let panel = &atlas.panel;
    if panel.width() == 0 {
        return Err(NO_PANEL.into());
    }
    let (paired, steps) = steps(panel, new, old, |_| true)?;
    let families: Vec<Option<&str>> =
        atlas.about.references.iter().map(|r| r.family.as_deref()).collect();
    // A corpus that is itself a reference would move towards itself.
    let is_itself = |r: usize| new.labels.contains(&atlas.about.references[r].name);
    let all: Vec<usize> = (0..atlas.about.references.len())
        .filter(|&r| !is_itself(r))
        .filter(|&r| steps.iter().all(|step| member_for(panel, r, step.data_set).is_some()))
        .collect();
    // How a reference departs from others in one data set says little of another.
    let at_home = |r: usize| {
        steps.iter().all(|step| panel.on(step.data_set).any(|member| member.reference == r))
    };
    let home: Vec<usize> = all.iter().copied().filter(|&r| at_home(r)).collect();
    let references = if home.len() >= ENOUGH_REFERENCES { home } else { all };
    let data_sets: BTreeMap<usize, Vec<&Member>> = steps
        .iter()
        .map(|step| {
            let members = references.iter().filter_map(|&r| member_for(panel, r, step.data_set));
            (step.data_set, members.collect())
        })
        .collect();
    let channels = channels(atlas, &steps);
    // Every channel has the same weight, and all together the length 1 where each moved by 1.
    let size = size(&steps) / (channels.len().max(1) as f64).sqrt();
    let changes = changes(&steps, &references, &data_sets, None);
    let drawn: Vec<Vec<f64>> = (0..resamples as u64)
        .into_par_iter()
        .map(|resample| {
            changes_of(&steps, &references, &data_sets, Some(&mut stream(seed, resample)))
        })
        .collect();
    let p_values = p_values(&steps, &references, &data_sets, &families, seed);
    let size_p_value = size_p_value(&steps, seed);
    let corrected: Vec<f64> = holm(&p_values).into_iter().map(|p| p.max(size_p_value)).collect();
    let shares = shares(&steps, &references, &data_sets, None);
    let drawn_shares: Vec<Vec<f64>> = (0..SHARE_RESAMPLES as u64)
        .into_par_iter()
        .map(|resample| {
            self::shares(
                &steps,
                &references,
                &data_sets,
                Some(&mut stream(seed ^ 0x5348, resample)),
            )
        })
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
    let families = family_shares(&named, &references, &drawn_shares, atlas);
    // A profile keeps no phrases: all would seem to have come.
    let (came, went) = match old.profiled + new.profiled {
        0 => log_odds::came_and_went(atlas, new, old, paired, PHRASES),
        _ => Default::default(),
    };
    let mut drift = Drift {
        finding: DriftFinding::ByChance(DriftBasis { paired, prompts: steps.len() }),
        paired,
        prompts: steps.len(),
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
    // Those that it may be said to have moved towards, then by how much the similarity changed: what is
    // opposite to the old corpus gains most, and need not be near.
    drift.references.sort_by(|a, b| {
        let near = |r: &DriftReference| r.is_clear() && r.after > unrelated;
        near(b)
            .cmp(&near(a))
            .then_with(|| b.change.total_cmp(&a.change))
            .then_with(|| a.reference.cmp(&b.reference))
    });
    Ok(drift)
}

/// The prompts that both corpora have in common, or where they are too few, one of the newer beside one of
/// the older. `only` chooses the prompts by their keys; a choice is met by shared prompts alone.
pub(super) fn steps(
    panel: &Panel,
    new: &ScoredCorpus,
    old: &ScoredCorpus,
    only: impl Fn(&str) -> bool,
) -> Result<(bool, Vec<Step>), String> {
    let departed_old = Residuals::of(panel, old);
    let by_prompt: BTreeMap<usize, _> =
        departed_old.prompts.iter().map(|departure| (departure.prompt, departure)).collect();
    let all = new.keys();
    // A profile keeps no keys to choose by, and nothing is chosen from one.
    let keys: Vec<_> = all.iter().filter(|(_, key, _)| key.is_none_or(&only)).collect();
    let chosen = keys.len() < all.len();
    let in_old: BTreeMap<u64, u32> =
        old.keys().into_iter().map(|(hash, _, at)| (hash, at)).collect();
    let shared: Vec<Step> = keys
        .into_iter()
        .filter_map(|&(hash, _, at)| {
            let before = *in_old.get(&hash)? as usize;
            let departure = by_prompt.get(&before)?;
            let (now, then) = (new.cells.get(at as usize)?, old.cells.get(before)?);
            (now.traces > 0 && then.traces > 0).then(|| Step {
                data_set: departure.data_set,
                old: departure.values.clone(),
                shift: minus(&now.mean(), &then.mean()),
            })
        })
        .collect();
    if shared.len() >= ENOUGH_SHARED {
        return Ok((true, shared));
    }
    if chosen {
        return Err(format!(
            "the two corpora have {} of the rule's prompts in common; {ENOUGH_SHARED} are needed: run both on \
             the same prompts",
            shared.len()
        ));
    }
    // Prompts of one data set are set beside each other as they come. Each stands in one pair only, so
    // that pairs are independent and what is drawn over them is as wide as it should be; where one corpus has
    // more prompts, the rest is left out.
    let departed_new = Residuals::of(panel, new);
    let old_data_sets = departed_old.by_data_set();
    let mut steps = Vec::new();
    for (data_set, now) in departed_new.by_data_set() {
        let Some(then) = old_data_sets.get(&data_set) else { continue };
        steps.extend(now.iter().zip(then).map(|(now, then)| Step {
            data_set,
            old: then.values.clone(),
            shift: minus(&now.values, &then.values),
        }));
    }
    if steps.len() < MINIMUM_PROMPTS {
        return Err(format!(
            "the two corpora have {} prompts in common and nothing else to compare them by; {MINIMUM_PROMPTS} \
             are needed: run both on the same prompts",
            shared.len()
        ));
    }
    Ok((false, steps))
}

/// The length of the shift in standard deviations of a single trace, the noise taken off.
fn size(steps: &[Step]) -> f64 {
    let every: Vec<usize> = (0..steps.len()).collect();
    u_product(steps, &every, |step| &step.shift, |step| &step.shift).max(0.0).sqrt()
}

/// How often the shift is as long when the signs of prompts are flipped at random (Fisher's randomization test): the
/// p-value of the hypothesis that nothing moved. Without a shift the two corpora could be exchanged prompt by
/// prompt, and about half of all shifts have a positive length after their noise is taken off.
fn size_p_value(steps: &[Step], seed: u64) -> f64 {
    let width = steps.first().map_or(0, |step| step.shift.len());
    let length = |sign: &mut dyn FnMut() -> f32| {
        let mut sum = vec![0.0_f32; width];
        for step in steps {
            let sign = sign();
            sum.iter_mut().zip(&step.shift).for_each(|(sum, value)| *sum += sign * value);
        }
        dot(&sum, &sum)
    };
    let found = length(&mut || 1.0);
    let flips =
        (LENGTH_BUDGET / (steps.len() * width).max(1)).clamp(LENGTH_FLIPS.1, LENGTH_FLIPS.0);
    let as_long = (0..flips as u64)
        .into_par_iter()
        .filter(|&flip| {
            let mut random = stream(seed ^ 0x6c65_6e67_7468, flip);
            let mut signs = Signs::new(&mut random);
            let flipped = length(&mut || if signs.next_is_plus() { 1.0 } else { -1.0 });
            flipped >= found * (1.0 - 1e-6)
        })
        .count();
    (1 + as_long) as f64 / (1 + flips) as f64
}

/// `Σ_{p≠q} ⟨a_p, b_q⟩ / (n (n − 1))`: the product of two means without their common noise.
fn u_product<'a>(
    steps: &'a [Step],
    drawn: &[usize],
    a: impl Fn(&'a Step) -> &'a [f32],
    b: impl Fn(&'a Step) -> &'a [f32],
) -> f64 {
    let count = drawn.len() as f64;
    let width = steps.first().map_or(0, |step| a(step).len());
    let (mut sum_a, mut sum_b, mut own) = (vec![0.0_f32; width], vec![0.0_f32; width], 0.0);
    for &at in drawn {
        let (a, b) = (a(&steps[at]), b(&steps[at]));
        add_to(&mut sum_a, a);
        add_to(&mut sum_b, b);
        own += dot(a, b);
    }
    (dot(&sum_a, &sum_b) - own) / (count * (count - 1.0)).max(1.0)
}

struct Changes {
    before: Vec<f64>,
    after: Vec<f64>,
}

/// The similarity to each reference before and after, over data sets weighed by their prompts.
fn changes(
    steps: &[Step],
    references: &[usize],
    data_sets: &BTreeMap<usize, Vec<&Member>>,
    mut random: Option<&mut Pcg64Mcg>,
) -> Changes {
    let times = if random.is_some() { 2.0 } else { 1.0 };
    let mut changes =
        Changes { before: vec![0.0; references.len()], after: vec![0.0; references.len()] };
    for (data_set, members) in data_sets {
        let own: Vec<&Step> = steps.iter().filter(|step| step.data_set == *data_set).collect();
        let drawn = drawn_or_all(own.len(), random.as_deref_mut());
        let weight = own.len() as f64 / steps.len() as f64;
        let (mut then, mut now) = (Default::default(), Default::default());
        for (target, newer) in [(&mut then, false), (&mut now, true)] {
            let mut spread = crate::attribution::panel::Spread::default();
            for &at in &drawn {
                let step = own[at];
                if newer {
                    let sum: Vec<f32> =
                        step.old.iter().zip(&step.shift).map(|(old, shift)| old + shift).collect();
                    spread.add(&sum);
                } else {
                    spread.add(&step.old);
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

fn changes_of(
    steps: &[Step],
    references: &[usize],
    data_sets: &BTreeMap<usize, Vec<&Member>>,
    random: Option<&mut Pcg64Mcg>,
) -> Vec<f64> {
    let changes = changes(steps, references, data_sets, random);
    changes.after.iter().zip(&changes.before).map(|(after, before)| after - before).collect()
}

fn p_values(
    steps: &[Step],
    references: &[usize],
    data_sets: &BTreeMap<usize, Vec<&Member>>,
    families: &[Option<&str>],
    seed: u64,
) -> Vec<f64> {
    let rows: Vec<Vec<f64>> = steps
        .iter()
        .map(|step| {
            let members = &data_sets[&step.data_set];
            let projections: Vec<f64> =
                members.iter().map(|m| projection(&step.shift, &m.departure)).collect();
            let named: Vec<(usize, Vec<&Member>)> =
                references.iter().map(|&reference| (reference, Vec::new())).collect();
            against_unrelated(&projections, &named, families)
        })
        .collect();
    sign_flips(&rows, seed)
}

/// The part of the shift's squared length that steps towards each reference explain; the parts and the
/// rest of its own add up to 1.
fn shares(
    steps: &[Step],
    references: &[usize],
    data_sets: &BTreeMap<usize, Vec<&Member>>,
    random: Option<&mut Pcg64Mcg>,
) -> Vec<f64> {
    let count = references.len();
    let drawn = drawn_or_all(steps.len(), random);
    // A prompt that is drawn twice is no other prompt: its product with itself is noise as well.
    let mut times: BTreeMap<usize, f64> = BTreeMap::new();
    drawn.iter().for_each(|&at| *times.entry(at).or_default() += 1.0);
    let width = steps.first().map_or(0, |step| step.shift.len());
    let n = drawn.len() as f64;
    let pairs = n * n - times.values().map(|t| t * t).sum::<f64>();
    let (mut sum_old, mut sum_shift) = (vec![0.0_f32; width], vec![0.0_f32; width]);
    let (mut own_oo, mut own_os, mut own_ss) = (0.0, 0.0, 0.0);
    let mut target = vec![0.0_f32; width * count];
    for (&at, &t) in &times {
        let step = &steps[at];
        let add = |sum: &mut [f32], values: &[f32]| {
            sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += t as f32 * value);
        };
        add(&mut sum_old, &step.old);
        add(&mut sum_shift, &step.shift);
        own_oo += t * t * dot(&step.old, &step.old);
        own_os += t * t * dot(&step.old, &step.shift);
        own_ss += t * t * dot(&step.shift, &step.shift);
        for (place, member) in target.chunks_mut(width.max(1)).zip(&data_sets[&step.data_set]) {
            add(place, &member.departure);
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
            .map(|(&at, t)| t * f64::from(data_sets[&steps[at].data_set][r].noise))
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
fn family_shares(
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

/// The part of the shift's squared length in each channel.
pub(super) fn channels(atlas: &Atlas, steps: &[Step]) -> Vec<DriftChannel> {
    let places = atlas.model.vectorizer.style_places();
    let every: Vec<usize> = (0..steps.len()).collect();
    let mut parts: Vec<(String, f64)> = Vec::new();
    for (channel, range) in atlas.model.vectorizer.style_blocks(&places) {
        let part = u_product(
            steps,
            &every,
            |step| &step.shift[range.clone()],
            |step| &step.shift[range.clone()],
        );
        parts.push((channel.name().into(), part.max(0.0)));
    }
    let all: f64 = parts.iter().map(|part| part.1).sum();
    parts
        .into_iter()
        .map(|(channel, part)| DriftChannel {
            channel,
            share: if all > 0.0 { part / all } else { 0.0 },
        })
        .collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use rand_pcg::rand_core::RngCore;

    #[test]
    fn products_between_different_prompts_have_no_noise_of_their_own() {
        let step = |value: f32| Step { data_set: 0, old: vec![0.0], shift: vec![value] };
        // 1 and −1: the mean is 0, and the product between the two prompts −1.
        let steps = [step(1.0), step(-1.0)];
        assert_eq!(u_product(&steps, &[0, 1], |s| &s.shift, |s| &s.shift), -1.0);
        let steps = [step(2.0), step(3.0), step(4.0)];
        // 2 · (2·3 + 2·4 + 3·4) / 6.
        let found = u_product(&steps, &[0, 1, 2], |s| &s.shift, |s| &s.shift);
        assert!((found - 26.0 / 3.0).abs() < 1e-5);
    }

    #[test]
    fn a_shift_that_chance_gives_has_no_small_p_value() {
        // 200 pairs of corpora of 20 prompts without a shift: the mean of noise, which is even and not normal.
        let mut alarms = 0;
        let mut positive = 0;
        for case in 0..200 {
            let mut random = stream(11, case);
            let mut value = || (random.next_u64() >> 40) as f32 / (1_u64 << 24) as f32 - 0.5;
            let steps: Vec<Step> = (0..20)
                .map(|_| Step {
                    data_set: 0,
                    old: Vec::new(),
                    shift: (0..8).map(|_| value()).collect(),
                })
                .collect();
            alarms += usize::from(size_p_value(&steps, case) <= 0.05);
            positive += usize::from(size(&steps) > 0.0);
        }
        // 10 are expected; a binomial of 200 has fewer than 3 or more than 19 in 1 case of 200.
        assert!((3..=19).contains(&alarms), "{alarms} of 200");
        assert!(positive > 50, "a length alone is no sign: {positive} of 200");
        let moved: Vec<Step> =
            (0..20).map(|_| Step { data_set: 0, old: Vec::new(), shift: vec![0.3; 8] }).collect();
        assert!(size_p_value(&moved, 1) < 0.001);
        let still: Vec<Step> =
            (0..20).map(|_| Step { data_set: 0, old: Vec::new(), shift: vec![0.0; 8] }).collect();
        assert_eq!(size_p_value(&still, 1), 1.0);
    }

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
        let data_sets = BTreeMap::from([(0, vec![&a, &b])]);
        let steps: Vec<Step> = (0..20)
            .map(|_| Step { data_set: 0, old: vec![0.0; 3], shift: vec![1.0, 0.0, 1.0] })
            .collect();
        let shares = shares(&steps, &[0, 1], &data_sets, None);
        // Half of the squared length is towards a, half is in a direction of its own.
        assert!((shares[0] - 0.5).abs() < 0.02 && shares[1] == 0.0, "{shares:?}");
        let changes = changes(&steps, &[0, 1], &data_sets, None);
        assert!(changes.before[0].abs() < 1e-9 && (changes.after[0] - 0.5_f64.sqrt()).abs() < 1e-6);
    }
}
