//! The drift: how similar the older and the newer corpus are to each reference.
//!
//! A hollow dot is the similarity before, a filled one that after, the band between them the
//! change. The thin line is the change's 95 % interval, laid on at the similarity before: where it
//! does not reach the hollow dot, the change exceeds chance. The references that are clearly nearer
//! than before are blue. On a phone the label is above its row instead of next to it.

use crate::lineage::{Drift, DriftReference};
use crate::report::drawing::axis::Axis;
use crate::report::drawing::figure::{Figure, Frame, Look};
use crate::report::drawing::palette::{Colour, INK, MUTED, OTHER, PAPER, SERIES};
use crate::report::drawing::rows::{AXIS_ROOM, Rows, whisker, width};
use crate::report::drawing::shapes::Drawing;
use crate::report::drawing::text::{PlotError, Text};
use crate::report::{escape, numbers, wording};

/// References that are drawn.
const SHOWN: usize = 15;
/// Of these, the most that are shown because they are clearly closer than before.
const CLEAR: usize = 8;
/// Height of the key above the rows on a wide figure, and on a phone, where it takes two lines.
const KEY: (f64, f64) = (30.0, 50.0);

/// The figure.
pub struct DriftPlot {
    frame: Frame,
    rows: Vec<Row>,
    axis: Axis,
}

struct Row {
    name: String,
    before: f64,
    after: f64,
    /// The interval of the change, laid on at `before`.
    interval: Option<(f64, f64)>,
    clear: bool,
    numbers: String,
}

impl DriftPlot {
    /// The figure of a drift: of the references that are clearly nearer than before those that are
    /// nearest now, then those with the largest changes. What is nearest now stands first.
    pub fn new(drift: &Drift, look: Look) -> Result<Self, PlotError> {
        let rows: Vec<Row> = chosen(&drift.references).into_iter().map(Row::new).collect();
        let values = rows.iter().flat_map(Row::values);
        let axis =
            Axis::around(values, if look == Look::Phone { 6 } else { 8 }, layout(look).ends());
        let title = wording::drift_title(drift);
        let subtitle =
            format!("{} {}", wording::drift_shown(drift, rows.len()), wording::shift_basis(drift));
        let described: Vec<String> = rows
            .iter()
            .take(6)
            .map(|row| {
                format!(
                    "{} from {} to {}, change {}",
                    row.name,
                    numbers::similarity(row.before),
                    numbers::similarity(row.after),
                    row.numbers
                )
            })
            .collect();
        let description = match described.is_empty() {
            true => "The figure is empty.".to_owned(),
            false => format!(
                "Similarity to each reference before and after, with the 95 % interval of the change: {}. All values are in \
                 the table.",
                described.join("; ")
            ),
        };
        let frame =
            Frame::new(look, width(look) - 2.0 * look.margin(), title, &subtitle, description)?;
        Ok(Self { frame, rows, axis })
    }

    fn key_height(&self) -> f64 {
        if self.frame.look == Look::Phone { KEY.1 } else { KEY.0 }
    }

    fn key(&self, drawing: &mut Drawing, y: f64) -> Result<(), PlotError> {
        let small = Text::new(12.0, MUTED);
        let phone = self.frame.look == Look::Phone;
        let left = layout(self.frame.look).ends().0;
        let y = y + 8.0;
        mark(drawing, left + 6.0, left + 44.0, y, INK);
        let label = "before → after";
        drawing.text(label, (left + 56.0, y), &small);
        let next = left + 56.0 + small.width(label)? + 24.0;
        let (x, y) = if phone { (left, y + 20.0) } else { (next, y) };
        whisker(drawing, (x, x + 30.0), y, 4.5, INK);
        drawing.text("95 % interval of the change", (x + 38.0, y), &small);
        if !phone {
            drawing.text("change (interval)", (layout(self.frame.look).ends().1 + 18.0, y), &small);
        }
        Ok(())
    }

    fn row(&self, drawing: &mut Drawing, row: &Row, top: f64) -> Result<(), PlotError> {
        let layout = layout(self.frame.look);
        let y = layout.middle(top);
        let mut name = Text::new(13.0, INK);
        name.bold = row.clear;
        layout.labels(drawing, &row.name, name, &row.numbers, top)?;
        let colour = if row.clear { SERIES[0] } else { OTHER };
        mark(drawing, self.axis.at(row.before), self.axis.at(row.after), y, colour);
        match row.interval {
            Some((low, high)) => {
                whisker(drawing, (self.axis.at(low), self.axis.at(high)), y, 4.5, colour);
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl Row {
    fn new(one: &DriftReference) -> Self {
        let interval = (one.low.is_finite() && one.high.is_finite())
            .then_some((one.before + one.low, one.before + one.high));
        let numbers = match interval {
            Some(_) => {
                format!(
                    "{} ({})",
                    numbers::signed(one.change),
                    numbers::signed_interval(one.low, one.high)
                )
            }
            None => numbers::signed(one.change),
        };
        Self {
            name: escape::name(&one.reference),
            before: one.before,
            after: one.after,
            interval,
            clear: one.is_clear(),
            numbers,
        }
    }

    fn values(&self) -> impl Iterator<Item = f64> {
        let (low, high) = self.interval.unwrap_or((f64::NAN, f64::NAN));
        [self.before, self.after, low, high].into_iter()
    }
}

impl Figure for DriftPlot {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn size(&self) -> (f64, f64) {
        let rows = self.rows.len().max(1) as f64 * layout(self.frame.look).height();
        let margins = 2.0 * self.frame.look.margin();
        (
            width(self.frame.look),
            margins + self.frame.heading() + self.key_height() + rows + AXIS_ROOM,
        )
    }

    fn empty(&self) -> Option<&'static str> {
        self.rows.is_empty().then_some("There is no reference to compare with.")
    }

    fn draw(&self, drawing: &mut Drawing, top: f64) -> Result<(), PlotError> {
        self.key(drawing, top)?;
        let top = top + self.key_height();
        let bottom = top + layout(self.frame.look).height() * self.rows.len() as f64;
        self.axis.grid(drawing, top, bottom);
        for (i, row) in self.rows.iter().enumerate() {
            self.row(drawing, row, top + layout(self.frame.look).height() * i as f64)?;
        }
        self.axis.labels(
            drawing,
            bottom,
            "similarity without prompt effects (0: two random models)",
        );
        Ok(())
    }
}

/// The references that are drawn, the nearest first.
fn chosen(references: &[DriftReference]) -> Vec<&DriftReference> {
    let mut known: Vec<&DriftReference> = references
        .iter()
        .filter(|one| one.change.is_finite() && one.before.is_finite() && one.after.is_finite())
        .collect();
    let nearest = |a: &&DriftReference, b: &&DriftReference| b.after.total_cmp(&a.after);
    known.sort_by(|a, b| b.is_clear().cmp(&a.is_clear()).then_with(|| nearest(a, b)));
    let clear = known.iter().filter(|one| one.is_clear()).count().min(CLEAR);
    let mut others = known.split_off(clear);
    others.sort_by(|a, b| b.change.abs().total_cmp(&a.change.abs()));
    known.extend(others.into_iter().take(SHOWN - clear));
    known.sort_by(nearest);
    known
}

/// A hollow dot, a filled dot and the band between them.
fn mark(drawing: &mut Drawing, before: f64, after: f64, y: f64, colour: Colour) {
    drawing.rect((before.min(after), y - 4.0), (before.max(after), y + 4.0), colour.faint(0.22));
    drawing.dot((before, y), 5.4, colour);
    drawing.dot((before, y), 3.6, PAPER);
    drawing.dot((after, y), 5.4, colour);
}

/// Where its rows stand.
fn layout(look: Look) -> Rows {
    Rows::new(look, 286.0, 186.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(name: &str, change: f64, corrected_p_value: f64) -> DriftReference {
        DriftReference {
            reference: name.into(),
            family: None,
            before: 0.1,
            after: 0.1 + change,
            change,
            low: change - 0.1,
            high: change + 0.1,
            p_value: corrected_p_value,
            corrected_p_value,
            share: 0.0,
            share_low: 0.0,
            share_high: 0.0,
        }
    }

    #[test]
    fn the_nearest_of_the_clear_ones_are_shown_then_the_largest_changes() {
        let mut all = vec![reference("lost", f64::NAN, 1.0), reference("rise", 0.9, 1.0)];
        all.extend(
            (0..10).map(|i| reference(&format!("clear-{i}"), 0.15 + f64::from(i) / 100.0, 0.01)),
        );
        all.extend(
            (0..20).map(|i| reference(&format!("fall-{i}"), -0.3 - f64::from(i) / 100.0, 1.0)),
        );
        let names: Vec<&str> = chosen(&all).iter().map(|one| one.reference.as_str()).collect();
        let expected = [
            "rise", "clear-9", "clear-8", "clear-7", "clear-6", "clear-5", "clear-4", "clear-3",
            "clear-2", "fall-14", "fall-15", "fall-16", "fall-17", "fall-18", "fall-19",
        ];
        assert_eq!(names, expected);
    }
}
