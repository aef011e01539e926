//! Vectors that the user computed elsewhere, from a file.
//!
//! Comes in: an `.npy` file, a Parquet file or JSON Lines. Goes out: the vector of each trace, found
//! by the trace's `id`, or by its place where the file has no ids. Called by `source`.

use std::path::Path;

use rustc_hash::FxHashMap;

use super::{EmbedError, jsonl, npy};

/// The longest vector that is read.
pub(crate) const MOST_DIMENSIONS: usize = 65_536;

/// Which columns of a Parquet file or fields of a JSON line are read. An `.npy` file has none.
#[derive(Debug, Clone, Copy)]
pub struct Columns<'a> {
    /// Holds the id of the trace: text or a whole number.
    pub id: &'a str,
    /// Holds the vector: a list of numbers.
    pub vector: &'a str,
}

impl Default for Columns<'_> {
    fn default() -> Self {
        Self { id: "id", vector: "embedding" }
    }
}

/// The vectors of a file, in memory: 4 bytes for each number.
#[derive(Debug)]
pub struct Precomputed {
    file: String,
    dimensions: usize,
    values: Vec<f32>,
    /// The row of each id; `None` where rows are matched by their order.
    rows: Option<FxHashMap<String, usize>>,
}

impl Precomputed {
    /// Reads the vectors of a file, whose kind is told by its name: `.npy`, `.parquet`, else JSON Lines.
    ///
    /// An `.npy` file is a matrix with one row for each trace, in the order of the traces. The rows of
    /// Parquet and JSON Lines are matched by `columns.id`, or by their order where no row has an id.
    ///
    /// # Errors
    /// Where the file cannot be read, has another shape, lists of different lengths, a number that is
    /// not finite, an id twice, or ids in some rows only.
    pub fn open(path: &Path, columns: Columns<'_>) -> Result<Self, EmbedError> {
        let extension = path.extension().map(|part| part.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            Some("npy") => {
                let matrix = npy::read(path)?;
                let file = path.display().to_string();
                let (dimensions, values) = (matrix.columns, matrix.values);
                Ok(Self { file, dimensions, values, rows: None })
            }
            Some("parquet") => open_parquet(path, columns),
            _ => jsonl::read(path, columns),
        }
    }

    /// The file, as it was named.
    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// The length of every vector.
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// The number of vectors.
    pub fn len(&self) -> usize {
        self.values.len() / self.dimensions
    }

    /// Whether there is no vector.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Whether vectors are found by the traces' ids, and not by their order.
    pub fn has_ids(&self) -> bool {
        self.rows.is_some()
    }

    /// The vector of the trace with this id; where the file has no ids, of the trace that is number
    /// `row` of the input, counted from 0.
    ///
    /// # Errors
    /// Where the file has no such vector.
    pub fn get(&self, row: usize, id: &str) -> Result<&[f32], EmbedError> {
        let missing = |detail| {
            EmbedError::invalid(
                &self.file,
                detail,
                "Compute the vectors again from the same traces",
            )
        };
        let row = match &self.rows {
            Some(rows) => *rows.get(id).ok_or_else(|| {
                missing(format!("has no vector for the trace with the id {id:?}"))
            })?,
            None if row < self.len() => row,
            None => {
                let rows = self.len();
                return Err(missing(format!(
                    "has {rows} rows, and the input has a trace number {row}, counted from 0"
                )));
            }
        };
        Ok(&self.values[row * self.dimensions..(row + 1) * self.dimensions])
    }

    /// Checks that rows which are matched by order are as many as the traces of the input; to be called
    /// once all traces are counted, with those that were dropped among them. A file with ids may hold
    /// more than the input.
    ///
    /// # Errors
    /// Where the numbers differ: every vector could belong to another trace.
    pub fn check_number_of_traces(&self, traces: usize) -> Result<(), EmbedError> {
        if self.has_ids() || self.len() == traces {
            return Ok(());
        }
        let rows = self.len();
        Err(EmbedError::invalid(
            &self.file,
            format!(
                "has {rows} rows, and the input has {traces} traces, so rows cannot be matched by their order"
            ),
            "Give one row for each trace, or a Parquet or JSON Lines file with their ids",
        ))
    }
}

#[cfg(feature = "parquet")]
fn open_parquet(path: &Path, columns: Columns<'_>) -> Result<Precomputed, EmbedError> {
    super::parquet::read(path, columns)
}

#[cfg(not(feature = "parquet"))]
fn open_parquet(path: &Path, _: Columns<'_>) -> Result<Precomputed, EmbedError> {
    Err(EmbedError::invalid(
        path.display(),
        "is a Parquet file, which this program was built without",
        "Build it with the feature `parquet`, or write the vectors as .npy or JSON Lines",
    ))
}

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
        Ok(Precomputed { file: self.file, dimensions: self.dimensions, values: self.values, rows })
    }
}

/// What to do about a number that is not finite.
pub(super) const FINITE: &str = "Leave such traces out, or compute their vectors again: numbers have to be finite and fit in 32 bits";

/// A number in 32 bits, where it is finite in them.
pub(super) fn finite(value: f64) -> Option<f32> {
    let narrow = value as f32;
    narrow.is_finite().then_some(narrow)
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
