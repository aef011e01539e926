//! A stream of bytes → the bytes of one record after another.
//!
//! JSON Lines are cut at line ends; a JSON document is cut at the elements of its array, so that
//! neither is ever in memory as a whole. A record over the limit is passed over without being
//! kept. Nothing is parsed here. Called by `file`.

mod value;

use std::io::{self, BufRead};

use crate::trace::Position;
use value::{Copied, copy};

/// The names under which an object holds an array of records (`{"results": […]}`).
pub(super) const RECORD_ARRAYS: &[&str] = &[
    "results",
    "records",
    "rows",
    "samples",
    "items",
    "data",
    "traces",
    "entries",
    "responses",
    "instances",
    "completions",
    "generations",
    "predictions",
    "train",
    "test",
    "validation",
];

/// What [`Cutter::next`] found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// The record is in the buffer.
    Record(Position),
    /// The record is longer than the limit and was passed over.
    TooLong(Position),
    /// The document ends in the middle of this record.
    Unfinished(Position),
    /// Bytes between records that belong to no JSON value.
    Stray(Position),
    /// Nothing is left.
    End,
}

/// Cuts one input into records.
pub(super) struct Cutter<R> {
    reader: R,
    limit: usize,
    /// Lines or records met so far.
    count: usize,
    /// `None` for JSON Lines; for a document, what the reader stands in.
    document: Option<Vec<Level>>,
    /// What stands in an object before its array of records, as JSON, while inside that array.
    header: Option<Vec<u8>>,
}

/// What the reader of a document stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    /// A top-level array of records.
    Array,
    /// An object that holds an array of records, outside that array.
    Object,
    /// The array of records in an object.
    ObjectArray,
}

impl<R: BufRead> Cutter<R> {
    /// Cuts at line ends. Blank lines are passed over.
    pub fn lines(reader: R, limit: usize) -> Self {
        Self { reader, limit, count: 0, document: None, header: None }
    }

    /// Cuts a JSON document: an array of records, an object with an array of records, or any
    /// number of values in a row.
    pub fn document(reader: R, limit: usize) -> Self {
        Self { reader, limit, count: 0, document: Some(Vec::new()), header: None }
    }

    /// What the enclosing object says before its array of records: a JSON object.
    pub fn header(&self) -> Option<&[u8]> {
        self.header.as_deref()
    }

    /// How far the reading came: lines or records.
    pub fn position(&self) -> Position {
        match self.document {
            None => Position::Line(self.count),
            Some(_) => Position::Record(self.count),
        }
    }

    /// Puts the next record into `buffer`.
    pub fn next(&mut self, buffer: &mut Vec<u8>) -> io::Result<Cut> {
        // One huge record must not hold its memory for the rest of the file.
        if buffer.capacity() > 4 << 20 {
            *buffer = Vec::new();
        }
        buffer.clear();
        if self.document.is_none() { self.next_line(buffer) } else { self.next_value(buffer) }
    }

    fn next_line(&mut self, buffer: &mut Vec<u8>) -> io::Result<Cut> {
        loop {
            buffer.clear();
            let limit = self.limit as u64 + 1;
            let read = io::Read::take(&mut self.reader, limit).read_until(b'\n', buffer)?;
            if read == 0 {
                return Ok(Cut::End);
            }
            self.count += 1;
            let position = Position::Line(self.count);
            if buffer.last() != Some(&b'\n') && buffer.len() > self.limit {
                buffer.clear();
                self.reader.skip_until(b'\n')?;
                return Ok(Cut::TooLong(position));
            }
            if !buffer.iter().all(u8::is_ascii_whitespace) {
                return Ok(Cut::Record(position));
            }
        }
    }

    fn next_value(&mut self, buffer: &mut Vec<u8>) -> io::Result<Cut> {
        loop {
            let Some(byte) = self.peek_solid()? else { return Ok(Cut::End) };
            match (self.level(), byte) {
                (None, b'[') => self.enter(Level::Array),
                (None, b'{') => {
                    if let Some(cut) = self.object(buffer)? {
                        return Ok(cut);
                    }
                }
                (Some(Level::Array), b']') => self.leave(),
                (Some(Level::ObjectArray), b']') => {
                    self.leave();
                    if let Some(cut) = self.members(buffer, false)? {
                        return Ok(cut);
                    }
                }
                (Some(_), b',') => self.reader.consume(1),
                (Some(_), _) => return self.element(buffer),
                (None, _) => {
                    self.count += 1;
                    self.reader.skip_until(b'\n')?;
                    return Ok(Cut::Stray(Position::Record(self.count)));
                }
            }
        }
    }

    fn level(&self) -> Option<Level> {
        self.document.as_ref().and_then(|levels| levels.last().copied())
    }

    fn enter(&mut self, level: Level) {
        self.reader.consume(1);
        if let Some(levels) = &mut self.document {
            levels.push(level);
        }
    }

    fn leave(&mut self) {
        self.reader.consume(1);
        if let Some(levels) = &mut self.document {
            levels.pop();
        }
    }

    /// An element of an array of records.
    fn element(&mut self, buffer: &mut Vec<u8>) -> io::Result<Cut> {
        self.count += 1;
        let position = Position::Record(self.count);
        Ok(match self.value(buffer)? {
            Copied::Whole => Cut::Record(position),
            Copied::TooLong => Cut::TooLong(position),
            Copied::Unfinished => Cut::Unfinished(position),
        })
    }

    /// A top-level object: a record, unless it turns out to hold an array of records.
    fn object(&mut self, buffer: &mut Vec<u8>) -> io::Result<Option<Cut>> {
        self.reader.consume(1);
        buffer.push(b'{');
        self.members(buffer, true)
    }

    /// The members of a top-level object. Gives `None` where it stops in front of the elements of
    /// an array of records, and where the object ends without being a record.
    ///
    /// `is_record` tells whether the object may still be a record: false once it has given up an
    /// array of records.
    fn members(&mut self, buffer: &mut Vec<u8>, is_record: bool) -> io::Result<Option<Cut>> {
        let position = Position::Record(self.count + 1);
        let mut too_long = false;
        macro_rules! finish {
            ($cut:expr) => {{
                self.header = None;
                if let Some(levels) = &mut self.document {
                    levels.clear();
                }
                if !is_record && matches!($cut, Cut::Record(_) | Cut::TooLong(_)) {
                    buffer.clear();
                    return Ok(None);
                }
                self.count += 1;
                return Ok(Some($cut));
            }};
        }
        loop {
            if buffer.len() > self.limit {
                too_long = true;
                buffer.clear();
            }
            let Some(byte) = self.peek_solid()? else { finish!(Cut::Unfinished(position)) };
            match byte {
                b'}' => {
                    self.reader.consume(1);
                    buffer.push(b'}');
                    if too_long {
                        finish!(Cut::TooLong(position));
                    }
                    finish!(Cut::Record(position));
                }
                b',' => {
                    self.reader.consume(1);
                    buffer.push(b',');
                }
                b'"' => {
                    let start = buffer.len();
                    if self.value(buffer)? != Copied::Whole {
                        finish!(Cut::Unfinished(position));
                    }
                    let key = buffer[start..].to_vec();
                    if self.peek_solid()? != Some(b':') {
                        continue;
                    }
                    self.reader.consume(1);
                    let value = self.peek_solid()?;
                    if value == Some(b'[') && is_record_array(&key) {
                        self.reader.consume(1);
                        if self.peek_solid()? == Some(b'{') {
                            if is_record && !too_long {
                                self.header = Some(closed(&buffer[..start]));
                            }
                            buffer.clear();
                            if let Some(levels) = &mut self.document {
                                levels.clear();
                                levels.extend([Level::Object, Level::ObjectArray]);
                            }
                            return Ok(None);
                        }
                        buffer.extend_from_slice(b":[");
                        if self.rest_of_array(buffer)? == Copied::TooLong {
                            too_long = true;
                            buffer.clear();
                        }
                        continue;
                    }
                    buffer.push(b':');
                    match self.value(buffer)? {
                        Copied::Whole => {}
                        Copied::TooLong => {
                            too_long = true;
                            buffer.clear();
                        }
                        Copied::Unfinished => finish!(Cut::Unfinished(position)),
                    }
                }
                _ => {
                    // Not JSON; the parser will say so. One value is taken to get further.
                    if self.value(buffer)? == Copied::Unfinished {
                        finish!(Cut::Unfinished(position));
                    }
                }
            }
        }
    }

    /// The elements of an array whose opening bracket is already in the buffer.
    fn rest_of_array(&mut self, buffer: &mut Vec<u8>) -> io::Result<Copied> {
        copy(&mut self.reader, buffer, self.limit, 1)
    }

    /// One JSON value, of which only brackets and strings are understood.
    fn value(&mut self, buffer: &mut Vec<u8>) -> io::Result<Copied> {
        copy(&mut self.reader, buffer, self.limit, 0)
    }

    /// The next byte that is no white space, left in the reader. Between records the marks that
    /// stand before them are passed over too: those of a JSON text sequence, and the byte order
    /// marks of joined files.
    fn peek_solid(&mut self) -> io::Result<Option<u8>> {
        let is_between = self.level().is_none();
        let is_mark = |byte: &u8| is_between && matches!(byte, 0x1e | 0xef | 0xbb | 0xbf);
        loop {
            let available = self.reader.fill_buf()?;
            if available.is_empty() {
                return Ok(None);
            }
            let is_solid = |byte: &u8| !byte.is_ascii_whitespace() && !is_mark(byte);
            match available.iter().position(is_solid) {
                Some(at) => {
                    let byte = available[at];
                    self.reader.consume(at);
                    return Ok(Some(byte));
                }
                None => {
                    let all = available.len();
                    self.reader.consume(all);
                }
            }
        }
    }
}

/// Whether a key, still in quotes, is one that holds an array of records.
pub(super) fn is_record_array(key: &[u8]) -> bool {
    let key = key.strip_prefix(b"\"").and_then(|key| key.strip_suffix(b"\"")).unwrap_or(key);
    RECORD_ARRAYS.iter().any(|name| name.as_bytes() == key)
}

/// An object that was cut off in front of a key, closed.
fn closed(members: &[u8]) -> Vec<u8> {
    let mut members = members.trim_ascii_end().to_vec();
    if members.last() == Some(&b',') {
        members.pop();
    }
    members.push(b'}');
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cuts `text` with a reader that hands out two bytes at a time, the hardest case.
    fn cut(text: &str, lines: bool, limit: usize) -> Vec<(Cut, String, Option<String>)> {
        let reader = io::BufReader::with_capacity(2, text.as_bytes());
        let mut cutter =
            if lines { Cutter::lines(reader, limit) } else { Cutter::document(reader, limit) };
        let mut buffer = Vec::new();
        let mut out = Vec::new();
        loop {
            let cut = cutter.next(&mut buffer).unwrap();
            if cut == Cut::End {
                return out;
            }
            let header = cutter.header().map(|header| String::from_utf8_lossy(header).into());
            out.push((cut, String::from_utf8_lossy(&buffer).trim_end().to_owned(), header));
            assert!(out.len() < 100, "the cutter does not get further");
        }
    }

    fn records(text: &str) -> Vec<String> {
        cut(text, false, 1000)
            .into_iter()
            .map(|(cut, text, _)| match cut {
                Cut::Record(_) => text,
                other => format!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn lines_are_cut_at_line_ends_and_blank_ones_passed_over() {
        let out = cut("{\"a\":1}\n\n \r\n{\"b\":2}", true, 1000);
        assert_eq!(out[0].0, Cut::Record(Position::Line(1)));
        assert_eq!(out[1].0, Cut::Record(Position::Line(4)));
        assert_eq!(out[1].1, "{\"b\":2}");
    }

    #[test]
    fn a_line_over_the_limit_is_passed_over() {
        let out = cut("0123456789\n01234567\n0123456789abcdef\n1\n0123456789", true, 9);
        let cuts: Vec<_> = out.into_iter().map(|(cut, text, _)| (cut, text)).collect();
        assert_eq!(
            cuts,
            [
                (Cut::TooLong(Position::Line(1)), String::new()),
                (Cut::Record(Position::Line(2)), "01234567".into()),
                (Cut::TooLong(Position::Line(3)), String::new()),
                (Cut::Record(Position::Line(4)), "1".into()),
                (Cut::TooLong(Position::Line(5)), String::new()),
            ]
        );
    }

    #[test]
    fn documents_of_every_kind_are_cut_into_records() {
        let two = [r#"{"a":"[{\"}"}"#, r#"{"b":[1,{"c":"]"}]}"#];
        let (one, other) = (two[0], two[1]);
        assert_eq!(records(&format!(" [ {one} ,\n {other} ] ")), two);
        assert_eq!(records(&format!("{one}{other}")), two);
        assert_eq!(records(&format!("{one}\n\n{other}\n")), two);
        assert_eq!(records(&format!("[{one}]\n[{other}]")), two);
        assert_eq!(records(&format!(r#"{{"n":1,"results":[{one},{other}],"x":"]"}}"#)), two);
        assert_eq!(records("[]"), [""; 0]);
        assert_eq!(records("[1, \"two\", null]"), ["1", "\"two\"", "null"]);
    }

    #[test]
    fn an_object_that_holds_several_arrays_gives_the_records_of_all() {
        let text = r#"{"train":[{"a":1}],"n":[1],"test":[{"b":2}]}{"c":3}"#;
        assert_eq!(records(text), [r#"{"a":1}"#, r#"{"b":2}"#, r#"{"c":3}"#]);
    }

    #[test]
    fn what_stands_before_an_array_of_records_is_its_header() {
        let out = cut(r#"{"model": "m", "at": [1], "results": [{"a":1}]} {"b":2}"#, false, 1000);
        assert_eq!(out[0].2.as_deref(), Some(r#"{"model":"m","at":[1]}"#));
        assert_eq!(out[1].2, None);
    }

    #[test]
    fn an_array_of_records_needs_objects() {
        let text = r#"{"completions":["one","two"],"id":1}"#;
        assert_eq!(records(text), [text]);
        assert_eq!(records(r#"{"data":[],"id":1}"#), [r#"{"data":[],"id":1}"#]);
    }

    #[test]
    fn an_element_over_the_limit_is_passed_over() {
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(100));
        let out = cut(&format!("[{{\"b\":1}},{long},{{\"c\":2}}]"), false, 50);
        let cuts: Vec<_> = out.iter().map(|(cut, ..)| cut).collect();
        assert_eq!(
            cuts,
            [
                &Cut::Record(Position::Record(1)),
                &Cut::TooLong(Position::Record(2)),
                &Cut::Record(Position::Record(3))
            ]
        );
        assert_eq!(cut(&long, false, 50)[0].0, Cut::TooLong(Position::Record(1)));
    }

    #[test]
    fn a_document_that_is_cut_off_says_so() {
        for text in [r#"[{"a":1},{"b":"#, r#"[{"a":1},{"b":"x"#, r#"[{"a":1},{"b":1"#] {
            let out = cut(text, false, 1000);
            assert_eq!(out[1].0, Cut::Unfinished(Position::Record(2)), "{text}");
        }
        assert_eq!(cut("{\"a\":1", false, 1000)[0].0, Cut::Unfinished(Position::Record(1)));
        assert_eq!(records("[{\"a\":1}"), ["{\"a\":1}"]);
    }

    #[test]
    fn marks_before_records_are_passed_over() {
        assert_eq!(records("\u{1e}{\n\"a\":1}\n\u{1e}{\"b\":2}\n"), ["{\"a\":1}", "{\"b\":2}"]);
        assert_eq!(records("[{\"a\":1}]\u{feff}[{\"b\":2}]"), ["{\"a\":1}", "{\"b\":2}"]);
    }

    #[test]
    fn hostile_documents_end() {
        for text in ["}}}}", "[}]", "{]}", "{\"a\"}", "{\"results\":[{]}", "[[[[", "{:::}", "[,]"] {
            records(text);
        }
    }
}
