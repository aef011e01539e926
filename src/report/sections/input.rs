//! What was read, and what was dropped.

use super::section::{Question, Section};
use crate::lineage::Comparison;
use crate::report::Error;
use crate::report::escape::{name, sentence};
use crate::report::ingest::terminal::input_notes;
use crate::report::input_lines::{data, dropped};
use crate::report::markdown::{Markdown, text};
use crate::report::numbers::{count, counted};
use crate::report::page_parts::{Fact, fact, input_facts};
use crate::report::terminal::{TerminalOptions, TerminalPage};
use minijinja::{Value, context};
use std::io;

/// The section.
pub(super) struct Input;

impl Section for Input {
    fn id(&self) -> &'static str {
        "input"
    }

    fn question(&self) -> Question {
        Question::Read
    }

    fn template(&self) -> &'static str {
        include_str!("input.html")
    }

    fn page(&self, comparison: &Comparison) -> Result<Option<Value>, Error> {
        let input = &comparison.input;
        let dropped = input.dropped.iter().map(|(why, n)| fact(&name(why), count(*n)));
        let notes = input_notes(input);
        Ok(Some(context! {
            facts => input_facts(input),
            notes => notes.iter().map(|note| sentence(note)).collect::<Vec<_>>(),
            dropped => dropped.collect::<Vec<Fact>>(),
            dropped_total => count(input.dropped.values().sum()),
        }))
    }

    fn markdown(&self, comparison: &Comparison, out: &mut Markdown) {
        let input = &comparison.input;
        let dropped: usize = input.dropped.values().sum();
        out.heading("What was read, and what was dropped");
        out.paragraph(&format!(
            "{} read, {} kept, {} dropped.",
            counted(input.records, "record", "records"),
            counted(input.traces, "trace", "traces"),
            count(dropped)
        ));
        out.list(input_notes(input).iter().map(|note| sentence(note)));
        let rows = input.dropped.iter().map(|(why, n)| [text(&sentence(why)), count(*n)]);
        out.table(["dropped because", "records"], 1, rows);
    }

    fn terminal(
        &self,
        comparison: &Comparison,
        _options: TerminalOptions,
        page: &mut TerminalPage<'_>,
    ) -> io::Result<()> {
        dropped(page, &comparison.input)?;
        data(page, &comparison.input)
    }

    fn needs_no_ranking(&self) -> bool {
        true
    }

    fn is_first_in_terminal(&self) -> bool {
        true
    }
}
