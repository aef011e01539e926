//! The Delta family: distances between z-scores of word frequencies.
//!
//! Comes in: two vectors of z-scores, the most frequent word first. Goes out: a distance. `Delta`
//! holds the references' z-scores and measures a text against all of them. Called by `classic`.
//!
//! With zᵢ(A) the z-score of the i-th most frequent of n words in A:
//!
//! | | distance | paper |
//! | --- | --- | --- |
//! | Burrows | (1/n) Σ \|zᵢ(A) − zᵢ(B)\| | Burrows 2002; Argamon 2008 for this form |
//! | Eder | (1/n) Σ \|zᵢ(A) − zᵢ(B)\| · (n − i + 2)/n | stylo's `dist.eder` (Eder, Rybicki & Kestemont 2016) |
//! | Argamon | (1/n) Σ (zᵢ(A) − zᵢ(B))² | Argamon 2008, quadratic Delta |
//! | cosine | 1 − Σ zᵢ(A) zᵢ(B) / (‖z(A)‖ ‖z(B)‖) | Smith & Aldridge 2011; Evert et al. 2017 |

use super::{Frequencies, Method};

/// Burrows's Delta: the mean absolute difference of z-scores; 0 for vectors without words.
pub fn burrows(a: &[f32], b: &[f32]) -> f64 {
    let sum: f64 = differences(a, b).map(f64::abs).sum();
    sum / a.len().max(1) as f64
}

/// Eder's Delta: Burrows's, with the difference of the i-th of n words weighed by (n − i + 2)/n, as
/// stylo does: the more frequent words count for more.
pub fn eder(a: &[f32], b: &[f32]) -> f64 {
    let n = a.len().max(1) as f64;
    let weighed = differences(a, b).zip(0_u32..).map(|(difference, before)| {
        // `before` is i − 1.
        difference.abs() * (n - f64::from(before) + 1.0) / n
    });
    weighed.sum::<f64>() / n
}

/// Argamon's quadratic Delta, per word: the mean squared difference of z-scores. What stylo calls
/// Argamon's linear Delta is √(n · this) / n: another scale, the same order.
pub fn argamon(a: &[f32], b: &[f32]) -> f64 {
    let sum: f64 = differences(a, b).map(|difference| difference * difference).sum();
    sum / a.len().max(1) as f64
}

/// Cosine Delta: 1 minus the cosine of the angle between the vectors, in [0, 2]; 1 where one of
/// them is all zero.
pub fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let product = |a: &[f32], b: &[f32]| -> f64 {
        a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    };
    let lengths = (product(a, a) * product(b, b)).sqrt();
    if lengths > 0.0 { 1.0 - (product(a, b) / lengths).clamp(-1.0, 1.0) } else { 1.0 }
}

fn differences<'a>(a: &'a [f32], b: &'a [f32]) -> impl Iterator<Item = f64> + 'a {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) - f64::from(*b))
}

/// One of the four, with the references' z-scores.
#[derive(Debug, Clone)]
pub(super) struct Delta {
    distance: fn(&[f32], &[f32]) -> f64,
    mean: Vec<f32>,
    /// One over the deviation; 0 for a word that is as frequent in every text.
    scale: Vec<f32>,
    references: Vec<Vec<f32>>,
}

impl Delta {
    /// `None` where the method is none of the four.
    pub fn new(method: Method, frequencies: &Frequencies) -> Option<Self> {
        let distance: fn(&[f32], &[f32]) -> f64 = match method {
            Method::Burrows => burrows,
            Method::Eder => eder,
            Method::Argamon => argamon,
            Method::Cosine => cosine,
            _ => return None,
        };
        let most = method.words();
        let references = frequencies.references().iter();
        Some(Self {
            distance,
            mean: frequencies.mean().iter().take(most).copied().collect(),
            scale: frequencies.in_deviations(&vec![1.0; frequencies.words().len()], most),
            references: references.map(|own| frequencies.z_scores(own, most)).collect(),
        })
    }

    /// The distance of a text with these relative frequencies to each reference.
    pub fn distances(&self, relative: &[f32]) -> Vec<f64> {
        let text: Vec<f32> = relative
            .iter()
            .zip(self.mean.iter().zip(&self.scale))
            .map(|(value, (mean, scale))| (value - mean) * scale)
            .collect();
        self.references.iter().map(|reference| (self.distance)(&text, reference)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: [f32; 4] = [1.0, -1.0, 0.5, 0.0];
    const B: [f32; 4] = [0.0, 1.0, 0.5, -2.0];

    #[test]
    fn four_words_worked_by_hand() {
        // Absolute differences 1, 2, 0, 2.
        assert!((burrows(&A, &B) - 5.0 / 4.0).abs() < 1e-12);
        // Weights 5/4, 4/4, 3/4, 2/4: (1.25 + 2 + 0 + 1) / 4.
        assert!((eder(&A, &B) - 4.25 / 4.0).abs() < 1e-12);
        // Squares 1, 4, 0, 4.
        assert!((argamon(&A, &B) - 9.0 / 4.0).abs() < 1e-12);
        // Product −1 + 0.25, squared lengths 2.25 and 5.25.
        assert!((cosine(&A, &B) - (1.0 + 0.75 / (2.25_f64 * 5.25).sqrt())).abs() < 1e-12);
    }

    #[test]
    fn the_same_is_at_no_distance_and_nothing_has_no_direction() {
        for distance in [burrows, eder, argamon, cosine] {
            assert!(distance(&A, &A).abs() < 1e-12);
            assert!((distance(&A, &B) - distance(&B, &A)).abs() < 1e-12);
            assert!(distance(&[], &[]).is_finite());
        }
        assert_eq!(cosine(&A, &[0.0; 4]), 1.0);
    }

    #[test]
    fn a_text_is_nearest_to_the_reference_that_it_is_like() {
        let frequencies = Frequencies::new(
            vec!["so".into(), "no".into(), "a".into()],
            vec![0.2, 0.2, 0.1],
            vec![0.1, 0.05, 0.0],
            vec![vec![0.3, 0.2, 0.1], vec![0.1, 0.25, 0.1]],
        )
        .unwrap();
        // z-scores of the references: (1, 0, 0) and (−1, 1, 0); of the text: (0.5, 0, 0).
        let delta = Delta::new(Method::Burrows, &frequencies).unwrap();
        let distances = delta.distances(&[0.25, 0.2, 0.7]);
        assert!((distances[0] - 0.5 / 3.0).abs() < 1e-6, "{distances:?}");
        assert!((distances[1] - 2.5 / 3.0).abs() < 1e-6, "{distances:?}");
        assert!(Delta::new(Method::Ruzicka, &frequencies).is_none());
    }
}
