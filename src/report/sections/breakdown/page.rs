//! The share of the first reference in subgroups → page and Markdown.

use crate::lineage::{Breakdown, BreakdownKind};
use crate::report::escape::name;
use crate::report::numbers::{count, interval, share};
use crate::report::page_parts::unbroken_one as unbroken;
use crate::report::wording;
use serde::Serialize;

/// The section of the page.
#[derive(Serialize)]
pub(in crate::report) struct BreakdownSection {
    title: String,
    shown: String,
    kinds: Vec<Kind>,
}

/// Groups of one kind.
#[derive(Serialize)]
struct Kind {
    name: &'static str,
    rows: Vec<GroupRow>,
}

/// A group as it is shown; text by now.
#[derive(Serialize)]
pub(in crate::report) struct GroupRow {
    pub what: String,
    pub share: String,
    pub interval: String,
    pub traces: String,
    pub prompts: String,
    /// The reference that comes first in the group, where it is another one.
    pub other: String,
}

/// The rows of all groups with their kinds, in the order of the result.
pub(in crate::report) fn rows(holds: &Breakdown) -> Vec<(BreakdownKind, GroupRow)> {
    let row = |group: &crate::lineage::Subgroup| GroupRow {
        what: name(&group.what),
        share: share(group.share),
        interval: interval(group.low, group.high),
        traces: count(group.traces),
        prompts: count(group.prompts),
        other: match group.first == holds.reference {
            true => "–".into(),
            false => format!("{} {}", name(&group.first), share(group.first_share)),
        },
    };
    holds.groups.iter().map(|group| (group.kind, row(group))).collect()
}

impl BreakdownSection {
    /// What the template needs.
    pub fn new(holds: &Breakdown) -> Self {
        let mut kinds: Vec<Kind> = Vec::new();
        for (kind, row) in rows(holds) {
            let name = wording::holds_kind(kind);
            match kinds.last_mut().filter(|last| last.name == name) {
                Some(last) => last.rows.push(row),
                None => kinds.push(Kind { name, rows: vec![row] }),
            }
        }
        Self {
            title: wording::holds_title(holds),
            shown: unbroken(wording::holds_shown(holds)),
            kinds,
        }
    }
}
