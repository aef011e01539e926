//! A tally → where its first reference holds: its share by domain, by length, by mediation, with and without layout.
//!
//! Called by [`super::compare`]. A share is what the ranking has, over the traces of a group: the calibrated probability, each
//! prompt with the same weight, with a 95 % interval from a bootstrap over the group's prompts. All of it comes out of the one scoring.
//! What has to be scored again (texts with their markdown stripped, say) is added by [`crate::evaluation::add_changed_texts`].

use super::{
    Breakdown, BreakdownKind, Subgroup,
    scored_corpus::{Kept, ScoredCorpus},
};
use crate::{
    atlas::Atlas,
    attribution::MINIMUM_WORDS,
    stats::{Interval, bootstrap::Resamples, vectors::argmax},
    trace::Mediation,
};
use std::collections::BTreeMap;

/// A group with fewer prompts than this says nothing of its own.
pub const LEAST_PROMPTS: usize = 5;
/// Domains that are shown.
const DOMAINS: usize = 12;
/// Where the classes of length begin, in words; the last has no end.
const FROM: [usize; 6] = [MINIMUM_WORDS, 100, 250, 500, 1_000, 2_500];

/// Where the reference with the number `first` holds; `None` where there are too few prompts to say anything of groups.
pub(super) fn holds(
    atlas: &Atlas,
    tally: &ScoredCorpus,
    first: usize,
    resamples: usize,
    seed: u64,
) -> Option<Breakdown> {
    if tally.prompts.len() < LEAST_PROMPTS {
        return None;
    }
    let group = |kind, what: &str, chosen: &dyn Fn(&Kept) -> bool| {
        let traces: Vec<(u32, &[f32])> = (tally.in_order().filter(|kept| chosen(kept)))
            .map(|kept| (kept.prompt, kept.probabilities.as_slice()))
            .collect();
        group_of(atlas, kind, what, &traces, first, resamples, seed)
    };
    let mut groups = vec![group(BreakdownKind::All, "all traces", &|_| true)];
    let without: Vec<(u32, &[f32])> =
        tally.in_order().map(|kept| (kept.prompt, kept.without_layout.as_slice())).collect();
    let what = "without the layout channel";
    groups.push(group_of(atlas, BreakdownKind::Layout, what, &without, first, resamples, seed));

    let mut domains: Vec<(&String, &usize)> = tally.domains.iter().collect();
    domains.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let mut left_out = domains.len().saturating_sub(DOMAINS);
    for (domain, _) in domains.into_iter().take(DOMAINS) {
        let Some(&number) = tally.domain_numbers.get(domain) else { continue };
        groups.push(group(BreakdownKind::Domain, domain, &|kept| kept.domain == Some(number)));
    }
    for (at, &from) in FROM.iter().enumerate() {
        let below = FROM.get(at + 1).copied();
        let what = match below {
            Some(below) => format!("{from}–{} words", below - 1),
            None => format!("{from} words and more"),
        };
        let within = |kept: &Kept| kept.length >= from && below.is_none_or(|b| kept.length < b);
        groups.push(group(BreakdownKind::Length, &what, &within));
    }
    let all = [Mediation::Raw, Mediation::Summary, Mediation::Truncated, Mediation::Unknown];
    for mediation in all {
        groups
            .push(group(BreakdownKind::Mediation, mediation.name(), &|k| k.mediation == mediation));
    }
    let before = groups.iter().filter(|group| group.prompts > 0).count();
    groups.retain(|group| group.kind == BreakdownKind::All || group.prompts >= LEAST_PROMPTS);
    left_out += before - groups.len();
    // One group that is everything says what the first row says.
    for kind in [BreakdownKind::Domain, BreakdownKind::Length, BreakdownKind::Mediation] {
        let mut own = groups.iter().filter(|group| group.kind == kind);
        if let (Some(only), None) = (own.next(), own.next())
            && only.traces == tally.kept.len()
        {
            groups.retain(|group| group.kind != kind);
        }
    }
    let reference = atlas.about.references.get(first)?.name.clone();
    Some(Breakdown { reference, groups, left_out })
}

/// The share of a reference over some traces, each with the number of its prompt and its probabilities.
pub(crate) fn group_of(
    atlas: &Atlas,
    kind: BreakdownKind,
    what: &str,
    traces: &[(u32, &[f32])],
    first: usize,
    resamples: usize,
    seed: u64,
) -> Subgroup {
    // Prompts in a fixed order: the bootstrap draws them by number.
    let mut prompts: BTreeMap<u32, (Vec<f64>, f64)> = BTreeMap::new();
    for (prompt, probabilities) in traces {
        let (sum, count) = prompts.entry(*prompt).or_default();
        sum.resize(probabilities.len(), 0.0);
        sum.iter_mut().zip(*probabilities).for_each(|(sum, &p)| *sum += f64::from(p));
        *count += 1.0;
    }
    let mut means = vec![0.0; atlas.about.references.len()];
    let mut rows: Vec<Vec<f64>> = Vec::with_capacity(prompts.len());
    for (sum, count) in prompts.values() {
        means.iter_mut().zip(sum).for_each(|(mean, sum)| *mean += sum / count);
        rows.push(vec![sum.get(first).copied().unwrap_or(0.0) / count]);
    }
    means.iter_mut().for_each(|mean| *mean /= rows.len().max(1) as f64);
    let best = argmax(&means);
    let share = means.get(first).copied().unwrap_or(0.0);
    let interval = match rows.len() {
        0 => Interval::UNIT,
        _ => Resamples::draw(&rows, resamples, seed).interval(0),
    };
    let Interval { low, high } = interval.containing(share);
    Subgroup {
        kind,
        what: what.to_owned(),
        traces: traces.len(),
        prompts: rows.len(),
        share,
        low,
        high,
        first: atlas.about.references.get(best).map(|one| one.name.clone()).unwrap_or_default(),
        first_share: means.get(best).copied().unwrap_or(0.0),
    }
}
