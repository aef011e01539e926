//! What moved from the baseline to the input.

pub(in crate::report) mod figure;
pub(in crate::report) mod page;
