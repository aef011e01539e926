//! Accuracy step by step: by the length of a trace, or by the number of traces that are judged
//! together.
//!
//! A dot for each step with its 95 % interval; the steps are evenly apart, whatever they mean.

use crate::evaluation::{Estimate, Evaluation};
use crate::report::drawing::figure::{Figure, Frame, Look};
use crate::report::drawing::palette::{AXIS, GRID, INK, MUTED, PAPER, SERIES};
use crate::report::drawing::shapes::Drawing;
use crate::report::drawing::text::{Align, PlotError, Text};
use crate::report::numbers;

const LEFT: f64 = 52.0;
const BELOW: f64 = 66.0;

/// The figure.
pub struct StepsPlot {
    frame: Frame,
    axis: &'static str,
    steps: Vec<Step>,
    /// Where the axis begins: the last fifth below all that is drawn.
    start: f64,
}

struct Step {
    label: String,
    below: String,
    right: Estimate,
}

impl StepsPlot {
    /// Accuracy by the length of a trace.
    pub fn by_length(evaluation: &Evaluation, look: Look) -> Result<Self, PlotError> {
        let steps = evaluation.by_length.iter().map(|bin| Step {
            label: short_range(bin.from, bin.below),
            below: format!("n = {}", numbers::count(bin.traces)),
            right: bin.top1,
        });
        let title = "Longer traces, and how often the right model came first";
        Self::new(title, "words in the trace", steps.collect(), look)
    }

    /// Accuracy by the number of traces that are judged together.
    pub fn pooled(evaluation: &Evaluation, look: Look) -> Result<Self, PlotError> {
        let steps = evaluation.pooled.iter().map(|pool| Step {
            label: numbers::count(pool.traces),
            below: numbers::counted(pool.models, "model", "models"),
            right: pool.top1,
        });
        let title = "Several traces together, and how often the right model came first";
        Self::new(title, "traces scored together", steps.collect(), look)
    }

    fn new(
        title: &str,
        axis: &'static str,
        steps: Vec<Step>,
        look: Look,
    ) -> Result<Self, PlotError> {
        let subtitle = "Held-out traces; lines are 95 % intervals, resampled by prompt.";
        let lowest =
            steps.iter().map(|step| step.right.low.min(step.right.value)).fold(1.0, f64::min);
        let start = ((lowest - 0.02).clamp(0.0, 0.8) * 5.0).floor() / 5.0;
        let said: Vec<String> = steps
            .iter()
            .map(|step| format!("{}: {}", step.label, numbers::accuracy(step.right.value)))
            .collect();
        let description = format!("By {axis}: {}.", said.join("; "));
        let frame = Frame::new(
            look,
            size(look).0 - 2.0 * look.margin(),
            title.to_owned(),
            subtitle,
            description,
        )?;
        Ok(Self { frame, axis, steps, start })
    }

    /// Left and right end of the steps.
    fn ends(&self) -> (f64, f64) {
        (self.frame.look.margin() + LEFT, size(self.frame.look).0 - self.frame.look.margin() - 4.0)
    }

    fn x(&self, step: usize) -> f64 {
        let (left, right) = self.ends();
        left + (right - left) * (step as f64 + 0.5) / self.steps.len().max(1) as f64
    }

    fn y(&self, value: f64, top: f64) -> f64 {
        let part = (value.clamp(self.start, 1.0) - self.start) / (1.0 - self.start);
        top + size(self.frame.look).1 * (1.0 - part)
    }
}

impl Figure for StepsPlot {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn size(&self) -> (f64, f64) {
        let (width, height) = size(self.frame.look);
        (width, 2.0 * self.frame.look.margin() + self.frame.heading() + 14.0 + height + BELOW)
    }

    fn draw(&self, drawing: &mut Drawing, top: f64) -> Result<(), PlotError> {
        let top = top + 14.0;
        let (left, right) = self.ends();
        let small = Text::new(12.0, MUTED);
        // Fifths, so that every label is a whole percentage.
        let fifths = ((1.0 - self.start) * 5.0).round() as u32;
        let pieces = if fifths <= 2 { 2 * fifths } else { fifths };
        for piece in 0..=pieces {
            let value = self.start + (1.0 - self.start) * f64::from(piece) / f64::from(pieces);
            let y = self.y(value, top);
            drawing.line((left, y), (right, y), 1.0, if piece == 0 { AXIS } else { GRID });
            drawing.text(&numbers::percent(value), (left - 8.0, y), &small.align(Align::Right));
        }
        let bottom = self.y(self.start, top);
        for (i, pair) in self.steps.windows(2).enumerate() {
            let at = |step: &Step, i: usize| (self.x(i), self.y(step.right.value, top));
            drawing.line(at(&pair[0], i), at(&pair[1], i + 1), 1.4, SERIES[0].faint(0.45));
        }
        for (i, step) in self.steps.iter().enumerate() {
            let (x, y) = (self.x(i), self.y(step.right.value, top));
            let (low, high) = (self.y(step.right.low, top), self.y(step.right.high, top));
            drawing.line((x, high), (x, low), 1.6, SERIES[0]);
            for end in [low, high] {
                drawing.line((x - 3.5, end), (x + 3.5, end), 1.6, SERIES[0]);
            }
            drawing.dot((x, y), 5.8, PAPER);
            drawing.dot((x, y), 4.8, SERIES[0]);
            let room = (right - left) / self.steps.len() as f64 - 3.0;
            let middle = Text::new(12.0, INK).align(Align::Middle);
            drawing.text(&middle.fit(&step.label, room)?, (x, bottom + 14.0), &middle);
            let tiny = Text::new(10.5, MUTED).align(Align::Middle);
            drawing.text(&tiny.fit(&step.below, room)?, (x, bottom + 30.0), &tiny);
        }
        let middle = f64::midpoint(left, right);
        drawing.text(self.axis, (middle, bottom + 52.0), &small.align(Align::Middle));
        Ok(())
    }
}

/// The width of the figure, and the height above the scale.
fn size(look: Look) -> (f64, f64) {
    match look {
        Look::File => (720.0, 320.0),
        Look::Page => (490.0, 240.0),
        Look::Phone => (350.0, 200.0),
    }
}

/// A range of words that fits under a dot: `30–99`, `800+`, `1.6–3.2k`.
fn short_range(from: usize, below: Option<usize>) -> String {
    let Some(below) = below else { return format!("{}+", numbers::count(from)) };
    if from < 1_000 && below <= 1_000 {
        return format!("{from}–{}", below - 1);
    }
    let thousands = |n: usize| format!("{:.1}", n as f64 / 1_000.0);
    format!("{}–{}k", thousands(from), thousands(below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_short() {
        assert_eq!(short_range(30, Some(100)), "30–99");
        assert_eq!(short_range(800, Some(1_600)), "0.8–1.6k");
        assert_eq!(short_range(3_200, None), "3,200+");
    }
}
