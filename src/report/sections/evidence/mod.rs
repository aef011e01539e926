//! The evidence: the phrases that speak most strongly for a reference, and where they stand.

mod quote;

use super::section::{Question, Section};
use crate::lineage::{Comparison, Evidence as Strong, RankedReference};
use crate::report::Error;
use crate::report::escape::{fit_columns, name, phrase};
use crate::report::markdown::{Markdown, SHOWN, code, text};
use crate::report::numbers::{count, counted, percent, rate};
use crate::report::page_parts::{Piece, left_out, pieces};
use crate::report::terminal::{Ink, TerminalOptions, TerminalPage, padded};
use minijinja::{Value, context};
use quote::{Line, quoted};
use serde::Serialize;
use std::io;

/// On the page: references with phrases, and phrases of each.
const PAGE_GROUPS: usize = 5;
const PAGE_PHRASES: usize = 15;
/// References with phrases in Markdown and in a terminal, and phrases of each in a terminal.
const GROUPS: usize = 3;
const PHRASES: usize = 5;
/// Lines of the traces that Markdown and a terminal quote.
const QUOTED: usize = 5;

/// The section.
pub(super) struct Evidence;

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
    here: String,
    everywhere: String,
    times: String,
    interval: String,
    per_thousand: String,
    prompts: String,
    lines: Vec<Line>,
}

impl Section for Evidence {
    fn id(&self) -> &'static str {
        "phrases"
    }

    fn question(&self) -> Question {
        Question::Text
    }

    fn is_open(&self) -> bool {
        true
    }

    fn template(&self) -> &'static str {
        include_str!("page.html")
    }

    fn page(&self, comparison: &Comparison) -> Result<Option<Value>, Error> {
        let groups = phrase_groups(comparison);
        let shown: usize = groups.iter().map(|group| group.phrases.len()).sum();
        let left_out = left_out(comparison.evidence.len(), shown, "phrase is", "phrases are");
        Ok((!groups.is_empty()).then(|| context! { groups, left_out }))
    }

    fn markdown(&self, comparison: &Comparison, out: &mut Markdown) {
        let groups = by_reference(&comparison.evidence, &comparison.ranking);
        if groups.is_empty() {
            return;
        }
        out.heading("The strongest phrases");
        for (reference, phrases) in groups.into_iter().take(GROUPS) {
            out.block(&format!("**For {}**", code(&name(reference))));
            let lines = phrases.iter().enumerate().filter_map(|(at, one)| quoted(at, one));
            let lines: Vec<Line> = lines.map(Line::new).collect();
            let rows = phrases.into_iter().take(SHOWN).map(|one| {
                [
                    code(&phrase(&one.phrase)),
                    percent(one.share_of_traces),
                    percent(one.share_of_reference_traces),
                    times(one, comparison).0,
                    times(one, comparison).1,
                    count(one.prompts),
                ]
            });
            out.table(
                [
                    "phrase",
                    "traces here that hold it",
                    "traces of all references",
                    "times as often",
                    "95 % interval",
                    "prompts",
                ],
                1,
                rows,
            );
            // One line for each of the first phrases; report.json has them all.
            let quoted = lines.iter().take(QUOTED).map(|line| {
                let (before, phrase, after) =
                    (text(&line.before), text(&line.phrase), text(&line.after));
                format!("- {before}**{phrase}**{after} ({})", code(&line.id))
            });
            let quoted: Vec<String> = quoted.collect();
            if !quoted.is_empty() {
                out.block(&quoted.join("\n"));
            }
        }
    }

    fn terminal(
        &self,
        comparison: &Comparison,
        _options: TerminalOptions,
        page: &mut TerminalPage<'_>,
    ) -> io::Result<()> {
        let groups = by_reference(&comparison.evidence, &comparison.ranking);
        if groups.is_empty() {
            return Ok(());
        }
        page.heading(
            "Strongest phrases (share of traces with them: here, all references; times as often)",
        )?;
        for (reference, phrases) in groups.iter().take(GROUPS) {
            let name = fit_columns(&name(reference), page.table_width() - 4);
            page.line(&format!("  {name}"))?;
            for evidence in phrases.iter().take(PHRASES) {
                let phrase = padded(&phrase(&evidence.phrase), 37);
                let here = percent(evidence.share_of_traces);
                let there = percent(evidence.share_of_reference_traces);
                let prompts = counted(evidence.prompts, "prompt", "prompts");
                let times = times(evidence, comparison).0;
                page.line(&format!("    {phrase} {here:>6} {there:>6} {times:>6}  {prompts}"))?;
            }
        }
        let (_, phrases) = &groups[0];
        quotes(page, phrases)
    }
}

/// Where the first phrases are in the traces: one line for each.
fn quotes(page: &mut TerminalPage<'_>, phrases: &[&Strong]) -> io::Result<()> {
    let lines = phrases.iter().enumerate().filter_map(|(at, one)| quoted(at, one)).take(QUOTED);
    let lines: Vec<[String; 3]> =
        lines.map(|line| Line::new(line).in_columns(page.table_width() - 4)).collect();
    if lines.is_empty() {
        return Ok(());
    }
    page.heading("Examples of the first phrases")?;
    for [before, phrase, after] in lines {
        let phrase = page.paint(&phrase, Ink::Bold);
        page.line(&format!("    {before}{phrase}{after}"))?;
    }
    Ok(())
}

/// The evidence by reference: references in the order of the ranking, phrases strongest first.
fn by_reference<'a>(
    evidence: &'a [Strong],
    ranking: &[RankedReference],
) -> Vec<(&'a str, Vec<&'a Strong>)> {
    let mut groups: Vec<(&str, Vec<&Strong>)> = Vec::new();
    for one in evidence {
        match groups.iter_mut().find(|(reference, _)| *reference == one.reference) {
            Some((_, phrases)) => phrases.push(one),
            None => groups.push((&one.reference, vec![one])),
        }
    }
    let place = |name: &str| ranking.iter().position(|r| r.reference == name);
    groups.sort_by_key(|(name, _)| place(name).unwrap_or(usize::MAX));
    groups
}

fn phrase_groups(comparison: &Comparison) -> Vec<PhraseGroup> {
    let groups = by_reference(&comparison.evidence, &comparison.ranking);
    let groups = groups.into_iter().take(PAGE_GROUPS).map(|(reference, phrases)| PhraseGroup {
        reference: name(reference),
        has_lines: phrases.iter().any(|one| !one.lines.is_empty()),
        phrases: phrases
            .into_iter()
            .take(PAGE_PHRASES)
            .map(|one| Phrase::new(one, comparison))
            .collect(),
    });
    groups.collect()
}

/// How many times as often a phrase stands here as in the references, and the interval.
fn times(evidence: &Strong, comparison: &Comparison) -> (String, String) {
    let references = comparison.provenance.atlas_traces;
    let found = evidence.times_as_often(comparison.prompts, references);
    let ends = format!("{}–{}", rate(found.low), rate(found.high));
    (format!("{} ×", rate(found.ratio)), if found.low.is_finite() { ends } else { "–".into() })
}

impl Phrase {
    fn new(evidence: &Strong, comparison: &Comparison) -> Self {
        Self {
            pieces: pieces(&phrase(&evidence.phrase)),
            times: times(evidence, comparison).0,
            interval: times(evidence, comparison).1,
            here: percent(evidence.share_of_traces),
            everywhere: percent(evidence.share_of_reference_traces),
            per_thousand: rate(evidence.per_thousand_words),
            prompts: count(evidence.prompts),
            lines: evidence.lines.iter().map(Line::new).collect(),
        }
    }
}
