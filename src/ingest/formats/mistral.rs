//! A chat completion of Mistral: parts of type `thinking`, or `[THINK]…[/THINK]` in the content.

use serde_json::Value;

use super::{Format, FormatKind, Label, Read, chat_completion};
use crate::ingest::record::{Draft, Node, Object};

pub(super) const FORMAT: Format = Format {
    name: "mistral",
    kind: FormatKind::Answer,
    about: "A chat completion of Mistral: `content[type=thinking].thinking[].text`, or raw text with `[THINK]…[/THINK]`.",
    no_reasoning: "No part of `choices[].message.content` is of type `thinking`, and there is no `[THINK]`: the model does not reason, or it was asked without its system prompt for reasoning.",
    label: Label::Nothing,
    read: Read::Record(read),
    only_by_name: false,
};

fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    if chat_completion::messages(node).any(is_mistral) { chat_completion::read(node) } else { None }
}

/// Whether a message has a part of thinking that is itself a list, as nobody else writes it.
fn is_mistral(message: &Object) -> bool {
    match message.get("content") {
        Some(Value::Array(parts)) => {
            parts.iter().any(|part| part["type"] == "thinking" && part["thinking"].is_array())
        }
        Some(Value::String(text)) => {
            memchr::memmem::find(text.as_bytes(), b"[/THINK]").is_some()
                || text.starts_with("[THINK]")
        }
        _ => false,
    }
}
