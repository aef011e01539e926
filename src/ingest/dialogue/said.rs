//! What one message of the model says: its reasoning and its answer, whichever fields hold them.
//!
//! Comes in: a message as an object. Where the same reasoning stands in several fields, one is taken:
//! `reasoning_details`, `reasoning_content`, `reasoning`, `thinking`, another name, parts, tags. Used by
//! `turn` and by the formats of chat servers.

use serde_json::Value;

use super::fields;
use super::parts::{Content, push};
use crate::ingest::mediation::Evidence;
use crate::ingest::record::Object;
use crate::ingest::tags::{self, Shape};

/// The fields in which a message says something, lists of parts first.
const CONTENTS: &[&str] = &[
    "contentParts",
    "contentChunks",
    "content_list",
    "segments",
    "contents",
    "parts",
    "blocks",
    "steps",
    "fragments",
    "content",
    "value",
    "text",
    "mes",
    "body",
    "message",
];

/// Objects beside the content in which the reasoning may stand.
const BESIDE: &[&str] = &["additional_kwargs", "extra", "provider_specific_fields", "model_extra"];

/// What a message says.
#[derive(Debug, Clone, Default)]
pub(in crate::ingest) struct Said {
    pub reasoning: String,
    pub answer: Option<String>,
    pub evidence: Evidence,
    /// The reasoning has no end.
    pub cut_off: bool,
    /// How many encrypted parts were left out.
    pub encrypted: usize,
    /// A tool is called, or says what came of a call.
    pub calls: bool,
    /// The reasoning stands between tags, and in no field.
    pub in_tags: bool,
}

/// What a message of the model says.
pub(in crate::ingest) fn of(message: &Object) -> Said {
    let content = content(message);
    let details = Details::of(message.get("reasoning_details"));
    let mut said = Said {
        encrypted: details.encrypted + content.encrypted,
        calls: content.calls || has_calls(message),
        ..Said::default()
    };
    let plain =
        |name: &str| message.get(name).and_then(Value::as_str).filter(|t| !t.trim().is_empty());
    let field = if !details.text.trim().is_empty() {
        Some((details.text.clone(), details.evidence()))
    } else if let Some(text) = plain("reasoning_content") {
        Some((text.to_owned(), Evidence::OwnOutput))
    } else if let Some(text) = plain("reasoning").or_else(|| plain("thinking")) {
        Some((text.to_owned(), Evidence::NamedField))
    } else {
        other_field(message, &mut said).or_else(|| {
            let text = content.thinking.clone();
            (!text.trim().is_empty()).then(|| (text, content.evidence()))
        })
    };
    let split = tags::split(&content.text);
    match field {
        Some((reasoning, evidence)) => {
            let reasoning = tags::strip_outer(&reasoning);
            // Some servers fill the field and leave the same text in the content.
            let repeated = match split.shape {
                Shape::Absent => false,
                Shape::Empty => true,
                _ => {
                    split.reasoning == reasoning
                        || content.text.trim_start().starts_with(['<', '◁', '['])
                }
            };
            said.answer = Some(if repeated { split.answer } else { content.text });
            said.reasoning = reasoning.to_owned();
            said.evidence = evidence;
        }
        None => {
            said.in_tags = true;
            said.cut_off = split.shape == Shape::OpeningOnly;
            said.reasoning = split.reasoning;
            said.answer = Some(split.answer);
            said.evidence = Evidence::OwnOutput;
        }
    }
    said.answer = said.answer.filter(|answer| !answer.trim().is_empty());
    said
}

/// What a message says in its content, whichever field that is.
pub(in crate::ingest) fn content(message: &Object) -> Content {
    let mut found = Content::default();
    for value in CONTENTS.iter().filter_map(|name| message.get(*name)) {
        found.add(value);
        if !found.text.trim().is_empty() || !found.thinking.trim().is_empty() {
            break;
        }
    }
    found
}

/// A reasoning field of another name, or one that is no plain text.
fn other_field(message: &Object, said: &mut Said) -> Option<(String, Evidence)> {
    let beside = BESIDE.iter().filter_map(|name| message.get(*name)?.as_object());
    // mini-swe-agent keeps the server's whole answer beside the message.
    let answer = message.get("extra").map(|extra| &extra["response"]["choices"][0]["message"]);
    let beside = beside.chain(answer.and_then(Value::as_object));
    let (name, content) =
        std::iter::once(message).chain(beside).find_map(|object| fields::reasoning(object))?;
    said.encrypted += content.encrypted;
    let own = name == "reasoning_content" || name == "reasoningContent";
    let evidence = if own { Evidence::OwnOutput } else { content.evidence() };
    Some((content.thinking, evidence)).filter(|(text, _)| !text.trim().is_empty())
}

fn has_calls(message: &Object) -> bool {
    ["tool_calls", "toolRequests", "function_call"].iter().any(|name| {
        message.get(*name).is_some_and(|calls| match calls {
            Value::Array(list) => !list.is_empty(),
            other => other.is_object(),
        })
    })
}

/// OpenRouter's `reasoning_details`.
#[derive(Default)]
struct Details {
    text: String,
    /// All of the text is declared to be a summary.
    is_summary: bool,
    encrypted: usize,
}

impl Details {
    fn of(details: Option<&Value>) -> Self {
        let mut found = Self { is_summary: true, ..Self::default() };
        let mut last_index = None;
        for part in details.and_then(Value::as_array).into_iter().flatten() {
            // These providers never show more than a summary, whatever the part is called.
            let summarized =
                matches!(part["format"].as_str(), Some("google-gemini-v1" | "openai-responses-v1"));
            let (text, is_summary) = match part["type"].as_str() {
                Some("reasoning.encrypted") => {
                    found.encrypted += 1;
                    continue;
                }
                Some("reasoning.summary") => (part["summary"].as_str(), true),
                _ => (part["text"].as_str(), summarized),
            };
            let Some(text) = text.filter(|text| !text.is_empty()) else { continue };
            // Pieces of a stream share an index and are glued together.
            let index = part.get("index").and_then(Value::as_u64);
            let glued = index.is_some() && index == last_index;
            push(&mut found.text, text, if glued { "" } else { "\n\n" });
            last_index = index;
            found.is_summary &= is_summary;
        }
        found
    }

    fn evidence(&self) -> Evidence {
        if self.is_summary { Evidence::DeclaredSummary } else { Evidence::NamedField }
    }
}
