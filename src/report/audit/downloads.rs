//! An audit → the data of its figure and of its families, as downloads for its page.

use crate::lineage::audit::{Audit, AuditKind};
use crate::report::Error;
use crate::report::downloads::{Cell, Downloads, links_to_rows, table};
use serde::Serialize;

/// The links of an audit.
#[derive(Serialize)]
pub(super) struct AuditData {
    shares: Downloads,
    families: Option<Downloads>,
}

impl AuditData {
    /// The links of an audit's shares; "none of these" is the last row, without a family.
    ///
    /// # Errors
    /// None of today's types can cause one.
    pub fn new(audit: &Audit) -> Result<Self, Error> {
        let optional = |value: Option<f64>| value.map_or(Cell::Nothing, Cell::Number);
        let shares = audit.shares.iter().map(|one| {
            [
                Cell::Text(one.reference.clone()),
                Cell::optional(one.family.as_deref()),
                Cell::Number(one.share),
                optional(one.low),
                optional(one.high),
                Cell::Number(one.counted),
                optional(one.similarity),
            ]
        });
        let none = (audit.kind == AuditKind::Shares).then(|| {
            let none = &audit.none;
            [
                Cell::Text("none of these".into()),
                Cell::Nothing,
                optional(none.share),
                optional(none.low),
                optional(none.high),
                Cell::Nothing,
                Cell::Nothing,
            ]
        });
        let columns = [
            "reference",
            "family",
            "share",
            "share_low",
            "share_high",
            "counted_first",
            "similarity",
        ];
        let families = audit.families.iter().map(|one| {
            [
                Cell::Text(one.family.clone()),
                Cell::Number(one.share),
                optional(one.low),
                optional(one.high),
                Cell::Text(one.members.join("; ")),
            ]
        });
        let family_columns = ["family", "share", "share_low", "share_high", "members"];
        Ok(Self {
            shares: table("shares", columns, shares.chain(none)).downloads()?,
            families: links_to_rows(&table("family-shares", family_columns, families))?,
        })
    }
}
