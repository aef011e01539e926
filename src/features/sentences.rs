//! Where sentences begin and end.
//!
//! Comes in: the text of a trace. Goes out: the byte range of every sentence, in order, without the
//! white space around it. Called by [`super::moves`].
//!
//! A sentence ends at `.`, `!`, `?` or `…` (and the quotes and brackets that close after it) before
//! white space, at their Chinese forms with or without white space, and at every line break. A full
//! stop does not end one after an abbreviation ("e.g."), after a number or a letter that begins a
//! list item ("2. …"), or inside a number. An ellipsis ends one only where no small letter follows.
//! Lines of a code fence are one sentence each; the fence itself is none, nor is what holds no
//! letter and no digit.

/// Words that are written with a full stop inside a sentence.
const ABBREVIATIONS: [&str; 26] = [
    "e.g", "i.e", "vs", "cf", "dr", "mr", "mrs", "ms", "prof", "fig", "figs", "eq", "eqs",
    "approx", "resp", "viz", "ca", "sec", "ch", "vol", "pp", "dept", "est", "ex", "st", "w.r.t",
];
/// Abbreviations that often end a sentence: they do not where a small letter follows.
const OFTEN_LAST: [&str; 9] = ["etc", "inc", "al", "jr", "sr", "ltd", "co", "a.m", "p.m"];
/// The longest abbreviation in bytes.
const LONGEST_ABBREVIATION: usize = 6;
/// The longest number of a list item, in digits.
const LONGEST_LIST_NUMBER: usize = 3;
/// The longest beginning of a list item in bytes, with its marks: "> - **12". A bound keeps the
/// work linear where a line of marks holds many abbreviations.
const LONGEST_LIST_MARK: usize = 16;

/// Calls `emit(start, end)` for every sentence: byte offsets into `text`, on character boundaries,
/// in order and without overlap. Takes time linear in the text and no memory.
pub fn for_each(text: &str, mut emit: impl FnMut(usize, usize)) {
    let bytes = text.as_bytes();
    let mut fenced = false;
    let mut line_start = 0;
    while line_start < bytes.len() {
        let line_end =
            memchr::memchr(b'\n', &bytes[line_start..]).map_or(bytes.len(), |at| line_start + at);
        let line = text[line_start..line_end].trim_start();
        let start = line_end - line.len();
        if line.starts_with("```") || line.starts_with("~~~") {
            fenced = !fenced;
        } else if fenced {
            emit_trimmed(text, start, line_end, &mut emit);
        } else {
            split_line(text, start, line_end, &mut emit);
        }
        line_start = line_end + 1;
    }
}

/// Splits the line `start..end`, which begins with no white space.
fn split_line(text: &str, mut start: usize, end: usize, emit: &mut impl FnMut(usize, usize)) {
    let bytes = text.as_bytes();
    let mut at = start;
    while at < end {
        let Some(mut mark) = mark_at(bytes, at) else {
            at += 1;
            continue;
        };
        let (first, begin) = (mark, at);
        let mut chinese = false;
        let mut marks = 0;
        while at < end {
            match mark_at(bytes, at) {
                Some(next) => {
                    mark = next;
                    chinese |= mark.chinese;
                    marks += 1;
                    at += mark.bytes;
                }
                None => break,
            }
        }
        while at < end {
            match closer_at(bytes, at) {
                0 => break,
                length => at += length,
            }
        }
        if at >= end {
            break;
        }
        if !chinese {
            let rest = &text[at..end];
            if !rest.starts_with(char::is_whitespace) {
                continue;
            }
            let small = follows_small_letter(rest);
            let ellipsis = first.stop && (marks > 1 || first.bytes > 1);
            if (ellipsis && small)
                || (first.stop && marks == 1 && stands_inside(text, start, begin, small))
            {
                continue;
            }
        }
        emit_trimmed(text, start, at, emit);
        start = end - text[at..end].trim_start().len();
        at = start;
    }
    emit_trimmed(text, start, end, emit);
}

/// A mark that may end a sentence.
#[derive(Clone, Copy)]
struct Mark {
    bytes: usize,
    chinese: bool,
    /// A full stop or an ellipsis.
    stop: bool,
}

#[inline(always)]
fn mark_at(bytes: &[u8], at: usize) -> Option<Mark> {
    let mark = |bytes, chinese, stop| Some(Mark { bytes, chinese, stop });
    match bytes[at] {
        b'.' => mark(1, false, true),
        b'!' | b'?' => mark(1, false, false),
        0xE3 if bytes[at..].starts_with("。".as_bytes()) => mark(3, true, false),
        0xEF if bytes[at..].starts_with("！".as_bytes())
            || bytes[at..].starts_with("？".as_bytes()) =>
        {
            mark(3, true, false)
        }
        0xE2 if bytes[at..].starts_with("…".as_bytes()) => mark(3, false, true),
        _ => None,
    }
}

/// The length in bytes of a quote, bracket or markdown star that closes at `at`; 0 for none.
fn closer_at(bytes: &[u8], at: usize) -> usize {
    match bytes[at] {
        b'"' | b'\'' | b')' | b']' | b'*' | b'_' | b'`' => 1,
        0xE2 if bytes[at..].starts_with("”".as_bytes())
            || bytes[at..].starts_with("’".as_bytes()) =>
        {
            3
        }
        0xE3 if bytes[at..].starts_with("」".as_bytes())
            || bytes[at..].starts_with("』".as_bytes()) =>
        {
            3
        }
        0xEF if bytes[at..].starts_with("）".as_bytes()) => 3,
        _ => 0,
    }
}

/// Whether the next character that is no white space is a small letter. Looks at a few bytes only.
fn follows_small_letter(rest: &str) -> bool {
    rest.chars().take(8).find(|c| !c.is_whitespace()).is_some_and(char::is_lowercase)
}

/// Whether the full stop at `stop` stands inside the sentence that begins at `start`.
fn stands_inside(text: &str, start: usize, stop: usize, small_follows: bool) -> bool {
    let bytes = text.as_bytes();
    if stop - start <= LONGEST_LIST_MARK {
        let item = text[start..stop].trim_start_matches(['*', '#', '>', '-', '(', '_', ' ']);
        if !item.is_empty()
            && ((item.len() <= LONGEST_LIST_NUMBER && item.bytes().all(|b| b.is_ascii_digit()))
                || (item.len() == 1 && item.as_bytes()[0].is_ascii_alphabetic()))
        {
            return true;
        }
    }
    let earliest = start.max(stop.saturating_sub(LONGEST_ABBREVIATION + 1));
    let mut from = stop;
    while from > earliest && matches!(bytes[from - 1], b'a'..=b'z' | b'A'..=b'Z' | b'.') {
        from -= 1;
    }
    let word = &bytes[from..stop];
    let is = |list: &[&str]| list.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()));
    is(&ABBREVIATIONS) || (small_follows && is(&OFTEN_LAST))
}

/// Emits `start..end` without the white space at its ends, if it holds a letter or a digit.
fn emit_trimmed(text: &str, start: usize, end: usize, emit: &mut impl FnMut(usize, usize)) {
    let sentence = text[start..end].trim_end();
    if sentence.chars().any(char::is_alphanumeric) {
        emit(start, start + sentence.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        for_each(text, |start, end| found.push(&text[start..end]));
        found
    }

    #[test]
    fn sentences_end_at_marks_and_line_breaks() {
        assert_eq!(
            sentences("Wait, no. It's 3.5! \"Is it?\" Yes\n\n  so be it"),
            ["Wait, no.", "It's 3.5!", "\"Is it?\"", "Yes", "so be it"]
        );
        assert_eq!(
            sentences("首先，看题。然后计算！对吗？对"),
            ["首先，看题。", "然后计算！", "对吗？", "对"]
        );
    }

    #[test]
    fn abbreviations_list_numbers_and_decimals_end_nothing() {
        assert_eq!(
            sentences("1. Take e.g. Dr. Low's 2.5 apples, pears etc. and go. B. Second etc. Third"),
            ["1. Take e.g. Dr. Low's 2.5 apples, pears etc. and go.", "B. Second etc.", "Third"]
        );
        assert_eq!(sentences("**12. Title.** More"), ["**12. Title.**", "More"]);
        assert_eq!(sentences("It was 2024. Then"), ["It was 2024.", "Then"]);
        assert_eq!(sentences("see v1.2.3 at a.b/c?d=e now"), ["see v1.2.3 at a.b/c?d=e now"]);
    }

    #[test]
    fn an_ellipsis_goes_on_before_a_small_letter() {
        assert_eq!(sentences("Hmm... maybe… or not... Well"), ["Hmm... maybe… or not...", "Well"]);
    }

    #[test]
    fn code_is_cut_at_lines_only_and_marks_alone_are_nothing() {
        assert_eq!(
            sentences("So:\n```py\nx = a. b\n\ny. z\n```\n---\nDone. Yes. $$"),
            ["So:", "x = a. b", "y. z", "Done.", "Yes."]
        );
    }

    #[test]
    fn any_text_is_cut_on_character_boundaries() {
        for text in ["", "\u{0}", ". . .", "…", "é.\u{a0}ü", "。。", "?)」*…x", "\r\n a.\r\nb"]
        {
            for sentence in sentences(text) {
                assert_eq!(sentence, sentence.trim());
            }
        }
        assert_eq!(sentences(&"a".repeat(1 << 20)).len(), 1);
        assert_eq!(sentences(&"1. ".repeat(1 << 18)).len(), (1 << 18) / 2);
    }
}
