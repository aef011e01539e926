//! The line that `score` prints, as a row of a table.

use crate::export::{Cell, Column, ColumnKind, Row};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// A score. As JSON it is the line itself, which holds all probabilities; a table has only the largest.
pub(super) struct ScoreRow<T>(pub T);

impl<T: Serialize> Serialize for ScoreRow<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<T: Serialize> Row for ScoreRow<T> {
    const COLUMNS: &'static [Column] = &[
        Column::optional("id", ColumnKind::Text),
        Column::optional("prompt_id", ColumnKind::Text),
        Column::optional("model", ColumnKind::Text),
        Column::optional("top", ColumnKind::Text),
        Column::optional("probability", ColumnKind::Number),
        Column::optional("family", ColumnKind::Text),
        Column::optional("family_probability", ColumnKind::Number),
        Column::optional("unknown", ColumnKind::Number),
        Column::optional("words", ColumnKind::Count),
        Column::optional("in_domain", ColumnKind::Number),
        Column::optional("why", ColumnKind::Text),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        let line = serde_json::to_value(&self.0).unwrap_or_default();
        let text = |key: &str| match &line[key] {
            Value::String(text) => Cell::Text(text.clone().into()),
            _ => Cell::Missing,
        };
        let number = |value: &Value| value.as_f64().map_or(Cell::Missing, Cell::Number);
        let (_, probability) = largest(&line["scores"]);
        let (family, family_probability) = largest(&line["family"]);
        vec![
            text("id"),
            text("prompt_id"),
            text("model"),
            text("top"),
            probability,
            family,
            family_probability,
            number(&line["unknown"]),
            line["words"].as_u64().map_or(Cell::Missing, Cell::Count),
            number(&line["familiar"]),
            text("why"),
        ]
    }
}

/// The first of names with probabilities, which stand largest first.
fn largest(shares: &Value) -> (Cell<'static>, Cell<'static>) {
    let first = shares.as_object().and_then(|shares: &Map<String, Value>| shares.iter().next());
    match first {
        Some((name, share)) => {
            (Cell::Text(name.clone().into()), share.as_f64().map_or(Cell::Missing, Cell::Number))
        }
        None => (Cell::Missing, Cell::Missing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::{RecordFormat, RecordWriter};
    use serde_json::json;

    #[test]
    fn a_table_has_the_largest_probability_and_no_formula() {
        let lines = [
            json!({"id": "=1+1", "prompt_id": null, "model": "a/b", "top": "x/y",
                "scores": {"x/y": 0.75, "z/w": 0.25}, "unknown": 0.5, "words": 812,
                "familiar": 0.9, "family": {"x": 0.8}}),
            json!({"id": "2", "prompt_id": "p", "model": null, "top": null, "scores": {},
                "unknown": null, "words": 3, "why": "3 words"}),
        ];
        let mut writer = RecordWriter::new(RecordFormat::Csv, Vec::new()).unwrap();
        lines.iter().for_each(|line| writer.write(&ScoreRow(line)).unwrap());
        let text = String::from_utf8(writer.finish().unwrap()).unwrap();
        assert_eq!(
            text.split("\r\n").collect::<Vec<_>>(),
            [
                "id,prompt_id,model,top,probability,family,family_probability,unknown,words,in_domain,why",
                "'=1+1,,a/b,x/y,0.75,x,0.8,0.5,812,0.9,",
                "2,p,,,,,,,3,,3 words",
                ""
            ]
        );
    }
}
