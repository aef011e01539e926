//! A comparison → what the page's template is filled with.
//!
//! Everything is text by now: numbers are rounded, names escaped and shortened, so that the template
//! in `assets/report.html` only lays out. Called by [`super::html`].

use super::Error;
use super::escape::{is_space_mark, name, phrase, sentence};
use super::ingest::terminal::input_notes;
use super::numbers::{count, counted, fixed_interval, interval, percent, rate, share, similarity};
use super::sections::downloads::FigureData;
use super::sections::drift::page::{DriftSection, PairingSection};
use super::sections::evidence::quote::Line;
use super::terminal::by_reference;
use super::wording;
use crate::lineage::{
    Comparison, Evidence, Floor, InputSummary, Provenance, RankedReference, VerdictKind,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// References in the table before the rest is folded away.
const SHOWN: usize = 20;
/// Families in their table.
const FAMILIES: usize = 8;
/// References with phrases, and phrases of each.
const PHRASE_GROUPS: usize = 5;
const PHRASES: usize = 15;
/// Entries of a list before the rest is counted.
const LISTED: usize = 12;

/// What the template sees.
#[derive(Serialize)]
pub struct Page {
    title: String,
    verdict: String,
    kind: &'static str,
    kind_class: &'static str,
    how_sure: Vec<String>,
    style_is_evidence: &'static str,
    facts: Vec<Fact>,
    ranking_title: String,
    ranking: Vec<Row>,
    more: Vec<Row>,
    families: Vec<Family>,
    families_left_out: Option<String>,
    data: FigureData,
    pairing: Option<PairingSection>,
    drift: Option<DriftSection>,
    similarity_title: String,
    has_similarity: bool,
    nearest: Option<String>,
    floors: Vec<FloorRow>,
    phrases: Vec<PhraseGroup>,
    phrases_left_out: Option<String>,
    input: Vec<Fact>,
    notes: Vec<String>,
    dropped: Vec<Fact>,
    dropped_total: String,
    limits: Vec<String>,
    method: Vec<String>,
    command: String,
    provenance: Vec<Fact>,
}

#[derive(Serialize)]
pub(super) struct Fact {
    what: String,
    value: String,
}

#[derive(Serialize)]
struct Row {
    place: usize,
    reference: String,
    family: String,
    share: String,
    interval: String,
    without_layout: String,
    similarity: String,
    traces: String,
    domains: String,
    mediation: String,
    named: bool,
}

#[derive(Serialize)]
struct Family {
    family: String,
    share: String,
    interval: String,
    members: String,
}

#[derive(Serialize)]
pub(super) struct FloorRow {
    what: String,
    pairs: String,
    median: String,
    range: String,
}

#[derive(Serialize)]
struct PhraseGroup {
    reference: String,
    /// Whether any phrase has lines.
    has_lines: bool,
    phrases: Vec<Phrase>,
}

#[derive(Serialize)]
struct Phrase {
    pieces: Vec<Piece>,
    channel: String,
    here: String,
    everywhere: String,
    per_thousand: String,
    prompts: String,
    weight: String,
    lines: Vec<Line>,
}

/// A stretch of a phrase that is all text or all white space marks.
#[derive(Serialize)]
pub(super) struct Piece {
    text: String,
    mark: bool,
}

impl Page {
    /// Everything that the template needs of a comparison.
    ///
    /// # Errors
    /// When the data of a figure cannot be written; none of today's types can cause that.
    pub fn new(comparison: &Comparison) -> Result<Self, Error> {
        let rows: Vec<Row> = comparison
            .ranking
            .iter()
            .enumerate()
            .map(|(i, r)| Row::new(i, r, &comparison.verdict.references))
            .collect();
        let mut ranking = rows;
        let more = ranking.split_off(ranking.len().min(SHOWN));
        let phrases = phrase_groups(comparison);
        let shown: usize = phrases.iter().map(|group| group.phrases.len()).sum();
        let input = &comparison.input;
        Ok(Self {
            title: wording::verdict(comparison),
            verdict: wording::verdict(comparison),
            kind: wording::kind(comparison.verdict.kind),
            kind_class: kind_class(comparison.verdict.kind),
            how_sure: unbroken(wording::how_sure(comparison)),
            style_is_evidence: wording::STYLE_IS_EVIDENCE,
            facts: facts(comparison),
            ranking_title: wording::ranking_title(comparison),
            ranking,
            more,
            families: families(comparison),
            families_left_out: left_out(
                comparison.families.len(),
                FAMILIES,
                "family is",
                "families are",
            ),
            data: FigureData::new(comparison)?,
            pairing: comparison
                .pairing
                .as_ref()
                .filter(|_| !comparison.ranking.is_empty())
                .map(PairingSection::new),
            drift: comparison
                .drift
                .as_ref()
                .filter(|_| !comparison.ranking.is_empty())
                .map(DriftSection::new),
            similarity_title: wording::similarity_title(comparison),
            has_similarity: !comparison.similarity.labels.is_empty(),
            nearest: wording::nearest(comparison).map(|(_, value)| similarity(value)),
            floors: floors(comparison),
            phrases,
            phrases_left_out: left_out(
                comparison.evidence.len(),
                shown,
                "phrase is",
                "phrases are",
            ),
            input: input_facts(input),
            notes: input_notes(input).iter().map(|note| sentence(note)).collect(),
            dropped: input.dropped.iter().map(|(why, n)| fact(&name(why), count(*n))).collect(),
            dropped_total: count(input.dropped.values().sum()),
            limits: comparison.limits.iter().map(|limit| sentence(&limit.to_string())).collect(),
            method: unbroken(wording::method(comparison)),
            command: sentence(&comparison.provenance.command),
            provenance: provenance(&comparison.provenance),
        })
    }
}

impl Row {
    fn new(place: usize, reference: &RankedReference, named: &[String]) -> Self {
        Self {
            place: place + 1,
            reference: name(&reference.reference),
            family: reference.family.as_deref().map_or_else(|| "–".into(), name),
            share: share(reference.score),
            interval: interval(reference.low, reference.high),
            without_layout: share(reference.score_without_layout),
            similarity: similarity(reference.similarity),
            traces: count(reference.reference_traces),
            domains: listed(reference.domains.iter().map(|domain| name(domain)), 3),
            mediation: match reference.mediation.len() {
                1 => listed(reference.mediation.keys().map(|kind| name(kind)), 1),
                _ => counts(&reference.mediation),
            },
            named: named.contains(&reference.reference),
        }
    }
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
fn left_out(all: usize, shown: usize, one: &str, many: &str) -> Option<String> {
    let more = all.checked_sub(shown).filter(|more| *more > 0)?;
    Some(counted(more, &format!("more {one}"), &format!("more {many}")))
}

fn kind_class(kind: VerdictKind) -> &'static str {
    match kind {
        VerdictKind::Resembles | VerdictKind::Family => "found",
        VerdictKind::Between => "between",
        VerdictKind::None | VerdictKind::TooLittleText => "open",
    }
}

fn families(comparison: &Comparison) -> Vec<Family> {
    let families = comparison.families.iter().map(|family| Family {
        family: name(&family.family),
        share: share(family.score),
        interval: interval(family.low, family.high),
        members: listed(family.members.iter().map(|member| name(member)), 6),
    });
    families.take(FAMILIES).collect()
}

fn floors(comparison: &Comparison) -> Vec<FloorRow> {
    comparison.floors.iter().map(FloorRow::new).collect()
}

impl FloorRow {
    pub fn new(floor: &Floor) -> Self {
        Self {
            what: sentence(&floor.what),
            pairs: count(floor.pairs),
            median: similarity(floor.median),
            range: fixed_interval(floor.low, floor.high, 2),
        }
    }
}

fn phrase_groups(comparison: &Comparison) -> Vec<PhraseGroup> {
    let groups = by_reference(&comparison.evidence, &comparison.ranking);
    let groups = groups.into_iter().take(PHRASE_GROUPS).map(|(reference, phrases)| PhraseGroup {
        reference: name(reference),
        has_lines: phrases.iter().any(|one| !one.lines.is_empty()),
        phrases: phrases.into_iter().take(PHRASES).map(Phrase::new).collect(),
    });
    groups.collect()
}

impl Phrase {
    fn new(evidence: &Evidence) -> Self {
        Self {
            pieces: pieces(&phrase(&evidence.phrase)),
            channel: name(&evidence.channel),
            here: percent(evidence.share_of_traces),
            everywhere: percent(evidence.share_of_reference_traces),
            per_thousand: rate(evidence.per_thousand_words),
            prompts: count(evidence.prompts),
            weight: rate(evidence.weight),
            lines: evidence.lines.iter().map(Line::new).collect(),
        }
    }
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

/// What the verdict rests on, in figures.
fn facts(comparison: &Comparison) -> Vec<Fact> {
    let mut facts = vec![
        fact("traces", count(comparison.traces)),
        fact("prompts", count(comparison.prompts)),
        fact("words", count(comparison.words)),
    ];
    if !comparison.ranking.is_empty() {
        facts.push(fact("references compared", count(comparison.ranking.len())));
    }
    facts
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
            "Atlas holds",
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
fn counts(map: &BTreeMap<String, usize>) -> String {
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
