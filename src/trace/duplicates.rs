//! The traces that repeat an earlier trace, word by word or nearly.
//!
//! `ingest` finds them, `lineage` and `report` warn of them.

use serde::{Deserialize, Serialize};

/// The most pairs that are listed; the others are only counted.
pub const MOST_LISTED: usize = 1_000;

/// How many traces repeat an earlier one, and which.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Duplicates {
    /// Traces with the same words as an earlier trace of the same model.
    pub exact_within_models: usize,
    /// Traces with the same words as an earlier trace of another model.
    pub exact_between_models: usize,
    /// Traces nearly like an earlier trace of the same model.
    pub near_within_models: usize,
    /// Traces nearly like an earlier trace of another model.
    pub near_between_models: usize,
    /// Traces that later ones were not compared with, because the memory for them was full.
    pub not_remembered: usize,
    /// The pairs in input order, at most [`MOST_LISTED`].
    pub pairs: Vec<DuplicatePair>,
}

/// A trace and the earlier one that it repeats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DuplicatePair {
    /// The id of the trace.
    pub id: String,
    /// Its model.
    pub model: Option<String>,
    /// The id of the earlier trace.
    pub repeats: String,
    /// The earlier trace's model.
    pub repeats_model: Option<String>,
    /// The estimated Jaccard similarity; 1 where both have the same words.
    pub similarity: f64,
    /// Whether they are the same but for white space.
    pub exact: bool,
}

impl Duplicates {
    /// Traces that repeat an earlier one, word by word or nearly.
    pub fn total(&self) -> usize {
        self.exact() + self.near()
    }

    /// Traces that repeat an earlier one word by word.
    pub fn exact(&self) -> usize {
        self.exact_within_models + self.exact_between_models
    }

    /// Traces that are nearly like an earlier one.
    pub fn near(&self) -> usize {
        self.near_within_models + self.near_between_models
    }

    /// Traces that repeat one of another model.
    pub fn between_models(&self) -> usize {
        self.exact_between_models + self.near_between_models
    }
}
