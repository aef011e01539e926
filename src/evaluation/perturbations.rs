//! A text → the same text in other clothes: what is left of a outcome when habits that are easily
//! changed are taken away.
//!
//! Each [`View`] is a function of the text and the seed alone. Called by
//! [`super::classifier::cross_validate`] on held-out traces.

use crate::{
    features::sentences,
    stats::random::{below, shuffle, stream},
    text::{is_ideographic, word_starts},
};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::borrow::Cow;
use xxhash_rust::xxh3::xxh3_64;

/// Share of the words that are dropped, in per cent.
const DROPPED: usize = 20;
/// Sentences that an opening has, and the least share of the text that it takes, in per cent of the
/// bytes.
const OPENING: (usize, usize) = (2, 10);

/// Words that open sentences and say how a thought goes on, lower case; longer ones first where one
/// begins with another.
const MARKERS: &[&str] = &[
    "on the other hand",
    "in other words",
    "to be honest",
    "in conclusion",
    "for example",
    "for instance",
    "in addition",
    "in fact",
    "of course",
    "that said",
    "wait a minute",
    "wait",
    "hold on",
    "hmm",
    "hm",
    "huh",
    "okay",
    "ok",
    "alright",
    "all right",
    "right",
    "well",
    "so",
    "now",
    "then",
    "but",
    "and",
    "or",
    "also",
    "actually",
    "alternatively",
    "additionally",
    "anyway",
    "basically",
    "besides",
    "therefore",
    "thus",
    "hence",
    "however",
    "moreover",
    "furthermore",
    "meanwhile",
    "instead",
    "similarly",
    "first",
    "firstly",
    "second",
    "secondly",
    "next",
    "finally",
    "overall",
    "maybe",
    "perhaps",
];

/// The ways in which a text is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Markdown's marks are taken out; what they enclose stays.
    NoMarkdown,
    /// All letters are small.
    LowerCase,
    /// Every number is 0.
    NoNumbers,
    /// The first two sentences are cut off, or the first tenth of the text where that is more or
    /// they are more than half of it.
    NoOpening,
    /// Words such as "wait", "so" and "alternatively" are taken from the beginnings of sentences.
    NoMarkers,
    /// The sentences are in another order; the text between them stays in place.
    Shuffled,
    /// One word in five is left out.
    FewerWords,
    /// Nothing but this many words of the beginning is left; of a text that is hardly longer,
    /// nothing at all.
    FirstWords(u16),
}

/// Lengths that texts are cut to.
const FIRST_WORDS: [u16; 4] = [50, 100, 200, 400];

impl Change {
    /// All of them but the cuts to the first words.
    pub const ALL: [Self; 7] = [
        Self::NoMarkdown,
        Self::LowerCase,
        Self::NoNumbers,
        Self::NoOpening,
        Self::NoMarkers,
        Self::Shuffled,
        Self::FewerWords,
    ];

    /// What it does, in a few words.
    pub fn name(self) -> Cow<'static, str> {
        let name = match self {
            Self::NoMarkdown => "markdown stripped",
            Self::LowerCase => "lower-cased",
            Self::NoNumbers => "numbers masked",
            Self::NoOpening => "opening cut",
            Self::NoMarkers => "discourse markers removed",
            Self::Shuffled => "sentences shuffled",
            Self::FewerWords => "20 % of words dropped",
            Self::FirstWords(words) => return format!("first {words} words only").into(),
        };
        name.into()
    }
}

/// A text in other clothes.
#[derive(Debug, Clone, Copy)]
pub struct View {
    /// What is changed.
    pub change: Change,
    /// Of what is drawn by lot.
    pub seed: u64,
}

impl View {
    /// The views that an evaluation shows: all changes, then cuts to the first words.
    pub fn of_evaluation(seed: u64) -> Vec<Self> {
        let cuts = FIRST_WORDS.map(Change::FirstWords);
        Change::ALL.into_iter().chain(cuts).map(|change| Self { change, seed }).collect()
    }

    /// The text as this view shows it.
    pub fn of(&self, text: &str) -> String {
        // Every text has a random stream of its own, so that the order in which they come plays no
        // part.
        let seed = self.seed ^ xxh3_64(text.as_bytes());
        match self.change {
            Change::NoMarkdown => without_markdown(text),
            Change::LowerCase => text.to_lowercase(),
            Change::NoNumbers => without_numbers(text),
            Change::NoOpening => without_opening(text).to_owned(),
            Change::NoMarkers => without_markers(text),
            Change::Shuffled => shuffled(text, seed),
            Change::FewerWords => with_fewer_words(text, seed),
            Change::FirstWords(words) => first_words(text, usize::from(words)).to_owned(),
        }
    }
}

/// The text that CommonMark and its tables would show, block by block; line ends inside a block
/// stay.
fn without_markdown(text: &str) -> String {
    // A backslash in a trace is TeX more often than an escape, and must survive.
    let kept: Cow<'_, str> =
        if text.contains('\\') { text.replace('\\', "\\\\").into() } else { text.into() };
    let mut shown = String::with_capacity(text.len());
    let start_block = |shown: &mut String, break_: &str| {
        while shown.ends_with([' ', '\n']) {
            shown.pop();
        }
        if !shown.is_empty() {
            shown.push_str(break_);
        }
    };
    let mut items = 0_usize;
    for event in Parser::new_ext(&kept, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::Item) => {
                items += 1;
                start_block(&mut shown, "\n");
            }
            Event::End(TagEnd::Item) => items -= 1,
            Event::Start(Tag::Paragraph) if items > 0 => {}
            Event::Start(Tag::TableRow) => start_block(&mut shown, "\n"),
            Event::Start(
                Tag::Paragraph
                | Tag::Heading { .. }
                | Tag::CodeBlock(_)
                | Tag::Table(_)
                | Tag::HtmlBlock,
            ) => start_block(&mut shown, "\n\n"),
            Event::End(TagEnd::TableCell) => shown.push(' '),
            // A fence in code has its backslashes doubled and not undone.
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                shown.push_str(&text.replace("\\\\", "\\"));
            }
            Event::SoftBreak | Event::HardBreak => shown.push('\n'),
            _ => {}
        }
    }
    shown
}

/// This many words of the beginning, where the text has more.
fn first_words(text: &str, words: usize) -> &str {
    word_starts(text).get(words).map_or("", |&end| &text[..end])
}

/// Every run of digits, with the points and commas inside it, becomes 0.
fn without_numbers(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        if !c.is_numeric() {
            masked.push(c);
            continue;
        }
        masked.push('0');
        let mut pending = None;
        while let Some(&next) = characters.peek() {
            if next.is_numeric() {
                pending = None;
            } else if matches!(next, '.' | ',') && pending.is_none() {
                pending = Some(next);
            } else {
                break;
            }
            characters.next();
        }
        masked.extend(pending);
    }
    masked
}

fn ranges(text: &str) -> Vec<(usize, usize)> {
    let mut ranges = Vec::new();
    sentences::for_each(text, |start, end| ranges.push((start, end)));
    ranges
}

fn without_opening(text: &str) -> &str {
    let (count, percent) = OPENING;
    let sentences = ranges(text);
    let end = match sentences.len().min(count) {
        0 => 0,
        n => sentences[n - 1].1,
    };
    // In a text without full stops two sentences may be all of it, which is not an opening.
    let end = if 2 * end > text.len() { 0 } else { end };
    let share = text.len() * percent / 100;
    let share = word_starts(text).into_iter().find(|&start| start >= share).unwrap_or(text.len());
    &text[end.max(share)..]
}

/// The text without the markers that its sentences open with, and the commas and dots behind them.
fn without_markers(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    for (start, end) in ranges(text) {
        shown.push_str(&text[at..start]);
        shown.push_str(behind_markers(&text[start..end]));
        at = end;
    }
    shown.push_str(&text[at..]);
    shown
}

fn behind_markers(sentence: &str) -> &str {
    let mut rest = sentence;
    'again: loop {
        for marker in MARKERS {
            let Some(head) = rest.get(..marker.len()) else { continue };
            let behind = &rest[marker.len()..];
            let ends =
                !behind.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '\'' | '’' | '-'));
            if ends && head.eq_ignore_ascii_case(marker) {
                rest = behind
                    .trim_start_matches([',', '.', '…', '!', '?', ';', ':', '-', '–', '—', ' ']);
                continue 'again;
            }
        }
        return rest;
    }
}

fn shuffled(text: &str, seed: u64) -> String {
    let ranges = ranges(text);
    let mut order: Vec<usize> = (0..ranges.len()).collect();
    let mut random = stream(seed, 1);
    shuffle(&mut order, &mut random);
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    for (&(start, end), &other) in ranges.iter().zip(&order) {
        shown.push_str(&text[at..start]);
        shown.push_str(&text[ranges[other].0..ranges[other].1]);
        at = end;
    }
    shown.push_str(&text[at..]);
    shown
}

fn with_fewer_words(text: &str, seed: u64) -> String {
    let mut random = stream(seed, 2);
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    for start in word_starts(text) {
        if below(&mut random, 100) >= DROPPED {
            continue;
        }
        shown.push_str(&text[at..start]);
        let word = &text[start..];
        let inside =
            |c: char| (c.is_alphanumeric() && !is_ideographic(c)) || matches!(c, '\'' | '’');
        let first = word.chars().next().map_or(0, char::len_utf8);
        let end = if word.starts_with(is_ideographic) {
            first
        } else {
            word.find(|c| !inside(c)).unwrap_or(word.len())
        };
        at = start + end;
        at += usize::from(text[at..].starts_with(' '));
    }
    shown.push_str(&text[at..]);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::count_words;

    #[test]
    fn markdown_is_stripped_and_what_it_holds_stays() {
        let text = "## Plan\n\n- **Step 1.** use `x` with 2 * 3 * 4\n- see [this](http://a.b)\n\nThen \\(a\\)\nand on.";
        let shown = without_markdown(text);
        assert_eq!(shown, "Plan\nStep 1. use x with 2 * 3 * 4\nsee this\n\nThen \\(a\\)\nand on.");
        assert_eq!(without_markdown("| a | b |\n|---|---|\n| 1 | 2 |"), "a b\n1 2 ");
    }

    #[test]
    fn numbers_are_masked_whole() {
        assert_eq!(without_numbers("3.5 and 1,000, then x2. Or 7."), "0 and 0, then x0. Or 0.");
    }

    #[test]
    fn the_opening_is_two_sentences_or_a_tenth() {
        let text = format!("One two. Three four. {}", "Five six. ".repeat(5));
        assert_eq!(without_opening(&text).trim_start(), "Five six. ".repeat(5));
        let long = format!("Now then. Go on. {}", "word ".repeat(100));
        assert_eq!(count_words(without_opening(&long)), 93);
        assert_eq!(count_words(without_opening(&"word ".repeat(100))), 90);
        assert_eq!(without_opening(""), "");
    }

    #[test]
    fn the_first_words_are_cut_off_where_there_are_more() {
        assert_eq!(first_words("one two three four", 2), "one two ");
        assert_eq!(first_words("one two", 2), "");
        let cut = View { change: Change::FirstWords(50), seed: 0 }.of(&"word ".repeat(60));
        assert_eq!(count_words(&cut), 50);
        assert_eq!(Change::FirstWords(50).name(), "first 50 words only");
    }

    #[test]
    fn markers_are_taken_from_the_beginning_of_sentences_only() {
        let text = "Okay, so, wait... the sum is so large. But sometimes not.\nNowhere.";
        assert_eq!(without_markers(text), "the sum is so large. sometimes not.\nNowhere.");
        assert_eq!(behind_markers("Second-guessing"), "Second-guessing");
        assert_eq!(behind_markers("So"), "");
    }

    #[test]
    fn shuffling_keeps_every_sentence_and_what_stands_between() {
        let text = "- One is here.\n- Two is here.\n\nThree? Four! Five is the last.";
        let changed = shuffled(text, 3);
        assert_ne!(changed, text);
        let sorted = |text: &str| {
            let mut all: Vec<String> =
                ranges(text).iter().map(|&(a, b)| text[a..b].to_owned()).collect();
            all.sort();
            all
        };
        assert_eq!(sorted(&changed), sorted(text));
        assert_eq!(changed.len(), text.len());
        assert_eq!(shuffled(text, 3), changed);
    }

    #[test]
    fn one_word_in_five_is_dropped() {
        let text = "don't stop, 中文 words ".repeat(400);
        let changed = with_fewer_words(&text, 9);
        let share = count_words(&changed) as f64 / count_words(&text) as f64;
        assert!((share - 0.8).abs() < 0.03, "{share}");
        assert!(!changed.contains("'t stop,  "), "a word goes with the space behind it");
    }
}
