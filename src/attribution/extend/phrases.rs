//! Weights of n-grams for added references, for evidence only.

use crate::{attribution::model::Model, features::Row};
use ndarray::{Array2, Axis};

/// Weights of n-grams for each of `count` references, which only say what to show as evidence: how
/// much more widespread an n-gram is in the reference's traces than in the `learned_from` traces of
/// the atlas, times its mean value where it occurs (the direction of Rocchio 1971). Scaled so that
/// the reference's own traces get `own_logit`, the regression's mean logit for own traces.
pub(super) fn phrases(
    model: &Model,
    rows: &[Row],
    labels: &[usize],
    count: usize,
    learned_from: usize,
    own_logit: f64,
) -> Array2<f32> {
    let features = model.vectorizer.vocabulary().features();
    let mut weights = Array2::<f32>::zeros((features.len(), count));
    for (reference, mut column) in weights.axis_iter_mut(Axis(1)).enumerate() {
        let own: Vec<&Row> =
            rows.iter().zip(labels).filter(|(_, l)| **l == reference).map(|(row, _)| row).collect();
        let mut sums = vec![(0.0_f32, 0_usize); features.len()];
        for row in &own {
            for (&index, &value) in row.indices.iter().zip(&row.values) {
                let sum = &mut sums[index as usize];
                *sum = (sum.0 + value, sum.1 + 1);
            }
        }
        let mut own_value = 0.0_f64;
        for ((weight, &(sum, holding)), feature) in column.iter_mut().zip(&sums).zip(features) {
            if holding == 0 {
                continue;
            }
            let share = holding as f32 / own.len() as f32;
            let usual = (feature.traces as f32 / learned_from.max(1) as f32).min(1.0);
            *weight = sum / holding as f32 * (share - usual);
            own_value += f64::from(*weight * sum / own.len() as f32);
        }
        let scale = if own_value > 1e-9 { (own_logit.max(0.0) / own_value) as f32 } else { 0.0 };
        column.mapv_inplace(|weight| weight * scale);
    }
    weights
}
