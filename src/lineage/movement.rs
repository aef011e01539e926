//! From an older corpus to a newer one, as figures that a check decides by: how far, towards whom, and how
//! alike the two are.
//!
//! Comes in: the tallies of both (either may come from a profile) and the atlas. Goes out: [`Movement`], each figure with its
//! resampled values. Called by `gate`. The figures are those of [`super::drift`]; here they are resampled as
//! often as the level of a check asks for, and only those that it asks for.

use super::{
    bootstrap::stream,
    departures::member_for,
    drift::{NO_PANEL, Step, changes_of, channels, steps},
    pairing::{dot, draw},
    tally::Tally,
};
use crate::{
    atlas::Atlas,
    attribution::panel::{Member, Spread, alike},
};
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// A figure and what it would be with other prompts.
#[derive(Debug, Clone, PartialEq)]
pub struct Resampled {
    /// The figure.
    pub value: f64,
    /// Its value in each resample.
    pub drawn: Vec<f64>,
}

/// What can be said of the way from an older corpus to a newer one.
#[derive(Debug)]
pub struct Movement {
    /// Whether it rests on prompts that both corpora answered.
    pub paired: bool,
    steps: Vec<Step>,
    /// The number of channels, by which the size of a shift is scaled.
    channels: usize,
    seed: u64,
}

impl Movement {
    /// Sets two corpora side by side; `only` chooses prompts by their keys.
    ///
    /// # Errors
    /// A sentence, where they cannot be compared: no panel in the atlas, or too few prompts in common.
    pub fn between(
        atlas: &Atlas,
        new: &Tally,
        old: &Tally,
        only: impl Fn(&str) -> bool,
        seed: u64,
    ) -> Result<Self, String> {
        if atlas.panel.width() == 0 {
            return Err(NO_PANEL.into());
        }
        let (paired, steps) = steps(&atlas.panel, new, old, only)?;
        let channels = channels(atlas, &steps).len().max(1);
        Ok(Self { paired, steps, channels, seed })
    }

    /// Values that are compared on each prompt.
    pub fn width(&self) -> usize {
        self.steps.first().map_or(0, |step| step.shift.len())
    }

    /// Prompts that it rests on.
    pub fn prompts(&self) -> usize {
        self.steps.len()
    }

    /// The length of the shift in standard deviations of a single trace, the noise taken off: 0 for two
    /// samples of one model, as [`super::Drift::size`].
    pub fn size(&self, resamples: usize) -> Resampled {
        let size = |times: &[f64]| {
            let (mut sum, mut own, mut n, mut squares) =
                (vec![0.0_f32; self.width()], 0.0, 0.0, 0.0);
            for (step, &t) in self.steps.iter().zip(times).filter(|(_, t)| **t > 0.0) {
                sum.iter_mut().zip(&step.shift).for_each(|(sum, value)| *sum += t as f32 * value);
                // A prompt that is drawn twice is no other prompt: its product with itself is noise.
                own += t * t * dot(&step.shift, &step.shift);
                n += t;
                squares += t * t;
            }
            let length = (dot(&sum, &sum) - own) / (n * n - squares).max(1.0);
            length.max(0.0).sqrt() / (self.channels as f64).sqrt()
        };
        let ones = vec![1.0; self.steps.len()];
        self.resampled(resamples, 0x7369_7a65, size(&ones), |random| size(&self.times(random)))
    }

    /// By how much the mean similarity to these references changed; `None` where the panel does not hold
    /// them on these grounds.
    pub fn change_towards(
        &self,
        atlas: &Atlas,
        references: &[usize],
        resamples: usize,
    ) -> Option<Resampled> {
        let known = |r: usize| {
            self.steps.iter().all(|step| member_for(&atlas.panel, r, step.ground).is_some())
        };
        let references: Vec<usize> = references.iter().copied().filter(|&r| known(r)).collect();
        if references.is_empty() {
            return None;
        }
        let grounds: BTreeMap<usize, Vec<&Member>> = self
            .steps
            .iter()
            .map(|step| {
                let members =
                    references.iter().filter_map(|&r| member_for(&atlas.panel, r, step.ground));
                (step.ground, members.collect())
            })
            .collect();
        let mean = |random: Option<&mut Pcg64Mcg>| {
            let changes = changes_of(&self.steps, &references, &grounds, random);
            changes.iter().sum::<f64>() / changes.len().max(1) as f64
        };
        Some(self.resampled(resamples, 0x746f_7761, mean(None), |random| mean(Some(random))))
    }

    /// How alike the two corpora depart from the panel: a cosine in [-1, 1], corrected for attenuation, as
    /// [`super::PairedSimilarity::similarity`]; near 1 for two samples of one model.
    pub fn likeness(&self, resamples: usize) -> Resampled {
        let alike_of = |random: Option<&mut Pcg64Mcg>| {
            // What is drawn anew has noise of its own on top, as large as that of the first drawing.
            let times = if random.is_some() { 2.0 } else { 1.0 };
            let (mut old, mut new) = (Spread::default(), Spread::default());
            for at in draw(self.steps.len(), random) {
                let step = &self.steps[at];
                old.add(&step.old);
                let now: Vec<f32> =
                    step.old.iter().zip(&step.shift).map(|(old, shift)| old + shift).collect();
                new.add(&now);
            }
            let ((old, old_noise), (new, new_noise)) = (old.finish(), new.finish());
            alike((&new, times * f64::from(new_noise)), (&old, times * f64::from(old_noise)))
        };
        self.resampled(resamples, 0x616c_696b, alike_of(None), |random| alike_of(Some(random)))
    }

    fn resampled(
        &self,
        resamples: usize,
        salt: u64,
        value: f64,
        figure: impl Fn(&mut Pcg64Mcg) -> f64 + Sync,
    ) -> Resampled {
        let drawn = (0..resamples as u64)
            .into_par_iter()
            .map(|resample| figure(&mut stream(self.seed ^ salt, resample)))
            .collect();
        Resampled { value, drawn }
    }

    fn times(&self, random: &mut Pcg64Mcg) -> Vec<f64> {
        let mut times = vec![0.0; self.steps.len()];
        draw(self.steps.len(), Some(random)).into_iter().for_each(|at| times[at] += 1.0);
        times
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn movement(shifts: &[[f32; 2]]) -> Movement {
        let steps = shifts
            .iter()
            .map(|shift| Step { ground: 0, old: vec![1.0, 0.0], shift: shift.to_vec() })
            .collect();
        Movement { paired: true, steps, channels: 1, seed: 3 }
    }

    #[test]
    fn the_size_of_a_shift_is_its_length_without_noise() {
        // Every prompt moves by (3, 4): length 5, in every resample.
        let all = movement(&[[3.0, 4.0]; 20]).size(200);
        assert!((all.value - 5.0).abs() < 1e-6, "{}", all.value);
        assert!(all.drawn.iter().all(|drawn| (drawn - 5.0).abs() < 1e-4), "{:?}", all.drawn);
        // Ten prompts one way and ten back: ⟨a, b⟩ over different prompts is (0 − 20·25)/(20·19) < 0.
        let none: Vec<[f32; 2]> =
            (0..20).map(|at| if at % 2 == 0 { [3.0, 4.0] } else { [-3.0, -4.0] }).collect();
        assert_eq!(movement(&none).size(1).value, 0.0);
    }

    #[test]
    fn a_corpus_is_like_itself_and_unlike_its_opposite() {
        assert!(movement(&[[0.0, 0.0]; 12]).likeness(1).value > 0.999);
        assert!(movement(&[[-2.0, 0.0]; 12]).likeness(1).value < -0.999);
    }
}
