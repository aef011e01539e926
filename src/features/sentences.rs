//! Text → sentences.
//!
//! Comes in: the text of a trace. Goes out: the byte range of every sentence, in order. Called by
//! channels that measure sentences. Rules instead of a model, so that the same text has the same
//! sentences everywhere: a line break ends a sentence, and so do the marks of the end where the
//! text goes on behind white space; code between fences holds no sentences.

/// Words whose full stop ends no sentence, in lower case and in ascending order.
const ABBREVIATIONS: [&str; 25] = [
    "al", "approx", "ca", "cf", "dr", "e.g", "eq", "eqn", "fig", "gen", "gov", "i.e", "incl", "mr",
    "mrs", "ms", "prof", "resp", "sen", "sr", "st", "viz", "vol", "vs", "w.r.t",
];
/// No word that is looked up is longer than this, in bytes.
const LONGEST_ABBREVIATION: usize = 6;

/// Calls `emit(start, end)` for the byte range of every sentence, without the white space around
/// it.
///
/// A sentence ends at a line break, behind `。`, `！` or `？`, and behind `.`, `!`, `?` or `…` where
/// white space follows; quotes, brackets and stars that close there belong to it. A full stop does
/// not end it behind an abbreviation ("e.g."), behind the number or letter of a list ("2. first"),
/// and, where the next letter is a small one, behind dots ("so... maybe") and behind a word with a
/// full stop inside ("the U.S. navy") or "etc.". What holds no letter or digit is no sentence.
pub fn for_each(text: &str, mut emit: impl FnMut(usize, usize)) {
    let mut fence: Option<&str> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark));
        match (fence, mark) {
            (None, Some(_)) => fence = mark,
            (Some(open), Some(mark)) if open == mark => fence = None,
            (Some(_), _) => {}
            (None, None) => line_sentences(line, at, &mut emit),
        }
        at += line.len();
    }
}

/// The sentences of one line that begins at `offset` of the text.
fn line_sentences(line: &str, offset: usize, emit: &mut impl FnMut(usize, usize)) {
    let mut start = 0;
    let mut has_word = false;
    // Letters and digits since the sentence began; a list's mark has only one run of them.
    let mut runs = 0;
    let mut in_run = false;
    let mut characters = line.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        if c.is_alphanumeric() {
            has_word = true;
            runs += usize::from(!in_run);
            in_run = true;
            continue;
        }
        in_run = false;
        let wide = matches!(c, '。' | '！' | '？' | '｡');
        if !wide && !matches!(c, '.' | '!' | '?' | '…') {
            continue;
        }
        let mut end = at + c.len_utf8();
        let mut dots = usize::from(c == '.') + 2 * usize::from(c == '…');
        let mut only_dots = dots > 0;
        while let Some(&(next, mark)) = characters.peek() {
            match mark {
                '.' => dots += 1,
                '…' => dots += 2,
                '!' | '?' | '。' | '！' | '？' => only_dots = false,
                '"' | '\'' | ')' | ']' | '*' | '_' | '”' | '’' | '」' | '』' | '）' | '》' =>
                    {}
                _ => break,
            }
            end = next + mark.len_utf8();
            characters.next();
        }
        let next = characters.peek().map(|&(_, c)| c);
        if !wide && next.is_some_and(|c| !c.is_whitespace()) {
            continue;
        }
        if only_dots && next.is_some() {
            let small = || line[end..].trim_start().starts_with(char::is_lowercase);
            let before = last_word(&line[start..at]);
            let goes_on = if dots > 1 { small() } else { continues(before, runs, small) };
            if goes_on {
                continue;
            }
        }
        if has_word {
            push(line, start, end, offset, emit);
        }
        (start, has_word, runs) = (end, false, 0);
    }
    if has_word {
        push(line, start, line.len(), offset, emit);
    }
}

/// Whether the sentence goes on behind one full stop. `word` stands before it, `runs` of letters
/// and digits stand in the sentence so far, and `small` says whether a small letter is next.
fn continues(word: &str, runs: usize, small: impl Fn() -> bool) -> bool {
    let is_number = !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
    if runs == 1 && (is_number && word.len() <= 3 || word.len() == 1) {
        return true;
    }
    if word.is_empty() || word.len() > LONGEST_ABBREVIATION || !word.is_ascii() {
        return false;
    }
    let lower = word.to_ascii_lowercase();
    ABBREVIATIONS.binary_search(&lower.as_str()).is_ok()
        || (lower == "etc" || word.contains('.')) && small()
}

/// The word at the end of `text` with the full stops inside it, cut off where it is longer than any
/// that is looked up.
fn last_word(text: &str) -> &str {
    let mut start = text.len();
    for (at, c) in text.char_indices().rev() {
        if !c.is_alphanumeric() && c != '.' || text.len() - at > LONGEST_ABBREVIATION + 4 {
            break;
        }
        start = at;
    }
    &text[start..]
}

fn push(line: &str, start: usize, end: usize, offset: usize, emit: &mut impl FnMut(usize, usize)) {
    let slice = &line[start..end];
    let start = start + (slice.len() - slice.trim_start().len());
    emit(offset + start, offset + start + slice.trim().len());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences(text: &str) -> Vec<&str> {
        let mut sentences = Vec::new();
        for_each(text, |start, end| sentences.push(&text[start..end]));
        sentences
    }

    #[test]
    fn the_table_is_sorted_and_no_entry_is_too_long() {
        assert!(ABBREVIATIONS.is_sorted_by(|a, b| a < b));
        assert!(ABBREVIATIONS.iter().all(|word| word.len() <= LONGEST_ABBREVIATION));
    }

    #[test]
    fn sentences_end_where_a_reader_ends_them() {
        assert_eq!(
            sentences("So it is 3.5, e.g. a bit more. Right? \"No!\" he said.  **Done.** Fine"),
            [
                "So it is 3.5, e.g. a bit more.",
                "Right?",
                "\"No!\"",
                "he said.",
                "**Done.**",
                "Fine"
            ]
        );
        assert_eq!(
            sentences(
                "Hmm... maybe not... But Dr. Lee of the U.S. navy came. The U.S. Then etc. and so on."
            ),
            [
                "Hmm... maybe not...",
                "But Dr. Lee of the U.S. navy came.",
                "The U.S.",
                "Then etc. and so on."
            ]
        );
        assert_eq!(
            sentences("No. That is f(x). x.y is option A. Then"),
            ["No.", "That is f(x).", "x.y is option A.", "Then"]
        );
    }

    #[test]
    fn lists_lines_and_code_are_respected() {
        assert_eq!(
            sentences("1. First thing. Then\n\n- a. second\n  12. third\n---\nIt was 1999. So\n"),
            ["1. First thing.", "Then", "- a. second", "12. third", "It was 1999.", "So"]
        );
        assert_eq!(
            sentences("Code:\n```rust\nlet a = b. C;\n~~~\n```\nAfter.\n~~~\nopen. Never closed"),
            ["Code:", "After."]
        );
    }

    #[test]
    fn chinese_marks_end_a_sentence_without_a_space() {
        assert_eq!(
            sentences("我们看。他说：“好！”然后？好"),
            ["我们看。", "他说：“好！”", "然后？", "好"]
        );
    }

    #[test]
    fn nothing_is_no_sentence_and_nothing_is_too_odd() {
        for text in ["", "\n\n", "...", "。", "- - -", "\u{0}", "!?\n?!"] {
            assert_eq!(sentences(text), [""; 0], "{text:?}");
        }
        assert_eq!(sentences(&". ".repeat(100_000)), [""; 0]);
        // Every other letter reads as the mark of a list.
        assert_eq!(sentences(&"a. ".repeat(100_000)).len(), 50_000);
        assert_eq!(sentences(&"ab. ".repeat(100_000)).len(), 100_000);
        assert_eq!(sentences(&"x".repeat(1_000_000)).len(), 1);
    }
}
