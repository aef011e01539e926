//! A chat completion with `reasoning_content`: DeepSeek, Kimi, GLM, SGLang, older vLLM.
//!
//! The server fills the field by cutting the model's own output at its tags, so that it is raw.

use super::{Format, FormatKind, Label, Read, chat_completion};
use crate::ingest::record::{Draft, Node};

pub(super) const FORMAT: Format = Format {
    name: "reasoning-content",
    kind: FormatKind::Answer,
    about: "A chat completion with `reasoning_content` beside the content (DeepSeek, Kimi, GLM, SGLang, older vLLM).",
    no_reasoning: "`choices[].message.reasoning_content` is empty and the content has no tags: the model was asked without thinking, or the server was started without its reasoning parser and the template swallowed the tags.",
    label: Label::Nothing,
    read: Read::Record(read),
    only_by_name: false,
};

fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    let has_field =
        chat_completion::messages(node).any(|message| message.contains_key("reasoning_content"));
    if has_field { chat_completion::read(node) } else { None }
}
