//! Measured habits → what the page shows next to their figure.

use super::figure::file_name;
use crate::lineage::{Habit, Habits};
use crate::report::escape::name;
use crate::report::numbers::{signed, signed_interval};
use crate::report::page_parts::unbroken_one as unbroken;
use crate::report::wording;
use serde::Serialize;

/// The part of the page for habits of one basis.
#[derive(Serialize)]
pub(in crate::report) struct HabitsSection {
    /// The name of its figure and of its data.
    name: &'static str,
    title: String,
    shown: String,
    usual: String,
    references: Vec<String>,
    rows: Vec<HabitRow>,
}

#[derive(Serialize)]
struct HabitRow {
    what: String,
    input: String,
    interval: String,
    usual: String,
    values: Vec<String>,
    measure: String,
}

impl HabitsSection {
    /// What the template needs.
    pub fn new(habits: &Habits) -> Self {
        Self {
            name: file_name(habits),
            title: wording::habits_title(habits),
            shown: unbroken(wording::habits_shown(habits)),
            usual: unbroken(wording::habits_usual(habits.basis).into()),
            references: habits.references.iter().map(|one| name(one)).collect(),
            rows: (habits.habits.iter())
                .map(|habit| HabitRow::new(habit, habits.references.len()))
                .collect(),
        }
    }
}

impl HabitRow {
    /// A habit next to this many references.
    fn new(habit: &Habit, references: usize) -> Self {
        Self {
            what: name(&habit.what),
            input: signed(habit.input),
            interval: signed_interval(habit.low, habit.high),
            usual: signed_interval(habit.usual_low, habit.usual_high),
            values: (0..references)
                .map(|at| habit.values.get(at).map_or_else(String::new, |value| signed(*value)))
                .collect(),
            measure: format!("{}: {}", name(&habit.channel), name(&habit.measure)),
        }
    }
}
