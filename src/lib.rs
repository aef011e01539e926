//! Which known language model do these reasoning traces resemble, how sure is that, and why.
//!
//! Data goes one way, and every module knows only the ones before it:
//!
//! ```text
//! bytes ──ingest──▶ Trace ──features──▶ rows ──attribution──▶ scores ──lineage──▶ verdict ──report──▶ page, plots, JSON
//!                                │
//!                              atlas (learned once by `fit`, read by all the rest)
//! ```
//!
//! Read traces, compare them with the references, print the verdict:
//!
//! ```
//! use cotprint::{analysis::Comparer, atlas::Atlas};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let atlas = Atlas::embedded()?;
//! let comparison = Comparer::new(&atlas).read("fixtures/new-model.jsonl")?.finish()?;
//! println!("{}", comparison.verdict.sentence());
//! # Ok(())
//! # }
//! ```
//!
//! [`analysis`] has the other verbs: score, check, audit, explain. What they are made of stands in
//! the stages below it.

pub mod analysis;
pub mod atlas;
pub mod attribution;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "collect")]
pub mod collect;
pub mod evaluation;
pub mod export;
pub mod features;
pub mod gate;
pub mod ingest;
pub mod lineage;
pub mod output;
pub mod policy;
#[cfg(feature = "report")]
pub mod report;
pub mod stats;
pub mod text;
pub mod trace;
pub mod wording;

/// The Rust examples of the pages compile: they are documentation tests.
#[cfg(all(doctest, feature = "embedded-atlas"))]
mod pages {
    #[doc = include_str!("../README.md")]
    struct Readme;
    #[doc = include_str!("../docs/library.md")]
    struct Library;
}
