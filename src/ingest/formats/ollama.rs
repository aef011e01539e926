//! An answer of Ollama: `message.thinking`, or `thinking` beside `response`.
//!
//! The pieces of a stream are put together by `stream` before they come here.

use serde_json::Value;

use super::{Format, FormatKind, Label, Read, message};
use crate::ingest::record::{Draft, Node};

pub(super) const FORMAT: Format = Format {
    name: "ollama",
    kind: FormatKind::Answer,
    about: "An answer of Ollama, whole or streamed: `message.thinking` and `message.content`, or `thinking` and `response`.",
    no_reasoning: "`message.thinking` (or `thinking`) is empty and the content has no tags: the model was asked with `think` off, or cannot think.",
    label: Label::Nothing,
    read: Read::Record(read),
    only_by_name: false,
};

fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    let object = node.object();
    // A piece of a stream is no answer.
    if object.get("done") != Some(&Value::Bool(true)) {
        return None;
    }
    let finish = object.get("done_reason").and_then(Value::as_str);
    if let Some(inner) = object.get("message").and_then(Value::as_object) {
        return Some(vec![message::draft(&node.child(inner), inner, finish)]);
    }
    let response = object.get("response")?.as_str()?;
    let mut inner = serde_json::Map::new();
    inner.insert("content".into(), response.into());
    inner.insert("thinking".into(), object.get("thinking").cloned().unwrap_or_default());
    Some(vec![message::draft(node, &inner, finish)])
}
