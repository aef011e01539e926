//! The entries of a session's log → the runs of the model in it.
//!
//! Comes in: objects in order, the lines of a file or the elements of a list. Goes out: the drafts of
//! one run after another, with the question that they answer. Called by `file`, which owns one
//! [`Sessions`] for each input. Memory is bounded by the bytes of one run.

use super::dialogue::entry::Entry;
use super::dialogue::runs::Run;
use super::dialogue::turn::{Role, Turn};
use super::record::{Draft, Object, Session};
use super::turns::Turns;
use crate::trace::{Position, Trace};

/// A run that has all its turns.
#[derive(Debug)]
pub(super) struct Whole {
    pub drafts: Vec<Draft>,
    /// Where its first turn of the model stands.
    pub position: Position,
}

/// The session of one input, or of one list, as far as it came.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    run: Run,
    /// Where the first turn of the model in the run stands.
    position: Option<Position>,
    /// The bytes of the run's texts.
    bytes: usize,
    limit: usize,
    turns: Turns,
    model: Option<String>,
    id: Option<String>,
    /// An entry was met that belongs to a log and not to a row.
    started: bool,
    ready: Vec<Whole>,
    /// Where a question stands that nobody has answered.
    unanswered: Option<Position>,
}

impl Sessions {
    /// Of each run these turns are handed out, and no run has more bytes than `limit`.
    pub fn new(limit: usize, turns: Turns) -> Self {
        Self { limit, turns, ..Self::default() }
    }

    /// Takes in an entry. False where the object is none, or is an answer that stands by itself.
    pub fn take(&mut self, object: &Object, position: Position) -> bool {
        let Some(entry) = Entry::of(object) else { return false };
        match entry {
            Entry::Nothing => self.started = true,
            Entry::About { model, id } => {
                self.started = true;
                self.model = model.or(self.model.take());
                self.id = id.or(self.id.take());
            }
            Entry::Turn { turn, certain } => {
                let asks = matches!(turn.role, Role::User | Role::Other);
                if !(self.started || certain || asks) {
                    return false;
                }
                self.started = true;
                self.add(*turn, position);
            }
        }
        true
    }

    /// Whether a log has begun, whose other entries are no faults.
    pub fn is_open(&self) -> bool {
        self.started
    }

    fn add(&mut self, turn: Turn, position: Position) {
        let said = &turn.said;
        self.bytes += said.reasoning.len() + said.answer.as_deref().map_or(0, str::len);
        match turn.role {
            Role::Assistant => {
                self.position.get_or_insert(position);
                self.unanswered = None;
            }
            Role::User if turn.question().is_some() => self.unanswered = Some(position),
            _ => {}
        }
        let next = self.run.push(turn);
        if next.is_some() || self.bytes > self.limit {
            self.finish();
        }
        if let Some(question) = next {
            self.run.push(question);
        }
    }

    /// Hands out the run that is open.
    fn finish(&mut self) {
        let run = std::mem::take(&mut self.run);
        let position = self.position.take();
        self.bytes = 0;
        let Some(position) = position.filter(|_| !run.steps.is_empty()) else { return };
        let trace = Trace {
            model: self.model.clone(),
            prompt_id: self.id.clone().filter(|_| run.question.is_none()),
            ..Trace::default()
        };
        let session = self.id.clone().map_or(Session::OfLog, Session::Named);
        let mut outer = Draft { trace, session, ..Draft::default() };
        if let Some(id) = &self.id {
            outer.trace.meta.insert("session".into(), id.as_str().into());
        }
        self.ready.push(Whole { drafts: run.drafts(&outer, self.turns), position });
    }

    /// Hands out what is left: the file or the list is at its end. Says where a question stands to
    /// which there is no answer in the whole session.
    pub fn end(&mut self) -> Option<Position> {
        self.finish();
        let ready = std::mem::take(&mut self.ready);
        let unanswered = self.unanswered.take().filter(|_| ready.is_empty());
        *self = Self { ready, ..Self::new(self.limit, self.turns) };
        unanswered
    }

    /// The runs that have become whole since the last call.
    pub fn ready(&mut self) -> Vec<Whole> {
        std::mem::take(&mut self.ready)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(entries: &[Value]) -> Vec<(Option<String>, String, Option<String>)> {
        let mut sessions = Sessions::new(1 << 20, Turns::Run);
        for (at, entry) in entries.iter().enumerate() {
            let taken = sessions.take(entry.as_object().unwrap(), Position::Line(at + 1));
            assert!(taken, "{entry}");
        }
        sessions.end();
        let drafts = sessions.ready().into_iter().flat_map(|whole| whole.drafts);
        drafts
            .map(|draft| (draft.trace.prompt, draft.trace.reasoning, draft.trace.answer))
            .collect()
    }

    fn one(asked: &str, thought: &str, answer: &str) -> (Option<String>, String, Option<String>) {
        (Some(asked.into()), thought.into(), Some(answer.into()))
    }

    #[test]
    fn logs_of_agents_are_read() {
        let claude = [
            json!({"type": "summary", "summary": "Sums", "leafUuid": "u"}),
            json!({"type": "user", "uuid": "1", "message": {"role": "user", "content": "2+2?"}}),
            json!({"type": "assistant", "uuid": "2", "message": {"id": "m", "role": "assistant", "model": "x", "content": [{"type": "thinking", "thinking": "I add."}]}}),
            json!({"type": "assistant", "uuid": "3", "message": {"id": "m", "role": "assistant", "model": "x", "content": [{"type": "text", "text": "4"}]}}),
        ];
        let codex = [
            json!({"type": "session_meta", "payload": {"id": "s"}}),
            json!({"type": "response_item", "payload": {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "2+2?"}]}}),
            json!({"type": "response_item", "payload": {"type": "reasoning", "summary": [{"type": "summary_text", "text": "I add."}]}}),
            json!({"type": "response_item", "payload": {"type": "function_call", "name": "shell"}}),
            json!({"type": "response_item", "payload": {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "4"}]}}),
            json!({"type": "event_msg", "payload": {"type": "token_count"}}),
        ];
        let cline = [
            json!({"type": "say", "say": "task", "text": "2+2?"}),
            json!({"type": "say", "say": "reasoning", "text": "I add."}),
            json!({"type": "say", "say": "text", "text": "4"}),
        ];
        let autogen = [
            json!({"source": "user", "models_usage": null, "content": "2+2?", "type": "TextMessage"}),
            json!({"source": "a", "models_usage": null, "content": "I add.", "type": "ThoughtEvent"}),
            json!({"source": "a", "models_usage": null, "content": "4", "type": "TextMessage"}),
        ];
        for log in [&claude[..], &codex, &cline, &autogen] {
            assert_eq!(read(log), [one("2+2?", "I add.", "4")]);
        }
    }

    #[test]
    fn each_turn_of_a_run_is_a_trace_and_each_question_begins_another() {
        let log = [
            json!({"role": "user", "content": "2+2?"}),
            json!({"role": "assistant", "reasoning": "I look.", "content": "", "tool_calls": [{}]}),
            json!({"role": "tool", "content": "<think>not the model's</think>"}),
            json!({"role": "assistant", "reasoning": "I add.", "content": "4"}),
            json!({"role": "user", "content": "3+3?"}),
            json!({"role": "assistant", "reasoning": "I add again.", "content": "6"}),
        ];
        let found = read(&log);
        assert_eq!(found[0], (Some("2+2?".into()), "I look.".into(), None));
        assert_eq!(found[1..], [one("2+2?", "I add.", "4"), one("3+3?", "I add again.", "6")]);
    }

    #[test]
    fn answers_that_stand_by_themselves_are_no_session() {
        let mut sessions = Sessions::new(1000, Turns::Run);
        for object in [
            json!({"role": "assistant", "content": "4", "reasoning": "I add."}),
            json!({"prompt": "2+2?", "reasoning": "I add."}),
            json!({"messages": [], "role": "user"}),
        ] {
            assert!(!sessions.take(object.as_object().unwrap(), Position::Line(1)), "{object}");
        }
        assert!(
            sessions.take(
                json!({"role": "user", "content": "?"}).as_object().unwrap(),
                Position::Line(2)
            )
        );
        assert_eq!(sessions.end(), Some(Position::Line(2)));
    }
}
