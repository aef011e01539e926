//! Whether a tag is only spoken of: in a code span, in quotation marks, in the middle of a sentence.
//!
//! Comes in: a text and the place of a tag in it. Called by [`find_marks`](super::table::find_marks)
//! and [`split`](super::split).

/// How far around a tag is looked, so that a text full of tags takes no time.
const WINDOW: usize = 2000;

/// Whether the tag stands in a code span or in quotation marks.
pub(super) fn is_quoted(text: &str, start: usize, end: usize) -> bool {
    let (before, after) = around(text, start, end);
    in_code_span(before, after) || in_quotation_marks(before, after)
}

/// Whether words of one sentence stand on both sides of the tag.
pub(super) fn is_in_sentence(text: &str, start: usize, end: usize) -> bool {
    let (before, after) = around(text, start, end);
    let has_blank = before.ends_with([' ', '(']);
    let word_before = before.trim_end_matches([' ', '(']).chars().next_back();
    let next = after.chars().next();
    let word_after = after.trim_start_matches(' ').chars().next();
    let goes_on = match word_after {
        Some(',' | ';' | ')' | '?' | '.') => next == word_after,
        Some(letter) => next == Some(' ') && letter.is_lowercase(),
        None => false,
    };
    has_blank
        && word_before.is_some_and(|last| last.is_alphanumeric() || last == ',' || last == '`')
        && goes_on
}

/// The paragraph in front of a tag and what follows it, both cut off at the window.
fn around(text: &str, start: usize, end: usize) -> (&str, &str) {
    let mut from = start.saturating_sub(WINDOW);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let mut to = (end + WINDOW).min(text.len());
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    let before = &text[from..start];
    let before = before.rfind("\n\n").map_or(before, |at| &before[at + 2..]);
    (before, &text[end..to])
}

/// A code span is open in front of the tag and closed behind it: in the same line, or next to the tag.
fn in_code_span(before: &str, after: &str) -> bool {
    let line = after.lines().next().unwrap_or_default();
    let adjacent = trim_breaks(after).starts_with('`');
    (line.contains('`') || adjacent) && opens_code(before)
}

/// Whether the paragraph leaves a code span open. A fence is none.
fn opens_code(before: &str) -> bool {
    let mut open = false;
    let mut rest = before;
    while let Some(at) = rest.find('`') {
        let run = rest[at..].bytes().take_while(|byte| *byte == b'`').count();
        open ^= run < 3;
        rest = &rest[at + run..];
    }
    open
}

/// `"</think>"`, or a string that begins or ends with the tag.
fn in_quotation_marks(before: &str, after: &str) -> bool {
    let pairs = [('\'', '\''), ('“', '”'), ('«', '»'), ('„', '“'), ('‘', '’')];
    if pairs.iter().any(|(open, close)| before.ends_with(*open) && after.starts_with(*close)) {
        return true;
    }
    let line = before.rsplit('\n').next().unwrap_or_default();
    let next = after.lines().next().unwrap_or_default();
    let adjoins = trim_breaks_back(before).ends_with('"') || trim_breaks(after).starts_with('"');
    let is_open = line.matches('"').count() % 2 == 1;
    adjoins && is_open && (next.contains('"') || trim_breaks(after).starts_with('"'))
}

/// Text without white space, and without the breaks that code writes as `\n`, at its start.
fn trim_breaks(text: &str) -> &str {
    let mut text = text.trim_start();
    while let Some(rest) = text.strip_prefix("\\n") {
        text = rest.trim_start();
    }
    text
}

fn trim_breaks_back(text: &str) -> &str {
    let mut text = text.trim_end();
    while let Some(rest) = text.strip_suffix("\\n") {
        text = rest.trim_end();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> (usize, usize) {
        let start = text.find("</think>").unwrap();
        (start, start + "</think>".len())
    }

    #[test]
    fn tags_in_code_and_in_quotation_marks_are_quoted() {
        for text in [
            "Write `</think>` here.",
            "The template has `\\n</think>\\n\\n` in it.",
            "The template has `\n</think>\n\n` in it.",
            "Use `x = \"</think>\"` twice.",
            "It says assert \"</think>\" not in content.",
            "The string \"a</think>\" ends so.",
            "The word '</think>' closes it.",
            "Das „</think>“ schließt.",
        ] {
            let (start, end) = place(text);
            assert!(is_quoted(text, start, end), "{text}");
        }
        for text in [
            "I use `x`.\n</think>\n\n`x` it is.",
            "He said \"yes.\"\n</think>\n\n\"Yes\" it is.",
            "I don't know.</think>It's 4.",
            "```py\nx\n```\n</think>\n```py\ny\n```",
        ] {
            let (start, end) = place(text);
            assert!(!is_quoted(text, start, end), "{text}");
        }
    }

    #[test]
    fn a_sentence_goes_on_behind_its_tag() {
        for text in ["Close it with </think> at the end.", "A lone </think>, as usual."] {
            let (start, end) = place(text);
            assert!(is_in_sentence(text, start, end), "{text}");
        }
        for text in ["I add. </think> It is 4.", "I add.</think>4", "so 4 </think> The end"] {
            let (start, end) = place(text);
            assert!(!is_in_sentence(text, start, end), "{text}");
        }
    }
}
