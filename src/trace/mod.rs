//! What one model wrote while it reasoned, and where it came from.
//!
//! `ingest` makes traces out of files; `features` and `lineage` read them. A [`Trace`] is exactly
//! one canonical record, so that writing one as a line of JSON and reading it back changes nothing.

mod duplicates;
mod marks;
mod place;
mod prompt_groups;
mod prompt_key;

pub use duplicates::{DuplicatePair, Duplicates, MOST_LISTED};
pub use marks::{CleaningStep, Marks};
pub use place::{Place, Position};
pub use prompt_groups::{Prompt, PromptGroups};
pub use prompt_key::{normalized_prompt, prompt_hash, share_prompt_ids};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::text;

/// One chain of thought with its prompt and answer: the canonical record.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Trace {
    /// Identifies the trace within its corpus.
    pub id: String,
    /// The model that wrote it, as `vendor/name`, or `None` where that is not known.
    pub model: Option<String>,
    /// Identifies the prompt: traces of the same prompt are never on both sides of a fold.
    pub prompt_id: Option<String>,
    /// The prompt's text.
    pub prompt: Option<String>,
    /// The reasoning itself. Empty where the record has none.
    pub reasoning: String,
    /// The answer that followed.
    pub answer: Option<String>,
    /// Where the trace came from: a data set's name, or the file that it was read from.
    pub source: String,
    /// The subject matter, for example `logic-puzzle`.
    pub domain: Option<String>,
    /// What else the record says: `mediation`, `provider`, `finish_reason`, `licence`, …
    pub meta: Map<String, Value>,
}

/// The field of [`Trace::meta`] that names the prompt with which a trace's session began. A trace that
/// answers that prompt has none.
pub const SESSION_PROMPT: &str = "session_prompt";

/// Finish reasons of a generation that reached a limit.
const CUT_OFF: &[&str] = &["length", "max_tokens", "max_output_tokens", "model_length"];

/// Which text of a trace is fingerprinted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextKind {
    /// The reasoning (the default).
    #[default]
    Reasoning,
    /// The answer that followed the reasoning.
    Answer,
    /// The reasoning, a blank line, the answer.
    Both,
}

text::named_values!(TextKind { Reasoning = "reasoning", Answer = "answer", Both = "both" });

/// Whether the reasoning is the model's own words or a summary of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mediation {
    /// The reasoning as the model wrote it.
    Raw,
    /// A provider's summary of it, written by another model.
    Summary,
    /// Raw, but cut off before its end.
    Truncated,
    /// Not known.
    Unknown,
}

text::named_values!(Mediation {
    Raw = "raw",
    Summary = "summary",
    Truncated = "truncated",
    Unknown = "unknown",
});

impl Trace {
    /// The text to fingerprint, or `None` where this trace has no text of that kind.
    pub fn text(&self, kind: TextKind) -> Option<std::borrow::Cow<'_, str>> {
        let answer = self.answer.as_deref().unwrap_or_default();
        let has = |text: &str| !text.trim().is_empty();
        match kind {
            TextKind::Reasoning => has(&self.reasoning).then(|| self.reasoning.as_str().into()),
            TextKind::Answer => has(answer).then(|| answer.into()),
            TextKind::Both if has(&self.reasoning) && has(answer) => {
                Some(format!("{}\n\n{answer}", self.reasoning).into())
            }
            TextKind::Both => None,
        }
    }

    /// How many bytes its texts, names and `meta` take, about.
    pub fn bytes(&self) -> usize {
        let optional = [&self.model, &self.prompt_id, &self.prompt, &self.answer, &self.domain];
        let optional: usize = optional.into_iter().flatten().map(String::len).sum();
        let meta: usize =
            self.meta.iter().map(|(name, value)| name.len() + value_bytes(value)).sum();
        self.id.len() + self.reasoning.len() + self.source.len() + optional + meta
    }

    /// What `meta.mediation` says; [`Mediation::Unknown`] where it has no known value.
    pub fn mediation(&self) -> Mediation {
        let name = self.meta.get("mediation").and_then(Value::as_str);
        name.and_then(|name| name.parse().ok()).unwrap_or(Mediation::Unknown)
    }

    /// Whether the record says that the generation reached a limit before there was an answer.
    pub fn is_cut_off(&self) -> bool {
        let reason = self.meta.get("finish_reason").and_then(Value::as_str);
        let at_limit = reason
            .is_some_and(|reason| CUT_OFF.iter().any(|known| reason.eq_ignore_ascii_case(known)));
        at_limit && self.answer.as_deref().is_none_or(|answer| answer.trim().is_empty())
    }

    /// The language: what the record says in `meta.language`, else that of `read`, the text of the
    /// trace that is read. `None` where neither tells it reliably.
    pub fn language(&self, read: &str) -> Option<String> {
        let declared = self.meta.get("language").and_then(Value::as_str);
        declared.or_else(|| text::language(read)).map(str::to_owned)
    }

    /// The key of the prompt with which the trace's session began, where that is another than its own
    /// prompt: `meta.session_prompt`.
    pub fn session_prompt(&self) -> Option<&str> {
        let key = self.meta.get(SESSION_PROMPT).and_then(Value::as_str);
        key.filter(|key| !key.is_empty())
    }

    /// The key that folds, the bootstrap and counts of prompts group by: that of the trace's prompt, or,
    /// in a session or conversation with several questions, that of its first question. What is said
    /// later in a conversation rests on what was said before, so all of it counts as one prompt.
    pub fn group_key(&self) -> String {
        self.session_prompt().map_or_else(|| self.prompt_key(), str::to_owned)
    }

    /// The key of the prompt itself, by which two corpora are paired: the prompt's id, else a hash of the
    /// prompt's normalized text, else the trace's own id (a prompt of its own).
    pub fn prompt_key(&self) -> String {
        if let Some(id) = self.prompt_id.as_deref().filter(|id| !id.is_empty()) {
            return id.to_owned();
        }
        match self.prompt.as_deref().map(str::trim) {
            Some(text) if !text.is_empty() => prompt_key::text_key(text),
            _ => format!("trace:{}", self.id),
        }
    }
}

/// How many bytes a JSON value takes, about: its texts, and a fixed number for each value.
fn value_bytes(value: &Value) -> usize {
    let own = size_of::<Value>();
    own + match value {
        Value::String(text) => text.len(),
        Value::Array(list) => list.iter().map(value_bytes).sum(),
        Value::Object(object) => {
            object.iter().map(|(name, value)| name.len() + value_bytes(value)).sum()
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_never_stands_in_for_the_reasoning() {
        let trace = Trace { answer: Some("42".into()), ..Trace::default() };
        assert_eq!(trace.text(TextKind::Reasoning), None);
        assert_eq!(trace.text(TextKind::Both), None);
        assert_eq!(trace.text(TextKind::Answer).as_deref(), Some("42"));
    }

    #[test]
    fn a_later_question_counts_with_the_first_of_its_session() {
        let mut trace = Trace { prompt: Some("And of eight?".into()), ..Trace::default() };
        assert_eq!(trace.group_key(), trace.prompt_key());
        trace.meta.insert(SESSION_PROMPT.into(), "text:1".into());
        assert_eq!(trace.group_key(), "text:1");
        assert_ne!(trace.prompt_key(), "text:1");
        trace.meta.insert(SESSION_PROMPT.into(), "".into());
        assert_eq!(trace.group_key(), trace.prompt_key());
    }

    #[test]
    fn a_trace_survives_a_round_trip_through_json() {
        let line = r#"{"id":"1","model":"a/b","prompt_id":null,"prompt":null,"reasoning":"x","answer":null,"source":"s","domain":null,"meta":{"mediation":"raw"}}"#;
        let trace: Trace = serde_json::from_str(line).unwrap();
        assert_eq!(trace.mediation(), Mediation::Raw);
        assert_eq!(serde_json::to_string(&trace).unwrap(), line);
    }
}
