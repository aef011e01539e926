//! What `ingest` read and what can be read → a page, and what a terminal shows.
//!
//! Comes in: the summary and survey of a reading. Goes out: bytes and files. Called by `cli`.

mod formats_text;
mod page;
pub(super) mod terminal;

pub use formats_text::{write_explanations, write_formats};
pub use page::{Reading, render_reading, write_reading_report};
pub use terminal::write_overview;
