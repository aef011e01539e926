//! Measured habits, in sentences.

use super::escape::name;
use super::numbers::counted;
use crate::lineage::{Habits, HabitsBasis};

/// What is usual of habits on this basis.
pub fn habits_usual(basis: HabitsBasis) -> &'static str {
    match basis {
        HabitsBasis::Prompts | HabitsBasis::DataSet => "usual: the middle 90 % of all references",
        HabitsBasis::Traces => "usual: within a standard deviation of all the atlas’s traces",
    }
}

/// The habit in which the input departs most.
pub fn habits_title(habits: &Habits) -> String {
    let known = habits.habits.iter().filter(|habit| habit.input.is_finite());
    match known.max_by(|a, b| a.input.abs().total_cmp(&b.input.abs())) {
        Some(most) => {
            let direction = if most.input > 0.0 { "more" } else { "less" };
            let kind = if habits.is_moves() { "Moves" } else { "Habits" };
            format!("{kind}: the input departs most in “{}” ({direction})", name(&most.what))
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
                "Zero is what all references wrote on the same {prompts}; what a prompt makes everybody do is taken off."
            )
        }
        HabitsBasis::DataSet => format!(
            "Zero is the mean of the references in the nearest data set, since the {prompts} are not shared: what the prompts are \
             about is mixed in."
        ),
        HabitsBasis::Traces => format!(
            "Zero is the mean of all traces that the atlas was learned from; it keeps no values of single references for these. \
             From {prompts}, whose subject is mixed in."
        ),
    }
}
