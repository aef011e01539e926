//! The ranking: every reference's share of the evidence.

use super::section::{Question, Section, SectionFigure};
use crate::lineage::{Comparison, RankedReference};
use crate::report::Error;
use crate::report::downloads::{Cell, DataTable, Downloads, table};
use crate::report::drawing::shares::RankingPlot;
use crate::report::escape::name;
use crate::report::markdown::{Markdown, SHOWN as MARKDOWN_ROWS, code};
use crate::report::numbers::{count, interval, share, similarity};
use crate::report::page_parts::{counts, listed};
use crate::report::terminal::{Ink, TerminalOptions, TerminalPage, bar};
use crate::report::wording;
use minijinja::{Value, context};
use serde::Serialize;
use std::io;

/// References in the page's table before the rest is folded away.
const SHOWN: usize = 20;

/// The section.
pub(super) struct Ranking;

impl Section for Ranking {
    fn id(&self) -> &'static str {
        "ranking"
    }

    fn question(&self) -> Question {
        Question::Sure
    }

    fn template(&self) -> &'static str {
        include_str!("ranking.html")
    }

    fn figures<'a>(&self, comparison: &'a Comparison) -> Vec<SectionFigure<'a>> {
        vec![SectionFigure::new("ranking", move |look| RankingPlot::new(comparison, look))]
    }

    fn tables(&self, comparison: &Comparison) -> Result<Vec<Downloads>, Error> {
        Ok(vec![data(comparison).downloads()?])
    }

    fn page(&self, comparison: &Comparison) -> Result<Option<Value>, Error> {
        let named = &comparison.verdict.references;
        let rows = comparison.ranking.iter().enumerate();
        let mut rows: Vec<Row> = rows.map(|(i, one)| Row::new(i, one, named)).collect();
        let more = rows.split_off(rows.len().min(SHOWN));
        Ok(Some(context! { title => wording::ranking_title(comparison), rows, more }))
    }

    fn markdown(&self, comparison: &Comparison, out: &mut Markdown) {
        out.heading(&wording::ranking_title(comparison));
        out.image(&wording::ranking_title(comparison), "ranking.png");
        let rows = comparison.ranking.iter().take(MARKDOWN_ROWS).map(|one| {
            [
                code(&name(&one.reference)),
                one.family.as_deref().map_or_else(|| "–".into(), |family| code(&name(family))),
                share(one.score),
                interval(one.low, one.high),
                share(one.score_without_layout),
            ]
        });
        out.table(["reference", "family", "share", "95 % interval", "without layout"], 2, rows);
        out.left_out(comparison.ranking.len());
    }

    fn terminal(
        &self,
        comparison: &Comparison,
        options: TerminalOptions,
        page: &mut TerminalPage<'_>,
    ) -> io::Result<()> {
        let ranking = &comparison.ranking;
        if !ranking.is_empty() {
            page.line("")?;
            let shown = &ranking[..ranking.len().min(options.rows)];
            let head = page.row("", "reference", "family", "share", "95 % interval");
            let head = page.paint(head.trim_end(), Ink::Dim);
            page.line(&head)?;
            for (i, reference) in shown.iter().enumerate() {
                let cells = page.row(
                    &(i + 1).to_string(),
                    &name(&reference.reference),
                    &reference.family.as_deref().map(name).unwrap_or_default(),
                    &share(reference.score),
                    &interval(reference.low, reference.high),
                );
                let bar = page.paint(&bar(reference.score), Ink::Bar);
                page.line(format!("{cells}{bar}").trim_end())?;
            }
            if ranking.len() > shown.len() {
                let more = format!("    … and {} more", count(ranking.len() - shown.len()));
                let more = page.paint(&more, Ink::Dim);
                page.line(&more)?;
            }
        }
        page.line("")?;
        page.paragraph(&format!("Based on {}.", wording::rests_on(comparison)), "", Ink::Plain)
    }

    fn needs_no_ranking(&self) -> bool {
        true
    }

    fn is_first_in_terminal(&self) -> bool {
        true
    }
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

/// The table for download.
fn data(comparison: &Comparison) -> DataTable {
    let rows = comparison.ranking.iter().map(|one| {
        [
            Cell::Text(one.reference.clone()),
            Cell::optional(one.family.as_deref()),
            Cell::Number(one.score),
            Cell::Number(one.low),
            Cell::Number(one.high),
            Cell::Number(one.score_without_layout),
            Cell::Number(one.similarity),
            Cell::Count(one.reference_traces),
        ]
    });
    let columns = [
        "reference",
        "family",
        "share",
        "share_low",
        "share_high",
        "share_without_layout",
        "similarity",
        "reference_traces",
    ];
    table("ranking", columns, rows)
}
