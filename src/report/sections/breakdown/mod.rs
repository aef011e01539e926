//! Where a comparison holds: the share of the first reference in groups of the traces.

pub(in crate::report) mod figure;
pub(in crate::report) mod page;
