//! The reliability diagram: how often the first model was right, by the probability that it was
//! given.
//!
//! A dot for each bin of probabilities with the interval of its share of right answers; on the
//! dotted diagonal probabilities mean what they say (Murphy & Winkler 1977). Below it, how many
//! traces each bin holds.

use crate::evaluation::{CalibrationBin, Evaluation};
use crate::report::drawing::figure::{Figure, Frame, Look};
use crate::report::drawing::palette::{AXIS, GRID, MUTED, OTHER, PAPER, SERIES};
use crate::report::drawing::shapes::Drawing;
use crate::report::drawing::text::{Align, PlotError, Text};
use crate::report::numbers;

/// Room left of the scale and below it.
const LEFT: f64 = 46.0;
const BELOW: f64 = 44.0;
/// Height of the bars of counts, with the room above them.
const BARS: f64 = 64.0;
/// Dots of the diagonal.
const DOTS: u32 = 50;

/// The figure.
pub struct ReliabilityPlot {
    frame: Frame,
    bins: Vec<CalibrationBin>,
    /// Side of the square.
    side: f64,
}

impl ReliabilityPlot {
    /// The figure of an evaluation.
    pub fn new(evaluation: &Evaluation, look: Look) -> Result<Self, PlotError> {
        let side = match look {
            Look::File => 520.0,
            Look::Page => 400.0,
            Look::Phone => 292.0,
        };
        let error = &evaluation.summary.calibration_error;
        let title = "How often the first model was right, by its probability".to_owned();
        let subtitle = format!(
            "{} held-out traces; expected calibration error {} (95 % interval {}).",
            numbers::count(evaluation.summary.traces),
            numbers::fixed(error.value, 3),
            numbers::fixed_interval(error.low, error.high, 3)
        );
        let bins = evaluation.calibration.clone();
        let said = bins.iter().map(|bin| {
            format!(
                "{} said, {} right ({})",
                numbers::share(bin.confidence),
                numbers::share(bin.right.value),
                numbers::counted(bin.traces, "trace", "traces")
            )
        });
        let description = said.collect::<Vec<_>>().join("; ") + ".";
        let frame = Frame::new(look, LEFT + side, title, &subtitle, description)?;
        Ok(Self { frame, bins, side })
    }

    fn x(&self, value: f64) -> f64 {
        self.frame.look.margin() + LEFT + self.side * value.clamp(0.0, 1.0)
    }

    fn scale(&self, drawing: &mut Drawing, top: f64) {
        let bottom = top + self.side;
        let small = Text::new(12.0, MUTED);
        for step in 0..=5 {
            let value = f64::from(step) / 5.0;
            let label = if step == 0 { "0".to_owned() } else { format!("{value:.1}") };
            let (x, y) = (self.x(value), bottom - self.side * value);
            let colour = if step == 0 { AXIS } else { GRID };
            drawing.line((x, top), (x, bottom), 1.0, colour);
            drawing.line((self.x(0.0), y), (self.x(1.0), y), 1.0, colour);
            let under = bottom + BARS + 13.0;
            drawing.text(&label, (x, under), &small.align(Align::Middle));
            drawing.text(&label, (self.x(0.0) - 8.0, y), &small.align(Align::Right));
        }
        for dot in 0..=DOTS {
            let value = f64::from(dot) / f64::from(DOTS);
            drawing.dot((self.x(value), bottom - self.side * value), 0.9, AXIS);
        }
        let middle = small.align(Align::Middle);
        drawing.text(
            "probability of the first model",
            (self.x(0.5), bottom + BARS + 33.0),
            &middle,
        );
        let left = self.frame.look.margin() + 8.0;
        drawing.text("share that was right", (left, top + self.side / 2.0), &middle.upwards());
    }
}

impl Figure for ReliabilityPlot {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn size(&self) -> (f64, f64) {
        let margins = 2.0 * self.frame.look.margin();
        // Half of the last label stands right of the scale.
        let width = margins + LEFT + self.side + 10.0;
        (width, margins + self.frame.heading() + 10.0 + self.side + BARS + BELOW)
    }

    fn draw(&self, drawing: &mut Drawing, top: f64) -> Result<(), PlotError> {
        let top = top + 10.0;
        self.scale(drawing, top);
        let bottom = top + self.side;
        let most = self.bins.iter().map(|bin| bin.traces).max().unwrap_or(1).max(1) as f64;
        let floor = bottom + BARS;
        drawing.line((self.x(0.0), floor), (self.x(1.0), floor), 1.0, AXIS);
        for bin in &self.bins {
            let height = (BARS - 24.0) * bin.traces as f64 / most;
            let (left, right) = (self.x(bin.from) + 1.0, self.x(bin.to) - 1.0);
            drawing.rect((left, floor - height.max(1.0)), (right, floor), OTHER.faint(0.55));
            let y = |value: f64| bottom - self.side * value.clamp(0.0, 1.0);
            let x = self.x(bin.confidence);
            let (low, high) = (y(bin.right.low), y(bin.right.high));
            drawing.line((x, high), (x, low), 1.6, SERIES[0]);
            drawing.dot((x, y(bin.right.value)), 5.6, PAPER);
            drawing.dot((x, y(bin.right.value)), 4.6, SERIES[0]);
        }
        let most = format!("traces (at most {})", numbers::count(most as usize));
        let look = Text::new(11.5, MUTED);
        drawing.text(&most, (self.x(0.0) + 4.0, bottom + 12.0), &look);
        Ok(())
    }
}
