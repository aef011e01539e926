//! A chat completion of OpenRouter: `reasoning_details`, or `reasoning` with the name of the host.
//!
//! One model is served by several hosts there, so that `provider` is kept in the meta.

use serde_json::Value;

use super::{Format, FormatKind, Label, Read, chat_completion};
use crate::ingest::record::{Draft, Node, Object};

pub(super) const FORMAT: Format = Format {
    name: "openrouter",
    kind: FormatKind::Answer,
    about: "A chat completion of OpenRouter, with `reasoning_details` or `reasoning` and the `provider` that served it.",
    no_reasoning: "`choices[].message` has no `reasoning_details` and no `reasoning`, and its content no tags. OpenRouter returns reasoning only where it is asked for (`include_reasoning`, `reasoning.enabled`), and not for every host.",
    label: Label::Nothing,
    read: Read::Record(read),
    only_by_name: false,
};

fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    let object = node.object();
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    let by_name = text("provider").is_some() || text("id").is_some_and(|id| id.starts_with("gen-"));
    let has_details =
        |message: &Object| message.get("reasoning_details").is_some_and(Value::is_array);
    let is_openrouter = object.contains_key("choices") && by_name
        || chat_completion::messages(node).any(has_details);
    if is_openrouter { chat_completion::read(node) } else { None }
}
