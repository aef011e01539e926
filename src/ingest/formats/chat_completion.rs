//! A chat completion: `choices[].message`, or a bare message of the assistant.
//!
//! OpenAI's own shape holds no reasoning, only a count of its tokens; open models behind it may
//! leave their tags in the content. What other servers add has formats of its own, which call
//! [`read`] once they have seen their mark in one of the [`messages`].

use serde_json::Value;

use super::message;
use super::{Format, FormatKind, Label, Read};
use crate::ingest::record::{Draft, Node, Object};

pub(super) const FORMAT: Format = Format {
    name: "chat-completion",
    kind: FormatKind::Answer,
    about: "An OpenAI chat completion, alone or in the row of a benchmark; it holds reasoning only between tags in its content.",
    no_reasoning: "There is no reasoning in this format: `choices[].message` has no reasoning field, and its content no tags. OpenAI's chat completions only count reasoning tokens (its Responses can return a summary); other servers need reasoning to be asked for, or strip it (vLLM: `--reasoning-parser`, OpenRouter: `include_reasoning`).",
    label: Label::Nothing,
    read: Read::Record(read),
    only_by_name: false,
};

/// The messages of the assistant in an object: those of its choices, or itself.
pub(super) fn messages<'a>(node: &Node<'a>) -> impl Iterator<Item = &'a Object> {
    let object = node.object();
    let choices = object.get("choices").and_then(Value::as_array);
    let own = Some(object).filter(|object| choices.is_none() && is_message(object));
    let inner =
        choices.into_iter().flatten().filter_map(|choice| choice.get("message")?.as_object());
    own.into_iter().chain(inner)
}

/// Reads the choices of a completion, or a message that stands alone.
pub(super) fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
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
    Some(vec![message::draft(node, object, finish)])
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
            (Some(Value::Object(message)), _) => message::draft(node, message, finish),
            // The older completions without chat.
            (_, Some(Value::String(_))) => message::draft(node, choice, finish),
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
    let role = object.get("role").and_then(Value::as_str);
    matches!(role, Some("assistant" | "model"))
        && [
            "content",
            "contents",
            "parts",
            "blocks",
            "reasoning_details",
            "reasoning_content",
            "reasoning",
            "thinking",
        ]
        .iter()
        .any(|name| object.contains_key(*name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ingest::mediation::Evidence;

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
