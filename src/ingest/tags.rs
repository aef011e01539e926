//! A model's whole output → its reasoning and its answer, by the tags between them.
//!
//! Called by the formats for every text that may hold tags. All shapes that real files hold are
//! understood: a closed pair, a closing tag only (the chat template had opened it), an opening tag
//! only (the output was cut off), an empty pair, several blocks, and the channels of gpt-oss. A tag that
//! is only spoken of, in code, in quotation marks or in a sentence, is text.

mod harmony;
mod phrases;
mod quotes;
mod table;
mod tools;

use table::{DETAILS, Mark, TAGS, ends_line, find_marks, starts_line, tag_at};

pub(super) use harmony::has_channels;
pub(super) use tools::without_calls;

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

/// What may surround the answer once the reasoning is cut off, matched whatever its case.
const ANSWER_WRAPPERS: &[(&str, &str)] = &[
    ("<|begin_of_solution|>", "<|end_of_solution|>"),
    ("<|START_RESPONSE|>", "<|END_RESPONSE|>"),
    ("[BEGIN FINAL RESPONSE]", "[END FINAL RESPONSE]"),
    ("<response>", "</response>"),
    ("<answer>", "</answer>"),
];

/// What ends the turn of a model, and some programs leave behind its answer.
const ENDS_OF_TURN: &[&str] = &[
    "<|im_end|>",
    "<|eot_id|>",
    "<|endoftext|>",
    "<|end_of_text|>",
    "<|return|>",
    "<|end|>",
    "<end_of_turn>",
    "<turn|>",
    "<｜end▁of▁sentence｜>",
    "<|END_OF_TURN_TOKEN|>",
    "[|endofturn|]",
    "[END FINAL RESPONSE]",
    "</s>",
];

/// Splits a text at its tags.
///
/// A tag in code, in quotation marks or in the middle of a sentence is not a tag. The first pair
/// opens at the start of the text or of a line, or holds several lines. An opening tag without a
/// closing one counts only at the start of the text or of a line.
pub fn split(text: &str) -> Split {
    if let Some(split) = harmony::split(text).or_else(|| phrases::split(text)) {
        return split;
    }
    let split = split_tags(text);
    if split.shape != Shape::Absent {
        return split;
    }
    // What was written for a page has its brackets escaped.
    match phrases::unescaped(text).map(|plain| split_tags(&plain)) {
        Some(plain) if plain.shape != Shape::Absent => plain,
        _ => split,
    }
}

fn split_tags(text: &str) -> Split {
    let marks = find_marks(text);
    let mut blocks: Vec<String> = Vec::new();
    let mut outside: Vec<&str> = Vec::new();
    let mut shape = Shape::Absent;
    let mut from = 0; // where the text outside the blocks goes on
    let mut fences = 0; // how many code fences stand before that
    let mut solid = first_solid(text, from);
    let mut at = 0;
    while let Some(&mark) = marks.get(at) {
        let quoted = mark.quoted || !(mark.fences - fences).is_multiple_of(2);
        let mut end = None;
        if quoted {
        } else if mark.opens {
            let leading = solid >= mark.start;
            let stands =
                leading || starts_line(text, mark.start) || follows_token(text, mark.start);
            match closing(text, &marks, at, leading) {
                Some((close, extra)) => {
                    let body = &text[mark.end..marks[close - extra].start];
                    if stands || !blocks.is_empty() || body.contains('\n') {
                        outside.push(&text[from..mark.start]);
                        blocks.push(block(body, mark.kind, extra));
                        shape = Shape::Closed;
                        end = Some(close);
                    } else {
                        // A pair in a sentence, that speaks of tags.
                        at = close + 1;
                        continue;
                    }
                }
                None if blocks.is_empty() && (leading || starts_line(text, mark.start)) => {
                    outside.push(&text[..mark.start]);
                    let body = &text[mark.end..];
                    blocks.push(block(body, mark.kind, 0));
                    let called = tools::ends_in_call(body);
                    shape = if called { Shape::Closed } else { Shape::OpeningOnly };
                    from = text.len();
                    break;
                }
                None => {}
            }
        } else if blocks.is_empty() && mark.closes_alone() && !mark.in_sentence {
            blocks.push(block(&text[from..mark.start], mark.kind, 0));
            shape = Shape::ClosingOnly;
            end = Some(at);
        } else if shape != Shape::Absent && text[from..mark.start].trim().is_empty() {
            // A closing tag that is repeated in front of the answer.
            end = Some(at);
        }
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
    let answer = if shape == Shape::Absent { answer.as_str() } else { unwrapped(&answer) };
    Split { shape, reasoning, answer: answer.to_owned() }
}

/// Cuts off tags that stand at the very start and end of a text that is known to be reasoning.
pub fn strip_outer(text: &str) -> &str {
    let mut text = unopened(text);
    for (_, close) in TAGS.iter().filter(|(open, _)| *open != DETAILS && *open != ":::thinking") {
        text = strip_suffix(text, close).unwrap_or(text).trim();
    }
    text
}

/// Whether a text begins with an opening tag.
pub fn is_opened(text: &str) -> bool {
    tag_at(text.trim_start().as_bytes()).is_some_and(|tag| tag.opens)
}

/// The first tag of a text as it stands in [`TAGS`], to name it in a message; opening or closing.
pub(super) fn first_tag(text: &str) -> Option<&'static str> {
    if harmony::split(text).is_some() {
        return Some("<|channel|>analysis");
    }
    match find_marks(text).into_iter().find(|mark| !mark.quoted) {
        Some(mark) => {
            TAGS.get(mark.kind).map(|(open, close)| if mark.opens { *open } else { *close })
        }
        None => phrases::first(text).or_else(|| first_tag(&phrases::unescaped(text)?)),
    }
}

/// The index of the mark that closes the one at `open`, and how many marks in front of it close
/// nested tags. Code blocks count from the opening tag.
///
/// Reasoning often leaves a code block open. Where every closing tag seems to stand in code, the
/// first that stands alone on its line counts if the reasoning leads the text, else the first.
fn closing(text: &str, marks: &[Mark], open: usize, leading: bool) -> Option<(usize, usize)> {
    let opening = &marks[open];
    let same = |mark: &Mark| mark.kind == opening.kind;
    let stands_alone = |mark: &Mark| starts_line(text, mark.start) && ends_line(text, mark.end);
    let mut in_sentence = None;
    let mut in_code = None;
    for (at, mark) in marks.iter().enumerate().skip(open + 1).filter(|(_, mark)| same(mark)) {
        if mark.opens {
            // Another block begins: what was found before it closes this one.
            if in_sentence.is_some() && !mark.quoted && starts_line(text, mark.start) {
                break;
            }
            continue;
        }
        let is_code = mark.quoted || !(mark.fences - opening.fences).is_multiple_of(2);
        if is_code {
            let better =
                in_code.is_none_or(|(_, alone): (usize, bool)| !alone && stands_alone(mark));
            if better {
                in_code = Some((at, stands_alone(mark)));
            }
        } else if mark.in_sentence {
            in_sentence = in_sentence.or(Some(at));
        } else {
            return Some(nested(text, marks, at));
        }
    }
    let code = in_code.filter(|_| leading).map(|(at, _)| at);
    in_sentence.or(code).map(|at| (at, 0))
}

/// The last of several closing tags that stand back to back, and how many there are before it.
fn nested(text: &str, marks: &[Mark], first: usize) -> (usize, usize) {
    let mut at = first;
    while let Some(next) = marks.get(at + 1)
        && !next.opens
        && next.kind == marks[at].kind
        && text[marks[at].end..next.start].trim().is_empty()
    {
        at += 1;
    }
    (at, at - first)
}

/// What stands between two tags, without the tags of `nested` pairs in it.
fn block(body: &str, kind: usize, nested: usize) -> String {
    let mut body = body.to_owned();
    if nested > 0 {
        for mark in find_marks(&body).iter().rev().filter(|mark| mark.opens).take(nested) {
            body.replace_range(mark.start..mark.end, "");
        }
    }
    let is_details = TAGS.get(kind).is_some_and(|(open, _)| *open == DETAILS);
    if is_details { phrases::unquoted(&body) } else { body }
}

/// Whether a token of a chat template stands in front of this place, or one word that is a label.
fn follows_token(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end_matches(' ');
    let line = before.rsplit('\n').next().unwrap_or_default();
    let is_label =
        line.strip_suffix(':').is_some_and(|word| !word.contains(' ') && word.len() < 20);
    is_label || before.ends_with(['>', ']', '|', '｜'])
}

/// Whether a text may hold a tag at all; asked of texts that most likely hold none.
pub(super) fn may_hold(text: &str) -> bool {
    let bytes = text.as_bytes();
    let marks: [&[u8]; 7] = [b"</", b"<|", b"[/", b"&lt;/", b"<channel|>", b":::", "◁".as_bytes()];
    marks.iter().any(|mark| memchr::memmem::find(bytes, mark).is_some())
        || is_opened(text)
        || ["analysis", "Here ", "Thinking..."]
            .iter()
            .any(|start| text.trim_start().starts_with(start))
        || memchr::memmem::find(bytes, b"\n<").is_some()
        || memchr::memmem::find(bytes, b"[unused17]").is_some()
        || memchr::memmem::find(bytes, b"</ ").is_some()
}

/// Where the first character that is no white space stands, from this place on.
fn first_solid(text: &str, from: usize) -> usize {
    text.len() - text[from..].trim_start().len()
}

/// A block without a second opening tag, which some templates and models repeat.
fn unopened(block: &str) -> &str {
    let mut block = block.trim();
    while let Some(tag) = tag_at(block.as_bytes())
        && tag.opens
    {
        block = block[tag.length..].trim_start();
    }
    block
}

/// An answer without the tokens behind it that end the turn.
fn without_end_of_turn(mut answer: &str) -> &str {
    while let Some(rest) = ENDS_OF_TURN.iter().find_map(|end| answer.strip_suffix(end)) {
        answer = rest.trim_end();
    }
    answer
}

fn unwrapped(answer: &str) -> &str {
    let answer = without_end_of_turn(answer);
    for (open, close) in ANSWER_WRAPPERS {
        if let Some(inner) = strip_prefix(answer, open) {
            let inner = inner.trim();
            return strip_suffix(inner, close).unwrap_or(inner).trim();
        }
    }
    answer
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
        let alone = |(open, _): &&(&str, &str)| *open != DETAILS && *open != ":::thinking";
        for (_, close) in TAGS.iter().filter(alone) {
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
    fn what_only_speaks_of_tags_is_text() {
        for text in [
            "Models wrap it as <think>like this</think> before they answer.",
            "Close it with </think> at the end.",
            "Use \"<think>\" and \"</think>\" around it.",
            "Set `<think>\n` first, then `\n</think>\n\n` last.",
        ] {
            check(text, Shape::Absent, "", text);
        }
        let quoting = "<think>\nIt ends with </think> there.\nSo I say 4.\n</think>\n\n4";
        check(quoting, Shape::Closed, "It ends with </think> there.\nSo I say 4.", "4");
        let string = "<think>\nassert \"</think>\" not in x.\n</think>\nUse </think>, as usual.";
        check(string, Shape::Closed, "assert \"</think>\" not in x.", "Use </think>, as usual.");
        let sentence = "Sure. <think>I add\nand add.</think>4";
        check(sentence, Shape::Closed, "I add\nand add.", "Sure.\n\n4");
    }

    #[test]
    fn nested_and_repeated_tags() {
        check("<think>a <think>b</think></think>c", Shape::Closed, "a b", "c");
        check("<think>a</think>\n</think>\nc", Shape::Closed, "a", "c");
        check("a\n</think>\n</think>\nc", Shape::ClosingOnly, "a", "c");
    }

    #[test]
    fn attributes_blanks_and_escaped_brackets() {
        check("<think signature=\"x\">\na\n</think >\nb", Shape::Closed, "a", "b");
        check("&lt;think&gt;\na &amp; b\n&lt;/think&gt;\nc", Shape::Closed, "a & b", "c");
        check("a &lt; b", Shape::Absent, "", "a &lt; b");
        let details = "<details type=\"reasoning\" done=\"true\">\n<summary>Thought for 2 s</summary>\n> One.\n>\n> Two.\n</details>\nThree.";
        check(details, Shape::Closed, "One.\n\nTwo.", "Three.");
        check(
            "<details><summary>x</summary>y</details>",
            Shape::Absent,
            "",
            "<details><summary>x</summary>y</details>",
        );
    }

    #[test]
    fn answers_are_unwrapped() {
        for answer in ["<response>4</response>", "<ANSWER>\n4\n</ANSWER>", "4"] {
            check(&format!("<think>a</think>\n{answer}"), Shape::Closed, "a", "4");
        }
        check("<answer>4</answer>", Shape::Absent, "", "<answer>4</answer>");
    }

    #[test]
    fn an_open_reasoning_that_ends_in_a_call_is_whole() {
        let text = "<think>\nI look.\n<tool_call>\n{}\n</tool_call>";
        let split = split(text);
        assert_eq!(split.shape, Shape::Closed);
        assert_eq!(without_calls(&split.reasoning).as_deref(), Some("I look."));
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
