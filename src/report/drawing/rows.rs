//! Rows of a figure: a label, a drawing between two ends, and its numbers.
//!
//! Used by the figures of ranking, drift, likeness and subgroups, which differ in what
//! they draw between the ends. On a wide figure label and numbers are next to the drawing, on a
//! phone above it.

use super::figure::Look;
use super::palette::{Colour, MUTED, PAPER};
use super::shapes::Drawing;
use super::text::{Align, PlotError, Text};

/// Height of the axis below the rows.
pub(in crate::report) const AXIS_ROOM: f64 = 52.0;

/// Where rows stand, in CSS pixels.
#[derive(Debug, Clone, Copy)]
pub(in crate::report) struct Rows {
    look: Look,
    /// Room for labels and for numbers on a wide figure.
    room: (f64, f64),
    /// Where the drawing begins on a phone.
    phone_left: f64,
    /// Whether labels on a phone have a background of paper, since lines would run through them.
    data_seted: bool,
}

impl Rows {
    /// Rows with so much room for labels and for numbers on a wide figure.
    pub fn new(look: Look, labels: f64, numbers: f64) -> Self {
        Self { look, room: (labels, numbers), phone_left: 18.0, data_seted: false }
    }

    /// The same with the drawing's left end on a phone elsewhere.
    pub fn from(self, phone_left: f64) -> Self {
        Self { phone_left, ..self }
    }

    /// The same with labels that cover the lines below them.
    pub fn data_seted(self) -> Self {
        Self { data_seted: true, ..self }
    }

    /// The width of the figure.
    pub fn width(&self) -> f64 {
        width(self.look)
    }

    /// Left and right end of the drawing.
    pub fn ends(&self) -> (f64, f64) {
        let (margin, width) = (self.look.margin(), self.width());
        match self.look {
            Look::Phone => (self.phone_left, width - 18.0),
            _ => (margin + self.room.0, width - margin - self.room.1),
        }
    }

    /// The height of a row.
    pub fn height(&self) -> f64 {
        if self.is_phone() { 42.0 } else { 26.0 }
    }

    pub fn is_phone(&self) -> bool {
        self.look == Look::Phone
    }

    /// The middle of the drawing of a row that begins at `top`.
    pub fn middle(&self, top: f64) -> f64 {
        top + if self.is_phone() { 30.0 } else { self.height() / 2.0 }
    }

    /// The middle of its label.
    pub fn label_middle(&self, top: f64) -> f64 {
        if self.is_phone() { top + 12.0 } else { self.middle(top) }
    }

    /// Draws label and numbers of a row that begins at `top`; both are escaped by now. A label that
    /// is too long is cut.
    pub fn labels(
        &self,
        drawing: &mut Drawing,
        label: &str,
        look: Text,
        numbers: &str,
        top: f64,
    ) -> Result<(), PlotError> {
        let y = self.label_middle(top);
        let small = Text::new(12.0, MUTED);
        if !self.is_phone() {
            let left = self.ends().0 - 12.0;
            let label = look.fit(label, left - self.look.margin())?;
            drawing.text(&label, (left, y), &look.align(Align::Right));
            drawing.text(numbers, (self.ends().1 + 18.0, y), &small);
            return Ok(());
        }
        let right = self.width() - 8.0;
        let taken = small.width(numbers)?;
        let label = look.fit(label, right - if self.data_seted { 18.0 } else { 14.0 } - taken)?;
        if self.data_seted {
            drawing.rect((4.0, y - 8.0), (8.0 + look.width(&label)?, y + 8.0), PAPER);
            drawing.rect((right - 2.0 - taken, y - 8.0), (right + 2.0, y + 8.0), PAPER);
        }
        drawing.text(&label, (6.0, y), &look);
        drawing.text(numbers, (right, y), &small.align(Align::Right));
        Ok(())
    }
}

/// The width of a figure of this look.
pub(in crate::report) fn width(look: Look) -> f64 {
    if look == Look::Phone { 350.0 } else { 960.0 }
}

/// An interval with its ends, which are so high to either side.
pub(in crate::report) fn whisker(
    drawing: &mut Drawing,
    (low, high): (f64, f64),
    y: f64,
    end: f64,
    colour: Colour,
) {
    drawing.line((low, y), (high, y), 1.6, colour);
    for x in [low, high] {
        drawing.line((x, y - end), (x, y + end), 1.6, colour);
    }
}

/// A dot with a gap to what is below it.
pub(in crate::report) fn point(drawing: &mut Drawing, at: (f64, f64), colour: Colour) {
    drawing.dot(at, 5.8, PAPER);
    drawing.dot(at, 4.8, colour);
}
