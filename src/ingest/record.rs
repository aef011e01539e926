//! The parts of a record that every format works with: an object and the objects around it, and a
//! trace in the making.
//!
//! Comes in: a parsed record. Goes out: [`Draft`]s, which carry what the wrapping rows say about
//! id, prompt, model and domain. `recognize` makes the nodes, the formats make the drafts.

mod node;

use serde_json::{Map, Value};

use super::mediation::Evidence;
use crate::trace::Trace;
pub(super) use node::{Node, PROMPTS};

/// A JSON object.
pub(super) type Object = Map<String, Value>;

/// The fields that wrap a provider's response, in the order in which they are looked into.
pub(super) const ENVELOPES: &[&str] = &[
    "response",
    "raw_response",
    "body",
    "result",
    "output",
    "outputs",
    "data",
    "message",
    "completion",
    "modelOutput",
];

/// A trace in the making: one generation that a format found.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub trace: Trace,
    pub evidence: Evidence,
    /// The reasoning has no end.
    pub cut_off: bool,
    /// How many encrypted parts were left out.
    pub encrypted: usize,
    /// Which of several generations it is.
    pub generation: Option<usize>,
    /// How many earlier turns of the model have reasoning too and were not read.
    pub earlier_turns: usize,
    /// Why there is no reasoning, where the record tells.
    pub why: Option<String>,
    /// The provider answered with nothing or with an error; `why` says which.
    pub no_response: bool,
}

impl Draft {
    pub fn has_reasoning(&self) -> bool {
        !self.trace.reasoning.trim().is_empty()
    }

    /// Marks what a stream left without an end.
    pub fn break_off(&mut self) {
        self.cut_off = true;
        self.trace.meta.entry("finish_reason").or_insert("interrupted".into());
    }
}

/// What the user asked: a string, a message, or the last of the user's messages.
pub(super) fn user_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        Value::Object(object) => {
            let inner = ["body", "params", "messages", "contents", "input", "prompt"];
            match inner.iter().find_map(|name| object.get(*name)) {
                Some(messages) => user_text(messages),
                None => content_of(object).and_then(plain_text),
            }
        }
        Value::Array(list) => {
            let is_user = |value: &&Value| {
                let role = value.get("role").or_else(|| value.get("from")).and_then(Value::as_str);
                matches!(role, Some("user" | "human"))
            };
            let message = list.iter().rev().find(is_user);
            match message {
                Some(message) => content_of(message.as_object()?).and_then(plain_text),
                None => list.iter().rev().find_map(Value::as_str).map(str::to_owned),
            }
        }
        _ => None,
    }
}

/// What a message says, by the names that providers and data sets have for it.
pub(super) fn content_of(message: &Object) -> Option<&Value> {
    ["content", "parts", "value"].iter().find_map(|name| message.get(*name))
}

/// The text of a message's content: a string, or the texts of its parts.
pub(super) fn plain_text(content: &Value) -> Option<String> {
    match content {
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => {
            let texts: Vec<_> = parts
                .iter()
                .filter_map(|part| part.as_str().or_else(|| part.get("text")?.as_str()))
                .collect();
            (!texts.is_empty()).then(|| texts.join("\n"))
        }
        _ => None,
    }
}

/// What a record of unknown shape is, for a message.
pub(super) fn describe(value: &Value) -> String {
    match value {
        Value::Object(object) if object.is_empty() => "an empty object".into(),
        Value::Object(object) => format!("an object with the fields {}", keys(object)),
        Value::Array(_) => "a list".into(),
        Value::String(_) => "a string".into(),
        Value::Number(_) => "a number".into(),
        Value::Bool(_) => "true or false".into(),
        Value::Null => "null".into(),
    }
}

/// What a row of a table is, for a message.
pub(super) fn describe_row(row: &Value) -> String {
    match row {
        Value::Object(object) => format!("a row with the columns {}", keys(object)),
        other => describe(other),
    }
}

/// The first keys of an object, each short and without control characters.
fn keys(object: &Object) -> String {
    let mut keys: Vec<String> = object
        .keys()
        .take(12)
        .map(|key| {
            let short: String = key.chars().filter(|c| !c.is_control()).take(40).collect();
            format!("`{short}`")
        })
        .collect();
    if object.len() > keys.len() {
        keys.push(format!("{} more", object.len() - keys.len()));
    }
    keys.join(", ")
}
