//! Scores of a corpus → a verdict on it.
//!
//! Comes in: the scored traces of one corpus ([`Tally`]) and the atlas. Goes out: a
//! [`Comparison`], which `cli` prints and `report` draws. [`audit`] says of a mixed data set which share of
//! it each reference has, [`explain`] of one trace where and by what it resembles which. Nothing here reads
//! files or draws.

pub mod audit;
mod bootstrap;
mod comparison;
mod evidence;
pub mod explain;
mod judgement;
mod tally;
mod verdict;

pub use comparison::{CompareOptions, compare};
pub use tally::Tally;
pub use verdict::*;
