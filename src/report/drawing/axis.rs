//! Axes: where they begin and end, their ticks, and the position of a value on them.
//!
//! [`Axis`] is one of similarities, used by the figures of drift and likeness. It contains 0, since
//! a similarity of 0 is what two writers at random have, and every value in [-1, 1] that is drawn.
//! [`ShareAxis`] is one of shares, from 0 on, used by the figures of the ranking and of where it
//! holds.

use super::palette::{AXIS, GRID, MUTED};
use super::shapes::Drawing;
use super::text::{Align, Text};
use crate::report::numbers;

/// The distances between ticks to choose from.
const STEPS: [f64; 4] = [0.1, 0.2, 0.25, 0.5];

/// The axis, from `low` to `high`, between two positions in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::report) struct Axis {
    low: f64,
    high: f64,
    step: f64,
    ends: (f64, f64),
}

impl Axis {
    /// The shortest axis that contains 0 and these values, which are drawn at the nearest end where
    /// they are outside of [-1, 1]; at most `most` steps long where a step of 0.5 allows it.
    pub fn around(values: impl IntoIterator<Item = f64>, most: usize, ends: (f64, f64)) -> Self {
        let (mut least, mut largest) = (0.0_f64, 0.1_f64);
        for value in values.into_iter().filter(|value| value.is_finite()) {
            least = least.min(value.max(-1.0));
            largest = largest.max(value.min(1.0));
        }
        // A little less than a step: 0.30000000000000004 needs no step of its own.
        let whole = |step: f64| ((least / step + 1e-9).floor(), (largest / step - 1e-9).ceil());
        let fits = |step: &f64| {
            let (low, high) = whole(*step);
            high - low <= most as f64
        };
        let step = STEPS.into_iter().find(fits).unwrap_or(0.5);
        let (low, high) = whole(step);
        Self { low: low * step, high: high * step, step, ends }
    }

    /// The position of a value; one outside is at the nearest end.
    pub fn at(&self, value: f64) -> f64 {
        let part = (value.clamp(self.low, self.high) - self.low) / (self.high - self.low);
        self.ends.0 + (self.ends.1 - self.ends.0) * part
    }

    /// Draws the grid from `top` to `bottom`.
    pub fn grid(&self, drawing: &mut Drawing, top: f64, bottom: f64) {
        for value in self.ticks() {
            let x = self.at(value);
            drawing.line((x, top), (x, bottom), 1.0, if value == 0.0 { AXIS } else { GRID });
        }
    }

    /// Draws the ticks' labels and the name of the axis below `bottom`, in a room of 52 pixels.
    pub fn labels(&self, drawing: &mut Drawing, bottom: f64, name: &str) {
        let small = Text::new(12.0, MUTED).align(Align::Middle);
        let places = if self.step == 0.25 { 2 } else { 1 };
        for value in self.ticks() {
            let label = if value == 0.0 { "0".into() } else { numbers::fixed(value, places) };
            drawing.text(&label, (self.at(value), bottom + 13.0), &small);
        }
        let middle = f64::midpoint(self.ends.0, self.ends.1);
        drawing.text(name, (middle, bottom + 34.0), &small);
    }

    /// The values of the ticks; that of 0 is exactly 0.
    fn ticks(&self) -> impl Iterator<Item = f64> {
        let (first, last) = ((self.low / self.step).round(), (self.high / self.step).round());
        let step = self.step;
        (0..=(last - first) as u32).map(move |tick| (first + f64::from(tick)) * step)
    }
}

/// An axis from 0 to a limit, between two positions in CSS pixels.
#[derive(Debug, Clone, Copy)]
pub(in crate::report) struct ShareAxis {
    scale: Scale,
    ends: (f64, f64),
}

/// From 0 to `limit` in `steps`, labels with this many decimal places.
#[derive(Debug, Clone, Copy)]
struct Scale {
    limit: f64,
    steps: u32,
    places: usize,
}

/// The scales to choose from: the first that contains all that is drawn.
const SCALES: [Scale; 7] = [
    Scale { limit: 0.05, steps: 5, places: 2 },
    Scale { limit: 0.1, steps: 5, places: 2 },
    Scale { limit: 0.2, steps: 4, places: 2 },
    Scale { limit: 0.4, steps: 4, places: 1 },
    Scale { limit: 0.6, steps: 3, places: 1 },
    Scale { limit: 0.8, steps: 4, places: 1 },
    Scale { limit: 1.0, steps: 5, places: 1 },
];

impl ShareAxis {
    /// The shortest axis that contains these shares; those over 1 are at its end.
    pub fn holding(values: impl IntoIterator<Item = f64>, ends: (f64, f64)) -> Self {
        let largest = values.into_iter().fold(0.0, f64::max);
        let whole = SCALES[SCALES.len() - 1];
        Self { scale: SCALES.into_iter().find(|s| s.limit >= largest).unwrap_or(whole), ends }
    }

    /// The position of a share; one outside is at the nearest end.
    pub fn at(&self, value: f64) -> f64 {
        let (left, right) = self.ends;
        left + (right - left) * (value / self.scale.limit).clamp(0.0, 1.0)
    }

    /// Draws the grid from `top` to `bottom`, the ticks' labels and the name below, in a room of 52
    /// pixels.
    pub fn draw(&self, drawing: &mut Drawing, top: f64, bottom: f64, name: &str) {
        let Scale { limit, steps, places } = self.scale;
        let small = Text::new(12.0, MUTED).align(Align::Middle);
        for step in 0..=steps {
            let value = limit * f64::from(step) / f64::from(steps);
            let x = self.at(value);
            drawing.line((x, top), (x, bottom), 1.0, if step == 0 { AXIS } else { GRID });
            let label = if step == 0 { "0".into() } else { format!("{value:.places$}") };
            drawing.text(&label, (x, bottom + 13.0), &small);
        }
        drawing.text(name, (f64::midpoint(self.ends.0, self.ends.1), bottom + 34.0), &small);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_holds_nought_and_every_value() {
        let axis = Axis::around([0.12, 0.31, f64::NAN], 6, (0.0, 100.0));
        assert_eq!(
            axis.ticks().map(|t| numbers::fixed(t, 1)).collect::<Vec<_>>(),
            ["0.0", "0.1", "0.2", "0.3", "0.4"]
        );
        assert_eq!(axis.at(0.2), 50.0);
        let wide = Axis::around([-0.4, 0.9], 6, (10.0, 20.0));
        assert_eq!((wide.low, wide.high, wide.step), (-0.5, 1.0, 0.25));
        assert_eq!(wide.at(-7.0), 10.0);
        assert_eq!(Axis::around([-1.0, 1.0], 4, (0.0, 1.0)).step, 0.5);
        assert!(Axis::around([], 6, (0.0, 1.0)).at(0.05) > 0.0);
        assert!(wide.ticks().any(|tick| tick == 0.0));
    }
}
