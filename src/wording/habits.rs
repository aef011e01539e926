//! Measured habits, in sentences.

use super::escape::name;
use super::numbers::counted;
use crate::lineage::{Habits, HabitsBasis};

/// What is usual of habits on this basis.
pub fn habits_usual(basis: HabitsBasis) -> &'static str {
    match basis {
        HabitsBasis::Prompts | HabitsBasis::DataSet => "usual: the middle 90 % of all references",
        HabitsBasis::Traces => "usual: within a standard deviation of all traces of the atlas",
    }
}

/// The habit in which the input deviates most: the title of the figure.
pub fn habits_title(habits: &Habits) -> String {
    let known = habits.habits.iter().filter(|habit| habit.input.is_finite());
    match known.max_by(|a, b| a.input.abs().total_cmp(&b.input.abs())) {
        Some(most) => {
            let direction = if most.input > 0.0 { "more" } else { "less" };
            let kind = if habits.is_moves() { "Moves" } else { "Habits" };
            format!("{kind}: the input deviates most in “{}” ({direction})", name(&most.what))
        }
        None => "Habits".into(),
    }
}

/// What habits are measured against.
pub fn habits_shown(habits: &Habits) -> String {
    let prompts = counted(habits.prompts, "prompt", "prompts");
    match habits.basis {
        HabitsBasis::Prompts => {
            format!(
                "Zero is the mean of all references on the same {prompts}, so prompt effects are removed."
            )
        }
        HabitsBasis::DataSet => format!(
            "Zero is the mean of the references in the nearest data set, because the {prompts} are not \
             shared: the values also reflect subject matter."
        ),
        HabitsBasis::Traces => format!(
            "Zero is the mean of all traces that the atlas was learned from; it keeps no values of single \
             references for these. From {prompts}; the values also reflect their subject matter."
        ),
    }
}
