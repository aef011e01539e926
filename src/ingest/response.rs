//! One response of a server, whole or streamed → the response as it would have been sent whole.
//!
//! Comes in: the bytes of one HTTP body. Goes out: the JSON of the response, for a record that keeps
//! it. Called by `collect`, which reads the traces out of the same bytes with [`super::read`].

use super::stream::{Event, Events, Streams};
use crate::trace::Position;
use serde_json::Value;

/// The response that some bytes are: a JSON object, or the pieces of a stream put together
/// (server-sent events, or an object in each line). `None` where they are neither. `limit` is the
/// most bytes that the texts of a stream may come to.
///
/// ```
/// use cotprint::ingest::whole_response;
///
/// let stream = r#"data: {"choices":[{"index":0,"delta":{"content":"4"},"finish_reason":"stop"}]}
///
/// data: [DONE]
/// "#;
/// let whole = whole_response(stream.as_bytes(), 1000).unwrap_or_default();
/// assert_eq!(whole["choices"][0]["message"]["content"], "4");
/// assert!(whole_response(b"<html>", 1000).is_none());
/// ```
pub fn whole_response(bytes: &[u8], limit: usize) -> Option<Value> {
    if let Ok(value) = serde_json::from_slice::<Value>(bytes) {
        // A list of one: what some servers answer a stream with that they did not stream.
        return match value {
            Value::Array(mut list) if list.len() == 1 => list.pop().filter(Value::is_object),
            value => Some(value).filter(Value::is_object),
        };
    }
    let text = String::from_utf8_lossy(bytes);
    let mut streams = Streams::new(limit);
    let mut events = Events::default();
    let mut take = |value: &Value, is_event: bool| {
        if let Some(object) = value.as_object() {
            streams.take(object, Position::File, is_event);
        }
    };
    for line in text.lines() {
        if line.trim_start().starts_with('{') {
            if let Ok(value) = serde_json::from_str(line) {
                take(&value, false);
            }
            continue;
        }
        for event in events.line(line, limit, |text| serde_json::from_str(text).ok()) {
            if let Event::Json(value) = event {
                take(&value, true);
            }
        }
    }
    streams.end();
    let mut whole = streams.ready().into_iter().map(|whole| whole.value);
    whole.rfind(Value::is_object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_events_and_whole_bodies_are_told_apart() {
        let lines = concat!(
            r#"{"model":"m","message":{"role":"assistant","thinking":"I add."},"done":false}"#,
            "\n",
            r#"{"model":"m","message":{"role":"assistant","content":"4"},"done":true,"eval_count":7}"#,
        );
        let whole = whole_response(lines.as_bytes(), 1000).unwrap();
        assert_eq!(whole["message"]["thinking"], "I add.");
        assert_eq!(whole["message"]["content"], "4");
        let body = br#"{"choices":[{"message":{"content":"4"}}]}"#;
        assert_eq!(whole_response(body, 10).unwrap()["choices"][0]["message"]["content"], "4");
        for text in ["", "[]", "7", "<html></html>", "data: [DONE]\n", "data: {\"half"] {
            assert!(whole_response(text.as_bytes(), 1000).is_none(), "{text}");
        }
    }
}
