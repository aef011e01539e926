//! A message of Anthropic: `content[type=thinking].thinking`.
//!
//! From Claude 4 on the thinking is a summary, which `mediation` knows by the model's name. Redacted
//! thinking, and thinking of which only the signature was returned, is counted as encrypted.

use serde_json::Value;

use super::{Format, FormatKind, Label, Read, message};
use crate::ingest::record::{Draft, Node, Object};

pub(super) const FORMAT: Format = Format {
    name: "anthropic",
    kind: FormatKind::Answer,
    about: "A message of Anthropic: parts of type `thinking` (from Claude 4 on a summary) and `text`.",
    no_reasoning: "No part of `content` is of type `thinking`, and its text has no tags: Claude thinks only where `thinking` is asked for.",
    label: Label::Nothing,
    read: Read::Record(read),
    only_by_name: false,
};

fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    let object = node.object();
    let content = object.get("content")?;
    if !is_anthropic(object, content.as_array()?) {
        return None;
    }
    let finish = object.get("stop_reason").and_then(Value::as_str);
    Some(vec![message::from_content(node, content, finish)])
}

/// Whether it is a message of the assistant by its type, or by a part that only Anthropic has.
fn is_anthropic(object: &Object, parts: &[Value]) -> bool {
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    if text("role").is_some_and(|role| role != "assistant") {
        return false;
    }
    let has_mark = |part: &Value| match part["type"].as_str() {
        Some("thinking") => part["thinking"].is_string(),
        Some("redacted_thinking") => true,
        _ => false,
    };
    (text("type") == Some("message") && object.contains_key("stop_reason"))
        || parts.iter().any(has_mark)
}
