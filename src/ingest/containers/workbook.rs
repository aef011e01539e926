//! An Excel workbook (.xlsx) → its sheets, each a table.
//!
//! Comes in: the zip archive that a workbook is. Goes out: one member for each sheet with rows, in
//! their order; the first row that is not empty names the columns. Formulas count with the value
//! that was last computed. Called by `kind`.
//!
//! A sheet is read row by row, and a row is bounded like a record. The texts of all sheets stand in
//! one table that cells point into; it is bounded as a whole, and so is what the rows add up to,
//! since a small file can point to a long text a million times.

use std::collections::VecDeque;
use std::io::{self, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_xml::events::{BytesStart, Event};
use serde_json::Value;

use super::limited::{Bounded, OverLimit, RowBudget, is_too_long, too_long};
use super::zipped::Zip;
use super::{Archive, Content, Member, Refused, Row, Rows, cell};
use crate::ingest::Limits;
use crate::ingest::record::Object;
use crate::{ingest::summary::Reason, trace::Position};

/// The most bytes of all texts of a workbook.
const SHARED: u64 = 512 << 20;
/// The most columns of a sheet: what Excel has.
const COLUMNS: usize = 16_384;

/// A workbook whose sheets are given out one after another.
pub(super) struct Workbook {
    zip: Zip,
    /// The names of the sheets and of the members that hold them.
    sheets: VecDeque<(String, String)>,
    texts: Arc<Texts>,
    limits: Limits,
}

/// The texts that cells point to, in one piece.
#[derive(Default)]
struct Texts {
    text: String,
    /// Where each of them ends.
    ends: Vec<usize>,
}

impl Texts {
    fn get(&self, at: usize) -> Option<&str> {
        let start = match at.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.text.get(start..*self.ends.get(at)?)
    }
}

type Bytes = BufReader<Bounded<Box<dyn Read + Send>>>;

/// The XML of one member, read in bounded pieces.
struct Xml {
    reader: quick_xml::Reader<Bytes>,
    /// What was taken since the last piece.
    taken: Arc<AtomicU64>,
    buffer: Vec<u8>,
}

impl Xml {
    fn new(bytes: Box<dyn Read + Send>, limits: &Limits) -> Self {
        let taken = Arc::new(AtomicU64::new(0));
        let most = limits.record_bytes as u64 + (64 << 10);
        let bounded = Bounded { inner: bytes, taken: taken.clone(), most };
        let mut reader =
            quick_xml::Reader::from_reader(BufReader::with_capacity(64 << 10, bounded));
        reader.config_mut().check_end_names = false;
        Self { reader, taken, buffer: Vec::new() }
    }

    fn next(&mut self) -> io::Result<Event<'_>> {
        self.buffer.clear();
        self.reader.read_event_into(&mut self.buffer).map_err(|error| match error {
            quick_xml::Error::Io(error) => Arc::try_unwrap(error)
                .unwrap_or_else(|error| io::Error::new(error.kind(), error.to_string())),
            other => damaged(&other.to_string()),
        })
    }
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the workbook is damaged: {what}"))
}

impl Workbook {
    /// Reads the list of sheets, and the texts.
    ///
    /// # Errors
    ///
    /// Where these are missing, damaged, or longer than the limit.
    pub fn open(mut zip: Zip, limits: &Limits) -> Result<Self, Refused> {
        let targets = relations(&mut zip, limits)?;
        let mut sheets = VecDeque::new();
        let bytes = zip.named("xl/workbook.xml").ok_or_else(|| damaged("no list of sheets"))??;
        let mut xml = Xml::new(bytes, limits);
        loop {
            match xml.next()? {
                Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == b"sheet" => {
                    let (Some(name), Some(id)) = (attribute(&tag, b"name"), attribute(&tag, b"id"))
                    else {
                        continue;
                    };
                    if let Some((_, target)) = targets.iter().find(|(own, _)| *own == id) {
                        sheets.push_back((name, target.clone()));
                    }
                    if sheets.len() > limits.members {
                        let over = OverLimit::members("more", limits.members);
                        return Err(io::Error::from(over).into());
                    }
                }
                Event::Eof => break,
                _ => {}
            }
        }
        let texts = match zip.named("xl/sharedStrings.xml") {
            Some(bytes) => texts(Xml::new(bytes?, limits))?,
            None => Texts::default(),
        };
        Ok(Self { zip, sheets, texts: Arc::new(texts), limits: *limits })
    }
}

/// Which member holds the sheet of which number.
fn relations(zip: &mut Zip, limits: &Limits) -> Result<Vec<(String, String)>, Refused> {
    let bytes = zip.named("xl/_rels/workbook.xml.rels");
    let mut xml = Xml::new(bytes.ok_or_else(|| damaged("no list of its parts"))??, limits);
    let mut targets = Vec::new();
    loop {
        match xml.next()? {
            Event::Start(tag) | Event::Empty(tag)
                if tag.local_name().as_ref() == b"Relationship" =>
            {
                if let (Some(id), Some(target)) =
                    (attribute(&tag, b"Id"), attribute(&tag, b"Target"))
                {
                    let member = match target.strip_prefix('/') {
                        Some(absolute) => absolute.to_owned(),
                        None => format!("xl/{target}"),
                    };
                    targets.push((id, member));
                }
            }
            Event::Eof => return Ok(targets),
            _ => {}
        }
    }
}

/// An attribute by its name without a prefix.
fn attribute(tag: &BytesStart, name: &[u8]) -> Option<String> {
    let mut found = tag.attributes();
    let mut found = found.with_checks(false).filter_map(Result::ok);
    let value = found.find(|attribute| attribute.key.local_name().as_ref() == name)?.value;
    let text = String::from_utf8_lossy(&value).into_owned();
    Some(quick_xml::escape::unescape(&text).map_or(text.clone(), |text| text.into_owned()))
}

/// The texts of all sheets.
fn texts(mut xml: Xml) -> io::Result<Texts> {
    let mut texts = Texts::default();
    let mut run = Run::default();
    let taken = xml.taken.clone();
    loop {
        let event = xml.next()?;
        match &event {
            Event::End(tag) if tag.local_name().as_ref() == b"si" => {
                texts.text.push_str(&with_codes(&run.take()));
                texts.ends.push(texts.text.len());
                let size = texts.text.len() as u64 + 8 * texts.ends.len() as u64;
                if size > SHARED {
                    return Err(OverLimit::texts(SHARED).into());
                }
                taken.store(0, Ordering::Relaxed);
            }
            Event::Empty(tag) if tag.local_name().as_ref() == b"si" => {
                texts.ends.push(texts.text.len());
                taken.store(0, Ordering::Relaxed);
            }
            Event::Eof => return Ok(texts),
            other => run.read(other),
        }
    }
}

/// A text in parts: those with one look each stand in a tag `t`. What is in `rPh` says how to
/// pronounce it.
#[derive(Default)]
struct Run {
    text: String,
    in_text: bool,
    in_sound: bool,
}

impl Run {
    fn read(&mut self, event: &Event) {
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                b"t" | b"v" => self.in_text = true,
                b"rPh" => self.in_sound = true,
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                b"t" | b"v" => self.in_text = false,
                b"rPh" => self.in_sound = false,
                _ => {}
            },
            _ if !self.in_text || self.in_sound => {}
            Event::Text(text) => self.text.push_str(&String::from_utf8_lossy(text)),
            Event::CData(text) => self.text.push_str(&String::from_utf8_lossy(text)),
            Event::GeneralRef(name) => {
                let name = String::from_utf8_lossy(name);
                let text =
                    quick_xml::escape::unescape(&format!("&{name};")).map(|it| it.into_owned());
                self.text.push_str(&text.unwrap_or_default());
            }
            _ => {}
        }
    }

    fn take(&mut self) -> String {
        self.in_text = false;
        std::mem::take(&mut self.text)
    }
}

/// `_x000D_` is how Excel writes a character that XML cannot hold.
fn with_codes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let code = rest.get(at + 2..at + 6).filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_'));
        let code =
            code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        out.push_str(&rest[..at]);
        match code {
            // A return before a line end is the line end.
            Some('\r') if rest[at + 7..].starts_with('\n') => rest = &rest[at + 7..],
            Some(code) => {
                out.push(code);
                rest = &rest[at + 7..];
            }
            None => {
                out.push_str("_x");
                rest = &rest[at + 2..];
            }
        }
    }
    out.push_str(rest);
    out
}

impl Archive for Workbook {
    fn next(&mut self) -> io::Result<Option<Member>> {
        let Some((name, member)) = self.sheets.pop_front() else { return Ok(None) };
        let content = match self.zip.named(&member) {
            None => Err(Refused::Io(damaged("a sheet that is in the list is not there"))),
            Some(Err(refused)) => Err(refused),
            Some(Ok(bytes)) => Ok(Content::Rows(Box::new(Sheet {
                xml: Xml::new(bytes, &self.limits),
                texts: self.texts.clone(),
                header: None,
                row: 0,
                ended: false,
                budget: RowBudget::new(self.zip.length(), &self.limits),
                limits: self.limits,
            }))),
        };
        Ok(Some(Member { name, content }))
    }

    fn is_one_file(&self) -> bool {
        true
    }
}

/// A sheet that is being read.
struct Sheet {
    xml: Xml,
    texts: Arc<Texts>,
    /// The names of the columns.
    header: Option<Vec<String>>,
    row: usize,
    ended: bool,
    budget: RowBudget,
    limits: Limits,
}

/// The cells of a row, each with its column.
type Cells = Vec<(usize, Value)>;

impl Sheet {
    /// The cells of the next row, or `None` at the end.
    fn cells(&mut self) -> io::Result<Option<Cells>> {
        let Self { xml, texts, .. } = self;
        xml.taken.store(0, Ordering::Relaxed);
        let mut cells: Option<Cells> = None;
        let mut run = Run::default();
        let (mut column, mut kind) = (0, Vec::new());
        let mut left = self.limits.record_bytes;
        loop {
            let event = xml.next()?;
            match &event {
                Event::Start(tag) if tag.local_name().as_ref() == b"row" => {
                    cells = Some(Vec::new());
                    column = 0;
                }
                Event::End(tag) if tag.local_name().as_ref() == b"row" => return Ok(cells),
                Event::Start(tag) if tag.local_name().as_ref() == b"c" => {
                    let place = attribute(tag, b"r").and_then(|place| column_of(&place));
                    column = place.unwrap_or(column);
                    kind = attribute(tag, b"t").unwrap_or_default().into_bytes();
                    run.take();
                }
                Event::End(tag) if tag.local_name().as_ref() == b"c" => {
                    let text = run.take();
                    let value = value(texts, &kind, &text, &mut left)?;
                    if let Some(cells) = cells.as_mut().filter(|_| column < COLUMNS)
                        && !value.is_null()
                    {
                        cells.push((column, value));
                    }
                    column += 1;
                }
                Event::Empty(tag) if tag.local_name().as_ref() == b"c" => column += 1,
                Event::Eof if cells.is_some() => {
                    return Err(damaged("it ends in the middle of a row"));
                }
                Event::Eof => return Ok(None),
                other => run.read(other),
            }
        }
    }

    fn object(&self, header: &[String], cells: Cells) -> Object {
        // Every column is in every row, as in other tables.
        let names = header.iter().filter(|name| !name.is_empty());
        let mut object: Object = names.map(|name| (name.clone(), Value::Null)).collect();
        for (column, value) in cells {
            let Some(name) = header.get(column).filter(|name| !name.is_empty()) else { continue };
            let value = match value {
                Value::String(text) => cell(name, &text, self.limits.depth),
                other => other,
            };
            // Of two columns with one name the first that holds something is kept.
            if object.get(name).is_none_or(Value::is_null) {
                object.insert(name.clone(), value);
            }
        }
        object
    }

    fn bad(&self, reason: Reason, detail: String) -> Row {
        Row::Bad { position: self.position(), count: 1, reason, detail }
    }
}

impl Rows for Sheet {
    fn next(&mut self) -> io::Result<Option<Row>> {
        while !self.ended {
            let cells = match self.cells() {
                Ok(Some(cells)) if cells.is_empty() => continue,
                Ok(Some(cells)) => cells,
                Ok(None) => return Ok(None),
                Err(error) => {
                    self.ended = true;
                    self.row += 1;
                    let limit = self.limits.record_bytes;
                    return Ok(Some(match OverLimit::of(&error) {
                        _ if is_too_long(&error) => self.bad(
                            Reason::TooLong,
                            format!("It is longer than {limit} bytes. Nothing after it was read."),
                        ),
                        Some(over) => self.bad(Reason::OverLimit, over.to_string()),
                        None => self.bad(
                            Reason::BrokenRow,
                            format!("It cannot be read: {error}. Nothing after it was read."),
                        ),
                    }));
                }
            };
            let Some(header) = &self.header else {
                let columns = cells.iter().map(|(at, _)| at + 1).max().unwrap_or(0);
                let mut header = vec![String::new(); columns];
                for (at, value) in cells {
                    if let Some(name) = header.get_mut(at) {
                        *name = value
                            .as_str()
                            .map_or_else(|| value.to_string(), |it| it.trim().to_owned());
                    }
                }
                self.header = Some(header);
                continue;
            };
            self.row += 1;
            let size: usize =
                cells.iter().map(|(_, value)| value.as_str().map_or(8, str::len)).sum();
            let names: usize = header.iter().map(String::len).sum();
            if let Err(error) = self.budget.take(size + names) {
                self.ended = true;
                let detail = format!("It and the rows after it cannot be read: {error}.");
                return Ok(Some(self.bad(Reason::OverLimit, detail)));
            }
            let object = self.object(header, cells);
            return Ok(Some(Row::Object { position: self.position(), object, lossy: false }));
        }
        Ok(None)
    }

    fn position(&self) -> Position {
        Position::Row(self.row)
    }
}

/// What a cell holds, by the kind that is told for it.
fn value(texts: &Texts, kind: &[u8], text: &str, left: &mut usize) -> io::Result<Value> {
    let text = match kind {
        b"s" => {
            let at = text.trim().parse().ok();
            texts.get(at.unwrap_or(usize::MAX)).unwrap_or_default().to_owned()
        }
        b"b" => return Ok((text.trim() == "1").into()),
        // An error, such as #N/A.
        b"e" => return Ok(Value::Null),
        b"inlineStr" | b"str" | b"d" => with_codes(text),
        _ => {
            let text = text.trim();
            let number = text.parse().map(|whole: i64| whole.into());
            let number = number.or_else(|_| text.parse().map(|number: f64| number.into()));
            return Ok(number.unwrap_or(Value::Null));
        }
    };
    *left = left.checked_sub(text.len() + 16).ok_or_else(too_long)?;
    Ok(if text.is_empty() { Value::Null } else { text.into() })
}

/// The column of a place such as `AB12`, counted from zero.
fn column_of(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic);
    let letters = letters.map(|byte| usize::from(byte.to_ascii_uppercase() - b'A') + 1);
    letters.take(4).reduce(|column, letter| column * 26 + letter)?.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_codes_are_understood() {
        assert_eq!(column_of("A1"), Some(0));
        assert_eq!(column_of("AB12"), Some(27));
        assert_eq!(column_of("12"), None);
        assert_eq!(with_codes("a_x000D_\nb_x0041_c_x_xyz_x00"), "a\nbAc_x_xyz_x00");
        assert_eq!(with_codes("_x005F_x0041_"), "_x0041_");
    }

    #[test]
    fn texts_are_joined_without_how_they_sound() {
        let xml = "<sst><si><t>one &amp; &#x41;</t></si><si/><si><r><t>two </t></r><r><t>parts</t></r><rPh><t>no</t></rPh></si></sst>";
        let bytes: Box<dyn Read + Send> = Box::new(xml.as_bytes());
        let texts = texts(Xml::new(bytes, &Limits::default())).unwrap();
        let found: Vec<_> = (0..4).map(|at| texts.get(at)).collect();
        assert_eq!(found, [Some("one & A"), Some(""), Some("two parts"), None]);
    }
}
