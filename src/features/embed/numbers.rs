//! Which vectors and numbers are read from files.

/// The longest vector that is read.
pub(crate) const MOST_DIMENSIONS: usize = 65_536;

/// What to do about a number that is not finite.
pub(super) const FINITE: &str = "Leave such traces out, or compute their vectors again: numbers have to be finite and fit in 32 bits";

/// A number in 32 bits, where it is finite in them.
pub(super) fn finite(value: f64) -> Option<f32> {
    let narrow = value as f32;
    narrow.is_finite().then_some(narrow)
}
