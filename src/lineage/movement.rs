//! From an older corpus to a newer one, as figures that a check decides by: how far, towards which
//! references, and how alike the two are.
//!
//! Comes in: the tallies of both (either may come from a profile) and the atlas. Goes out:
//! [`Movement`], each figure with its resampled values. Called by `gate`. The figures are those of
//! [`super::drift`]; here they are resampled as often as the level of a check asks for, and only
//! those that it asks for.

use super::{
    drift::{DriftError, PromptPair, PromptPairs, channels, pair_prompts},
    residuals::member_for,
    scored_corpus::ScoredCorpus,
};
use crate::{
    atlas::Atlas,
    attribution::panel::{Member, alike},
    stats::{
        bootstrap::drawn_or_all,
        random::stream,
        vectors::{add_times, dot},
    },
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

/// The departures of one corpus, prompt by prompt, with their squared lengths: most of the time of a check is adding them up
/// for each resample.
#[derive(Debug)]
struct Side {
    values: Vec<Vec<f32>>,
    squares: Vec<f64>,
}

impl Side {
    fn new(values: Vec<Vec<f32>>) -> Self {
        let squares = values.iter().map(|values| dot(values, values)).collect();
        Self { values, squares }
    }

    /// Those of both corpora.
    fn both(pairs: &[PromptPair]) -> [Self; 2] {
        let now =
            |pair: &PromptPair| pair.old.iter().zip(&pair.shift).map(|(old, s)| old + s).collect();
        [
            Self::new(pairs.iter().map(|pair| pair.old.clone()).collect()),
            Self::new(pairs.iter().map(now).collect()),
        ]
    }

    /// The mean over prompts that were drawn so often, and the part of its squared length that is noise, as
    /// [`crate::attribution::panel::Spread::finish`].
    fn mean(&self, drawn: &[(usize, f32)]) -> (Vec<f32>, f64) {
        let width = self.values.first().map_or(0, Vec::len);
        let (mut sum, mut squares, mut count) = (vec![0.0_f32; width], 0.0, 0.0);
        for &(at, times) in drawn {
            sum.iter_mut().zip(&self.values[at]).for_each(|(sum, value)| *sum += times * value);
            squares += f64::from(times) * self.squares[at];
            count += f64::from(times);
        }
        let count = f64::max(count, 1.0);
        sum.iter_mut().for_each(|sum| *sum /= count as f32);
        let noise = (squares / count - dot(&sum, &sum)).max(0.0) / (count - 1.0).max(1.0);
        (sum, noise)
    }
}

/// Which of these prompts are drawn, and how often: each once without randomness.
fn drawn_of(own: &[usize], random: Option<&mut Pcg64Mcg>) -> Vec<(usize, f32)> {
    let mut times = vec![0.0; own.len()];
    drawn_or_all(own.len(), random).into_iter().for_each(|at| times[at] += 1.0);
    own.iter().copied().zip(times).filter(|(_, times)| *times > 0.0).collect()
}

/// The movement from an older corpus to a newer one.
#[derive(Debug)]
pub struct Movement {
    /// Whether it rests on prompts that both corpora answered.
    pub paired: bool,
    pairs: Vec<PromptPair>,
    /// What the older and the newer corpus have on each prompt.
    sides: [Side; 2],
    /// The squared length of each shift.
    squares: Vec<f64>,
    /// The number of channels, by which the size of a shift is scaled.
    channels: usize,
    seed: u64,
}

impl Movement {
    /// Compares two corpora; `only` chooses prompts by their keys.
    ///
    /// # Errors
    /// Where they cannot be compared: no panel in the atlas, or too few prompts in common.
    pub fn between(
        atlas: &Atlas,
        new: &ScoredCorpus,
        old: &ScoredCorpus,
        only: impl Fn(&str) -> bool,
        seed: u64,
    ) -> Result<Self, DriftError> {
        if atlas.panel.width() == 0 {
            return Err(DriftError::NoPanel);
        }
        let PromptPairs { shared, pairs } = pair_prompts(&atlas.panel, new, old, only)?;
        let channels = channels(atlas, &pairs).len().max(1);
        Ok(Self::new(shared, pairs, channels, seed))
    }

    fn new(paired: bool, pairs: Vec<PromptPair>, channels: usize, seed: u64) -> Self {
        let sides = Side::both(&pairs);
        let squares = pairs.iter().map(|pair| dot(&pair.shift, &pair.shift)).collect();
        Self { paired, pairs, sides, squares, channels, seed }
    }

    /// Values that are compared on each prompt.
    pub fn width(&self) -> usize {
        self.pairs.first().map_or(0, |pair| pair.shift.len())
    }

    /// Prompts that it rests on.
    pub fn prompts(&self) -> usize {
        self.pairs.len()
    }

    /// The length of the shift in standard deviations of a single trace, the noise taken off: 0 for two
    /// samples of one model, as [`super::Drift::size`].
    pub fn size(&self, resamples: usize) -> Resampled {
        let size = |times: &[f64]| {
            let (mut sum, mut own, mut n, mut squares) =
                (vec![0.0_f32; self.width()], 0.0, 0.0, 0.0);
            for ((pair, square), &t) in self.pairs.iter().zip(&self.squares).zip(times) {
                if t == 0.0 {
                    continue;
                }
                add_times(&mut sum, t as f32, &pair.shift);
                // A prompt that is drawn twice is still one prompt: its product with itself is
                // noise.
                own += t * t * square;
                n += t;
                squares += t * t;
            }
            let length = (dot(&sum, &sum) - own) / (n * n - squares).max(1.0);
            length.max(0.0).sqrt() / (self.channels as f64).sqrt()
        };
        let ones = vec![1.0; self.pairs.len()];
        self.resampled(resamples, 0x7369_7a65, size(&ones), |random| size(&self.times(random)))
    }

    /// By how much the mean similarity to these references changed; `None` where the panel does not hold
    /// them on these data sets.
    pub fn change_towards(
        &self,
        atlas: &Atlas,
        references: &[usize],
        resamples: usize,
    ) -> Option<Resampled> {
        let known = |r: usize| {
            self.pairs.iter().all(|pair| member_for(&atlas.panel, r, pair.data_set).is_some())
        };
        let references: Vec<usize> = references.iter().copied().filter(|&r| known(r)).collect();
        if references.is_empty() {
            return None;
        }
        let mut data_sets: BTreeMap<usize, (Vec<usize>, Vec<&Member>)> = BTreeMap::new();
        for (at, pair) in self.pairs.iter().enumerate() {
            let (own, members) = data_sets.entry(pair.data_set).or_default();
            if own.is_empty() {
                let known = |&r: &usize| member_for(&atlas.panel, r, pair.data_set);
                members.extend(references.iter().filter_map(known));
            }
            own.push(at);
        }
        let mean = |mut random: Option<&mut Pcg64Mcg>| {
            // What is drawn anew has noise of its own on top, as large as that of the first drawing.
            let noisier = if random.is_some() { 2.0 } else { 1.0 };
            let mut change = 0.0;
            for (own, members) in data_sets.values() {
                let drawn = drawn_of(own, random.as_deref_mut());
                let weight = own.len() as f64 / (self.pairs.len() * references.len()) as f64;
                for (side, sign) in self.sides.iter().zip([-1.0, 1.0]) {
                    let (mean, noise) = side.mean(&drawn);
                    for member in members {
                        let other = (member.departure.as_slice(), f64::from(member.noise));
                        change += sign * weight * alike((&mean, noisier * noise), other);
                    }
                }
            }
            change
        };
        Some(self.resampled(resamples, 0x746f_7761, mean(None), |random| mean(Some(random))))
    }

    /// How alike the two corpora depart from the panel: a cosine in [-1, 1], corrected for attenuation, as
    /// [`super::PairedSimilarity::similarity`]; near 1 for two samples of one model.
    pub fn likeness(&self, resamples: usize) -> Resampled {
        let every: Vec<usize> = (0..self.pairs.len()).collect();
        let alike_of = |random: Option<&mut Pcg64Mcg>| {
            let noisier = if random.is_some() { 2.0 } else { 1.0 };
            let drawn = drawn_of(&every, random);
            let [(old, old_noise), (new, new_noise)] =
                [0, 1].map(|side| self.sides[side].mean(&drawn));
            alike((&new, noisier * new_noise), (&old, noisier * old_noise))
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
        let mut times = vec![0.0; self.pairs.len()];
        drawn_or_all(self.pairs.len(), Some(random)).into_iter().for_each(|at| times[at] += 1.0);
        times
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn movement(shifts: &[[f32; 2]]) -> Movement {
        let pairs: Vec<PromptPair> = shifts
            .iter()
            .map(|shift| PromptPair { data_set: 0, old: vec![1.0, 0.0], shift: shift.to_vec() })
            .collect();
        Movement::new(true, pairs, 1, 3)
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

    #[test]
    fn what_is_added_up_by_how_often_it_was_drawn_is_what_is_added_one_by_one() {
        let values = [[1.0, 2.0], [3.0, -1.0], [0.5, 0.5]];
        let side = Side::new(values.iter().map(|values| values.to_vec()).collect());
        let mut spread = crate::attribution::panel::Spread::default();
        for at in [0, 2, 2, 1, 2] {
            spread.add(&values[at]);
        }
        let (mean, noise) = side.mean(&[(0, 1.0), (1, 1.0), (2, 3.0)]);
        let (expected, expected_noise) = spread.finish();
        assert!(mean.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-6), "{mean:?}");
        assert!((noise - f64::from(expected_noise)).abs() < 1e-6);
    }
}
