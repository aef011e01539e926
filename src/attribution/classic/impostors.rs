//! The general impostors method (Koppel & Winter 2014; Kestemont et al. 2016).
//!
//! Comes in: the word frequencies of a text. Goes out: for each reference the share of [`DRAWS`]
//! draws in which the text is nearer to it than to every impostor. Each draw takes half of the
//! words and, as impostors, half of the other references; near is what the min-max measure says
//! (`ruzicka`) of the words that were drawn. The numbers are those of stylo's `imposters()`. Koppel
//! and Winter's impostors are texts found for the purpose; here they are the other references' mean
//! frequencies, as an atlas holds no texts. The draws are made once, from the seed, and are the
//! same for every text. Called by `classic`.

use super::Frequencies;
use crate::stats::random::{shuffle, stream};

/// How often words and impostors are drawn.
pub const DRAWS: usize = 100;

/// The draws, and the references' frequencies in units of their deviations.
#[derive(Debug, Clone)]
pub(super) struct Impostors {
    /// One over each word's deviation; 0 for a word that is as frequent in every text.
    scale: Vec<f32>,
    references: usize,
    /// `by_word[word * references + reference]`.
    by_word: Vec<f32>,
    /// The draws that hold each word, ascending.
    draws_of: Vec<Vec<u32>>,
    /// `sums[draw * references + reference]`: the sum over the draw's words.
    sums: Vec<f32>,
    /// For each draw the known references in the order in which they become impostors.
    orders: Vec<Vec<usize>>,
}

impl Impostors {
    /// Draws from `seed`; the words are halves of the `most` most frequent.
    pub fn new(frequencies: &Frequencies, most: usize, seed: u64) -> Self {
        let scaled: Vec<Vec<f32>> = frequencies
            .references()
            .iter()
            .map(|own| frequencies.in_deviations(own, most))
            .collect();
        let scale = frequencies.in_deviations(&vec![1.0; frequencies.words().len()], most);
        let (words, references) = (scale.len(), scaled.len());
        let by_word: Vec<f32> =
            (0..words).flat_map(|word| scaled.iter().map(move |own| own[word])).collect();
        let known: Vec<usize> = (0..references).filter(|&r| frequencies.knows(r)).collect();
        let mut draws_of = vec![Vec::new(); words];
        let mut sums = vec![0.0; DRAWS * references];
        let mut orders = Vec::with_capacity(DRAWS);
        for draw in 0..DRAWS {
            let mut random = stream(seed, draw as u64 + 1);
            let mut order: Vec<usize> = (0..words).collect();
            shuffle(&mut order, &mut random);
            order.truncate(words.div_ceil(2));
            order.sort_unstable();
            let own = &mut sums[draw * references..][..references];
            for word in order {
                draws_of[word].push(draw as u32);
                let values = &by_word[word * references..][..references];
                own.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
            }
            let mut order = known.clone();
            shuffle(&mut order, &mut random);
            orders.push(order);
        }
        Self { scale, references, by_word, draws_of, sums, orders }
    }

    /// 1 minus the share of draws in which each reference is nearer to a text with these relative
    /// frequencies than all impostors are.
    pub fn distances(&self, relative: &[f32]) -> Vec<f64> {
        let references = self.references;
        let mut shared = vec![0.0_f32; DRAWS * references];
        let mut own = vec![0.0_f32; DRAWS];
        let mut smaller = vec![0.0_f32; references];
        for (word, (value, scale)) in relative.iter().zip(&self.scale).enumerate() {
            let value = value * scale;
            // A word that the text does not hold is shared with nobody.
            if value <= 0.0 {
                continue;
            }
            let values = &self.by_word[word * references..][..references];
            smaller.iter_mut().zip(values).for_each(|(target, other)| *target = value.min(*other));
            for &draw in &self.draws_of[word] {
                let draw = draw as usize;
                own[draw] += value;
                let target = &mut shared[draw * references..][..references];
                target.iter_mut().zip(&smaller).for_each(|(sum, smaller)| *sum += smaller);
            }
        }
        let mut wins = vec![0_u32; references];
        for (draw, order) in self.orders.iter().enumerate() {
            let at = draw * references..(draw + 1) * references;
            let similarities: Vec<f32> = shared[at.clone()]
                .iter()
                .zip(&self.sums[at])
                // Σ max = Σ a + Σ b − Σ min.
                .map(|(shared, sum)| match own[draw] + sum - shared {
                    larger if larger > 0.0 => shared / larger,
                    _ => 0.0,
                })
                .collect();
            for (candidate, wins) in wins.iter_mut().enumerate() {
                *wins += u32::from(is_nearest(candidate, &similarities, order));
            }
        }
        wins.into_iter().map(|wins| 1.0 - f64::from(wins) / DRAWS as f64).collect()
    }
}

/// Whether the candidate is more similar than its impostors: the first half, rounded up, of the
/// others in their drawn order.
fn is_nearest(candidate: usize, similarities: &[f32], order: &[usize]) -> bool {
    let impostors = order.len().saturating_sub(1).div_ceil(2);
    let others = order.iter().filter(|&&other| other != candidate).take(impostors);
    others.into_iter().all(|&other| similarities[candidate] > similarities[other])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution::classic::ruzicka::similarity;

    /// Five references, twelve words; the deviations are 0.1 each.
    fn frequencies() -> Frequencies {
        let words = (0..12_u8).map(|i| char::from(b'a' + i).to_string()).collect();
        let of = |reference: usize| {
            (0..12).map(|word| 0.01 * ((7 * reference + 5 * word) % 11) as f32).collect()
        };
        Frequencies::new(words, vec![0.05; 12], vec![0.1; 12], (0..5).map(of).collect()).unwrap()
    }

    #[test]
    fn the_first_half_of_the_others_are_impostors() {
        let similarities = [0.5, 0.4, 0.3, 0.6, 0.2];
        // Of four others two are drawn: for 0 they are 4 and 1, for 1 they are 4 and 0.
        assert!(is_nearest(0, &similarities, &[4, 1, 0, 3, 2]));
        assert!(!is_nearest(1, &similarities, &[4, 1, 0, 3, 2]));
        assert!(!is_nearest(0, &similarities, &[3, 1, 0, 4, 2]));
        // Of one other, it; a tie is no win.
        assert!(is_nearest(0, &similarities, &[1, 0]) && !is_nearest(1, &similarities, &[0, 1]));
        assert!(!is_nearest(0, &[0.5, 0.5], &[0, 1]));
    }

    #[test]
    fn the_shares_are_those_of_the_plain_definition() {
        let frequencies = frequencies();
        let impostors = Impostors::new(&frequencies, 12, 3);
        let text = [0.0, 0.06, 0.01, 0.08, 0.0, 0.09, 0.02, 0.05, 0.1, 0.03, 0.0, 0.04];
        let mut wins = [0.0; 5];
        for (draw, order) in impostors.orders.iter().enumerate() {
            let held: Vec<usize> =
                (0..12).filter(|&word| impostors.draws_of[word].contains(&(draw as u32))).collect();
            assert_eq!(held.len(), 6);
            let part = |values: &[f32]| -> Vec<f32> {
                held.iter().map(|&word| values[word] / 0.1).collect()
            };
            let similarities: Vec<f64> = frequencies
                .references()
                .iter()
                .map(|own| similarity(&part(&text), &part(own)))
                .collect();
            for (candidate, wins) in wins.iter_mut().enumerate() {
                let mut others = order.iter().filter(|&&other| other != candidate).take(2);
                *wins += f64::from(u8::from(
                    others.all(|&other| similarities[candidate] > similarities[other]),
                ));
            }
        }
        let distances = impostors.distances(&text);
        for (distance, wins) in distances.iter().zip(wins) {
            assert!((distance - (1.0 - wins / DRAWS as f64)).abs() < 1e-9, "{distances:?}");
        }
        assert!(distances.iter().any(|distance| *distance < 1.0));
    }

    #[test]
    fn a_seed_gives_the_same_draws() {
        let draws = |seed| {
            let impostors = Impostors::new(&frequencies(), 12, seed);
            (impostors.draws_of, impostors.orders)
        };
        assert_eq!(draws(1), draws(1));
        assert_ne!(draws(1), draws(2));
    }
}
