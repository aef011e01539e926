//! A model's whole output → its reasoning and its answer, by the tags between them.
//!
//! Called by the formats for every text that may hold tags. All shapes that real files hold are
//! understood: a closed pair, a closing tag only (the chat template had opened it), an opening tag
//! only (the output was cut off), an empty pair, several blocks, tags quoted in code (no tags), and the
//! channels of gpt-oss.

mod harmony;

pub(super) use harmony::has_channels;

/// What [`split`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// How the tags stand.
    pub shape: Shape,
    /// What stands inside the tags, trimmed; several blocks are joined by a blank line. Empty
    /// where there are no tags.
    pub reasoning: String,
    /// What stands outside the tags, trimmed; the whole text where there are none.
    pub answer: String,
}

/// How the tags of a text stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// There are no tags.
    Absent,
    /// An opening and a closing tag with text between them.
    Closed,
    /// A closing tag without an opening one.
    ClosingOnly,
    /// An opening tag without a closing one: the reasoning was cut off.
    OpeningOnly,
    /// Tags with nothing between them.
    Empty,
}

/// The pairs of tags, matched whatever their case.
const TAGS: &[(&str, &str)] = &[
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<thoughts>", "</thoughts>"),
    ("<reasoning>", "</reasoning>"),
    ("<seed:think>", "</seed:think>"),
    ("◁think▷", "◁/think▷"),
    ("[THINK]", "[/THINK]"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
];

/// Phrases that take the place of tags; they count only where the text begins with the first.
const PHRASES: &[(&str, &str)] = &[("Here is my thought process:", "Here is my response:")];

/// What may surround the answer once the reasoning is cut off.
const ANSWER_WRAPPERS: &[(&str, &str)] =
    &[("<|begin_of_solution|>", "<|end_of_solution|>"), ("<|START_RESPONSE|>", "<|END_RESPONSE|>")];

/// No model writes more tags than this; a text that does is an attack.
const MOST_MARKS: usize = 4096;

#[derive(Debug, Clone, Copy)]
struct Mark {
    start: usize,
    end: usize,
    /// Index in [`TAGS`].
    kind: usize,
    opens: bool,
    /// Stands in backticks.
    inline_code: bool,
    /// How many code fences stand before it.
    fences: usize,
}

/// Splits a text at its tags.
///
/// A tag in a code block or in backticks is not a tag. An opening tag without a closing one counts
/// only at the start of the text or of a line.
pub fn split(text: &str) -> Split {
    if let Some(split) = harmony::split(text).or_else(|| split_phrases(text)) {
        return split;
    }
    let marks = find_marks(text);
    let mut blocks: Vec<&str> = Vec::new();
    let mut outside: Vec<&str> = Vec::new();
    let mut shape = Shape::Absent;
    let mut from = 0; // where the text outside the blocks goes on
    let mut fences = 0; // how many code fences stand before that
    let mut solid = first_solid(text, from);
    let mut at = 0;
    while let Some(&mark) = marks.get(at) {
        let quoted = mark.inline_code || !(mark.fences - fences).is_multiple_of(2);
        let end = if quoted {
            None
        } else if mark.opens {
            let leading = solid >= mark.start;
            match closing(&marks, at, leading) {
                Some(close) => {
                    outside.push(&text[from..mark.start]);
                    blocks.push(&text[mark.end..marks[close].start]);
                    shape = Shape::Closed;
                    Some(close)
                }
                None if blocks.is_empty() && (leading || starts_line(text, mark.start)) => {
                    outside.push(&text[..mark.start]);
                    blocks.push(&text[mark.end..]);
                    shape = Shape::OpeningOnly;
                    from = text.len();
                    break;
                }
                None => None,
            }
        } else if blocks.is_empty() {
            blocks.push(&text[from..mark.start]);
            shape = Shape::ClosingOnly;
            Some(at)
        } else {
            None
        };
        match end {
            Some(close) => {
                from = marks[close].end;
                fences = marks[close].fences;
                solid = first_solid(text, from);
                at = close + 1;
            }
            None => at += 1,
        }
    }
    outside.push(&text[from..]);
    let reasoning = joined(blocks.iter().map(|block| unopened(block)));
    if reasoning.is_empty() && shape != Shape::Absent {
        shape = Shape::Empty;
    }
    let answer = joined(outside.into_iter());
    Split { shape, reasoning, answer: unwrapped(&answer).to_owned() }
}

/// Cuts off tags that stand at the very start and end of a text that is known to be reasoning.
pub fn strip_outer(text: &str) -> &str {
    let mut text = unopened(text);
    for (_, close) in TAGS {
        text = strip_suffix(text, close).unwrap_or(text).trim();
    }
    text
}

/// Whether a text begins with an opening tag.
pub fn is_opened(text: &str) -> bool {
    matches!(tag_at(text.trim_start().as_bytes()), Some((_, true, _)))
}

/// The first tag of a text as it stands in [`TAGS`], to name it in a message; opening or closing.
pub(super) fn first_tag(text: &str) -> Option<&'static str> {
    if harmony::split(text).is_some() {
        return Some("<|channel|>analysis");
    }
    let mark = find_marks(text).into_iter().find(|mark| !mark.inline_code);
    match mark {
        Some(mark) => {
            TAGS.get(mark.kind).map(|(open, close)| if mark.opens { *open } else { *close })
        }
        None => {
            let start = text.trim_start();
            PHRASES.iter().map(|(open, _)| *open).find(|open| strip_prefix(start, open).is_some())
        }
    }
}

/// The index of the mark that closes the one at `open`. Code blocks count from the opening tag.
///
/// Reasoning often leaves a code block open. Where every closing tag seems to stand in code,
/// the first one counts if the reasoning leads the text.
fn closing(marks: &[Mark], open: usize, leading: bool) -> Option<usize> {
    let opening = &marks[open];
    let mut first = None;
    for (at, mark) in marks.iter().enumerate().skip(open + 1) {
        if mark.opens || mark.kind != opening.kind || mark.inline_code {
            continue;
        }
        if (mark.fences - opening.fences).is_multiple_of(2) {
            return Some(at);
        }
        first = first.or(Some(at));
    }
    first.filter(|_| leading)
}

fn find_marks(text: &str) -> Vec<Mark> {
    let bytes = text.as_bytes();
    let mut marks = Vec::new();
    let mut fences = 0;
    let mut counted = 0; // fences are counted up to here
    let mut at = 0;
    // Bytes are looked at, not characters: only whole characters begin with these.
    let may_begin = |byte: &u8| matches!(byte, b'<' | b'[' | 0xe2);
    while let Some(found) = bytes[at..].iter().position(may_begin) {
        let start = at + found;
        at = start + 1;
        // Dashes and quotation marks begin with the same byte as `◁`, and are frequent.
        if bytes[start] == 0xe2 && !bytes[start..].starts_with("◁".as_bytes()) {
            continue;
        }
        let Some((kind, opens, length)) = tag_at(&bytes[start..]) else { continue };
        let end = start + length;
        while let Some(fence) = next_fence(text, counted, start) {
            fences += 1;
            counted = fence;
        }
        counted = counted.max(start);
        let inline_code = start > 0 && bytes[start - 1] == b'`' && bytes.get(end) == Some(&b'`');
        marks.push(Mark { start, end, kind, opens, inline_code, fences });
        at = end;
        if marks.len() == MOST_MARKS {
            break;
        }
    }
    marks
}

/// Where the first character that is no white space stands, from this place on.
fn first_solid(text: &str, from: usize) -> usize {
    text.len() - text[from..].trim_start().len()
}

/// Which tag the bytes begin with: its kind, whether it opens, its length.
fn tag_at(bytes: &[u8]) -> Option<(usize, bool, usize)> {
    let begins = |tag: &str| {
        bytes.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes()))
    };
    TAGS.iter().enumerate().find_map(|(kind, (open, close))| {
        if begins(open) {
            Some((kind, true, open.len()))
        } else {
            begins(close).then_some((kind, false, close.len()))
        }
    })
}

/// The end of the first code fence that begins in `from..to`.
fn next_fence(text: &str, from: usize, to: usize) -> Option<usize> {
    let mut from = from;
    loop {
        let may_begin = |byte: &u8| matches!(byte, b'`' | b'~');
        let found = text.as_bytes().get(from..to)?.iter().position(may_begin)? + from;
        let rest = &text[found..];
        let is_fence = rest.starts_with("```") || rest.starts_with("~~~");
        if is_fence && starts_line(text, found) {
            // A fence may carry the name of a language; the rest of the line cannot hold another.
            let end = rest.find('\n').map_or(text.len(), |length| found + length);
            return Some(end.min(to));
        }
        from = found + 1;
    }
}

/// Whether only blanks, and not many of them, stand between the start of the line and this place.
fn starts_line(text: &str, at: usize) -> bool {
    let before = &text.as_bytes()[..at];
    let blanks = before.iter().rev().take(64).take_while(|byte| matches!(byte, b' ' | b'\t'));
    match before.len().checked_sub(blanks.count() + 1) {
        Some(last) => before[last] == b'\n' || before[last] == b'\r',
        None => true,
    }
}

/// A block without a second opening tag, which some templates and models repeat.
fn unopened(block: &str) -> &str {
    let mut block = block.trim();
    while let Some((_, true, length)) = tag_at(block.as_bytes()) {
        block = block[length..].trim_start();
    }
    block
}

fn unwrapped(answer: &str) -> &str {
    for (open, close) in ANSWER_WRAPPERS {
        if let Some(inner) = answer.strip_prefix(open) {
            return inner.strip_suffix(close).unwrap_or(inner).trim();
        }
    }
    answer
}

fn split_phrases(text: &str) -> Option<Split> {
    let start = text.trim_start();
    for (open, close) in PHRASES {
        let Some(rest) = strip_prefix(start, open) else { continue };
        let (reasoning, answer, shape) = match rest.split_once(close) {
            Some((reasoning, answer)) => (reasoning.trim(), answer.trim(), Shape::Closed),
            None => (rest.trim(), "", Shape::OpeningOnly),
        };
        let shape = if reasoning.is_empty() { Shape::Empty } else { shape };
        return Some(Split { shape, reasoning: reasoning.into(), answer: answer.into() });
    }
    None
}

fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let start = text.as_bytes().get(..prefix.len())?;
    start.eq_ignore_ascii_case(prefix.as_bytes()).then(|| text.get(prefix.len()..))?
}

fn strip_suffix<'a>(text: &'a str, suffix: &str) -> Option<&'a str> {
    let start = text.len().checked_sub(suffix.len())?;
    text.as_bytes()[start..].eq_ignore_ascii_case(suffix.as_bytes()).then(|| text.get(..start))?
}

fn joined<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let parts: Vec<_> = parts.map(str::trim).filter(|part| !part.is_empty()).collect();
    parts.join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, shape: Shape, reasoning: &str, answer: &str) {
        let split = split(text);
        let found = (split.shape, split.reasoning.as_str(), split.answer.as_str());
        assert_eq!(found, (shape, reasoning, answer), "{text}");
    }

    #[test]
    fn a_closed_pair_of_every_kind() {
        for (open, close) in TAGS {
            let text = format!("{open}\nFirst, I add.\n{close}\n\nIt is 4.");
            check(&text, Shape::Closed, "First, I add.", "It is 4.");
            check(&text.to_uppercase(), Shape::Closed, "FIRST, I ADD.", "IT IS 4.");
        }
        let granite = "Here is my thought process: I add. Here is my response: 4";
        check(granite, Shape::Closed, "I add.", "4");
        let open_thoughts = "<|begin_of_thought|>\n\nI add.\n\n<|end_of_thought|>\n\n<|begin_of_solution|>\n\n4\n\n<|end_of_solution|>";
        check(open_thoughts, Shape::Closed, "I add.", "4");
    }

    #[test]
    fn a_closing_tag_only() {
        for (_, close) in TAGS {
            let text = format!("Okay, I add.\n{close}\nIt is 4.");
            check(&text, Shape::ClosingOnly, "Okay, I add.", "It is 4.");
        }
        check("</think>\n\n4", Shape::Empty, "", "4");
    }

    #[test]
    fn an_opening_tag_only_is_cut_off() {
        check("<think>\nFirst, I", Shape::OpeningOnly, "First, I", "");
        check("Sure!\n<think>\nFirst, I", Shape::OpeningOnly, "First, I", "Sure!");
        check("Write <think> first.", Shape::Absent, "", "Write <think> first.");
        check("Here is my thought process: well", Shape::OpeningOnly, "well", "");
    }

    #[test]
    fn an_empty_pair_and_no_tags() {
        check("<think>\n\n</think>\n\n4", Shape::Empty, "", "4");
        check("It is 4.", Shape::Absent, "", "It is 4.");
        check("", Shape::Absent, "", "");
        check("a < b, [1], ◁x▷", Shape::Absent, "", "a < b, [1], ◁x▷");
    }

    #[test]
    fn several_blocks_in_one_answer() {
        let text = "<think>one</think>First. <think>two</think> Second.";
        check(text, Shape::Closed, "one\n\ntwo", "First.\n\nSecond.");
        check("<think>\n<think>\none</think>A", Shape::Closed, "one", "A");
    }

    #[test]
    fn a_tag_quoted_in_code_is_no_tag() {
        let fenced = "Use tags:\n```xml\n<think>\nhere\n</think>\n```\nDone.";
        check(fenced, Shape::Absent, "", fenced);
        let inline = "Write `<think>` and `</think>` around it.";
        check(inline, Shape::Absent, "", inline);
        let both = format!("<think>I quote.</think>\n{fenced}");
        check(&both, Shape::Closed, "I quote.", fenced);
        let inside = "<think>As `</think>` or\n```\n</think>\n```\nends it.</think>4";
        check(inside, Shape::Closed, "As `</think>` or\n```\n</think>\n```\nends it.", "4");
    }

    #[test]
    fn reasoning_that_leaves_a_code_block_open_still_ends() {
        check("<think>Try:\n```py\nx = 1\n</think>\n4", Shape::Closed, "Try:\n```py\nx = 1", "4");
        let after = "<think>Try:\n```py\nx\n</think>\n```py\ny\n```\n<think>z</think>";
        assert_eq!(split(after).reasoning, "Try:\n```py\nx\n\nz");
    }

    #[test]
    fn outer_tags_are_stripped_from_a_field() {
        for text in ["<think>\nI add.\n</think>", "I add.", "I add.</think>\n", "<think>I add."] {
            assert_eq!(strip_outer(text), "I add.");
        }
    }

    #[test]
    fn a_flood_of_tags_takes_no_time() {
        let start = std::time::Instant::now();
        for tag in
            ["<think>", "</think>", "x<think>", "`<think>`", "```\n<think>", "<", "[", "```\n"]
        {
            split(&tag.repeat(200_000));
        }
        split(&format!("{}<think>", " ".repeat(1_000_000)).repeat(3));
        assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    }
}
