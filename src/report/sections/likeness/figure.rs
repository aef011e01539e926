//! The likeness beyond the prompts: each reference's similarity with its 95 % interval, and behind
//! it what references whose relation is known have with each other.
//!
//! Above the rows stands one row for each relation: its middle 90 % as a bar, its median as a
//! stroke. The bar goes on through all rows as a faint band; the relation of the least alike, the
//! one to be beaten, is the grey one and stands first. The references that the input surely
//! resembles are blue. On a phone the label is above its row instead of next to it.

use crate::lineage::{Floor, PairedSimilarity, Pairing};
use crate::report::drawing::axis::Axis;
use crate::report::drawing::figure::{Figure, Frame, Look};
use crate::report::drawing::palette::{AXIS, Colour, INK, MUTED, OTHER, SERIES};
use crate::report::drawing::rows::{AXIS_ROOM, Rows, point, whisker, width};
use crate::report::drawing::shapes::Drawing;
use crate::report::drawing::text::{PlotError, Text};
use crate::report::{escape, numbers, wording};

/// References that are drawn.
const SHOWN: usize = 15;
/// Relations that are drawn.
const RELATIONS: usize = 4;
/// Their colours, told apart by lightness as well.
const BANDS: [Colour; RELATIONS] = [OTHER, SERIES[4], SERIES[2], SERIES[3]];
/// Height of the words above the relations, and of the room between these and the references.
const KEY: f64 = 26.0;
const GAP: f64 = 16.0;

/// The figure.
pub struct LikenessPlot {
    frame: Frame,
    relations: Vec<Relation>,
    rows: Vec<Row>,
    axis: Axis,
}

struct Relation {
    what: String,
    median: f64,
    range: (f64, f64),
    colour: Colour,
    numbers: String,
}

struct Row {
    name: String,
    similarity: f64,
    interval: Option<(f64, f64)>,
    clear: bool,
    numbers: String,
}

impl LikenessPlot {
    /// The figure of a paired comparison: the references that the input is most like.
    pub fn new(pairing: &Pairing, look: Look) -> Result<Self, PlotError> {
        let clear: Vec<&PairedSimilarity> = pairing.clear().collect();
        let rows: Vec<Row> = pairing
            .similarities
            .iter()
            .filter(|one| one.similarity.is_finite())
            .take(SHOWN)
            .map(|one| Row::new(one, clear.iter().any(|other| std::ptr::eq(*other, one))))
            .collect();
        let known = pairing.floors.iter().filter(|floor| {
            floor.low.is_finite() && floor.median.is_finite() && floor.high.is_finite()
        });
        let mut known: Vec<&Floor> = known.collect();
        known.sort_by(|a, b| a.median.total_cmp(&b.median));
        let relations: Vec<Relation> = known
            .into_iter()
            .zip(BANDS)
            .map(|(floor, colour)| Relation::new(floor, colour))
            .collect();
        let values = rows.iter().flat_map(Row::values);
        let bands = relations.iter().flat_map(|relation| [relation.range.0, relation.range.1]);
        let axis = Axis::around(
            values.chain(bands),
            if look == Look::Phone { 6 } else { 8 },
            layout(look).ends(),
        );
        let title = wording::pairing_title(pairing);
        let subtitle = wording::likeness_shown(pairing, rows.len());
        let description = describe(&rows, &relations);
        let frame =
            Frame::new(look, width(look) - 2.0 * look.margin(), title, &subtitle, description)?;
        Ok(Self { frame, relations, rows, axis })
    }

    /// Height of the relations with the words above them.
    fn relations_height(&self) -> f64 {
        match self.relations.len() {
            0 => 0.0,
            n => KEY + layout(self.frame.look).height() * n as f64 + GAP,
        }
    }

    fn relation(
        &self,
        drawing: &mut Drawing,
        relation: &Relation,
        top: f64,
        bottom: f64,
    ) -> Result<(), PlotError> {
        let layout = layout(self.frame.look);
        let y = layout.middle(top);
        let (low, high) = (self.axis.at(relation.range.0), self.axis.at(relation.range.1));
        let words = Text::new(12.5, MUTED);
        layout.labels(drawing, &relation.what, words, &relation.numbers, top)?;
        drawing.rect((low, y - 5.0), (high, y + 5.0), relation.colour.faint(0.5));
        let median = self.axis.at(relation.median);
        drawing.line((median, y - 7.0), (median, y + 7.0), 2.4, relation.colour);
        // The band's edges: where bands lie on each other their data sets cannot be told apart.
        for x in [low, high] {
            drawing.line((x, y + 5.0), (x, bottom), 1.0, relation.colour.faint(0.7));
        }
        Ok(())
    }

    fn row(&self, drawing: &mut Drawing, row: &Row, top: f64) -> Result<(), PlotError> {
        let layout = layout(self.frame.look);
        let y = layout.middle(top);
        let mut name = Text::new(13.0, INK);
        name.bold = row.clear;
        layout.labels(drawing, &row.name, name, &row.numbers, top)?;
        let colour = if row.clear { SERIES[0] } else { MUTED };
        if let Some((low, high)) = row.interval {
            whisker(drawing, (self.axis.at(low), self.axis.at(high)), y, 3.5, colour);
        }
        point(drawing, (self.axis.at(row.similarity), y), colour);
        Ok(())
    }
}

impl Relation {
    fn new(floor: &Floor, colour: Colour) -> Self {
        Self {
            what: escape::name(&floor.what),
            median: floor.median,
            range: (floor.low, floor.high),
            colour,
            numbers: format!(
                "{} ({})",
                numbers::similarity(floor.median),
                numbers::fixed_interval(floor.low, floor.high, 2)
            ),
        }
    }
}

impl Row {
    fn new(one: &PairedSimilarity, clear: bool) -> Self {
        let interval = (one.low.is_finite() && one.high.is_finite()).then_some((one.low, one.high));
        let value = numbers::similarity(one.similarity);
        Self {
            name: escape::name(&one.reference),
            similarity: one.similarity,
            interval,
            clear,
            numbers: match interval {
                Some((low, high)) => format!("{value} ({})", numbers::fixed_interval(low, high, 2)),
                None => value,
            },
        }
    }

    fn values(&self) -> impl Iterator<Item = f64> {
        let (low, high) = self.interval.unwrap_or((f64::NAN, f64::NAN));
        [self.similarity, low, high].into_iter()
    }
}

impl Figure for LikenessPlot {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn size(&self) -> (f64, f64) {
        let rows = self.rows.len().max(1) as f64 * layout(self.frame.look).height();
        let margins = 2.0 * self.frame.look.margin();
        let height =
            margins + self.frame.heading() + self.relations_height() + KEY + rows + AXIS_ROOM;
        (width(self.frame.look), height)
    }

    fn empty(&self) -> Option<&'static str> {
        self.rows.is_empty().then_some("There is no reference to compare with.")
    }

    fn draw(&self, drawing: &mut Drawing, start: f64) -> Result<(), PlotError> {
        let margin = self.frame.look.margin();
        let rows = start + self.relations_height() + KEY;
        let bottom = rows + layout(self.frame.look).height() * self.rows.len() as f64;
        for (i, relation) in self.relations.iter().enumerate() {
            let (low, high) = (self.axis.at(relation.range.0), self.axis.at(relation.range.1));
            let opacity = if i == 0 { 0.2 } else { 0.08 };
            drawing.rect((low, rows - KEY), (high, bottom), relation.colour.faint(opacity));
        }
        self.axis.grid(drawing, rows, bottom);
        let words = Text::new(12.0, MUTED);
        let left = if self.frame.look == Look::Phone { 6.0 } else { margin };
        if !self.relations.is_empty() {
            drawing.text("Known relations: median and middle 90 %", (left, start + 9.0), &words);
            for (i, relation) in self.relations.iter().enumerate() {
                let top = start + KEY + layout(self.frame.look).height() * i as f64;
                self.relation(drawing, relation, top, bottom)?;
            }
            let y = rows - KEY - GAP / 2.0;
            drawing.line((margin, y), (width(self.frame.look) - margin, y), 1.0, AXIS.faint(0.6));
        }
        let at = (left, rows - KEY + 11.0);
        drawing.text("The input: likeness and 95 % interval", at, &words);
        for (i, row) in self.rows.iter().enumerate() {
            self.row(drawing, row, rows + layout(self.frame.look).height() * i as f64)?;
        }
        self.axis.labels(drawing, bottom, "likeness without prompt effects (0: two random models)");
        Ok(())
    }
}

fn describe(rows: &[Row], relations: &[Relation]) -> String {
    if rows.is_empty() {
        return "The figure is empty.".into();
    }
    let alike: Vec<String> =
        rows.iter().take(5).map(|row| format!("{} {}", row.name, row.numbers)).collect();
    let usual: Vec<String> = relations
        .iter()
        .map(|relation| format!("{} {}", relation.what, relation.numbers))
        .collect();
    let usual = match usual.is_empty() {
        true => String::new(),
        false => {
            format!(" Pairs with a known relation, median and middle 90 %: {}.", usual.join("; "))
        }
    };
    format!(
        "Likeness of the input to each reference with its 95 % interval: {}.{usual} All values are in the table.",
        alike.join("; ")
    )
}

/// Where its rows stand.
fn layout(look: Look) -> Rows {
    Rows::new(look, 312.0, 170.0).data_seted()
}
