//! What a discriminant needs to learn the direction of one more reference: its sufficient
//! statistics.
//!
//! Fisher's discriminant needs only the covariance within references and the centre of each data
//! set. If an atlas keeps both, a reference that is added later gets the direction that it would
//! have got together with the others, up to what its own traces add to covariance and centres.
//! Comes in: the traces of new references as the style embedding reads them. Goes out: a direction
//! for each. Made by `discriminant`, used by `attribution::extend`, stored by `atlas`.

use crate::{attribution::delta::mean_profile, stats::cholesky::Cholesky};
use ndarray::{Array2, Axis};
use std::collections::BTreeMap;

/// One step of a stored correlation.
const STEP: f32 = 1.0 / 4096.0;

/// The covariance within references and the centres of the data sets.
#[derive(Debug, Clone, PartialEq)]
pub struct Basis {
    /// The ridged covariance within references, times `total`: its diagonal and what is below it.
    covariance: Array2<f32>,
    /// What the references weigh together in `covariance`.
    total: f32,
    /// The centre of each data set, place by place; `None` where nothing was seen of it.
    centres: Vec<Option<Vec<f32>>>,
}

/// Where a trace or a piece stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Its block of data sets: the nominal length of a piece, 0 for whole traces.
    pub block: usize,
    /// Its data set in the block; `None` where its subject matter is not known.
    pub data_set: Option<usize>,
}

impl Place {
    /// A place in a block of data sets.
    pub fn new(block: usize, data_set: Option<usize>) -> Self {
        Self { block, data_set }
    }
}

/// Gives directions on a [`Basis`].
pub struct Directions<'a> {
    basis: &'a Basis,
    cholesky: Cholesky<f32>,
    /// Data sets of a block.
    data_sets: usize,
}

impl Basis {
    pub(super) fn new(covariance: Array2<f32>, total: f32, centres: Vec<Option<Vec<f32>>>) -> Self {
        Self { covariance, total, centres }
    }

    /// The number of places.
    pub fn places(&self) -> usize {
        self.covariance.nrows()
    }

    /// The number of data sets, those of all blocks together.
    pub fn data_sets(&self) -> usize {
        self.centres.len()
    }

    /// Prepares directions, where a block has so many data sets. `None` where the covariance is
    /// damaged.
    pub fn directions(&self, data_sets: usize) -> Option<Directions<'_>> {
        let cholesky = Cholesky::new(self.covariance.clone())?;
        Some(Directions { basis: self, cholesky, data_sets: data_sets.max(1) })
    }

    /// The centre of a place as a direction sees it is its product with this.
    pub fn centre(&self, place: Place, data_sets: usize) -> Vec<f32> {
        let Place { block, data_set } = place;
        let own =
            data_set.and_then(|data_set| self.centres.get(block * data_sets + data_set)?.as_ref());
        own.cloned().unwrap_or_else(|| {
            let block = self.centres.iter().skip(block * data_sets).take(data_sets);
            let mut mean = mean_profile(block.flatten().map(Vec::as_slice));
            mean.resize(self.places(), 0.0);
            mean
        })
    }

    /// The bytes of a basis. Correlations are rounded to steps of 1/4096.
    pub fn to_bytes(&self) -> Vec<u8> {
        let places = self.places();
        let mut bytes = Vec::new();
        bytes.extend((places as u32).to_le_bytes());
        bytes.extend((self.centres.len() as u32).to_le_bytes());
        bytes.extend(self.total.to_le_bytes());
        let roots: Vec<f32> =
            self.covariance.diag().iter().map(|value| value.max(0.0).sqrt()).collect();
        bytes.extend(roots.iter().flat_map(|root| root.to_le_bytes()));
        let steps: Vec<i16> = below(places)
            .map(|(row, column)| {
                let scale = (roots[row] * roots[column]).max(f32::MIN_POSITIVE);
                let correlation = (self.covariance[[row, column]] / scale).clamp(-1.0, 1.0);
                (correlation / STEP).round() as i16
            })
            .collect();
        // The upper bytes apart from the lower ones: they hardly vary, and pack well.
        bytes.extend(steps.iter().map(|step| (step >> 8) as u8));
        bytes.extend(steps.iter().map(|step| (step & 255) as u8));
        for centre in &self.centres {
            bytes.push(u8::from(centre.is_some()));
            let own = centre.clone().unwrap_or_else(|| vec![0.0; places]);
            bytes.extend(own.iter().flat_map(|value| value.to_le_bytes()));
        }
        bytes
    }

    /// Reads what [`Basis::to_bytes`] wrote, and gives back what stands behind it; `None` where it
    /// is damaged.
    pub fn from_bytes(bytes: &[u8]) -> Option<(Self, &[u8])> {
        /// More places than any discriminant has.
        const MOST_PLACES: usize = 1 << 14;
        /// More data sets than any atlas has.
        const MOST_DATA_SETS: usize = 1 << 16;
        let (places, rest) = bytes.split_first_chunk::<4>()?;
        let (data_sets, rest) = rest.split_first_chunk::<4>()?;
        let (total, rest) = rest.split_first_chunk::<4>()?;
        let (places, data_sets) =
            (u32::from_le_bytes(*places) as usize, u32::from_le_bytes(*data_sets) as usize);
        let total = f32::from_le_bytes(*total);
        if places > MOST_PLACES || data_sets > MOST_DATA_SETS || !total.is_finite() || total <= 0.0
        {
            return None;
        }
        let (roots, rest) = rest.split_at_checked(4 * places)?;
        let roots = floats(roots)?;
        let pairs = places * places.saturating_sub(1) / 2;
        let (upper, rest) = rest.split_at_checked(pairs)?;
        let (lower, mut rest) = rest.split_at_checked(pairs)?;
        let mut covariance = Array2::<f32>::zeros((places, places));
        covariance.diag_mut().iter_mut().zip(&roots).for_each(|(value, root)| *value = root * root);
        for ((row, column), (upper, lower)) in below(places).zip(upper.iter().zip(lower)) {
            let step = i16::from_be_bytes([*upper, *lower]);
            covariance[[row, column]] = f32::from(step) * STEP * roots[row] * roots[column];
        }
        let mut centres = Vec::new();
        for _ in 0..data_sets {
            let (known, behind) = rest.split_first()?;
            let (values, behind) = behind.split_at_checked(4 * places)?;
            centres
                .push((*known == 1).then(|| floats(values)).map_or(Some(None), |c| c.map(Some))?);
            rest = behind;
        }
        Some((Self { covariance, total, centres }, rest))
    }
}

impl Directions<'_> {
    /// The direction of each of `count` new references, a column each, in the unit of the other
    /// references' columns: one standard deviation of a reference's own traces. `values` has a row
    /// per trace, `labels` the reference and `at` the place of each. A column of zeros for a
    /// reference without traces.
    pub fn of(
        &self,
        values: &Array2<f32>,
        labels: &[usize],
        at: &[Place],
        count: usize,
    ) -> Array2<f32> {
        let places = self.basis.places();
        let mut cells: BTreeMap<(usize, Place), (Vec<f32>, f32)> = BTreeMap::new();
        for ((row, &label), &place) in values.outer_iter().zip(labels).zip(at) {
            let cell = cells.entry((label, place)).or_insert_with(|| (vec![0.0; places], 0.0));
            cell.0.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
            cell.1 += 1.0;
        }
        let mut targets = Array2::<f32>::zeros((places, count));
        for (label, mut column) in targets.axis_iter_mut(Axis(1)).enumerate() {
            let own = cells.range((label, Place::new(0, None))..(label + 1, Place::new(0, None)));
            let residuals: Vec<Vec<f32>> = own
                .map(|((_, place), (sum, traces))| {
                    let centre = self.basis.centre(*place, self.data_sets);
                    sum.iter().zip(&centre).map(|(sum, centre)| sum / traces - centre).collect()
                })
                .collect();
            let mean = mean_profile(residuals.iter().map(Vec::as_slice));
            column.iter_mut().zip(mean).for_each(|(target, value)| *target = value);
        }
        let mut directions = self.cholesky.solve(targets.view());
        for (mut column, target) in directions.columns_mut().into_iter().zip(targets.columns()) {
            let square: f32 = column.iter().zip(target).map(|(w, t)| w * t).sum();
            let unit = if square > 1e-12 { square.sqrt().recip() } else { 0.0 };
            column.mapv_inplace(|value| value * unit * self.basis.total.sqrt());
        }
        directions
    }
}

/// Rows and columns below the diagonal, row by row.
fn below(places: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..places).flat_map(|row| (0..row).map(move |column| (row, column)))
}

/// Numbers from their bytes; `None` where one is not finite.
fn floats(bytes: &[u8]) -> Option<Vec<f32>> {
    let values: Vec<f32> =
        bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    values.iter().all(|value| value.is_finite()).then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basis() -> Basis {
        let covariance = ndarray::arr2(&[[4.0_f32, 0.0], [1.0, 2.0]]);
        Basis::new(covariance, 9.0, vec![Some(vec![1.0, 2.0]), None, Some(vec![3.0, 0.0])])
    }

    #[test]
    fn a_direction_is_worked_by_hand() {
        let basis = basis();
        let directions = basis.directions(3).unwrap();
        // Two traces on data set 0 with the mean (3, 2): (2, 0) off its centre. [[4, 1], [1, 2]]⁻¹
        // (2, 0) = (4, −2) / 7.
        let values = ndarray::arr2(&[[2.0_f32, 1.0], [4.0, 3.0], [9.0, 9.0]]);
        let at = [Place::new(0, Some(0)); 3];
        let found = directions.of(&values, &[0, 0, 2], &at, 2);
        // Its unit: 1 / √(4/7 · 2), times √9.
        let scale = 3.0 / (8.0_f32 / 7.0).sqrt();
        assert!((found[[0, 0]] - scale * 4.0 / 7.0).abs() < 1e-5, "{found:?}");
        assert!((found[[1, 0]] + scale * 2.0 / 7.0).abs() < 1e-5, "{found:?}");
        assert_eq!(found.column(1).to_vec(), [0.0, 0.0]);
    }

    #[test]
    fn where_the_data_set_is_not_known_the_mean_of_the_known_ones_stands_for_it() {
        assert_eq!(basis().centre(Place::new(0, None), 3), [2.0, 1.0]);
        assert_eq!(basis().centre(Place::new(0, Some(1)), 3), [2.0, 1.0]);
        assert_eq!(basis().centre(Place::new(0, Some(2)), 3), [3.0, 0.0]);
        // The second block has no data set at all.
        assert_eq!(basis().centre(Place::new(1, None), 3), [0.0, 0.0]);
    }

    #[test]
    fn a_basis_is_read_back_as_it_was_written_up_to_rounding() {
        let mut bytes = basis().to_bytes();
        bytes.push(7);
        let (read, rest) = Basis::from_bytes(&bytes).unwrap();
        assert_eq!(rest, [7]);
        assert_eq!(read.centres, basis().centres);
        for (a, b) in read.covariance.iter().zip(&basis().covariance) {
            assert!((a - b).abs() < 1e-3, "{a} {b}");
        }
        assert_eq!(Basis::from_bytes(&read.to_bytes()).unwrap().0.to_bytes(), read.to_bytes());
    }

    #[test]
    fn damaged_bytes_are_no_basis() {
        let bytes = basis().to_bytes();
        for length in 0..bytes.len() {
            assert!(Basis::from_bytes(&bytes[..length]).is_none(), "{length}");
        }
        let mut infinite = bytes.clone();
        infinite[12..16].copy_from_slice(&f32::INFINITY.to_le_bytes());
        assert!(Basis::from_bytes(&infinite).is_none());
        let mut vast = bytes;
        vast[..4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(Basis::from_bytes(&vast).is_none());
    }
}
