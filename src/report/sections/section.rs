//! What a section of a comparison's report is.

use crate::lineage::Comparison;
use crate::report::Error;
use crate::report::downloads::Downloads;
use crate::report::drawing::figure::{Figure, Look};
use crate::report::drawing::render::svg;
use crate::report::drawing::text::PlotError;
use crate::report::markdown::Markdown;
use crate::report::terminal::{TerminalOptions, TerminalPage};
use minijinja::Value;
use serde::Serialize;
use std::io;

/// The questions of the page, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Question {
    /// What moved from the baseline; only where there is one.
    Moved,
    /// How sure the answer is.
    Sure,
    /// What else it could be.
    Else,
    /// What in the text says so.
    Text,
    /// What was read, and how it was done.
    Read,
}

impl Question {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Moved, Self::Sure, Self::Else, Self::Text, Self::Read];

    /// Its anchor on the page, after `h-`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::Sure => "sure",
            Self::Else => "else",
            Self::Text => "text",
            Self::Read => "read",
        }
    }
}

/// One section: its data, its figures, its tables for download, its words for the page, Markdown
/// and the terminal. The writers of all forms walk one table of sections
/// ([`SECTIONS`](super::SECTIONS)), in which each has one line.
pub(in crate::report) trait Section: Sync {
    /// Its anchor on the page, after `h-`.
    fn id(&self) -> &'static str;

    /// The question of the page that it answers.
    fn question(&self) -> Question;

    /// Whether the page shows it unfolded.
    fn is_open(&self) -> bool {
        false
    }

    /// Its part of the page. The template sees `section`: `id`, `open`, `data`, `figures` and
    /// `downloads`, the last two by name.
    fn template(&self) -> &'static str;

    /// What its template sees as `section.data`; `None` where the comparison has no such section.
    ///
    /// # Errors
    /// When a figure cannot be drawn.
    fn page(&self, comparison: &Comparison) -> Result<Option<Value>, Error>;

    /// Its figures, for the page and as files.
    fn figures<'a>(&self, _comparison: &'a Comparison) -> Vec<SectionFigure<'a>> {
        Vec::new()
    }

    /// The data of its figures, as links of the page. Every row that the result holds is there, not
    /// only what the figure has room for.
    ///
    /// # Errors
    /// None of today's types can cause one.
    fn tables(&self, _comparison: &Comparison) -> Result<Vec<Downloads>, Error> {
        Ok(Vec::new())
    }

    /// Adds it to `report.md`.
    fn markdown(&self, _comparison: &Comparison, _out: &mut Markdown) {}

    /// Prints it in a terminal.
    ///
    /// # Errors
    /// Those of the writer, a closed pipe among them.
    fn terminal(
        &self,
        _comparison: &Comparison,
        _options: TerminalOptions,
        _page: &mut TerminalPage<'_>,
    ) -> io::Result<()> {
        Ok(())
    }

    /// Whether files and Markdown have it although nothing was ranked.
    fn needs_no_ranking(&self) -> bool {
        false
    }

    /// Whether a terminal shows it before all others: what the verdict rests on.
    fn is_first_in_terminal(&self) -> bool {
        false
    }
}

/// Makes a figure for one look.
type Make<'a> = dyn Fn(Look) -> Result<Box<dyn Figure>, PlotError> + 'a;

/// One figure of a section.
pub(in crate::report) struct SectionFigure<'a> {
    /// Its id on the page and the name of its files.
    pub name: &'static str,
    /// Whether the page shows it, and whether it is written as files.
    pub in_page: bool,
    pub in_files: bool,
    make: Box<Make<'a>>,
}

/// A figure as text for the page.
#[derive(Serialize)]
pub(in crate::report) struct InlineFigure {
    wide: String,
    phone: String,
}

impl<'a> SectionFigure<'a> {
    /// A figure that the page shows and that is written as files.
    pub fn new<F: Figure + 'static>(
        name: &'static str,
        make: impl Fn(Look) -> Result<F, PlotError> + 'a,
    ) -> Self {
        let make = move |look| make(look).map(|figure| Box::new(figure) as Box<dyn Figure>);
        Self { name, in_page: true, in_files: true, make: Box::new(make) }
    }

    /// The same, on the page only.
    pub fn in_page_only(self) -> Self {
        Self { in_files: false, ..self }
    }

    /// The same, as files only.
    pub fn in_files_only(self) -> Self {
        Self { in_page: false, ..self }
    }

    /// The figure for one look.
    ///
    /// # Errors
    /// When the bundled font cannot be read, or there is more to draw than a figure can show.
    pub fn make(&self, look: Look) -> Result<Box<dyn Figure>, Error> {
        (self.make)(look).map_err(|source| self.failed(source))
    }

    /// The figure as text for a wide screen and for a phone.
    ///
    /// # Errors
    /// As [`SectionFigure::make`].
    pub fn inline(&self) -> Result<InlineFigure, Error> {
        let text = |look, id: &str| -> Result<String, Error> {
            svg(&*self.make(look)?, id).map_err(|source| self.failed(source))
        };
        Ok(InlineFigure {
            wide: text(Look::Page, self.name)?,
            phone: text(Look::Phone, &format!("{}-phone", self.name))?,
        })
    }

    fn failed(&self, source: PlotError) -> Error {
        Error::Figure { what: format!("the figure {}", self.name), source }
    }
}
