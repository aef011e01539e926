//! The section of profiles: means, deviations, then for each reference a factor and a byte per
//! coordinate.

use super::{
    error::FormatError,
    numbers::{is_sound, read_finite, write_floats},
};
use crate::attribution::{delta::Profiles, weights::round_to_bytes};

/// The bytes of the profiles.
pub(super) fn write(profiles: &Profiles) -> Vec<u8> {
    let (mean, deviation) = profiles.parts();
    let mut bytes = write_floats(mean);
    bytes.extend(write_floats(deviation));
    for profile in profiles.references() {
        let mut rounded = vec![0_i8; profile.len()];
        bytes.extend(round_to_bytes(profile, &mut rounded).to_le_bytes());
        bytes.extend(rounded.iter().map(|&b| b as u8));
    }
    bytes
}

/// Reads what [`write`] wrote of this many references, `width` numbers each.
pub(super) fn read(bytes: &[u8], references: usize, width: usize) -> Result<Profiles, FormatError> {
    if bytes.len() != 8 * width + references * (4 + width) {
        return Err(FormatError::Profiles);
    }
    let (mean, rest) = bytes.split_at(4 * width);
    let (deviation, rest) = rest.split_at(4 * width);
    let what = "the profiles of its references";
    let profiles: Vec<Vec<f32>> = rest
        .chunks_exact(4 + width)
        .map(|chunk| {
            let factor = f32::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]);
            chunk[4..].iter().map(|&b| f32::from(b as i8) * factor).collect()
        })
        .collect();
    if !profiles.iter().all(|profile| is_sound(profile)) {
        return Err(FormatError::Number { what });
    }
    let (mean, deviation) = (read_finite(mean, what)?, read_finite(deviation, what)?);
    Ok(Profiles::from_parts(mean, deviation, profiles))
}
