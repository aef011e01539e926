//! A score as a row of a table: with the largest probability only, or with all of them.

use super::ScoreRecord;
use crate::export::{Cell, Column, ColumnKind, Row};
use serde::Serialize;
use serde_json::{Map, Value};
use std::sync::Arc;

/// A score whose row also has the probability of some references. As JSON it is its record.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct WideScore {
    /// The score.
    pub record: ScoreRecord,
    /// The references whose probabilities follow the columns of the record.
    #[serde(skip)]
    pub references: Arc<[String]>,
}

impl WideScore {
    /// The columns of a table with the probabilities of these references.
    pub fn columns(references: &[String]) -> Vec<Column> {
        let numbers = references.iter().map(Column::numbers);
        ScoreRecord::COLUMNS.iter().cloned().chain(numbers).collect()
    }
}

impl Row for WideScore {
    const COLUMNS: &'static [Column] = ScoreRecord::COLUMNS;

    fn cells(&self) -> Vec<Cell<'_>> {
        let of = |name: &String| {
            let probability = self.record.scores.get(name).and_then(Value::as_f64);
            probability.map_or(Cell::Missing, Cell::Number)
        };
        self.record.cells().into_iter().chain(self.references.iter().map(of)).collect()
    }
}

impl Row for ScoreRecord {
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
        let number = |value: Option<f64>| value.map_or(Cell::Missing, Cell::Number);
        let (_, probability) = largest(Some(&self.scores));
        let (family, family_probability) = largest(self.family.as_ref());
        vec![
            Cell::text(Some(&self.id)),
            Cell::text(self.prompt_id.as_deref()),
            Cell::text(self.model.as_deref()),
            Cell::text(self.top.as_deref()),
            number(probability),
            Cell::text(family),
            number(family_probability),
            number(self.unknown),
            Cell::Count(self.words as u64),
            number(self.in_domain),
            Cell::text(self.why.as_deref()),
        ]
    }
}

/// The first of names with probabilities, which stand largest first.
fn largest(shares: Option<&Map<String, Value>>) -> (Option<&str>, Option<f64>) {
    let first = shares.and_then(|shares| shares.iter().next());
    first.map_or((None, None), |(name, share)| (Some(name), share.as_f64()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::{RecordFormat, RecordWriter};
    use serde_json::json;

    #[test]
    fn a_table_has_the_largest_probability_and_no_formula() {
        let shares = |value: Value| value.as_object().cloned().unwrap_or_default();
        let long = ScoreRecord {
            id: "=1+1".into(),
            model: Some("a/b".into()),
            top: Some("x/y".into()),
            scores: shares(json!({"x/y": 0.75, "z/w": 0.25})),
            unknown: Some(0.5),
            words: 812,
            in_domain: Some(0.9),
            family: Some(shares(json!({"x": 0.8}))),
            ..ScoreRecord::default()
        };
        let short = ScoreRecord {
            id: "2".into(),
            prompt_id: Some("p".into()),
            words: 3,
            why: Some("3 words".into()),
            ..ScoreRecord::default()
        };
        let mut writer = RecordWriter::new(RecordFormat::Csv, Vec::new()).unwrap();
        [long, short].iter().for_each(|record| writer.write(record).unwrap());
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
