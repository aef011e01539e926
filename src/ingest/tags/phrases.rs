//! Phrases that take the place of tags, and what pages make of a reasoning.
//!
//! Comes in: a model's whole output, or a block of it. Called by [`split`](super::split).

use super::{Shape, Split, joined, strip_prefix, without_end_of_turn};

/// The phrases; they count only where the text begins with the first.
const PHRASES: &[(&str, &str)] = &[
    ("Here is my thought process:", "Here is my response:"),
    ("Here are my reasoning steps:", "[BEGIN FINAL RESPONSE]"),
    // What `ollama run` prints.
    ("Thinking...\n", "...done thinking."),
];

/// Splits a text that begins with one of the phrases.
pub(super) fn split(text: &str) -> Option<Split> {
    let plain;
    let text = if text.contains("\u{1b}[") {
        plain = without_colours(text);
        plain.as_str()
    } else {
        text
    };
    let start = text.trim_start();
    for (open, close) in PHRASES {
        let Some(rest) = strip_prefix(start, open) else { continue };
        let (reasoning, answer, shape) = match rest.split_once(close) {
            Some((reasoning, answer)) => (reasoning.trim(), answer.trim(), Shape::Closed),
            None => (rest.trim(), "", Shape::OpeningOnly),
        };
        let answer = without_end_of_turn(answer);
        let shape = if reasoning.is_empty() { Shape::Empty } else { shape };
        return Some(Split { shape, reasoning: reasoning.into(), answer: answer.into() });
    }
    None
}

/// The phrase that a text begins with, to name it in a message.
pub(super) fn first(text: &str) -> Option<&'static str> {
    let start = text.trim_start();
    PHRASES.iter().map(|(open, _)| open.trim()).find(|open| strip_prefix(start, open).is_some())
}

/// The text without the codes by which a terminal shows colours.
fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut pieces = text.split("\u{1b}[");
    plain.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let is_code = |c: char| c.is_ascii_digit() || matches!(c, ';' | '?');
        let rest = piece.trim_start_matches(is_code);
        plain.push_str(
            rest.get(1..)
                .filter(|_| rest.starts_with(|c: char| c.is_ascii_alphabetic()))
                .unwrap_or(rest),
        );
    }
    plain
}

/// The text with the brackets of its tags unescaped, where a page has escaped them. `None` where
/// there are none.
pub(super) fn unescaped(text: &str) -> Option<String> {
    let has_tag = memchr::memmem::find(text.as_bytes(), b"&lt;/").is_some()
        || text.trim_start().starts_with("&lt;");
    has_tag.then(|| plain(text))
}

fn plain(text: &str) -> String {
    let entities =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'")];
    let text = entities.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    text.replace("&amp;", "&")
}

/// A block of Open WebUI: without its summary and the quote mark in front of each line.
pub(super) fn unquoted(block: &str) -> String {
    let block = block.trim();
    let block = match block.strip_prefix("<summary>").and_then(|rest| rest.split_once("</summary>"))
    {
        Some((_, rest)) => rest.trim(),
        None => block,
    };
    let escaped = block.starts_with("&gt;");
    let unescaped = if escaped { plain(block) } else { block.to_owned() };
    let lines: Vec<_> = unescaped
        .lines()
        .map(|line| line.strip_prefix("> ").or(line.strip_prefix('>')).unwrap_or(line))
        .collect();
    joined(std::iter::once(lines.join("\n").as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_take_the_place_of_tags() {
        for text in [
            "Here is my thought process: I add. Here is my response: 4",
            "Here are my reasoning steps:\nI add.\n[BEGIN FINAL RESPONSE]\n4\n[END FINAL RESPONSE]",
            "Thinking...\nI add.\n...done thinking.\n\n4\n",
            "\u{1b}[2mThinking...\nI add.\n\u{1b}[0m...done thinking.\n\n4",
        ] {
            let split = split(text).unwrap();
            assert_eq!(
                (split.reasoning.as_str(), split.answer.as_str()),
                ("I add.", "4"),
                "{text}"
            );
        }
        assert_eq!(split("Thinking... I add."), None);
        assert_eq!(split("I say: Here is my thought process: none"), None);
    }
}
