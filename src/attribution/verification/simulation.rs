//! Corpora drawn from traces that were held out: of models that the atlas knows, and of models that it
//! does not.

use super::{
    decision::{FACTS, facts, lead},
    learner::Kin,
    space::{Members, Space, turned},
};
use crate::stats::random::{shuffle, stream};
use ndarray::ArrayView2;
use rand_pcg::rand_core::RngCore;

/// Corpora that are drawn of each model on each data set.
const DRAWS: u64 = 12;
/// The most traces of a corpus.
const MOST_TRACES: f64 = 50.0;

/// A corpus that was drawn, and what the comparison says of it.
#[derive(Debug, Clone)]
pub(super) struct Simulated {
    pub facts: [f64; FACTS],
    /// By how much the first reference leads the next of its family.
    pub lead: Option<f64>,
    pub traces: f64,
    /// Whether its family was among the references.
    pub known: bool,
    /// Whether the first reference is of its family, its vendor, is it.
    pub family_right: bool,
    pub vendor_right: bool,
    pub reference_right: bool,
    /// Whether it is a stranger, and the first reference is of its vendor: neither right nor wrong.
    pub relative: bool,
    /// The fold of its family.
    pub fold: usize,
    /// How much it counts.
    pub weight: f64,
}

/// Where corpora are drawn from.
pub(super) struct Source<'a> {
    /// Traces along the principal directions, a row per trace.
    pub values: ArrayView2<'a, f32>,
    /// The traces that were held out.
    pub held_out: &'a Members,
    pub kin: &'a [Kin],
    /// The fold of each reference's family.
    pub fold_of: &'a [usize],
    pub seed: u64,
}

impl Source<'_> {
    /// Draws corpora of the models in these folds and compares them with the references of `space`,
    /// which knows their families (`known`) or has not seen them.
    pub fn draw(&self, space: &Space, known: bool, folds: &[usize]) -> Vec<Simulated> {
        let mut drawn = Vec::new();
        for (&(label, data_set), members) in self.held_out {
            let Some(centre) = space.centres.get(data_set).and_then(Option::as_ref) else {
                continue;
            };
            if !folds.contains(&self.fold_of[label]) {
                continue;
            }
            for draw in 0..DRAWS {
                let number = (label as u64) << 32 | (data_set as u64) << 8 | draw;
                let mut random = stream(self.seed, number);
                // Sizes are even in their logarithm.
                let even = (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
                let most = MOST_TRACES.min(members.len() as f64);
                let traces = ((even * most.ln()).exp().round() as usize).clamp(1, members.len());
                let mut chosen = members.clone();
                shuffle(&mut chosen, &mut random);
                chosen.truncate(traces);
                drawn.extend(self.compare(space, known, label, data_set, centre, &chosen));
            }
        }
        drawn
    }

    fn compare(
        &self,
        space: &Space,
        known: bool,
        label: usize,
        data_set: usize,
        centre: &[f64],
        chosen: &[usize],
    ) -> Option<Simulated> {
        let mut mean = vec![0.0_f64; self.values.ncols()];
        for &i in chosen {
            mean.iter_mut().zip(self.values.row(i)).for_each(|(m, v)| *m += f64::from(*v));
        }
        let traces = chosen.len() as f64;
        mean.iter_mut().for_each(|m| *m /= traces);
        let point = turned(&space.turn, &mean, centre);
        let ratios = space.comparison.ratios(&point, traces, data_set);
        let first = ratios.first()?;
        // A model of whose family nobody is known on this data set is a stranger here.
        let family = self.kin[label].family;
        let same_family = |reference: usize| self.kin[reference].family == family;
        if known && !ratios.iter().any(|ratio| same_family(ratio.reference)) {
            return None;
        }
        let family_right = same_family(first.reference);
        let vendor_right = self.kin[first.reference].vendor == self.kin[label].vendor;
        Some(Simulated {
            facts: facts(first, traces),
            lead: lead(&ratios, |reference| self.kin[reference].family),
            traces,
            known,
            family_right: known && family_right,
            vendor_right,
            reference_right: known && first.reference == label,
            relative: !known && vendor_right,
            fold: self.fold_of[label],
            weight: 1.0 / DRAWS as f64,
        })
    }
}
