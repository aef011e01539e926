//! The phrases that speak most strongly, and where they stand in the traces.

pub(in crate::report) mod quote;
