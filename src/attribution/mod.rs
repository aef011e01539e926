//! Fingerprints → scores.
//!
//! Comes in: sparse rows of traces and, to learn, the references that wrote them. Goes out: a
//! [`Model`], which gives for any text a calibrated probability per reference and the p-value
//! `unknown`. Called by `atlas` (to learn) and by `cli` and `lineage` (to score). Nothing here
//! reads a file or knows what a verdict is.

pub mod added;
pub mod classic;
pub mod delta;
pub mod extend;
pub mod families;
pub mod fit;
pub mod folds;
pub mod gram;
mod lengths;
mod model;
pub mod open_set;
pub mod panel;
mod pieces;
pub mod pool;
mod postings;
mod regression;
pub mod stack;
pub mod style;
mod unseen;
pub mod weights;

pub use extend::{AddedFigures, Extended, extend};
pub use fit::{CrossValidation, Example, ExternalInputs, FitOptions, Fitted, fit};
pub use model::{MINIMUM_WORDS, Model, Scored};
pub use unseen::UnseenDataSet;
