//! Numbers as bytes, little-endian.

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

/// Reads what [`write_floats`] wrote; bytes after the last whole number are left out.
pub(super) fn read_floats(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}
