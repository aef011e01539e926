//! The similarity of every pair of corpora, and what a similarity means.

pub(in crate::report) mod floors_figure;
