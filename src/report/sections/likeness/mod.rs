//! How alike the input and the references are beyond what their prompts do.

pub(in crate::report) mod figure;
