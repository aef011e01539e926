//! How sharp the probabilities of a trace on a known data set are.
//!
//! The stack is calibrated on known data sets, and the prediction for unseen ones is mixed in where a
//! trace may be of one: on known data sets the mixture is too flat. A power of the probabilities
//! (temperature scaling; Guo, Pleiss, Sun & Weinberger 2017) sets that right, as far as the data set is
//! a known one.

/// Powers that are tried: from 1 to 3 in steps of 0.05.
const STEPS: usize = 40;

/// The power with the smallest mean logarithmic loss on held-out traces. Each has its probabilities, the
/// reference that wrote it, and the probability that its data set is known.
pub(super) fn learn(probabilities: &[Vec<f32>], labels: &[usize], in_domain: &[f64]) -> f64 {
    let loss = |power: f64| -> f64 {
        let traces = probabilities.iter().zip(labels).zip(in_domain);
        traces
            .map(|((own, &label), &in_domain)| {
                let mut own = own.clone();
                sharpen(&mut own, power, in_domain);
                -f64::from(own[label].max(1e-6)).ln()
            })
            .sum()
    };
    let powers = (0..=STEPS).map(|step| 1.0 + step as f64 * 0.05);
    let losses = powers.map(|power| (power, loss(power)));
    losses.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(1.0, |(power, _)| power)
}

/// Raises probabilities to a power, the more the surer the data set is known.
pub(super) fn sharpen(probabilities: &mut [f32], power: f64, in_domain: f64) {
    let power = 1.0 + (power - 1.0) * in_domain;
    if power == 1.0 {
        return;
    }
    probabilities.iter_mut().for_each(|p| *p = p.powf(power as f32));
    let sum: f32 = probabilities.iter().sum();
    if sum > 0.0 {
        probabilities.iter_mut().for_each(|p| *p /= sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flat_probabilities_are_sharpened_until_they_are_right_as_often_as_they_say() {
        // Right nine times in ten, and 0.75 is said: 0.75² / (0.75² + 0.25²) = 0.9.
        let probabilities = vec![vec![0.75, 0.25]; 100];
        let labels: Vec<usize> = (0..100).map(|i| usize::from(i % 10 == 0)).collect();
        let power = learn(&probabilities, &labels, &[1.0; 100]);
        assert!((power - 2.0).abs() < 0.06, "{power}");
        let mut own = [0.75, 0.25];
        sharpen(&mut own, power, 1.0);
        assert!((own[0] - 0.9).abs() < 0.01, "{own:?}");
        // Nothing is changed where the data set is surely unknown.
        sharpen(&mut own, power, 0.0);
        assert!((own[0] - 0.9).abs() < 0.01);
    }
}
