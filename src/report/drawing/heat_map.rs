//! Heat maps: the Cosine Delta of the input and its nearest references, and which model's traces
//! were given to which.
//!
//! The rows and columns of a comparison are ordered by clustering, the input first, with the tree
//! at the right; those of an evaluation are in the order of the matrix. Where there is room the
//! columns carry the names, else the numbers of the rows; where there is room the cells carry their
//! values.

use super::dendrogram::Dendrogram;
use super::figure::{Figure, Frame, Look};
use super::palette::{AXIS, INK, MUTED, diverging};
use super::shapes::Drawing;
use super::text::{Align, PlotError, Text};
use crate::evaluation::Evaluation;
use crate::lineage::Comparison;
use crate::report::{escape, numbers, wording};

/// Room for the colour bar and its labels.
const BAR: f64 = 66.0;
/// The side of a cell where there is room.
const LARGEST_CELL: f64 = 50.0;
/// Room for the tree next to the cells, and between the two.
const TREE: f64 = 64.0;
const TREE_GAP: f64 = 7.0;

/// The figure.
pub struct HeatMap {
    frame: Frame,
    scale: Scale,
    /// Width without the margins.
    width: f64,
    labels: Vec<String>,
    values: Vec<Vec<f64>>,
    /// Side of a cell.
    cell: f64,
    /// Room for the names of the rows.
    row_names: f64,
    /// Room for the names or numbers of the columns.
    column_names: f64,
    numbered: bool,
    font: f64,
    tree: Option<Dendrogram>,
}

/// What the cells hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scale {
    /// Similarities from −1 to 1; the first label is the input's.
    Similarity,
    /// Shares from 0 to 1.
    Share,
}

impl Scale {
    fn low(self) -> f64 {
        if self == Self::Similarity { -1.0 } else { 0.0 }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Similarity => "similarity (Cosine Delta)",
            Self::Share => "share of the row’s traces",
        }
    }

    /// What is in a cell: two decimals without the leading zero, as a cell is narrow.
    fn cell(self, value: f64, diagonal: bool) -> String {
        match self {
            Self::Similarity if diagonal => "1".into(),
            Self::Similarity => numbers::similarity(value).replace("0.", "."),
            Self::Share if value < 0.005 => String::new(),
            Self::Share if value >= 0.995 => "1".into(),
            Self::Share => numbers::similarity(value).replace("0.", "."),
        }
    }
}

/// What a heat map shows.
struct Content {
    scale: Scale,
    title: String,
    subtitle: String,
    /// Escaped.
    labels: Vec<String>,
    values: Vec<Vec<f64>>,
    description: String,
    /// Labels that are not shown.
    left_out: usize,
    /// Of the rows as they stand.
    tree: Option<Dendrogram>,
}

impl HeatMap {
    /// The similarities of a comparison.
    pub fn new(comparison: &Comparison, look: Look) -> Result<Self, PlotError> {
        let matrix = &comparison.similarity;
        let size = matrix.labels.len().min(matrix.values.len()).min(shown(look));
        let labels: Vec<String> =
            matrix.labels[..size].iter().map(|label| escape::name(label)).collect();
        let values: Vec<Vec<f64>> = matrix.values[..size]
            .iter()
            .map(|row| (0..size).map(|j| row.get(j).copied().unwrap_or(f64::NAN)).collect())
            .collect();
        let description = describe(&labels, &values);
        let tree = Dendrogram::of(&values);
        let labels = tree.order.iter().map(|&i| labels[i].clone()).collect();
        let values = tree
            .order
            .iter()
            .map(|&i| tree.order.iter().map(|&j| values[i][j]).collect())
            .collect();
        let content = Content {
            scale: Scale::Similarity,
            title: wording::similarity_title(comparison),
            subtitle: "Cosine Delta of every pair of corpora, from −1 to 1; the input is the first row and \
                       column, and the tree joins what is alike (average linkage)."
                .into(),
            description,
            labels,
            values,
            left_out: matrix.labels.len().saturating_sub(size),
            // A phone has no room for it, and two rows need none.
            tree: (look != Look::Phone && size > 2).then_some(tree),
        };
        Self::of(content, look)
    }

    /// Which model's traces were given to which. Where there are more models than can be shown,
    /// those that were recognized least are.
    pub fn confusion(evaluation: &Evaluation, look: Look) -> Result<Self, PlotError> {
        let matrix = &evaluation.confusion;
        let of = |i: usize, j: usize| -> f64 {
            let row = matrix.counts.get(i).map_or(&[][..], Vec::as_slice);
            let count = row.get(j).copied().unwrap_or(0);
            count as f64 / row.iter().sum::<usize>().max(1) as f64
        };
        let mut chosen: Vec<usize> = (0..matrix.models.len()).collect();
        chosen.sort_by(|&a, &b| of(a, a).total_cmp(&of(b, b)).then(a.cmp(&b)));
        chosen.truncate(shown(look));
        chosen.sort_unstable();
        let labels: Vec<String> = chosen.iter().map(|&i| escape::name(&matrix.models[i])).collect();
        let values: Vec<Vec<f64>> =
            chosen.iter().map(|&i| chosen.iter().map(|&j| of(i, j)).collect()).collect();
        let right = labels.iter().enumerate().take(40);
        let right: Vec<String> =
            right.map(|(i, label)| format!("{label} {}", numbers::share(values[i][i]))).collect();
        let content = Content {
            scale: Scale::Share,
            title: "Which models are confused".into(),
            subtitle: "A row for each model that wrote the traces, a column for each that they were given \
                       to; each row adds up to 1."
                .into(),
            description: format!("Share of each model’s traces attributed to it: {}.", right.join("; ")),
            left_out: matrix.models.len() - labels.len(),
            labels,
            values,
            tree: None,
        };
        Self::of(content, look)
    }

    fn of(content: Content, look: Look) -> Result<Self, PlotError> {
        let Content { scale, title, subtitle, labels, values, description, left_out, tree } =
            content;
        let size = labels.len();
        let phone = look == Look::Phone;
        let numbered = phone || size > 60;
        let beside = if tree.is_some() { TREE + TREE_GAP } else { 0.0 };
        let room = width(look) - 2.0 * look.margin() - beside;
        let (smallest, longest) = if phone { (4.0, 118.0) } else { (9.0, 260.0) };
        let cell = |names: f64| ((room - names) / size.max(1) as f64).clamp(smallest, LARGEST_CELL);
        let font = (cell(longest) * 0.8).clamp(8.0, 13.0);
        let text = Text::new(font, INK);
        let (mut row_names, mut column_names): (f64, f64) =
            (0.0, if numbered { 20.0 } else { 0.0 });
        for (i, label) in labels.iter().enumerate() {
            row_names = row_names.max(text.width(&row_label(i, label, numbered))? + 12.0);
            if !numbered {
                column_names = column_names.max(text.width(label)? + 12.0);
            }
        }
        let (row_names, column_names) = (row_names.min(longest), column_names.min(210.0));
        let cell = cell(row_names);
        // The first label is set bolder, and with it a little wider than it was measured.
        let content = row_names + cell * size as f64 + beside;
        let width = content.max(if look == Look::File { 620.0 } else { 300.0 });
        let subtitle = match left_out {
            0 => subtitle,
            more => format!("{subtitle} {more} more are not shown."),
        };
        let frame = Frame::new(look, width, title, &subtitle, description)?;
        Ok(Self {
            frame,
            scale,
            width,
            labels,
            values,
            cell,
            row_names,
            column_names,
            numbered,
            font,
            tree,
        })
    }

    /// The side of the square of cells.
    fn side(&self) -> f64 {
        self.cell * self.labels.len() as f64
    }

    /// Names of rows and columns; those that would overlap their neighbours are not drawn.
    fn names(&self, drawing: &mut Drawing, at: (f64, f64)) -> Result<(), PlotError> {
        let (left, top) = at;
        // With cells lower than a line of text, every second, third, … name is drawn.
        let every = ((self.font * 1.1 / self.cell).ceil() as usize).max(1);
        let digits = self.labels.len().to_string();
        let number = Text::new(self.font.min(12.0), MUTED).align(Align::Middle);
        let every_number = ((number.width(&digits)? + 3.0) / self.cell).ceil().max(1.0) as usize;
        for (i, label) in self.labels.iter().enumerate() {
            let middle = self.cell * (i as f64 + 0.5);
            let leads = i == 0 && self.scale == Scale::Similarity;
            let mut look = Text::new(self.font, if leads { INK } else { MUTED });
            look.bold = leads;
            if i % every == 0 {
                // The number at its end survives the cut: names are cut in the middle.
                let name = look.fit(&row_label(i, label, self.numbered), self.row_names - 10.0)?;
                drawing.text(&name, (left - 7.0, top + middle), &look.align(Align::Right));
            }
            if self.numbered && i % every_number == 0 {
                drawing.text(&(i + 1).to_string(), (left + middle, top - 10.0), &number);
            } else if !self.numbered && i % every == 0 {
                let name = look.fit(label, self.column_names - 10.0)?;
                drawing.text(&name, (left + middle, top - 7.0), &look.upwards());
            }
        }
        Ok(())
    }

    fn cells(&self, drawing: &mut Drawing, at: (f64, f64)) -> Result<(), PlotError> {
        let gap = if self.cell >= 14.0 { 1.0 } else { 0.0 };
        let shows_values = self.cell >= 27.0;
        for (i, row) in self.values.iter().enumerate() {
            let y = at.1 + self.cell * i as f64;
            for (j, &value) in row.iter().enumerate() {
                let x = at.0 + self.cell * j as f64;
                let colour = diverging(value);
                drawing.rect((x, y), (x + self.cell - gap, y + self.cell - gap), colour);
                if shows_values {
                    let text = self.scale.cell(value, i == j);
                    let size = (self.cell * 0.36).clamp(10.0, 12.5);
                    let look = Text::new(size, colour.text_on()).align(Align::Middle);
                    let half = (self.cell - gap) / 2.0;
                    drawing.text(&text, (x + half, y + half), &look);
                }
            }
        }
        Ok(())
    }

    fn colour_bar(&self, drawing: &mut Drawing, left: f64, top: f64) {
        const STEPS: u32 = 80;
        let room = self.frame.look.margin() + self.width - left - 8.0;
        let width = self.side().clamp(160.0, 320.0).min(room);
        let step = width / f64::from(STEPS);
        let low = self.scale.low();
        for i in 0..STEPS {
            let value = low + (f64::from(i) + 0.5) / f64::from(STEPS) * (1.0 - low);
            let x = left + step * f64::from(i);
            // Half a pixel of overlap: no seams where a viewer smooths edges.
            let end = if i + 1 == STEPS { x + step } else { x + step + 0.5 };
            drawing.rect((x, top), (end, top + 10.0), diverging(value));
        }
        let small = Text::new(11.5, MUTED).align(Align::Middle);
        for (value, label) in [(-1.0, "−1"), (-0.5, "−0.5"), (0.0, "0"), (0.5, "0.5"), (1.0, "1")]
        {
            if value >= low {
                let x = left + width * (value - low) / (1.0 - low);
                drawing.line((x, top + 10.0), (x, top + 14.0), 1.0, AXIS);
                drawing.text(label, (x, top + 22.0), &small);
            }
        }
        drawing.text(self.scale.name(), (left + width / 2.0, top + 39.0), &small);
    }
}

impl Figure for HeatMap {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn size(&self) -> (f64, f64) {
        let margins = 2.0 * self.frame.look.margin();
        let height = margins + self.frame.heading() + self.column_names + self.side() + 20.0 + BAR;
        (
            self.width + margins,
            if self.labels.is_empty() { margins + self.frame.heading() + 40.0 } else { height },
        )
    }

    fn empty(&self) -> Option<&'static str> {
        self.labels.is_empty().then_some("There is nothing to show.")
    }

    fn draw(&self, drawing: &mut Drawing, top: f64) -> Result<(), PlotError> {
        let at = (self.frame.look.margin() + self.row_names, top + self.column_names);
        self.names(drawing, at)?;
        self.cells(drawing, at)?;
        if let Some(tree) = &self.tree {
            let beside = (at.0 + self.side() + TREE_GAP, at.1);
            tree.draw(drawing, beside, TREE - 2.0, self.cell);
        }
        self.colour_bar(drawing, at.0, at.1 + self.side() + 20.0);
        Ok(())
    }
}

/// Labels that are drawn: no screen shows more.
fn shown(look: Look) -> usize {
    match look {
        Look::File => 120,
        Look::Page => 60,
        Look::Phone => 16,
    }
}

/// The most that the figure takes: in the page it is next to a column of text.
fn width(look: Look) -> f64 {
    match look {
        Look::File => 960.0,
        Look::Page => 704.0,
        Look::Phone => 350.0,
    }
}

fn row_label(place: usize, label: &str, numbered: bool) -> String {
    if numbered { format!("{label}  {}", place + 1) } else { label.to_owned() }
}

/// The first row in words.
fn describe(labels: &[String], values: &[Vec<f64>]) -> String {
    let Some(first) = values.first() else { return "The figure is empty.".into() };
    let mut known: Vec<(f64, &String)> = first.iter().copied().zip(labels).skip(1).collect();
    known.retain(|(value, _)| value.is_finite());
    known.sort_by(|a, b| b.0.total_cmp(&a.0));
    let described: Vec<String> = known
        .iter()
        .take(5)
        .map(|(value, label)| format!("{label} {}", numbers::similarity(*value)))
        .collect();
    format!("Similarity of the input to the nearest references: {}.", described.join("; "))
}
