//! Judged corpora of one size → how well the probability of the candidate tells known models from
//! strangers.
//!
//! The definitions:
//!
//! - detection curve: for each bound on the probability, the share of known corpora that are named
//!   rightly (the candidate is of the model's family) and the share of strangers that are named. A
//!   corpus of which the program states no probability is never named;
//! - AUROC: the area under this curve. It is how often a known corpus is named rightly with a larger
//!   probability than a stranger's; ties count half (the statistic of Mann & Whitney 1947);
//! - Cllr: of known corpora with the right candidate and of strangers, both as likely beforehand: the
//!   mean of −log₂ of the probability of the first and of −log₂ of one minus that of the second, half
//!   each, in bits (Brümmer & du Preez 2006). Who knows nothing says 0.5 and pays 1 bit;
//! - minCllr: the same after the best ascending change of the probabilities
//!   ([`crate::stats::isotonic`]). What the Cllr is above it is lost by calibration alone.
//!
//! Corpora of which nothing is stated have no part in the last two, nor in the calibration. Relatives
//! of strangers have part in no figure but their own.

use super::corpora::{JudgedCorpus, Writer};
use crate::{
    evaluation::metrics::SMALLEST,
    stats::{Estimate, Interval, bootstrap::Resamples, isotonic::pooled_blocks},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The shares of strangers at which the known corpora are counted.
const LEVELS: [f64; 3] = [0.02, 0.05, 0.1];
/// The ends of the bins of probabilities. The verdict `none` is below the second, and names begin at the
/// last but one.
const BINS: [f64; 6] = [0.0, 0.3, 0.5, 0.7, 0.9, 1.0];

/// How well corpora of one size were judged. Shares are of corpora; those that are drawn of the same
/// traces count 1 together. Intervals resample families.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DetectionFigures {
    /// Traces in a corpus.
    pub traces: usize,
    /// Corpora of known models.
    pub known: usize,
    /// The models of these.
    pub known_models: usize,
    /// Corpora of strangers: models whose whole family was left out, without the relatives.
    pub strangers: usize,
    /// The families of these.
    pub stranger_families: usize,
    /// Corpora of left-out models whose candidate is of the same vendor: to name it is neither right nor
    /// wrong.
    pub relatives: usize,
    /// Known and strangers' corpora of which the program states no probability, because it does not know
    /// their subject matter or language.
    pub unfamiliar: usize,
    /// The share of known corpora that the program named rightly.
    pub named_rightly: Estimate,
    /// The share of known corpora that it named wrongly.
    pub named_wrongly: Estimate,
    /// The share of strangers that it named.
    pub strangers_named: Estimate,
    /// The share of relatives that it named; `None` where there are none.
    pub relatives_named: Option<Estimate>,
    /// The area under the detection curve.
    pub auroc: Estimate,
    /// What bounds on the probability give that name a certain share of the strangers.
    pub at: Vec<RightAt>,
    /// The cost of the probabilities in bits; `None` where no candidate was right or nothing was stated.
    pub cllr: Option<Estimate>,
    /// The same with the best calibration.
    pub min_cllr: Option<Estimate>,
    /// The corners of the detection curve, by ascending shares. It begins at 0 and 0; between two corners
    /// the share of known corpora stays.
    pub curve: Vec<CurvePoint>,
    /// How often the candidate was right, by its probability, where known corpora and strangers are as
    /// likely. Bins without a corpus are left out.
    pub calibration: Vec<ProbabilityBin>,
}

/// The known corpora that are named rightly by the best bound that names so many strangers at most.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RightAt {
    /// The share of strangers that may be named.
    pub strangers_named: f64,
    /// The share of known corpora that are named rightly.
    pub named_rightly: Estimate,
}

/// A corner of the detection curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// The bound on the probability.
    pub bound: f64,
    /// The share of strangers that reach it.
    pub strangers_named: f64,
    /// The share of known corpora that reach it with the right candidate.
    pub named_rightly: f64,
}

/// How often candidates with a probability of about this size were right.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ProbabilityBin {
    /// The bin's lower end.
    pub from: f64,
    /// The bin's upper end.
    pub to: f64,
    /// Corpora in it, known and strangers'.
    pub corpora: usize,
    /// The mean of their probabilities.
    pub probability: f64,
    /// The share of which the candidate was right.
    pub right: f64,
}

impl DetectionFigures {
    /// The figures of corpora of one size; `None` where there are none of known models or of strangers.
    /// Resamples draw among so many `families`.
    pub(super) fn new(
        traces: usize,
        mut corpora: Vec<&JudgedCorpus>,
        families: usize,
        resamples: usize,
        seed: u64,
    ) -> Option<Self> {
        // The largest probability first; those without one last.
        let order = |corpus: &JudgedCorpus| corpus.probability.unwrap_or(-1.0);
        corpora.sort_by(|a, b| order(b).total_cmp(&order(a)));
        let count = |own: fn(Writer) -> bool| corpora.iter().filter(|c| own(c.writer)).count();
        let is_stranger = |writer: Writer| writer == Writer::Stranger;
        let (known, strangers) = (count(Writer::is_known), count(is_stranger));
        if known == 0 || strangers == 0 {
            return None;
        }
        let drawn = Resamples::of_units(families, resamples, seed, |times| {
            figures(&corpora, |family| f64::from(times[family]))
        });
        let found = figures(&corpora, |_| 1.0);
        let estimate = |place: usize| {
            let value = found[place];
            let drawn = drawn.means.iter().map(|own| own[place]).filter(|own| own.is_finite());
            let interval = Interval::percentiles(drawn.collect()).containing(value);
            value.is_finite().then(|| Estimate::new(value, interval))
        };
        let of = |own: fn(Writer) -> bool| corpora.iter().filter(move |c| own(c.writer));
        Some(Self {
            traces,
            known,
            known_models: of(Writer::is_known).map(|c| c.model).collect::<BTreeSet<_>>().len(),
            strangers,
            stranger_families: of(is_stranger).map(|c| c.family).collect::<BTreeSet<_>>().len(),
            relatives: count(|writer| writer == Writer::Relative),
            unfamiliar: of(|writer| writer != Writer::Relative)
                .filter(|c| c.probability.is_none())
                .count(),
            named_rightly: estimate(RIGHTLY)?,
            named_wrongly: estimate(WRONGLY)?,
            strangers_named: estimate(STRANGERS)?,
            relatives_named: estimate(RELATIVES),
            auroc: estimate(AREA)?,
            at: LEVELS
                .into_iter()
                .enumerate()
                .filter_map(|(i, strangers_named)| {
                    Some(RightAt { strangers_named, named_rightly: estimate(AT + i)? })
                })
                .collect(),
            cllr: estimate(COST),
            min_cllr: estimate(LEAST_COST),
            curve: corners(&corpora),
            calibration: calibration(&corpora),
        })
    }
}

/// Where each figure stands in the rows of [`figures`].
const RIGHTLY: usize = 0;
const WRONGLY: usize = 1;
const STRANGERS: usize = 2;
const RELATIVES: usize = 3;
const AREA: usize = 4;
const COST: usize = 5;
const LEAST_COST: usize = 6;
const AT: usize = 7;

/// The share of the weight for which something holds; `None` where nothing has weight.
pub(super) fn share(items: impl Iterator<Item = (f64, bool)>) -> Option<f64> {
    let (part, whole) = items.fold((0.0, 0.0), |(part, whole), (weight, holds)| {
        (part + if holds { weight } else { 0.0 }, whole + weight)
    });
    (whole > 0.0).then(|| part / whole)
}

/// All figures of corpora by descending probability, each as often as `times` says of its family; what
/// cannot be computed is not a number.
fn figures(corpora: &[&JudgedCorpus], times: impl Fn(usize) -> f64) -> Vec<f64> {
    let weight = |corpus: &JudgedCorpus| corpus.weight * times(corpus.family);
    let named = |own: fn(Writer) -> bool, right: bool| {
        let own = corpora.iter().filter(|corpus| own(corpus.writer));
        let is_right = |corpus: &JudgedCorpus| corpus.writer == Writer::KnownAndRight;
        share(own.map(|own| (weight(own), own.is_named && is_right(own) == right)))
            .unwrap_or(f64::NAN)
    };
    let steps = steps(corpora, weight);
    let mut figures = vec![
        named(Writer::is_known, true),
        named(Writer::is_known, false),
        named(|writer| writer == Writer::Stranger, false),
        named(|writer| writer == Writer::Relative, false),
        area(&steps),
        cost(&steps),
        least_cost(&steps),
    ];
    figures.extend(LEVELS.map(|level| right_at(&steps, level)));
    figures
}

/// The corpora of one probability.
#[derive(Debug, Clone, Copy)]
struct Step {
    probability: f64,
    /// The weight of the known corpora with the right candidate, and of the strangers.
    right: f64,
    strangers: f64,
}

/// The steps of a detection curve, by descending probability.
struct Steps {
    steps: Vec<Step>,
    /// The weight of all known corpora, and of all strangers.
    known: f64,
    strangers: f64,
}

/// The steps of corpora by descending probability.
fn steps(corpora: &[&JudgedCorpus], weight: impl Fn(&JudgedCorpus) -> f64) -> Steps {
    let sum = |corpora: &[&JudgedCorpus], own: fn(Writer) -> bool| -> f64 {
        corpora.iter().filter(|corpus| own(corpus.writer)).map(|corpus| weight(corpus)).sum()
    };
    let is_stranger = |writer: Writer| writer == Writer::Stranger;
    let is_right = |writer: Writer| writer == Writer::KnownAndRight;
    let step = |tied: &[&JudgedCorpus]| {
        let probability = tied.first()?.probability?;
        Some(Step { probability, right: sum(tied, is_right), strangers: sum(tied, is_stranger) })
    };
    Steps {
        steps: corpora
            .chunk_by(|a, b| a.probability == b.probability)
            .filter_map(step)
            .filter(|step| step.right + step.strangers > 0.0)
            .collect(),
        known: sum(corpora, Writer::is_known),
        strangers: sum(corpora, is_stranger),
    }
}

/// The area under the detection curve.
fn area(steps: &Steps) -> f64 {
    let (mut above, mut area) = (0.0, 0.0);
    for step in &steps.steps {
        area += step.right * (steps.strangers - above - step.strangers / 2.0);
        above += step.strangers;
    }
    // Sums of weights are not exact.
    (area / (steps.known * steps.strangers)).clamp(0.0, 1.0)
}

/// The largest share of known corpora that are named rightly where at most the share `level` of the
/// strangers is named.
fn right_at(steps: &Steps, level: f64) -> f64 {
    let (mut right, mut strangers, mut best) = (0.0, 0.0, 0.0);
    for step in &steps.steps {
        strangers += step.strangers;
        // A little more, as in `area`.
        if strangers > level * steps.strangers + 1e-9 {
            break;
        }
        right += step.right;
        best = right;
    }
    if steps.strangers > 0.0 { (best / steps.known).clamp(0.0, 1.0) } else { f64::NAN }
}

/// The weights of right candidates and of strangers, each kind 1 in total: both are as likely
/// beforehand. By ascending probability; `None` where there are none of a kind.
fn alike(steps: &Steps) -> Option<Vec<Step>> {
    let sum = |of: fn(&Step) -> f64| steps.steps.iter().map(of).sum::<f64>();
    let (right, strangers) = (sum(|step| step.right), sum(|step| step.strangers));
    let alike = |step: &Step| Step {
        right: step.right / right,
        strangers: step.strangers / strangers,
        ..*step
    };
    let ascending = steps.steps.iter().rev().map(alike);
    (right > 0.0 && strangers > 0.0).then(|| ascending.collect())
}

/// Half the mean cost of the right candidates and half that of the strangers, in bits.
fn bits(steps: impl Iterator<Item = Step>) -> f64 {
    let cost = |weight: f64, probability: f64| match weight {
        0.0 => 0.0,
        weight => -weight * probability.max(SMALLEST).log2(),
    };
    let costs = steps.map(|step| {
        cost(step.right, step.probability) + cost(step.strangers, 1.0 - step.probability)
    });
    costs.sum::<f64>() / 2.0
}

/// The Cllr of the stated probabilities.
fn cost(steps: &Steps) -> f64 {
    alike(steps).map_or(f64::NAN, |steps| bits(steps.into_iter()))
}

/// The Cllr of the best ascending change of the probabilities.
fn least_cost(steps: &Steps) -> f64 {
    let Some(steps) = alike(steps) else { return f64::NAN };
    let blocks = pooled_blocks(steps.iter().map(|step| (step.right, step.strangers)));
    bits(blocks.into_iter().map(|(right, strangers)| Step {
        probability: right / (right + strangers),
        right,
        strangers,
    }))
}

/// The corners of the detection curve of corpora by descending probability.
fn corners(corpora: &[&JudgedCorpus]) -> Vec<CurvePoint> {
    let steps = steps(corpora, |corpus| corpus.weight);
    let mut corners: Vec<CurvePoint> = Vec::new();
    let (mut right, mut strangers) = (0.0, 0.0);
    for step in &steps.steps {
        strangers += step.strangers;
        right += step.right;
        if step.right == 0.0 {
            continue;
        }
        let corner = CurvePoint {
            bound: step.probability,
            strangers_named: strangers / steps.strangers,
            named_rightly: right / steps.known,
        };
        corners.pop_if(|last| last.strangers_named == corner.strangers_named);
        corners.push(corner);
    }
    corners
}

/// The bins of the stated probabilities.
fn calibration(corpora: &[&JudgedCorpus]) -> Vec<ProbabilityBin> {
    let stated: Vec<(f64, &JudgedCorpus)> = corpora
        .iter()
        .filter(|corpus| corpus.writer != Writer::Relative)
        .filter_map(|corpus| Some((corpus.probability?, *corpus)))
        .collect();
    let sum = |known: bool| -> f64 {
        stated.iter().filter(|own| own.1.writer.is_known() == known).map(|own| own.1.weight).sum()
    };
    let (known, strangers) = (sum(true), sum(false));
    let weight =
        |own: &JudgedCorpus| own.weight / if own.writer.is_known() { known } else { strangers };
    let last = BINS.len() - 2;
    let bin_of =
        |probability: f64| (0..=last).rev().find(|&bin| probability >= BINS[bin]).unwrap_or(0);
    (0..=last)
        .filter_map(|bin| {
            let own: Vec<_> = stated.iter().filter(|own| bin_of(own.0) == bin).collect();
            let is_right = |own: &JudgedCorpus| own.writer == Writer::KnownAndRight;
            let right = share(own.iter().map(|own| (weight(own.1), is_right(own.1))))?;
            let all: f64 = own.iter().map(|own| weight(own.1)).sum();
            let probability = own.iter().map(|own| weight(own.1) * own.0).sum::<f64>() / all;
            let (from, to) = (BINS[bin], BINS[bin + 1]);
            Some(ProbabilityBin { from, to, corpora: own.len(), probability, right })
        })
        .collect()
}

#[cfg(test)]
mod tests;
