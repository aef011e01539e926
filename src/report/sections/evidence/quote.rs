//! Concordance lines → lines that a person reads: white space laid out, everything else escaped.
//!
//! Called by the page, the terminal and the Markdown, so that all of them quote alike.

use crate::lineage::{ConcordanceLine, Evidence};
use crate::report::escape::{columns, fit_columns, name, sentence};
use serde::Serialize;

/// One line; its three pieces stand next to each other, the spaces between them in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(in crate::report) struct Line {
    /// The id of the trace.
    pub id: String,
    /// What stands before the phrase.
    pub before: String,
    /// The phrase.
    pub phrase: String,
    /// What stands behind it.
    pub after: String,
}

impl Line {
    /// The line as it may be shown.
    pub fn new(line: &ConcordanceLine) -> Self {
        let space = |text: &str| text.starts_with(char::is_whitespace);
        let gap = |wanted: bool| if wanted { " " } else { "" };
        let (before, phrase, after) =
            (laid_out(&line.before), laid_out(&line.phrase), laid_out(&line.after));
        let ends = line.before.ends_with(char::is_whitespace) || space(&line.phrase);
        let begins = line.phrase.ends_with(char::is_whitespace) || space(&line.after);
        Self {
            id: name(&line.id),
            before: format!("{before}{}", gap(ends && !before.is_empty())),
            after: format!("{}{after}", gap(begins && !after.is_empty())),
            phrase,
        }
    }

    /// The line in this many columns of a terminal: the id, and the phrase in brackets under those
    /// of the other lines.
    pub fn in_columns(&self, width: usize) -> [String; 3] {
        const ID: usize = 13;
        let id = fit_columns(&self.id, ID);
        let id = format!("{id}{}  ", " ".repeat(ID.saturating_sub(columns(&id))));
        let room = width.saturating_sub(ID + 2);
        let phrase = format!("[{}]", fit_columns(&self.phrase, room / 2));
        let left = room / 2 - 4;
        let before = last_columns(&self.before, left);
        let padding = " ".repeat(left.saturating_sub(columns(&before)));
        let right = room.saturating_sub(left + columns(&phrase));
        let after = first_columns(&self.after, right);
        [format!("{id}{padding}{before}"), phrase, after.trim_end().to_owned()]
    }
}

/// The line that stands for a phrase where there is room for one: not always the first, since the
/// first lines of several phrases are often of one trace.
pub(in crate::report) fn quoted(at: usize, evidence: &Evidence) -> Option<&ConcordanceLine> {
    evidence.lines.get(at % evidence.lines.len().max(1))
}

/// One line of text, runs of white space as one space.
fn laid_out(text: &str) -> String {
    sentence(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The end of a text that fits.
fn last_columns(text: &str, limit: usize) -> String {
    let mut kept: Vec<char> = Vec::new();
    let mut used = 0;
    for c in text.chars().rev() {
        used += columns(c.encode_utf8(&mut [0; 4]));
        if used > limit {
            break;
        }
        kept.push(c);
    }
    kept.into_iter().rev().collect()
}

/// The beginning of a text that fits.
fn first_columns(text: &str, limit: usize) -> String {
    let mut used = 0;
    text.chars()
        .take_while(|c| {
            used += columns(c.encode_utf8(&mut [0; 4]));
            used <= limit
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(before: &str, phrase: &str, after: &str) -> Line {
        let text = str::to_owned;
        Line::new(&ConcordanceLine {
            id: "t\u{202e}1".into(),
            before: text(before),
            phrase: text(phrase),
            after: text(after),
        })
    }

    #[test]
    fn white_space_is_laid_out_and_nothing_acts() {
        let line = line("end.\n", "\n\nBut  wait", ",\tno\u{1b}[2J");
        assert_eq!(
            (line.before.as_str(), line.phrase.as_str(), line.after.as_str(), line.id.as_str()),
            ("end. ", "But wait", ", no‹U+001B›[2J", "t‹U+202E›1")
        );
    }

    #[test]
    fn a_line_fits_its_columns() {
        for text in ["short ", &"long words and more ".repeat(9), &"中文".repeat(90)] {
            for phrase in ["the user", &"中".repeat(300)] {
                let pieces = line(text, phrase, text).in_columns(76);
                assert!(columns(&pieces.concat()) <= 76, "{pieces:?}");
            }
        }
        // The id, two columns, and the middle of what is left.
        let [before, phrase, after] = line("so ", "the user", " asks").in_columns(76);
        let shown = (columns(&before), phrase.as_str(), after.as_str());
        assert_eq!(shown, (13 + 2 + 26, "[the user]", " asks"));
    }
}
