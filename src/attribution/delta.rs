//! Cosine Delta: how alike two corpora are.
//!
//! A profile is the mean over traces of the square roots of relative frequencies of the most
//! widespread word n-grams. Profiles are centred and scaled over the references, and two of them
//! are compared by the cosine (Smith & Aldridge 2011; Evert et al. 2017 found it the most robust
//! of Burrows's relatives). 1 means the same habits, 0 habits as different as two references
//! picked blindly, −1 opposite habits.

use serde::{Deserialize, Serialize};

/// A coordinate counts for at most this many standard deviations.
const CLIP: f32 = 4.0;

/// The profiles of all references.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profiles {
    mean: Vec<f32>,
    deviation: Vec<f32>,
    /// One centred and scaled profile of unit length per reference.
    references: Vec<Vec<f32>>,
}

impl Profiles {
    /// Centres and scales the references' mean profiles, which must be of the same length.
    pub fn new(raw: &[Vec<f32>]) -> Self {
        let (mean, deviation) = crate::features::mean_and_deviation(raw);
        let mut profiles = Self { mean, deviation, references: Vec::new() };
        profiles.references = raw.iter().map(|profile| profiles.standardize(profile)).collect();
        profiles
    }

    /// The same with the profiles of more references, centred and scaled as the others are.
    #[must_use]
    pub fn with(mut self, raw: &[Vec<f32>]) -> Self {
        let more: Vec<Vec<f32>> = raw.iter().map(|profile| self.standardize(profile)).collect();
        self.references.extend(more);
        self
    }

    /// Centres and scales a raw profile and brings it to unit length.
    pub fn standardize(&self, raw: &[f32]) -> Vec<f32> {
        let mut profile: Vec<f32> = raw
            .iter()
            .zip(self.mean.iter().zip(&self.deviation))
            .map(|(value, (mean, deviation))| {
                if *deviation > 1e-9 {
                    ((value - mean) / deviation).clamp(-CLIP, CLIP)
                } else {
                    0.0
                }
            })
            .collect();
        let length = profile.iter().map(|v| v * v).sum::<f32>().sqrt();
        if length > 0.0 {
            profile.iter_mut().for_each(|v| *v /= length);
        }
        profile
    }

    /// The standardized profile of a reference.
    pub fn reference(&self, index: usize) -> &[f32] {
        &self.references[index]
    }

    /// The standardized profiles of all references, in their order.
    pub fn references(&self) -> &[Vec<f32>] {
        &self.references
    }

    /// Mean and standard deviation of each coordinate over the references.
    pub(crate) fn parts(&self) -> (&[f32], &[f32]) {
        (&self.mean, &self.deviation)
    }

    /// Puts profiles together from what an atlas file holds.
    pub(crate) fn from_parts(
        mean: Vec<f32>,
        deviation: Vec<f32>,
        references: Vec<Vec<f32>>,
    ) -> Self {
        Self { mean, deviation, references }
    }
}

/// The cosine of two profiles of unit length, in [−1, 1].
pub fn similarity(a: &[f32], b: &[f32]) -> f64 {
    f64::from(a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>()).clamp(-1.0, 1.0)
}

/// The mean of profiles, all weighted the same; empty where there is none.
pub fn mean_profile<'a>(profiles: impl Iterator<Item = &'a [f32]>) -> Vec<f32> {
    let mut sum: Vec<f32> = Vec::new();
    let mut count = 0;
    for profile in profiles {
        sum.resize(profile.len(), 0.0);
        sum.iter_mut().zip(profile).for_each(|(sum, value)| *sum += value);
        count += 1;
    }
    sum.iter_mut().for_each(|sum| *sum /= count.max(1) as f32);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_references_worked_by_hand() {
        // Column 1: 1, 2, 3 → mean 2, deviation √(2/3); column 2: 5, 5, 2 → mean 4, deviation √2.
        let profiles = Profiles::new(&[vec![1.0, 5.0], vec![2.0, 5.0], vec![3.0, 2.0]]);
        // Standardized: (−1.2247, 0.7071), (0, 0.7071), (1.2247, −1.4142).
        let (a, b, c) = (profiles.reference(0), profiles.reference(1), profiles.reference(2));
        assert!((similarity(a, b) - 0.5).abs() < 1e-4);
        assert!((similarity(a, a) - 1.0).abs() < 1e-6);
        // Inner product −1.5 − 1, lengths √2 and √3.5.
        let expected = -2.5 / (2.0_f64 * 3.5).sqrt();
        assert!((similarity(a, c) - expected).abs() < 1e-3);
    }

    #[test]
    fn a_feature_that_never_varies_says_nothing() {
        let profiles = Profiles::new(&[vec![1.0, 5.0], vec![1.0, 7.0]]);
        assert_eq!(profiles.reference(0)[0], 0.0);
        assert_eq!(mean_profile(std::iter::empty()), Vec::<f32>::new());
    }
}
