//! An object in a record, with the objects around it, and what they say about a trace: its id,
//! prompt, model, source and domain, by the names that rows have for them.
//!
//! Comes in: a record and the object in it that a format looks at. Goes out: a [`Draft`] with
//! everything but the reasoning and the answer. Made by `record`, asked by every format.

use super::names::folded;
use super::{Copies, Draft, Object, Session, user_text};
use crate::ingest::turns::Turns;
use crate::trace::Trace;
use serde_json::Value;

/// An object in a record, with the objects around it.
#[derive(Clone)]
pub(in crate::ingest) struct Node<'a> {
    /// From the record itself to the object.
    chain: Vec<&'a Object>,
    /// What the file says for all its records.
    header: Option<&'a Object>,
    /// What the record's drafts may copy of it.
    copies: Copies,
    turns: Turns,
}

impl<'a> Node<'a> {
    pub fn new(record: &'a Object, header: Option<&'a Object>) -> Self {
        Self { chain: vec![record], header, copies: Copies::default(), turns: Turns::default() }
    }

    /// The same, whose drafts may copy so many bytes of the record.
    pub fn within(self, bytes: usize) -> Self {
        Self { copies: Copies::of(bytes), ..self }
    }

    /// What the record's drafts may still copy, in bytes.
    pub fn left(&self) -> usize {
        self.copies.left()
    }

    /// The same object, of which these turns of a conversation are asked for.
    pub fn with_turns(self, turns: Turns) -> Self {
        Self { turns, ..self }
    }

    /// Which turns of a conversation are asked for.
    pub fn turns(&self) -> Turns {
        self.turns
    }

    /// The object itself.
    pub fn object(&self) -> &'a Object {
        // A node is made with one object and only ever gets more.
        self.chain[self.chain.len() - 1]
    }

    /// The object around it.
    pub fn parent(&self) -> Option<&'a Object> {
        self.chain.len().checked_sub(2).map(|at| self.chain[at])
    }

    /// What the file says for all its records.
    pub fn header(&self) -> Option<&'a Object> {
        self.header
    }

    /// An object inside this one.
    pub fn child(&self, object: &'a Object) -> Self {
        let mut chain = self.chain.clone();
        chain.push(object);
        Self { chain, header: self.header, copies: self.copies.clone(), turns: self.turns }
    }

    /// The objects from the record itself to this one.
    pub fn chain(&self) -> &[&'a Object] {
        &self.chain
    }

    /// How many objects are around this one.
    pub fn depth(&self) -> usize {
        self.chain.len() - 1
    }

    /// A draft with everything that the object and those around it say about the trace; with nothing
    /// where the record's drafts have copied more than they may.
    pub fn draft(&self) -> Draft {
        // Nothing is copied to be given up at once: of a prompt of a megabyte, many generations would
        // take minutes.
        if self.copies.left() == 0 {
            return Draft { copies: self.copies.clone(), over_limit: true, ..Draft::default() };
        }
        let id = self.text_of(IDS);
        let prompt_id = self.text_of(PROMPT_IDS);
        let trace = Trace {
            id: id.or_else(|| prompt_id.clone()).unwrap_or_default(),
            model: self
                .text_of(MODELS)
                .or_else(|| self.provider())
                .or_else(|| self.in_header(MODELS)),
            prompt_id,
            prompt: self.prompt(),
            source: self.text_of(SOURCES).or_else(|| self.in_header(SOURCES)).unwrap_or_default(),
            domain: self.text_of(DOMAINS).or_else(|| self.in_header(DOMAINS)),
            ..Trace::default()
        };
        let session = self.text_of(SESSIONS).map(Session::Named).unwrap_or_default();
        let mut draft = Draft { trace, session, copies: self.copies.clone(), ..Draft::default() };
        if let Some(provider) = self.text_of(&["provider", "api_provider"]) {
            draft.trace.meta.insert("provider".into(), provider.into());
        }
        draft.charge();
        draft
    }

    /// The first of these fields that holds a string or a number. Outer objects come first, and
    /// each object's own fields before those of its `meta`.
    fn text_of(&self, names: &'static [&'static str]) -> Option<String> {
        self.chain.iter().find_map(|object| first(object, names)).or_else(|| {
            let nested = |object: &&'a Object| {
                METADATA.iter().filter_map(|key| object.get(*key)?.as_object()).find_map(|meta| {
                    first(meta, names).filter(|_| names != IDS && names != PROMPT_IDS)
                })
            };
            self.chain.iter().find_map(nested)
        })
    }

    /// promptfoo names the model as the provider.
    fn provider(&self) -> Option<String> {
        let id = self.chain.iter().find_map(|object| object.get("provider")?.get("id")?.as_str());
        id.map(str::to_owned)
    }

    fn in_header(&self, names: &'static [&'static str]) -> Option<String> {
        first(self.header?, names)
    }

    /// The text that was asked.
    pub fn prompt(&self) -> Option<String> {
        let own = self.chain.iter().find_map(|object| {
            named(object, PROMPTS).find_map(|(name, value)| {
                let asked = user_text(value)?;
                // Alpaca: the instruction is one for many inputs.
                let input = object.get("input").and_then(Value::as_str).map(str::trim);
                let input = input.filter(|input| !input.is_empty() && name == "instruction");
                Some(
                    input.map_or(asked.clone(), |input| format!("{}\n\n{input}", asked.trim_end())),
                )
            })
        });
        // Several answers to one question stand in a list beside it.
        own.or_else(|| {
            let header = self.header?;
            ["prompt", "question", "problem", "messages"]
                .iter()
                .find_map(|name| user_text(header.get(*name)?))
        })
    }
}

/// The fields of these names, in their order; then those that differ from one in case or in what stands
/// between the words (`Question`).
pub(in crate::ingest) fn named<'a>(
    object: &'a Object,
    names: &'a [&'a str],
) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let exact = names.iter().filter_map(|name| Some((*name, object.get(*name)?)));
    exact.chain(std::iter::once_with(|| written_otherwise(object, names)).flatten())
}

fn written_otherwise<'a>(object: &'a Object, names: &'a [&'a str]) -> Vec<(&'a str, &'a Value)> {
    let differs = |key: &str| key.bytes().any(|b| b.is_ascii_uppercase() || b == b' ' || b == b'-');
    let keys: Vec<_> = object
        .iter()
        .filter(|(key, _)| differs(key))
        .map(|(key, value)| (folded(key), value))
        .collect();
    if keys.is_empty() {
        return Vec::new();
    }
    let find = |name: &&'a str| {
        let wanted = folded(name);
        keys.iter().find(|(key, _)| *key == wanted).map(|(_, value)| (*name, *value))
    };
    names.iter().filter_map(find).collect()
}

const IDS: &[&str] = &[
    "custom_id",
    "id",
    "uid",
    "uuid",
    "trace_id",
    "instance_id",
    "sample_id",
    "request_id",
    "generation_id",
    "recordId",
    "responseId",
    "response_id",
];
const PROMPT_IDS: &[&str] =
    &["prompt_id", "question_id", "problem_id", "task_id", "item_id", "doc_id"];
/// What a session or a conversation is called. A `run_id` is left out: harnesses give one to all rows.
const SESSIONS: &[&str] = &[
    "session_id",
    "sessionId",
    "conversation_id",
    "conversationId",
    "thread_id",
    "threadId",
    "chat_id",
];
const MODELS: &[&str] = &[
    "model",
    "model_id",
    "modelId",
    "model_name",
    "modelVersion",
    "model_version",
    "llm",
    "generator",
    "generation_model",
    "model_name_or_path",
    "evaluated_model",
    "model_slug",
    "$ai_model",
    "model_instance_id",
];
const DOMAINS: &[&str] = &["domain", "category", "subject", "topic", "problem_type"];
const SOURCES: &[&str] = &["source", "dataset"];
const METADATA: &[&str] = &[
    "metadata",
    "meta",
    "config",
    "configs",
    "response_metadata",
    "modelInfo",
    "adapter_spec",
    "runSettings",
    "options",
    "extra",
    "agent",
];
pub(in crate::ingest) const PROMPTS: &[&str] = &[
    "prompt",
    "question",
    "user_message",
    "user_prompt",
    "instruction",
    "problem",
    "query",
    "input",
    "task",
    "original_message",
    "prompts",
    "question_text",
    "question_content",
    "model_input_messages",
    "input_messages",
    "problem_statement",
    "full_prompt",
    "origin_prompt",
    "user_input",
    "text_inputs",
    "doc",
    "messages",
    "conversations",
    "chat_history",
    "request",
    "modelInput",
    "inputs",
    "request_body",
    "$ai_input",
    "llm_input",
];

fn first(object: &Object, names: &[&str]) -> Option<String> {
    named(object, names).find_map(|(_, value)| match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}
