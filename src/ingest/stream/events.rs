//! Lines of a recorded stream of server-sent events → JSON events.
//!
//! Dumps are written by hand and by many tools: blank lines between events may be missing, comments,
//! keep-alives and the headers of HTTP may stand between. A `data:` line that is JSON by itself is an
//! event; others are put together until they are.

use serde_json::Value;

/// A line was the last of this.
#[derive(Debug, PartialEq)]
pub(in crate::ingest) enum Event {
    /// An event with a JSON value.
    Json(Value),
    /// `[DONE]`.
    Done,
    /// An event whose data is no JSON.
    Broken,
    /// Nothing yet, or nothing that matters.
    Nothing,
}

/// Lines that are tried to complete an event; more would take time that grows with its square.
const MOST_TRIES: usize = 32;

/// The event that is being read.
#[derive(Debug, Default)]
pub(in crate::ingest) struct Events {
    pending: String,
    tries: usize,
}

impl Events {
    /// Takes in one line. Where a new event shows that the one before it was broken, both are told.
    pub fn line(
        &mut self,
        line: &str,
        limit: usize,
        parse: impl Fn(&str) -> Option<Value>,
    ) -> [Event; 2] {
        let line = line.trim_end_matches(['\r', '\n']);
        // Some tools write the time, or an arrow, in front of every line.
        let Some(data) = line.trim_start().strip_prefix("data:") else {
            return [Event::Nothing, Event::Nothing];
        };
        let data = data.trim();
        if data == "[DONE]" {
            return [self.give_up(), Event::Done];
        }
        if data.is_empty() {
            return [Event::Nothing, Event::Nothing];
        }
        if data.starts_with(['{', '['])
            && let Some(value) = parse(data)
        {
            return [self.give_up(), Event::Json(value)];
        }
        if self.pending.len() + data.len() > limit {
            return [self.give_up(), Event::Broken];
        }
        if !self.pending.is_empty() {
            self.pending.push('\n');
        }
        self.pending.push_str(data);
        if data.ends_with(['}', ']']) && self.tries < MOST_TRIES {
            self.tries += 1;
            if let Some(value) = parse(&self.pending) {
                *self = Self::default();
                return [Event::Json(value), Event::Nothing];
            }
        }
        [Event::Nothing, Event::Nothing]
    }

    /// Whether an event was begun that never came to its end.
    pub fn give_up(&mut self) -> Event {
        let was_open = !std::mem::take(self).pending.is_empty();
        if was_open { Event::Broken } else { Event::Nothing }
    }
}

/// Whether a text is a recorded stream: it begins like one and has a `data:` line with JSON.
pub(in crate::ingest) fn begins_like_events(solid: &[u8]) -> bool {
    const BEGINNINGS: &[&[u8]] = &[b"data:", b"event:", b"id:", b"retry:", b":", b"HTTP/"];
    let is_data = |line: &[u8]| {
        let data = line.trim_ascii().strip_prefix(b"data:").unwrap_or_default();
        matches!(data.trim_ascii_start().first(), Some(b'{' | b'['))
    };
    BEGINNINGS.iter().any(|beginning| solid.starts_with(beginning))
        && solid.split(|byte| *byte == b'\n').take(200).any(is_data)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Vec<Event> {
        let mut events = Events::default();
        let parse = |text: &str| serde_json::from_str(text).ok();
        let mut all: Vec<_> = text.lines().flat_map(|line| events.line(line, 200, parse)).collect();
        all.push(events.give_up());
        all.retain(|event| *event != Event::Nothing);
        all
    }

    #[test]
    fn data_is_read_and_the_rest_passed_over() {
        let text = "HTTP/1.1 200 OK\n\n: keep-alive\nevent: a\ndata: {\"a\":1}\n\nid: 7\ndata:{\"a\":2}\ndata: {\"a\":3}\r\ndata: [DONE]\n";
        let one = |n: u8| Event::Json(json!({"a": n}));
        assert_eq!(read(text), [one(1), one(2), one(3), Event::Done]);
    }

    #[test]
    fn data_over_several_lines_is_one_event() {
        assert_eq!(read("data: {\ndata: \"a\": {}\ndata: }\n"), [Event::Json(json!({"a": {}}))]);
    }

    #[test]
    fn broken_data_costs_only_itself() {
        let after = Event::Json(json!({"a": 1}));
        assert_eq!(read("data: {\"half\n\ndata: {\"a\":1}"), [Event::Broken, after]);
        assert_eq!(read("data: oops"), [Event::Broken]);
        let long = format!("data: {{\"{}", "x".repeat(300));
        assert_eq!(read(&long), [Event::Broken]);
    }

    #[test]
    fn streams_are_known_by_their_beginning() {
        assert!(begins_like_events(b"data: {\"a\":1}\n"));
        assert!(begins_like_events(b": OPENROUTER PROCESSING\n\ndata: {\"a\":1}\n"));
        for text in ["data: the plural of datum", "event: a\n", "So data: {\"a\":1}"] {
            assert!(!begins_like_events(text.as_bytes()), "{text}");
        }
    }
}
