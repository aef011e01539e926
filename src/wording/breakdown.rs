//! The share of the first reference in groups of traces, in sentences.

use super::numbers::counted;
use crate::lineage::{Breakdown, BreakdownKind};

/// What kind of groups follow.
pub fn holds_kind(kind: BreakdownKind) -> &'static str {
    match kind {
        BreakdownKind::All => "all traces",
        BreakdownKind::Layout => "layout",
        BreakdownKind::Domain => "by domain",
        BreakdownKind::Length => "by length",
        BreakdownKind::Mediation => "by mediation",
        BreakdownKind::Changed => "some traces, with changed texts",
    }
}

/// In how many groups, or with how many changes, the first reference of the ranking is first.
pub fn holds_title(holds: &Breakdown) -> String {
    let ways: Vec<_> =
        holds.groups.iter().filter(|group| group.kind != BreakdownKind::All).collect();
    let own = ways.iter().filter(|group| group.first == holds.reference).count();
    match (own, ways.len()) {
        (_, 0) => "Too few traces for subgroups".into(),
        (own, all) => {
            format!("The first reference is first in {own} of {all} subgroups and variants")
        }
    }
}

/// What the figure of groups shows.
pub fn holds_shown(holds: &Breakdown) -> String {
    let left_out = match holds.left_out {
        0 => String::new(),
        n => format!(
            " Left out: {} with fewer than 5 prompts, or after the twelfth domain.",
            counted(n, "group", "groups")
        ),
    };
    format!(
        "Dot and line: the share of the first reference in the evidence and its 95 % interval. Grey: another reference comes first.{left_out}"
    )
}
