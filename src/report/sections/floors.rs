//! The floors: the similarities of pairs of corpora whose relation is known, as tables.

use crate::lineage::Floor;
use crate::report::Error;
use crate::report::downloads::{Cell, Downloads, links_to_rows, table};
use crate::report::escape::sentence;
use crate::report::markdown::{Markdown, text};
use crate::report::numbers::{count, fixed_interval, similarity};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct FloorRow {
    what: String,
    pairs: String,
    median: String,
    range: String,
}

impl FloorRow {
    pub fn new(floor: &Floor) -> Self {
        Self {
            what: sentence(&floor.what),
            pairs: count(floor.pairs),
            median: similarity(floor.median),
            range: fixed_interval(floor.low, floor.high, 2),
        }
    }
}

/// Writes them as a Markdown table.
pub(super) fn markdown(out: &mut Markdown, floors: &[Floor]) {
    let rows = floors.iter().map(|floor| {
        [
            text(&sentence(&floor.what)),
            count(floor.pairs),
            similarity(floor.median),
            fixed_interval(floor.low, floor.high, 2),
        ]
    });
    out.table(["what is usual between", "pairs", "median", "middle 90 %"], 1, rows);
}

/// The links to all of them, where there are any.
///
/// # Errors
/// None of today's types can cause one.
pub(super) fn downloads(name: &'static str, floors: &[Floor]) -> Result<Option<Downloads>, Error> {
    let rows = floors.iter().map(|floor| {
        [
            Cell::Text(floor.what.clone()),
            Cell::Count(floor.pairs),
            Cell::Number(floor.low),
            Cell::Number(floor.median),
            Cell::Number(floor.high),
        ]
    });
    links_to_rows(&table(name, ["relation", "pairs", "low", "median", "high"], rows))
}
