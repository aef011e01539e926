//! A response of OpenAI's Responses: `output[]` with items of type `reasoning` and `message`.
//!
//! A reasoning item may hold raw text (`content`, open models), a summary, or only an encrypted
//! blob. Raw text is preferred; blobs are counted.

use serde_json::Value;

use super::{Format, FormatKind, Label, Read, message};
use crate::ingest::dialogue::parts::push;
use crate::ingest::mediation::Evidence;
use crate::ingest::record::{Draft, Node};
use crate::ingest::tags::{self, Shape};

pub(super) const FORMAT: Format = Format {
    name: "openai-responses",
    kind: FormatKind::Answer,
    about: "A response of OpenAI's Responses: `output[type=reasoning]` with a summary, raw text or an encrypted blob.",
    no_reasoning: "No item of type `reasoning` in `output` holds a text. OpenAI returns a summary only where `reasoning.summary` is asked for, and raw reasoning only of open models.",
    label: Label::Nothing,
    read: Read::Record(read),
    only_by_name: false,
};

fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    let object = node.object();
    let items = object.get("output")?.as_array()?;
    let is_response = object.get("object").and_then(Value::as_str) == Some("response");
    if !is_response && !has_items(items) {
        return None;
    }
    Some(vec![draft(node, items)])
}

/// Whether a list is the output of a response, by the types of its items.
fn has_items(items: &[Value]) -> bool {
    items.iter().any(|item| match item["type"].as_str() {
        Some("reasoning") => {
            ["summary", "content", "encrypted_content"].iter().any(|name| item.get(*name).is_some())
        }
        Some("message") => {
            let parts = item["content"].as_array();
            parts.is_some_and(|parts| parts.iter().any(|part| part["type"] == "output_text"))
        }
        _ => false,
    })
}

fn draft(node: &Node<'_>, items: &[Value]) -> Draft {
    let mut draft = node.draft();
    let object = node.object();
    let (mut raw, mut summary, mut answer) = (String::new(), String::new(), String::new());
    for item in items {
        match item["type"].as_str() {
            Some("reasoning") => {
                add_texts(&mut raw, &item["content"]);
                add_texts(&mut summary, &item["summary"]);
                draft.encrypted += usize::from(item["encrypted_content"].is_string());
            }
            Some("message") if item["role"].as_str().is_none_or(|role| role == "assistant") => {
                add_texts(&mut answer, &item["content"]);
            }
            _ => {}
        }
    }
    let (text, evidence) = if raw.trim().is_empty() {
        (summary, Evidence::DeclaredSummary)
    } else {
        (raw, Evidence::OwnOutput)
    };
    if text.trim().is_empty() {
        let split = tags::split(&answer);
        draft.cut_off = split.shape == Shape::OpeningOnly;
        draft.evidence = Evidence::OwnOutput;
        draft.trace.reasoning = split.reasoning;
        answer = split.answer;
    } else {
        draft.evidence = evidence;
        draft.trace.reasoning = text;
    }
    draft.trace.answer = Some(answer).filter(|answer| !answer.trim().is_empty());
    let incomplete =
        object.get("incomplete_details").and_then(|details| details["reason"].as_str());
    let status = object.get("status").and_then(Value::as_str);
    draft.stopped(incomplete.or(status));
    let error = object.get("error").filter(|error| error.is_object());
    if let Some(error) = error.filter(|_| items.is_empty()) {
        let code = error["code"].as_str().or(error["type"].as_str()).unwrap_or("no code");
        draft.why = Some(format!("The response failed ({code})."));
        draft.no_response = true;
    } else if !draft.has_reasoning() {
        draft.why = message::counted_tokens(object);
    }
    draft
}

fn add_texts(all: &mut String, parts: &Value) {
    match parts {
        Value::String(text) => push(all, text, "\n\n"),
        Value::Array(parts) => parts
            .iter()
            .filter_map(|part| part.as_str().or_else(|| part.get("text")?.as_str()))
            .for_each(|text| push(all, text, "\n\n")),
        _ => {}
    }
}
