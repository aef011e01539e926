//! One input, from its bytes to its traces.
//!
//! Comes in: a [`Source`] and its name. Goes out: one record at a time, finished traces and counts
//! into the [`Collector`]. Called by [`Traces`](super::Traces) for each input in turn.

mod sessions;
mod streamed;
#[cfg(test)]
mod tests;

use std::io::{self, Read as _};
use std::sync::Arc;

use serde_json::Value;

use super::containers::limited::read_all;
use super::containers::table::{self, Table};
use super::containers::{Row, Rows, pandas};
use super::counted_keys::Counted;
use super::cut::{Cut, Cutter};
use super::detect::{self, Kind, Name, Refusal};
use super::error::Error;
use super::explain::{Explained, Explanation};
use super::finish::{Collector, finish};
use super::formats::{self, Canonical, Read};
use super::recognize;
use super::record::{self, Draft, Object};
use super::session::Sessions;
use super::source::{Reader, Source};
use super::stream::{Events, Streams};
use super::summary::{Note, Reason};
use super::{clean, json, rows};
use crate::trace::{Place, Position};

/// An input that is being read.
pub(super) struct File {
    name: Name,
    content: Content,
    /// What the archive that the file is in says for all its members.
    shared: Option<Arc<Object>>,
    /// The last record was canonical, so the next one probably is.
    canonical: bool,
    /// Records that are JSON.
    parsed: usize,
    /// Records of a known shape.
    pub known: usize,
    explained: Explained,
    /// The responses that are streamed in this input.
    streams: Streams,
    /// The session of which this input holds the log.
    sessions: Sessions,
    /// The response that is being read was put together from a stream.
    streamed: bool,
    /// It came to no end.
    unfinished: bool,
    /// How the answers so far stand to their reasoning.
    answers: Answers,
    /// The event that is being read, where the input is a recorded stream.
    events: Option<Events>,
    first_broken: Option<(Position, String)>,
    first_unknown: Option<(Position, String)>,
}

/// The lists of whole conversations in the exports of chat programs.
const CHATS: &[&str] = &["conversations", "chats", "threads"];

/// How many answers of a file came with reasoning, and how many without.
#[derive(Debug, Default)]
struct Answers {
    with_reasoning: usize,
    without: usize,
}

enum Content {
    Records { cutter: Cutter<Reader>, buffer: Vec<u8>, header: Option<(Vec<u8>, Object)> },
    Rows(Box<dyn Rows>),
    Text(Reader),
    Nothing,
}

impl File {
    /// Finds out what the input is.
    pub fn new(name: Name, source: Source, collector: &mut Collector) -> Result<Self, Error> {
        collector.summary.note(Note::Utf16, usize::from(source.converted));
        let kind = match detect::detect(&source.head, source.complete, &name) {
            Ok(kind) => kind,
            Err(refusal) => return refused(refusal, name, collector),
        };
        let kind = match (collector.options.format.map(|format| format.read), kind) {
            (Some(Read::Text(_)), Kind::Lines | Kind::Document | Kind::Events) => Kind::Text,
            (Some(Read::Record(_) | Read::Session), Kind::Text) => Kind::Lines,
            (Some(Read::Events), Kind::Text) => Kind::Events,
            (_, kind) => kind,
        };
        let limit = collector.options.limits.record_bytes;
        let records = |cutter| Content::Records { cutter, buffer: Vec::new(), header: None };
        let content = match kind {
            Kind::Lines | Kind::Events => records(Cutter::lines(source.into_reader(), limit)),
            Kind::Document => records(Cutter::document(source.into_reader(), limit)),
            Kind::Table(delimiter) => {
                let limits = &collector.options.limits;
                let comments = table::comments(&source.head) as u64;
                let mut reader = source.into_reader();
                io::copy(&mut reader.by_ref().take(comments), &mut io::sink()).map_err(
                    |error| Error::stopped(name.display.clone(), "at its start".into(), error),
                )?;
                Content::Rows(Box::new(Table::new(reader, delimiter, limits)))
            }
            Kind::Text => Content::Text(source.into_reader()),
            Kind::Empty => {
                let place = || Place { file: name.display.clone(), position: Position::File };
                collector
                    .summary
                    .drop_one(Reason::EmptyFile, place, || "There is nothing in it.".into());
                Content::Nothing
            }
        };
        let mut file = Self::with(name, content);
        file.streams = Streams::new(limit);
        file.sessions = Sessions::new(limit, collector.options.turns);
        file.events = (kind == Kind::Events).then(Events::default);
        Ok(file)
    }

    /// A file of rows: Parquet, Arrow, a sheet, a table of a database.
    pub fn rows(name: Name, rows: Box<dyn Rows>) -> Self {
        Self::with(name, Content::Rows(rows))
    }

    /// The same file, with what its archive says for all members.
    pub fn sharing(mut self, shared: Option<Arc<Object>>) -> Self {
        self.shared = shared;
        self
    }

    fn with(name: Name, content: Content) -> Self {
        Self {
            name,
            content,
            shared: None,
            canonical: true,
            parsed: 0,
            known: 0,
            explained: Explained::default(),
            streams: Streams::new(0),
            sessions: Sessions::default(),
            streamed: false,
            unfinished: false,
            answers: Answers::default(),
            events: None,
            first_broken: None,
            first_unknown: None,
        }
    }

    /// Reads one record. False at the end of the input.
    pub fn step(&mut self, collector: &mut Collector) -> Result<bool, Error> {
        collector.begin_record();
        match std::mem::replace(&mut self.content, Content::Nothing) {
            Content::Nothing => self.end().map(|()| false),
            Content::Text(reader) => {
                self.read_text(reader, collector)?;
                Ok(false)
            }
            Content::Records { mut cutter, mut buffer, mut header } => {
                let cut = cutter
                    .next(&mut buffer)
                    .map_err(|error| self.broke_off(cutter.position(), error))?;
                let more = cut != Cut::End;
                if more {
                    collector.summary.records += 1;
                    let fresh = cutter.header();
                    if header.as_ref().map(|(bytes, _)| bytes.as_slice()) != fresh {
                        header = fresh.map(|bytes| (bytes.to_vec(), parse_header(bytes)));
                    }
                    let archive = self.shared.clone();
                    let own = header.as_ref().map(|(_, object)| object);
                    self.read_cut(cut, &buffer, own.or(archive.as_deref()), collector);
                    self.content = Content::Records { cutter, buffer, header };
                } else {
                    self.end_streams(collector);
                    self.end_session(collector);
                    if cutter.position() == Position::Record(0) {
                        self.is_empty(collector);
                    }
                    self.end()?;
                }
                Ok(more)
            }
            Content::Rows(mut rows) => {
                let row = rows.next().map_err(|error| self.broke_off(rows.position(), error))?;
                let more = row.is_some();
                if let Some(row) = row {
                    self.read_row(row, collector);
                    self.content = Content::Rows(rows);
                } else {
                    if rows.position() == Position::Row(0) {
                        self.is_empty(collector);
                    }
                    self.end()?;
                }
                Ok(more)
            }
        }
    }

    fn is_empty(&self, collector: &mut Collector) {
        let detail = || "There is no record in it.".into();
        collector.summary.drop_one(Reason::EmptyFile, || self.place(Position::File), detail);
    }

    fn read_row(&mut self, row: Row, collector: &mut Collector) {
        match row {
            Row::Object { position, object, lossy } => {
                collector.summary.records += 1;
                collector.summary.note(Note::InvalidUtf8, usize::from(lossy));
                self.parsed += 1;
                let archive = self.shared.clone();
                let value = Value::Object(object);
                self.read_value(&value, position, archive.as_deref(), false, collector);
            }
            Row::Bad { position, count, reason, detail } => {
                collector.summary.records += count;
                let place = || self.place(position);
                collector.summary.drop_several(count, reason, place, || detail);
            }
        }
    }

    fn read_cut(
        &mut self,
        cut: Cut,
        buffer: &[u8],
        header: Option<&Object>,
        collector: &mut Collector,
    ) {
        let broken = |position, detail: &str| (position, Reason::BrokenJson, detail.to_owned());
        let (position, reason, detail) = match cut {
            Cut::Record(position) if self.events.is_some() => {
                return self.read_event_line(buffer, position, collector);
            }
            Cut::Record(position) => return self.read_record(buffer, position, header, collector),
            Cut::TooLong(position) => {
                let limit = collector.options.limits.record_bytes;
                (position, Reason::TooLong, too_long(limit))
            }
            Cut::Unfinished(position) => broken(position, "the file ends in the middle of it"),
            Cut::Stray(position) => broken(position, "it is no JSON value"),
            Cut::End => return,
        };
        self.lose(reason, position, detail, collector);
    }

    fn read_record(
        &mut self,
        buffer: &[u8],
        position: Position,
        header: Option<&Object>,
        collector: &mut Collector,
    ) {
        let (text, lossy) = json::text(buffer);
        collector.summary.note(Note::InvalidUtf8, usize::from(lossy));
        let text = json::without_marks(&text);
        let depth = collector.options.limits.depth;
        // The quick way: a canonical line needs no tree of values. A record that is not falls
        // through to the general way, and the next one goes there at once.
        if self.canonical
            && depth >= 128
            && self.may_be_canonical(collector)
            // A list of values would be taken for the fields in their order.
            && text.trim_ascii_start().starts_with('{')
            && let Ok(record) = serde_json::from_str::<Canonical>(text)
        {
            self.parsed += 1;
            self.known += 1;
            let draft = Draft { trace: record.into(), ..Draft::default() };
            if self.explained.wants(draft.has_reasoning()) {
                let explanation = Explanation::canonical(self.place(position), &draft.trace);
                self.explained.keep(explanation, &mut collector.explanations);
            }
            finish(draft, formats::canonical(), &self.name, position, collector);
            return;
        }
        let parsed = json::parse::<Counted>(text, depth);
        let repeats = parsed.as_ref().is_ok_and(|(counted, _)| counted.repeats);
        let parsed = parsed.map(|(counted, mended)| (counted.value, mended));
        let (value, mended) = match parsed.map(|parsed| json::unquoted(parsed, depth)) {
            Ok(parsed) => parsed,
            Err(broken) => {
                if let Some(rest) = json::behind_prefix(text) {
                    return self.read_record(rest.as_bytes(), position, header, collector);
                }
                let Some(parts) = json::joined(text) else {
                    return self.lose(broken.reason, position, broken.detail, collector);
                };
                collector.summary.records += parts.len() - 1;
                for part in parts {
                    self.read_record(part.as_bytes(), position, header, collector);
                }
                return;
            }
        };
        collector.summary.note(Note::RepairedJson, usize::from(mended));
        collector.summary.note(Note::RepeatedKey, usize::from(repeats));
        self.parsed += 1;
        if let Value::Object(object) = &value
            && collector.options.map.is_empty()
            && self.streams.take(object, position, false)
        {
            // Whole responses are counted, not their pieces.
            collector.summary.records -= 1;
            return self.read_streamed(collector);
        }
        if self.take_entry(&value, position, collector) {
            // Runs are counted, not their entries.
            collector.summary.records -= 1;
            return self.read_sessions(collector);
        }
        self.read_value(&value, position, header, true, collector);
    }

    /// Reads a record, or the records of a list or an object that holds one.
    fn read_value(
        &mut self,
        value: &Value,
        position: Position,
        header: Option<&Object>,
        expand: bool,
        collector: &mut Collector,
    ) {
        if expand && let Some(rows) = pandas::rows(value) {
            for row in rows {
                self.read_value(&Value::Object(row), position, header, false, collector);
            }
            return;
        }
        if let Some(records) = rows::unfold(value).filter(|_| expand) {
            collector.summary.records += records.len().saturating_sub(1);
            return self.read_list(&records, position, header, collector);
        }
        match value {
            Value::Object(object) => {
                if let Some(found) = recognize::read(value, header, &collector.options) {
                    return self.take_found(found, value, position, header, collector);
                }
                // A document is cut at the first of these names; a chat has the others itself.
                let names = super::cut::RECORD_ARRAYS.iter().chain(CHATS);
                let list = names.into_iter().find_map(|name| {
                    let list = object.get(*name)?.as_array()?;
                    list.first()?.is_object().then_some(list)
                });
                if let Some(list) = list.filter(|_| expand) {
                    return self.read_list(list, position, Some(object), collector);
                }
            }
            Value::Array(list) if expand && list.iter().any(Value::is_object) => {
                return self.read_list(list, position, header, collector);
            }
            _ => {}
        }
        if self.sessions.is_open() && expand && value.get("type").is_some_and(Value::is_string) {
            // Another entry of the log.
            collector.summary.records = collector.summary.records.saturating_sub(1);
            collector.summary.note(Note::LogEntry, 1);
            return;
        }
        let is_row = matches!(position, Position::Row(_));
        let mut found = if is_row { record::describe_row(value) } else { record::describe(value) };
        if let Some(format) = collector.options.format {
            found.push_str(&format!(" and not in the format {}, which was asked for", format.name));
        }
        self.first_unknown.get_or_insert_with(|| (position, found.clone()));
        let reason = if is_row { Reason::NoReasoningColumn } else { Reason::UnknownShape };
        let detail = || format!("It is {found}.");
        collector.summary.drop_one(reason, || self.place(position), detail);
    }

    /// Whether nothing that was asked for keeps a canonical record from being read as one.
    fn may_be_canonical(&self, collector: &Collector) -> bool {
        let options = &collector.options;
        options.map.is_empty() && options.format.is_none_or(|format| format == formats::canonical())
    }

    fn read_text(&mut self, mut reader: Reader, collector: &mut Collector) -> Result<(), Error> {
        collector.summary.records += 1;
        let limit = collector.options.limits.record_bytes;
        let bytes =
            read_all(&mut reader, limit).map_err(|error| self.broke_off(Position::File, error))?;
        let Some(bytes) = bytes else {
            self.lose(Reason::TooLong, Position::File, too_long(limit), collector);
            return Ok(());
        };
        let (text, lossy) = json::text(&bytes);
        collector.summary.note(Note::InvalidUtf8, usize::from(lossy));
        self.known += 1;
        let format = collector.options.format.unwrap_or(formats::plain_text());
        if let Read::Text(read) = format.read {
            // Line ends are mended first, so that a code block is seen.
            let text = clean(text.into_owned());
            let found = recognize::Found::numbered(format, read(&text, collector.options.turns));
            if let Some(draft) = found.drafts.first() {
                let place = self.place(Position::File);
                let explanation = Explanation::text(place, draft, &text, &collector.options);
                self.explained.keep(explanation, &mut collector.explanations);
            }
            collector.sessions.begin_record();
            for draft in found.drafts {
                finish(draft, format, &self.name, Position::File, collector);
            }
        }
        Ok(())
    }

    /// Counts a record that cannot be parsed.
    fn lose(
        &mut self,
        reason: Reason,
        position: Position,
        detail: String,
        collector: &mut Collector,
    ) {
        if reason == Reason::BrokenJson {
            self.first_broken.get_or_insert_with(|| (position, detail.clone()));
        }
        collector.summary.drop_one(reason, || self.place(position), || detail);
    }

    /// A file in which nothing was known is no file of traces.
    fn end(&mut self) -> Result<(), Error> {
        let file = self.name.display.clone();
        if self.known > 0 {
            return Ok(());
        }
        if let Some((position, found)) = self.first_unknown.take() {
            return Err(Error::UnknownShape { file, place: position.to_string(), found });
        }
        match self.first_broken.take() {
            Some((position, detail)) if self.parsed == 0 => {
                Err(Error::NotJson { file, place: position.to_string(), detail })
            }
            _ => Ok(()),
        }
    }

    fn place(&self, position: Position) -> Place {
        Place { file: self.name.display.clone(), position }
    }

    fn broke_off(&self, position: Position, source: io::Error) -> Error {
        let place = match position {
            Position::File | Position::Line(0) | Position::Record(0) | Position::Row(0) => {
                "at its start".to_owned()
            }
            position => format!("after {position}"),
        };
        Error::stopped(self.name.display.clone(), place, source)
    }
}

fn too_long(limit: usize) -> String {
    format!("It is longer than {limit} bytes.")
}

/// A refused file is an error if the user named it, and is passed over in a folder.
fn refused(refusal: Refusal, name: Name, collector: &mut Collector) -> Result<File, Error> {
    let file = name.display.clone();
    match refusal {
        Refusal::NotText(found) => Err(Error::NotText { file, found }),
        Refusal::Unsupported(what, advice) => Err(Error::Unsupported { file, what, advice }),
        Refusal::NoTrace => {
            let place = || Place { file, position: Position::File };
            let detail = || {
                "Of a folder, .txt and .md files are read as traces of plain text, but no README, licence or the like.".into()
            };
            collector.summary.drop_one(Reason::OtherFile, place, detail);
            Ok(File::with(name, Content::Nothing))
        }
    }
}

fn parse_header(bytes: &[u8]) -> Object {
    let (text, _) = json::text(bytes);
    match json::parse::<Value>(&text, 128) {
        Ok((Value::Object(object), _)) => object,
        _ => Object::new(),
    }
}
