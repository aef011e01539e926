//! One message of an assistant → a draft, whichever of the usual fields holds the reasoning.
//!
//! Used by the formats of chat servers and of chat data sets. Where the same reasoning stands in
//! several fields, one is taken: `reasoning_details`, `reasoning_content`, `reasoning`, `thinking`,
//! parts, tags.

use serde_json::Value;

use crate::ingest::mediation::Evidence;
use crate::ingest::record::{Draft, Node, Object};
use crate::ingest::tags::{self, Shape};

/// The draft of one message of the assistant. `finish` is why the model stopped, as its server says.
pub(super) fn draft(node: &Node<'_>, message: &Object, finish: Option<&str>) -> Draft {
    let mut draft = node.draft();
    let content = message.get("content").or_else(|| message.get("text"));
    let mut answer = Content::default();
    if let Some(content) = content {
        answer.add(content);
    }
    let details = Details::of(message.get("reasoning_details"));
    draft.encrypted = details.encrypted + answer.encrypted;

    let field = |name: &str| text(message, name);
    let (reasoning, evidence) = if !details.text.trim().is_empty() {
        let declared =
            if details.is_summary { Evidence::DeclaredSummary } else { Evidence::NamedField };
        (Some(details.text.as_str()), declared)
    } else if let Some(text) = field("reasoning_content") {
        (Some(text), Evidence::OwnOutput)
    } else if let Some(text) = field("reasoning").or_else(|| field("thinking")) {
        (Some(text), Evidence::NamedField)
    } else {
        let text = Some(answer.thinking.as_str()).filter(|text| !text.trim().is_empty());
        (text, answer.evidence())
    };
    let split = tags::split(&answer.text);
    match reasoning {
        Some(reasoning) => {
            let reasoning = tags::strip_outer(reasoning);
            // Some servers fill the field and leave the same text in the content.
            let repeated = match split.shape {
                Shape::Absent => false,
                Shape::Empty => true,
                _ => {
                    split.reasoning == reasoning
                        || answer.text.trim_start().starts_with(['<', '◁', '['])
                }
            };
            draft.trace.answer = Some(if repeated { split.answer } else { answer.text });
            draft.trace.reasoning = reasoning.to_owned();
            draft.evidence = evidence;
        }
        None => {
            draft.cut_off = split.shape == Shape::OpeningOnly;
            draft.trace.reasoning = split.reasoning;
            draft.trace.answer = Some(split.answer);
            draft.evidence = Evidence::OwnOutput;
        }
    }
    draft.trace.answer = draft.trace.answer.filter(|answer| !answer.trim().is_empty());
    stopped(&mut draft, finish);
    if !draft.has_reasoning() {
        draft.why = counted_tokens(node.object());
    }
    draft
}

/// What a message's content holds: a string, or parts of text and of thinking.
#[derive(Default)]
pub(super) struct Content {
    pub text: String,
    pub thinking: String,
    pub encrypted: usize,
    /// Thinking that is declared to be a summary is among it.
    pub is_summary: bool,
}

impl Content {
    pub fn add(&mut self, content: &Value) {
        match content {
            Value::String(text) => push(&mut self.text, text, "\n"),
            Value::Array(parts) => parts.iter().for_each(|part| self.add_part(part)),
            _ => {}
        }
    }

    fn add_part(&mut self, part: &Value) {
        if let Some(inner) = part.get("reasoningContent") {
            return self.add_bedrock(inner);
        }
        match part["type"].as_str() {
            Some("thinking" | "reasoning") => self.add_thinking(part),
            Some("redacted_thinking") => self.encrypted += 1,
            _ => {
                let Some(text) = part.as_str().or_else(|| part.get("text")?.as_str()) else {
                    return;
                };
                if part["thought"] == Value::Bool(true) {
                    push(&mut self.thinking, text, "\n\n");
                    self.is_summary = true;
                } else {
                    push(&mut self.text, text, "\n");
                }
            }
        }
    }

    fn add_thinking(&mut self, part: &Value) {
        let summary = part.get("summary").filter(|summary| !summary.is_null());
        if part["redacted"] == Value::Bool(true) {
            // What stands in the part's own field is encrypted (Inspect AI).
            match summary.and_then(Value::as_str).filter(|text| !text.trim().is_empty()) {
                Some(text) => self.add_summary(text),
                None => self.encrypted += 1,
            }
            return;
        }
        let texts = |value: &Value| -> Vec<String> {
            match value {
                Value::String(text) => vec![text.clone()],
                Value::Array(list) => list
                    .iter()
                    .filter_map(|text| text.as_str().or_else(|| text.get("text")?.as_str()))
                    .map(str::to_owned)
                    .collect(),
                _ => Vec::new(),
            }
        };
        let own = ["thinking", "reasoning", "text", "content"].iter().find_map(|name| {
            let found = texts(part.get(*name)?);
            found.iter().any(|text| !text.trim().is_empty()).then_some(found)
        });
        match (own, summary) {
            (Some(own), _) => push(&mut self.thinking, &own.concat(), "\n\n"),
            (None, Some(summary)) if texts(summary).iter().any(|text| !text.trim().is_empty()) => {
                texts(summary).iter().for_each(|text| self.add_summary(text));
            }
            // A signature or a blob without a text: the provider keeps the text to itself.
            _ => {
                let sealed = ["signature", "encrypted_content"];
                let sealed = sealed.iter().filter_map(|name| part.get(*name)?.as_str());
                self.encrypted += usize::from(sealed.into_iter().any(|text| !text.is_empty()));
            }
        }
    }

    fn add_summary(&mut self, text: &str) {
        push(&mut self.thinking, text, "\n\n");
        self.is_summary = true;
    }

    /// `reasoningContent` of Bedrock's Converse.
    fn add_bedrock(&mut self, inner: &Value) {
        match inner["reasoningText"]["text"].as_str() {
            Some(text) => push(&mut self.thinking, text, "\n\n"),
            None => self.encrypted += usize::from(inner.get("redactedContent").is_some()),
        }
    }

    /// The evidence that the parts of thinking give.
    pub fn evidence(&self) -> Evidence {
        if self.is_summary { Evidence::DeclaredSummary } else { Evidence::NamedField }
    }
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
            let (text, is_summary) = match part["type"].as_str() {
                Some("reasoning.encrypted") => {
                    found.encrypted += 1;
                    continue;
                }
                Some("reasoning.summary") => (part["summary"].as_str(), true),
                _ => (part["text"].as_str(), false),
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
}

/// The text of a field that is a string and not blank.
pub(super) fn text<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str().filter(|text| !text.trim().is_empty())
}

/// Whether a reason to stop says that the model was cut off.
pub(super) fn stopped_by_length(reason: &str) -> bool {
    const CUT: &[&str] =
        &["length", "max_tokens", "max_output_tokens", "max_new_tokens", "model_length"];
    CUT.iter().any(|name| name.eq_ignore_ascii_case(reason))
}

/// Puts a reason to stop where a reader finds it. Reasoning that was stopped by its length and has
/// no answer behind it is cut off.
pub(super) fn stopped(draft: &mut Draft, reason: Option<&str>) {
    let Some(reason) = reason.filter(|reason| !reason.is_empty()) else { return };
    draft.cut_off |= stopped_by_length(reason) && draft.trace.answer.is_none();
    draft.trace.meta.insert("finish_reason".into(), reason.into());
}

/// The draft of a list of parts, or of a text that may hold tags.
pub(super) fn from_content(node: &Node<'_>, content: &Value, finish: Option<&str>) -> Draft {
    let mut found = Content::default();
    found.add(content);
    from_parts(node.draft(), found, finish)
}

/// Completes a draft with what the parts of a message hold.
pub(super) fn from_parts(mut draft: Draft, found: Content, finish: Option<&str>) -> Draft {
    draft.encrypted = found.encrypted;
    if found.thinking.trim().is_empty() {
        let split = tags::split(&found.text);
        draft.cut_off = split.shape == Shape::OpeningOnly;
        draft.trace.reasoning = split.reasoning;
        draft.trace.answer = Some(split.answer);
        draft.evidence = Evidence::OwnOutput;
    } else {
        draft.evidence = found.evidence();
        draft.trace.reasoning = found.thinking;
        draft.trace.answer = Some(found.text);
    }
    draft.trace.answer = draft.trace.answer.filter(|answer| !answer.trim().is_empty());
    stopped(&mut draft, finish);
    draft
}

pub(super) fn push(text: &mut String, more: &str, between: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push_str(between);
    }
    text.push_str(more);
}

/// Says so where the provider counted reasoning that it does not show.
pub(super) fn counted_tokens(object: &Object) -> Option<String> {
    let usage = object.get("usage")?;
    let details = ["completion_tokens_details", "output_tokens_details"];
    let counted = details.iter().find_map(|key| usage.get(key)?.get("reasoning_tokens")?.as_u64());
    let tokens = counted.filter(|tokens| *tokens > 0)?;
    Some(format!(
        "The provider counted {tokens} reasoning tokens and did not return their text. OpenAI's chat completions never do; its Responses return a summary where `reasoning.summary` asks for one."
    ))
}
