//! One streamed response that is being put together.
//!
//! Comes in: the pieces of one kind, in order. Goes out: the response in the shape that the same
//! server sends whole. Called by [`Streams`](super::Streams).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Whole;
use super::kind::Kind;
use super::pieces::{self, Field, Texts};
use crate::ingest::record::Object;
use crate::trace::Position;

/// One response, as far as its pieces came.
#[derive(Debug)]
pub(super) struct Response {
    pub kind: Kind,
    pub key: String,
    /// The last piece has come.
    pub finished: bool,
    /// The bytes of the texts so far.
    pub bytes: usize,
    position: Position,
    too_long: bool,
    /// What the response says of itself: id, model, provider, usage.
    frame: Object,
    /// The choices, candidates or blocks, by index.
    slots: BTreeMap<u64, Slot>,
    /// The response as its last event repeats it whole.
    repeated: Option<Value>,
    /// The field to which the last text was added.
    last: &'static str,
}

/// One choice, candidate, block or item.
#[derive(Debug, Default)]
struct Slot {
    /// What the piece that opened it says.
    frame: Object,
    /// Texts by the field they belong to.
    texts: BTreeMap<&'static str, String>,
    details: Vec<Value>,
    finish: Option<String>,
    /// Content came as parts, as Mistral sends it.
    in_parts: bool,
}

/// The fields of a chat completion's delta.
const DELTAS: &[&str] = &["content", "reasoning_content", "reasoning", "thinking"];

impl Response {
    pub fn new(kind: Kind, key: String, position: Position) -> Self {
        let key_bytes = key.len();
        Self {
            kind,
            key,
            finished: false,
            bytes: key_bytes,
            position,
            too_long: false,
            frame: Map::new(),
            slots: BTreeMap::new(),
            repeated: None,
            last: "content",
        }
    }

    /// Takes in a piece. Over the limit nothing more is kept.
    pub fn add(&mut self, piece: &Object, limit: usize) {
        if !self.too_long {
            match self.kind {
                Kind::Chat => self.add_chat(piece),
                Kind::Responses => self.add_event(piece),
                Kind::Anthropic => self.add_block(piece),
                Kind::Gemini => self.add_candidates(piece),
                Kind::Ollama => self.add_line(piece),
                Kind::Texts(kind) => self.add_texts(kind, piece),
            }
        }
        if self.bytes > limit {
            self.too_long = true;
            self.bytes = 0;
            self.slots.clear();
            self.frame.clear();
        }
    }

    /// The response as its server would have sent it whole; null where no piece said anything.
    pub fn into_whole(self) -> Whole {
        let (position, too_long) = (self.position, self.too_long);
        let unfinished = !self.finished;
        let is_empty = self.slots.is_empty() && self.repeated.is_none();
        let value = match self.kind {
            _ if too_long || is_empty => Value::Null,
            Kind::Chat => self.chat(),
            Kind::Responses => self.response(),
            Kind::Anthropic => self.message(),
            Kind::Gemini => self.answer(),
            Kind::Ollama => self.line(),
            Kind::Texts(_) => self.texts(),
        };
        Whole { value, position, unfinished, too_long }
    }

    fn slot(&mut self, index: u64) -> &mut Slot {
        // A hostile index opens no more slots than its own bytes pay for.
        if !self.slots.contains_key(&index) {
            self.bytes += 64;
        }
        self.slots.entry(index).or_default()
    }

    /// Keeps what a piece says of the response, the first word on everything but the usage.
    fn keep(&mut self, piece: &Object, names: &[&str]) {
        for name in names {
            match piece.get(*name) {
                Some(Value::Null) | None => {}
                Some(value) if *name == "usage" || !self.frame.contains_key(*name) => {
                    self.bytes += value.as_str().map_or_else(|| value.to_string().len(), str::len);
                    self.frame.insert((*name).to_owned(), value.clone());
                }
                Some(_) => {}
            }
        }
    }

    /// Whether every choice or candidate that was opened says why it ended.
    fn has_ended(&self) -> bool {
        !self.slots.is_empty() && self.slots.values().all(|slot| slot.finish.is_some())
    }

    fn push(&mut self, index: u64, field: &'static str, text: &str) {
        self.bytes += text.len();
        self.slot(index).texts.entry(field).or_default().push_str(text);
    }

    fn add_chat(&mut self, piece: &Object) {
        self.keep(piece, &["id", "model", "provider", "usage"]);
        for choice in piece.get("choices").and_then(Value::as_array).into_iter().flatten() {
            let index = choice["index"].as_u64().unwrap_or_default();
            self.slot(index);
            if let Some(finish) = choice["finish_reason"].as_str() {
                self.bytes += finish.len();
                self.slot(index).finish = Some(finish.to_owned());
            }
            if let Some(text) = choice["text"].as_str() {
                self.push(index, "content", text);
            }
            let delta = &choice["delta"];
            for field in DELTAS {
                match &delta[*field] {
                    Value::String(text) => self.push(index, field, text),
                    Value::Array(parts) if *field == "content" => self.add_parts(index, parts),
                    _ => {}
                }
            }
            for detail in delta["reasoning_details"].as_array().into_iter().flatten() {
                self.bytes += detail.to_string().len();
                self.slot(index).details.push(detail.clone());
            }
        }
        self.finished = self.has_ended();
    }

    fn add_parts(&mut self, index: u64, parts: &[Value]) {
        self.slot(index).in_parts = true;
        for part in parts {
            let inner = part["thinking"].as_array().into_iter().flatten();
            for text in inner.filter_map(|text| text["text"].as_str()) {
                self.push(index, "thinking", text);
            }
            if let Some(text) = part["text"].as_str() {
                self.push(index, "content", text);
            }
        }
    }

    fn chat(self) -> Value {
        let choices: Vec<_> = self
            .slots
            .into_iter()
            .map(|(index, mut slot)| {
                let mut message = Map::new();
                message.insert("role".into(), "assistant".into());
                if slot.in_parts {
                    let mut text = |field| slot.texts.remove(field).unwrap_or_default();
                    let thinking = json!({"type": "thinking", "thinking": [{"type": "text", "text": text("thinking")}]});
                    let parts = json!([thinking, {"type": "text", "text": text("content")}]);
                    message.insert("content".into(), parts);
                }
                for (field, text) in slot.texts {
                    message.insert(field.to_owned(), text.into());
                }
                if !slot.details.is_empty() {
                    message.insert("reasoning_details".into(), slot.details.into());
                }
                message.entry("content").or_insert(Value::Null);
                json!({"index": index, "message": message, "finish_reason": slot.finish})
            })
            .collect();
        let mut whole = self.frame;
        whole.insert("object".into(), "chat.completion".into());
        whole.insert("choices".into(), choices.into());
        Value::Object(whole)
    }

    fn add_event(&mut self, piece: &Object) {
        let kind = piece.get("type").and_then(Value::as_str).unwrap_or_default();
        let index = piece.get("output_index").and_then(Value::as_u64).unwrap_or_default();
        let delta = piece.get("delta").and_then(Value::as_str).unwrap_or_default();
        if let Some(response) = piece.get("response").and_then(Value::as_object) {
            self.keep(response, &["id", "model"]);
        }
        match kind {
            "response.reasoning_text.delta" => self.push(index, "raw", delta),
            "response.reasoning_summary_text.delta" => {
                let part = piece.get("summary_index").and_then(Value::as_u64).unwrap_or_default();
                // Parts of a summary are paragraphs.
                let slot = self.slot(index);
                let last = slot.frame.insert("part".into(), part.into());
                if last.is_some_and(|last| last != part) {
                    self.push(index, "summary", "\n\n");
                }
                self.push(index, "summary", delta);
            }
            "response.output_text.delta" => self.push(index, "text", delta),
            "response.output_item.done" => {
                if let Some(item) = piece.get("item") {
                    self.bytes += item.to_string().len();
                    self.slot(index).details = vec![item.clone()];
                }
            }
            "response.completed" | "response.incomplete" | "response.failed" | "response.done" => {
                self.finished = true;
                let whole = piece.get("response").cloned();
                self.repeated = whole.filter(|whole| {
                    whole["output"].as_array().is_some_and(|output| !output.is_empty())
                        || whole["error"].is_object()
                });
            }
            _ => {}
        }
    }

    fn response(self) -> Value {
        if let Some(whole) = self.repeated {
            return whole;
        }
        let items: Vec<_> = self
            .slots
            .into_values()
            .flat_map(|mut slot| {
                if let Some(item) = slot.details.pop() {
                    return vec![item];
                }
                let mut text = |field| slot.texts.remove(field);
                let (raw, summary) = (text("raw"), text("summary"));
                let mut items = Vec::new();
                if raw.is_some() || summary.is_some() {
                    let part = |kind: &str, text: Option<String>| -> Vec<Value> {
                        text.into_iter().map(|text| json!({"type": kind, "text": text})).collect()
                    };
                    items.push(json!({"type": "reasoning", "content": part("reasoning_text", raw),
                        "summary": part("summary_text", summary)}));
                }
                if let Some(text) = text("text") {
                    items.push(json!({"type": "message", "role": "assistant",
                        "content": [{"type": "output_text", "text": text}]}));
                }
                items
            })
            .collect();
        let mut whole = self.frame;
        whole.insert("object".into(), "response".into());
        whole.insert("output".into(), items.into());
        Value::Object(whole)
    }

    fn add_block(&mut self, piece: &Object) {
        let index = piece.get("index").and_then(Value::as_u64).unwrap_or_default();
        match piece.get("type").and_then(Value::as_str) {
            Some("message_start") => {
                if let Some(message) = piece.get("message").and_then(Value::as_object) {
                    self.keep(message, &["id", "model"]);
                }
            }
            Some("content_block_start") => {
                let block = piece.get("content_block").and_then(Value::as_object);
                let block = block.cloned().unwrap_or_default();
                self.bytes += Value::Object(block.clone()).to_string().len();
                self.slot(index).frame = block;
            }
            Some("content_block_delta") => {
                let delta = piece.get("delta").unwrap_or(&Value::Null);
                for field in ["thinking", "text", "signature"] {
                    if let Some(text) = delta[field].as_str() {
                        self.push(index, field, text);
                    }
                }
            }
            Some("message_delta") => {
                if let Some(reason) =
                    piece.get("delta").and_then(|delta| delta["stop_reason"].as_str())
                {
                    self.bytes += reason.len();
                    self.frame.insert("stop_reason".into(), reason.into());
                }
            }
            Some("message_stop") => self.finished = true,
            _ => {}
        }
    }

    fn message(self) -> Value {
        let blocks: Vec<_> = self
            .slots
            .into_values()
            .map(|slot| {
                let mut block = slot.frame;
                for (field, more) in slot.texts {
                    let start = block.get(field).and_then(Value::as_str).unwrap_or_default();
                    block.insert(field.to_owned(), format!("{start}{more}").into());
                }
                if !block.contains_key("type") {
                    let kind = if block.contains_key("thinking") { "thinking" } else { "text" };
                    block.insert("type".into(), kind.into());
                }
                Value::Object(block)
            })
            .collect();
        let mut whole = self.frame;
        whole.insert("type".into(), "message".into());
        whole.insert("role".into(), "assistant".into());
        whole.insert("content".into(), blocks.into());
        whole.entry("stop_reason").or_insert(Value::Null);
        Value::Object(whole)
    }

    fn add_candidates(&mut self, piece: &Object) {
        self.keep(piece, &["responseId", "modelVersion", "usageMetadata"]);
        for candidate in piece.get("candidates").and_then(Value::as_array).into_iter().flatten() {
            let index = candidate["index"].as_u64().unwrap_or_default();
            self.slot(index);
            for part in candidate["content"]["parts"].as_array().into_iter().flatten() {
                let field = if part["thought"] == Value::Bool(true) { "thought" } else { "text" };
                self.push(index, field, part["text"].as_str().unwrap_or_default());
            }
            if let Some(reason) = candidate["finishReason"].as_str() {
                self.bytes += reason.len();
                self.slot(index).finish = Some(reason.to_owned());
            }
        }
        self.finished = self.has_ended();
    }

    fn answer(self) -> Value {
        let candidates: Vec<_> = self
            .slots
            .into_iter()
            .map(|(index, mut slot)| {
                let mut parts = Vec::new();
                if let Some(thought) = slot.texts.remove("thought") {
                    parts.push(json!({"text": thought, "thought": true}));
                }
                if let Some(text) = slot.texts.remove("text") {
                    parts.push(json!({"text": text}));
                }
                json!({"index": index, "content": {"role": "model", "parts": parts},
                    "finishReason": slot.finish})
            })
            .collect();
        let mut whole = self.frame;
        whole.insert("candidates".into(), candidates.into());
        Value::Object(whole)
    }

    fn add_texts(&mut self, kind: Texts, object: &Object) {
        self.keep(object, &["model", "usage", "conversation_id"]);
        let piece = pieces::piece(kind, object);
        for (field, text) in piece.texts {
            let field = match field {
                Field::Thinking => "reasoning",
                Field::Content => "content",
                Field::Same => self.last,
            };
            self.last = field;
            self.push(0, field, text);
        }
        if let Some(reason) = piece.finish {
            self.bytes += reason.len();
            self.frame.insert("finish_reason".into(), reason.into());
        }
        self.finished |= piece.ends;
    }

    fn texts(mut self) -> Value {
        let mut whole = self.frame;
        let slot = self.slots.remove(&0).unwrap_or_default();
        let mut message: Object =
            slot.texts.into_iter().map(|(field, text)| (field.to_owned(), text.into())).collect();
        message.insert("role".into(), "assistant".into());
        message.entry("content").or_insert(Value::Null);
        whole.insert("message".into(), message.into());
        Value::Object(whole)
    }

    fn add_line(&mut self, piece: &Object) {
        self.keep(piece, &["model", "created_at"]);
        if let Some(message) = piece.get("message").and_then(Value::as_object) {
            self.slot(0).in_parts = true;
            for field in ["content", "thinking"] {
                if let Some(text) = message.get(field).and_then(Value::as_str) {
                    self.push(0, field, text);
                }
            }
        } else {
            for (from, field) in [("response", "content"), ("thinking", "thinking")] {
                if let Some(text) = piece.get(from).and_then(Value::as_str) {
                    self.push(0, field, text);
                }
            }
        }
        if piece.get("done") == Some(&Value::Bool(true)) {
            self.finished = true;
            self.keep(piece, &["done_reason"]);
        }
    }

    fn line(mut self) -> Value {
        let mut slot = self.slots.remove(&0).unwrap_or_default();
        let mut text = |field| slot.texts.remove(field).unwrap_or_default();
        let (content, thinking) = (text("content"), text("thinking"));
        let mut whole = self.frame;
        whole.insert("done".into(), true.into());
        if slot.in_parts {
            let message = json!({"role": "assistant", "content": content, "thinking": thinking});
            whole.insert("message".into(), message);
        } else {
            whole.insert("response".into(), content.into());
            whole.insert("thinking".into(), thinking.into());
        }
        Value::Object(whole)
    }
}
