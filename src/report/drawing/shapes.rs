//! A drawing: a list of shapes and texts in the order in which they are laid on each other.
//!
//! Figures add shapes in CSS pixels; [`super::render`] draws the list as SVG or as a bitmap.

use super::palette::{Colour, PAPER};
use super::text::Text;

/// A position, in CSS pixels from the upper left corner.
pub type Point = (f64, f64);

/// One shape.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// A filled rectangle between two corners.
    Rectangle { from: Point, to: Point, colour: Colour },
    /// A slanted line.
    Line { from: Point, to: Point, width: f64, colour: Colour },
    /// A filled circle.
    Circle { at: Point, radius: f64, colour: Colour },
    /// A filled polygon.
    Polygon { corners: Vec<Point>, colour: Colour },
    /// A text, centred vertically on its point.
    Text { text: String, at: Point, look: Text },
}

/// The shapes of a figure, the lowest first.
#[derive(Clone, Debug, Default)]
pub struct Drawing {
    pub(super) shapes: Vec<Shape>,
}

impl Drawing {
    /// Adds a filled rectangle between two corners.
    pub fn rect(&mut self, from: Point, to: Point, colour: Colour) {
        self.shapes.push(Shape::Rectangle { from, to, colour });
    }

    /// Adds a line of some width.
    pub fn line(&mut self, from: Point, to: Point, width: f64, colour: Colour) {
        // Upright and level lines are drawn as rectangles: they come out sharp in both formats.
        let half = width / 2.0;
        if from.0 == to.0 {
            return self.rect((from.0 - half, from.1), (to.0 + half, to.1), colour);
        }
        if from.1 == to.1 {
            return self.rect((from.0, from.1 - half), (to.0, to.1 + half), colour);
        }
        self.shapes.push(Shape::Line { from, to, width, colour });
    }

    /// Adds a filled circle.
    pub fn dot(&mut self, at: Point, radius: f64, colour: Colour) {
        self.shapes.push(Shape::Circle { at, radius, colour });
    }

    /// Adds a diamond with an outline, filled with the paper's colour.
    pub fn diamond(&mut self, at: Point, radius: f64, colour: Colour) {
        let (x, y) = at;
        let corners = |r: f64| vec![(x, y - r), (x + r, y), (x, y + r), (x - r, y)];
        self.shapes.push(Shape::Polygon { corners: corners(radius + 0.9), colour });
        self.shapes.push(Shape::Polygon { corners: corners(radius - 0.9), colour: PAPER });
    }

    /// Adds a text. It must come from [`crate::report::escape`].
    pub fn text(&mut self, text: &str, at: Point, look: &Text) {
        if !text.is_empty() {
            self.shapes.push(Shape::Text { text: text.to_owned(), at, look: *look });
        }
    }
}
