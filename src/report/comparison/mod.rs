//! A comparison → its report: the page, the files, Markdown, and what a terminal shows.
//!
//! Each writer walks the table of sections ([`super::sections`]).

mod files;
mod first_screen;
mod markdown;
mod page;
mod terminal;
mod terminal_table;

use crate::lineage::RankedReference;

pub use files::write_report;
pub(super) use files::write_report_page;
pub use markdown::to_markdown;
pub use page::render_page;
pub(super) use page::render_page_with;
pub use terminal::write_terminal;

/// A reference whose whole interval is below this has nothing to see in a short table.
const SEEN: f64 = 0.03;

/// How many references of the ranking a short table has something to show of, from the first on.
fn visible(ranking: &[RankedReference]) -> usize {
    ranking.iter().take_while(|one| one.high >= SEEN || !one.high.is_finite()).count()
}
