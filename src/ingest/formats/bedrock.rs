//! An answer of Bedrock's Converse: `output.message.content[].reasoningContent`.

use serde_json::Value;

use super::{Format, FormatKind, Label, Read, message};
use crate::ingest::record::{Draft, Node};

pub(super) const FORMAT: Format = Format {
    name: "bedrock-converse",
    kind: FormatKind::Answer,
    about: "An answer of Bedrock's Converse: `output.message.content[].reasoningContent.reasoningText.text`.",
    no_reasoning: "No part of `output.message.content` is a `reasoningContent`: Bedrock returns it only where the model's reasoning is asked for in `additionalModelRequestFields`.",
    label: Label::Nothing,
    read: Read::Record(read),
    only_by_name: false,
};

fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    let object = node.object();
    let outer = object.get("output").and_then(|output| output.get("message")?.as_object());
    let message = outer.unwrap_or(object);
    if message.get("role").and_then(Value::as_str) != Some("assistant") {
        return None;
    }
    let content = message.get("content")?;
    let has_mark = |part: &Value| part.get("reasoningContent").is_some();
    let is_converse = outer.is_some() && object.contains_key("stopReason");
    if !is_converse && !content.as_array()?.iter().any(has_mark) {
        return None;
    }
    let finish = object.get("stopReason").and_then(Value::as_str);
    Some(vec![message::from_content(node, content, finish)])
}
