//! A comparison → a page, plots, a table, JSON.
//!
//! Comes in: a [`crate::lineage::Comparison`]. Goes out: bytes and files. Called by `cli`.
