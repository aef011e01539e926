//! Arrow files and streams → rows.
//!
//! Comes in: the file as a [`Seekable`]: a file of the IPC format (`ARROW1`, also called Feather)
//! or a stream, which `datasets` writes with `save_to_disk`. Goes out: each row as a JSON object,
//! so that it goes the way of JSON records. One batch of rows is in memory at a time, and of it
//! only the columns that can hold what a reader looks for. Called by `kind`.
//!
//! The messages are read here (`schema`, `batch`, `column`), with the tables of flatbuffers from
//! the crate `arrow-ipc`: its own reader takes the lengths in a file on trust and panics where they
//! lie. A batch that is damaged costs its own rows, and is counted.

mod batch;
mod column;
mod schema;

use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::Arc;

use arrow_ipc::MessageHeader;
use bytes::Bytes;

use super::limited::{OverLimit, RowBudget};
use super::seekable::Seekable;
use super::{Refused, Row, Rows, columns};
use crate::ingest::Limits;
use crate::ingest::record::Object;
use crate::{ingest::summary::Reason, trace::Position};
use batch::Body;
use column::Column;
use schema::Field;

/// What a file begins with; a stream has nothing before its first message.
const FILE: &[u8] = b"ARROW1\0\0";
/// How long the description of a message may be.
const LONGEST: u64 = 64 << 20;

/// Opens an Arrow file or stream.
///
/// # Errors
///
/// Where its first message is damaged or no schema, or where no column holds text.
pub(super) fn rows(file: Seekable, limits: &Limits) -> Result<Box<dyn Rows>, Refused> {
    let (place, end) = messages(&file)?;
    let mut reader = Reader {
        budget: RowBudget::new(file.length(), limits),
        file,
        place,
        end,
        limits: *limits,
        fields: Vec::new(),
        dictionaries: HashMap::new(),
        batch: None,
        row: 0,
        over: false,
    };
    let first = reader.message()?.ok_or_else(|| damaged("there is no message in it"))?;
    reader.take_schema(&first)?;
    if !reader.fields.iter().any(Field::holds_text) {
        return Err(Refused::Unsupported(
            "an Arrow file without a column of text",
            "Name a file with a column such as `reasoning`, `messages` or `conversations`.",
        ));
    }
    Ok(Box::new(reader))
}

/// Where the messages begin and end.
fn messages(file: &Seekable) -> io::Result<(u64, u64)> {
    let mut start = Vec::new();
    file.at(0).take(FILE.len() as u64).read_to_end(&mut start)?;
    if start != FILE {
        return Ok((0, file.length()));
    }
    // A file is a stream with a table of contents behind it: its length, and the mark again. Where
    // that is missing the file was cut off, and the messages that are there can be read.
    let begin = FILE.len() as u64;
    let tail = file.length().checked_sub(10).filter(|tail| *tail >= begin);
    let Some(tail) = tail else { return Ok((begin, file.length())) };
    let mut bytes = Vec::new();
    file.at(tail).take(10).read_to_end(&mut bytes)?;
    let footer = match bytes.split_first_chunk::<4>() {
        Some((length, b"ARROW1")) => u64::from(u32::from_le_bytes(*length)),
        _ => return Ok((begin, file.length())),
    };
    Ok((begin, tail.checked_sub(footer).filter(|end| *end >= begin).unwrap_or(tail)))
}

fn description(header: &[u8]) -> io::Result<arrow_ipc::Message<'_>> {
    arrow_ipc::root_as_message(header)
        .map_err(|error| damaged(&format!("a message cannot be read ({error})")))
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the Arrow file is damaged: {what}"))
}

struct Reader {
    file: Seekable,
    /// Where the next message begins.
    place: u64,
    /// Where the messages end.
    end: u64,
    limits: Limits,
    fields: Vec<Field>,
    dictionaries: HashMap<i64, Arc<Column>>,
    batch: Option<Batch>,
    /// Rows met so far.
    row: usize,
    budget: RowBudget,
    /// Nothing more is read.
    over: bool,
}

/// Rows that are being given out.
struct Batch {
    columns: Vec<(String, Column)>,
    rows: usize,
    /// How many of them were given out.
    given: usize,
}

/// A message: its description, and where its body lies.
struct Message {
    header: Vec<u8>,
    body: u64,
    length: u64,
}

impl Reader {
    /// The next message, or `None` at the end. Its body is not read yet.
    fn message(&mut self) -> io::Result<Option<Message>> {
        let mut length = self.number()?;
        if length == Some(u32::MAX) {
            length = self.number()?;
        }
        let Some(length) = length.map(u64::from).filter(|length| *length > 0) else {
            return Ok(None);
        };
        if length > LONGEST || self.place + length > self.end {
            return Err(damaged("a message is longer than what is left of the file"));
        }
        let mut header = Vec::new();
        self.file.at(self.place).take(length).read_to_end(&mut header)?;
        self.place += length;
        let message = description(&header)?;
        let length = u64::try_from(message.bodyLength()).unwrap_or(u64::MAX);
        if length > self.end - self.place {
            return Err(damaged("a message says that it is longer than what is left of the file"));
        }
        let body = self.place;
        self.place += length;
        Ok(Some(Message { header, body, length }))
    }

    /// The next four bytes as a number, or `None` at the end.
    fn number(&mut self) -> io::Result<Option<u32>> {
        if self.place + 4 > self.end {
            return Ok(None);
        }
        let mut bytes = [0; 4];
        self.file.at(self.place).read_exact(&mut bytes)?;
        self.place += 4;
        Ok(Some(u32::from_le_bytes(bytes)))
    }

    fn take_schema(&mut self, message: &Message) -> Result<(), Refused> {
        let root = description(&message.header)?;
        let schema = root.header_as_schema().ok_or_else(|| damaged("it begins with no schema"))?;
        self.fields = schema::fields(schema, self.limits.depth)?;
        self.dictionaries.clear();
        Ok(())
    }

    /// The body of a message.
    fn body(&self, message: &Message) -> io::Result<Bytes> {
        if message.length > self.limits.unpacked_bytes {
            OverLimit::check(message.length, message.length, &self.limits)?;
        }
        let mut bytes = Vec::new();
        self.file.at(message.body).take(message.length).read_to_end(&mut bytes)?;
        Ok(bytes.into())
    }

    /// Reads the next message that is a batch of rows. False at the end.
    fn advance(&mut self) -> io::Result<Result<bool, Row>> {
        loop {
            let Some(message) = self.message()? else { return Ok(Ok(false)) };
            let root = description(&message.header)?;
            match root.header_type() {
                MessageHeader::Schema => match self.take_schema(&message) {
                    Ok(()) => {}
                    Err(Refused::Io(error)) => return Err(error),
                    Err(Refused::Unsupported(what, _)) => {
                        return Err(damaged(&format!("a part of it is {what}")));
                    }
                },
                MessageHeader::DictionaryBatch => {
                    let Some(header) = root.header_as_dictionary_batch() else { continue };
                    let body = self.body(&message)?;
                    // Nobody can tell what the places in it would have stood for.
                    if let Err(error) = self.take_dictionary(header, body) {
                        self.over = true;
                        return Ok(Err(self.bad_batch(1, &error)));
                    }
                }
                MessageHeader::RecordBatch => {
                    let Some(header) = root.header_as_record_batch() else { continue };
                    let rows = usize::try_from(header.length()).unwrap_or(0);
                    let body = self.body(&message)?;
                    match self.read_batch(header, body) {
                        Ok(columns) => {
                            self.batch = Some(Batch { columns, rows, given: 0 });
                            return Ok(Ok(true));
                        }
                        Err(error) => return Ok(Err(self.bad_batch(rows, &error))),
                    }
                }
                _ => {}
            }
        }
    }

    fn read_batch(
        &self,
        header: arrow_ipc::RecordBatch,
        body: Bytes,
    ) -> io::Result<Vec<(String, Column)>> {
        let mut body = Body::new(header, body, &self.dictionaries, &self.limits)?;
        body.columns(&self.fields)
    }

    fn take_dictionary(
        &mut self,
        header: arrow_ipc::DictionaryBatch,
        body: Bytes,
    ) -> io::Result<()> {
        let id = header.id();
        let field = self.fields.iter().find_map(|field| field.of_dictionary(id));
        let (Some(field), Some(data)) = (field, header.data()) else { return Ok(()) };
        let values = Body::new(data, body, &self.dictionaries, &self.limits)?.values(field)?;
        let values = match self.dictionaries.get(&id) {
            Some(earlier) if header.isDelta() => Column::joined(earlier.clone(), values)?,
            _ => values,
        };
        self.dictionaries.insert(id, Arc::new(values));
        Ok(())
    }

    /// Gives up a batch.
    fn bad_batch(&mut self, rows: usize, error: &io::Error) -> Row {
        let position = Position::Row(self.row + 1);
        // The number comes from the same damaged file: a batch has seldom more rows than these.
        let count = rows.clamp(1, 1 << 20);
        self.row += count;
        self.batch = None;
        let detail = match self.over {
            true => format!("It and all rows after it cannot be read: {error}."),
            false => format!("It and the rows after it, {count} in all, cannot be read: {error}."),
        };
        let is_over = OverLimit::of(error).is_some();
        let reason = if is_over { Reason::OverLimit } else { Reason::BrokenRow };
        Row::Bad { position, count, reason, detail }
    }

    /// The next row of the batch.
    fn give(&mut self) -> Option<Row> {
        let batch = self.batch.as_mut().filter(|batch| batch.given < batch.rows)?;
        let mut left = self.limits.record_bytes;
        let object = object(&batch.columns, batch.given, &mut left);
        batch.given += 1;
        let rest = batch.rows - batch.given;
        if let Err(error) = self.budget.take(self.limits.record_bytes - left) {
            self.over = true;
            return Some(self.bad_batch(rest + 1, &error));
        }
        self.row += 1;
        let position = self.position();
        let bad = |reason, detail| Row::Bad { position, count: 1, reason, detail };
        Some(match object {
            Ok(Some(object)) => {
                let object = columns::with_json(object, self.limits.depth);
                Row::Object { position, object, lossy: false }
            }
            Ok(None) => {
                let limit = self.limits.record_bytes;
                bad(Reason::TooLong, format!("It is longer than {limit} bytes."))
            }
            Err(error) => bad(Reason::BrokenRow, format!("It cannot be read: {error}.")),
        })
    }
}

/// A row as an object, or `None` where it is longer than the limit.
fn object(
    columns: &[(String, Column)],
    row: usize,
    left: &mut usize,
) -> io::Result<Option<Object>> {
    let mut object = Object::with_capacity(columns.len());
    for (name, column) in columns {
        let Some(value) = column.value(row, left)? else { return Ok(None) };
        object.insert(name.clone(), value);
    }
    Ok(Some(object))
}

impl Rows for Reader {
    fn next(&mut self) -> io::Result<Option<Row>> {
        loop {
            if let Some(row) = self.give() {
                return Ok(Some(row));
            }
            self.batch = None;
            if self.over {
                return Ok(None);
            }
            match self.advance()? {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                Err(row) => return Ok(Some(row)),
            }
        }
    }

    fn position(&self) -> Position {
        Position::Row(self.row)
    }
}
