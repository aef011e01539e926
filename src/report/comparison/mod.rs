//! A comparison → its report: the page, the files, Markdown, and what a terminal shows.
//!
//! Each writer walks the table of sections ([`super::sections`]).

mod files;
mod first_screen;
mod markdown;
mod page;
mod terminal;
mod terminal_table;

pub use files::write_report;
pub(super) use files::write_report_page;
pub use markdown::to_markdown;
pub use page::render_page;
pub(super) use page::render_page_with;
pub use terminal::write_terminal;
