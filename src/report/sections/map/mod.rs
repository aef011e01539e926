//! Maps of the input among the references.

pub(in crate::report) mod figure;
