//! Phrases and the texts of traces → concordance lines: where each phrase stands, with some words
//! on either side.
//!
//! Called by `analysis` after [`super::compare`], since the phrases are known only when all traces
//! were scored. A phrase is looked for as its feature is (by tokens, whatever the white space
//! between them), in the traces of the [`TextReservoir`]. Its lines come from different prompts
//! where possible, since what occurs in one prompt only is its topic.

use super::{Comparison, ConcordanceLine, text_reservoir::TextReservoir};
use crate::{
    features::word_ngrams,
    text::{is_ideographic, word_starts},
};
use rustc_hash::{FxHashMap, FxHashSet};

/// Lines of one phrase.
const LINES: usize = 3;
/// Words on either side, and the most bytes that they may take: a word may be a megabyte long.
const WORDS: usize = 8;
const BYTES: usize = 160;

/// Adds to each phrase of a comparison at most three lines of the traces in `sample`.
pub(crate) fn add_concordance(comparison: &mut Comparison, sample: &TextReservoir) {
    let phrases: Vec<&str> = comparison.evidence.iter().map(|one| one.phrase.as_str()).collect();
    let found = lines(&phrases, sample);
    for (evidence, lines) in comparison.evidence.iter_mut().zip(found) {
        evidence.lines = lines;
    }
}

/// What is found of one phrase.
#[derive(Default)]
struct Found<'a> {
    lines: Vec<ConcordanceLine>,
    prompts: FxHashSet<&'a str>,
    /// Lines of prompts that have one by now, for where there are too few prompts.
    others: Vec<ConcordanceLine>,
}

fn lines(phrases: &[&str], sample: &TextReservoir) -> Vec<Vec<ConcordanceLine>> {
    let mut places: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
    for (at, phrase) in phrases.iter().enumerate() {
        if let Some(id) = word_ngrams::id_of(phrase) {
            places.entry(id).or_default().push(at);
        }
    }
    let mut found: Vec<Found<'_>> = phrases.iter().map(|_| Found::default()).collect();
    for trace in sample.traces() {
        if found.iter().all(|one| one.lines.len() == LINES) {
            break;
        }
        // The first place in this trace of each phrase that still needs lines.
        let mut first: Vec<Option<(usize, usize)>> = vec![None; phrases.len()];
        word_ngrams::for_each(&trace.text, |id, start, end| {
            for &at in places.get(&id).into_iter().flatten() {
                first[at].get_or_insert((start, end));
            }
        });
        for (own, place) in found.iter_mut().zip(first) {
            let Some((start, end)) = place.filter(|_| own.lines.len() < LINES) else { continue };
            if own.prompts.insert(&trace.prompt) {
                own.lines.push(line(&trace.id, &trace.text, start, end));
            } else if own.others.len() < LINES {
                own.others.push(line(&trace.id, &trace.text, start, end));
            }
        }
    }
    let complete = |mut own: Found<'_>| {
        let missing = LINES - own.lines.len();
        own.lines.extend(own.others.into_iter().take(missing));
        own.lines
    };
    found.into_iter().map(complete).collect()
}

/// The line around `start..end`.
fn line(id: &str, text: &str, start: usize, end: usize) -> ConcordanceLine {
    ConcordanceLine {
        id: id.to_owned(),
        before: before(&text[..start]).to_owned(),
        phrase: text[start..end].to_owned(),
        after: after(&text[end..]).to_owned(),
    }
}

/// The last words of a text.
fn before(text: &str) -> &str {
    let cut = (text.len().saturating_sub(BYTES)..=text.len())
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(text.len());
    let near = &text[cut..];
    let starts = word_starts(near);
    match starts.len().checked_sub(WORDS) {
        Some(first) => near.get(starts[first]..).unwrap_or(near).trim_start(),
        None => near.trim_start(),
    }
}

/// The first words of a text, the punctuation behind the last one with them.
fn after(text: &str) -> &str {
    let cut = (0..=BYTES.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let near = &text[..cut];
    let Some(&next) = word_starts(near).get(WORDS) else { return near.trim_end() };
    // A word in a script without spaces begins where the one before ends.
    let shown = &near[..next];
    if shown.ends_with(is_ideographic) { shown } else { shown.trim_end() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{TextKind, Trace};

    fn sample(traces: &[(&str, &str)]) -> TextReservoir {
        let mut sample = TextReservoir::new(0);
        for (at, (prompt, text)) in traces.iter().enumerate() {
            let trace = Trace {
                id: format!("t{at}"),
                prompt_id: Some((*prompt).into()),
                reasoning: (*text).into(),
                ..Trace::default()
            };
            sample.add(at, &trace, TextKind::Reasoning, None);
        }
        sample
    }

    #[test]
    fn eight_words_stand_on_either_side() {
        let text = "zero one two three four five six seven eight nine, the  user wants a b c d e f g. h i j";
        let found = lines(&["the user"], &sample(&[("p", text)]));
        let [line] = found[0].as_slice() else { panic!("{found:?}") };
        assert_eq!(line.before, "two three four five six seven eight nine, ");
        // As in the text, white space included.
        assert_eq!(line.phrase, "the  user");
        assert_eq!(line.after, " wants a b c d e f g.");
        assert_eq!(line.id, "t0");
    }

    #[test]
    fn lines_come_from_different_prompts_first() {
        let text = "now the user asks";
        let all: Vec<(&str, &str)> =
            ["p", "p", "p", "p", "p", "q", "r"].iter().map(|prompt| (*prompt, text)).collect();
        let sample = sample(&all);
        let prompt = |id: &str| sample.traces().find(|one| one.id == id).unwrap().prompt.clone();
        let found = lines(&["the user"], &sample);
        let mut prompts: Vec<String> = found[0].iter().map(|line| prompt(&line.id)).collect();
        prompts.sort();
        assert_eq!(prompts, ["p", "q", "r"]);
        // One prompt alone still has three lines.
        assert_eq!(lines(&["the user"], &self::sample(&all[..5]))[0].len(), 3);
        assert!(lines(&["not there"], &sample)[0].is_empty());
    }

    #[test]
    fn a_line_is_short_whatever_stands_in_it() {
        let word = "ä".repeat(1 << 19);
        let text = format!("{word} the user {word}");
        let found = lines(&["the user"], &sample(&[("p", &text)]));
        assert!(found[0].is_empty(), "it stands behind what is kept of a trace");
        let text =
            format!("我们来看看这个问题应该怎么办, the user 我们来看看这个问题应该怎么办 {word}");
        let found = lines(&["the user"], &sample(&[("p", &text)]));
        assert_eq!(found[0][0].before, "个问题应该怎么办, ");
        assert_eq!(found[0][0].after, " 我们来看看这个问");
        let text = format!("{} the user {word}", "x".repeat(5_000));
        let found = lines(&["the user"], &sample(&[("p", &text)]));
        assert!(found[0][0].before.len() <= BYTES && found[0][0].after.len() <= BYTES);
    }
}
