//! How wide the terminal is.

use std::io::IsTerminal;

/// The width where standard output is no terminal, so that pipes and files always get the same: that
/// of a help text, and that of a result.
const WIDTH: (usize, usize) = (80, 100);
/// Longer lines of a help text are hard to read; tables of a result may be wider.
const WIDEST: (usize, usize) = (120, 160);

/// The columns that a help text has: those of the terminal, between 40 and 120; 80 for a pipe or a file.
pub(super) fn terminal_width() -> usize {
    columns(WIDTH.0, WIDEST.0)
}

/// The columns that a result has: those of the terminal, between 40 and 160; 100 for a pipe or a file.
pub(super) fn result_width() -> usize {
    columns(WIDTH.1, WIDEST.1)
}

fn columns(without: usize, widest: usize) -> usize {
    if !std::io::stdout().is_terminal() {
        return without;
    }
    terminal_size::terminal_size()
        .map_or(without, |(width, _)| usize::from(width.0).clamp(40, widest))
}
