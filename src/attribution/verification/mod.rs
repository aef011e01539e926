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
mod two_covariance;

pub use decision::{Candidate, Decision};
pub(crate) use kin::Kin;
pub(crate) use learner::{LabelledTraces, learn};
pub use two_covariance::{Cell, Ratio};

use ndarray::Array2;
use two_covariance::TwoCovariance;

/// More traces do not say more: a model differs from itself by the prompts that it is asked, and the mean
/// of many traces on some prompts stays off its mean on all.
const MOST_COUNTED: usize = 20;

/// How many traces count.
fn counted(traces: usize) -> f64 {
    traces.min(MOST_COUNTED) as f64
}

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

    /// The ratios of `traces` traces on a data set with the references that are known there, the
    /// largest first. `sum` is the sum of their style values. Empty where no reference is known there.
    pub fn ratios(&self, sum: &[f32], traces: usize, data_set: usize) -> Vec<Ratio> {
        let centre = self.centres.get(data_set).and_then(Option::as_ref);
        let Some(centre) = centre.filter(|_| traces > 0 && sum.len() == self.width()) else {
            return Vec::new();
        };
        let mean: Vec<f32> = sum.iter().map(|sum| sum / traces as f32).collect();
        let point = ndarray::aview1(&mean).dot(&self.projection);
        let point: Vec<f64> =
            point.iter().zip(centre).map(|(own, centre)| f64::from(own - centre)).collect();
        self.comparison.ratios(&point, counted(traces), data_set)
    }

    /// What these ratios, of `traces` traces, say of the first reference. `None` where there are none.
    /// `family_of` gives the family of a reference.
    pub fn candidate(
        &self,
        ratios: &[Ratio],
        traces: usize,
        family_of: impl Fn(usize) -> usize,
    ) -> Option<Candidate> {
        self.decision.candidate(ratios, counted(traces), family_of)
    }

    /// The probability that a candidate needs to be named, so that at most `error_rate` of the models
    /// that the atlas does not know are, where their corpora have about `traces` traces.
    pub fn bound(&self, traces: usize, error_rate: f64) -> f64 {
        self.decision.bound(counted(traces), error_rate)
    }

    /// Who wrote `traces` traces on prompts that the atlas does not know, by `controls`: traces of known
    /// models on the same prompts, each the number of its reference, the sum of its style values and the
    /// number of traces. `data_set` is the nearest data set. Gives the ratios, the largest first, the
    /// candidate, and the probability that a name needs. `None` where too few models are known from
    /// several data sets.
    pub fn on_new_prompts(
        &self,
        (sum, traces): (&[f32], usize),
        data_set: usize,
        controls: &[(usize, Vec<f32>, usize)],
        error_rate: f64,
        family_of: impl Fn(usize) -> usize,
    ) -> Option<(Vec<Ratio>, Candidate, f64)> {
        let positions = shifted::positions(self.comparison.cells(), None);
        let point = self.point(sum, traces)?;
        let mut offsets = Vec::new();
        for (reference, sum, traces) in controls {
            let own = positions.iter().find(|own| own.reference == *reference);
            if let Some((own, point)) = own.zip(self.point(sum, *traces)) {
                offsets.push(point.iter().zip(&own.mean).map(|(p, m)| p - m).collect());
            }
        }
        let nearest: Vec<f64> =
            self.centres.get(data_set)?.as_ref()?.iter().map(|&value| f64::from(value)).collect();
        let centre = shifted::centre(&nearest, &offsets);
        let point: Vec<f64> = point.iter().zip(&centre).map(|(p, c)| p - c).collect();
        let ratios =
            self.comparison.shifted_ratios(&point, counted(traces), offsets.len(), &positions);
        let (candidate, bound) =
            self.decision.shifted(&ratios, offsets.len(), error_rate, family_of)?;
        Some((ratios, candidate, bound))
    }

    /// The mean of traces in the coordinates, from no centre. `None` where the sum does not fit.
    fn point(&self, sum: &[f32], traces: usize) -> Option<Vec<f64>> {
        (traces > 0 && sum.len() == self.width()).then(|| {
            let mean: Vec<f32> = sum.iter().map(|sum| sum / traces as f32).collect();
            ndarray::aview1(&mean).dot(&self.projection).iter().map(|&v| f64::from(v)).collect()
        })
    }

    /// What is known of each reference on each data set.
    pub fn cells(&self) -> &[Cell] {
        self.comparison.cells()
    }

    /// Adds a reference, known from traces on a data set, of which `sum` is the sum of the style
    /// values. Nothing is added on a data set without a centre.
    pub(crate) fn add(&mut self, reference: usize, data_set: usize, sum: &[f32], traces: usize) {
        let centre = self.centres.get(data_set).and_then(Option::as_ref);
        let Some(centre) = centre.filter(|_| traces > 0 && sum.len() == self.width()) else {
            return;
        };
        let mean: Vec<f32> = sum.iter().map(|sum| sum / traces as f32).collect();
        let point = ndarray::aview1(&mean).dot(&self.projection);
        let mean = point.iter().zip(centre).map(|(own, centre)| own - centre).collect();
        self.comparison.add(Cell { reference, data_set, traces, mean });
    }
}
