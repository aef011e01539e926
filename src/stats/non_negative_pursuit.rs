//! A sum of few non-negative steps that comes near a target.
//!
//! The weights minimize the quadratic form `wᵀ A w / 2 − bᵀ w`, as non-negative least squares does (Lawson &
//! Hanson 1974). Unlike that, the search is greedy (orthogonal matching pursuit; Pati, Rezaiifar &
//! Krishnaprasad 1993): it takes one step after another, weighs all taken steps anew, and stops when a
//! further step would gain little. So the result has few steps and is close to, but not always at, the
//! minimum.

/// When the search stops.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stop {
    /// Most steps that are taken.
    pub most: usize,
    /// A further step increases `bᵀ w` by at least this much.
    pub least_gain: f64,
}

/// The weights of the steps, none negative. `products` is `A`, row by row: the inner products of the steps;
/// `toward` is `b`: the inner product of each step with the target.
pub(crate) fn pursue(products: &[f64], toward: &[f64], stop: Stop) -> Vec<f64> {
    let count = toward.len();
    let mut weights = vec![0.0; count];
    let mut taken: Vec<usize> = Vec::new();
    let explained = |weights: &[f64]| weights.iter().zip(toward).map(|(w, b)| w * b).sum::<f64>();
    while taken.len() < stop.most.min(count) {
        let slope = |r: usize| {
            let seen: f64 = taken.iter().map(|&s| products[r * count + s] * weights[s]).sum();
            (toward[r] - seen) / products[r * count + r].max(1e-12).sqrt()
        };
        let steepest = (0..count).filter(|r| !taken.contains(r)).map(|r| (r, slope(r))).fold(
            None,
            |best: Option<(usize, f64)>, next| match best {
                Some(best) if best.1 >= next.1 => Some(best),
                _ => Some(next),
            },
        );
        let Some((next, _)) = steepest.filter(|(_, slope)| *slope > 0.0) else { break };
        taken.push(next);
        let before = weights.clone();
        descend(products, toward, &taken, &mut weights);
        let gain = explained(&weights) - explained(&before);
        if gain.is_nan() || gain < stop.least_gain {
            return before;
        }
    }
    weights
}

/// Cyclic coordinate descent over the steps that were taken.
fn descend(products: &[f64], toward: &[f64], taken: &[usize], weights: &mut [f64]) {
    let count = toward.len();
    for _ in 0..2_000 {
        let mut moved: f64 = 0.0;
        for &r in taken {
            let others: f64 = taken
                .iter()
                .filter(|s| **s != r)
                .map(|&s| products[r * count + s] * weights[s])
                .sum();
            let next = ((toward[r] - others) / products[r * count + r].max(1e-12)).max(0.0);
            moved = moved.max((next - weights[r]).abs());
            weights[r] = next;
        }
        if moved < 1e-9 {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: Stop = Stop { most: 8, least_gain: 0.01 };

    #[test]
    fn weights_by_hand() {
        // Two steps at a right angle: the one that leads backwards gets nothing.
        assert_eq!(pursue(&[1.0, 0.0, 0.0, 2.0], &[0.5, -1.0], FREE), [0.5, 0.0]);
        // A = [[2, 1], [1, 2]], b = [4, 5]: w = A⁻¹ b = [1, 2].
        let weights = pursue(&[2.0, 1.0, 1.0, 2.0], &[4.0, 5.0], FREE);
        assert!((weights[0] - 1.0).abs() < 1e-6 && (weights[1] - 2.0).abs() < 1e-6, "{weights:?}");
    }

    #[test]
    fn the_search_stops_at_the_most_steps_and_at_a_small_gain() {
        let (products, toward) = ([1.0, 0.0, 0.0, 1.0], [2.0, 0.5]);
        assert_eq!(pursue(&products, &toward, FREE), [2.0, 0.5]);
        assert_eq!(pursue(&products, &toward, Stop { most: 1, ..FREE }), [2.0, 0.0]);
        // The second step would gain 0.5².
        assert_eq!(pursue(&products, &toward, Stop { least_gain: 0.3, ..FREE }), [2.0, 0.0]);
        assert_eq!(pursue(&[], &[], FREE), [0.0; 0]);
    }
}
