//! CSV and TSV → rows.
//!
//! Comes in: a text whose first row names the columns. Goes out: each row as a JSON object with
//! these names, so that it goes the way of JSON records; a cell that holds a JSON object or array
//! becomes that. The character between the cells is found by content. Called by `detect`, which
//! asks [`sniff`] what it is, and by `file`.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::limited::{Bounded, is_too_long};
use super::{Row, Rows, cell};
use crate::ingest::Limits;
use crate::ingest::json;
use crate::ingest::record::Object;
use crate::{ingest::summary::Reason, trace::Position};
use csv::{ByteRecord, ReaderBuilder};

/// What may stand between the cells, the usual one first.
const DELIMITERS: &[u8] = b",\t;|";

/// How many rows are looked at to find the delimiter.
const LOOKED_AT: usize = 20;

/// What the beginning of a text shows, if it is a table.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::ingest) struct Sniffed {
    /// The character between the cells.
    pub delimiter: u8,
    /// Whether every row that was looked at has as many cells as the first.
    pub even: bool,
    /// The first rows after that with the names of the columns.
    pub rows: Vec<Object>,
}

/// Finds the delimiter: the one that gives the most columns of all that give each row as many
/// cells as the first; else the one that the first row holds most of. `None` where the first row
/// holds none of them.
pub(in crate::ingest) fn sniff(head: &[u8], complete: bool) -> Option<Sniffed> {
    let (named, head) = delimiter_line(&head[comments(head)..]);
    let delimiters = named.as_ref().map_or(DELIMITERS, std::slice::from_ref);
    let candidates = delimiters.iter().filter_map(|&delimiter| {
        let mut records: Vec<ByteRecord> = reader(head, delimiter)
            .into_byte_records()
            .take(LOOKED_AT)
            .map_while(Result::ok)
            .collect();
        // The last row may be cut off.
        if !complete && records.len() < LOOKED_AT && records.len() > 1 {
            records.pop();
        }
        let columns = records.first()?.len();
        let even = records.iter().all(|record| record.len() == columns);
        (columns > 1).then_some((even, columns, delimiter, records))
    });
    // Of equals the first is wanted, so the order is turned round.
    let best = candidates.rev().max_by_key(|(even, columns, ..)| (*even, *columns))?;
    let (even, _, delimiter, records) = best;
    let header = Header::new(records.first()?);
    let rows = records[1..].iter().map(|record| header.object(record, Limits::default().depth).0);
    Some(Sniffed { delimiter, even, rows: rows.collect() })
}

/// How many bytes at the start are lines that begin with `#`, as many programs write comments. The last of
/// them is none, and names the columns, if it has as many cells as the row behind it; names do not begin
/// with a blank, as the words of a sentence do.
pub(in crate::ingest) fn comments(head: &[u8]) -> usize {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let (mut rest, mut last): (&[u8], &[u8]) = (text, &[]);
    while rest.starts_with(b"#")
        && let Some(end) = rest.iter().position(|byte| *byte == b'\n')
    {
        (last, rest) = rest.split_at(end + 1);
    }
    let row = |text, delimiter| reader(text, delimiter).into_byte_records().next()?.ok();
    let names_columns = DELIMITERS.iter().any(|&delimiter| {
        let (names, next) = (row(last, delimiter), row(rest, delimiter));
        names.zip(next).is_some_and(|(names, next)| {
            let begins_blank = |cell: &[u8]| cell.starts_with(b" ");
            names.len() > 1 && names.len() == next.len() && !names.iter().any(begins_blank)
        })
    });
    let names = if names_columns { last.len() } else { 0 };
    match text.len() - rest.len() - names {
        0 => 0,
        comments => head.len() - text.len() + comments,
    }
}

/// The delimiter that the first line names for Excel (`sep=;`), and the text behind that line.
fn delimiter_line(text: &[u8]) -> (Option<u8>, &[u8]) {
    let named = text.strip_prefix(b"sep=").and_then(|rest| match rest {
        [delimiter, b'\r', b'\n', table @ ..] | [delimiter, b'\n', table @ ..] => {
            Some((Some(*delimiter), table))
        }
        _ => None,
    });
    named.unwrap_or((None, text))
}

fn reader<R: Read>(text: R, delimiter: u8) -> csv::Reader<R> {
    ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text)
}

/// The names of the columns.
struct Header(Vec<String>);

impl Header {
    fn new(record: &ByteRecord) -> Self {
        Self(record.iter().map(|cell| json::text(cell).0.trim().to_owned()).collect())
    }

    /// Whether a row names the same columns, a byte order mark before it aside.
    fn is(&self, record: &ByteRecord) -> bool {
        let first = record.get(0).unwrap_or_default();
        record.len() == self.0.len()
            && self.0.len() > 1
            && self.0[0].as_bytes() == first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first)
            && self.0.iter().zip(record).skip(1).all(|(name, cell)| name.as_bytes() == cell)
    }

    /// A row as an object. The flag tells whether bytes were replaced that are not UTF-8.
    fn object(&self, record: &ByteRecord, depth: usize) -> (Object, bool) {
        let mut object = Object::new();
        let mut any_lossy = false;
        for (name, bytes) in self.0.iter().zip(record.iter()) {
            // A column without a name is the row's number, which pandas writes.
            if name.is_empty() {
                continue;
            }
            let (text, lossy) = json::text(bytes);
            any_lossy |= lossy;
            let value = cell(name, &text, depth);
            // Of two columns with one name the first that holds something is kept.
            match object.get(name) {
                Some(earlier) if !earlier.is_null() => {}
                _ => _ = object.insert(name.clone(), value),
            }
        }
        (object, any_lossy)
    }
}

/// The rows of a table.
pub(in crate::ingest) struct Table<R> {
    reader: csv::Reader<Bounded<R>>,
    /// What was taken from the input since the last row.
    taken: Arc<AtomicU64>,
    header: Option<Header>,
    record: ByteRecord,
    row: usize,
    limits: Limits,
    ended: bool,
}

/// How far the CSV reader reads ahead.
const AHEAD: usize = 64 * 1024;

impl<R: Read + Send> Table<R> {
    /// Makes ready to read. The first row names the columns.
    pub fn new(text: R, delimiter: u8, limits: &Limits) -> Self {
        let taken = Arc::default();
        let most = limits.record_bytes as u64 + AHEAD as u64;
        let bounded = Bounded { inner: text, taken: Arc::clone(&taken), most };
        let reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(AHEAD)
            .from_reader(bounded);
        let (header, record, row, ended) = (None, ByteRecord::new(), 0, false);
        Self { reader, taken, header, record, row, limits: *limits, ended }
    }

    /// Reads the next record. False at the end.
    fn advance(&mut self) -> io::Result<bool> {
        // One huge row must not hold its memory for the rest of the file.
        if self.record.as_slice().len() > 4 << 20 {
            self.record = ByteRecord::new();
        }
        self.taken.store(0, Ordering::Relaxed);
        self.reader.read_byte_record(&mut self.record).map_err(|error| match error.into_kind() {
            csv::ErrorKind::Io(error) => error,
            other => io::Error::other(format!("{other:?}")),
        })
    }

    /// Reads the next record that is not the header again, as it is where files were joined.
    fn advance_past_headers(&mut self) -> io::Result<bool> {
        loop {
            if !self.advance()? {
                return Ok(false);
            }
            if !self.header.as_ref().is_some_and(|header| header.is(&self.record)) {
                return Ok(true);
            }
        }
    }

    /// Whether the record is Excel's `sep=;`.
    fn names_the_delimiter(&self) -> bool {
        let mut cells = self.record.iter();
        cells.next() == Some(b"sep=") && cells.all(<[u8]>::is_empty) && self.record.len() == 2
    }

    fn bad(&self, reason: Reason, detail: String) -> Row {
        Row::Bad { position: self.position(), count: 1, reason, detail }
    }
}

impl<R: Read + Send> Rows for Table<R> {
    fn next(&mut self) -> io::Result<Option<Row>> {
        if self.ended {
            return Ok(None);
        }
        if self.header.is_none() {
            if !self.advance()? || (self.names_the_delimiter() && !self.advance()?) {
                return Ok(None);
            }
            self.header = Some(Header::new(&self.record));
        }
        self.row += 1;
        match self.advance_past_headers() {
            Ok(true) => {}
            Ok(false) => {
                self.row -= 1;
                return Ok(None);
            }
            // The row has no end within the limit, so no next one can be found.
            Err(error) if is_too_long(&error) => {
                self.ended = true;
                let limit = self.limits.record_bytes;
                let detail = format!(
                    "It is longer than {limit} bytes; is a quotation mark left open? Nothing after it was read."
                );
                return Ok(Some(self.bad(Reason::TooLong, detail)));
            }
            Err(error) => return Err(error),
        }
        let columns = self.header.as_ref().map_or(0, |header| header.0.len());
        let cells = self.record.len();
        if cells != columns
            && !(cells > columns && self.record.iter().skip(columns).all(<[u8]>::is_empty))
        {
            let detail = format!(
                "It has {cells} cells, and the first row names {columns} columns; is a quotation mark or a delimiter left out?"
            );
            return Ok(Some(self.bad(Reason::BrokenRow, detail)));
        }
        let Some(header) = &self.header else { return Ok(None) };
        let (object, lossy) = header.object(&self.record, self.limits.depth);
        Ok(Some(Row::Object { position: self.position(), object, lossy }))
    }

    fn position(&self) -> Position {
        Position::Row(self.row)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn rows(text: &str, delimiter: u8, limits: &Limits) -> Vec<Result<Value, (Reason, String)>> {
        let mut table = Table::new(text.as_bytes(), delimiter, limits);
        let mut out = Vec::new();
        while let Some(row) = table.next().unwrap() {
            out.push(match row {
                Row::Object { object, .. } => Ok(Value::Object(object)),
                Row::Bad { reason, detail, .. } => Err((reason, detail)),
            });
        }
        out
    }

    #[test]
    fn the_delimiter_is_found_by_content() {
        let found = |text: &str| sniff(text.as_bytes(), true).map(|it| (it.delimiter, it.even));
        assert_eq!(found("id,text\n1,\"a\tb;c\"\n"), Some((b',', true)));
        assert_eq!(found("id\ttext\n1\tone, two, three\n"), Some((b'\t', true)));
        assert_eq!(found("id;text;n\n1;\"a,b\";2\n"), Some((b';', true)));
        assert_eq!(found("id,text\n1,2,3\n"), Some((b',', false)));
        assert_eq!(found("no delimiter at all\n"), None);
        assert_eq!(found(""), None);
    }

    #[test]
    fn comments_before_the_names_of_the_columns_are_passed_over() {
        let after = |text: &'static str| &text[comments(text.as_bytes())..];
        assert_eq!(after("# by x, in May\n# more\nid,text,n\n1,a,2\n"), "id,text,n\n1,a,2\n");
        assert_eq!(after("\u{feff}# by x\nid,text\n"), "id,text\n");
        assert_eq!(after("# by x\n#id,text\n1,a\n"), "#id,text\n1,a\n");
        assert_eq!(after("# by x, in May\nid,text\n"), "id,text\n");
        for table in ["#,text\n1,a\n", "#,text\n1,\"a, b\"\n", "id,text\n1,a\n", "", "# only"] {
            assert_eq!(after(table), table);
        }
        let sniffed = sniff(b"# by x, in May\nid;text\n1;a\n", true).unwrap();
        assert_eq!((sniffed.delimiter, sniffed.even), (b';', true));
    }

    #[test]
    fn the_line_for_excel_names_the_delimiter() {
        let text = "sep=|\r\nid|text\r\n1|a,b;c\r\n";
        let sniffed = sniff(text.as_bytes(), true).unwrap();
        assert_eq!((sniffed.delimiter, sniffed.even, sniffed.rows.len()), (b'|', true, 1));
        let expected = json!({"id": "1", "text": "a,b;c"});
        assert_eq!(rows(text, b'|', &Limits::default()), [Ok(expected)]);
        assert_eq!(sniff(b"sep=,,\n1,2,3\n", true).unwrap().delimiter, b',');
    }

    #[test]
    fn the_header_of_a_joined_file_is_no_row() {
        let text = "id,text\n1,a\n\u{feff}id,text\n2,b\n";
        let ids: Vec<_> = rows(text, b',', &Limits::default())
            .into_iter()
            .map(|row| row.unwrap()["id"].clone())
            .collect();
        assert_eq!(ids, ["1", "2"]);
    }

    #[test]
    fn the_last_row_of_a_head_may_be_cut_off() {
        let text = b"id,text\n1,one\n2,\"tw";
        assert_eq!(sniff(text, false).unwrap().rows.len(), 1);
        assert_eq!(sniff(b"id,text\n1,one\n2", false).map(|it| it.even), Some(true));
    }

    #[test]
    fn cells_become_values() {
        let text = "\u{20},id,thinking,more,answer\n0,7,\"line\nbreak, \"\"quoted\"\"\",\"[{\"\"a\"\":1}]\",[3]\n1,8,,[not json],\n";
        let expected = [
            json!({"id": "7", "thinking": "line\nbreak, \"quoted\"", "more": [{"a": 1}], "answer": "[3]"}),
            json!({"id": "8", "thinking": null, "more": "[not json]", "answer": null}),
        ];
        assert_eq!(rows(text, b',', &Limits::default()), expected.map(Ok));
    }

    #[test]
    fn a_row_of_another_length_is_dropped_alone() {
        let found = rows("a,b\n1,2\n1\n1,2,3\n3,4,\n", b',', &Limits::default());
        let bad: Vec<_> =
            found.iter().map(|row| row.as_ref().err().map(|(reason, _)| *reason)).collect();
        assert_eq!(bad, [None, Some(Reason::BrokenRow), Some(Reason::BrokenRow), None]);
    }

    #[test]
    fn a_quotation_mark_left_open_does_not_fill_the_memory() {
        let limits = Limits { record_bytes: 1000, ..Limits::default() };
        let text = format!("a,b\n1,2\n3,\"{}", "x,y\n".repeat(100_000));
        let found = rows(&text, b',', &limits);
        assert_eq!(found.len(), 2);
        assert!(
            matches!(&found[1], Err((Reason::TooLong, detail)) if detail.contains("quotation"))
        );
    }
}
