//! What the comparison cannot say.

use super::section::{Question, Section};
use crate::lineage::Comparison;
use crate::report::Error;
use crate::report::escape::sentence;
use crate::report::markdown::Markdown;
use crate::report::terminal::{TerminalOptions, TerminalPage};
use crate::report::wording;
use minijinja::{Value, context};
use std::io;

/// The section.
pub(super) struct Limits;

impl Section for Limits {
    fn id(&self) -> &'static str {
        "limits"
    }

    fn question(&self) -> Question {
        Question::Sure
    }

    fn is_open(&self) -> bool {
        true
    }

    fn template(&self) -> &'static str {
        include_str!("limits.html")
    }

    fn page(&self, comparison: &Comparison) -> Result<Option<Value>, Error> {
        let limits = comparison.limits.iter().map(|limit| sentence(&limit.to_string()));
        Ok(Some(context! {
            style_is_evidence => wording::STYLE_IS_EVIDENCE,
            limits => limits.collect::<Vec<_>>(),
        }))
    }

    fn markdown(&self, comparison: &Comparison, out: &mut Markdown) {
        out.heading("What this cannot say");
        out.list(comparison.limits.iter().map(|limit| sentence(&limit.to_string())));
    }

    fn terminal(
        &self,
        comparison: &Comparison,
        _options: TerminalOptions,
        page: &mut TerminalPage<'_>,
    ) -> io::Result<()> {
        page.bullets("What this cannot say", &comparison.limits)
    }

    fn needs_no_ranking(&self) -> bool {
        true
    }
}
