//! The parts of a record that every format works with: an object and the objects around it, and a
//! trace in the making.
//!
//! Comes in: a parsed record. Goes out: [`Draft`]s, which carry what the wrapping rows say about
//! id, prompt, model and domain. `recognize` makes the nodes, the formats make the drafts.

mod asked;
mod copies;
pub(super) mod names;
mod node;

use serde_json::{Map, Value};

use super::mediation::Evidence;
use crate::trace::Trace;
pub(super) use asked::{is_of_a_tool, plain_text, question, user_text};
pub(super) use copies::Copies;
pub(super) use node::{Node, PROMPTS, named};

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

/// Which session a trace belongs to, whose traces count as one prompt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Session {
    /// To none that is known.
    #[default]
    Alone,
    /// To the conversation that its record holds.
    OfRecord,
    /// To the log that is being read.
    OfLog,
    /// To the one of this name, wherever its other traces stand.
    Named(String),
}

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
    /// The model stopped by itself, called no tool, and has no answer behind its reasoning: the answer
    /// may have landed in the reasoning field.
    pub doubtful: bool,
    /// What the drafts of the record may still copy of its texts.
    pub copies: Copies,
    /// The record's drafts copied more than they may, and the texts of this one were given up.
    pub over_limit: bool,
    /// The session that it belongs to.
    pub session: Session,
}

impl Draft {
    /// Takes the draft's texts out of what the record's drafts may copy, and gives them up where that
    /// is used up. A format calls it after it has filled a draft with texts that others have too.
    pub fn charge(&mut self) {
        if !self.copies.take(self.trace.bytes()) {
            self.over_limit = true;
            self.trace = Trace { id: std::mem::take(&mut self.trace.id), ..Trace::default() };
        }
    }

    pub fn has_reasoning(&self) -> bool {
        !self.trace.reasoning.trim().is_empty()
    }

    /// Puts a reason to stop where a reader finds it. Reasoning that was stopped by its length and has
    /// no answer behind it is cut off.
    pub fn stopped(&mut self, reason: Option<&str>) {
        let Some(reason) = reason.filter(|reason| !reason.is_empty()) else { return };
        self.cut_off |= stopped_by_length(reason) && self.trace.answer.is_none();
        self.trace.meta.insert("finish_reason".into(), reason.into());
    }

    /// Marks what a stream left without an end.
    pub fn break_off(&mut self) {
        self.cut_off = true;
        self.trace.meta.entry("finish_reason").or_insert("interrupted".into());
    }
}

/// Whether a reason to stop says that the model was cut off.
fn stopped_by_length(reason: &str) -> bool {
    const CUT: &[&str] =
        &["length", "max_tokens", "max_output_tokens", "max_new_tokens", "model_length", "limit"];
    CUT.iter().any(|name| name.eq_ignore_ascii_case(reason))
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
