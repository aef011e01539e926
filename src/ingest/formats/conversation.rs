//! The turns of a conversation in a chat data set, whichever names they go by.
//!
//! `messages` or `conversations`, with `role` and `content` or `from` and `value`; a list of structs,
//! or a struct of lists (older `datasets`). Used by the formats of data sets.

use serde_json::Value;

use crate::ingest::record::{Object, content_of};

/// Who wrote a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Assistant,
    User,
    Other,
}

/// One turn.
#[derive(Debug)]
pub(super) struct Turn {
    pub role: Role,
    /// The whole message, with `content` for what it says.
    pub message: Object,
}

impl Turn {
    /// What the turn says, where that is one text.
    pub fn text(&self) -> &str {
        self.message.get("content").and_then(Value::as_str).unwrap_or_default()
    }
}

/// The turns of the conversation in a row.
pub(super) fn turns(row: &Object) -> Option<Vec<Turn>> {
    let names = ["messages", "conversations", "conversation"];
    names.iter().find_map(|name| of(row.get(*name)?))
}

fn of(value: &Value) -> Option<Vec<Turn>> {
    let turns: Vec<_> = match value {
        Value::Array(list) => list
            .iter()
            .map(|item| {
                let item = item.as_object()?;
                Some(turn(name_of(item)?, item.clone(), content_of(item).cloned()))
            })
            .collect::<Option<_>>()?,
        Value::Object(columns) => {
            let list =
                |names: [&str; 2]| names.iter().find_map(|name| columns.get(*name)?.as_array());
            let (roles, texts) = (list(["from", "role"])?, list(["value", "content"])?);
            roles
                .iter()
                .zip(texts)
                .map(|(role, text)| Some(turn(role.as_str()?, Object::new(), Some(text.clone()))))
                .collect::<Option<_>>()?
        }
        _ => return None,
    };
    (!turns.is_empty()).then_some(turns)
}

fn name_of(item: &Object) -> Option<&str> {
    item.get("role").or_else(|| item.get("from"))?.as_str()
}

fn turn(role: &str, mut message: Object, content: Option<Value>) -> Turn {
    let role = match role.to_ascii_lowercase().as_str() {
        "assistant" | "gpt" | "model" | "bot" | "chatgpt" | "ai" => Role::Assistant,
        "user" | "human" => Role::User,
        _ => Role::Other,
    };
    message.insert("content".into(), content.unwrap_or_default());
    Turn { role, message }
}

/// The model's last turn and the question in front of it. Turns before these may be examples that
/// were shown to the model. `None` where the conversation does not end with the model's turn, as
/// a prompt does not.
pub(super) fn last(turns: &[Turn]) -> Option<(&Turn, Option<&Turn>)> {
    let (last, before) = turns.split_last()?;
    let question = before.iter().rev().find(|turn| turn.role == Role::User);
    (last.role == Role::Assistant).then_some((last, question))
}
