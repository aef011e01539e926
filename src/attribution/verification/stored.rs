//! A [`Verification`] as bytes, and back.
//!
//! A description as JSON behind its length, then as bytes: the projection, the centres and the means of
//! the references. Numbers of a row are stored as signed bytes with one common factor.

use super::{Cell, Decision, Verification, two_covariance::TwoCovariance};
use crate::attribution::weights::round_to_bytes;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

/// More style values, coordinates, data sets or references than any atlas has.
const MOST: usize = 1 << 16;

#[derive(Serialize, Deserialize)]
struct Description {
    /// Style values.
    width: usize,
    /// Variances between writers, and between the data sets of one, a number per coordinate.
    between: Vec<f64>,
    session: Vec<f64>,
    /// Variances between the prompts of each data set.
    prompts: Vec<f64>,
    decision: Decision,
    /// Whether each data set has a centre.
    centres: Vec<bool>,
    /// Reference, data set and number of traces of each mean.
    cells: Vec<[usize; 3]>,
}

impl Verification {
    /// The same with its numbers as they are after writing and reading.
    pub(super) fn rounded(mut self) -> Self {
        let round = |values: &mut [f32]| {
            let mut bytes = vec![0_i8; values.len()];
            let factor = round_to_bytes(values, &mut bytes);
            values.iter_mut().zip(bytes).for_each(|(v, byte)| *v = factor * f32::from(byte));
        };
        for mut row in self.projection.outer_iter_mut() {
            if let Some(row) = row.as_slice_mut() {
                round(row);
            }
        }
        self.centres.iter_mut().flatten().for_each(|centre| round(centre));
        let TwoCovariance { between, session, prompts, .. } = self.comparison.clone();
        let mut cells = self.comparison.cells().to_vec();
        cells.iter_mut().for_each(|cell| round(&mut cell.mean));
        self.comparison = TwoCovariance::new(between, session, prompts, cells);
        self
    }

    /// The bytes of it.
    ///
    /// # Errors
    /// Where the description cannot be written as JSON.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let cells = self.comparison.cells();
        let description = serde_json::to_vec(&Description {
            width: self.width(),
            between: self.comparison.between.clone(),
            session: self.comparison.session.clone(),
            prompts: self.comparison.prompts.clone(),
            decision: self.decision.clone(),
            centres: self.centres.iter().map(Option::is_some).collect(),
            cells: cells.iter().map(|cell| [cell.reference, cell.data_set, cell.traces]).collect(),
        })?;
        let mut bytes = (description.len() as u32).to_le_bytes().to_vec();
        bytes.extend(description);
        let mut row = |values: &[f32]| {
            let mut steps = vec![0_i8; values.len()];
            let factor = round_to_bytes(values, &mut steps);
            bytes.extend(factor.to_le_bytes());
            bytes.extend(steps.iter().map(|step| step.to_le_bytes()[0]));
        };
        self.projection.outer_iter().for_each(|values| row(&values.to_vec()));
        self.centres.iter().flatten().for_each(|centre| row(centre));
        cells.iter().for_each(|cell| row(&cell.mean));
        Ok(bytes)
    }

    /// Reads what [`Verification::to_bytes`] wrote; `None` where it is damaged.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let (description, mut rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        let Description { width, between, session, prompts, decision, centres, cells } =
            serde_json::from_slice(description).ok()?;
        let coordinates = between.len();
        let sound = |value: &f64| value.is_finite() && *value > 0.0;
        if [width, coordinates, centres.len(), cells.len()].iter().any(|&count| count > MOST)
            || !between.iter().all(sound)
            || session.len() != coordinates
            || prompts.len() != centres.len()
            || !session.iter().chain(&prompts).all(|value| value.is_finite() && *value >= 0.0)
            || !decision.is_sound()
            || cells.iter().any(|[_, data_set, traces]| *data_set >= centres.len() || *traces == 0)
        {
            return None;
        }
        let rows = width + centres.iter().filter(|there| **there).count() + cells.len();
        if rest.len() != rows * (4 + coordinates) {
            return None;
        }
        let mut row = || -> Option<Vec<f32>> {
            let (factor, behind) = rest.split_first_chunk::<4>()?;
            let (steps, behind) = behind.split_at_checked(coordinates)?;
            rest = behind;
            let factor = f32::from_le_bytes(*factor);
            let values = steps.iter().map(|&step| factor * f32::from(i8::from_le_bytes([step])));
            // Far beyond what any direction or mean needs; larger ones would overflow.
            (factor.abs() <= 1e6).then(|| values.collect())
        };
        let mut projection = Array2::<f32>::zeros((width, coordinates));
        for mut target in projection.outer_iter_mut() {
            target.assign(&ndarray::aview1(&row()?));
        }
        let mut read = Vec::with_capacity(centres.len());
        for there in centres {
            read.push(if there { Some(row()?) } else { None });
        }
        let mut known = Vec::with_capacity(cells.len());
        for [reference, data_set, traces] in cells {
            known.push(Cell { reference, data_set, traces, mean: row()? });
        }
        let comparison = TwoCovariance::new(between, session, prompts, known);
        Some(Self { projection, centres: read, comparison, decision })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verification() -> Verification {
        let cell = |reference, mean| Cell { reference, data_set: 1, traces: 3, mean };
        Verification {
            projection: ndarray::arr2(&[[1.0_f32, 0.5], [-2.0, 0.0], [0.25, 0.125]]),
            centres: vec![None, Some(vec![0.5, -1.0])],
            comparison: TwoCovariance::new(
                vec![1.5, 0.25],
                vec![0.5, 0.0],
                vec![0.0, 0.25],
                vec![cell(0, vec![1.0, -1.0]), cell(4, vec![0.0, 0.0])],
            ),
            decision: Decision::default(),
        }
        .rounded()
    }

    #[test]
    fn it_is_read_back_as_it_was_written() {
        let bytes = verification().to_bytes().unwrap();
        let read = Verification::from_bytes(&bytes).unwrap();
        assert_eq!(read, verification());
        assert_eq!(read.to_bytes().unwrap(), bytes);
    }

    #[test]
    fn damaged_bytes_are_none() {
        let bytes = verification().to_bytes().unwrap();
        for length in 0..bytes.len() {
            assert!(Verification::from_bytes(&bytes[..length]).is_none(), "{length}");
        }
        let mut infinite = bytes.clone();
        let at = bytes.len() - 6;
        infinite[at..at + 4].copy_from_slice(&f32::NAN.to_le_bytes());
        assert!(Verification::from_bytes(&infinite).is_none());
    }
}
