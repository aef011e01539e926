//! Numbers as bytes, little-endian, and what they may be.
//!
//! The checksum of a file says that it is whole, not that its numbers can be worked with: one that is
//! not finite makes every probability worthless.

use super::error::FormatError;

/// The largest weight, factor or coordinate of any learned model is some powers of ten smaller.
const LARGEST: f32 = 1e6;

/// The `N` bytes that begin at `at`; `None` past the end.
pub(super) fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

/// Signed bytes as they are stored.
pub(super) fn write_bytes(values: &[i8]) -> Vec<u8> {
    values.iter().map(|&value| value as u8).collect()
}

/// Reads what [`write_bytes`] wrote.
pub(super) fn read_bytes(bytes: &[u8]) -> Vec<i8> {
    bytes.iter().map(|&byte| byte as i8).collect()
}

/// Floats of 32 bits as they are stored.
pub(super) fn write_floats(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// Reads what [`write_floats`] wrote of `what`: finite numbers.
pub(super) fn read_finite(bytes: &[u8], what: &'static str) -> Result<Vec<f32>, FormatError> {
    let (numbers, rest) = bytes.as_chunks::<4>();
    let numbers: Vec<f32> = numbers.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
    let sound = rest.is_empty() && numbers.iter().all(|number| number.is_finite());
    if sound { Ok(numbers) } else { Err(FormatError::Number { what }) }
}

/// Reads what [`write_floats`] wrote of `what`: numbers as a learned model has them.
pub(super) fn read_floats(bytes: &[u8], what: &'static str) -> Result<Vec<f32>, FormatError> {
    let numbers = read_finite(bytes, what)?;
    if is_sound(&numbers) { Ok(numbers) } else { Err(FormatError::Number { what }) }
}

/// Whether all numbers are finite and as small as a learned model has them.
pub(super) fn is_sound(numbers: &[f32]) -> bool {
    numbers.iter().all(|number| number.abs() <= LARGEST)
}
