//! What the pages share: facts, lists, phrases in pieces, and the input of a result.
//!
//! Everything is text by now: numbers are rounded, names escaped and shortened, so that the
//! templates only lay out.

use super::escape::{is_space_mark, name};
use super::numbers::{count, counted};
use crate::lineage::{InputSummary, Provenance};
use serde::Serialize;
use std::collections::BTreeMap;

/// Entries of a list before the rest is counted.
const LISTED: usize = 12;

/// A value and what it is.
#[derive(Serialize)]
pub(super) struct Fact {
    what: String,
    value: String,
}

/// A stretch of a phrase that is all text or all white space marks.
#[derive(Serialize)]
pub(super) struct Piece {
    text: String,
    mark: bool,
}

pub(super) fn fact(what: &str, value: String) -> Fact {
    Fact { what: what.to_owned(), value }
}

/// The same sentences with no line break between a number and its per cent sign.
pub(super) fn unbroken(sentences: Vec<String>) -> Vec<String> {
    sentences.into_iter().map(unbroken_one).collect()
}

/// One of them.
pub(super) fn unbroken_one(text: String) -> String {
    text.replace(" %", "\u{a0}%")
}

/// `4 more families are`, where not all are shown.
pub(super) fn left_out(all: usize, shown: usize, one: &str, many: &str) -> Option<String> {
    let more = all.checked_sub(shown).filter(|more| *more > 0)?;
    Some(counted(more, &format!("more {one}"), &format!("more {many}")))
}

pub(super) fn pieces(phrase: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for c in phrase.chars() {
        let mark = is_space_mark(c);
        match pieces.last_mut() {
            Some(piece) if piece.mark == mark => piece.text.push(c),
            _ => pieces.push(Piece { text: c.into(), mark }),
        }
    }
    pieces
}

pub(super) fn input_facts(input: &InputSummary) -> Vec<Fact> {
    let mut facts = vec![
        fact("Inputs", listed(input.inputs.iter().map(|path| name(path)), LISTED)),
        fact("Files", count(input.files)),
        fact("Records seen", count(input.records)),
        fact("Traces kept", count(input.traces)),
    ];
    for (what, map) in [
        ("Formats", &input.formats),
        ("Mediation", &input.mediation),
        ("Domains", &input.domains),
        ("Labels in the input", &input.models),
        ("Languages", &input.languages),
        ("Providers", &input.providers),
        ("Finish reasons", &input.finish_reasons),
    ] {
        if !map.is_empty() {
            facts.push(fact(what, counts(map)));
        }
    }
    facts
}

pub(super) fn provenance(from: &Provenance) -> Vec<Fact> {
    vec![
        fact("Program", name(&from.program)),
        fact("Atlas", name(&from.atlas)),
        fact("Atlas checksum", name(&from.atlas_checksum)),
        fact(
            "Atlas contents",
            format!(
                "{}, {}",
                counted(from.atlas_references, "reference", "references"),
                counted(from.atlas_traces, "trace", "traces")
            ),
        ),
        fact("Text", name(&from.text)),
        fact("Bootstrap", format!("{} resamples, seed {}", count(from.resamples), from.seed)),
    ]
}

/// `raw 40, summary 2`, the largest first.
pub(super) fn counts(map: &BTreeMap<String, usize>) -> String {
    let mut entries: Vec<(&String, &usize)> = map.iter().collect();
    entries.sort_by_key(|(key, n)| (std::cmp::Reverse(**n), *key));
    listed(entries.into_iter().map(|(key, n)| format!("{} {}", name(key), count(*n))), LISTED)
}

/// The first `most` entries, and how many more there are.
pub(super) fn listed(entries: impl ExactSizeIterator<Item = String>, most: usize) -> String {
    let more = entries.len().saturating_sub(most);
    let shown: Vec<String> = entries.take(most).collect();
    match (shown.is_empty(), more) {
        (true, _) => "–".into(),
        (false, 0) => shown.join(", "),
        (false, more) => format!("{} and {} more", shown.join(", "), count(more)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_marks_stand_apart() {
        let pieces = pieces("Wait,↵␣so");
        let texts: Vec<(&str, bool)> = pieces.iter().map(|p| (p.text.as_str(), p.mark)).collect();
        assert_eq!(texts, [("Wait,", false), ("↵␣", true), ("so", false)]);
    }

    #[test]
    fn long_lists_are_counted() {
        let four = ["a", "b", "c", "d"].map(str::to_owned);
        assert_eq!(listed(four.clone().into_iter(), 2), "a, b and 2 more");
        assert_eq!(listed(four.into_iter(), 4), "a, b, c, d");
        assert_eq!(listed(Vec::new().into_iter(), 4), "–");
        let map = BTreeMap::from([("raw".into(), 3), ("cut".into(), 1_200)]);
        assert_eq!(counts(&map), "cut 1,200, raw 3");
    }
}
