//! The floors: what a similarity means, as ranges on its scale with the input's own value marked.
//!
//! Each row is one known relation between two corpora: its middle 90 % as a line, its median as a
//! dot. The vertical line is the similarity of the input and its nearest reference.

use crate::lineage::{Comparison, Floor};
use crate::report::drawing::figure::{Figure, Frame, Look};
use crate::report::drawing::palette::{AXIS, GRID, INK, MUTED, OTHER, PAPER, SERIES};
use crate::report::drawing::shapes::Drawing;
use crate::report::drawing::text::{Align, PlotError, Text};
use crate::report::{escape, numbers, wording};

const TITLE: &str = "The input’s similarity among pairs of corpora with a known relation";
/// Width: that of the column next to the heat map, and of a phone.
const WIDTH: f64 = 330.0;
/// Room left and right of the scale, for half of its last labels.
const SIDE: f64 = 12.0;
const ROW: f64 = 46.0;
const TOP: f64 = 30.0;
const AXIS_ROOM: f64 = 44.0;
/// The smallest size of a label, in CSS pixels.
const SMALLEST: f64 = 11.0;
/// Rows that are drawn.
const SHOWN: usize = 8;

/// The figure.
pub struct FloorsPlot {
    frame: Frame,
    rows: Vec<Row>,
    nearest: Option<f64>,
    /// Where the axis begins: -1 where any value is below 0, else 0.
    start: f64,
}

struct Row {
    what: String,
    median: Option<f64>,
    range: Option<(f64, f64)>,
}

impl FloorsPlot {
    /// The figure of a comparison.
    pub fn new(comparison: &Comparison) -> Self {
        let rows: Vec<Row> = comparison.floors.iter().take(SHOWN).map(Row::new).collect();
        let nearest = wording::nearest(comparison).map(|(_, value)| value);
        let lows = rows.iter().filter_map(|row| row.range.map(|(low, _)| low));
        let lowest = lows.chain(nearest).fold(0.0, f64::min);
        Self {
            frame: Frame::without_heading(Look::Page, TITLE, describe(comparison)),
            rows,
            nearest,
            start: if lowest < 0.0 { -1.0 } else { 0.0 },
        }
    }

    fn x(&self, value: f64) -> f64 {
        let part = (value.clamp(self.start, 1.0) - self.start) / (1.0 - self.start);
        SIDE + (WIDTH - 2.0 * SIDE) * part
    }
}

impl Row {
    fn new(floor: &Floor) -> Self {
        let known = |value: f64| value.is_finite().then_some(value);
        Self {
            what: escape::name(&floor.what),
            median: known(floor.median),
            range: known(floor.low).zip(known(floor.high)),
        }
    }
}

impl Figure for FloorsPlot {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn size(&self) -> (f64, f64) {
        (WIDTH, TOP + ROW * self.rows.len() as f64 + AXIS_ROOM)
    }

    fn draw(&self, drawing: &mut Drawing, _top: f64) -> Result<(), PlotError> {
        let bottom = TOP + ROW * self.rows.len() as f64;
        let small = Text::new(12.0, MUTED).align(Align::Middle);
        for (value, label) in [(-1.0, "−1"), (-0.5, "−0.5"), (0.0, "0"), (0.5, "0.5"), (1.0, "1")]
        {
            if value >= self.start {
                let x = self.x(value);
                drawing.line((x, TOP), (x, bottom), 1.0, if value == 0.0 { AXIS } else { GRID });
                drawing.text(label, (x, bottom + 13.0), &small);
            }
        }
        drawing.text("similarity (Cosine Delta)", (WIDTH / 2.0, bottom + 32.0), &small);
        if let Some(value) = self.nearest {
            drawing.line((self.x(value), TOP - 8.0), (self.x(value), bottom), 1.6, SERIES[1]);
            let text = format!("input and its nearest: {}", numbers::similarity(value));
            let look = Text::new(12.5, INK).bold();
            let half = look.width(&text)? / 2.0;
            let x = self.x(value).clamp(half, (WIDTH - half).max(half));
            drawing.text(&text, (x, TOP - 18.0), &look.align(Align::Middle));
        }
        for (i, row) in self.rows.iter().enumerate() {
            let top = TOP + ROW * i as f64;
            // Smaller before it is cut.
            let room = WIDTH - 2.0 * SIDE - 6.0;
            let mut look = Text::new(12.5, INK);
            while look.size > SMALLEST && look.width(&row.what)? > room {
                look.size -= 0.5;
            }
            let what = look.fit(&row.what, room)?;
            // A background of paper: the vertical lines would run through the text.
            let data_set = (SIDE + 4.0 + look.width(&what)?, top + 22.0);
            drawing.rect((SIDE + 1.0, top + 6.0), data_set, PAPER);
            drawing.text(&what, (SIDE + 2.0, top + 14.0), &look);
            let y = top + 32.0;
            if let Some((low, high)) = row.range {
                drawing.rect((self.x(low), y - 3.0), (self.x(high), y + 3.0), OTHER.faint(0.45));
            }
            if let Some(median) = row.median {
                drawing.dot((self.x(median), y), 5.6, PAPER);
                drawing.dot((self.x(median), y), 4.6, OTHER);
            }
        }
        Ok(())
    }
}

fn describe(comparison: &Comparison) -> String {
    let floors = comparison.floors.iter().take(SHOWN).map(|floor| {
        format!("{}: median {}", escape::name(&floor.what), numbers::similarity(floor.median))
    });
    let mut parts: Vec<String> = floors.collect();
    if let Some((label, value)) = wording::nearest(comparison) {
        let value = numbers::similarity(value);
        parts.insert(0, format!("The input and {}: {value}", escape::name(label)));
    }
    if parts.is_empty() { "The figure is empty.".into() } else { parts.join("; ") + "." }
}
