//! Programs that keep a chat in several rows → one record for each question with its answer.
//!
//! Comes in: a database with the tables of `llm`, OpenCode or Cursor. Goes out: records with
//! `messages`, each with the question of a person and all that the model wrote up to the next one;
//! the chat that they belong to is in `conversation_id`. Called by `mod`.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value, json};

use super::super::limited::RowBudget;
use super::super::{Row, Rows};
use super::broken;
use super::opened::Opened;
use crate::ingest::record::Object;
use crate::ingest::{Limits, json};
use crate::{ingest::summary::Reason, trace::Position};

/// The program that the tables belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chats {
    /// The newer log of `llm`: turns that point to messages, which have parts.
    Llm,
    /// OpenCode: messages with parts, both as JSON.
    OpenCode,
    /// Cursor: a table of keys and values, with a value for each chat and for each bubble.
    Cursor,
}

/// How many messages of a chain are followed: a chain that leads back to itself has no end.
const LONGEST_CHAIN: usize = 10_000;

impl Chats {
    /// The program, by the names of tables and columns.
    pub fn of(connection: &Connection, tables: &BTreeMap<String, Vec<String>>) -> Option<Self> {
        let has = |table: &str, columns: &[&str]| {
            tables.get(table).is_some_and(|own| {
                columns.iter().all(|name| own.iter().any(|column| column == name))
            })
        };
        let any = |sql: &str| {
            connection.prepare(sql).and_then(|mut query| query.exists([])).unwrap_or(false)
        };
        if has("turns", &["id", "tip_message_hash", "parent_message_hash", "model"])
            && has("messages", &["hash", "parent_hash", "role"])
            && has("parts", &["message_hash", "position", "type", "text"])
            && any("SELECT 1 FROM turns LIMIT 1")
        {
            Some(Self::Llm)
        } else if has("message", &["id", "session_id", "data"])
            && has("part", &["id", "message_id", "data"])
            && any("SELECT 1 FROM message LIMIT 1")
        {
            Some(Self::OpenCode)
        } else if has("cursorDiskKV", &["key", "value"])
            && any(
                "SELECT 1 FROM cursorDiskKV WHERE key > 'composerData:' AND key < 'composerData;' LIMIT 1",
            )
        {
            Some(Self::Cursor)
        } else {
            None
        }
    }

    /// What the chats are called: the table that they begin in.
    pub fn name(self) -> &'static str {
        match self {
            Self::Llm => "turns",
            Self::OpenCode => "message",
            Self::Cursor => "cursorDiskKV",
        }
    }

    /// The condition for the rows of a table that are not part of the chats; `None` where all are.
    pub fn leaves(self, table: &str) -> Option<&'static str> {
        let is_taken = match self {
            // `llm` logs a response in its older table once more.
            Self::Llm if table == "responses" => return Some("id NOT IN (SELECT id FROM turns)"),
            Self::Llm => ["turns", "messages", "parts", "threads"].contains(&table),
            Self::OpenCode => ["message", "part", "session"].contains(&table),
            Self::Cursor => table == "cursorDiskKV",
        };
        (!is_taken).then_some("1")
    }

    /// The key of the next chat behind `last`.
    fn next_key(self, connection: &Connection, last: &str) -> rusqlite::Result<Option<String>> {
        let sql = match self {
            Self::Llm => "SELECT id FROM turns WHERE id > ?1 ORDER BY id LIMIT 1",
            Self::OpenCode => {
                "SELECT session_id FROM message WHERE session_id > ?1 ORDER BY session_id LIMIT 1"
            }
            Self::Cursor => {
                "SELECT key FROM cursorDiskKV WHERE key > ?1 AND key < 'composerData;' ORDER BY key LIMIT 1"
            }
        };
        let last = if last.is_empty() && self == Self::Cursor { "composerData:" } else { last };
        connection.query_row(sql, [last], |row| row.get(0)).optional()
    }
}

/// What one side wrote: a message, a bubble, a part of one.
#[derive(Default)]
struct Said {
    by_person: bool,
    model: Option<String>,
    thought: String,
    text: String,
}

/// The chats of a database, one record after another.
pub(super) struct Reader {
    chats: Chats,
    file: Arc<Mutex<Opened>>,
    /// The key of the chat that was read last.
    last: Option<String>,
    ready: VecDeque<Object>,
    row: usize,
    budget: RowBudget,
    limits: Limits,
}

impl Reader {
    /// Makes ready to read.
    pub fn new(chats: Chats, file: Arc<Mutex<Opened>>, packed: u64, limits: &Limits) -> Self {
        let (ready, budget) = (VecDeque::new(), RowBudget::new(packed, limits));
        Self { chats, file, last: Some(String::new()), ready, row: 0, budget, limits: *limits }
    }

    /// Reads the next chat. Gives what was wrong with it, if it cannot be read.
    fn fetch(&mut self) -> io::Result<Option<(Reason, String)>> {
        let shared = self.file.clone();
        let opened = shared.lock().unwrap_or_else(PoisonError::into_inner);
        opened.next_row();
        let Some(last) = self.last.take() else { return Ok(None) };
        let connection = &opened.connection;
        let Some(key) = self.chats.next_key(connection, &last).map_err(broken)? else {
            return Ok(None);
        };
        self.last = Some(key.clone());
        opened.next_row();
        let mut taken = Taken { left: self.limits.record_bytes, depth: self.limits.depth };
        let said = match self.chats {
            Chats::Llm => llm(connection, &key, &mut taken),
            Chats::OpenCode => open_code(connection, &key, &mut taken),
            Chats::Cursor => cursor(connection, &key, &mut taken),
        };
        let size = self.limits.record_bytes - taken.left;
        if let Err(error) = self.budget.take(size) {
            self.last = None;
            let detail = format!("It and the chats after it cannot be read: {error}.");
            return Ok(Some((Reason::OverLimit, detail)));
        }
        match said {
            Ok(Some(said)) => {
                let chat = key.strip_prefix("composerData:").unwrap_or(&key);
                self.ready.extend(records(chat, said));
                Ok(None)
            }
            Ok(None) => {
                let limit = self.limits.record_bytes;
                Ok(Some((Reason::TooLong, format!("The chat is longer than {limit} bytes."))))
            }
            Err(error) => Ok(Some((Reason::BrokenRow, format!("SQLite says: {error}.")))),
        }
    }
}

impl Rows for Reader {
    fn next(&mut self) -> io::Result<Option<Row>> {
        while self.ready.is_empty() && self.last.is_some() {
            if let Some((reason, detail)) = self.fetch()? {
                self.row += 1;
                return Ok(Some(Row::Bad { position: self.position(), count: 1, reason, detail }));
            }
        }
        let Some(object) = self.ready.pop_front() else { return Ok(None) };
        self.row += 1;
        Ok(Some(Row::Object { position: self.position(), object, lossy: false }))
    }

    fn position(&self) -> Position {
        Position::Row(self.row)
    }
}

/// One record for each question of a person, with all that the model wrote up to the next one.
fn records(chat: &str, said: Vec<Said>) -> Vec<Object> {
    let mut runs: Vec<Vec<Said>> = Vec::new();
    for said in said {
        let follows_an_answer =
            runs.last().and_then(|run| run.last()).is_some_and(|last| !last.by_person);
        if runs.is_empty() || (said.by_person && follows_an_answer) {
            runs.push(Vec::new());
        }
        if let Some(run) = runs.last_mut() {
            run.push(said);
        }
    }
    let runs = runs.into_iter().filter(|run| run.iter().any(|said| !said.by_person));
    runs.enumerate().map(|(at, run)| record(chat, at, run)).collect()
}

fn record(chat: &str, at: usize, run: Vec<Said>) -> Object {
    let mut object = Object::new();
    object.insert("id".into(), format!("{chat}/{}", at + 1).into());
    object.insert("conversation_id".into(), chat.into());
    let model = run.iter().rev().find_map(|said| said.model.clone());
    object.insert("model".into(), model.into());
    let messages = run.into_iter().map(|said| {
        let role = if said.by_person { "user" } else { "assistant" };
        let mut message = Object::new();
        message.insert("role".into(), role.into());
        if !said.thought.is_empty() {
            message.insert("reasoning_content".into(), said.thought.into());
        }
        message.insert("content".into(), said.text.into());
        Value::Object(message)
    });
    object.insert("messages".into(), messages.collect());
    object
}

/// What may still be read of a chat.
struct Taken {
    left: usize,
    depth: usize,
}

impl Taken {
    /// Takes a text out of what is left; false where it is too long.
    fn take(&mut self, text: &str) -> bool {
        let left = self.left.checked_sub(text.len() + 16);
        self.left = left.unwrap_or(self.left);
        left.is_some()
    }

    fn json(&self, text: &str) -> Value {
        json::parse(text, self.depth).map_or(Value::Null, |(value, _)| value)
    }
}

fn add(to: &mut String, text: &str) {
    if !to.is_empty() && !text.is_empty() {
        to.push_str("\n\n");
    }
    to.push_str(text);
}

/// What was said in a chat, or `None` where it is longer than the limit.
type Chat = rusqlite::Result<Option<Vec<Said>>>;

fn llm(connection: &Connection, turn: &str, taken: &mut Taken) -> Chat {
    let (tip, parent, model): (Option<String>, Option<String>, Option<String>) = connection
        .query_row(
            "SELECT tip_message_hash, parent_message_hash, model FROM turns WHERE id = ?1",
            [turn],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
    // From the tip back to what was there before the turn, and on to the question.
    let mut chain = Vec::new();
    let mut next = tip;
    let mut is_before = false;
    while let Some(hash) = next.take().filter(|_| chain.len() < LONGEST_CHAIN) {
        is_before |= parent.as_ref() == Some(&hash);
        let found: Option<(Option<String>, Option<String>)> = connection
            .query_row("SELECT parent_hash, role FROM messages WHERE hash = ?1", [&hash], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let Some((above, role)) = found else { break };
        let by_person = role.as_deref() == Some("user");
        if is_before && !by_person {
            break;
        }
        chain.push((hash, by_person, role));
        if by_person && is_before {
            break;
        }
        next = above;
    }
    let mut said = Vec::new();
    for (hash, by_person, role) in chain.into_iter().rev() {
        if !by_person && role.as_deref() != Some("assistant") {
            continue;
        }
        let mut one = Said { by_person, model: model.clone(), ..Said::default() };
        let mut parts = connection
            .prepare("SELECT type, text FROM parts WHERE message_hash = ?1 ORDER BY position")?;
        let mut parts = parts.query([&hash])?;
        while let Some(part) = parts.next()? {
            let (kind, text): (Option<String>, Option<String>) = (part.get(0)?, part.get(1)?);
            let text = text.unwrap_or_default();
            if !taken.take(&text) {
                return Ok(None);
            }
            match kind.as_deref() {
                Some("reasoning") => add(&mut one.thought, &text),
                Some("text") => add(&mut one.text, &text),
                _ => {}
            }
        }
        said.push(one);
    }
    Ok(Some(said))
}

fn open_code(connection: &Connection, session: &str, taken: &mut Taken) -> Chat {
    let mut said = Vec::new();
    // Numbers of OpenCode grow with time.
    let mut messages =
        connection.prepare("SELECT id, data FROM message WHERE session_id = ?1 ORDER BY id")?;
    let mut messages = messages.query([session])?;
    while let Some(message) = messages.next()? {
        let (id, data): (String, String) = (message.get(0)?, message.get(1)?);
        if !taken.take(&data) {
            return Ok(None);
        }
        let data = taken.json(&data);
        let model = data["modelID"].as_str().or_else(|| data["model"]["modelID"].as_str());
        let by_person = data["role"] == "user";
        let mut one = Said { by_person, model: model.map(str::to_owned), ..Said::default() };
        let mut parts =
            connection.prepare("SELECT data FROM part WHERE message_id = ?1 ORDER BY id")?;
        let mut parts = parts.query([&id])?;
        while let Some(part) = parts.next()? {
            let part: String = part.get(0)?;
            if !taken.take(&part) {
                return Ok(None);
            }
            let part = taken.json(&part);
            let text = part["text"].as_str().unwrap_or_default();
            match part["type"].as_str() {
                Some("reasoning") => add(&mut one.thought, text),
                // What the program says in the person's name is not the question.
                Some("text") if part["synthetic"] != true => add(&mut one.text, text),
                _ => {}
            }
        }
        said.push(one);
    }
    Ok(Some(said))
}

fn cursor(connection: &Connection, key: &str, taken: &mut Taken) -> Chat {
    let value = |key: &str| -> rusqlite::Result<Option<String>> {
        let sql = "SELECT value FROM cursorDiskKV WHERE key = ?1";
        let found = connection.query_row(sql, params![key], |row| {
            Ok(row.get_ref(0)?.as_bytes().map(|bytes| String::from_utf8_lossy(bytes).into_owned()))
        });
        Ok(found.optional()?.and_then(Result::ok))
    };
    let Some(text) = value(key)? else { return Ok(Some(Vec::new())) };
    if !taken.take(&text) {
        return Ok(None);
    }
    let chat = taken.json(&text);
    let model = chat["modelConfig"]["modelName"].as_str();
    let id = key.strip_prefix("composerData:").unwrap_or(key);
    let mut said = Vec::new();
    // Older versions have the bubbles in the chat itself.
    for bubble in chat["conversation"].as_array().into_iter().flatten() {
        said.push(bubble_said(bubble, model));
    }
    for header in chat["fullConversationHeadersOnly"].as_array().into_iter().flatten() {
        let bubble = header["bubbleId"].as_str().unwrap_or_default();
        let Some(text) = value(&format!("bubbleId:{id}:{bubble}"))? else { continue };
        if !taken.take(&text) {
            return Ok(None);
        }
        said.push(bubble_said(&taken.json(&text), model));
    }
    Ok(Some(said))
}

fn bubble_said(bubble: &Value, model: Option<&str>) -> Said {
    let own = bubble["modelInfo"]["modelName"].as_str().filter(|name| *name != "default");
    let thought = bubble["thinking"]["text"].as_str().or_else(|| bubble["thinking"].as_str());
    Said {
        by_person: bubble["type"] == json!(1),
        model: own.or(model.filter(|name| *name != "default")).map(str::to_owned),
        thought: thought.unwrap_or_default().to_owned(),
        text: bubble["text"].as_str().unwrap_or_default().to_owned(),
    }
}
