//! Who wrote these traces, if anybody that the atlas knows did?
//!
//! The regression says which reference is the likeliest; it cannot say whether any of them is likely.
//! Speaker recognition and forensic authorship call that question verification. It is answered by a
//! likelihood ratio: *the same writer* wrote the corpus and the reference's traces, against *two writers
//! of this population* did (two-covariance PLDA; Brümmer & de Villiers 2010, Sizov, Lee & Kinnunen
//! 2014). Writers differ with one covariance, the traces of one writer about their mean with another.
//!
//! Comes in: the style values of labelled traces. Goes out: [`Verification`], a part of the atlas, which
//! gives for the mean of some traces on one data set the ratio with every reference that is known there
//! ([`Ratio`]), and the probability that the first one's family wrote them ([`Decision`]). That
//! probability is calibrated inside the training traces: corpora are drawn from prompts that were held
//! out, once with their family among the references, and once with it left out of everything, as a model
//! that the atlas does not know. Called by `atlas` (to learn) and by `lineage` (to judge).
//!
//! `space` finds the directions and `two_covariance` compares in them; `simulation` draws the corpora,
//! `facts` says what is read of them, and `decision` learns from it. `shifted` is for prompts that the
//! atlas does not know.

mod decision;
mod facts;
mod kin;
mod learner;
mod shifted;
mod simulation;
mod space;
mod stored;
mod totals;
mod two_covariance;

pub use decision::{Candidate, Decision, Judgement};
pub(crate) use kin::Kin;
pub(crate) use learner::{FEWEST_FAMILIES, learn};
pub(crate) use totals::LabelledTraces;
pub use two_covariance::{Cell, Ratio};

use ndarray::Array2;
use two_covariance::TwoCovariance;

/// More traces do not say more: a model differs from itself by the prompts that it is asked, and the mean
/// of many traces on some prompts stays off its mean on all.
const MOST_COUNTED: usize = 20;

/// What an atlas holds to decide whether a reference wrote some traces.
#[derive(Debug, Clone, PartialEq)]
pub struct Verification {
    /// Style values → coordinates in which a writer's traces have the covariance of the identity: a
    /// row per style value, a column per coordinate.
    projection: Array2<f32>,
    /// The centre of each data set in these coordinates; `None` of one that no reference was seen on.
    centres: Vec<Option<Vec<f32>>>,
    comparison: TwoCovariance,
    decision: Decision,
}

impl Verification {
    /// The number of style values that it reads.
    pub fn width(&self) -> usize {
        self.projection.nrows()
    }

    /// The ratios of a corpus on a data set with the references that are known there, the largest first.
    /// Empty where no reference is known there.
    pub fn ratios(&self, corpus: CorpusMean<'_>, data_set: usize) -> Vec<Ratio> {
        let point = self.centred(corpus.mean, data_set);
        point.map_or_else(Vec::new, |point| {
            self.comparison.ratios(&point, corpus.counted(), data_set)
        })
    }

    /// What the ratios of a corpus say of the first reference, and the probability that it needs to be
    /// named. `None` where there are none. `data_set` is the one that they were compared on. Of models
    /// that the atlas does not know, about the share `error_rate` reaches that probability. `family_of`
    /// gives the family of a reference.
    pub fn judge(
        &self,
        ratios: &[Ratio],
        corpus: CorpusMean<'_>,
        data_set: usize,
        error_rate: f64,
        family_of: impl Fn(usize) -> usize,
    ) -> Option<Judgement> {
        let traces = corpus.counted();
        let first = ratios.first()?.reference;
        let nearest_other = self.comparison.nearest_other(first, traces, data_set, &family_of);
        let candidate = self.decision.candidate(ratios, nearest_other, traces, family_of)?;
        Some(Judgement { candidate, bound: self.decision.bound(traces, error_rate) })
    }

    /// Judges a corpus on prompts that the atlas does not know, by `controls`: the mean of the traces of
    /// references on the same prompts. `data_set` is the nearest data set. Gives the ratios, the largest
    /// first, and the judgement. Without controls the ratios are a hint, and nothing can be named. `None`
    /// where too few models are known from several data sets.
    pub fn on_new_prompts(
        &self,
        corpus: CorpusMean<'_>,
        data_set: usize,
        controls: &[(usize, Vec<f32>)],
        error_rate: f64,
        family_of: impl Fn(usize) -> usize,
    ) -> Option<(Vec<Ratio>, Judgement)> {
        let positions = shifted::positions(self.comparison.cells(), None);
        let offset = |(reference, mean): &(usize, Vec<f32>)| -> Option<Vec<f64>> {
            let own = positions.iter().find(|own| own.reference == *reference)?;
            Some(self.point(mean)?.iter().zip(&own.mean).map(|(p, m)| p - m).collect())
        };
        let offsets: Vec<Vec<f64>> = controls.iter().filter_map(offset).collect();
        let nearest: Vec<f64> =
            self.centres.get(data_set)?.as_ref()?.iter().map(|&value| f64::from(value)).collect();
        let centre = shifted::centre(&nearest, &offsets);
        let point = self.point(corpus.mean)?;
        let point: Vec<f64> = point.iter().zip(&centre).map(|(p, c)| p - c).collect();
        let ratios =
            self.comparison.shifted_ratios(&point, corpus.counted(), offsets.len(), &positions);
        let judgement = self.decision.shifted(&ratios, offsets.len(), error_rate, family_of)?;
        Some((ratios, judgement))
    }

    /// A mean in the coordinates, from no centre. `None` where it has another width.
    fn point(&self, mean: &[f32]) -> Option<Vec<f64>> {
        (mean.len() == self.width()).then(|| {
            ndarray::aview1(mean).dot(&self.projection).iter().map(|&v| f64::from(v)).collect()
        })
    }

    /// A mean in the coordinates, from the centre of a data set. `None` where that has no centre.
    fn centred(&self, mean: &[f32], data_set: usize) -> Option<Vec<f64>> {
        let centre = self.centres.get(data_set)?.as_ref()?;
        Some(self.point(mean)?.iter().zip(centre).map(|(p, c)| p - f64::from(*c)).collect())
    }

    /// What is known of each reference on each data set.
    pub fn cells(&self) -> &[Cell] {
        self.comparison.cells()
    }

    /// Adds a reference, known from traces on a data set that have this mean. Nothing is added on a data
    /// set without a centre.
    pub(crate) fn add(&mut self, reference: usize, data_set: usize, mean: &[f32], traces: usize) {
        if let Some(point) = self.centred(mean, data_set) {
            let mean = point.into_iter().map(|value| value as f32).collect();
            self.comparison.add(Cell { reference, data_set, traces, mean });
        }
    }
}

/// The traces of a corpus, as verification reads them.
#[derive(Debug, Clone, Copy)]
pub struct CorpusMean<'a> {
    /// The mean of their style values.
    pub mean: &'a [f32],
    /// How many of them are independent of each other, at least 1.
    pub traces: usize,
}

impl CorpusMean<'_> {
    fn counted(self) -> f64 {
        self.traces.clamp(1, MOST_COUNTED) as f64
    }
}
