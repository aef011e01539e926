//! A figure: what every one of them has, and what each draws for itself.
//!
//! [`draw`] lays the paper, the heading and the sentence of an empty figure; a figure draws only
//! what is below its heading.

use super::palette::{INK, MUTED, PAPER};
use super::shapes::Drawing;
use super::text::{PlotError, Text};

/// Where a figure will stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Alone, in a file: as wide as a slide, with its title drawn in.
    File,
    /// In the page on a wide screen and on paper; the page sets the title.
    Page,
    /// In the page on a phone.
    Phone,
}

impl Look {
    /// The room around the drawing, in CSS pixels.
    pub fn margin(self) -> f64 {
        if self == Self::File { 28.0 } else { 0.0 }
    }
}

/// One figure. Numbers are computed and labels escaped when it is made; drawing only lays out.
pub trait Figure {
    /// Where it stands, its title and its description.
    fn frame(&self) -> &Frame;

    /// Width and height in CSS pixels, with margins and heading.
    fn size(&self) -> (f64, f64);

    /// The sentence that is drawn where there is nothing to show.
    fn empty(&self) -> Option<&'static str> {
        None
    }

    /// Draws what is below the heading, from `top` on.
    ///
    /// # Errors
    /// When the bundled font cannot be read.
    fn draw(&self, drawing: &mut Drawing, top: f64) -> Result<(), PlotError>;
}

/// What all figures have: where they stand, a title, a description, and the heading of a file.
pub struct Frame {
    /// Where it stands.
    pub look: Look,
    /// What it shows in one sentence: the SVG's accessible name.
    pub title: String,
    /// The finding with its numbers: the SVG's description.
    pub description: String,
    /// The lines of the heading. Empty in the page, which sets them as text.
    title_lines: Vec<String>,
    subtitle_lines: Vec<String>,
}

impl Frame {
    /// The frame of a figure whose heading may be `width` wide.
    ///
    /// # Errors
    /// When the bundled font cannot be read.
    pub fn new(
        look: Look,
        width: f64,
        title: String,
        subtitle: &str,
        description: String,
    ) -> Result<Self, PlotError> {
        let (mut title_lines, mut subtitle_lines) = (Vec::new(), Vec::new());
        if look == Look::File {
            title_lines = Text::new(18.0, INK).bold().wrap(&title, width, 2)?;
            subtitle_lines = Text::new(13.0, MUTED).wrap(subtitle, width, 2)?;
        }
        Ok(Self { look, title, description, title_lines, subtitle_lines })
    }

    /// The frame of a figure that has no heading of its own.
    pub fn without_heading(look: Look, title: &str, description: String) -> Self {
        let title = title.to_owned();
        Self { look, title, description, title_lines: Vec::new(), subtitle_lines: Vec::new() }
    }

    /// The height of the heading.
    pub fn heading(&self) -> f64 {
        if self.look != Look::File {
            return 0.0;
        }
        let (lines, below) = (self.title_lines.len() as f64, self.subtitle_lines.len() as f64);
        24.0 * lines + 19.0 * below + 14.0
    }

    /// Draws the heading and returns the position below it.
    fn draw(&self, drawing: &mut Drawing) -> f64 {
        let left = self.look.margin();
        let mut y = left;
        for line in &self.title_lines {
            drawing.text(line, (left, y + 11.0), &Text::new(18.0, INK).bold());
            y += 24.0;
        }
        for line in &self.subtitle_lines {
            drawing.text(line, (left, y + 10.0), &Text::new(13.0, MUTED));
            y += 19.0;
        }
        if self.heading() > 0.0 { y + 14.0 } else { y }
    }
}

/// The whole drawing of a figure.
///
/// # Errors
/// When the bundled font cannot be read.
pub(super) fn draw(figure: &dyn Figure) -> Result<Drawing, PlotError> {
    let mut drawing = Drawing::default();
    drawing.rect((0.0, 0.0), figure.size(), PAPER);
    let top = figure.frame().draw(&mut drawing);
    match figure.empty() {
        Some(sentence) => {
            let at = (figure.frame().look.margin(), top + 20.0);
            drawing.text(sentence, at, &Text::new(14.0, MUTED));
        }
        None => figure.draw(&mut drawing, top)?,
    }
    Ok(drawing)
}
