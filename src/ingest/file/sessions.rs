//! Records that belong together: the entries of a session's log, the elements of a list.
//!
//! Comes in: values in order. Goes out: the runs of the model in them, and records read one by one.
//! Called by [`File`] itself.

use serde_json::Value;

use super::File;
use crate::ingest::explain::Explanation;
use crate::ingest::finish::{Collector, finish};
use crate::ingest::formats;
use crate::ingest::recognize::Found;
use crate::ingest::record::{Draft, Object};
use crate::ingest::session::{Sessions, Whole};
use crate::ingest::summary::Reason;
use crate::trace::Position;

impl File {
    /// Takes a value in as an entry of the session's log. False where it is none.
    pub(super) fn take_entry(
        &mut self,
        value: &Value,
        position: Position,
        collector: &Collector,
    ) -> bool {
        let options = &collector.options;
        let format = formats::session();
        let may_be = options.map.is_empty() && options.format.is_none_or(|asked| asked == format);
        let Value::Object(object) = value else { return false };
        may_be && self.sessions.take(object, position)
    }

    /// Reads the runs that have become whole.
    pub(super) fn read_sessions(&mut self, collector: &mut Collector) {
        for Whole { drafts, position } in self.sessions.ready() {
            collector.summary.records += 1;
            collector.begin_record();
            self.known += 1;
            let found = Found::numbered(formats::session(), drafts);
            let has_reasoning = found.drafts.iter().any(Draft::has_reasoning);
            if self.explained.wants(has_reasoning) {
                let explanation = Explanation::session(self.place(position), &found);
                self.explained.keep(explanation, &mut collector.explanations);
            }
            self.finish_all(found, position, collector);
        }
    }

    /// The log or the list is at its end.
    pub(super) fn end_session(&mut self, collector: &mut Collector) {
        let unanswered = self.sessions.end();
        self.read_sessions(collector);
        collector.sessions.begin_log();
        if let Some(position) = unanswered {
            collector.summary.records += 1;
            let found = "a turn of a conversation in which the model never answers".to_owned();
            self.first_unknown.get_or_insert_with(|| (position, found.clone()));
            let detail = || format!("It is {found}.");
            collector.summary.drop_one(Reason::UnknownShape, || self.place(position), detail);
        }
    }

    /// Reads the elements of a list: the turns of one conversation, or one record after another.
    pub(super) fn read_list(
        &mut self,
        list: &[Value],
        position: Position,
        header: Option<&Object>,
        collector: &mut Collector,
    ) {
        let (limit, turns) = (collector.options.limits.record_bytes, collector.options.turns);
        // A conversation in a list is no part of the one around it.
        let outer = std::mem::replace(&mut self.sessions, Sessions::new(limit, turns));
        let outer_log = collector.sessions.begin_log();
        let mut entries = 0;
        for value in list {
            if self.take_entry(value, position, collector) {
                entries += 1;
                self.read_sessions(collector);
            } else {
                self.read_value(value, position, header, false, collector);
            }
        }
        // Of the entries the runs are counted.
        if entries > 0 && entries == list.len() {
            collector.summary.records = collector.summary.records.saturating_sub(1);
        }
        self.end_session(collector);
        self.sessions = outer;
        collector.sessions.resume_log(outer_log);
    }

    /// Finishes what was recognized in a record.
    pub(super) fn take_found(
        &mut self,
        mut found: Found,
        value: &Value,
        position: Position,
        header: Option<&Object>,
        collector: &mut Collector,
    ) {
        if self.unfinished {
            found.drafts.iter_mut().for_each(Draft::break_off);
        }
        self.known += 1;
        self.canonical = found.format.name == formats::canonical().name;
        if self.explained.wants(found.drafts.iter().any(Draft::has_reasoning)) {
            let place = self.place(position);
            let mut explanation = Explanation::of(&found, value, header, place, &collector.options);
            if self.streamed {
                explanation.tell_of_stream();
            }
            self.explained.keep(explanation, &mut collector.explanations);
        }
        self.finish_all(found, position, collector);
    }

    fn finish_all(&mut self, found: Found, position: Position, collector: &mut Collector) {
        if found.drafts.is_empty() {
            let detail =
                || "The list of choices is empty: the provider answered with nothing.".into();
            collector.summary.drop_one(Reason::EmptyResponse, || self.place(position), detail);
        }
        collector.sessions.begin_record();
        for draft in found.drafts {
            if draft.trace.answer.is_some() {
                let thinks = draft.has_reasoning();
                self.answers.with_reasoning += usize::from(thinks);
                self.answers.without += usize::from(!thinks);
            }
            // Where thinking was off in all rows before it, the one text of a row is its answer.
            if draft.doubtful && self.answers.without > 0 && self.answers.with_reasoning == 0 {
                let detail = || "The rows before it have answers and no reasoning.".to_owned();
                let place = || self.place(position);
                collector.summary.drop_one(Reason::DoubtfulReasoning, place, detail);
                continue;
            }
            finish(draft, found.format, &self.name, position, collector);
        }
    }
}
