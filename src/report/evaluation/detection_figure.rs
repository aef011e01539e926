//! The detection curve of the verdict: how many known corpora are named rightly where so many strangers
//! are named.
//!
//! A line of steps for each number of traces, with a dot where the bound of the program stands. The
//! dotted line is at the share of strangers that the program means to name at most.

use crate::evaluation::{DetectionFigures, OpenSetFigures, VerificationFigures};
use crate::report::drawing::figure::{Figure, Frame, Look};
use crate::report::drawing::palette::{AXIS, Colour, GRID, INK, MUTED, PAPER, SERIES};
use crate::report::drawing::shapes::{Drawing, Point};
use crate::report::drawing::text::{Align, PlotError, Text};
use crate::report::numbers;

/// Room left of the scale, right of it for the labels, and below it.
const LEFT: f64 = 52.0;
const RIGHT: f64 = 80.0;
const BELOW: f64 = 48.0;
/// Labels are this far apart at least.
const LABEL: f64 = 15.0;
/// Dots of the dotted line.
const DOTS: u32 = 40;

/// The figure.
pub struct DetectionPlot {
    frame: Frame,
    error_rate: f64,
    lines: Vec<Line>,
}

/// The curve of one number of traces.
struct Line {
    label: String,
    colour: Colour,
    /// Share of strangers and of known corpora, from corner to corner.
    corners: Vec<(f64, f64)>,
    /// Where the bound of the program stands.
    own: (f64, f64),
}

impl Line {
    fn new(figures: &DetectionFigures, colour: Colour) -> Self {
        let mut corners = vec![(0.0, 0.0)];
        for corner in &figures.curve {
            let before = corners.last().map_or(0.0, |last| last.1);
            corners.push((corner.strangers_named, before));
            corners.push((corner.strangers_named, corner.named_rightly));
        }
        corners.push((1.0, corners.last().map_or(0.0, |last| last.1)));
        Self {
            label: numbers::counted(figures.traces, "trace", "traces"),
            colour,
            corners,
            own: (figures.strangers_named.value, figures.named_rightly.value),
        }
    }

    /// The share of known corpora that any bound names rightly.
    fn end(&self) -> f64 {
        self.corners.last().map_or(0.0, |last| last.1)
    }
}

impl DetectionPlot {
    /// The figure of an open set; `None` where the verdict was not measured.
    ///
    /// # Errors
    /// When the bundled font cannot be read.
    pub fn new(figures: &OpenSetFigures, look: Look) -> Result<Option<Self>, PlotError> {
        figures.verification.as_ref().map(|found| Self::of(found, look)).transpose()
    }

    fn of(figures: &VerificationFigures, look: Look) -> Result<Self, PlotError> {
        let title = "Known models named rightly, by the strangers that are named".to_owned();
        let subtitle = format!(
            "Corpora of held-out traces; a line for each number of traces. Dots: the program’s own \
             bound. Dotted: {} of the strangers.",
            numbers::percent(figures.error_rate)
        );
        let said = figures.by_traces.iter().map(|own| {
            format!(
                "{}: {} named rightly and {} of the strangers named by the program’s bound, area {}",
                numbers::counted(own.traces, "trace", "traces"),
                numbers::accuracy(own.named_rightly.value),
                numbers::accuracy(own.strangers_named.value),
                numbers::fixed(own.auroc.value, 2)
            )
        });
        let description = said.collect::<Vec<_>>().join("; ") + ".";
        let width = size(look).0 - 2.0 * look.margin();
        let colours = SERIES.into_iter().cycle();
        Ok(Self {
            frame: Frame::new(look, width, title, &subtitle, description)?,
            error_rate: figures.error_rate,
            lines: figures
                .by_traces
                .iter()
                .zip(colours)
                .map(|(own, c)| Line::new(own, c))
                .collect(),
        })
    }

    /// Left and right end of the scale.
    fn ends(&self) -> (f64, f64) {
        let look = self.frame.look;
        (look.margin() + LEFT, size(look).0 - look.margin() - RIGHT)
    }

    fn at(&self, (strangers, known): (f64, f64), top: f64) -> Point {
        let ((left, right), height) = (self.ends(), size(self.frame.look).1);
        let x = left + (right - left) * strangers.clamp(0.0, 1.0);
        (x, top + height * (1.0 - known.clamp(0.0, 1.0)))
    }

    fn scale(&self, drawing: &mut Drawing, top: f64) {
        let (left, right) = self.ends();
        let (small, middle) = (Text::new(12.0, MUTED), f64::midpoint(left, right));
        let bottom = self.at((0.0, 0.0), top).1;
        for fifth in 0..=5 {
            let value = f64::from(fifth) / 5.0;
            let (x, y) = self.at((value, value), top);
            let colour = if fifth == 0 { AXIS } else { GRID };
            drawing.line((x, top), (x, bottom), 1.0, colour);
            drawing.line((left, y), (right, y), 1.0, colour);
            let label = numbers::percent(value);
            drawing.text(&label, (x, bottom + 14.0), &small.align(Align::Middle));
            drawing.text(&label, (left - 8.0, y), &small.align(Align::Right));
        }
        for dot in 0..=DOTS {
            let at = (self.error_rate, f64::from(dot) / f64::from(DOTS));
            drawing.dot(self.at(at, top), 0.9, AXIS);
        }
        let centred = small.align(Align::Middle);
        drawing.text("share of strangers named", (middle, bottom + 36.0), &centred);
        let (x, y) = (self.frame.look.margin() + 8.0, f64::midpoint(top, bottom));
        drawing.text("share of known corpora named rightly", (x, y), &centred.upwards());
    }
}

impl Figure for DetectionPlot {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn size(&self) -> (f64, f64) {
        let (width, height) = size(self.frame.look);
        (width, 2.0 * self.frame.look.margin() + self.frame.heading() + 14.0 + height + BELOW)
    }

    fn draw(&self, drawing: &mut Drawing, top: f64) -> Result<(), PlotError> {
        let top = top + 14.0;
        self.scale(drawing, top);
        for line in &self.lines {
            for pair in line.corners.windows(2) {
                drawing.line(self.at(pair[0], top), self.at(pair[1], top), 1.8, line.colour);
            }
        }
        for line in &self.lines {
            let at = self.at(line.own, top);
            drawing.dot(at, 5.6, PAPER);
            drawing.dot(at, 4.6, line.colour);
        }
        let ends: Vec<f64> =
            self.lines.iter().map(|line| self.at((1.0, line.end()), top).1).collect();
        let bottom = self.at((0.0, 0.0), top).1;
        let right = self.ends().1;
        for (line, y) in self.lines.iter().zip(apart(&ends, bottom)) {
            drawing.line((right + 4.0, y), (right + 14.0, y), 3.0, line.colour);
            drawing.text(&line.label, (right + 18.0, y), &Text::new(12.0, INK));
        }
        Ok(())
    }
}

/// The width of the figure, and the height above the scale.
fn size(look: Look) -> (f64, f64) {
    match look {
        Look::File => (720.0, 400.0),
        Look::Page => (560.0, 340.0),
        Look::Phone => (350.0, 250.0),
    }
}

/// Heights of labels, each as near to the one wanted as it can be where they are [`LABEL`] apart and
/// none is below `bottom`. Labels keep their order; of equal ones the first is lower.
fn apart(wanted: &[f64], bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    // From below upwards.
    order.sort_by(|&a, &b| wanted[b].total_cmp(&wanted[a]).then(a.cmp(&b)));
    let mut placed = wanted.to_vec();
    let mut lowest = bottom;
    for i in order {
        placed[i] = placed[i].min(lowest);
        lowest = placed[i] - LABEL;
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_do_not_touch() {
        assert_eq!(apart(&[100.0, 50.0], 200.0), [100.0, 50.0]);
        // The higher of two makes way upwards, also of two that are equal.
        assert_eq!(apart(&[100.0, 95.0, 95.0], 200.0), [100.0, 85.0, 70.0]);
        assert_eq!(apart(&[210.0, 205.0], 200.0), [200.0, 185.0]);
    }
}
