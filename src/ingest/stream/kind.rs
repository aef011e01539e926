//! Which kind of stream an object is a piece of, and of which response.
//!
//! Comes in: one JSON object. Goes out: its [`Kind`] and what it says of its response, or that it is
//! no piece. Called by [`Streams`](super::Streams).

use serde_json::Value;

use super::pieces::{self, Texts};
use crate::ingest::record::Object;

/// The kinds of streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// OpenAI's chunks of a chat completion, and what others made of them.
    Chat,
    /// The events of OpenAI's Responses.
    Responses,
    /// The events of an Anthropic message.
    Anthropic,
    /// Gemini's partial answers.
    Gemini,
    /// Ollama's lines, of which only the last is `done`.
    Ollama,
    /// Texts of one message.
    Texts(Texts),
}

/// The events of Anthropic's stream.
const ANTHROPIC: &[&str] = &[
    "message_start",
    "content_block_start",
    "content_block_delta",
    "content_block_stop",
    "message_delta",
    "message_stop",
];

/// Whether a word behind `response.` is an event of OpenAI's Responses. Other logs use such words too.
fn is_response_event(event: &str) -> bool {
    const WHOLE: &[&str] = &[
        "created",
        "queued",
        "in_progress",
        "completed",
        "incomplete",
        "failed",
        "cancelled",
        "done",
    ];
    const PARTS: &[&str] = &[
        "output_item.",
        "content_part.",
        "output_text.",
        "refusal.",
        "reasoning_text.",
        "reasoning_summary_text.",
        "reasoning_summary_part.",
        "function_call_arguments.",
        "custom_tool_call_input.",
        "web_search_call.",
        "file_search_call.",
        "code_interpreter_call.",
        "code_interpreter_call_code.",
        "image_generation_call.",
        "mcp_call.",
        "mcp_call_arguments.",
        "mcp_list_tools.",
    ];
    WHOLE.contains(&event) || PARTS.iter().any(|part| event.starts_with(part))
}

impl Kind {
    /// What kind of piece an object is and which response it names, or `None` where it is no piece.
    pub fn of(object: &Object, is_event: bool) -> Option<(Self, Option<String>)> {
        let text = |name: &str| object.get(name).and_then(Value::as_str);
        let kind = text("type").unwrap_or_default();
        if ANTHROPIC.contains(&kind) {
            return Some((Self::Anthropic, None));
        }
        if kind.strip_prefix("response.").is_some_and(is_response_event) {
            let id = object.get("response").and_then(|response| response["id"].as_str());
            return Some((Self::Responses, id.map(str::to_owned)));
        }
        if let Some(choices) = object.get("choices").and_then(Value::as_array) {
            let has_delta = choices.iter().any(|choice| choice.get("delta").is_some());
            let is_chunk = text("object") == Some("chat.completion.chunk")
                || has_delta
                || (is_event && choices.iter().all(|choice| choice.get("message").is_none()));
            return is_chunk.then(|| (Self::Chat, text("id").map(str::to_owned)));
        }
        if let Some(candidates) = object.get("candidates").and_then(Value::as_array) {
            let id = text("responseId").map(str::to_owned);
            // A whole answer says why it ended. Without an id, only an event can be a piece.
            let is_whole = candidates.iter().all(|one| one.get("finishReason").is_some());
            return (is_event || (id.is_some() && !is_whole)).then_some((Self::Gemini, id));
        }
        if let Some(kind) = pieces::kind(object, is_event) {
            return Some((Self::Texts(kind), None));
        }
        let answers = object.contains_key("message") || object.contains_key("response");
        let is_done = object.get("done").and_then(Value::as_bool);
        (answers && text("model").is_some() && is_done == Some(false))
            .then(|| (Self::Ollama, text("model").map(str::to_owned)))
    }

    /// What an object may be the last piece of, if such a response is open: by itself it looks like a
    /// whole answer.
    pub fn closing(object: &Object) -> Option<(Self, String)> {
        let text = |name: &str| object.get(name)?.as_str().map(str::to_owned);
        if object.get("done") == Some(&Value::Bool(true)) {
            return Some((Self::Ollama, text("model")?));
        }
        if object.get("stop") == Some(&Value::Bool(true)) && object.contains_key("content") {
            return Some((Self::Texts(Texts::LlamaCpp), String::new()));
        }
        object.contains_key("candidates").then_some((Self::Gemini, text("responseId")?))
    }

    /// Whether a piece begins another response, whatever is still open.
    pub fn begins(self, object: &Object) -> bool {
        let kind = object.get("type").and_then(Value::as_str);
        if matches!(self, Self::Texts(_)) {
            return object.contains_key("messageStart") || kind == Some("start");
        }
        kind == Some("message_start") || kind == Some("response.created")
    }

    /// Whether a piece may open a response.
    pub fn has_content(self, object: &Object) -> bool {
        match self {
            Self::Chat => object
                .get("choices")
                .and_then(Value::as_array)
                .is_some_and(|choices| !choices.is_empty()),
            Self::Anthropic => {
                let kind = object.get("type").and_then(Value::as_str);
                !matches!(kind, Some("content_block_stop" | "message_stop" | "message_delta"))
            }
            Self::Texts(kind) => !pieces::piece(kind, object).texts.is_empty(),
            _ => true,
        }
    }
}
