//! A chat completion: `choices[].message`, or a bare message of the assistant.
//!
//! OpenAI's shape, and what others made of it: DeepSeek, Kimi, GLM, SGLang and vLLM
//! (`reasoning_content`, `reasoning`), OpenRouter (`reasoning_details`), Mistral (parts of type
//! `thinking`), Ollama (`message.thinking`). Where the same reasoning stands in several fields, one
//! is taken: `reasoning_details`, `reasoning_content`, `reasoning`, `thinking`, parts, tags.

use serde_json::Value;

use super::{Format, Label, Read};
use crate::ingest::mediation::Evidence;
use crate::ingest::record::{Draft, Node, Object};
use crate::ingest::tags::{self, Shape};

pub(super) const FORMAT: Format = Format {
    name: "chat-completion",
    about: "A chat completion (OpenAI, DeepSeek, OpenRouter, vLLM, Ollama), alone or in the row of a benchmark.",
    no_reasoning: "The message has neither a reasoning field nor tags. OpenAI's chat completions only count reasoning tokens; other servers need reasoning to be asked for, or strip it (vLLM: `--reasoning-parser`, OpenRouter: `include_reasoning`).",
    label: Label::Nothing,
    read: Read::Record(read),
    only_by_name: false,
};

fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    let object = node.object();
    if let Some(choices) = object.get("choices") {
        return from_choices(node, choices);
    }
    if !is_message(object) {
        return None;
    }
    // Ollama streams one object for each piece; only the last is `done`, and it is no whole message.
    let parent = node.parent();
    if parent.and_then(|row| row.get("done")) == Some(&Value::Bool(false)) {
        return None;
    }
    let reason = |name: &str| parent?.get(name)?.as_str();
    let finish = reason("finish_reason").or_else(|| reason("done_reason"));
    Some(vec![from_message(node, object, finish)])
}

fn from_choices(node: &Node<'_>, choices: &Value) -> Option<Vec<Draft>> {
    let choices = match choices {
        Value::Array(choices) => choices.as_slice(),
        Value::Null => &[],
        _ => return None,
    };
    let mut drafts = Vec::new();
    for choice in choices.iter().filter_map(Value::as_object) {
        let finish = choice.get("finish_reason").and_then(Value::as_str);
        let mut draft = match (choice.get("message"), choice.get("text")) {
            (Some(Value::Object(message)), _) => from_message(node, message, finish),
            // The older completions without chat.
            (_, Some(Value::String(_))) => from_message(node, choice, finish),
            _ => continue,
        };
        let index = choice.get("index").and_then(Value::as_u64);
        draft.generation = index.and_then(|index| usize::try_from(index).ok());
        drafts.push(draft);
    }
    let is_completion = node.object().get("object").and_then(Value::as_str)
        == Some("chat.completion")
        || node.object().contains_key("usage");
    (!drafts.is_empty() || (choices.is_empty() && is_completion)).then_some(drafts)
}

fn is_message(object: &Object) -> bool {
    object.get("role").and_then(Value::as_str) == Some("assistant")
        && ["content", "reasoning_details", "reasoning_content", "reasoning", "thinking"]
            .iter()
            .any(|name| object.contains_key(*name))
}

fn from_message(node: &Node<'_>, message: &Object, finish: Option<&str>) -> Draft {
    let mut draft = node.draft();
    let content = message.get("content").or_else(|| message.get("text"));
    let mut answer = Content::default();
    if let Some(content) = content {
        answer.add(content);
    }
    let details = Details::of(message.get("reasoning_details"));
    draft.encrypted = details.encrypted + answer.encrypted;

    let field = |name: &str| match message.get(name) {
        Some(Value::String(text)) if !text.trim().is_empty() => Some(text.as_str()),
        _ => None,
    };
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
        (text, Evidence::NamedField)
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
    if let Some(finish) = finish {
        draft.cut_off |= finish == "length" && draft.trace.answer.is_none();
        draft.trace.meta.insert("finish_reason".into(), finish.into());
    }
    if !draft.has_reasoning() {
        draft.why = counted_tokens(node.object());
    }
    draft
}

/// What a message's content holds: a string, or parts of text and of thinking.
#[derive(Default)]
struct Content {
    text: String,
    thinking: String,
    encrypted: usize,
}

impl Content {
    fn add(&mut self, content: &Value) {
        match content {
            Value::String(text) => push(&mut self.text, text, "\n"),
            Value::Array(parts) => parts.iter().for_each(|part| self.add_part(part)),
            _ => {}
        }
    }

    fn add_part(&mut self, part: &Value) {
        match part["type"].as_str() {
            Some("thinking" | "reasoning") => {
                let inner = part.get("thinking").or(part.get("reasoning")).or(part.get("text"));
                match inner {
                    Some(Value::String(text)) => push(&mut self.thinking, text, "\n\n"),
                    Some(Value::Array(texts)) => texts
                        .iter()
                        .filter_map(|text| text.as_str().or_else(|| text.get("text")?.as_str()))
                        .for_each(|text| push(&mut self.thinking, text, "")),
                    _ => {}
                }
            }
            Some("redacted_thinking") => self.encrypted += 1,
            _ => {
                if let Some(text) = part.as_str().or_else(|| part.get("text")?.as_str()) {
                    push(&mut self.text, text, "\n");
                }
            }
        }
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

fn push(text: &mut String, more: &str, between: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push_str(between);
    }
    text.push_str(more);
}

/// Says so where the provider counted reasoning that it does not show.
fn counted_tokens(object: &Object) -> Option<String> {
    let usage = object.get("usage")?;
    let details = ["completion_tokens_details", "output_tokens_details"];
    let counted = details.iter().find_map(|key| usage.get(key)?.get("reasoning_tokens")?.as_u64());
    let tokens = counted.filter(|tokens| *tokens > 0)?;
    Some(format!(
        "The provider counted {tokens} reasoning tokens and did not return their text, as OpenAI's chat completions do."
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn one(message: Value) -> Draft {
        let record = json!({"object": "chat.completion", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]});
        read(&Node::new(record.as_object().unwrap(), None)).unwrap().remove(0)
    }

    fn check(message: Value, reasoning: &str, answer: Option<&str>, evidence: Evidence) {
        let draft = one(message);
        assert_eq!(draft.trace.reasoning, reasoning);
        assert_eq!(draft.trace.answer.as_deref(), answer);
        assert_eq!(draft.evidence, evidence);
    }

    #[test]
    fn every_reasoning_field_is_read() {
        for (name, evidence) in [
            ("reasoning_content", Evidence::OwnOutput),
            ("reasoning", Evidence::NamedField),
            ("thinking", Evidence::NamedField),
        ] {
            check(json!({"content": "4", name: "I add."}), "I add.", Some("4"), evidence);
        }
    }

    #[test]
    fn one_field_is_taken_in_a_fixed_order() {
        let mut message = json!({"content": "<think>tags</think>4", "thinking": "d", "reasoning": "c",
            "reasoning_content": "b", "reasoning_details": [{"type": "reasoning.text", "text": "a"}]});
        for (expected, next) in [
            ("a", "reasoning_details"),
            ("b", "reasoning_content"),
            ("c", "reasoning"),
            ("d", "thinking"),
            ("tags", ""),
        ] {
            let draft = one(message.clone());
            assert_eq!(draft.trace.reasoning, expected);
            assert_eq!(draft.trace.answer.as_deref(), Some("4"));
            message[next] = Value::Null;
        }
    }

    #[test]
    fn details_may_be_summaries_pieces_or_encrypted() {
        let summary = json!([{"type": "reasoning.summary", "summary": "One.", "index": 0},
                             {"type": "reasoning.summary", "summary": "Two.", "index": 1},
                             {"type": "reasoning.encrypted", "data": "xyz"}]);
        let draft = one(json!({"content": "4", "reasoning_details": summary}));
        assert_eq!(draft.trace.reasoning, "One.\n\nTwo.");
        assert_eq!((draft.evidence, draft.encrypted), (Evidence::DeclaredSummary, 1));
        let pieces = json!([{"type": "reasoning.text", "text": "I a", "index": 0},
                            {"type": "reasoning.text", "text": "dd.", "index": 0}]);
        check(
            json!({"content": "4", "reasoning_details": pieces}),
            "I add.",
            Some("4"),
            Evidence::NamedField,
        );
        let only = one(
            json!({"content": "4", "reasoning_details": [{"type": "reasoning.encrypted", "data": "x"}]}),
        );
        assert_eq!((only.has_reasoning(), only.encrypted), (false, 1));
    }

    #[test]
    fn tags_are_split_where_the_field_is_null() {
        let own = Evidence::OwnOutput;
        check(
            json!({"content": "I add.\n</think>\n\n4", "reasoning_content": null}),
            "I add.",
            Some("4"),
            own,
        );
        check(json!({"content": "◁think▷I add.◁/think▷4"}), "I add.", Some("4"), own);
        let cut = one(json!({"content": "<think>I a"}));
        assert!(cut.cut_off && cut.trace.answer.is_none());
        assert!(!one(json!({"content": "<think>\n</think>4"})).has_reasoning());
    }

    #[test]
    fn an_answer_that_speaks_of_tags_is_left_alone() {
        let text = "Close it with </think> at the end.";
        check(
            json!({"content": text, "reasoning": "I add."}),
            "I add.",
            Some(text),
            Evidence::NamedField,
        );
        check(
            json!({"content": "I add.</think>4", "reasoning": "I add."}),
            "I add.",
            Some("4"),
            Evidence::NamedField,
        );
    }

    #[test]
    fn parts_of_thinking_are_read() {
        let content = json!([{"type": "thinking", "thinking": [{"type": "text", "text": "I add."}]},
                             {"type": "text", "text": "4"}]);
        check(json!({"content": content}), "I add.", Some("4"), Evidence::NamedField);
    }

    #[test]
    fn a_bare_message_and_an_old_completion_are_read() {
        let read = |value: Value| read(&Node::new(value.as_object().unwrap(), None));
        let bare =
            read(json!({"role": "assistant", "content": "4", "thinking": "I add."})).unwrap();
        assert_eq!(bare[0].trace.reasoning, "I add.");
        assert!(
            read(json!({"role": "user", "content": "<think>not the model's</think>"})).is_none()
        );
        let old = read(json!({"choices": [{"text": "<think>I add.</think>4"}]})).unwrap();
        assert_eq!(old[0].trace.reasoning, "I add.");
        assert!(read(json!({"choices": [{"delta": {"content": "4"}}]})).is_none());
        assert!(read(json!({"choices": [], "object": "chat.completion"})).unwrap().is_empty());
        assert!(read(json!({"choices": ["A", "B"], "question": "?"})).is_none());
    }

    #[test]
    fn a_missing_reasoning_is_explained_by_the_token_count() {
        let record = json!({"choices": [{"message": {"content": "4"}}],
            "usage": {"completion_tokens_details": {"reasoning_tokens": 512}}});
        let draft = &read(&Node::new(record.as_object().unwrap(), None)).unwrap()[0];
        assert!(draft.why.as_deref().unwrap().contains("512"));
    }

    #[test]
    fn a_length_stop_without_an_answer_is_cut_off() {
        let record = json!({"choices": [{"finish_reason": "length", "message": {"content": "", "reasoning": "I a"}}]});
        let draft = &read(&Node::new(record.as_object().unwrap(), None)).unwrap()[0];
        assert!(draft.cut_off);
        assert_eq!(draft.trace.meta["finish_reason"], "length");
    }
}
