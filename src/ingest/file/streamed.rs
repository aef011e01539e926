//! The part of an input that comes in pieces: recorded streams.
//!
//! Comes in: the lines of an SSE dump, and the responses that [`Streams`](crate::ingest::stream::Streams)
//! put together of pieces. Goes out: records, read like any other. Called by [`File`] itself.

use serde_json::Value;

use super::File;
use crate::ingest::finish::Collector;
use crate::ingest::json;
use crate::ingest::stream::Event;
use crate::{
    ingest::summary::{Note, Reason},
    trace::Position,
};

impl File {
    /// Reads a line of a recorded stream.
    pub(super) fn read_event_line(
        &mut self,
        buffer: &[u8],
        position: Position,
        collector: &mut Collector,
    ) {
        collector.summary.records -= 1;
        let (text, lossy) = json::text(buffer);
        collector.summary.note(Note::InvalidUtf8, usize::from(lossy));
        let limits = collector.options.limits;
        let parse = |text: &str| json::parse(text, limits.depth).ok().map(|(value, _)| value);
        let events = match &mut self.events {
            Some(events) => events.line(&text, limits.record_bytes, parse),
            None => return,
        };
        for event in events {
            match event {
                Event::Json(value) => self.read_event(&value, position, collector),
                Event::Done => self.streams.done(),
                Event::Broken => self.lose_event(position, collector),
                Event::Nothing => {}
            }
        }
        self.read_streamed(collector);
    }

    fn read_event(&mut self, value: &Value, position: Position, collector: &mut Collector) {
        self.parsed += 1;
        match value {
            Value::Object(object) if self.streams.take(object, position, true) => {}
            Value::Object(object) if object.get("error").is_some_and(|error| !error.is_null()) => {
                self.known += 1;
                collector.summary.records += 1;
                let detail = || "The stream holds an error of the provider.".to_owned();
                collector.summary.drop_one(Reason::EmptyResponse, || self.place(position), detail);
            }
            value => {
                collector.summary.records += 1;
                self.read_value(value, position, None, true, collector);
            }
        }
    }

    fn lose_event(&mut self, position: Position, collector: &mut Collector) {
        collector.summary.records += 1;
        let detail = "the data of an event is no JSON".to_owned();
        self.lose(Reason::BrokenJson, position, detail, collector);
    }

    /// Reads the responses whose last piece has come.
    pub(super) fn read_streamed(&mut self, collector: &mut Collector) {
        for whole in self.streams.ready() {
            self.known += 1;
            collector.summary.records += 1;
            collector.begin_record();
            if whole.too_long {
                let limit = collector.options.limits.record_bytes;
                let detail = format!("Its pieces are together longer than {limit} bytes.");
                self.lose(Reason::TooLong, whole.position, detail, collector);
                continue;
            }
            if whole.value.is_null() {
                let detail = || "The stream ended before the model wrote anything.".to_owned();
                let place = || self.place(whole.position);
                collector.summary.drop_one(Reason::EmptyResponse, place, detail);
                continue;
            }
            collector.summary.note(Note::UnfinishedStream, usize::from(whole.unfinished));
            (self.streamed, self.unfinished) = (true, whole.unfinished);
            self.read_value(&whole.value, whole.position, None, false, collector);
            (self.streamed, self.unfinished) = (false, false);
        }
    }

    pub(super) fn end_streams(&mut self, collector: &mut Collector) {
        if let Some(events) = &mut self.events
            && events.give_up() == Event::Broken
        {
            self.lose_event(Position::File, collector);
        }
        self.streams.end();
        self.read_streamed(collector);
    }
}
