//! Streams whose pieces are texts of one message: Bedrock, the AI SDK, llama.cpp, DeepSeek's own pages.
//!
//! Comes in: one piece. Goes out: what it adds to the message ([`Piece`]), or `None` where it is no piece
//! of such a stream. Called by `kind` and by `response`.

use serde_json::Value;

use crate::ingest::record::Object;

/// The kinds of these streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Texts {
    /// The events of Bedrock's ConverseStream.
    Bedrock,
    /// The parts that Vercel's AI SDK streams.
    Parts,
    /// The pieces of llama.cpp's own completion.
    LlamaCpp,
    /// The tokens of Hugging Face's text-generation-inference.
    Tgi,
    /// The changes that DeepSeek's own pages receive.
    DeepSeekWeb,
}

/// What a piece adds to a message.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Piece<'a> {
    /// The texts, each with the field that it belongs to.
    pub texts: Vec<(Field, &'a str)>,
    /// Why the message ends, where the piece says so.
    pub finish: Option<&'a str>,
    /// The message ends.
    pub ends: bool,
}

/// Where a text belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Thinking,
    Content,
    /// Where the last text went.
    Same,
}

/// The kind of stream that an object is a piece of, by its shape alone.
pub(super) fn kind(object: &Object, is_event: bool) -> Option<Texts> {
    const BEDROCK: &[&str] = &[
        "messageStart",
        "contentBlockStart",
        "contentBlockDelta",
        "contentBlockStop",
        "messageStop",
    ];
    if object.len() <= 2
        && BEDROCK.iter().any(|name| object.get(*name).is_some_and(Value::is_object))
    {
        return Some(Texts::Bedrock);
    }
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    let is_part = matches!(
        text("type"),
        Some(
            "reasoning-start"
                | "reasoning-delta"
                | "reasoning-end"
                | "text-start"
                | "text-delta"
                | "text-end"
        )
    );
    if is_part
        || (is_event
            && matches!(text("type"), Some("start" | "start-step" | "finish-step" | "finish")))
    {
        return Some(Texts::Parts);
    }
    if text("content").is_some() && object.get("stop") == Some(&Value::Bool(false)) {
        return Some(Texts::LlamaCpp);
    }
    let token = object.get("token").is_some_and(|token| token["text"].is_string());
    if token && object.contains_key("generated_text") {
        return Some(Texts::Tgi);
    }
    let is_patch = object.keys().all(|name| ["p", "o", "v"].contains(&name.as_str()));
    (is_event && is_patch && object.contains_key("v")).then_some(Texts::DeepSeekWeb)
}

/// What a piece adds.
pub(super) fn piece(kind: Texts, object: &Object) -> Piece<'_> {
    match kind {
        Texts::Bedrock => bedrock(object),
        Texts::Parts => part(object),
        Texts::LlamaCpp => llama_cpp(object),
        Texts::Tgi => token(object),
        Texts::DeepSeekWeb => patch(object),
    }
}

fn token(object: &Object) -> Piece<'_> {
    let token = object.get("token").unwrap_or(&Value::Null);
    let text = token["text"].as_str().filter(|_| token["special"] != Value::Bool(true));
    Piece {
        texts: text.map(|text| (Field::Content, text)).into_iter().collect(),
        finish: object.get("details").and_then(|details| details["finish_reason"].as_str()),
        ends: object.get("generated_text").is_some_and(Value::is_string),
    }
}

fn bedrock(object: &Object) -> Piece<'_> {
    let delta = object.get("contentBlockDelta").map_or(&Value::Null, |block| &block["delta"]);
    let thinking = delta["reasoningContent"]["text"].as_str().map(|text| (Field::Thinking, text));
    let said = delta["text"].as_str().map(|text| (Field::Content, text));
    let stop = object.get("messageStop");
    Piece {
        texts: thinking.into_iter().chain(said).collect(),
        finish: stop.and_then(|stop| stop["stopReason"].as_str()),
        ends: stop.is_some(),
    }
}

fn part(object: &Object) -> Piece<'_> {
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    let delta = text("delta").or_else(|| text("textDelta")).or_else(|| text("text"));
    let field = match text("type") {
        Some("reasoning-delta") => Some(Field::Thinking),
        Some("text-delta") => Some(Field::Content),
        _ => None,
    };
    let ends = text("type") == Some("finish");
    Piece {
        texts: field.zip(delta).into_iter().collect(),
        finish: text("finishReason").filter(|_| ends),
        ends,
    }
}

fn llama_cpp(object: &Object) -> Piece<'_> {
    let content = object.get("content").and_then(Value::as_str);
    let ends = object.get("stop") == Some(&Value::Bool(true));
    let limit = object.get("stop_type").and_then(Value::as_str);
    Piece {
        texts: content.map(|text| (Field::Content, text)).into_iter().collect(),
        finish: limit.filter(|_| ends),
        ends,
    }
}

/// A change of the answer: `{p: path, o: APPEND, v: text}`, and `{v}` for more of the same.
fn patch(object: &Object) -> Piece<'_> {
    let path = object.get("p").and_then(Value::as_str).unwrap_or_default();
    let value = object.get("v").unwrap_or(&Value::Null);
    let fragments = value["response"]["fragments"]
        .as_array()
        .or_else(|| value.as_array().filter(|_| path.ends_with("fragments")));
    if let Some(fragments) = fragments {
        let text = |fragment: &'_ Value| match fragment["type"].as_str() {
            Some("THINK") => Some(Field::Thinking),
            Some("RESPONSE") => Some(Field::Content),
            _ => None,
        };
        let texts = fragments.iter().filter_map(|one| Some((text(one)?, one["content"].as_str()?)));
        return Piece { texts: texts.collect(), ..Piece::default() };
    }
    let field = match path {
        "response/thinking_content" => Some(Field::Thinking),
        "response/content" => Some(Field::Content),
        "" => Some(Field::Same),
        path if path.ends_with("/content") => Some(Field::Same),
        _ => None,
    };
    let ends = path == "response/status" && value == "FINISHED";
    Piece { texts: field.zip(value.as_str()).into_iter().collect(), finish: None, ends }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pieces_are_known_by_their_shape() {
        for (object, expected) in [
            (
                json!({"contentBlockDelta": {"delta": {"text": "4"}, "contentBlockIndex": 1}}),
                Some(Texts::Bedrock),
            ),
            (json!({"type": "reasoning-delta", "id": "r", "delta": "I"}), Some(Texts::Parts)),
            (json!({"content": "I", "stop": false}), Some(Texts::LlamaCpp)),
            (json!({"content": "I", "stop": true}), None),
            (json!({"v": "I"}), None),
            (json!({"type": "finish"}), None),
        ] {
            assert_eq!(kind(object.as_object().unwrap(), false), expected, "{object}");
        }
        let patch = json!({"v": "I"});
        assert_eq!(kind(patch.as_object().unwrap(), true), Some(Texts::DeepSeekWeb));
    }
}
