//! How wide the terminal is.

use std::io::IsTerminal;

/// The width where standard output is no terminal, so that pipes and files always get the same.
const WIDTH: usize = 80;
/// Longer lines are hard to read.
const WIDEST: usize = 120;

/// The columns that standard output has: those of the terminal, between 40 and 120; 80 for a pipe or a file.
pub(super) fn terminal_width() -> usize {
    if !std::io::stdout().is_terminal() {
        return WIDTH;
    }
    terminal_size::terminal_size()
        .map_or(WIDTH, |(width, _)| usize::from(width.0).clamp(40, WIDEST))
}
