//! The library of references: learned once by `fit`, read by all the rest.
//!
//! Comes in: labelled traces ([`learn()`]) or the bytes of an atlas file ([`Atlas::from_bytes`]).
//! Goes out: an [`Atlas`], which is a [`Model`](crate::attribution::Model) with what is known about
//! its references. Reading one executes nothing; it holds statistics and no text longer than an
//! n-gram. Called by `lineage` and all stages after it.

mod about;
mod describe;
mod error;
mod extend;
mod families;
mod floors;
mod format;
mod learn;
mod learning;
mod opened;
mod probes;
mod training_traces;

pub use about::{
    About, Extension, Floor, MINIMUM_TRACES, Reference, SourceSummary, UNKNOWN_DOMAIN, vendor,
};
pub(crate) use error::what_was_found;
pub use error::{CannotExtend, Error, Needed};
pub use extend::extend;
pub use families::read_families;
pub(crate) use floors::{TWO_HALVES, floor};
pub use format::{FORMAT_VERSION, FormatError, MAGIC};
pub use learn::learn;
pub use learning::{LearnOptions, Learned};
pub use opened::{Atlas, text_hash};
pub use probes::{FileGroup, PromptFiles, PromptSet};
