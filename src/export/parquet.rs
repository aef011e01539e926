//! Rows as Parquet, compressed by zstd.
//!
//! `ingest` reads a file of records back to the same traces.

use std::io::{self, Write};
use std::marker::PhantomData;
use std::sync::Arc;

use arrow_array::builder::{Float64Builder, StringBuilder, UInt64Builder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use super::{Cell, Column, ColumnKind, Error, Row};

/// How many bytes of text are gathered before they are handed to the writer.
const BATCH_BYTES: usize = 4 << 20;
/// How many bytes a row group has before it is written out.
const GROUP_BYTES: usize = 64 << 20;

/// Writes rows to a Parquet file, one after another.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use cotprint::{export::ParquetWriter, trace::Trace};
///
/// let mut writer = ParquetWriter::new(Vec::new())?;
/// writer.write(&Trace { id: "1".into(), reasoning: "I add.".into(), ..Trace::default() })?;
/// let bytes = writer.finish()?;
/// assert!(bytes.starts_with(b"PAR1"));
/// # Ok(())
/// # }
/// ```
pub struct ParquetWriter<T: Row, W: Write + Send> {
    schema: SchemaRef,
    writer: ArrowWriter<W>,
    /// What was not handed on yet, column by column.
    columns: Vec<Builder>,
    gathered: usize,
    rows: PhantomData<fn(&T)>,
}

/// Gathers the cells of one column.
enum Builder {
    Text(StringBuilder),
    Number(Float64Builder),
    Count(UInt64Builder),
}

impl Builder {
    fn of(column: &Column) -> Self {
        match column.kind {
            ColumnKind::Text => Self::Text(StringBuilder::default()),
            ColumnKind::Number => Self::Number(Float64Builder::default()),
            ColumnKind::Count => Self::Count(UInt64Builder::default()),
        }
    }

    /// Adds a cell, and answers its bytes. A cell of another kind than the column is missing.
    fn add(&mut self, cell: &Cell<'_>) -> usize {
        match (self, cell) {
            (Self::Text(column), Cell::Text(text)) => {
                column.append_value(text);
                return text.len();
            }
            (Self::Number(column), Cell::Number(value)) => column.append_value(*value),
            (Self::Count(column), Cell::Count(count)) => column.append_value(*count),
            (Self::Text(column), _) => {
                column.append_null();
                return 0;
            }
            (Self::Number(column), _) => column.append_null(),
            (Self::Count(column), _) => column.append_null(),
        }
        size_of::<u64>()
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(column) => Arc::new(column.finish()),
            Self::Number(column) => Arc::new(column.finish()),
            Self::Count(column) => Arc::new(column.finish()),
        }
    }
}

fn field(column: &Column) -> Field {
    let kind = match column.kind {
        ColumnKind::Text => DataType::Utf8,
        ColumnKind::Number => DataType::Float64,
        ColumnKind::Count => DataType::UInt64,
    };
    Field::new(&*column.name, kind, column.is_optional)
}

impl<T: Row, W: Write + Send> ParquetWriter<T, W> {
    /// Begins a file. `out` needs no buffer of its own.
    ///
    /// # Errors
    ///
    /// Where `out` cannot be written to.
    pub fn new(out: W) -> Result<Self, Error> {
        Self::with_columns(out, T::COLUMNS)
    }

    /// The same with the columns that the cells of these rows have.
    ///
    /// # Errors
    ///
    /// Where `out` cannot be written to.
    pub fn with_columns(out: W, columns: &[Column]) -> Result<Self, Error> {
        let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            // The name and version of this program: the default is the library's.
            .set_created_by(concat!("cotprint ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let writer = ArrowWriter::try_new(out, schema.clone(), Some(properties)).map_err(failed)?;
        let columns = columns.iter().map(Builder::of).collect();
        Ok(Self { schema, writer, columns, gathered: 0, rows: PhantomData })
    }

    /// Adds a row.
    ///
    /// # Errors
    ///
    /// Where what was gathered so far cannot be written.
    pub fn write(&mut self, row: &T) -> Result<(), Error> {
        for (column, cell) in self.columns.iter_mut().zip(row.cells()) {
            self.gathered += column.add(&cell);
        }
        if self.gathered >= BATCH_BYTES { self.hand_on() } else { Ok(()) }
    }

    fn hand_on(&mut self) -> Result<(), Error> {
        self.gathered = 0;
        let columns = self.columns.iter_mut().map(Builder::finish).collect();
        let batch = RecordBatch::try_new(self.schema.clone(), columns)
            .map_err(|error| failed(error.into()))?;
        self.writer.write(&batch).map_err(failed)?;
        if self.writer.in_progress_size() >= GROUP_BYTES {
            self.writer.flush().map_err(failed)?;
        }
        Ok(())
    }

    /// Writes what is left and the table of contents, and gives back what was written to.
    ///
    /// # Errors
    ///
    /// Where that cannot be written.
    pub fn finish(mut self) -> Result<W, Error> {
        self.hand_on()?;
        self.writer.into_inner().map_err(failed)
    }
}

impl<T: Row, W: Write + Send> std::fmt::Debug for ParquetWriter<T, W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParquetWriter").field("gathered", &self.gathered).finish_non_exhaustive()
    }
}

fn failed(error: ParquetError) -> Error {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => Error::Write(*error),
            Err(error) => Error::Parquet { what: error.to_string() },
        },
        other => Error::Parquet { what: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{ingest, trace::Trace};

    fn round_trip(traces: &[Trace]) -> Vec<Trace> {
        let mut writer = ParquetWriter::new(Vec::new()).unwrap();
        traces.iter().for_each(|trace| writer.write(trace).unwrap());
        let bytes = writer.finish().unwrap();
        let read =
            ingest::read("traces.parquet", io::Cursor::new(bytes), ingest::Options::default());
        read.unwrap().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn traces_come_back_unchanged() {
        let full = Trace {
            id: "a:1".into(),
            model: Some("acme/ponder-1".into()),
            prompt_id: Some("p1".into()),
            prompt: Some("[What] is\n\"half\" of {seven}?".into()),
            reasoning: "Naïve — I halve it.\n\nThree and a half, 😀.".into(),
            answer: Some("3.5".into()),
            source: "tests".into(),
            domain: Some("math".into()),
            meta: json!({"mediation": "raw", "n": [1, {"x": null}]}).as_object().unwrap().clone(),
        };
        let bare = Trace {
            id: "7".into(),
            reasoning: "[{\"so\": 1}]".into(),
            source: "s".into(),
            ..Trace::default()
        };
        let traces = vec![full, bare];
        assert_eq!(round_trip(&traces), traces);
    }

    #[test]
    fn long_files_are_written_in_parts() {
        let trace = |n: usize| Trace {
            id: format!("t{n}"),
            reasoning: format!("{n} ").repeat(300_000),
            source: "s".into(),
            ..Trace::default()
        };
        let traces: Vec<Trace> = (0..12).map(trace).collect();
        assert_eq!(round_trip(&traces), traces);
        assert_eq!(round_trip(&[]), []);
    }

    #[test]
    fn the_same_traces_give_the_same_bytes() {
        let write = || {
            let mut writer = ParquetWriter::new(Vec::new()).unwrap();
            let trace = Trace { reasoning: "I add.".into(), ..Trace::default() };
            writer.write(&trace).unwrap();
            writer.finish().unwrap()
        };
        assert_eq!(write(), write());
    }
}
