//! [`Tables`] as bytes, for the section of an atlas. Called by `atlas::format`.
//!
//! Length of the head (4 bytes, little-endian like all numbers), the head (JSON: seed, number of
//! references, temperature by method, words), then as 32-bit floats the means, the deviations, and
//! each reference's mean frequencies.

use super::{
    Tables, TablesError, calibrated::Temperature, frequencies::Frequencies, method::Method,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

#[derive(Serialize, Deserialize)]
struct Head {
    seed: u64,
    references: usize,
    temperatures: BTreeMap<Method, Temperature>,
    words: Vec<String>,
}

impl Tables {
    /// The bytes of the tables.
    ///
    /// # Errors
    /// Where the head cannot be written.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, TablesError> {
        let frequencies = &self.frequencies;
        let head = serde_json::to_vec(&Head {
            seed: self.seed,
            references: frequencies.references().len(),
            temperatures: self.temperatures.clone(),
            words: frequencies.words().to_vec(),
        })
        .map_err(TablesError::WriteHead)?;
        let length = u32::try_from(head.len()).map_err(|_| TablesError::TooManyWords)?;
        let mut bytes = length.to_le_bytes().to_vec();
        bytes.extend(head);
        let rows = [frequencies.mean(), frequencies.deviation()];
        let rows = rows.into_iter().chain(frequencies.references().iter().map(Vec::as_slice));
        bytes.extend(rows.flatten().flat_map(|value| value.to_le_bytes()));
        Ok(bytes)
    }

    /// Reads what [`Tables::to_bytes`] wrote, for an atlas of so many references.
    ///
    /// # Errors
    /// Where it is damaged or belongs to another atlas.
    pub(crate) fn from_bytes(bytes: &[u8], references: usize) -> Result<Self, TablesError> {
        let (length, rest) = bytes.split_first_chunk::<4>().ok_or(TablesError::CutOff)?;
        let length = u32::from_le_bytes(*length) as usize;
        let (head, floats) = rest.split_at_checked(length).ok_or(TablesError::CutOff)?;
        let head: Head = serde_json::from_slice(head).map_err(TablesError::ReadHead)?;
        let width = head.words.len();
        let expected = width.checked_mul(4 * (2 + references));
        if head.references != references || Some(floats.len()) != expected {
            return Err(TablesError::Size);
        }
        if !Method::ON_WORDS.iter().all(|method| head.temperatures.contains_key(method))
            || !head.temperatures.values().all(|temperature| temperature.is_sound())
        {
            return Err(TablesError::NotCalibrated);
        }
        let values: Vec<f32> =
            floats.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        // Without words there are no rows to cut.
        let mut rows = (0..2 + references).map(|row| values[row * width..][..width].to_vec());
        let (mean, deviation) = (rows.next().unwrap_or_default(), rows.next().unwrap_or_default());
        let frequencies = Frequencies::new(head.words, mean, deviation, rows.collect())?;
        Ok(Self {
            frequencies: Arc::new(frequencies),
            temperatures: head.temperatures,
            seed: head.seed,
        })
    }
}
