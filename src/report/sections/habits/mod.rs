//! Measured habits of the input next to those of its nearest references.

pub(in crate::report) mod figure;
mod page;

use super::section::{Question, Section, SectionFigure};
use crate::lineage::{Comparison, Habits as Measured};
use crate::report::Error;
use crate::report::downloads::{Cell, DataTable, Downloads};
use crate::report::escape::name;
use crate::report::markdown::Markdown;
use crate::report::wording;
use figure::{HabitsPlot, file_name};
use minijinja::Value;
use page::HabitsSection;

/// The section.
pub(super) struct Habits;

/// Habits of every basis of which any was measured.
fn measured(comparison: &Comparison) -> impl Iterator<Item = &Measured> {
    comparison.habits.iter().filter(|known| !known.habits.is_empty())
}

impl Section for Habits {
    fn id(&self) -> &'static str {
        "habits"
    }

    fn question(&self) -> Question {
        Question::Text
    }

    fn template(&self) -> &'static str {
        include_str!("page.html")
    }

    fn figures<'a>(&self, comparison: &'a Comparison) -> Vec<SectionFigure<'a>> {
        let figure = |known: &'a Measured| {
            SectionFigure::new(file_name(known), move |look| HabitsPlot::new(known, look))
        };
        measured(comparison).map(figure).collect()
    }

    fn tables(&self, comparison: &Comparison) -> Result<Vec<Downloads>, Error> {
        measured(comparison).map(|known| data(known).downloads()).collect()
    }

    fn page(&self, comparison: &Comparison) -> Result<Option<Value>, Error> {
        let parts: Vec<HabitsSection> = measured(comparison).map(HabitsSection::new).collect();
        Ok((!parts.is_empty()).then(|| Value::from_serialize(parts)))
    }

    fn markdown(&self, comparison: &Comparison, out: &mut Markdown) {
        for known in measured(comparison) {
            out.heading(&wording::habits_title(known));
            let file = file_name(known);
            out.image(&wording::habits_title(known), &format!("{file}.png"));
            out.paragraph(&wording::habits_shown(known));
        }
    }
}

/// Habits of one basis: a row for each, a column for each reference.
fn data(habits: &Measured) -> DataTable {
    let rows = habits.habits.iter().map(|one| {
        let mut row = vec![
            Cell::Text(one.what.clone()),
            Cell::Text(one.channel.clone()),
            Cell::Text(one.measure.clone()),
            Cell::Number(one.input),
            Cell::Number(one.low),
            Cell::Number(one.high),
            Cell::Number(one.usual_low),
            Cell::Number(one.usual_high),
        ];
        // As many as there are columns, whatever the result holds.
        let value = |at: usize| one.values.get(at).map_or(Cell::Nothing, |v| Cell::Number(*v));
        row.extend((0..habits.references.len()).map(value));
        row
    });
    let own = ["habit", "channel", "measure", "input", "low", "high", "usual_low", "usual_high"];
    // Numbered: two references may have one name, and a row of JSON needs names that differ.
    let named = habits.references.iter().enumerate();
    let columns = named.map(|(at, one)| format!("{}. {}", at + 1, name(one)));
    DataTable {
        name: file_name(habits),
        columns: own.map(str::to_owned).into_iter().chain(columns).collect(),
        rows: rows.collect(),
    }
}
