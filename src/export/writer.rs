//! Rows → bytes in one of the formats.

use super::{Column, Error, ParquetWriter, RecordFormat, Row, csv::CsvWriter};
use std::io::{self, Write};

/// Writes records one after another.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use cotprint::{export::{RecordFormat, RecordWriter}, trace::Trace};
///
/// let mut writer = RecordWriter::new(RecordFormat::JsonLines, Vec::new())?;
/// writer.write(&Trace { id: "1".into(), reasoning: "I add.".into(), ..Trace::default() })?;
/// assert!(writer.finish()?.ends_with(b"\n"));
/// # Ok(())
/// # }
/// ```
pub struct RecordWriter<T: Row, W: Write + Send>(Writer<T, W>);

enum Writer<T: Row, W: Write + Send> {
    Lines(W),
    Gzip(flate2::write::GzEncoder<W>),
    Zstd(zstd::Encoder<'static, W>),
    Csv(Box<CsvWriter<T, W>>),
    Parquet(Box<ParquetWriter<T, W>>),
}

impl<T: Row, W: Write + Send> RecordWriter<T, W> {
    /// Begins a file.
    ///
    /// # Errors
    /// Where `out` cannot be written, and for Parquet where the program was built without it.
    pub fn new(format: RecordFormat, out: W) -> Result<Self, Error> {
        Self::with_columns(format, out, T::COLUMNS)
    }

    /// The same with the columns that the cells of these rows have. JSON Lines hold the whole record in
    /// any case.
    ///
    /// # Errors
    /// As [`RecordWriter::new`].
    pub fn with_columns(format: RecordFormat, out: W, columns: &[Column]) -> Result<Self, Error> {
        Ok(Self(match format {
            RecordFormat::JsonLines => Writer::Lines(out),
            RecordFormat::JsonLinesGzip => {
                Writer::Gzip(flate2::write::GzEncoder::new(out, flate2::Compression::default()))
            }
            RecordFormat::JsonLinesZstd => {
                Writer::Zstd(zstd::Encoder::new(out, zstd::DEFAULT_COMPRESSION_LEVEL)?)
            }
            RecordFormat::Csv => Writer::Csv(Box::new(CsvWriter::new(out, columns)?)),
            RecordFormat::Parquet => {
                Writer::Parquet(Box::new(ParquetWriter::with_columns(out, columns)?))
            }
        }))
    }

    /// Writes one record.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write(&mut self, row: &T) -> Result<(), Error> {
        match &mut self.0 {
            Writer::Lines(out) => line(out, row),
            Writer::Gzip(out) => line(out, row),
            Writer::Zstd(out) => line(out, row),
            Writer::Csv(out) => out.write(row),
            Writer::Parquet(out) => out.write(row),
        }
    }

    /// Writes what is left, and gives back what was written to.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn finish(self) -> Result<W, Error> {
        match self.0 {
            Writer::Lines(out) => Ok(out),
            Writer::Gzip(out) => Ok(out.finish()?),
            Writer::Zstd(out) => Ok(out.finish()?),
            Writer::Csv(out) => out.finish(),
            Writer::Parquet(out) => out.finish(),
        }
    }
}

impl<T: Row, W: Write + Send> std::fmt::Debug for RecordWriter<T, W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecordWriter").finish_non_exhaustive()
    }
}

fn line(out: &mut impl Write, row: &impl Row) -> Result<(), Error> {
    serde_json::to_writer(&mut *out, row).map_err(io::Error::from)?;
    Ok(out.write_all(b"\n")?)
}
