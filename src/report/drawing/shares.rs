//! The ranking: each reference's share of the evidence, or of a data set, with its 95 % interval.
//!
//! A filled dot is the share, a line its interval, a hollow diamond the share without layout. The
//! family is given by colour and, on a wide figure, by its name. On a phone the label is above
//! its row instead of next to it.

use super::axis::ShareAxis;
use super::figure::{Figure, Frame, Look};
use super::palette::{Colour, INK, MUTED, OTHER, SERIES};
use super::rows::{AXIS_ROOM, Rows, point, whisker, width};
use super::shapes::Drawing;
use super::text::{PlotError, Text};
use crate::lineage::{
    Comparison, RankedReference,
    audit::{Audit, ReferenceShare},
};
use crate::report::{escape, numbers, wording};

/// References that are drawn.
const SHOWN: usize = 20;
/// Shares of a data set below this are not drawn.
const LEAST_SHARE: f64 = 0.005;
/// Height of the key above the rows.
const KEY: f64 = 30.0;

/// The figure.
pub struct RankingPlot {
    frame: Frame,
    rows: Vec<Row>,
    scale: ShareAxis,
    axis: &'static str,
}

struct Row {
    name: String,
    family: Option<String>,
    colour: Colour,
    score: Option<f64>,
    interval: Option<(f64, f64)>,
    without_layout: Option<f64>,
    numbers: String,
}

impl RankingPlot {
    /// The figure of a comparison.
    pub fn new(comparison: &Comparison, look: Look) -> Result<Self, PlotError> {
        let shown = &comparison.ranking[..comparison.ranking.len().min(SHOWN)];
        let colours = FamilyColours::new(shown.iter().map(|r| r.family.as_deref()));
        let rows: Vec<Row> = shown.iter().map(|r| Row::new(r, &colours)).collect();
        let title = wording::ranking_title(comparison);
        let subtitle = match comparison.ranking.len() {
            all if all > SHOWN => format!("The first {SHOWN} of {all} references. "),
            _ => String::new(),
        };
        let subtitle = format!("{subtitle}Based on {}.", wording::rests_on(comparison));
        let axis = "share of the evidence (all references together: 1)";
        Self::of_rows(look, title, &subtitle, "Share of the evidence", axis, rows)
    }

    /// The shares of a data set: the references that have one, and none of these.
    ///
    /// # Errors
    /// When the bundled font cannot be read.
    pub fn of_audit(audit: &Audit, look: Look) -> Result<Self, PlotError> {
        let has_some = |share: &&ReferenceShare| {
            share.share >= LEAST_SHARE || share.high.is_some_and(|high| high >= 2.0 * LEAST_SHARE)
        };
        let told: Vec<&ReferenceShare> = audit.shares.iter().filter(has_some).take(SHOWN).collect();
        let colours = FamilyColours::new(told.iter().map(|share| share.family.as_deref()));
        let mut rows: Vec<Row> = told.iter().map(|share| Row::of_share(share, &colours)).collect();
        let none = &audit.none;
        if let Some(share) = none.share.filter(|_| !rows.is_empty()) {
            let interval = none.low.zip(none.high);
            rows.push(Row::of("none of these".into(), None, OTHER, share, interval));
        }
        let more = audit.shares.len() - told.len();
        let more = match more {
            0 => String::new(),
            more => format!(" {more} references with almost no share are not shown."),
        };
        let subtitle = format!("Based on {}.{more}", wording::audit_rests_on(audit));
        let title = "The share of each reference in the data set".to_owned();
        let axis = match look {
            Look::Phone => "share of the traces (all together: 1)",
            _ => "share of the traces (all references and none of these together: 1)",
        };
        Self::of_rows(look, title, &subtitle, "Share of the traces", axis, rows)
    }

    fn of_rows(
        look: Look,
        title: String,
        subtitle: &str,
        what: &str,
        axis: &'static str,
        rows: Vec<Row>,
    ) -> Result<Self, PlotError> {
        let scale = ShareAxis::holding(rows.iter().flat_map(Row::values), layout(look).ends());
        let described: Vec<String> =
            rows.iter().take(5).map(|row| format!("{} {}", row.name, row.numbers)).collect();
        let description = match described.is_empty() {
            true => "The figure is empty.".to_owned(),
            false => format!(
                "{what} with its 95 % interval: {}. All values are in the table.",
                described.join("; ")
            ),
        };
        let frame =
            Frame::new(look, width(look) - 2.0 * look.margin(), title, subtitle, description)?;
        Ok(Self { frame, rows, scale, axis })
    }

    fn key(&self, drawing: &mut Drawing, y: f64) -> Result<(), PlotError> {
        let small = Text::new(12.0, MUTED);
        let ends = layout(self.frame.look).ends();
        let mut x = ends.0;
        let y = y + 8.0;
        drawing.line((x, y), (x + 26.0, y), 1.6, INK);
        drawing.dot((x + 13.0, y), 4.6, INK);
        x += 33.0;
        let label = "share, 95 % interval";
        drawing.text(label, (x, y), &small);
        x += small.width(label)? + 20.0;
        if self.rows.iter().any(|row| row.without_layout.is_some()) {
            drawing.diamond((x, y), 4.2, INK);
            drawing.text("share without layout", (x + 11.0, y), &small);
        }
        if self.frame.look != Look::Phone {
            let right = width(self.frame.look) - self.frame.look.margin();
            drawing.text("share", (ends.1 + 18.0, y), &small);
            if self.rows.iter().any(|row| row.family.is_some()) {
                drawing.text("family", (right - 118.0, y), &small);
            }
        }
        Ok(())
    }

    fn row(&self, drawing: &mut Drawing, row: &Row, top: f64) -> Result<(), PlotError> {
        let layout = layout(self.frame.look);
        let y = layout.middle(top);
        layout.labels(drawing, &row.name, Text::new(13.0, INK), &row.numbers, top)?;
        if let Some(family) = row.family.as_ref().filter(|_| !layout.is_phone()) {
            let small = Text::new(12.0, MUTED);
            let x = layout.width() - self.frame.look.margin() - 118.0;
            drawing.dot((x + 4.0, y), 4.0, row.colour);
            drawing.text(&small.fit(family, 104.0)?, (x + 14.0, y), &small);
        }
        let x = |value: f64| self.scale.at(value);
        if let Some(score) = row.score {
            drawing.rect((x(0.0), y - 5.0), (x(score), y + 5.0), row.colour.faint(0.22));
        }
        if let Some((low, high)) = row.interval {
            whisker(drawing, (x(low), x(high)), y, 3.5, row.colour);
        }
        if let Some(score) = row.score {
            point(drawing, (x(score), y), row.colour);
        }
        if let Some(value) = row.without_layout {
            drawing.diamond((x(value), y), 4.2, row.colour);
        }
        Ok(())
    }
}

impl Figure for RankingPlot {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn size(&self) -> (f64, f64) {
        let rows = self.rows.len().max(1) as f64 * layout(self.frame.look).height();
        let margins = 2.0 * self.frame.look.margin();
        (width(self.frame.look), margins + self.frame.heading() + KEY + rows + AXIS_ROOM)
    }

    fn empty(&self) -> Option<&'static str> {
        self.rows.is_empty().then_some("No reference was ranked.")
    }

    fn draw(&self, drawing: &mut Drawing, top: f64) -> Result<(), PlotError> {
        self.key(drawing, top)?;
        let top = top + KEY;
        let height = layout(self.frame.look).height();
        let bottom = top + height * self.rows.len() as f64;
        self.scale.draw(drawing, top, bottom, self.axis);
        for (i, row) in self.rows.iter().enumerate() {
            self.row(drawing, row, top + height * i as f64)?;
        }
        Ok(())
    }
}

/// Where its rows stand.
fn layout(look: Look) -> Rows {
    Rows::new(look, 286.0, 244.0).from(6.0)
}

impl Row {
    fn new(reference: &RankedReference, colours: &FamilyColours) -> Self {
        let known = |value: f64| value.is_finite().then_some(value);
        let family = reference.family.as_deref();
        let interval = known(reference.low).zip(known(reference.high));
        let name = escape::name(&reference.reference);
        let row = Self::of(name, family, colours.of(family), reference.score, interval);
        Self { without_layout: known(reference.score_without_layout), ..row }
    }

    fn of_share(share: &ReferenceShare, colours: &FamilyColours) -> Self {
        let (name, family) = (escape::name(&share.reference), share.family.as_deref());
        Self::of(name, family, colours.of(family), share.share, share.low.zip(share.high))
    }

    /// A row without the share that layout is left out of.
    fn of(
        name: String,
        family: Option<&str>,
        colour: Colour,
        score: f64,
        interval: Option<(f64, f64)>,
    ) -> Self {
        let numbers = match interval {
            Some((_, high)) if (0.0..0.005).contains(&high) => numbers::share(score),
            Some((low, high)) => {
                format!("{} ({})", numbers::share(score), numbers::interval(low, high))
            }
            None => numbers::share(score),
        };
        let score = score.is_finite().then_some(score);
        let family = family.map(escape::name);
        Self { name, family, colour, score, interval, without_layout: None, numbers }
    }

    fn values(&self) -> impl Iterator<Item = f64> {
        [self.score, self.interval.map(|(_, high)| high), self.without_layout].into_iter().flatten()
    }
}

/// The families in the order in which they come up; those beyond the palette share one grey.
pub(in crate::report) struct FamilyColours(Vec<String>);

impl FamilyColours {
    pub fn new<'a>(of_rows: impl Iterator<Item = Option<&'a str>>) -> Self {
        let mut families: Vec<String> = Vec::new();
        for family in of_rows.flatten() {
            if !families.iter().any(|known| known == family) {
                families.push(family.to_owned());
            }
        }
        Self(families)
    }

    pub fn of(&self, family: Option<&str>) -> Colour {
        let place = family.and_then(|family| self.0.iter().position(|f| f == family));
        match place {
            Some(place) => SERIES.get(place).copied().unwrap_or(OTHER),
            // An atlas without families: one colour for all.
            None if self.0.is_empty() => SERIES[0],
            None => OTHER,
        }
    }
}
