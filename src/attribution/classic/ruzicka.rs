//! The min-max measure.
//!
//! Comes in: two vectors without negative values. Goes out: how much they have in common, the sum
//! of the smaller values over the sum of the larger ones (Ružička 1958). Koppel & Winter (2014)
//! found it the best measure beneath the impostors method; Kestemont et al. (2016) found that it
//! does best on frequencies in units of their deviations, which is what `Ruzicka` takes. Called by
//! `classic`.

use super::Frequencies;

/// Σ min(aᵢ, bᵢ) / Σ max(aᵢ, bᵢ), in [0, 1] for values that are not negative; 0 where all are 0.
pub fn similarity(a: &[f32], b: &[f32]) -> f64 {
    let (mut shared, mut larger) = (0.0_f64, 0.0_f64);
    for (a, b) in a.iter().zip(b) {
        shared += f64::from(a.min(*b));
        larger += f64::from(a.max(*b));
    }
    if larger > 0.0 { shared / larger } else { 0.0 }
}

/// The measure, with the references' frequencies.
#[derive(Debug, Clone)]
pub(super) struct Ruzicka {
    /// One over each word's deviation; 0 for a word that is as frequent in every text.
    scale: Vec<f32>,
    references: Vec<Vec<f32>>,
}

impl Ruzicka {
    /// On the `most` most frequent words.
    pub fn new(frequencies: &Frequencies, most: usize) -> Self {
        let references = frequencies.references().iter();
        Self {
            scale: frequencies.in_deviations(&vec![1.0; frequencies.words().len()], most),
            references: references.map(|own| frequencies.in_deviations(own, most)).collect(),
        }
    }

    /// 1 minus the similarity of a text with these relative frequencies to each reference.
    pub fn distances(&self, relative: &[f32]) -> Vec<f64> {
        let text: Vec<f32> = relative.iter().zip(&self.scale).map(|(v, scale)| v * scale).collect();
        self.references.iter().map(|reference| 1.0 - similarity(&text, reference)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_words_worked_by_hand() {
        // Smaller 1 + 0 + 2, larger 2 + 3 + 2.
        assert!((similarity(&[1.0, 3.0, 2.0], &[2.0, 0.0, 2.0]) - 3.0 / 7.0).abs() < 1e-12);
        assert_eq!(similarity(&[1.0, 2.0], &[1.0, 2.0]), 1.0);
        assert_eq!(similarity(&[1.0, 0.0], &[0.0, 2.0]), 0.0);
        assert_eq!(similarity(&[0.0], &[0.0]), 0.0);
    }

    #[test]
    fn words_weigh_by_their_deviation() {
        let frequencies = Frequencies::new(
            vec!["so".into(), "no".into()],
            vec![0.2, 0.2],
            vec![0.1, 0.05],
            vec![vec![0.3, 0.1]],
        )
        .unwrap();
        // In deviations: the text (1, 4), the reference (3, 2): smaller 3, larger 7.
        let distances = Ruzicka::new(&frequencies, 2).distances(&[0.1, 0.2]);
        assert!((distances[0] - 4.0 / 7.0).abs() < 1e-6, "{distances:?}");
        // On the first word alone: 1 of 3.
        let distances = Ruzicka::new(&frequencies, 1).distances(&[0.1, 0.2]);
        assert!((distances[0] - 2.0 / 3.0).abs() < 1e-6, "{distances:?}");
    }
}
