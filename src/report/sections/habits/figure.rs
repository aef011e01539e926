//! Habits as small multiples: for each one the input next to its nearest references, all on the
//! same scale.
//!
//! A ring is the input, the line through it its 95 % interval; dots are references; the grey bar is
//! what is usual. A habit is in a cell of its own, three cells in a row on a wide figure, one on a
//! phone.

use crate::lineage::{Habit, Habits, HabitsBasis};
use crate::report::drawing::figure::{Figure, Frame, Look};
use crate::report::drawing::palette::{AXIS, Colour, GRID, INK, MUTED, OTHER, PAPER, SERIES};
use crate::report::drawing::rows::width;
use crate::report::drawing::shapes::Drawing;
use crate::report::drawing::text::{Align, PlotError, Text};
use crate::report::{escape, numbers, wording};

/// Colours of the references; the input has the one between.
const REFERENCES: [Colour; 4] = [SERIES[0], SERIES[2], SERIES[3], SERIES[4]];
const INPUT: Colour = SERIES[1];
/// Height of a cell: its words, and its strip.
const WORDS: f64 = 22.0;
const STRIP: f64 = 34.0;
/// Room between columns.
const GAP: f64 = 34.0;
/// Height of a line of the key, and of the axis below.
const KEY_LINE: f64 = 21.0;
const AXIS_ROOM: f64 = 54.0;
/// The scale reaches at least and at most so far, in standard deviations.
const REACH: (f64, f64) = (1.0, 4.0);

/// The figure.
pub struct HabitsPlot {
    frame: Frame,
    key: Vec<(Mark, String)>,
    cells: Vec<Cell>,
    /// How far the scale reaches to either side.
    reach: f64,
}

/// A mark of the key.
#[derive(Clone, Copy)]
enum Mark {
    Input,
    Reference(Colour),
    Usual,
}

struct Cell {
    what: String,
    number: String,
    input: f64,
    interval: Option<(f64, f64)>,
    usual: Option<(f64, f64)>,
    values: Vec<f64>,
}

impl HabitsPlot {
    /// The figure of habits that rest on one basis.
    ///
    /// # Errors
    /// When the bundled font cannot be read.
    pub fn new(habits: &Habits, look: Look) -> Result<Self, PlotError> {
        let cells: Vec<Cell> =
            habits.habits.iter().filter(|one| one.input.is_finite()).map(Cell::new).collect();
        let largest = cells.iter().flat_map(Cell::drawn).fold(REACH.0, |most, v| most.max(v.abs()));
        // To the next half.
        let reach = ((2.0 * largest).ceil() / 2.0).min(REACH.1);
        let mut key = vec![(Mark::Input, "the input, 95 % interval".to_owned())];
        let named = habits.references.iter().zip(REFERENCES);
        key.extend(named.map(|(name, colour)| (Mark::Reference(colour), escape::name(name))));
        key.push((Mark::Usual, wording::habits_usual(habits.basis).into()));
        let title = wording::habits_title(habits);
        let subtitle = wording::habits_shown(habits);
        let mut strongest: Vec<&Cell> = cells.iter().collect();
        strongest.sort_by(|a, b| b.input.abs().total_cmp(&a.input.abs()));
        let told: Vec<String> = (strongest.iter().take(5))
            .map(|cell| format!("{} {}", cell.what, cell.number))
            .collect();
        let description = match told.is_empty() {
            true => "The figure is empty.".to_owned(),
            false => format!(
                "How far the input is from what it is measured against, in standard deviations: {}. All values are in \
                 the table.",
                told.join("; ")
            ),
        };
        let frame =
            Frame::new(look, width(look) - 2.0 * look.margin(), title, &subtitle, description)?;
        Ok(Self { frame, key, cells, reach })
    }

    fn columns(&self) -> usize {
        if self.frame.look == Look::Phone { 1 } else { 3 }
    }

    /// Rows of cells, and of the key.
    fn rows(&self) -> (usize, usize) {
        let key_columns = if self.frame.look == Look::Phone { 1 } else { 2 };
        (self.cells.len().div_ceil(self.columns()).max(1), self.key.len().div_ceil(key_columns))
    }

    fn key_height(&self) -> f64 {
        self.rows().1 as f64 * KEY_LINE + 12.0
    }

    /// The width of a cell.
    fn cell_width(&self) -> f64 {
        let columns = self.columns() as f64;
        (width(self.frame.look) - 2.0 * self.margin() - GAP * (columns - 1.0)) / columns
    }

    fn margin(&self) -> f64 {
        if self.frame.look == Look::Phone { 6.0 } else { self.frame.look.margin() }
    }

    fn draw_key(&self, drawing: &mut Drawing, top: f64) -> Result<(), PlotError> {
        let columns = if self.frame.look == Look::Phone { 1 } else { 2 };
        let column_width =
            (width(self.frame.look) - 2.0 * self.margin()) / f64::from(columns as u32);
        let small = Text::new(12.0, INK);
        for (at, (mark, words)) in self.key.iter().enumerate() {
            let x = self.margin() + (at % columns) as f64 * column_width;
            let y = top + (at / columns) as f64 * KEY_LINE + 8.0;
            match mark {
                Mark::Input => ring(drawing, x + 13.0, (x, x + 26.0), y),
                Mark::Reference(colour) => drawing.dot((x + 13.0, y), 4.4, *colour),
                Mark::Usual => drawing.rect((x, y - 6.0), (x + 26.0, y + 6.0), OTHER.faint(0.22)),
            }
            let words = small.fit(words, column_width - 44.0)?;
            drawing.text(&words, (x + 34.0, y), &small);
        }
        Ok(())
    }

    fn cell(
        &self,
        drawing: &mut Drawing,
        cell: &Cell,
        (left, top): (f64, f64),
    ) -> Result<(), PlotError> {
        let wide = self.cell_width();
        let x = |value: f64| {
            let part = (value.clamp(-self.reach, self.reach) + self.reach) / (2.0 * self.reach);
            left + 6.0 + (wide - 12.0) * part
        };
        let (words, number) = (Text::new(13.0, INK), Text::new(12.0, MUTED));
        let what = words.fit(&cell.what, wide - number.width(&cell.number)? - 10.0)?;
        drawing.text(&what, (left, top + 11.0), &words);
        drawing.text(&cell.number, (left + wide, top + 11.0), &number.align(Align::Right));
        let (above, y, below) = (top + WORDS, top + WORDS + 12.0, top + WORDS + 24.0);
        drawing.line((left, y), (left + wide, y), 1.0, GRID);
        if let Some((low, high)) = cell.usual {
            drawing.rect((x(low), above + 2.0), (x(high), below - 2.0), OTHER.faint(0.22));
        }
        drawing.line((x(0.0), above), (x(0.0), below), 1.0, AXIS);
        // The nearest last, so that its dot lies on top.
        for (value, colour) in cell.values.iter().zip(REFERENCES).rev() {
            if value.is_finite() {
                drawing.dot((x(*value), y), 5.2, PAPER);
                drawing.dot((x(*value), y), 4.4, colour);
            }
        }
        let (low, high) = cell.interval.unwrap_or((cell.input, cell.input));
        ring(drawing, x(cell.input), (x(low), x(high)), y);
        Ok(())
    }
}

/// The input: a ring on its interval.
fn ring(drawing: &mut Drawing, at: f64, interval: (f64, f64), y: f64) {
    drawing.line((interval.0, y), (interval.1, y), 2.0, INPUT);
    drawing.dot((at, y), 6.6, PAPER);
    drawing.dot((at, y), 5.8, INPUT);
    drawing.dot((at, y), 3.4, PAPER);
}

impl Cell {
    fn new(habit: &Habit) -> Self {
        let pair =
            |low: f64, high: f64| (low.is_finite() && high.is_finite()).then_some((low, high));
        Self {
            what: escape::name(&habit.what),
            number: numbers::signed(habit.input),
            input: habit.input,
            interval: pair(habit.low, habit.high),
            usual: pair(habit.usual_low, habit.usual_high),
            values: habit.values.clone(),
        }
    }

    fn drawn(&self) -> impl Iterator<Item = f64> {
        let own = self.interval.map_or([self.input; 2], |(low, high)| [low, high]);
        let usual = self.usual.map_or([0.0; 2], |(low, high)| [low, high]);
        own.into_iter().chain(usual).chain(self.values.clone()).filter(|value| value.is_finite())
    }
}

impl Figure for HabitsPlot {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn size(&self) -> (f64, f64) {
        let margins = 2.0 * self.frame.look.margin();
        let cells = self.rows().0 as f64 * (WORDS + STRIP);
        (
            width(self.frame.look),
            margins + self.frame.heading() + self.key_height() + cells + AXIS_ROOM,
        )
    }

    fn empty(&self) -> Option<&'static str> {
        self.cells.is_empty().then_some("No habit was measured.")
    }

    fn draw(&self, drawing: &mut Drawing, top: f64) -> Result<(), PlotError> {
        self.draw_key(drawing, top)?;
        let top = top + self.key_height();
        let columns = self.columns();
        let left = |column: usize| self.margin() + column as f64 * (self.cell_width() + GAP);
        for (at, cell) in self.cells.iter().enumerate() {
            let y = top + (at / columns) as f64 * (WORDS + STRIP);
            self.cell(drawing, cell, (left(at % columns), y))?;
        }
        let bottom = top + self.rows().0 as f64 * (WORDS + STRIP) - 4.0;
        let small = Text::new(12.0, MUTED);
        for column in 0..columns.min(self.cells.len()) {
            let (from, to) = (left(column) + 6.0, left(column) + self.cell_width() - 6.0);
            let label = numbers::fixed(self.reach, 1);
            drawing.text(&format!("−{label}"), (from - 6.0, bottom + 8.0), &small);
            let middle = f64::midpoint(from, to);
            drawing.text("0", (middle, bottom + 8.0), &small.align(Align::Middle));
            drawing.text(
                &format!("+{label}"),
                (to + 6.0, bottom + 8.0),
                &small.align(Align::Right),
            );
        }
        let middle = width(self.frame.look) / 2.0;
        let name = match self.frame.look {
            Look::Phone => "standard deviations of one trace",
            _ => "standard deviations of one trace: to the left less, to the right more",
        };
        drawing.text(name, (middle, bottom + 30.0), &small.align(Align::Middle));
        Ok(())
    }
}

/// A name for the files of these habits.
pub(crate) fn file_name(habits: &Habits) -> &'static str {
    match habits.basis {
        _ if habits.is_moves() => "moves",
        HabitsBasis::Traces => "habits-of-traces",
        HabitsBasis::Prompts | HabitsBasis::DataSet => "habits",
    }
}
