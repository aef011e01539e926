//! Hostile text → text that is safe to look at.
//!
//! Comes in: a model name, phrase, file name or sentence that may hold anything. Goes out: one
//! line of bounded length in which every character that could act on a terminal, reorder a line or
//! hide is written as its code, for example `‹U+202E›`. Every output of this stage (terminal, SVG,
//! page) takes its text from here; escaping for HTML and XML comes on top, from the template
//! engine and the SVG writer.

use unicode_normalization::char::is_combining_mark;
use unicode_width::UnicodeWidthChar;

/// The most characters of a name in a table.
pub const NAME_LIMIT: usize = 72;
/// The most characters of a phrase.
pub const PHRASE_LIMIT: usize = 80;
/// The most characters of a sentence, a command or a path.
pub const SENTENCE_LIMIT: usize = 2_000;

/// Marks on one base character beyond this are written as codes: a tall stack of accents covers
/// the lines above and below it.
const MARKS_IN_A_ROW: usize = 3;

/// A name for a table or figure: one line, at most [`NAME_LIMIT`] characters, cut in the middle
/// because names differ at both ends.
pub fn name(text: &str) -> String {
    let shown = visible(text, 4 * NAME_LIMIT, Spaces::Kept);
    shorten_middle(if shown.trim().is_empty() { "(no name)" } else { &shown }, NAME_LIMIT)
}

/// A sentence, command or path: one line, at most [`SENTENCE_LIMIT`] characters, cut at its end.
pub fn sentence(text: &str) -> String {
    visible(text, SENTENCE_LIMIT, Spaces::Kept)
}

/// A phrase of a trace, its white space shown: `␣` for a space, `↵` for a line's end, `⇥` for a
/// tab; at most [`PHRASE_LIMIT`] characters, cut at its end.
pub fn phrase(text: &str) -> String {
    visible(text, PHRASE_LIMIT, Spaces::Shown)
}

/// A passage of a trace, its line ends and spaces kept, tabs as four spaces. The caller
/// bounds its length.
pub fn passage(text: &str) -> String {
    visible(text, usize::MAX, Spaces::Laid)
}

/// Whether a character of [`phrase`]'s answer stands for white space.
pub fn is_space_mark(c: char) -> bool {
    matches!(c, '␣' | '↵' | '⇥')
}

/// What becomes of white space.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spaces {
    /// A space stays a space; line ends and tabs become one.
    Kept,
    /// Each is written as a mark.
    Shown,
    /// A line's end stays one, too, and a tab becomes four spaces.
    Laid,
}

/// At most `limit` characters of the text, and an ellipsis where there are more.
fn visible(text: &str, limit: usize, spaces: Spaces) -> String {
    let mut shown = String::new();
    let mut length = 0;
    let mut marks = 0;
    for c in text.chars() {
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        let before = shown.len();
        match (c, spaces) {
            (' ', Spaces::Shown) => shown.push('␣'),
            ('\n', Spaces::Shown) => shown.push('↵'),
            ('\t', Spaces::Shown) => shown.push('⇥'),
            ('\n' | '\t', Spaces::Kept) => shown.push(' '),
            ('\n', Spaces::Laid) => shown.push('\n'),
            ('\t', Spaces::Laid) => shown.push_str("    "),
            _ if is_hidden(c) || marks > MARKS_IN_A_ROW => {
                shown.push_str(&format!("‹U+{:04X}›", c as u32));
            }
            _ => shown.push(c),
        }
        length += shown[before..].chars().count();
        if length > limit {
            return shorten_end(&shown, limit);
        }
    }
    shown
}

/// Whether a character acts on the text around it, or cannot be seen, or is not allowed in XML.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c as u32,
            // spaces other than the common one
            0x00A0 | 0x1680 | 0x2000..=0x200A | 0x202F | 0x205F | 0x3000
            // soft hyphen, joiners, fillers, invisible operators
            | 0x00AD | 0x034F | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
            | 0x200B..=0x200D | 0x2060..=0x206F | 0x2800 | 0x3164 | 0xFEFF | 0xFFA0
            // direction marks, embeddings, overrides, isolates; line and paragraph separators
            | 0x061C | 0x200E..=0x200F | 0x2028..=0x202E
            // variation selectors, annotations, shorthand and musical controls, tags
            | 0xFE00..=0xFE0F | 0xFFF0..=0xFFFB | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A
            | 0xE0000..=0xE0FFF
            // not characters
            | 0xFDD0..=0xFDEF)
        || c as u32 & 0xFFFE == 0xFFFE
}

/// The text cut in the middle to `limit` characters, an ellipsis among them.
pub fn shorten_middle(text: &str, limit: usize) -> String {
    let length = text.chars().count();
    if length <= limit {
        return text.to_owned();
    }
    let kept = limit.saturating_sub(1);
    let tail = kept / 2;
    let head: String = text.chars().take(kept - tail).collect();
    let tail: String = text.chars().skip(length - tail).collect();
    format!("{}…{}", head.trim_end(), tail.trim_start())
}

/// The text cut at its end to `limit` characters, an ellipsis among them.
pub fn shorten_end(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let head: String = text.chars().take(limit.saturating_sub(1)).collect();
    format!("{}…", head.trim_end())
}

/// The last place at or before byte `at` where the text may be cut; its end where `at` is beyond it.
pub fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// The columns that a text takes in a terminal.
pub fn columns(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// The text cut in the middle to at most `limit` columns of a terminal.
pub fn fit_columns(text: &str, limit: usize) -> String {
    let mut characters = text.chars().count().min(limit);
    let mut cut = shorten_middle(text, characters);
    while columns(&cut) > limit && characters > 0 {
        characters -= 1;
        cut = shorten_middle(text, characters);
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_or_hides_is_written_as_its_code() {
        assert_eq!(name("a\u{202E}b"), "a‹U+202E›b");
        assert_eq!(name("\u{1b}[31mred\u{7}"), "‹U+001B›[31mred‹U+0007›");
        assert_eq!(sentence("zero\u{200B}width\u{FEFF}"), "zero‹U+200B›width‹U+FEFF›");
        assert_eq!(sentence("nul\0 del\u{7f} c1\u{9b}"), "nul‹U+0000› del‹U+007F› c1‹U+009B›");
        assert_eq!(name("tag\u{E0041}"), "tag‹U+E0041›");
        assert_eq!(name("\u{FFFF}"), "‹U+FFFF›");
        assert_eq!(name(" \n"), "(no name)");
    }

    #[test]
    fn a_passage_keeps_its_lines_and_nothing_that_acts() {
        assert_eq!(passage("a\n\tb \u{1b}[2Jc\r"), "a\n    b ‹U+001B›[2Jc‹U+000D›");
        assert_eq!(passage(&"x".repeat(9_000)).len(), 9_000);
        assert_eq!([0, 1, 2, 3, 9].map(|at| boundary("aä", at)), [0, 1, 1, 3, 3]);
    }

    #[test]
    fn white_space_of_a_phrase_can_be_seen() {
        assert_eq!(phrase("Wait,\n\tlet me "), "Wait,↵⇥let␣me␣");
        assert_eq!(phrase("\u{a0}"), "‹U+00A0›");
    }

    #[test]
    fn every_answer_is_short() {
        let megabyte = "x".repeat(1 << 20);
        assert_eq!(name(&megabyte).chars().count(), NAME_LIMIT);
        assert_eq!(phrase(&megabyte).chars().count(), PHRASE_LIMIT);
        assert_eq!(sentence(&megabyte).chars().count(), SENTENCE_LIMIT);
        assert!(name(&"\u{202E}".repeat(1 << 18)).chars().count() <= NAME_LIMIT);
    }

    #[test]
    fn a_stack_of_accents_is_taken_down() {
        let stacked = format!("e{}", "\u{301}".repeat(5));
        assert_eq!(name(&stacked), "e\u{301}\u{301}\u{301}‹U+0301›‹U+0301›");
        assert_eq!(name("Ελληνικά, Русский, 中文, café"), "Ελληνικά, Русский, 中文, café");
    }

    #[test]
    fn names_keep_both_their_ends() {
        assert_eq!(shorten_middle("mistralai/mistral-2407", 13), "mistra…l-2407");
        assert_eq!(shorten_middle("abc", 3), "abc");
        assert_eq!(shorten_middle("abcdef", 1), "…");
        assert_eq!(fit_columns("中文中文中文", 7), "中文…文");
        assert!(columns(&fit_columns("中文中文中文", 0)) <= 1);
    }
}
