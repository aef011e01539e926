//! Where the result holds: the first reference's share in each group of traces, with its 95 %
//! interval.
//!
//! A line from top to bottom marks its share over all traces. Blue: it comes first in the group;
//! grey: another reference does, which is named in the numbers' place on a wide figure. Groups
//! stand below the name of their kind.

use crate::lineage::{Breakdown, BreakdownKind, Subgroup};
use crate::report::drawing::axis::ShareAxis;
use crate::report::drawing::figure::{Figure, Frame, Look};
use crate::report::drawing::palette::{INK, MUTED, OTHER, PAPER, SERIES};
use crate::report::drawing::rows::{AXIS_ROOM, Rows, point, whisker, width};
use crate::report::drawing::shapes::Drawing;
use crate::report::drawing::text::{PlotError, Text};
use crate::report::{escape, numbers, wording};

/// Height of the name of a kind.
const KIND: f64 = 26.0;
/// Groups that are drawn.
const SHOWN: usize = 40;

/// The figure.
pub struct BreakdownPlot {
    frame: Frame,
    rows: Vec<Row>,
    axis: ShareAxis,
    /// The share over all traces.
    all: Option<f64>,
    name: String,
}

/// The name of a kind, or a group.
enum Row {
    Kind(&'static str),
    Group { what: String, numbers: String, share: f64, interval: Option<(f64, f64)>, first: bool },
}

impl BreakdownPlot {
    /// The figure of where a comparison holds.
    ///
    /// # Errors
    /// When the bundled font cannot be read.
    pub fn new(holds: &Breakdown, look: Look) -> Result<Self, PlotError> {
        let known = holds.groups.iter().filter(|group| group.share.is_finite()).take(SHOWN);
        let mut rows = Vec::new();
        let mut before = BreakdownKind::All;
        let mut described = Vec::new();
        for group in known {
            // The first two kinds are one row each, which says what it is.
            let headed = !matches!(group.kind, BreakdownKind::All | BreakdownKind::Layout);
            if headed && group.kind != before {
                rows.push(Row::Kind(wording::holds_kind(group.kind)));
            }
            before = group.kind;
            let row = Row::of(group, group.first == holds.reference, look);
            if let Row::Group { what, numbers, .. } = &row {
                described.push(format!("{what} {numbers}"));
            }
            rows.push(row);
        }
        let values = rows.iter().filter_map(|row| match row {
            Row::Kind(_) => None,
            Row::Group { share, interval, .. } => {
                Some(interval.map_or(*share, |(_, high)| high.max(*share)))
            }
        });
        let axis = ShareAxis::holding(values, layout(look).ends());
        let title = wording::holds_title(holds);
        let subtitle = wording::holds_shown(holds);
        described.truncate(6);
        let description = match described.is_empty() {
            true => "The figure is empty.".to_owned(),
            false => format!(
                "Share of the evidence with its 95 % interval: {}. All values are in the table.",
                described.join("; ")
            ),
        };
        let all = holds.groups.iter().find(|group| group.kind == BreakdownKind::All);
        let frame =
            Frame::new(look, width(look) - 2.0 * look.margin(), title, &subtitle, description)?;
        Ok(Self {
            frame,
            rows,
            axis,
            all: all.map(|group| group.share).filter(|share| share.is_finite()),
            name: format!("share of the evidence for {}", escape::name(&holds.reference)),
        })
    }

    fn rows_height(&self) -> f64 {
        self.rows.iter().map(|row| row.height(self.frame.look)).sum()
    }
}

impl Row {
    fn of(group: &Subgroup, first: bool, look: Look) -> Self {
        let interval =
            (group.low.is_finite() && group.high.is_finite()).then_some((group.low, group.high));
        let mut numbers = numbers::share(group.share);
        if let Some((low, high)) = interval {
            numbers = format!("{numbers} ({})", numbers::interval(low, high));
        }
        if look != Look::Phone {
            numbers += &match first {
                true => format!(", {}", numbers::counted(group.traces, "trace", "traces")),
                false => format!(", first: {}", escape::name(&group.first)),
            };
        }
        Self::Group {
            what: escape::name(&group.what),
            numbers,
            share: group.share,
            interval,
            first,
        }
    }

    fn height(&self, look: Look) -> f64 {
        match self {
            Self::Kind(_) => KIND,
            Self::Group { .. } => layout(look).height(),
        }
    }
}

impl Figure for BreakdownPlot {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn size(&self) -> (f64, f64) {
        let margins = 2.0 * self.frame.look.margin();
        (
            width(self.frame.look),
            margins + self.frame.heading() + self.rows_height().max(40.0) + AXIS_ROOM,
        )
    }

    fn empty(&self) -> Option<&'static str> {
        self.rows.is_empty().then_some("There are no subgroups.")
    }

    fn draw(&self, drawing: &mut Drawing, top: f64) -> Result<(), PlotError> {
        let layout = layout(self.frame.look);
        let bottom = top + self.rows_height();
        // Centred below the drawing, within the figure.
        let middle = f64::midpoint(layout.ends().0, layout.ends().1);
        let room = 2.0 * middle.min(layout.width() - middle) - 12.0;
        let axis = Text::new(12.0, MUTED).fit(&self.name, room)?;
        self.axis.draw(drawing, top, bottom, &axis);
        if let Some(all) = self.all {
            let x = self.axis.at(all);
            drawing.line((x, top), (x, bottom), 1.4, SERIES[0].faint(0.45));
        }
        let mut y = top;
        for row in &self.rows {
            match row {
                Row::Kind(kind) => {
                    let look = Text::new(12.0, MUTED);
                    let x = if layout.is_phone() { 6.0 } else { self.frame.look.margin() };
                    let middle = y + KIND - 9.0;
                    drawing.rect(
                        (x - 2.0, middle - 8.0),
                        (x + look.width(kind)? + 4.0, middle + 8.0),
                        PAPER,
                    );
                    drawing.text(kind, (x, middle), &look);
                }
                Row::Group { what, numbers, share, interval, first } => {
                    let look = Text::new(13.0, INK);
                    let room = self.frame.look.margin() + ROOM.1 - 22.0;
                    let numbers = match layout.is_phone() {
                        true => numbers.clone(),
                        false => Text::new(12.0, MUTED).fit(numbers, room)?,
                    };
                    layout.labels(drawing, what, look, &numbers, y)?;
                    let colour = if *first { SERIES[0] } else { OTHER };
                    let middle = layout.middle(y);
                    if let Some((low, high)) = interval {
                        whisker(
                            drawing,
                            (self.axis.at(*low), self.axis.at(*high)),
                            middle,
                            3.5,
                            colour,
                        );
                    }
                    point(drawing, (self.axis.at(*share), middle), colour);
                }
            }
            y += row.height(self.frame.look);
        }
        Ok(())
    }
}

/// Room for labels and numbers.
const ROOM: (f64, f64) = (286.0, 300.0);

/// Where its rows stand.
fn layout(look: Look) -> Rows {
    Rows::new(look, ROOM.0, ROOM.1).from(6.0).data_seted()
}
