//! Corpora drawn from traces that were held out: of models that the atlas knows, and of models that it
//! does not.

use super::{
    facts::{MOST_CONTROLS, ShiftedCorpus, Simulated, facts, lead, shifted_facts},
    kin::Kin,
    shifted::{Position, centre, positions},
    space::{Members, Space, turned},
};
use crate::stats::random::{shuffle, stream};
use ndarray::{Array2, ArrayView2};
use rand_pcg::rand_core::RngCore;
use std::collections::BTreeSet;

/// Corpora that are drawn of each model on each data set.
const DRAWS: u64 = 20;
/// Corpora that are drawn of each model on a data set that is left out, the most traces of one, and the
/// fewest that a model needs there.
const SHIFTED_DRAWS: u64 = 4;
/// See [`SHIFTED_DRAWS`].
const SHIFTED_TRACES: usize = 20;
/// See [`SHIFTED_DRAWS`].
const FEWEST_TRACES: usize = 10;
/// The most traces of a corpus.
const MOST_TRACES: f64 = 50.0;

/// Where corpora are drawn from.
pub(super) struct Source<'a> {
    /// The style values of all traces, a row per trace.
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
            if !folds.contains(&self.fold_of[label]) {
                continue;
            }
            let chosen: Vec<Vec<usize>> = (0..DRAWS)
                .map(|draw| {
                    let number = (label as u64) << 32 | (data_set as u64) << 8 | draw;
                    let mut random = stream(self.seed, number);
                    // Sizes are even in their logarithm.
                    let even = (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
                    let most = MOST_TRACES.min(members.len() as f64);
                    let traces =
                        ((even * most.ln()).exp().round() as usize).clamp(1, members.len());
                    let mut chosen = members.clone();
                    shuffle(&mut chosen, &mut random);
                    chosen.truncate(traces);
                    chosen
                })
                .collect();
            let means = means_of(self.values, &chosen);
            let Some(points) = space.coordinates(means.view(), data_set) else { continue };
            for (point, chosen) in points.outer_iter().zip(&chosen) {
                let point = point.to_vec();
                let traces = chosen.len() as f64;
                drawn.extend(self.compare(space, known, label, data_set, &point, traces));
            }
        }
        drawn
    }

    /// Draws corpora of models on data sets that are left out in turn, of models that are known from
    /// others, with controls: other models of the data set that are known from others too. `known` is as
    /// for [`Source::draw`].
    pub fn draw_shifted(&self, space: &Space, known: bool, folds: &[usize]) -> Vec<ShiftedCorpus> {
        let mut drawn = Vec::new();
        let data_sets: BTreeSet<usize> = self.held_out.keys().map(|&(_, set)| set).collect();
        for data_set in data_sets {
            let positions = positions(space.comparison.cells(), Some(data_set));
            let is_known = |label: usize| positions.iter().any(|own| own.reference == label);
            let own: Vec<usize> = self
                .held_out
                .iter()
                .filter(|((_, set), members)| *set == data_set && members.len() >= FEWEST_TRACES)
                .map(|((label, _), _)| *label)
                .collect();
            for &label in own.iter().filter(|&&label| folds.contains(&self.fold_of[label])) {
                // A known model is known from elsewhere; a stranger is one whose family was left out.
                if known != is_known(label) {
                    continue;
                }
                let family = self.kin[label].family;
                let others: Vec<usize> = own
                    .iter()
                    .copied()
                    .filter(|&other| self.kin[other].family != family && is_known(other))
                    .collect();
                for draw in 0..SHIFTED_DRAWS {
                    for controls in [0, 2, MOST_CONTROLS] {
                        let place = (label, data_set, draw, controls);
                        drawn.extend(self.shifted(space, known, place, &others, &positions));
                    }
                }
            }
        }
        drawn
    }

    fn shifted(
        &self,
        space: &Space,
        known: bool,
        (label, data_set, draw, controls): (usize, usize, u64, usize),
        others: &[usize],
        positions: &[Position],
    ) -> Option<ShiftedCorpus> {
        let number = (label as u64) << 32 | (data_set as u64) << 16 | draw << 8 | controls as u64;
        let mut random = stream(self.seed ^ 0xC0, number);
        let mut chosen = others.to_vec();
        shuffle(&mut chosen, &mut random);
        chosen.truncate(controls);
        if chosen.len() < controls {
            return None;
        }
        let mut point_of = |label: usize| {
            let mut members = self.held_out[&(label, data_set)].clone();
            shuffle(&mut members, &mut random);
            members.truncate(SHIFTED_TRACES);
            let traces = members.len();
            (space.absolute(means_of(self.values, &[members]).view()).row(0).to_vec(), traces)
        };
        let (point, traces) = point_of(label);
        let offsets: Vec<Vec<f64>> = chosen
            .iter()
            .map(|&control| {
                let own = positions.iter().find(|own| own.reference == control)?;
                let (point, _) = point_of(control);
                Some(point.iter().zip(&own.mean).map(|(p, m)| p - m).collect())
            })
            .collect::<Option<_>>()?;
        let distance = |centre: &[f64]| -> f64 {
            centre.iter().zip(&point).map(|(c, p)| (c - p).powi(2)).sum()
        };
        let nearest = space
            .centres
            .iter()
            .enumerate()
            .filter(|(set, _)| *set != data_set)
            .filter_map(|(_, centre)| {
                Some(turned(&space.turn, centre.as_ref()?, &vec![0.0; space.axes.ncols()]))
            })
            .min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
        let centre = centre(&nearest, &offsets);
        let point: Vec<f64> = point.iter().zip(&centre).map(|(p, c)| p - c).collect();
        let ratios = space.comparison.shifted_ratios(&point, traces as f64, controls, positions);
        let family_of = |reference: usize| self.kin[reference].family;
        let first = ratios.first()?.reference;
        let same_vendor = self.kin[first].vendor == self.kin[label].vendor;
        if !known && same_vendor {
            return None;
        }
        Some(ShiftedCorpus {
            facts: shifted_facts(&ratios, controls, family_of)?,
            data_set,
            controls,
            known,
            right: known && family_of(first) == family_of(label),
            weight: 1.0 / SHIFTED_DRAWS as f64,
        })
    }

    fn compare(
        &self,
        space: &Space,
        known: bool,
        label: usize,
        data_set: usize,
        point: &[f64],
        traces: f64,
    ) -> Option<Simulated> {
        let ratios = space.comparison.ratios(point, traces, data_set);
        let first = ratios.first()?;
        // A model of whose family nobody is known on this data set is a stranger here.
        let family = self.kin[label].family;
        let same_family = |reference: usize| self.kin[reference].family == family;
        if known && !ratios.iter().any(|ratio| same_family(ratio.reference)) {
            return None;
        }
        let family_right = same_family(first.reference);
        let vendor_right = self.kin[first.reference].vendor == self.kin[label].vendor;
        let family_of = |reference: usize| self.kin[reference].family;
        let nearest_other =
            space.comparison.nearest_other(first.reference, traces, data_set, family_of);
        Some(Simulated {
            facts: facts(first, nearest_other),
            lead: lead(&ratios, family_of),
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

/// The mean of the style values of each choice of traces: a row for each.
pub(super) fn means_of(values: ArrayView2<'_, f32>, choices: &[Vec<usize>]) -> Array2<f32> {
    let mut means = Array2::<f32>::zeros((choices.len(), values.ncols()));
    for (mut mean, chosen) in means.outer_iter_mut().zip(choices) {
        for &i in chosen {
            mean += &values.row(i);
        }
        mean /= chosen.len().max(1) as f32;
    }
    means
}
