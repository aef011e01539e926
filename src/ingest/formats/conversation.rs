//! The turns of a conversation in a record, whichever names they go by.
//!
//! A list of messages, a struct of lists (older `datasets`), pairs of question and answer, or a tree
//! whose nodes name their parents; of a tree the branch that is shown is read. Used by the formats of
//! data sets and of chat programs.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::ingest::dialogue::entry::Entry;
use crate::ingest::dialogue::turn::{Role, Turn};
use crate::ingest::record::Object;

/// The turns of a conversation, or `None` where the value is none. `holder` is the object that it
/// stands in, which may name the branch that is shown.
pub(super) fn of(value: &Value, holder: &Object) -> Option<Vec<Turn>> {
    let list: Cow<'_, [Value]> = match value {
        Value::Array(list) if list.iter().all(Value::is_object) => Cow::Borrowed(list),
        Value::Array(list) => Cow::Owned(pairs(list)?),
        Value::Object(columns) => match zipped(columns) {
            Some(rows) => Cow::Owned(rows),
            None => Cow::Owned(branch(columns, holder)?),
        },
        _ => return None,
    };
    let mut turns = Vec::new();
    for item in list.iter() {
        let item = item.as_object()?;
        match Entry::of(item) {
            Some(Entry::Turn { turn, .. }) => turns.push(*turn),
            Some(Entry::About { .. } | Entry::Nothing) => {}
            // A message that says nothing.
            None if is_notice(item) => {}
            None => _ = Turn::of(item)?,
        }
    }
    turns.iter().any(|turn| turn.role == Role::Assistant).then_some(turns)
}

/// Whether an item is what the program tells its user, as Gemini CLI keeps it among the messages.
fn is_notice(item: &Object) -> bool {
    let kind = item.get("type").and_then(Value::as_str);
    matches!(kind, Some("info" | "warning" | "error")) && item.contains_key("content")
}

/// `[["question", "answer"], …]`, as the interfaces of Gradio keep their history.
fn pairs(list: &[Value]) -> Option<Vec<Value>> {
    let mut rows = Vec::new();
    for pair in list {
        let [asked, said] = pair.as_array()?.as_slice() else { return None };
        for (role, text) in [("user", asked), ("assistant", said)] {
            rows.push(message(role, text.as_str()?.into()));
        }
    }
    (!rows.is_empty()).then_some(rows)
}

/// A struct of lists as a list of messages.
fn zipped(columns: &Object) -> Option<Vec<Value>> {
    let list = |names: [&str; 2]| names.iter().find_map(|name| columns.get(*name)?.as_array());
    let (roles, texts) = (list(["from", "role"])?, list(["value", "content"])?);
    roles
        .iter()
        .zip(texts)
        .map(|(role, text)| Some(message(role.as_str()?, text.clone())))
        .collect()
}

fn message(role: &str, content: Value) -> Value {
    let mut message = Map::new();
    message.insert("role".into(), role.into());
    message.insert("content".into(), content);
    Value::Object(message)
}

/// The branch of a tree that is shown, from its root on: ChatGPT's and DeepSeek's `mapping`, Open
/// WebUI's `history.messages`.
fn branch(nodes: &Object, holder: &Object) -> Option<Vec<Value>> {
    let parent = |node: &Value| {
        let parent = ["parent", "parentId", "parent_id"].iter().find_map(|name| node.get(*name));
        parent.map(|parent| parent.as_str().map(str::to_owned))
    };
    if nodes.is_empty() || !nodes.values().all(|node| parent(node).is_some()) {
        return None;
    }
    let shown = ["current_node", "currentId"].iter().find_map(|name| holder.get(*name)?.as_str());
    let last = nodes.keys().next_back()?;
    let mut at = Some(shown.filter(|id| nodes.contains_key(*id)).unwrap_or(last).to_owned());
    let mut branch = Vec::new();
    // A hostile tree may go in a circle.
    while let Some(node) = at.as_deref().and_then(|id| nodes.get(id))
        && branch.len() < nodes.len()
    {
        let is_empty = node.get("message").is_some_and(Value::is_null);
        if !is_empty {
            branch.push(node.clone());
        }
        at = parent(node).flatten();
    }
    branch.reverse();
    Some(branch)
}
