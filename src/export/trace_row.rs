//! A trace as a row: a column for each field, `meta` as a string of JSON.

use super::{Cell, Column, ColumnKind::Text, Row};
use crate::trace::Trace;

impl Row for Trace {
    const COLUMNS: &'static [Column] = &[
        Column::required("id", Text),
        Column::optional("model", Text),
        Column::optional("prompt_id", Text),
        Column::optional("prompt", Text),
        Column::required("reasoning", Text),
        Column::optional("answer", Text),
        Column::required("source", Text),
        Column::optional("domain", Text),
        Column::required("meta", Text),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        // A map of JSON values can always be written as JSON.
        let meta = serde_json::to_string(&self.meta).unwrap_or_else(|_| "{}".into());
        vec![
            Cell::text(Some(&self.id)),
            Cell::text(self.model.as_deref()),
            Cell::text(self.prompt_id.as_deref()),
            Cell::text(self.prompt.as_deref()),
            Cell::text(Some(&self.reasoning)),
            Cell::text(self.answer.as_deref()),
            Cell::text(Some(&self.source)),
            Cell::text(self.domain.as_deref()),
            Cell::Text(meta.into()),
        ]
    }
}
