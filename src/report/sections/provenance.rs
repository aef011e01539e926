//! How to make the report again: the command, the program and the atlas.

use super::section::{Question, Section};
use crate::lineage::Comparison;
use crate::report::Error;
use crate::report::escape::{name, sentence};
use crate::report::markdown::{Markdown, fenced};
use crate::report::numbers::counted;
use crate::report::page_parts::provenance;
use minijinja::{Value, context};

/// The section.
pub(super) struct Provenance;

impl Section for Provenance {
    fn id(&self) -> &'static str {
        "provenance"
    }

    fn question(&self) -> Question {
        Question::Read
    }

    fn template(&self) -> &'static str {
        include_str!("provenance.html")
    }

    fn page(&self, comparison: &Comparison) -> Result<Option<Value>, Error> {
        Ok(Some(context! {
            command => sentence(&comparison.provenance.command),
            facts => provenance(&comparison.provenance),
        }))
    }

    fn markdown(&self, comparison: &Comparison, out: &mut Markdown) {
        out.heading("How to make this report again");
        out.block(&format!("```sh\n{}\n```", fenced(&sentence(&comparison.provenance.command))));
        let from = &comparison.provenance;
        out.paragraph(&format!(
            "{}; atlas {} with {} and {}, checksum {}.",
            name(&from.program),
            name(&from.atlas),
            counted(from.atlas_references, "reference", "references"),
            counted(from.atlas_traces, "trace", "traces"),
            name(&from.atlas_checksum)
        ));
    }

    fn needs_no_ranking(&self) -> bool {
        true
    }
}
