//! What gpt-oss writes, undecoded: `<|channel|>analysis<|message|>…<|end|>`, or its messages as JSON.
//!
//! Text is split by `tags`; messages as JSON carry the name of their channel.

use serde_json::Value;

use super::{Format, FormatKind, Label, Read, message};
use crate::ingest::dialogue::parts::push;
use crate::ingest::mediation::Evidence;
use crate::ingest::record::{Draft, Node, Object, plain_text};
use crate::ingest::tags::has_channels;

pub(super) const FORMAT: Format = Format {
    name: "harmony",
    kind: FormatKind::Answer,
    about: "The harmony form of gpt-oss: the channel `analysis` is the reasoning, `final` the answer, `commentary` neither.",
    no_reasoning: "The channel `analysis` is empty or missing: a server that parses harmony drops it from later turns, or the model was asked for no reasoning.",
    label: Label::File,
    read: Read::Record(read),
    only_by_name: false,
};

/// The fields in which the text of a completion stands.
const FIELDS: &[&str] = &[
    "content",
    "text",
    "response",
    "raw_response",
    "output",
    "completion",
    "generated_text",
    "generation",
    "model_output",
    "full_response",
];

fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    let object = node.object();
    if object.get("role").and_then(Value::as_str).is_some_and(|role| role != "assistant") {
        return None;
    }
    if let Some(drafts) = from_choices(node) {
        return Some(drafts);
    }
    let fields = FIELDS.iter().filter_map(|name| object.get(*name));
    let mut marked = fields.filter(|field| field.as_str().is_some_and(has_channels));
    if let Some(field) = marked.next() {
        return Some(vec![message::from_content(node, field, None)]);
    }
    ["messages", "output", "completion"]
        .iter()
        .find_map(|name| from_messages(node, object.get(*name)?.as_array()?))
}

fn from_choices(node: &Node<'_>) -> Option<Vec<Draft>> {
    let choices = node.object().get("choices")?.as_array()?;
    let content = |choice: &Object| {
        let inner = choice.get("message").and_then(|message| message.get("content"));
        inner.or(choice.get("text")).filter(|text| text.as_str().is_some_and(has_channels)).cloned()
    };
    let drafts: Vec<_> = choices
        .iter()
        .filter_map(Value::as_object)
        .enumerate()
        .filter_map(|(at, choice)| {
            let finish = choice.get("finish_reason").and_then(Value::as_str);
            let mut draft = message::from_content(node, &content(choice)?, finish);
            draft.generation = Some(at);
            Some(draft)
        })
        .collect();
    (!drafts.is_empty()).then_some(drafts)
}

/// Messages as JSON, of which those behind the user's last are the model's.
fn from_messages(node: &Node<'_>, messages: &[Value]) -> Option<Vec<Draft>> {
    let channel = |message: &Value| message["channel"].as_str().map(str::to_owned);
    if !messages.iter().any(|message| channel(message).is_some()) {
        return None;
    }
    let from = messages.iter().rposition(|message| message["role"] == "user").unwrap_or(0);
    let (mut reasoning, mut answer) = (String::new(), String::new());
    for message in &messages[from..] {
        let text = message.get("content").and_then(plain_text).unwrap_or_default();
        match channel(message).as_deref() {
            Some("analysis") => push(&mut reasoning, &text, "\n\n"),
            Some("final") => push(&mut answer, &text, "\n\n"),
            _ => {}
        }
    }
    let mut draft = node.draft();
    draft.evidence = Evidence::OwnOutput;
    draft.trace.reasoning = reasoning;
    draft.trace.answer = Some(answer).filter(|answer| !answer.trim().is_empty());
    Some(vec![draft])
}
