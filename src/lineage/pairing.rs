//! The paired comparison: how alike a corpus and each reference are, beyond what their prompts do.
//!
//! Comes in: the departures of a corpus from the panel ([`Residuals`]). Goes out: a [`Pairing`]: for
//! each reference the similarity with its interval and a corrected p-value, and what such a similarity
//! means. Called by `comparison`.
//!
//! A similarity is the cosine of two mean departures, corrected for attenuation. Its interval is drawn
//! over prompts. The p-value is of the hypothesis that the corpus is no nearer to this reference than to
//! the average of the references that are not of its family: prompt by prompt the difference of the two
//! projections is taken, and its sign is flipped at random (Fisher's randomization test; Fisher 1935,
//! chapter III). The p-values of all references are corrected together (Holm 1979).

use super::{
    Floor, PairedSimilarity, Pairing,
    bootstrap::{below, percentiles, stream},
    residuals::{Departure, Residuals, known_similarities, member_for},
};
use crate::{
    atlas::{About, floor},
    attribution::panel::{Member, Panel, Spread, alike},
};
use rand_pcg::{Pcg64Mcg, rand_core::RngCore};
use rayon::prelude::*;

/// Fewer prompts than this give no p-value below 5 % after correction.
pub(super) const MINIMUM_PROMPTS: usize = 5;
/// Most sign flips of the randomization test.
const FLIPS: usize = 20_000;
/// Flips times prompts are at most so many.
const FLIP_BUDGET: usize = 8_000_000;

/// Compares a corpus with the panel; `None` where there is no panel or too few prompts.
pub(super) fn pair(
    panel: &Panel,
    about: &About,
    residuals: &Residuals,
    resamples: usize,
    seed: u64,
) -> Option<Pairing> {
    if residuals.prompts.len() < MINIMUM_PROMPTS {
        return None;
    }
    let families: Vec<Option<&str>> =
        about.references.iter().map(|r| r.family.as_deref()).collect();
    let data_sets: Vec<(usize, Vec<&Departure>)> = residuals.by_data_set().into_iter().collect();
    let references: Vec<(usize, Vec<&Member>)> = (0..about.references.len())
        .filter_map(|reference| {
            let members: Option<Vec<&Member>> = data_sets
                .iter()
                .map(|(data_set, _)| member_for(panel, reference, *data_set))
                .collect();
            members.map(|members| (reference, members))
        })
        .collect();
    let point = similarities(&data_sets, &references, None);
    let drawn: Vec<Vec<f64>> = (0..resamples as u64)
        .into_par_iter()
        .map(|resample| {
            let mut random = stream(seed, resample);
            similarities(&data_sets, &references, Some(&mut random))
        })
        .collect();
    let p_values = randomization(&data_sets, &references, &families, seed);
    let corrected = holm(&p_values);
    let mut ranked: Vec<PairedSimilarity> = references
        .iter()
        .enumerate()
        .map(|(at, (reference, members))| {
            let (low, high) =
                percentiles(drawn.iter().map(|similarities| similarities[at]).collect());
            let own = &about.references[*reference];
            let on_data_set =
                data_sets.iter().zip(members).all(|((data_set, _), m)| m.data_set == *data_set);
            PairedSimilarity {
                reference: own.name.clone(),
                family: own.family.clone(),
                similarity: point[at],
                low: low.min(point[at]),
                high: high.max(point[at]),
                p_value: p_values[at],
                corrected_p_value: corrected[at],
                same_data_set: on_data_set,
            }
        })
        .collect();
    ranked.sort_by(|a, b| {
        b.similarity.total_cmp(&a.similarity).then_with(|| a.reference.cmp(&b.reference))
    });
    let floors: Vec<Floor> = known_similarities(panel, &families)
        .into_iter()
        .filter_map(|(what, values)| floor(what, values))
        .collect();
    let data_sets = data_sets
        .iter()
        .map(|(data_set, prompts)| {
            (about.data_sets.get(*data_set).cloned().unwrap_or_default(), prompts.len())
        })
        .collect();
    Some(Pairing {
        paired: residuals.paired,
        prompts: residuals.prompts.len(),
        data_sets,
        similarities: ranked,
        floors,
    })
}

/// As many indices below `count`, drawn with replacement; all in order without randomness.
pub(super) fn draw(count: usize, random: Option<&mut Pcg64Mcg>) -> Vec<usize> {
    match random {
        None => (0..count).collect(),
        Some(random) => (0..count).map(|_| below(random, count)).collect(),
    }
}

/// The similarity to each reference, over data sets weighed by their prompts; of prompts that are drawn
/// anew, where a random stream is given.
fn similarities(
    data_sets: &[(usize, Vec<&Departure>)],
    references: &[(usize, Vec<&Member>)],
    mut random: Option<&mut Pcg64Mcg>,
) -> Vec<f64> {
    let mut sums = vec![0.0; references.len()];
    let mut all = 0.0;
    for (at, (_, prompts)) in data_sets.iter().enumerate() {
        let (mean, noise) = mean_of(prompts, random.as_deref_mut());
        let weight = prompts.len() as f64;
        all += weight;
        for (sum, (_, members)) in sums.iter_mut().zip(references) {
            let member = members[at];
            let other = (member.departure.as_slice(), f64::from(member.noise));
            *sum += weight * alike((&mean, noise), other);
        }
    }
    sums.iter_mut().for_each(|sum| *sum /= all);
    sums
}

/// The mean of departures and the part of its squared length that is noise. Prompts that are drawn
/// anew have noise of their own on top, as large as that of the first drawing.
pub(super) fn mean_of(prompts: &[&Departure], random: Option<&mut Pcg64Mcg>) -> (Vec<f32>, f64) {
    let times = if random.is_some() { 2.0 } else { 1.0 };
    let mut spread = Spread::default();
    for at in draw(prompts.len(), random) {
        spread.add(&prompts[at].values);
    }
    let (mean, noise) = spread.finish();
    (mean, times * f64::from(noise))
}

/// One-sided p-values of the randomization test, one per reference.
fn randomization(
    data_sets: &[(usize, Vec<&Departure>)],
    references: &[(usize, Vec<&Member>)],
    families: &[Option<&str>],
    seed: u64,
) -> Vec<f64> {
    // A row per prompt: its projection on each reference, less the mean over unrelated ones.
    let mut contrasts: Vec<Vec<f64>> = Vec::new();
    for (at, (_, prompts)) in data_sets.iter().enumerate() {
        for prompt in prompts {
            let projections: Vec<f64> = references
                .iter()
                .map(|(_, members)| {
                    let departure = &members[at].departure;
                    dot(&prompt.values, departure) / dot(departure, departure).sqrt().max(1e-9)
                })
                .collect();
            contrasts.push(against_unrelated(&projections, references, families));
        }
    }
    sign_flips(&contrasts, seed)
}

/// Each value less the mean of those of references that are not of the same family.
pub(super) fn against_unrelated(
    values: &[f64],
    references: &[(usize, Vec<&Member>)],
    families: &[Option<&str>],
) -> Vec<f64> {
    let all: f64 = values.iter().sum();
    references
        .iter()
        .zip(values)
        .map(|((reference, _), value)| {
            let (mut sum, mut count) = (all, values.len() as f64);
            for ((other, _), value) in references.iter().zip(values) {
                let related =
                    families[*other].is_some() && families[*other] == families[*reference];
                if other == reference || related {
                    sum -= value;
                    count -= 1.0;
                }
            }
            value - if count > 0.0 { sum / count } else { 0.0 }
        })
        .collect()
}

/// How often the mean of a column of `rows` is as large when the signs of whole rows are flipped at
/// random, per column: one-sided p-values, at least one over the number of flips.
pub(super) fn sign_flips(rows: &[Vec<f64>], seed: u64) -> Vec<f64> {
    let columns = rows.first().map_or(0, Vec::len);
    let mut found = vec![0.0; columns];
    rows.iter().for_each(|row| found.iter_mut().zip(row).for_each(|(sum, value)| *sum += value));
    let flips = (FLIP_BUDGET / rows.len().max(1)).clamp(1_000, FLIPS);
    const PART: usize = 500;
    let counts: Vec<Vec<u32>> = (0..flips.div_ceil(PART) as u64)
        .into_par_iter()
        .map(|part| {
            let mut random = stream(seed ^ 0x5167_6e66_6c69_7073, part);
            let mut counts = vec![0_u32; columns];
            let mut sums = vec![0.0; columns];
            for _ in 0..PART {
                sums.iter_mut().for_each(|sum| *sum = 0.0);
                let mut bits = 0_u64;
                for (at, row) in rows.iter().enumerate() {
                    if at % 64 == 0 {
                        bits = random.next_u64();
                    }
                    let sign = if bits >> (at % 64) & 1 == 1 { 1.0 } else { -1.0 };
                    sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += sign * value);
                }
                for ((count, sum), found) in counts.iter_mut().zip(&sums).zip(&found) {
                    *count += u32::from(*sum >= found - 1e-12 * found.abs());
                }
            }
            counts
        })
        .collect();
    let all = (flips.div_ceil(PART) * PART) as f64;
    (0..columns)
        .map(|column| {
            let count: u32 = counts.iter().map(|counts| counts[column]).sum();
            (1.0 + f64::from(count)) / (1.0 + all)
        })
        .collect()
}

/// Holm's correction (Holm 1979): the smallest p-value times the number of all, the next times one
/// less, and so on, none smaller than one before it, none above 1.
pub(super) fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]).then(a.cmp(&b)));
    let mut corrected = vec![1.0; p_values.len()];
    let mut largest: f64 = 0.0;
    for (place, &at) in order.iter().enumerate() {
        largest = largest.max(p_values[at] * (p_values.len() - place) as f64).min(1.0);
        corrected[at] = largest;
    }
    corrected
}

pub(super) fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holm_by_hand() {
        // 0.01 × 4, 0.02 × 3, then 0.03 × 2 = 0.06 as well, 0.5.
        let corrected = holm(&[0.03, 0.01, 0.5, 0.02]);
        for (found, expected) in corrected.iter().zip([0.06, 0.04, 0.5, 0.06]) {
            assert!((found - expected).abs() < 1e-12, "{corrected:?}");
        }
        assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
    }

    #[test]
    fn flipped_signs_by_hand() {
        // Of the 2⁵ ways to flip five equal values one has a sum as large: 1/32. Zeros always have.
        let p = sign_flips(&vec![vec![1.0, 0.0, -1.0]; 5], 3);
        assert!((p[0] - 1.0 / 32.0).abs() < 0.005, "{p:?}");
        assert_eq!(p[1..], [1.0, 1.0]);
        assert_eq!(sign_flips(&vec![vec![1.0]; 5], 3), sign_flips(&vec![vec![1.0]; 5], 3));
    }

    #[test]
    fn false_alarms_come_at_the_stated_rate() {
        // 400 sets of 30 prompts without any difference.
        let mut random = stream(1, 2);
        let mut normal = || {
            (0..12).map(|_| (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64).sum::<f64>()
                - 6.0
        };
        let rows: Vec<Vec<f64>> = (0..30).map(|_| (0..400).map(|_| normal()).collect()).collect();
        let alarms = sign_flips(&rows, 7).iter().filter(|p| **p <= 0.05).count();
        assert!((8..=34).contains(&alarms), "{alarms} of 400");
    }

    #[test]
    fn the_unrelated_are_those_of_other_families() {
        let families = [Some("a"), Some("a"), Some("b"), None];
        let references: Vec<(usize, Vec<&Member>)> = (0..4).map(|r| (r, Vec::new())).collect();
        let contrasts = against_unrelated(&[4.0, 2.0, 1.0, 0.0], &references, &families);
        assert_eq!(contrasts, [3.5, 1.5, -1.0, -7.0 / 3.0]);
    }
}
