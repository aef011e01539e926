//! The sentences of the parts that stand beside the ranking: where it holds, habits, neighbours, examples.

use super::super::escape::name;
use super::super::numbers::counted;
use crate::lineage::{Breakdown, BreakdownKind, ExampleKind, Habits, HabitsBasis, Neighbourhood};

/// The title of the map that keeps neighbours.
pub fn neighbours_title(neighbourhood: &Neighbourhood) -> String {
    let references = neighbourhood.places.len().saturating_sub(1);
    format!("The input’s neighbours among {references} references")
}

/// What that map shows.
pub fn neighbours_shown() -> &'static str {
    "By t-SNE: what stands together is alike by Cosine Delta. How far groups are apart, and how large they are, means nothing."
}

/// What kind of groups follow.
pub fn holds_kind(kind: BreakdownKind) -> &'static str {
    match kind {
        BreakdownKind::All => "all traces",
        BreakdownKind::Layout => "layout",
        BreakdownKind::Domain => "by domain",
        BreakdownKind::Length => "by length",
        BreakdownKind::Mediation => "by mediation",
        BreakdownKind::Changed => "some traces, their texts changed",
    }
}

/// In how many groups, or with how many changes, the first reference comes first.
pub fn holds_title(holds: &Breakdown) -> String {
    let ways: Vec<_> =
        holds.groups.iter().filter(|group| group.kind != BreakdownKind::All).collect();
    let own = ways.iter().filter(|group| group.first == holds.reference).count();
    let reference = name(&holds.reference);
    match (own, ways.len()) {
        (_, 0) => format!("{reference}: too few traces to look at groups of them"),
        (own, all) => {
            format!("{reference} comes first in {own} of {all} ways to look at the traces")
        }
    }
}

/// What the figure of groups shows.
pub fn holds_shown(holds: &Breakdown) -> String {
    let left_out = match holds.left_out {
        0 => String::new(),
        n => format!(
            " Left out: {} with fewer than 5 prompts or beyond the twelfth domain.",
            counted(n, "group", "groups")
        ),
    };
    format!(
        "Dot and line: its share of the evidence and the 95 % interval. Grey: another reference comes first.{left_out}"
    )
}

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

/// What stands over an example.
pub fn example_title(kind: ExampleKind, reference: &str) -> String {
    let reference = name(reference);
    match kind {
        ExampleKind::Typical => format!("Most like {reference}"),
        ExampleKind::Middling => "In the middle".into(),
        ExampleKind::Against => format!("Least like {reference}"),
    }
}
