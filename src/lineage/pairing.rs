//! The paired comparison: how alike a corpus and each reference are, beyond what their prompts do.
//!
//! Comes in: the departures of a corpus from the panel ([`Residuals`]). Goes out: a [`Pairing`]:
//! for each reference the similarity with its interval and a corrected p-value, and what such a
//! similarity means. Called by `comparison`.
//!
//! A similarity is the cosine of two mean departures, corrected for attenuation. Its interval is
//! drawn over prompts. The p-value is of the hypothesis that the corpus is not closer to this
//! reference than to the average of the references that are not of its family: prompt by prompt the
//! difference of the two projections is taken, and its sign is flipped at random (Fisher's
//! randomization test; Fisher 1935, chapter III). The p-values of all references are corrected
//! together (Holm 1979).

use super::{
    Floor, PairedSimilarity, Pairing,
    residuals::{Departure, Residuals, known_similarities, member_for},
};
use crate::{
    atlas::{About, floor},
    attribution::panel::{Member, Panel, Spread, alike},
    stats::{
        Interval, bootstrap::drawn_or_all, holm::holm, random::stream, sign_flips::sign_flips,
        vectors::projection,
    },
};
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;

/// Fewer prompts than this give no p-value below 5 % after correction.
pub(super) const MINIMUM_PROMPTS: usize = 5;
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
            let drawn = drawn.iter().map(|similarities| similarities[at]).collect();
            let Interval { low, high } = Interval::percentiles(drawn).containing(point[at]);
            let own = &about.references[*reference];
            let on_data_set =
                data_sets.iter().zip(members).all(|((data_set, _), m)| m.data_set == *data_set);
            PairedSimilarity {
                reference: own.name.clone(),
                family: own.family.clone(),
                similarity: point[at],
                low,
                high,
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
    for at in drawn_or_all(prompts.len(), random) {
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
                .map(|(_, members)| projection(&prompt.values, &members[at].departure))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unrelated_are_those_of_other_families() {
        let families = [Some("a"), Some("a"), Some("b"), None];
        let references: Vec<(usize, Vec<&Member>)> = (0..4).map(|r| (r, Vec::new())).collect();
        let contrasts = against_unrelated(&[4.0, 2.0, 1.0, 0.0], &references, &families);
        assert_eq!(contrasts, [3.5, 1.5, -1.0, -7.0 / 3.0]);
    }
}
