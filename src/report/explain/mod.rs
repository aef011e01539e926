//! An explanation of one trace → a page with the text, and what a terminal shows.
//!
//! Comes in: an [`Explanation`](crate::lineage::explain::Explanation) and the text that it is
//! about. Goes out: text. Called by `cli`. Every piece of the trace goes through [`super::escape`];
//! how much of it is shown is bounded and what is left out is counted.

pub(super) mod course_figure;
mod downloads;
mod marks;
mod page;
mod terminal;

pub use page::render_explanation;
pub(super) use page::{STYLE, Shown, left_out, shown};
pub use terminal::write_explanation;
