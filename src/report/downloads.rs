//! The data behind a figure → CSV and JSON that a reader downloads from the page.
//!
//! Comes in: columns and rows of texts and numbers, filled by the sections of the report and by the
//! pages of the other verbs. Goes out: `data:` URLs, so that the page needs no other file and asks
//! for none. Texts go through [`super::escape`] and are bounded; in CSV a text that a spreadsheet
//! would take for a formula begins with an apostrophe.

use super::Error;
use super::escape::{is_hidden, sentence};
use crate::export::without_formula;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;
use serde_json::{Map, Value};

/// Decimals of a number: more than any of them is known to.
const PLACES: f64 = 1e6;

/// One value.
pub(super) enum Cell {
    Text(String),
    Number(f64),
    Count(usize),
    Flag(bool),
    Nothing,
}

/// A table with names of columns that a machine may read, all rows as long as they.
pub(super) struct DataTable {
    /// The name of the file without its ending.
    pub name: &'static str,
    /// A row as a JSON object needs names that differ; columns named by the input may not.
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

/// The links of one figure.
#[derive(Serialize)]
pub(super) struct Downloads {
    name: &'static str,
    csv: String,
    json: String,
}

impl Downloads {
    /// The name of the files without their ending.
    pub fn name(&self) -> &'static str {
        self.name
    }
}

impl Cell {
    /// A text that may be missing.
    pub fn optional(text: Option<&str>) -> Self {
        text.map_or(Self::Nothing, |text| Self::Text(text.to_owned()))
    }

    fn csv(&self) -> String {
        match self {
            Self::Text(text) => without_formula(&sentence(text)).into_owned(),
            Self::Number(value) => rounded(*value).map_or_else(String::new, |v| v.to_string()),
            Self::Count(n) => n.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Nothing => String::new(),
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Text(text) => sentence(text).into(),
            Self::Number(value) => rounded(*value).into(),
            Self::Count(n) => (*n).into(),
            Self::Flag(flag) => (*flag).into(),
            Self::Nothing => Value::Null,
        }
    }
}

impl DataTable {
    /// The table as CSV (RFC 4180) in UTF-8; a number that is not finite is an empty cell.
    ///
    /// # Errors
    /// None of today's cells can cause one.
    pub fn csv(&self) -> Result<String, Error> {
        let mut lines =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        lines.write_record(
            self.columns.iter().map(|column| without_formula(&sentence(column)).into_owned()),
        )?;
        for row in &self.rows {
            lines.write_record(row.iter().map(Cell::csv))?;
        }
        let bytes = lines.into_inner().map_err(csv::IntoInnerError::into_error)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The table as a JSON array with an object for each row.
    fn json(&self) -> Value {
        let object = |row: &Vec<Cell>| -> Map<String, Value> {
            self.columns.iter().cloned().zip(row.iter().map(Cell::json)).collect()
        };
        self.rows.iter().map(|row| Value::Object(object(row))).collect()
    }

    /// The links to both.
    ///
    /// # Errors
    /// None of today's cells can cause one.
    pub fn downloads(&self) -> Result<Downloads, Error> {
        self.downloads_with(&self.json())
    }

    /// The links where the JSON has another shape.
    ///
    /// # Errors
    /// None of today's cells can cause one.
    pub fn downloads_with(&self, json: &Value) -> Result<Downloads, Error> {
        let url = |kind: &str, text: &str| {
            format!("data:{kind};charset=utf-8;base64,{}", STANDARD.encode(text))
        };
        debug_assert!(!json.to_string().contains(is_hidden), "texts are escaped");
        Ok(Downloads {
            name: self.name,
            csv: url("text/csv", &self.csv()?),
            json: url("application/json", &serde_json::to_string(json)?),
        })
    }
}

/// A table of rows as long as its columns.
pub(super) fn table<const COLUMNS: usize>(
    name: &'static str,
    columns: [&str; COLUMNS],
    rows: impl Iterator<Item = [Cell; COLUMNS]>,
) -> DataTable {
    DataTable {
        name,
        columns: columns.map(str::to_owned).to_vec(),
        rows: rows.map(Vec::from).collect(),
    }
}

/// The links of a table that has any row.
///
/// # Errors
/// None of today's cells can cause one.
pub(super) fn links_to_rows(table: &DataTable) -> Result<Option<Downloads>, Error> {
    (!table.rows.is_empty()).then(|| table.downloads()).transpose()
}

/// The number with six decimals; nothing for one that is not finite.
pub(super) fn rounded(value: f64) -> Option<f64> {
    // Adding 0 makes −0 to 0.
    value.is_finite().then(|| (value * PLACES).round() / PLACES + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> DataTable {
        DataTable {
            name: "one",
            columns: ["reference", "score", "clear"].map(str::to_owned).to_vec(),
            rows: vec![
                vec![Cell::Text("a, \"b\"".into()), Cell::Number(-0.1234567), Cell::Flag(true)],
                vec![Cell::Text("=cmd()".into()), Cell::Number(f64::NAN), Cell::Nothing],
                vec![Cell::Text("  @SUM(1)\u{202e}".into()), Cell::Count(3), Cell::Flag(false)],
                vec![Cell::Text("\t+1".into()), Cell::Number(-0.0), Cell::optional(None)],
            ],
        }
    }

    #[test]
    fn no_cell_is_a_formula_and_a_negative_number_stays_one() {
        let text = table().csv().unwrap();
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(
            lines,
            [
                "reference,score,clear",
                "\"a, \"\"b\"\"\",-0.123457,true",
                "'=cmd(),,",
                "'  @SUM(1)‹U+202E›,3,false",
                "' +1,0,",
                ""
            ]
        );
    }

    #[test]
    fn links_hold_the_whole_table() {
        let links = table().downloads().unwrap();
        let data = links.json.strip_prefix("data:application/json;charset=utf-8;base64,").unwrap();
        let back: Value = serde_json::from_slice(&STANDARD.decode(data).unwrap()).unwrap();
        assert_eq!(back[0]["reference"], "a, \"b\"");
        assert_eq!(back[1]["reference"], "=cmd()");
        assert!(back[1]["score"].is_null() && back[3]["clear"].is_null());
        assert_eq!(back[2]["score"], 3);
        assert!(links.csv.starts_with("data:text/csv;charset=utf-8;base64,"));
    }
}
