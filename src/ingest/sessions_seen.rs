//! The session of a trace → the prompt that it counts with.
//!
//! Comes in: every trace that is kept, with what its record says of its session. Goes out: the same trace
//! with `meta.session_prompt`, where an earlier trace of its session answers another prompt. Asked by
//! `finish`. Memory is bounded: past [`MOST`] sessions no new one is remembered.

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::record::Session;
use crate::trace::{SESSION_PROMPT, Trace};

/// Sessions that are remembered.
const MOST: usize = 1 << 20;
/// Longer keys of prompts are not remembered.
const LONGEST: usize = 256;

/// The first prompt of every session so far.
#[derive(Debug, Default)]
pub(super) struct SessionsSeen {
    /// By a hash of the session's name.
    named: FxHashMap<u64, Box<str>>,
    /// That of the conversation that one record holds.
    record: Option<Box<str>>,
    /// That of the log that is being read.
    log: Option<Box<str>>,
}

impl SessionsSeen {
    /// A record begins: what it holds without a name is one session.
    pub fn begin_record(&mut self) {
        self.record = None;
    }

    /// A log of a session begins. Gives back what is known of the one around it.
    pub fn begin_log(&mut self) -> Option<Box<str>> {
        self.log.take()
    }

    /// The log around the one that ended goes on.
    pub fn resume_log(&mut self, outer: Option<Box<str>>) {
        self.log = outer;
    }

    /// Tells a trace which prompt it counts with. True where that is another than its own. `file` is the
    /// name of its file, which tells bare numbers apart.
    pub fn relate(&mut self, trace: &mut Trace, session: Session, file: &str) -> bool {
        if trace.session_prompt().is_some() {
            return true;
        }
        let named = match &session {
            Session::Named(name) => Some(name.as_str()),
            _ => trace.meta.get("session").and_then(serde_json::Value::as_str),
        };
        let named = named.map(str::trim).filter(|name| !name.is_empty());
        if named.is_none() && session == Session::Alone {
            return false;
        }
        let own = trace.prompt_key();
        let slot = match (named, &session) {
            (Some(name), _) => {
                let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
                let hash = if is_number {
                    xxh3_64(format!("{file}:{name}").as_bytes())
                } else {
                    xxh3_64(name.as_bytes())
                };
                let known = self.named.get(&hash);
                if known.is_none() && self.named.len() < MOST && own.len() <= LONGEST {
                    self.named.insert(hash, own.as_str().into());
                }
                self.named.get(&hash).map(|own| &**own)
            }
            (None, Session::OfLog) => first(&mut self.log, &own),
            (None, _) => first(&mut self.record, &own),
        };
        let Some(first) = slot.filter(|first| *first != own) else { return false };
        trace.meta.insert(SESSION_PROMPT.into(), first.into());
        true
    }
}

/// The prompt of a slot; that of this trace where it is the first.
fn first<'a>(slot: &'a mut Option<Box<str>>, own: &str) -> Option<&'a str> {
    if slot.is_none() && own.len() <= LONGEST {
        *slot = Some(own.into());
    }
    slot.as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(seen: &mut SessionsSeen, prompt: &str, session: Session, file: &str) -> String {
        let mut trace = Trace { prompt: Some(prompt.into()), ..Trace::default() };
        let later = seen.relate(&mut trace, session, file);
        assert_eq!(later, trace.group_key() != trace.prompt_key());
        trace.group_key()
    }

    #[test]
    fn all_questions_of_a_session_count_with_its_first() {
        let mut seen = SessionsSeen::default();
        let named = |name: &str| Session::Named(name.to_owned());
        let first = asked(&mut seen, "2+2?", named("s"), "a");
        assert_eq!(asked(&mut seen, "And 3?", named("s"), "b"), first);
        assert_ne!(asked(&mut seen, "And 3?", named("t"), "b"), first);
        assert_ne!(asked(&mut seen, "And 4?", Session::Alone, "b"), first);
        // A bare number is a session of its file.
        let first = asked(&mut seen, "2+2?", named("1"), "a");
        assert_eq!(asked(&mut seen, "And 5?", named("1"), "a"), first);
        assert_ne!(asked(&mut seen, "And 5?", named("1"), "b"), first);
    }

    #[test]
    fn sessions_without_a_name_end_with_their_record_or_log() {
        let mut seen = SessionsSeen::default();
        for session in [Session::OfRecord, Session::OfLog] {
            let first = asked(&mut seen, "2+2?", session.clone(), "a");
            assert_eq!(asked(&mut seen, "And 3?", session.clone(), "a"), first);
            let outer = seen.begin_log();
            seen.begin_record();
            assert_ne!(asked(&mut seen, "And 3?", session.clone(), "a"), first);
            seen.resume_log(outer);
            let again = asked(&mut seen, "And 4?", session.clone(), "a");
            assert_eq!(again == first, session == Session::OfLog);
        }
    }

    #[test]
    fn a_record_tells_its_session_itself() {
        let mut seen = SessionsSeen::default();
        let mut trace = |prompt: &str| {
            let mut trace = Trace { prompt: Some(prompt.into()), ..Trace::default() };
            trace.meta.insert("session".into(), "s".into());
            seen.relate(&mut trace, Session::Alone, "a");
            trace.group_key()
        };
        assert_eq!(trace("2+2?"), trace("And 3?"));
    }
}
