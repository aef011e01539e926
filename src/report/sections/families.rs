//! The families: the same evidence, summed over the references of each.

use super::section::{Question, Section};
use crate::lineage::Comparison;
use crate::report::Error;
use crate::report::escape::name;
use crate::report::numbers::{interval, share};
use crate::report::page_parts::{left_out, listed};
use minijinja::{Value, context};
use serde::Serialize;

/// Families in their table.
const FAMILIES: usize = 8;

/// The section.
pub(super) struct Families;

#[derive(Serialize)]
struct FamilyRow {
    family: String,
    share: String,
    interval: String,
    members: String,
}

impl Section for Families {
    fn id(&self) -> &'static str {
        "families"
    }

    fn question(&self) -> Question {
        Question::Else
    }

    fn template(&self) -> &'static str {
        include_str!("families.html")
    }

    fn page(&self, comparison: &Comparison) -> Result<Option<Value>, Error> {
        let all = &comparison.families;
        if all.is_empty() {
            return Ok(None);
        }
        let rows = all.iter().take(FAMILIES).map(|family| FamilyRow {
            family: name(&family.family),
            share: share(family.score),
            interval: interval(family.low, family.high),
            members: listed(family.members.iter().map(|member| name(member)), 6),
        });
        Ok(Some(context! {
            rows => rows.collect::<Vec<_>>(),
            left_out => left_out(all.len(), FAMILIES, "family is", "families are"),
        }))
    }
}
