//! Scores of a corpus → a verdict on it.
//!
//! Comes in: the scored traces of one corpus ([`Tally`]) and the atlas. Goes out: a
//! [`Comparison`], which `cli` prints and `report` draws. Nothing here reads files or draws.

pub(crate) mod bootstrap;
mod comparison;
mod evidence;
mod judgement;
mod tally;
mod verdict;

pub use comparison::{CompareOptions, compare};
pub use tally::Tally;
pub use verdict::*;
