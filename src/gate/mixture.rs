//! What part of a data set each reference has, for rules of `[[mixture]]`: as `audit` estimates it.
//!
//! Called by [`super::check`], once for each slice. The mean probability would be pulled towards an
//! equal share of all references. Instead, the shares are sought under which the traces are most
//! likely (`lineage::audit::mixture`), and intervals draw whole prompts again and repeat the
//! search. Where `audit` would print words instead of figures, nothing is decided.
//!
//! There is no share for "none of these": a trace that looks like no reference counts as the
//! nearest one. What `audit` takes for unknown models need not be any. Text that was cut or changed
//! looks unusual too, and a rule on an upper bound would pass because of it.

use super::{
    checked_records::{CheckedRecords, Record},
    decide::LEAST_PROMPTS,
    mixture_rows::MixtureRows,
    result::CheckOptions,
};
use crate::{
    atlas::Atlas,
    lineage::{
        InputSummary,
        audit::{Checks, Doubt, atlas_language, mixture::near, reasons},
    },
    policy::Slice,
    stats::bootstrap::Resamples,
};
use std::collections::BTreeMap;

/// The most resamples: each is a search of its own. Where the level asks for more, the interval is
/// widened ([`super::decide::Level::interval`]).
const RESAMPLES: usize = 200;

/// The parts that references have in a slice, and what they would be with other prompts.
pub(super) struct Mixture {
    /// One per reference; none where there is no trace.
    shares: Vec<f64>,
    /// The same of each resample; none where nothing is to be decided.
    drawn: Vec<Vec<f64>>,
    /// Prompts that it rests on.
    pub prompts: usize,
    /// Traces.
    pub traces: usize,
    /// Why nothing can be decided by it, in sentences.
    pub rough: Option<Vec<Doubt>>,
}

impl Mixture {
    /// Estimates the parts of the traces in a slice. `by_controls`: controls decide where the atlas does
    /// not know the subject matter.
    pub fn of(
        atlas: &Atlas,
        sample: &CheckedRecords,
        slice: &Slice,
        options: CheckOptions<'_>,
        by_controls: bool,
    ) -> Self {
        let Some(rows) = sample.mixture_rows() else { return Self::nothing() };
        let own: Vec<(usize, &Record)> =
            sample.of(slice).filter_map(|record| Some((record.row? as usize, record))).collect();
        if own.is_empty() {
            return Self::nothing();
        }
        // The prompts of the slice, numbered in their order.
        let mut numbers: BTreeMap<u32, usize> =
            own.iter().map(|(_, record)| (record.drawn_with, 0)).collect();
        numbers.values_mut().zip(0..).for_each(|(number, next)| *number = next);
        let mut prompts: Vec<(usize, usize)> = Vec::with_capacity(own.len());
        for (row, record) in &own {
            prompts.push((*row, numbers[&record.drawn_with]));
        }
        let count = rows.likelihoods.len();
        let of = |times: &dyn Fn(usize) -> f64, start: &[f64]| {
            let mut weights = vec![0.0; count];
            prompts.iter().for_each(|&(row, prompt)| weights[row] = times(prompt));
            rows.likelihoods.shares(&weights, start)
        };
        let references = atlas.about.references.len();
        let shares = of(&|_| 1.0, &vec![1.0 / references.max(1) as f64; references]);
        let mut reasons = why_rough(atlas, sample, rows, &own, &prompts, numbers.len());
        if by_controls {
            reasons.retain(|why| *why != Doubt::OutOfDomain);
        }
        let mut found = Self {
            shares: Vec::new(),
            drawn: Vec::new(),
            prompts: numbers.len(),
            traces: own.len(),
            rough: (!reasons.is_empty()).then_some(reasons),
        };
        if found.rough.is_none() && numbers.len() >= LEAST_PROMPTS {
            let near = near(&shares);
            let resamples = options.resamples.min(RESAMPLES);
            found.drawn =
                Resamples::of_units(numbers.len(), resamples, options.seed, |times: &[u32]| {
                    of(&|prompt| f64::from(times[prompt]), &near)
                })
                .means;
        }
        found.shares = shares;
        found
    }

    fn nothing() -> Self {
        Self { shares: Vec::new(), drawn: Vec::new(), prompts: 0, traces: 0, rough: None }
    }

    /// The part of these references together, and its resampled values; `None` where there is no
    /// trace.
    pub fn part(&self, references: &[usize]) -> Option<(f64, Vec<f64>)> {
        let sum = |shares: &[f64]| -> f64 {
            references.iter().filter_map(|&at| shares.get(at)).sum::<f64>()
        };
        let drawn = self.drawn.iter().map(|shares| sum(shares)).collect();
        (!self.shares.is_empty()).then(|| (sum(&self.shares), drawn))
    }

    /// The probability that a record is of one of these references, given their parts; `None` where
    /// it was not scored.
    pub fn probability(
        &self,
        sample: &CheckedRecords,
        record: &Record,
        references: &[usize],
    ) -> Option<f64> {
        let row = record.row? as usize;
        let split = sample.mixture_rows()?.likelihoods.split(row, &self.shares);
        Some(split.iter().filter(|(at, _)| references.contains(at)).map(|(_, p)| p).sum())
    }
}

/// Why the parts are a rough picture only, as `audit` would say of these traces.
fn why_rough(
    atlas: &Atlas,
    sample: &CheckedRecords,
    rows: &MixtureRows,
    own: &[(usize, &Record)],
    prompts: &[(usize, usize)],
    count: usize,
) -> Vec<Doubt> {
    let mut lengths: Vec<usize> = own.iter().map(|(_, record)| record.words).collect();
    lengths.sort_unstable();
    let mut by_prompt = vec![0_usize; count];
    prompts.iter().for_each(|&(_, prompt)| by_prompt[prompt] += 1);
    let traces = own.len() as f64;
    let in_domain: f64 = own.iter().map(|&(row, _)| rows.in_domain[row]).sum();
    let checks = Checks {
        largest_prompt: by_prompt.iter().max().copied().unwrap_or(0) as f64 / traces,
        median_words: lengths.get((lengths.len() - 1) / 2).copied().unwrap_or(0),
        in_domain: in_domain / traces,
        atlas_language: atlas_language(atlas).map(str::to_owned),
        ..Checks::default()
    };
    let mut input = InputSummary::default();
    for (_, record) in own {
        if let Some(language) = sample.language(record) {
            *input.languages.entry(language.to_owned()).or_default() += 1;
        }
    }
    reasons(atlas, &checks, &input)
}
