//! Canonical records as Parquet: one column for each field, `meta` as a string of JSON.
//!
//! Called by `ingest -o OUT.parquet`. `ingest` reads the file back to the same traces.

use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use super::Error;
use crate::trace::Trace;

/// The columns, in order, and whether a trace may lack them.
const COLUMNS: [(&str, bool); 9] = [
    ("id", false),
    ("model", true),
    ("prompt_id", true),
    ("prompt", true),
    ("reasoning", false),
    ("answer", true),
    ("source", false),
    ("domain", true),
    ("meta", false),
];

/// How many bytes of text are gathered before they are handed to the writer.
const BATCH_BYTES: usize = 4 << 20;
/// How many bytes a row group has before it is written out.
const GROUP_BYTES: usize = 64 << 20;

/// Writes traces to a Parquet file, one after another.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use cotprint::{export::ParquetWriter, ingest, trace::Trace};
///
/// let mut writer = ParquetWriter::new(Vec::new())?;
/// writer.write(&Trace { id: "1".into(), reasoning: "I add.".into(), ..Trace::default() })?;
/// let bytes = writer.finish()?;
/// assert!(bytes.starts_with(b"PAR1"));
/// # Ok(())
/// # }
/// ```
pub struct ParquetWriter<W: Write + Send> {
    schema: SchemaRef,
    writer: ArrowWriter<W>,
    /// What was not handed on yet, column by column.
    columns: [StringBuilder; COLUMNS.len()],
    gathered: usize,
}

impl<W: Write + Send> ParquetWriter<W> {
    /// Begins a file. Nothing is written but through `out`; it needs no buffer of its own.
    ///
    /// # Errors
    ///
    /// Where `out` cannot be written to.
    pub fn new(out: W) -> Result<Self, Error> {
        let field = |&(name, nullable): &(&str, bool)| Field::new(name, DataType::Utf8, nullable);
        let schema = Arc::new(Schema::new(COLUMNS.iter().map(field).collect::<Vec<_>>()));
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            // The name and version of this program: the default is the library's.
            .set_created_by(concat!("cotprint ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let writer = ArrowWriter::try_new(out, schema.clone(), Some(properties)).map_err(failed)?;
        Ok(Self { schema, writer, columns: Default::default(), gathered: 0 })
    }

    /// Adds a trace.
    ///
    /// # Errors
    ///
    /// Where what was gathered so far cannot be written.
    pub fn write(&mut self, trace: &Trace) -> Result<(), Error> {
        let meta = serde_json::to_string(&trace.meta).map_err(io::Error::from)?;
        let fields = [
            Some(trace.id.as_str()),
            trace.model.as_deref(),
            trace.prompt_id.as_deref(),
            trace.prompt.as_deref(),
            Some(&trace.reasoning),
            trace.answer.as_deref(),
            Some(&trace.source),
            trace.domain.as_deref(),
            Some(&meta),
        ];
        for (column, field) in self.columns.iter_mut().zip(fields) {
            column.append_option(field);
            self.gathered += field.map_or(0, str::len);
        }
        if self.gathered >= BATCH_BYTES { self.hand_on() } else { Ok(()) }
    }

    fn hand_on(&mut self) -> Result<(), Error> {
        self.gathered = 0;
        let columns = self.columns.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef);
        let batch = RecordBatch::try_new(self.schema.clone(), columns.collect())
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

impl<W: Write + Send> std::fmt::Debug for ParquetWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParquetWriter").field("gathered", &self.gathered).finish_non_exhaustive()
    }
}

fn failed(error: ParquetError) -> Error {
    Error::Write(match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        },
        other => io::Error::other(other.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ingest;

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
