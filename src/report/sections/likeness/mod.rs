//! The likeness: how alike the input and the references are beyond what their prompts do.

pub(in crate::report) mod figure;
mod page;
pub(in crate::report) mod terminal;

use super::floors;
use super::section::{Question, Section, SectionFigure};
use crate::lineage::{Comparison, Pairing};
use crate::report::Error;
use crate::report::downloads::{Cell, DataTable, Downloads, links_to_rows, table};
use crate::report::escape::name;
use crate::report::markdown::{Markdown, SHOWN, code};
use crate::report::numbers::{fixed_interval, p_value, similarity};
use crate::report::terminal::{TerminalOptions, TerminalPage};
use crate::report::wording;
use figure::LikenessPlot;
use minijinja::Value;
use page::PairingSection;
use std::io;

/// The section.
pub(super) struct Likeness;

impl Section for Likeness {
    fn id(&self) -> &'static str {
        "pairing"
    }

    fn question(&self) -> Question {
        Question::Else
    }

    fn is_open(&self) -> bool {
        true
    }

    fn template(&self) -> &'static str {
        include_str!("page.html")
    }

    fn figures<'a>(&self, comparison: &'a Comparison) -> Vec<SectionFigure<'a>> {
        let pairing = comparison.pairing.iter();
        // One drawing of nearness is enough: this one on shared prompts, else the tree.
        let figure = |pairing: &'a Pairing| {
            let figure =
                SectionFigure::new("likeness", move |look| LikenessPlot::new(pairing, look));
            if pairing.paired { figure } else { figure.in_files_only() }
        };
        pairing.map(figure).collect()
    }

    fn tables(&self, comparison: &Comparison) -> Result<Vec<Downloads>, Error> {
        let Some(pairing) = &comparison.pairing else { return Ok(Vec::new()) };
        let mut tables: Vec<Downloads> = links_to_rows(&data(pairing))?.into_iter().collect();
        tables.extend(floors::downloads("likeness-floors", &pairing.floors)?);
        Ok(tables)
    }

    fn page(&self, comparison: &Comparison) -> Result<Option<Value>, Error> {
        let pairing = comparison.pairing.as_ref().map(PairingSection::new);
        Ok(pairing.map(Value::from_serialize))
    }

    fn markdown(&self, comparison: &Comparison, out: &mut Markdown) {
        let Some(pairing) = &comparison.pairing else { return };
        out.heading(&wording::pairing_title(pairing));
        out.image(&wording::pairing_title(pairing), "likeness.png");
        out.paragraph(&wording::pairing_basis(pairing));
        let rows = pairing.similarities.iter().take(SHOWN).map(|one| {
            [
                code(&name(&one.reference)),
                similarity(one.similarity),
                fixed_interval(one.low, one.high, 2),
                p_value(one.corrected_p_value),
            ]
        });
        out.table(["reference", "likeness", "95 % interval", "corrected p"], 1, rows);
        out.left_out(pairing.similarities.len());
        floors::markdown(out, &pairing.floors);
    }

    fn terminal(
        &self,
        comparison: &Comparison,
        _options: TerminalOptions,
        page: &mut TerminalPage<'_>,
    ) -> io::Result<()> {
        match &comparison.pairing {
            Some(pairing) if !comparison.ranking.is_empty() => terminal::pairing(page, pairing),
            _ => Ok(()),
        }
    }
}

/// The table for download.
fn data(pairing: &Pairing) -> DataTable {
    let rows = pairing.similarities.iter().map(|one| {
        [
            Cell::Text(one.reference.clone()),
            Cell::optional(one.family.as_deref()),
            Cell::Number(one.similarity),
            Cell::Number(one.low),
            Cell::Number(one.high),
            Cell::Number(one.p_value),
            Cell::Number(one.corrected_p_value),
            Cell::Flag(one.same_data_set),
        ]
    });
    let columns = [
        "reference",
        "family",
        "likeness",
        "low",
        "high",
        "p_value",
        "corrected_p_value",
        "known_from_the_same_data_set",
    ];
    table("likeness", columns, rows)
}
