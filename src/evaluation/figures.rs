//! Held-out outcomes → figures with 95 % intervals.
//!
//! Every figure is computed from sums over groups of prompts, so that the bootstrap only has to add
//! up the rows of the groups that it draws. Called by [`super::evaluate`]; [`Rows`] by the other
//! modules that measure.

use super::{
    CalibrationBin, Cases, Confusion, HeldOut, ModelFigures, Outcome, Summary,
    metrics::{LEVEL, brier, c_at_1, flat_bits, loss, ratio},
};
use crate::stats::{
    Estimate, Interval,
    bootstrap::Resamples,
    calibration::{BINS, Prediction, bin_of, error_by_chance, error_of_bins},
    vectors::argmax,
};

/// The place of each sum in a row. Behind the fixed ones come three for each bin (traces,
/// probabilities, right), then four for each model (own traces, traces given to it, right ones,
/// bits).
#[derive(Debug, Clone, Copy)]
struct Sums {
    models: usize,
}

const TRACES: usize = 0;
const TOP1: usize = 1;
const TOP5: usize = 2;
const FAMILY: usize = 3;
const LOSS: usize = 4;
const BRIER: usize = 5;
const ANSWERED_RIGHT: usize = 6;
const UNANSWERED: usize = 7;
/// Judged or too short.
const ALL: usize = 8;
const FIXED: usize = 9;

impl Sums {
    fn width(self) -> usize {
        FIXED + 3 * BINS + 4 * self.models
    }

    fn bin(self, bin: usize) -> usize {
        FIXED + 3 * bin
    }

    fn model(self, model: usize) -> usize {
        FIXED + 3 * BINS + 4 * model
    }

    /// Adds a outcome to a row.
    fn add(
        self,
        row: &mut [f64],
        judged: &Outcome,
        shares: &[f64],
        own: usize,
        families: &[usize],
    ) {
        let p = &judged.probabilities;
        let best = argmax(p);
        let right = f64::from(u8::from(best == own));
        row[TRACES] += 1.0;
        row[ALL] += 1.0;
        row[TOP1] += right;
        row[TOP5] += f64::from(u8::from(p.iter().filter(|&&other| other > p[own]).count() < 5));
        let mut by_family = vec![0.0_f32; self.models];
        families.iter().zip(p).for_each(|(&family, p)| by_family[family] += p);
        row[FAMILY] += f64::from(u8::from(argmax(&by_family) == families[own]));
        row[LOSS] += loss(p[own]);
        row[BRIER] += brier(p, own);
        if judged.unknown.is_some_and(|unknown| unknown <= LEVEL) {
            row[UNANSWERED] += 1.0;
        } else {
            row[ANSWERED_RIGHT] += right;
        }
        let confidence = f64::from(p[best]);
        let bin = self.bin(bin_of(confidence));
        row[bin] += 1.0;
        row[bin + 1] += confidence;
        row[bin + 2] += right;
        row[self.model(own)] += 1.0;
        row[self.model(best) + 1] += 1.0;
        row[self.model(own) + 2] += right;
        row[self.model(own) + 3] += flat_bits(p, shares, own);
    }

    fn bins(self, sums: &[f64]) -> impl Iterator<Item = (f64, f64)> {
        (0..BINS).map(move |bin| (sums[self.bin(bin) + 1], sums[self.bin(bin) + 2]))
    }

    fn macro_f1(self, sums: &[f64]) -> f64 {
        let scores: Vec<f64> = (0..self.models)
            .filter_map(|model| {
                let at = self.model(model);
                // Own traces and traces given to it: 2·TP + FP + FN.
                let both = sums[at] + sums[at + 1];
                (both > 0.0).then(|| 2.0 * sums[at + 2] / both)
            })
            .collect();
        scores.iter().sum::<f64>() / scores.len().max(1) as f64
    }

    fn cllr(self, sums: &[f64]) -> f64 {
        let bits: Vec<f64> = (0..self.models)
            .filter_map(|model| {
                let at = self.model(model);
                (sums[at] > 0.0).then(|| sums[at + 3] / sums[at])
            })
            .collect();
        bits.iter().sum::<f64>() / bits.len().max(1) as f64
    }
}

/// The sums of all held-out outcomes, by prompt, and their resamples.
pub(super) struct Figures {
    layout: Sums,
    sums: Vec<f64>,
    resamples: Resamples,
    by_chance: f64,
    has_families: bool,
    has_unknown: bool,
}

impl Figures {
    /// Adds up the outcomes. `families` gives the family of each model and whether any holds two.
    pub fn new(
        cases: &Cases<'_>,
        held: &HeldOut,
        families: &(Vec<usize>, bool),
        resamples: usize,
        seed: u64,
    ) -> Self {
        let layout = Sums { models: cases.models.len() };
        let mut rows = Rows::new(cases.groups, layout.width());
        for judged in &held.outcomes {
            let case = &cases.cases[judged.case];
            let shares = &held.parts[judged.part].shares;
            layout.add(rows.of(case.group), judged, shares, case.model, &families.0);
        }
        for &i in &held.too_short {
            let row = rows.of(cases.cases[i].group);
            row[ALL] += 1.0;
            row[UNANSWERED] += 1.0;
        }
        let (sums, resamples) = rows.finish(resamples, seed);
        let has_unknown = held.outcomes.iter().any(|judged| judged.unknown.is_some());
        let predictions: Vec<Prediction> = held
            .outcomes
            .iter()
            .map(|judged| cases.cases[judged.case].prediction(&judged.probabilities))
            .collect();
        let by_chance = error_by_chance(&predictions);
        Self { layout, sums, resamples, by_chance, has_families: families.1, has_unknown }
    }

    fn estimate(&self, of: impl Fn(&[f64]) -> f64) -> Estimate {
        self.resamples.estimate(&self.sums, of)
    }

    /// The figures over all traces.
    pub fn summary(&self) -> Summary {
        let layout = self.layout;
        let mean = |column: usize| self.estimate(move |sums| ratio(sums[column], sums[TRACES]));
        Summary {
            traces: self.sums[TRACES].round() as usize,
            top1: mean(TOP1),
            top5: mean(TOP5),
            family_accuracy: self.has_families.then(|| mean(FAMILY)),
            macro_f1: self.estimate(|sums| layout.macro_f1(sums)),
            log_loss: mean(LOSS),
            brier: mean(BRIER),
            calibration_error: self
                .estimate(|sums| ratio(error_of_bins(layout.bins(sums)), sums[TRACES])),
            calibration_error_by_chance: Some(self.by_chance),
            cllr: self.estimate(|sums| layout.cllr(sums)),
            cllr_of_ignorance: (layout.models as f64).log2(),
            c_at_1: self.has_unknown.then(|| {
                self.estimate(|sums| {
                    let all = sums[ALL];
                    c_at_1(ratio(sums[ANSWERED_RIGHT], all), ratio(sums[UNANSWERED], all))
                })
            }),
        }
    }

    /// The bins that hold any trace, lowest first.
    pub fn calibration(&self) -> Vec<CalibrationBin> {
        (0..BINS)
            .filter(|&bin| self.sums[self.layout.bin(bin)] > 0.0)
            .map(|bin| {
                let at = self.layout.bin(bin);
                CalibrationBin {
                    from: bin as f64 / BINS as f64,
                    to: (bin + 1) as f64 / BINS as f64,
                    traces: self.sums[at].round() as usize,
                    confidence: ratio(self.sums[at + 1], self.sums[at]),
                    right: self.where_any(at, move |sums| sums[at + 2] / sums[at]),
                }
            })
            .collect()
    }

    /// A figure whose interval leaves out the resamples in which the column `needed` is empty.
    fn where_any(&self, needed: usize, of: impl Fn(&[f64]) -> f64) -> Estimate {
        let drawn = self.resamples.means.iter().filter(|means| means[needed] > 0.0);
        let interval = Interval::percentiles(drawn.map(|m| of(m)).collect());
        Estimate::new(of(&self.sums), interval)
    }

    /// The figures of each model that has any judged trace.
    pub fn models(
        &self,
        confusion: &Confusion,
        family: impl Fn(&str) -> Option<String>,
    ) -> Vec<ModelFigures> {
        (0..self.layout.models)
            .filter(|&model| self.sums[self.layout.model(model)] > 0.0)
            .map(|model| {
                let at = self.layout.model(model);
                let (own, given, right) = (self.sums[at], self.sums[at + 1], self.sums[at + 2]);
                let row = &confusion.counts[model];
                // The first of the largest.
                let other = (0..row.len())
                    .filter(|&other| other != model && row[other] > 0)
                    .max_by_key(|&other| (row[other], std::cmp::Reverse(other)));
                let name = &confusion.models[model];
                ModelFigures {
                    model: name.clone(),
                    family: family(name),
                    traces: own.round() as usize,
                    recall: self.where_any(at, move |sums| sums[at + 2] / sums[at]),
                    precision: (given > 0.0).then(|| right / given),
                    f1: 2.0 * right / (own + given),
                    confused_share: other.map_or(0.0, |other| row[other] as f64 / own),
                    confused_with: other.map(|other| confusion.models[other].clone()),
                }
            })
            .collect()
    }
}

/// Rows of sums by prompt.
pub(super) struct Rows {
    rows: Vec<Option<Vec<f64>>>,
    width: usize,
}

impl Rows {
    /// No sums yet.
    pub fn new(prompts: usize, width: usize) -> Self {
        Self { rows: vec![None; prompts], width }
    }

    /// The row of a prompt.
    pub fn of(&mut self, prompt: usize) -> &mut Vec<f64> {
        self.rows[prompt].get_or_insert_with(|| vec![0.0; self.width])
    }

    /// The sums over all prompts that have any, and their resamples.
    pub fn finish(self, resamples: usize, seed: u64) -> (Vec<f64>, Resamples) {
        let rows: Vec<Vec<f64>> = self.rows.into_iter().flatten().collect();
        let mut sums = vec![0.0; self.width];
        for row in &rows {
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        }
        (sums, Resamples::draw(&rows, resamples, seed))
    }
}

/// Which model's traces were given to which.
pub(super) fn confusion(cases: &Cases<'_>, held: &HeldOut) -> Confusion {
    let models = cases.models.len();
    let mut counts = vec![vec![0; models]; models];
    for judged in &held.outcomes {
        counts[cases.cases[judged.case].model][argmax(&judged.probabilities)] += 1;
    }
    Confusion { models: cases.models.clone(), counts }
}

#[cfg(test)]
mod tests {
    use super::super::classifier::PartOutcome;
    use super::*;
    use crate::trace::{TextKind, Trace};
    use std::collections::BTreeMap;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-6, "{found}, expected {expected}");
    }

    /// Models a, b and c with four traces each, on prompts 0 to 3.
    fn traces() -> Vec<Trace> {
        let mut traces = Vec::new();
        for model in ["a", "b", "c"] {
            for prompt in 0..4 {
                traces.push(Trace {
                    id: format!("{model}{prompt}"),
                    model: Some(model.into()),
                    prompt_id: Some(prompt.to_string()),
                    reasoning: format!("{model}{prompt} ").repeat(40),
                    ..Trace::default()
                });
            }
        }
        traces
    }

    fn outcome(case: usize, probabilities: [f32; 3], unknown: f64) -> Outcome {
        let probabilities = probabilities.to_vec();
        Outcome { case, part: 0, probabilities, unknown: Some(unknown), views: Vec::new() }
    }

    /// Four outcomes: cases come by prompt and then model, so case 0 is of a, 1 of b, 2 of c, 3
    /// of a.
    fn held() -> HeldOut {
        HeldOut {
            poolings: Vec::new(),
            outcomes: vec![
                outcome(0, [0.5, 0.25, 0.25], 0.8),
                outcome(1, [0.5, 0.25, 0.25], 0.6),
                outcome(2, [0.25, 0.25, 0.5], 0.01),
                outcome(3, [1.0, 0.0, 0.0], 0.9),
            ],
            parts: vec![PartOutcome { shares: vec![0.5, 0.25, 0.25], failure: None }],
            too_short: vec![4],
            vanished: BTreeMap::new(),
        }
    }

    fn summary() -> (Summary, Figures, Confusion) {
        let traces = traces();
        let cases = Cases::new(&traces, TextKind::Reasoning).unwrap();
        let held = held();
        // a and b are of one family.
        let tallied = Figures::new(&cases, &held, &(vec![0, 0, 1], true), 200, 1);
        (tallied.summary(), tallied, confusion(&cases, &held))
    }

    #[test]
    fn figures_are_those_worked_by_hand() {
        let (found, ..) = summary();
        assert_eq!(found.traces, 4);
        close(found.top1.value, 0.75);
        close(found.top5.value, 1.0);
        // b's trace is given 0.75 for the family of a and b; c's is a tie, which the first family
        // wins.
        close(found.family_accuracy.unwrap().value, 0.75);
        // a: 2·2 / (2 + 3); b: 0 / (1 + 0); c: 2·1 / (1 + 1).
        close(found.macro_f1.value, (0.8 + 0.0 + 1.0) / 3.0);
        close(found.log_loss.value, (2.0_f64.ln() + 4.0_f64.ln() + 2.0_f64.ln()) / 4.0);
        // 0.25 + 2/16; 0.25 + 9/16 + 1/16; 0.25 + 2/16; 0.
        close(found.brier.value, (0.375 + 0.875 + 0.375) / 4.0);
        // Three probabilities of 0.5 of which two are right, one of 1 that is right.
        close(found.calibration_error.value, (2.0 - 1.5) / 4.0);
        // Likelihoods: (1, 1, 1), (1, 1, 1), (0.5, 1, 2), and (2, 4e-6, 4e-6). Bits: log₂ 3, log₂
        // 3, log₂ 1.75, about 0; a has the first and the last.
        let none = (2.000_008_f64 / 2.0).log2();
        let expected = ((3.0_f64.log2() + none) / 2.0 + 3.0_f64.log2() + 1.75_f64.log2()) / 3.0;
        close(found.cllr.value, expected);
        close(found.cllr_of_ignorance, 3.0_f64.log2());
        // Of five traces two were answered rightly (c's was not answered), and two not answered.
        close(found.c_at_1.unwrap().value, (2.0 + 2.0 * 2.0 / 5.0) / 5.0);
    }

    #[test]
    fn a_method_without_families_and_unknown_has_none() {
        let traces = traces();
        let cases = Cases::new(&traces, TextKind::Reasoning).unwrap();
        let mut held = held();
        held.outcomes.iter_mut().for_each(|judged| judged.unknown = None);
        let found = Figures::new(&cases, &held, &(vec![0, 1, 2], false), 10, 1).summary();
        assert_eq!((found.family_accuracy, found.c_at_1), (None, None));
    }

    #[test]
    fn bins_and_models_add_up_to_the_summary() {
        let (found, tallied, confusion) = summary();
        let bins = tallied.calibration();
        let of: Vec<(usize, f64)> = bins.iter().map(|bin| (bin.traces, bin.right.value)).collect();
        assert_eq!(of.len(), 2);
        assert_eq!((of[0].0, of[1]), (3, (1, 1.0)));
        close(of[0].1, 2.0 / 3.0);
        assert!(bins[0].from <= 0.5 && 0.5 < bins[0].to);
        assert_eq!(confusion.counts, [[2, 0, 0], [1, 0, 0], [0, 0, 1]]);
        let models = tallied.models(&confusion, |_| None);
        assert_eq!((models[0].precision, models[1].precision), (Some(2.0 / 3.0), None));
        assert_eq!(models[1].confused_with.as_deref(), Some("a"));
        let mean = models.iter().map(|model| model.f1).sum::<f64>() / 3.0;
        close(mean, found.macro_f1.value);
    }

    #[test]
    fn intervals_hold_their_figure() {
        let (found, ..) = summary();
        for estimate in [found.top1, found.log_loss, found.brier, found.cllr, found.c_at_1.unwrap()]
        {
            assert!(
                estimate.low <= estimate.value && estimate.value <= estimate.high,
                "{estimate:?}"
            );
            assert!(estimate.low < estimate.high, "two prompts that differ: {estimate:?}");
        }
    }
}
