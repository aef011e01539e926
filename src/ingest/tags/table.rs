//! The pairs of tags, and where they stand in a text.
//!
//! Comes in: a text. Goes out: its [`Mark`]s in order, each with what tells whether it is a tag or
//! only speaks of one. Called by [`split`](super::split).

use super::quotes;

/// The pairs of tags, matched whatever their case. A pair like `<think>` may carry attributes and
/// blanks: `<thinking budget="200">`, `</think >`.
pub(super) const TAGS: &[(&str, &str)] = &[
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<thoughts>", "</thoughts>"),
    ("<reasoning>", "</reasoning>"),
    ("<seed:think>", "</seed:think>"),
    ("<mm:think>", "</mm:think>"),
    ("<think_fast>", "</think_fast>"),
    ("<think_slow>", "</think_slow>"),
    ("<longcat_think>", "</longcat_think>"),
    ("<scratchpad>", "</scratchpad>"),
    ("<scratchpad_reasoning>", "</scratchpad_reasoning>"),
    ("<antthinking>", "</antthinking>"),
    ("<reasoning_content>", "</reasoning_content>"),
    ("◁think▷", "◁/think▷"),
    ("[THINK]", "[/THINK]"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|inner_prefix|>", "<|inner_suffix|>"),
    ("<|channel>thought", "<channel|>"),
    ("[unused16]", "[unused17]"),
    (":::thinking", ":::"),
    (DETAILS, "</details>"),
];

/// What Open WebUI lays around a reasoning: each line of it is quoted with `> `.
pub(super) const DETAILS: &str = "<details type=\"reasoning\">";

/// No model writes more tags than this; a text that does is an attack.
const MOST_MARKS: usize = 4096;

/// How long the attributes of a tag may be. Some hold a signature.
const LONGEST_ATTRIBUTES: usize = 16 << 10;

/// A tag, or what looks like one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub start: usize,
    pub end: usize,
    /// Index in [`TAGS`].
    pub kind: usize,
    pub opens: bool,
    /// Stands in a code span or in quotation marks.
    pub quoted: bool,
    /// Words of one sentence stand on both sides of it.
    pub in_sentence: bool,
    /// How many code fences stand before it.
    pub fences: usize,
}

impl Mark {
    /// Whether a closing tag of this kind says something where none opened.
    pub fn closes_alone(self) -> bool {
        TAGS.get(self.kind).is_some_and(|(open, _)| *open != DETAILS && *open != ":::thinking")
    }
}

/// A tag at the beginning of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag {
    pub kind: usize,
    pub opens: bool,
    pub length: usize,
}

/// The tag that the bytes begin with.
pub(super) fn tag_at(bytes: &[u8]) -> Option<Tag> {
    let begins = |tag: &str| {
        bytes.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes()))
    };
    if let Some(tag) = named_at(bytes) {
        return Some(tag);
    }
    TAGS.iter().enumerate().filter(|(_, (open, _))| name(open).is_none()).find_map(
        |(kind, (open, close))| {
            if begins(open) {
                Some(Tag { kind, opens: true, length: open.len() })
            } else {
                begins(close).then_some(Tag { kind, opens: false, length: close.len() })
            }
        },
    )
}

/// The name of a tag in angle brackets, which may have blanks and attributes.
fn name(open: &str) -> Option<&str> {
    let name = open.strip_prefix('<')?.strip_suffix('>')?;
    (!name.contains(['|', ' '])).then_some(name)
}

/// A tag in angle brackets, its blanks and attributes included.
fn named_at(bytes: &[u8]) -> Option<Tag> {
    let rest = bytes.strip_prefix(b"<")?;
    let rest = skip_blanks(rest);
    let (opens, rest) = match rest.strip_prefix(b"/") {
        Some(rest) => (false, skip_blanks(rest)),
        None => (true, rest),
    };
    let length = rest
        .iter()
        .position(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'_' | b':' | b'-'))?;
    let word = &rest[..length];
    let after = &rest[length..];
    if word.eq_ignore_ascii_case(b"details") {
        let kind = TAGS.len() - 1;
        let end = end_of_tag(after)?;
        let attributes = &after[..end];
        let is_reasoning = memchr::memmem::find(attributes, b"type=\"reasoning\"").is_some();
        let length = bytes.len() - after.len() + end + 1;
        return (is_reasoning || !opens).then_some(Tag { kind, opens, length });
    }
    let kind = TAGS.iter().position(|(open, _)| {
        name(open).is_some_and(|name| name.as_bytes().eq_ignore_ascii_case(word))
    })?;
    let end = end_of_tag(after)?;
    // `<think about it>` is no tag: attributes have values.
    let blank = after[..end].trim_ascii().is_empty();
    let is_tag = blank || (opens && after[..end].contains(&b'='));
    is_tag.then(|| Tag { kind, opens, length: bytes.len() - after.len() + end + 1 })
}

fn skip_blanks(bytes: &[u8]) -> &[u8] {
    let blanks = bytes.iter().take(4).take_while(|byte| **byte == b' ').count();
    &bytes[blanks..]
}

/// Where the bracket stands that ends a tag.
fn end_of_tag(after: &[u8]) -> Option<usize> {
    let within = &after[..after.len().min(LONGEST_ATTRIBUTES)];
    let end = within.iter().position(|byte| matches!(byte, b'>' | b'<'))?;
    (within[end] == b'>').then_some(end)
}

/// All tags of a text, up to a bound.
pub(super) fn find_marks(text: &str) -> Vec<Mark> {
    let bytes = text.as_bytes();
    let mut marks = Vec::new();
    let mut fences = 0;
    let mut counted = 0; // fences are counted up to here
    let mut at = 0;
    // Bytes are looked at, not characters: only whole characters begin with these.
    let may_begin = |byte: &u8| matches!(byte, b'<' | b'[' | b':' | 0xe2);
    while let Some(found) = bytes[at..].iter().position(may_begin) {
        let start = at + found;
        at = start + 1;
        // Dashes and quotation marks begin with the same byte as `◁`, and are frequent.
        if bytes[start] == 0xe2 && !bytes[start..].starts_with("◁".as_bytes()) {
            continue;
        }
        if bytes[start] == b':' && !(bytes[start..].starts_with(b":::") && starts_line(text, start))
        {
            continue;
        }
        let Some(tag) = tag_at(&bytes[start..]) else { continue };
        let end = start + tag.length;
        while let Some(fence) = next_fence(text, counted, start) {
            fences += 1;
            counted = fence;
        }
        counted = counted.max(start);
        let quoted = quotes::is_quoted(text, start, end);
        let in_sentence = !tag.opens && quotes::is_in_sentence(text, start, end);
        let (kind, opens) = (tag.kind, tag.opens);
        marks.push(Mark { start, end, kind, opens, quoted, in_sentence, fences });
        at = end;
        if marks.len() == MOST_MARKS {
            break;
        }
    }
    marks
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
pub(super) fn starts_line(text: &str, at: usize) -> bool {
    let before = &text.as_bytes()[..at];
    let blanks = before.iter().rev().take(64).take_while(|byte| matches!(byte, b' ' | b'\t'));
    match before.len().checked_sub(blanks.count() + 1) {
        Some(last) => before[last] == b'\n' || before[last] == b'\r',
        None => true,
    }
}

/// Whether only blanks stand between this place and the end of the line.
pub(super) fn ends_line(text: &str, at: usize) -> bool {
    let rest = &text.as_bytes()[at..];
    let blanks = rest.iter().take(64).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    matches!(rest.get(blanks), None | Some(b'\n' | b'\r'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<(bool, usize)> {
        tag_at(text.as_bytes()).map(|tag| (tag.opens, tag.length))
    }

    #[test]
    fn blanks_and_attributes_belong_to_a_tag() {
        for text in ["<think>", "<THINK>", "< think >", "<think\n>", "<thinking budget=\"200\">"] {
            assert_eq!(found(&format!("{text}x")), Some((true, text.len())), "{text}");
        }
        for text in ["</think>", "</ think >", "</seed:think>", "[/THINK]", ":::"] {
            assert_eq!(found(&format!("{text}x")), Some((false, text.len())), "{text}");
        }
        for text in ["<think about it>", "<thinker>", "<think", "<think <b>", "</think of=\"x\">"] {
            assert_eq!(found(text), None, "{text}");
        }
        assert_eq!(found("<details type=\"tool_calls\">"), None);
        assert!(found("<details type=\"reasoning\" done=\"true\">").is_some());
    }
}
