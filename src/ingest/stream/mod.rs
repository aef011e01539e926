//! Pieces of streamed responses → whole responses.
//!
//! Comes in: JSON objects, one piece each, from the events of an SSE dump or from JSON Lines. Goes
//! out: each response as its server would have sent it whole, for the formats to read. Called by
//! `file`, which owns one [`Streams`] for each input.
//!
//! This is the only place of the reading that remembers anything from one record to the next; the
//! memory is bounded by the number of open responses and by their bytes.

mod events;
mod kind;
mod pieces;
mod response;

use serde_json::Value;

use super::record::Object;
use crate::trace::Position;
use kind::Kind;
use response::Response;

pub(super) use events::{Event, Events, begins_like_events};

/// No more responses than this are open at once; the oldest makes room.
const MOST_OPEN: usize = 1024;

/// A response that has all its pieces, or will get no others.
#[derive(Debug)]
pub(super) struct Whole {
    /// The response as its server would have sent it whole; null where its pieces said nothing.
    pub value: Value,
    /// Where its first piece stands.
    pub position: Position,
    /// The stream broke off, so that the reasoning may have no end.
    pub unfinished: bool,
    /// It grew over the limit; `value` is empty.
    pub too_long: bool,
}

/// The responses of one input that are still open.
#[derive(Debug)]
pub(super) struct Streams {
    /// In the order of their first pieces.
    open: Vec<Response>,
    /// The most bytes of one response; all together may have twice as many.
    limit: usize,
    ready: Vec<Whole>,
    /// There was a piece in this input.
    seen: bool,
}

impl Streams {
    pub fn new(limit: usize) -> Self {
        Self { open: Vec::new(), limit, ready: Vec::new(), seen: false }
    }

    /// Takes in a piece. False where the object is none. `is_event` tells that it comes from an SSE
    /// dump, where less is needed to know a piece.
    pub fn take(&mut self, object: &Object, position: Position, is_event: bool) -> bool {
        let inner = ["chunk", "data"].iter().find_map(|name| object.get(*name)?.as_object());
        let piece = [Some(object), inner]
            .into_iter()
            .flatten()
            .find_map(|object| Some((object, self.kind_of(object, is_event)?)));
        let Some((object, (kind, key))) = piece else {
            // Keep-alives of Anthropic.
            let is_ping = object.get("type").and_then(Value::as_str) == Some("ping");
            return is_ping && (is_event || self.seen);
        };
        self.seen = true;
        if kind.begins(object) {
            self.close(|open| open.kind == kind && open.key == key);
        }
        if key.is_empty() && kind.has_content(object) {
            // Without an id, what follows a finished response is another.
            self.close(|open| open.kind == kind && open.key.is_empty() && open.finished);
        }
        let at = match self.open.iter().position(|open| open.kind == kind && open.key == key) {
            Some(at) => at,
            // The end of a response that is not open says nothing.
            None if !kind.has_content(object) => return true,
            None => {
                self.make_room();
                self.open.push(Response::new(kind, key, position));
                self.open.len() - 1
            }
        };
        if let Some(response) = self.open.get_mut(at) {
            response.add(object, self.limit);
            // A chat completion may be followed by its usage; `[DONE]` or another ends it.
            if response.finished && kind != Kind::Chat {
                let response = self.open.remove(at);
                self.ready.push(response.into_whole());
            }
        }
        while self.open.len() > 1
            && self.open.iter().map(|open| open.bytes).sum::<usize>() > self.limit.saturating_mul(2)
        {
            self.evict();
        }
        true
    }

    /// What kind of piece an object is, and which response it belongs to.
    fn kind_of(&self, object: &Object, is_event: bool) -> Option<(Kind, String)> {
        let Some((kind, key)) = Kind::of(object, is_event) else {
            let (kind, key) = Kind::closing(object)?;
            let is_open = self.open.iter().any(|open| open.kind == kind && open.key == key);
            return is_open.then_some((kind, key));
        };
        // The pieces of some streams do not say which response they belong to: the latest.
        let key = key.or_else(|| {
            let mut latest = self.open.iter().rev();
            let latest = latest.find(|open| open.kind == kind && !open.finished);
            latest.map(|open| open.key.clone())
        });
        Some((kind, key.unwrap_or_default()))
    }

    /// Hands out the finished responses: the stream said `[DONE]`.
    pub fn done(&mut self) {
        self.close(|open| open.finished);
    }

    /// Hands out what is left: the input is at its end.
    pub fn end(&mut self) {
        self.close(|_| true);
    }

    /// The responses that have become whole since the last call.
    pub fn ready(&mut self) -> Vec<Whole> {
        std::mem::take(&mut self.ready)
    }

    fn close(&mut self, is_it: impl Fn(&Response) -> bool) {
        let all = std::mem::take(&mut self.open);
        for response in all {
            if is_it(&response) {
                self.ready.push(response.into_whole());
            } else {
                self.open.push(response);
            }
        }
    }

    fn make_room(&mut self) {
        if self.open.len() >= MOST_OPEN {
            self.evict();
        }
    }

    /// Hands out the oldest response, a finished one if there is any.
    fn evict(&mut self) {
        let at = self.open.iter().position(|open| open.finished).unwrap_or(0);
        if at < self.open.len() {
            let response = self.open.remove(at);
            self.ready.push(response.into_whole());
        }
    }
}

/// Whether an object is a piece of a streamed response.
pub(super) fn is_piece(object: &Object) -> bool {
    Kind::of(object, false).is_some()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn feed(streams: &mut Streams, pieces: &[Value]) {
        for (at, piece) in pieces.iter().enumerate() {
            assert!(
                streams.take(piece.as_object().unwrap(), Position::Line(at + 1), false),
                "{piece}"
            );
        }
    }

    fn chat(id: &str, text: &str, finish: Option<&str>) -> Value {
        json!({"id": id, "object": "chat.completion.chunk", "model": "m", "choices": [
            {"index": 0, "delta": {"reasoning_content": text}, "finish_reason": finish}]})
    }

    #[test]
    fn interleaved_responses_are_told_apart() {
        let mut streams = Streams::new(1000);
        feed(
            &mut streams,
            &[
                chat("a", "I ", None),
                chat("b", "You ", None),
                chat("a", "add.", Some("stop")),
                chat("b", "wait.", None),
            ],
        );
        streams.done();
        let ready = streams.ready();
        assert_eq!(ready.len(), 1);
        assert_eq!(ready[0].value["choices"][0]["message"]["reasoning_content"], "I add.");
        assert!(!ready[0].unfinished);
        streams.end();
        let rest = streams.ready();
        assert!(rest[0].unfinished && rest[0].position == Position::Line(2));
    }

    #[test]
    fn open_responses_are_bounded_in_number_and_bytes() {
        let mut streams = Streams::new(1 << 20);
        let many: Vec<_> = (0..3000).map(|n| chat(&format!("c{n}"), "x", Some("stop"))).collect();
        feed(&mut streams, &many);
        assert_eq!((streams.open.len(), streams.ready().len()), (MOST_OPEN, 3000 - MOST_OPEN));

        let mut streams = Streams::new(200);
        let long = "long ".repeat(10);
        let same: Vec<_> = (0..50).map(|_| chat("one", &long, None)).collect();
        feed(&mut streams, &same);
        assert!(streams.open[0].bytes <= 200);
        streams.end();
        assert!(streams.ready()[0].too_long);

        let several: Vec<_> = (0..50).map(|n| chat(&format!("c{n}"), &long, None)).collect();
        feed(&mut streams, &several);
        assert!(streams.open.len() <= 4, "{}", streams.open.len());
    }

    #[test]
    fn whole_answers_are_no_pieces() {
        for object in [
            json!({"object": "chat.completion", "choices": [{"message": {"content": "4"}}]}),
            json!({"model": "m", "message": {"content": "4"}, "done": true}),
            json!({"type": "message", "content": []}),
            json!({"candidates": [{"content": {"parts": [{"text": "4"}]}}]}),
            json!({"type": "response.sent", "response": {"id": "log", "status": 200}}),
            json!({"reasoning": "I add.", "data": {"x": 1}}),
        ] {
            let mut streams = Streams::new(1000);
            let was_piece = streams.take(object.as_object().unwrap(), Position::Line(1), false);
            // The end of a response that never began says nothing; Ollama's is the answer itself.
            assert!(!was_piece, "{object}");
        }
    }
}
