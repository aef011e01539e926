//! Example traces → what the page shows of them: each cut to a bounded length, its stretches
//! coloured, its features marked.
//!
//! The colours are the same for all examples: the first reference of the ranking that any stretch
//! resembles has the first. The pieces are made by the code of the page of `explain`.

use super::section::{Question, Section};
use crate::lineage::Comparison;
use crate::report::Error;
use crate::report::escape::{boundary, name, sentence};
use crate::report::explain::{Shown, left_out, shown};
use crate::report::numbers::{count, share};
use crate::report::page_parts::unbroken_one;
use crate::report::wording;
use minijinja::Value;
use serde::Serialize;

/// Bytes and lines of a text that are shown, whichever are fewer.
const SHOWN_BYTES: usize = 3_000;
const SHOWN_LINES: usize = 36;
/// References with a colour of their own.
const COLOURS: usize = 5;

/// The section.
pub(super) struct Examples;

impl Section for Examples {
    fn id(&self) -> &'static str {
        "examples"
    }

    fn question(&self) -> Question {
        Question::Text
    }

    fn template(&self) -> &'static str {
        include_str!("examples.html")
    }

    fn page(&self, comparison: &Comparison) -> Result<Option<Value>, Error> {
        Ok(ExamplesSection::new(comparison).map(Value::from_serialize))
    }
}

/// What the template sees.
#[derive(Serialize)]
struct ExamplesSection {
    key: Vec<Key>,
    /// Whether some stretch resembles a reference without a colour.
    has_others: bool,
    examples: Vec<ExamplePart>,
}

#[derive(Serialize)]
struct Key {
    class: String,
    reference: String,
}

#[derive(Serialize)]
struct ExamplePart {
    title: String,
    id: String,
    words: String,
    probability: String,
    reference: String,
    sentence: String,
    shown: Vec<Shown>,
    left_out: String,
}

impl ExamplesSection {
    /// What the template needs; nothing where there are no examples.
    pub fn new(comparison: &Comparison) -> Option<Self> {
        let first = comparison.ranking.first()?;
        if comparison.examples.is_empty() {
            return None;
        }
        let all = || comparison.examples.iter().flat_map(|one| &one.explanation.stretches);
        let place = |name: &str| comparison.ranking.iter().position(|r| r.reference == name);
        let mut named: Vec<&str> = all().filter_map(|one| one.reference.as_deref()).collect();
        named.sort_by_key(|name| (place(name), *name));
        named.dedup();
        let class_of = |reference: Option<&str>| match reference {
            None => "open".to_owned(),
            Some(reference) => match named.iter().position(|name| *name == reference) {
                Some(at) if at < COLOURS => format!("s{}", at + 1),
                _ => "other".into(),
            },
        };
        let examples = comparison.examples.iter().map(|one| {
            let end = end_of(&one.text);
            ExamplePart {
                title: wording::example_title(one.kind, &first.reference),
                id: name(&one.explanation.id),
                words: count(one.explanation.words),
                probability: share(one.probability),
                reference: name(&first.reference),
                sentence: unbroken_one(sentence(&one.explanation.sentence())),
                shown: shown(&one.explanation, &one.text, end, &class_of),
                left_out: left_out(&one.text, end),
            }
        });
        let key = named.iter().take(COLOURS);
        Some(Self {
            examples: examples.collect(),
            key: key
                .map(|reference| Key {
                    class: class_of(Some(reference)),
                    reference: name(reference),
                })
                .collect(),
            has_others: named.len() > COLOURS,
        })
    }
}

/// Where the part that is shown ends.
fn end_of(text: &str) -> usize {
    let lines = text.match_indices('\n').nth(SHOWN_LINES - 1).map_or(text.len(), |(at, _)| at);
    boundary(text, lines.min(SHOWN_BYTES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_by_bytes_and_by_lines() {
        assert_eq!(end_of("one\ntwo"), 7);
        assert_eq!(end_of(&"ä".repeat(SHOWN_BYTES)), SHOWN_BYTES);
        assert_eq!(end_of(&"a\n".repeat(100)), 2 * SHOWN_LINES - 1);
    }
}
