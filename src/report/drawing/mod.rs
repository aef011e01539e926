//! Figures, drawn once and put out as SVG text (for the page and for slides) and as PNG.
//!
//! Comes in: a [`crate::lineage::Comparison`], an audit, an explanation, a tree of styles, or a
//! [`crate::evaluation::Evaluation`]. Goes out: SVG strings and PNG files. Called by
//! [`crate::report::write_report`] and by the page. One file per figure; `canvas` holds what all
//! figures are drawn with, `palette` their colours. Labels go through [`crate::report::escape`]
//! when a figure is made, before anything measures or draws them.

pub(in crate::report) mod axis;
pub(in crate::report) mod canvas;
mod dendrogram;
pub(in crate::report) mod heat_map;
pub(in crate::report) mod palette;
pub(in crate::report) mod rows;
pub(in crate::report) mod shares;

pub use canvas::{Figure, PlotError, png, png_bytes, svg};

/// Where a figure will stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Alone, in a file: as wide as a slide wants it, with its title drawn in.
    File,
    /// In the page on a wide screen and on paper; the page sets the title.
    Page,
    /// In the page on a phone.
    Phone,
}

impl Look {
    /// The room around the drawing.
    pub(in crate::report) fn margin(self) -> f64 {
        if self == Self::File { 28.0 } else { 0.0 }
    }
}

/// Draws the title and what stands under it; answers the vertical position below them.
pub(in crate::report) fn heading<DB: plotters::backend::DrawingBackend>(
    canvas: &canvas::Canvas<'_, DB>,
    look: Look,
    lines: &Heading,
) -> Result<f64, PlotError> {
    let mut y = look.margin();
    for line in &lines.title {
        canvas.text(
            line,
            (look.margin(), y + 11.0),
            &canvas::Text::new(18.0, palette::INK).bold(),
        )?;
        y += 24.0;
    }
    for line in &lines.subtitle {
        canvas.text(line, (look.margin(), y + 10.0), &canvas::Text::new(13.0, palette::MUTED))?;
        y += 19.0;
    }
    Ok(if lines.height > 0.0 { y + 14.0 } else { y })
}

/// A title and what stands under it, wrapped to the width of the figure.
pub(in crate::report) struct Heading {
    title: Vec<String>,
    subtitle: Vec<String>,
    /// Room that they take; nothing in the page, which sets them as text.
    pub(in crate::report) height: f64,
}

impl Heading {
    pub(in crate::report) fn new(
        look: Look,
        width: f64,
        title: &str,
        subtitle: &str,
    ) -> Result<Self, PlotError> {
        if look != Look::File {
            return Ok(Self { title: Vec::new(), subtitle: Vec::new(), height: 0.0 });
        }
        let title = canvas::Text::new(18.0, palette::INK).bold().wrap(title, width, 2)?;
        let subtitle = canvas::Text::new(13.0, palette::MUTED).wrap(subtitle, width, 2)?;
        let height = 24.0 * title.len() as f64 + 19.0 * subtitle.len() as f64 + 14.0;
        Ok(Self { title, subtitle, height })
    }
}
