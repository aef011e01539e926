//! What the terminal's reports are written with: lines that fit the terminal, no text unescaped.

use super::escape::{self, columns, fit_columns};
use std::io::{self, Write};

/// The width of a pipe or a file, and the least that tables take.
pub(super) const WIDTH: usize = 80;

/// Longer lines of text are hard to read.
pub(super) const READABLE: usize = 100;

/// What is printed, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalOptions {
    /// Whether bold and colours are written as ANSI codes.
    pub color: bool,
    /// References in the table; the rest are counted.
    pub rows: usize,
    /// Columns of the terminal. Tables take at least 80.
    pub width: usize,
    /// Whether all is printed, or the answer with its reasons only.
    pub verbose: bool,
}

impl Default for TerminalOptions {
    fn default() -> Self {
        Self { color: false, rows: 10, width: WIDTH, verbose: false }
    }
}

/// How a text looks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    Bold,
    Dim,
    Bar,
}

/// Where lines go, whether they are painted, and how long they may be.
pub(super) struct TerminalPage<'a> {
    pub out: &'a mut dyn Write,
    pub color: bool,
    pub width: usize,
}

impl TerminalPage<'_> {
    /// A text as it looks.
    pub fn paint(&self, text: &str, ink: Ink) -> String {
        let code = match ink {
            Ink::Plain => "",
            Ink::Bold => "\u{1b}[1m",
            Ink::Dim => "\u{1b}[2m",
            Ink::Bar => "\u{1b}[34m",
        };
        if !self.color || code.is_empty() || text.is_empty() {
            return text.to_owned();
        }
        format!("{code}{text}\u{1b}[0m")
    }

    /// Prints one line.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")
    }

    /// Wraps a text to at most [`READABLE`] columns; lines after the first begin with as many spaces as `bullet` is wide.
    pub fn paragraph(&mut self, text: &str, bullet: &str, ink: Ink) -> io::Result<()> {
        let indent = columns(bullet);
        for (i, line) in
            wrap(text, self.width.min(READABLE).saturating_sub(indent).max(20)).iter().enumerate()
        {
            let start = if i == 0 { bullet.to_owned() } else { " ".repeat(indent) };
            let painted = self.paint(line, ink);
            self.line(&format!("{start}{painted}"))?;
        }
        Ok(())
    }

    /// The columns of a table.
    pub fn table_width(&self) -> usize {
        self.width.max(WIDTH)
    }

    /// One row of the table of references without its bar: 69 of 80 columns. In a wider terminal,
    /// the names have more room.
    pub fn row(
        &self,
        place: &str,
        reference: &str,
        family: &str,
        share: &str,
        interval: &str,
    ) -> String {
        let reference = padded(reference, 33 + self.table_width() - WIDTH);
        let family = padded(family, 12);
        format!("{place:>3} {reference} {family} {share:>5}  {interval:<9}  ")
    }

    /// Prints a heading, cut to one line, and the empty line above it.
    pub fn heading(&mut self, text: &str) -> io::Result<()> {
        self.line("")?;
        let painted = self.paint(&fit_columns(text, self.table_width()), Ink::Bold);
        self.line(&painted)
    }

    /// Prints a list with its heading, where there is anything in it.
    pub fn bullets(&mut self, title: &str, sentences: &[impl ToString]) -> io::Result<()> {
        if sentences.is_empty() {
            return Ok(());
        }
        self.heading(title)?;
        for sentence in sentences {
            self.paragraph(&escape::sentence(&sentence.to_string()), "  - ", Ink::Plain)?;
        }
        Ok(())
    }
}

/// Ten columns for a share of one, in eighths of a column.
pub(super) fn bar(share: f64) -> String {
    if !share.is_finite() {
        return String::new();
    }
    let eighths = (share.clamp(0.0, 1.0) * 80.0).round() as usize;
    let part = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
    format!("{}{part}", "█".repeat(eighths / 8))
}

pub(super) fn padded(text: &str, width: usize) -> String {
    let text = fit_columns(text, width);
    let room = width.saturating_sub(columns(&text));
    format!("{text}{}", " ".repeat(room))
}

/// Lines of at most `width` columns; a word that is wider is broken.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let wide = columns(word);
        if used > 0 && used + 1 + wide <= width {
            if let Some(line) = lines.last_mut() {
                line.push(' ');
                line.push_str(word);
            }
            used += 1 + wide;
            continue;
        }
        if used > 0 {
            lines.push(String::new());
            used = 0;
        }
        for c in word.chars() {
            let wide = columns(c.encode_utf8(&mut [0; 4]));
            if used + wide > width {
                lines.push(String::new());
                used = 0;
            }
            if let Some(line) = lines.last_mut() {
                line.push(c);
            }
            used += wide;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_share() {
        assert_eq!(bar(0.0), "");
        assert_eq!(bar(0.5), "█████");
        assert_eq!(bar(1.0), "██████████");
        assert_eq!(bar(0.012), "▏");
        assert_eq!(bar(f64::NAN), "");
        assert_eq!(bar(9.0), "██████████");
    }

    #[test]
    fn lines_are_wrapped_and_long_words_broken() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("", 3), [""]);
        assert_eq!(wrap("中文中文", 5), ["中文", "中文"]);
    }

    #[test]
    fn a_row_is_as_wide_whatever_stands_in_it() {
        for (width, columns_of_row) in [(40, 69), (80, 69), (100, 89)] {
            let page = TerminalPage { out: &mut io::sink(), color: false, width };
            let wide =
                page.row("119", &"中".repeat(60), "a-family-with-a-name", ">0.99", "0.10–0.20");
            assert_eq!(columns(&wide), columns_of_row);
            assert_eq!(columns(&page.row("", "", "", "", "")), columns_of_row);
        }
    }
}
