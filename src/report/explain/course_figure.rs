//! The course: the probability of the first references along one trace.
//!
//! A step line for each reference, over the words of the trace. Neighbouring pieces of a long trace
//! are averaged, so that a figure has no more steps than it has pixels to show them.

use crate::lineage::explain::{Course, Explanation};
use crate::report::drawing::figure::{Figure, Frame, Look};
use crate::report::drawing::palette::{AXIS, GRID, INK, MUTED, SERIES};
use crate::report::drawing::rows::width;
use crate::report::drawing::shapes::Drawing;
use crate::report::drawing::text::{Align, PlotError, Text};
use crate::report::{escape, numbers};

/// Height of a line of the key, and of the scale.
const KEY_LINE: f64 = 20.0;
const SCALE: f64 = 190.0;
/// Room for the axis and its label.
const AXIS_ROOM: f64 = 50.0;
/// CSS pixels of a step.
const STEP: f64 = 3.0;

/// The figure.
pub struct CoursePlot {
    frame: Frame,
    courses: Vec<(String, f64, Vec<f64>)>,
    words: usize,
}

impl CoursePlot {
    /// The figure of an explanation.
    ///
    /// # Errors
    /// When the bundled font cannot be read.
    pub fn new(explanation: &Explanation, look: Look) -> Result<Self, PlotError> {
        let title = "Which reference each part of the trace resembles".to_owned();
        let steps = ((width(look) - left(look)) / STEP) as usize;
        let words = explanation.words;
        let courses: Vec<(String, f64, Vec<f64>)> = (explanation.courses.iter())
            .map(|course| {
                let values = averaged(course, words, steps);
                (escape::name(&course.reference), course.mean, values)
            })
            .collect();
        let told: Vec<String> = courses
            .iter()
            .map(|(name, mean, _)| format!("{name} {}", numbers::share(*mean)))
            .collect();
        let description = format!(
            "Probability along the trace; means over its words: {}. All values are in the table.",
            told.join(", ")
        );
        let frame = Frame::new(look, width(look) - 2.0 * look.margin(), title, "", description)?;
        Ok(Self { frame, courses, words })
    }

    fn key_height(&self) -> f64 {
        KEY_LINE * self.courses.len() as f64 + 12.0
    }
}

/// The course in this many steps of the same number of words.
fn averaged(course: &Course, words: usize, steps: usize) -> Vec<f64> {
    let steps = steps.min(words).max(1);
    let mut sums = vec![(0.0, 0.0); steps];
    let step = words as f64 / steps as f64;
    for &(first, count, value) in &course.pieces {
        let (from, to) = (first as f64, (first + count) as f64);
        let last = ((to / step).ceil() as usize).min(steps);
        for (at, sum) in sums.iter_mut().enumerate().take(last).skip((from / step) as usize) {
            let (begin, end) = (at as f64 * step, (at + 1) as f64 * step);
            let shared = (to.min(end) - from.max(begin)).max(0.0);
            sum.0 += shared * value;
            sum.1 += shared;
        }
    }
    sums.into_iter().map(|(sum, weight)| if weight > 0.0 { sum / weight } else { 0.0 }).collect()
}

impl Figure for CoursePlot {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn size(&self) -> (f64, f64) {
        let margins = 2.0 * self.frame.look.margin();
        let height = margins + self.frame.heading() + self.key_height() + SCALE + AXIS_ROOM;
        (width(self.frame.look), height)
    }

    fn draw(&self, drawing: &mut Drawing, top: f64) -> Result<(), PlotError> {
        let small = Text::new(12.0, MUTED);
        let (from, to) =
            (left(self.frame.look), width(self.frame.look) - self.frame.look.margin() - 6.0);
        for (at, (name, mean, _)) in self.courses.iter().enumerate() {
            let y = top + KEY_LINE * at as f64 + 8.0;
            drawing.line((from, y), (from + 22.0, y), 2.4, SERIES[at % SERIES.len()]);
            let label = format!("{name}, mean {}", numbers::share(*mean));
            let label = small.fit(&label, to - from - 30.0)?;
            drawing.text(&label, (from + 30.0, y), &Text::new(12.0, INK));
        }
        let top = top + self.key_height();
        let y = |value: f64| top + SCALE * (1.0 - value.clamp(0.0, 1.0));
        for (value, label) in [(0.0, "0"), (0.5, "0.5"), (1.0, "1")] {
            drawing.line(
                (from, y(value)),
                (to, y(value)),
                1.0,
                if value == 0.0 { AXIS } else { GRID },
            );
            drawing.text(label, (from - 8.0, y(value)), &small.align(Align::Right));
        }
        for (words, align) in
            [(0, Align::Left), (self.words / 2, Align::Middle), (self.words, Align::Right)]
        {
            let x = from + (to - from) * words as f64 / self.words.max(1) as f64;
            drawing.text(&numbers::count(words), (x, top + SCALE + 14.0), &small.align(align));
        }
        let middle = f64::midpoint(from, to);
        let label = "words of the trace";
        drawing.text(label, (middle, top + SCALE + 34.0), &small.align(Align::Middle));
        // The first reference last, so that its line lies on top.
        for (at, (_, _, values)) in self.courses.iter().enumerate().rev() {
            let colour = SERIES[at % SERIES.len()];
            let x = |step: usize| from + (to - from) * step as f64 / values.len() as f64;
            let mut before: Option<f64> = None;
            let mut begin = 0;
            for (step, &value) in values.iter().enumerate() {
                if before.is_some_and(|before| (before - value).abs() > 1e-9) {
                    let old = before.unwrap_or_default();
                    drawing.line((x(begin), y(old)), (x(step), y(old)), 1.8, colour);
                    drawing.line((x(step), y(old)), (x(step), y(value)), 1.8, colour);
                    begin = step;
                }
                before = Some(value);
            }
            if let Some(value) = before {
                drawing.line((x(begin), y(value)), (to, y(value)), 1.8, colour);
            }
        }
        Ok(())
    }
}

/// Where the scale begins.
fn left(look: Look) -> f64 {
    look.margin() + 34.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_course_is_averaged_by_words() {
        let course = Course {
            reference: "a/x".into(),
            mean: 0.5,
            pieces: vec![(0, 1, 1.0), (1, 3, 0.2), (4, 4, 0.6)],
        };
        let two = averaged(&course, 8, 2);
        // (1 × 1 + 3 × 0.2) / 4, then 0.6.
        assert!((two[0] - 0.4).abs() < 1e-12 && (two[1] - 0.6).abs() < 1e-12, "{two:?}");
        assert_eq!(averaged(&course, 8, 100).len(), 8);
        assert_eq!(averaged(&Course { pieces: vec![], ..course }, 0, 5), [0.0]);
    }
}
