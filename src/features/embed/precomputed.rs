//! Vectors that the user computed elsewhere, in memory.
//!
//! Goes out: the vector of each trace, found by the trace's `id`, or by its place where the file
//! had no ids. Made by the readers of files, called by `source`.

use rustc_hash::FxHashMap;

use super::EmbedError;

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
    /// Vectors of `dimensions` numbers each, one after another, and the row of each id where rows
    /// have ids.
    pub(super) fn new(
        file: String,
        dimensions: usize,
        values: Vec<f32>,
        rows: Option<FxHashMap<String, usize>>,
    ) -> Self {
        Self { file, dimensions, values, rows }
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

    /// Checks that rows which are matched by order are as many as the traces of the input; to be
    /// called once all traces are counted, with those that were dropped among them. A file with ids
    /// may hold more than the input.
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
