//! The coordinates in which writers are compared.
//!
//! The principal directions of the style values within a data set; in them the covariance of a writer's
//! traces becomes the identity and that of the writers' means a diagonal (simultaneous
//! diagonalization; Fukunaga 1990, section 2.3).

use super::{
    shifted::session_variances,
    totals::Totals,
    two_covariance::{Cell, TwoCovariance},
};
use crate::stats::{
    cholesky::Cholesky,
    principal_axes::principal_axes,
    products::{add_second_moments, product},
    quantile::interpolated,
};
use linfa_linalg::eigh::Eigh;
use ndarray::{Array2, ArrayView2, Axis};
use std::collections::BTreeMap;

/// The most principal directions.
const MOST_AXES: usize = 300;
/// There are at most this many degrees of freedom within writers for each direction.
const FREEDOM_PER_AXIS: f64 = 1.5;
/// The part of the covariance within writers that is taken to be the same in all directions.
const WITHIN_SHRINKAGE: f64 = 0.01;
/// The part of the variances between writers that is taken to be the same in all directions: with few
/// writers the estimate says of many directions that no two differ there.
const BETWEEN_SHRINKAGE: f64 = 0.1;

/// What hardly varies where it was learned may vary elsewhere: a deviation is taken to be at least this
/// part of the usual one.
const LEAST_DEVIATION: f64 = 0.2;

/// The traces of one reference on one data set, by their numbers.
pub(super) type Members = BTreeMap<(usize, usize), Vec<usize>>;

/// The principal directions: a row per style value, a column per direction.
fn axes(totals: &Totals, data_sets: usize) -> Array2<f32> {
    let Totals { moments, sums } = totals;
    let width = moments.nrows();
    let mut covariance = moments.clone();
    let traces = totals.traces();
    // About the centre of each data set, the mean of its references' means: Σ x xᵀ − s cᵀ − c sᵀ + n c cᵀ
    // = Σ x xᵀ − n a aᵀ + n (a − c)(a − c)ᵀ with a = s / n.
    for data_set in 0..data_sets {
        let own: Vec<_> = sums.iter().filter(|((_, own), _)| *own == data_set).collect();
        let count: f64 = own.iter().map(|(_, (_, traces))| traces).sum();
        if count < 1.0 {
            continue;
        }
        let mut average = vec![0.0_f64; width];
        let mut centre = vec![0.0_f64; width];
        for (_, (sum, traces)) in &own {
            for ((a, c), value) in average.iter_mut().zip(&mut centre).zip(sum) {
                *a += f64::from(*value) / count;
                *c += f64::from(*value) / traces / own.len() as f64;
            }
        }
        let mut row = |values: Vec<f64>, sign: f32| {
            let values = values.into_iter().map(|v| (v * count.sqrt()) as f32).collect();
            let rows = Array2::from_shape_vec((1, width), values).unwrap_or_default();
            add_second_moments(&mut covariance, rows.view(), sign);
        };
        row(average.iter().zip(&centre).map(|(a, c)| a - c).collect(), 1.0);
        row(average, -1.0);
    }
    let deviations: Vec<f64> = covariance
        .diag()
        .iter()
        .map(|&sum| (f64::from(sum).max(0.0) / traces.max(1.0)).sqrt())
        .collect();
    let mut sorted = deviations.clone();
    sorted.sort_by(f64::total_cmp);
    let least = LEAST_DEVIATION * interpolated(&sorted, 0.5);
    let scales: Vec<f32> =
        deviations.iter().map(|own| (1.0 / own.max(least).max(1e-6)) as f32).collect();
    let full = Array2::from_shape_fn((width, width), |(i, j)| {
        covariance[[i.max(j), i.min(j)]] * scales[i] * scales[j] / traces.max(1.0) as f32
    });
    // Each cell's mean takes one degree of freedom.
    let freedom = (traces - sums.len() as f64).max(1.0) / FREEDOM_PER_AXIS;
    let mut axes = principal_axes(full.view(), MOST_AXES.min(freedom as usize).max(1));
    axes.axis_iter_mut(Axis(0)).zip(&scales).for_each(|(mut row, &scale)| row *= scale);
    axes
}

/// How traces are turned and compared.
pub(super) struct Space {
    /// The principal directions: a row per style value, a column per direction.
    pub axes: Array2<f32>,
    /// A column per coordinate: coordinates are the values along the principal directions times this.
    pub turn: Array2<f64>,
    /// The centre of each data set along the principal directions.
    pub centres: Vec<Option<Vec<f64>>>,
    pub comparison: TwoCovariance,
}

impl Space {
    /// The coordinates of rows of style values, from the centre of a data set: a row for each. `None`
    /// where the data set has no centre.
    pub fn coordinates(&self, rows: ArrayView2<'_, f32>, data_set: usize) -> Option<Array2<f64>> {
        let centre = self.centres.get(data_set)?.as_ref()?;
        let along = self.along(rows) - ndarray::aview1(centre);
        Some(along.dot(&self.turn))
    }

    /// The coordinates of rows of style values, from no centre.
    pub fn absolute(&self, rows: ArrayView2<'_, f32>) -> Array2<f64> {
        self.along(rows).dot(&self.turn)
    }

    fn along(&self, rows: ArrayView2<'_, f32>) -> Array2<f64> {
        product(rows, self.axes.view()).mapv(f64::from)
    }
}

/// Learns from sums over traces. `None` where there is too little to learn from.
pub(super) fn space(totals: &Totals, data_sets: usize) -> Option<Space> {
    let axes = axes(totals, data_sets);
    let width = axes.ncols();
    let traces = totals.traces();
    let mut raw = Array2::<f32>::zeros((totals.sums.len(), axes.nrows()));
    for (mut row, (values, traces)) in raw.outer_iter_mut().zip(totals.sums.values()) {
        row.iter_mut().zip(values).for_each(|(mean, sum)| *mean = sum / *traces as f32);
    }
    let along = product(raw.view(), axes.view());
    let means: BTreeMap<(usize, usize), Vec<f64>> = totals
        .sums
        .keys()
        .zip(along.outer_iter())
        .map(|(&cell, row)| (cell, row.iter().map(|&value| f64::from(value)).collect()))
        .collect();
    let centres: Vec<Option<Vec<f64>>> = (0..data_sets)
        .map(|data_set| {
            let own: Vec<&Vec<f64>> =
                means.iter().filter(|((_, own), _)| *own == data_set).map(|(_, m)| m).collect();
            (!own.is_empty()).then(|| {
                (0..width)
                    .map(|j| own.iter().map(|m| m[j]).sum::<f64>() / own.len() as f64)
                    .collect()
            })
        })
        .collect();
    let seen = centres.iter().flatten().count();
    let freedom = traces - means.len() as f64;
    if means.len() <= seen + 1 || freedom < 2.0 {
        return None;
    }

    let mut within = scatter(totals, &axes, &means) / freedom;
    let mean_variance = within.diag().sum() / width as f64;
    within *= 1.0 - WITHIN_SHRINKAGE;
    within.diag_mut().mapv_inplace(|v| v + WITHIN_SHRINKAGE * mean_variance.max(1e-12));
    // The inverse of an estimated covariance is too large by this factor (Anderson 2003, lemma 7.7.1).
    let freedom = freedom.max(1.3 * width as f64);
    within *= freedom / (freedom - width as f64 - 1.0).max(1.0);

    let mut deviations = Array2::<f64>::zeros((means.len(), width));
    for (mut row, ((_, data_set), mean)) in deviations.outer_iter_mut().zip(&means) {
        let centre = centres[*data_set].as_ref()?;
        row.iter_mut().zip(mean).zip(centre).for_each(|((t, m), c)| *t = m - c);
    }
    let noise =
        totals.sums.values().map(|(_, traces)| 1.0 / traces).sum::<f64>() / means.len() as f64;
    let mut between = deviations.t().dot(&deviations) / (means.len() - seen) as f64;
    between.scaled_add(-noise, &within);

    let cholesky = Cholesky::new(within)?;
    let half = cholesky.forward(between.view());
    let whitened = cholesky.forward(half.t());
    let symmetric = (&whitened + &whitened.t()) / 2.0;
    let (variances, directions) = symmetric.eigh().ok()?;
    let positive: Vec<f64> = variances.iter().map(|v| v.max(0.0)).collect();
    let usual = positive.iter().sum::<f64>() / width as f64;
    let between: Vec<f64> = positive
        .iter()
        .map(|v| (1.0 - BETWEEN_SHRINKAGE) * v + BETWEEN_SHRINKAGE * usual.max(1e-9))
        .collect();
    let turn = cholesky.backward(directions.view());
    let cells: Vec<Cell> = means
        .iter()
        .map(|(&(reference, data_set), mean)| Cell {
            reference,
            data_set,
            traces: totals.sums[&(reference, data_set)].1 as usize,
            mean: turned(&turn, mean, centres[data_set].as_deref().unwrap_or_default())
                .into_iter()
                .map(|v| v as f32)
                .collect(),
        })
        .collect();
    let session = session_variances(&cells, width);
    let comparison = TwoCovariance::new(between, session, vec![0.0; data_sets], cells);
    Some(Space { axes, turn, centres, comparison })
}

/// A point along the principal directions in the coordinates, from a centre.
pub(super) fn turned(turn: &Array2<f64>, point: &[f64], centre: &[f64]) -> Vec<f64> {
    let off: Vec<f64> = point.iter().zip(centre).map(|(p, c)| p - c).collect();
    ndarray::aview1(&off).dot(turn).to_vec()
}

/// The scatter of traces about the means of their references, along the principal directions:
/// `Aᵀ (Σ x xᵀ) A − Σ n m mᵀ`.
fn scatter(
    totals: &Totals,
    axes: &Array2<f32>,
    means: &BTreeMap<(usize, usize), Vec<f64>>,
) -> Array2<f64> {
    let width = totals.moments.nrows();
    let full = Array2::from_shape_fn((width, width), |(i, j)| totals.moments[[i.max(j), i.min(j)]]);
    let half = product(full.view(), axes.view());
    let mut scatter = product(axes.t(), half.view()).mapv(f64::from);
    for (mean, (_, traces)) in means.values().zip(totals.sums.values()) {
        for (mut row, left) in scatter.outer_iter_mut().zip(mean) {
            row.iter_mut().zip(mean).for_each(|(v, right)| *v -= traces * left * right);
        }
    }
    (&scatter + &scatter.t()) / 2.0
}
