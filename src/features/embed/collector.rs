//! Rows of a file of vectors, one after another → [`Precomputed`], once they all have one shape.
//!
//! Called by the readers of Parquet and JSON Lines.

use std::path::Path;

use rustc_hash::FxHashMap;

use super::EmbedError;
use super::numbers::{FINITE, MOST_DIMENSIONS, finite};
use super::precomputed::Precomputed;

/// Collects rows one after another and holds them to one shape.
#[derive(Debug)]
pub(super) struct Collector {
    file: String,
    /// What a row is called in errors: `line` or `row`.
    unit: &'static str,
    dimensions: usize,
    values: Vec<f32>,
    rows: FxHashMap<String, usize>,
    count: usize,
}

impl Collector {
    pub(super) fn new(path: &Path, unit: &'static str) -> Self {
        let file = path.display().to_string();
        Self { file, unit, dimensions: 0, values: Vec::new(), rows: FxHashMap::default(), count: 0 }
    }

    /// The error of a row, which has the number `place` in the file.
    pub(super) fn wrong(&self, place: usize, detail: String, advice: &str) -> EmbedError {
        EmbedError::invalid(format_args!("{}: {} {place}", self.file, self.unit), detail, advice)
    }

    /// Adds a row.
    ///
    /// # Errors
    /// Where it does not go with the rows before it.
    pub(super) fn add(
        &mut self,
        place: usize,
        id: Option<String>,
        vector: impl ExactSizeIterator<Item = f64>,
    ) -> Result<(), EmbedError> {
        let length = vector.len();
        if self.count == 0 {
            self.dimensions = length;
        }
        if length == 0 || length > MOST_DIMENSIONS {
            let detail =
                format!("its vector has {length} numbers, and 1 to {MOST_DIMENSIONS} are read");
            return Err(self.wrong(place, detail, "Give every trace a vector"));
        }
        if length != self.dimensions {
            let first = self.dimensions;
            let detail = format!(
                "its vector has {length} numbers, and that of the first {} has {first}",
                self.unit
            );
            return Err(self.wrong(place, detail, "Compute all vectors with one model"));
        }
        for (position, value) in vector.enumerate() {
            let value = finite(value).ok_or_else(|| {
                let detail =
                    format!("the number {position} (counted from 0) of its vector is {value}");
                self.wrong(place, detail, FINITE)
            })?;
            self.values.push(value);
        }
        // Either every row so far had an id, or none had.
        if self.count > 0 && id.is_some() == self.rows.is_empty() {
            let has = if id.is_some() {
                "has an id, and those before it have none"
            } else {
                "has no id, and those before it have one"
            };
            return Err(self.wrong(place, has.into(), "Give every row an id, or none"));
        }
        if let Some(id) = id {
            let shown = id.clone();
            if self.rows.insert(id, self.count).is_some() {
                let detail = format!("the id {shown:?} stands a second time");
                return Err(self.wrong(place, detail, "Give every trace one vector"));
            }
        }
        self.count += 1;
        Ok(())
    }

    /// The vectors.
    ///
    /// # Errors
    /// Where there was no row.
    pub(super) fn finish(self) -> Result<Precomputed, EmbedError> {
        if self.count == 0 {
            return Err(EmbedError::invalid(
                self.file,
                "holds no vector",
                "Name a file with one for each trace",
            ));
        }
        let rows = (!self.rows.is_empty()).then_some(self.rows);
        Ok(Precomputed::new(self.file, self.dimensions, self.values, rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collected(rows: &[(Option<&str>, &[f64])]) -> Result<Precomputed, EmbedError> {
        let mut collector = Collector::new(Path::new("my.jsonl"), "line");
        for (index, (id, vector)) in rows.iter().enumerate() {
            collector.add(index + 1, id.map(str::to_owned), vector.iter().copied())?;
        }
        collector.finish()
    }

    #[test]
    fn vectors_are_found_by_id_or_by_order() {
        let by_id = collected(&[(Some("a"), &[1.0, 2.0]), (Some("b"), &[3.0, 4.0])]).unwrap();
        assert!(by_id.has_ids());
        assert_eq!(by_id.get(0, "b").unwrap(), [3.0, 4.0]);
        assert!(
            by_id
                .get(0, "c")
                .unwrap_err()
                .to_string()
                .contains("no vector for the trace with the id \"c\"")
        );
        assert!(by_id.check_number_of_traces(1).is_ok());

        let by_order = collected(&[(None, &[1.0]), (None, &[2.0])]).unwrap();
        assert_eq!((by_order.len(), by_order.dimensions()), (2, 1));
        assert_eq!(by_order.get(1, "whatever").unwrap(), [2.0]);
        let told = by_order.get(2, "c").unwrap_err().to_string();
        assert!(
            told.starts_with("my.jsonl: has 2 rows, and the input has a trace number 2"),
            "{told}"
        );
        assert!(by_order.check_number_of_traces(2).is_ok());
        let told = by_order.check_number_of_traces(3).unwrap_err().to_string();
        assert!(told.contains("has 2 rows, and the input has 3 traces"), "{told}");
    }

    #[test]
    fn rows_that_do_not_go_together_are_refused() {
        let refused = |rows: &[(Option<&str>, &[f64])]| collected(rows).unwrap_err().to_string();
        assert!(refused(&[]).contains("holds no vector"));
        assert!(refused(&[(None, &[])]).contains("line 1: its vector has 0 numbers"));
        let told = refused(&[(None, &[1.0]), (None, &[1.0, 2.0])]);
        assert!(
            told.contains("line 2: its vector has 2 numbers, and that of the first line has 1"),
            "{told}"
        );
        assert!(
            refused(&[(None, &[1.0, f64::NAN])])
                .contains("number 1 (counted from 0) of its vector is NaN")
        );
        assert!(refused(&[(None, &[1e300])]).contains("fit in 32 bits"));
        assert!(refused(&[(Some("a"), &[1.0]), (None, &[1.0])]).contains("line 2: has no id"));
        assert!(refused(&[(None, &[1.0]), (Some("a"), &[1.0])]).contains("line 2: has an id"));
        assert!(
            refused(&[(Some("a"), &[1.0]), (Some("a"), &[1.0])])
                .contains("\"a\" stands a second time")
        );
    }
}
