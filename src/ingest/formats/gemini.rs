//! An answer of Gemini: `candidates[].content.parts[]`, of which those with `thought` are a summary.
//!
//! The names are read as the interface writes them and as Python's client does (`finish_reason`).

use serde_json::Value;

use super::{Format, FormatKind, Label, Read, message};
use crate::ingest::mediation::Evidence;
use crate::ingest::record::{Draft, Node, Object};

pub(super) const FORMAT: Format = Format {
    name: "gemini",
    kind: FormatKind::Answer,
    about: "An answer of Gemini: `candidates[].content.parts[]`, where `thought: true` marks a summary of the reasoning.",
    no_reasoning: "No part of `candidates[].content.parts` has `thought: true`: Gemini returns its summary only where `includeThoughts` is asked for.",
    label: Label::Nothing,
    read: Read::Record(read),
    only_by_name: false,
};

fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    let object = node.object();
    let usage = either(object, "usageMetadata", "usage_metadata");
    let feedback = either(object, "promptFeedback", "prompt_feedback");
    let candidates = object.get("candidates").and_then(Value::as_array);
    let is_gemini = |candidate: &Object| {
        either(candidate, "finishReason", "finish_reason").is_some()
            || candidate.get("content").is_some_and(|content| content["parts"].is_array())
    };
    let mut drafts: Vec<Draft> = Vec::new();
    for candidate in candidates.into_iter().flatten().filter_map(Value::as_object) {
        if !is_gemini(candidate) {
            return None;
        }
        drafts.push(draft(node, candidate, usage));
    }
    if !drafts.is_empty() {
        return Some(drafts);
    }
    let blocked = feedback.and_then(|feedback| {
        feedback.get("blockReason").or_else(|| feedback.get("block_reason"))?.as_str()
    });
    let is_answer = feedback.is_some() || (candidates.is_some() && usage.is_some());
    is_answer.then(|| {
        let why = match blocked {
            Some(reason) => format!("Gemini refused the prompt ({reason})."),
            None => "Gemini answered without a candidate.".to_owned(),
        };
        vec![Draft { why: Some(why), no_response: true, ..node.draft() }]
    })
}

fn draft(node: &Node<'_>, candidate: &Object, usage: Option<&Value>) -> Draft {
    let finish = either(candidate, "finishReason", "finish_reason").and_then(Value::as_str);
    let content = candidate.get("content").unwrap_or(&Value::Null);
    let mut draft = message::from_content(node, &content["parts"], finish);
    // The first of them that thought showed what it wrote.
    let model = draft.trace.model.as_deref().unwrap_or_default();
    if draft.evidence == Evidence::DeclaredSummary && model.contains("gemini-2.0") {
        draft.evidence = Evidence::NamedField;
    }
    let index = candidate.get("index").and_then(Value::as_u64);
    draft.generation = index.and_then(|index| usize::try_from(index).ok());
    if !draft.has_reasoning() {
        let tokens = usage.and_then(|usage| {
            usage.get("thoughtsTokenCount").or_else(|| usage.get("thoughts_token_count"))?.as_u64()
        });
        draft.why = tokens.filter(|tokens| *tokens > 0).map(|tokens| {
            format!("Gemini counted {tokens} tokens of thought and did not return them: it does so only where `includeThoughts` is asked for.")
        });
    }
    draft
}

fn either<'a>(object: &'a Object, one: &str, other: &str) -> Option<&'a Value> {
    object.get(one).or_else(|| object.get(other)).filter(|value| !value.is_null())
}
