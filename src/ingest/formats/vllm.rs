//! A chat completion with `reasoning`: newer vLLM.

use super::{Format, FormatKind, Label, Read, chat_completion};
use crate::ingest::record::{Draft, Node};

pub(super) const FORMAT: Format = Format {
    name: "vllm",
    kind: FormatKind::Answer,
    about: "A chat completion with `reasoning` beside the content (newer vLLM).",
    no_reasoning: "`choices[].message.reasoning` is empty and the content has no tags: the model was asked without thinking, or the server was started without `--reasoning-parser` and the template swallowed the tags.",
    label: Label::Nothing,
    read: Read::Record(read),
    only_by_name: false,
};

fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    let has_field =
        chat_completion::messages(node).any(|message| message.contains_key("reasoning"));
    if has_field { chat_completion::read(node) } else { None }
}
