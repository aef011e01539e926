//! Measured habits of the input beside those of its nearest references.

pub(in crate::report) mod figure;
pub(in crate::report) mod page;
