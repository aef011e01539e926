//! Parquet → rows.
//!
//! Comes in: the file as a [`Seekable`]. Goes out: each row as a JSON object, so that it goes the
//! way of JSON records. Row groups are read one after another, each in batches that are bounded by
//! bytes, and only the columns that can hold what a reader looks for (`columns`). A row group that
//! is damaged costs its own rows from there on, and is counted. Called by `file`.

use std::io::{self, BufReader, Read};
use std::sync::Arc;

use arrow_array::{Array, RecordBatch, StructArray};
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{ChunkReader, Length};

use super::limited::{OverLimit, RowBudget};
use super::seekable::Seekable;
use super::{Refused, Row, Rows, columns};
use crate::ingest::Limits;
use crate::{ingest::summary::Reason, trace::Position};

/// How many bytes of text a batch of rows may hold, as far as the file's own figures tell.
const BATCH_BYTES: u64 = 8 << 20;
/// The most rows of a batch.
const BATCH_ROWS: u64 = 1024;

/// Opens a Parquet file.
pub(super) fn rows(file: Seekable, limits: &Limits) -> Result<Box<dyn Rows>, Refused> {
    let found = |error| Refused::Io(broken(error));
    // What the writer noted about its own types is not needed: text is text.
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let metadata = ArrowReaderMetadata::load(&file, options).map_err(found)?;
    if columns::depth(metadata.schema().fields()) > limits.depth.min(128) {
        return Err(Refused::Unsupported(
            "a Parquet file whose columns are nested more deeply than the limit",
            "Turn it into JSON Lines with the fields `reasoning`, `model` and `prompt`.",
        ));
    }
    let wanted = columns::wanted(metadata.schema());
    if wanted.is_empty() {
        return Err(Refused::Unsupported(
            "a Parquet file without a column of text",
            "Name a file with a column such as `reasoning`, `messages` or `conversations`.",
        ));
    }
    if let Some(what) = unread_packing(metadata.metadata().row_groups(), &wanted) {
        let advice = "Write it again packed with zstd, for instance with `pyarrow.parquet.write_table(table, path, compression=\"zstd\")`.";
        return Err(Refused::Unsupported(what, advice));
    }
    let schema = Arc::new(columns::with_views(metadata.schema()));
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true).with_schema(schema);
    let metadata =
        ArrowReaderMetadata::try_new(metadata.metadata().clone(), options).map_err(found)?;
    let budget = RowBudget::new(file.length(), limits);
    Ok(Box::new(File {
        file,
        metadata,
        wanted,
        limits: *limits,
        group: 0,
        batches: None,
        batch: None,
        row: 0,
        group_end: 0,
        budget,
        over: false,
    }))
}

/// What the file is, if a column that is wanted is packed in a way that is not read.
fn unread_packing(groups: &[RowGroupMetaData], wanted: &[usize]) -> Option<&'static str> {
    let columns =
        groups.iter().flat_map(|group| wanted.iter().filter_map(|&leaf| group.columns().get(leaf)));
    columns.map(|column| column.compression()).find_map(|packing| match packing {
        Compression::BROTLI(_) => Some("a Parquet file packed with Brotli"),
        Compression::LZO => Some("a Parquet file packed with LZO"),
        _ => None,
    })
}

struct File {
    file: Seekable,
    metadata: ArrowReaderMetadata,
    /// The leaves that are read.
    wanted: Vec<usize>,
    limits: Limits,
    /// The row group that is opened next.
    group: usize,
    batches: Option<ParquetRecordBatchReader>,
    /// A batch and how many of its rows were given out.
    batch: Option<(StructArray, usize)>,
    /// Rows met so far.
    row: usize,
    /// The number of the last row of the row group.
    group_end: usize,
    budget: RowBudget,
    /// The budget is used up, and nothing more is read.
    over: bool,
}

impl File {
    fn open_group(&self, group: &RowGroupMetaData) -> Result<ParquetRecordBatchReader, io::Error> {
        let (mut packed, mut unpacked) = (0, 0);
        for &leaf in &self.wanted {
            let column = group.columns().get(leaf);
            let size = |bytes: i64| u64::try_from(bytes).unwrap_or(0);
            packed += column.map_or(0, |column| size(column.compressed_size()));
            unpacked += column.map_or(0, |column| size(column.uncompressed_size()));
        }
        // Pages are unpacked one at a time, but a group of this size was not made to be read.
        OverLimit::check(packed, unpacked, &self.limits)?;
        let rows = u64::try_from(group.num_rows()).unwrap_or(0).max(1);
        let batch = (BATCH_BYTES / (unpacked / rows).max(1)).clamp(1, BATCH_ROWS);
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(
            self.file.clone(),
            self.metadata.clone(),
        );
        let mask =
            ProjectionMask::leaves(self.metadata.parquet_schema(), self.wanted.iter().copied());
        builder
            .with_row_groups(vec![self.group])
            .with_projection(mask)
            .with_batch_size(usize::try_from(batch).unwrap_or(1))
            .build()
            .map_err(broken)
    }

    /// The rows of the whole file, as its table of contents has them.
    fn rows(&self) -> usize {
        usize::try_from(self.metadata.metadata().file_metadata().num_rows()).unwrap_or(0)
    }

    /// Gives up the rest of a row group.
    fn bad_group(&mut self, error: &io::Error) -> Row {
        let position = Position::Row(self.row + 1);
        let count = self.group_end.saturating_sub(self.row).max(1);
        (self.batches, self.batch) = (None, None);
        self.row = self.group_end;
        let detail = format!("It and the rows after it, {count} in all, cannot be read: {error}.");
        let reason =
            if OverLimit::of(error).is_some() { Reason::OverLimit } else { Reason::BrokenRow };
        Row::Bad { position, count, reason, detail }
    }
}

impl Rows for File {
    fn next(&mut self) -> io::Result<Option<Row>> {
        if self.over {
            return Ok(None);
        }
        loop {
            if let Some((batch, given)) = &mut self.batch
                && *given < batch.len()
            {
                let (object, bytes) = columns::row(batch, *given, &self.limits);
                if let Err(error) = self.budget.take(bytes) {
                    self.over = true;
                    self.group_end = self.rows();
                    return Ok(Some(self.bad_group(&error)));
                }
                *given += 1;
                self.row += 1;
                let position = self.position();
                return Ok(Some(match object {
                    Some(object) => Row::Object { position, object, lossy: false },
                    None => {
                        let limit = self.limits.record_bytes;
                        let detail = format!("It is longer than {limit} bytes.");
                        Row::Bad { position, count: 1, reason: Reason::TooLong, detail }
                    }
                }));
            }
            self.batch = None;
            if let Some(batches) = &mut self.batches {
                match batches.next() {
                    Some(Ok(batch)) => self.batch = Some((structure(batch), 0)),
                    Some(Err(error)) => {
                        let error = io::Error::new(io::ErrorKind::InvalidData, error.to_string());
                        return Ok(Some(self.bad_group(&error)));
                    }
                    None => self.batches = None,
                }
                continue;
            }
            let metadata = self.metadata.metadata().clone();
            let Some(group) = metadata.row_groups().get(self.group) else { return Ok(None) };
            let rows = usize::try_from(group.num_rows()).unwrap_or(0);
            self.group_end = self.row.saturating_add(rows);
            let opened = self.open_group(group);
            self.group += 1;
            match opened {
                Ok(batches) => self.batches = Some(batches),
                Err(error) => return Ok(Some(self.bad_group(&error))),
            }
        }
    }

    fn position(&self) -> Position {
        Position::Row(self.row)
    }
}

fn structure(batch: RecordBatch) -> StructArray {
    batch.into()
}

fn broken(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        },
        other => io::Error::new(io::ErrorKind::InvalidData, other.to_string()),
    }
}

impl Length for Seekable {
    fn len(&self) -> u64 {
        self.length()
    }
}

impl ChunkReader for Seekable {
    type T = BufReader<Self>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        Ok(BufReader::new(self.at(start)))
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        let end = start.checked_add(length as u64);
        if end.is_none_or(|end| end > self.length()) {
            return Err(ParquetError::EOF(format!("{length} bytes at {start} are not there")));
        }
        let mut bytes = Vec::new();
        self.at(start).take(length as u64).read_to_end(&mut bytes)?;
        Ok(bytes.into())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ingest::record::Object;

    fn read(name: &str) -> Vec<Object> {
        let path = format!("{}/fixtures/containers/{name}", env!("CARGO_MANIFEST_DIR"));
        let file = Seekable::spooled(std::fs::File::open(path).unwrap()).unwrap();
        let Ok(mut rows) = rows(file, &Limits::default()) else { panic!("{name} does not open") };
        let mut objects = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            let Row::Object { object, .. } = row else { panic!("a bad row in {name}") };
            objects.push(object);
        }
        assert_eq!(rows.position(), Position::Row(objects.len()));
        objects
    }

    #[test]
    fn a_struct_of_lists_is_a_list_of_structs() {
        let lists = read("struct-of-lists.parquet");
        assert_eq!(lists, read("list-of-structs.parquet"));
        assert_eq!(lists[0]["conversations"][1]["from"], json!("assistant"));
    }

    #[test]
    fn what_no_reader_looks_for_is_not_read() {
        let names: Vec<_> = read("strings.parquet")[0].keys().cloned().collect();
        assert_eq!(names, ["id", "model", "prompt", "thinking", "output", "metadata"]);
    }
}
