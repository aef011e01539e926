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
//! Read traces, score each of them, draw the verdict:
//!
//! ```
//! use cotprint::{atlas::Atlas, features::NgramCounter, ingest, trace::TextKind};
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let atlas = Atlas::embedded()?;
//!     let names: Vec<&str> = atlas.names().collect();
//!     let mut counter = NgramCounter::default();
//!     let inputs = ["fixtures/new-model.jsonl".to_owned()];
//!     for trace in ingest::open(&inputs, ingest::Options::default())?.take(3) {
//!         let trace = trace?;
//!         let text = trace.text(TextKind::Reasoning).unwrap_or_default();
//!         if let Ok(scored) = atlas.model.score(&text, &mut counter) {
//!             println!("{}: {} ({:.2})", trace.id, names[scored.top()], scored.probabilities[scored.top()]);
//!         }
//!     }
//!     Ok(())
//! }
//! ```

pub mod analysis;
pub mod atlas;
pub mod attribution;
#[cfg(feature = "cli")]
pub mod cli;
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
