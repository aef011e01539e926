//! Which field of a record became which field of its trace.
//!
//! Comes in: the first record of a file and the draft that was made of it. Goes out: an
//! [`Explanation`], which `cotprint ingest --explain` prints. Called by `file`.
//!
//! The places are looked up by the texts themselves, after the reading: what is told is where this
//! very text stands in the record, whatever the format's code did to get there.

use serde::Serialize;
use serde_json::Value;

use super::Options;
use super::formats::Label;
use super::mediation::Evidence;
use super::recognize::Found;
use super::record::{Draft, Object, names};
use super::tags;
use crate::trace::Place;

/// No more explanations than this are kept.
const MOST: usize = 1000;

/// How deeply texts that hold JSON are looked into.
const DEEPEST: usize = 3;

/// How a file was understood, shown by its first record with reasoning (or its first record, where
/// none has any).
///
/// Places are written `response.choices[0].message.reasoning`; reasoning that was cut out of a
/// longer text by its tags is ``tags <think> in `choices[0].message.content` ``.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The record.
    pub place: Place,
    /// The name of the format that was recognized.
    pub format: &'static str,
    /// Where the reasoning stands. `None` where the record holds none.
    pub reasoning_field: Option<String>,
    /// Where the answer stands.
    pub answer_field: Option<String>,
    /// Where the prompt stands.
    pub prompt_field: Option<String>,
    /// Where the model's name stands, or what it was labelled with instead.
    pub model_field: Option<String>,
    /// How many traces the record holds.
    pub generations: usize,
    /// Why there is no reasoning, where there is none.
    pub why: Option<String>,
}

/// How far the explanation of a file came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Explained {
    #[default]
    Nothing,
    /// The explanation at this place of the list is of a record without reasoning.
    Poorly(usize),
    Well,
}

impl Explained {
    /// Whether a record is to be explained: the first of the file, and the first with reasoning.
    pub fn wants(self, has_reasoning: bool) -> bool {
        match self {
            Self::Nothing => true,
            Self::Poorly(_) => has_reasoning,
            Self::Well => false,
        }
    }

    /// Adds an explanation to the list of all files, or puts the first with reasoning in the place of
    /// the file's first.
    pub fn keep(&mut self, explanation: Explanation, list: &mut Vec<Explanation>) {
        let has_reasoning = explanation.reasoning_field.is_some();
        let at = match *self {
            Self::Nothing if list.len() < MOST => {
                list.push(explanation);
                list.len() - 1
            }
            Self::Poorly(at) if has_reasoning && at < list.len() => {
                list[at] = explanation;
                at
            }
            Self::Poorly(at) => at,
            Self::Nothing | Self::Well => return,
        };
        *self = if has_reasoning { Self::Well } else { Self::Poorly(at) };
    }
}

impl Explanation {
    /// Explains what was made of a record.
    pub(super) fn of(
        found: &Found,
        record: &Value,
        header: Option<&Object>,
        place: Place,
        options: &Options,
    ) -> Self {
        let empty = Draft::default();
        let has_reasoning = |draft: &&Draft| draft.has_reasoning();
        let draft =
            found.drafts.iter().find(has_reasoning).or(found.drafts.first()).unwrap_or(&empty);
        let reasoning = search_said(record, &draft.trace.reasoning);
        let reasoning_field = reasoning.place();
        // Where the reasoning was cut out by its tags, the rest of that field is the answer, though
        // the same text may stand elsewhere too.
        let answer = search_said(record, draft.trace.answer.as_deref().unwrap_or_default());
        let answer_field = match (reasoning.whole, answer.tagged.clone()) {
            (None, Some(tagged)) => Some(tagged),
            _ => answer.place(),
        };
        let prompt = search(record, draft.trace.prompt.as_deref().unwrap_or_default());
        let model = draft.trace.model.as_deref();
        let in_header = |text: &str| {
            let header = Value::Object(header?.clone());
            Some(format!("{} (of the whole file)", search(&header, text).whole?))
        };
        let model_field = match (model, options.model.is_some()) {
            (_, true) if options.relabel || model.is_none() => Some("the label given".to_owned()),
            (Some(model), _) => in_header(model).or_else(|| search(record, model).whole),
            (None, _) => match found.format.label {
                Label::Nothing => None,
                Label::File => Some("the file's name".to_owned()),
                Label::Folder => Some("the folder's name".to_owned()),
            },
        };
        let why = (!draft.has_reasoning()).then(|| match &draft.why {
            Some(why) => why.clone(),
            None => found.format.no_reasoning.to_owned(),
        });
        Self {
            place,
            format: found.format.name,
            reasoning_field,
            answer_field,
            prompt_field: prompt.place(),
            model_field,
            generations: found.drafts.len(),
            why,
        }
    }

    /// Says that the places are those of a response that was put together from a stream.
    pub(super) fn tell_of_stream(&mut self) {
        if let Some(field) = &mut self.reasoning_field {
            field.push_str(" (put together from the pieces of a stream)");
        }
    }

    /// Explains a file of plain text.
    pub(super) fn text(place: Place, draft: &Draft, text: &str, options: &Options) -> Self {
        let label = if options.model.is_some() { "the label given" } else { "the folder's name" };
        let tag = tags::first_tag(text).filter(|_| draft.evidence == Evidence::OwnOutput);
        let reasoning = match tag {
            Some(tag) => format!("tags {tag} in the text"),
            None => "the whole text".to_owned(),
        };
        Self {
            place,
            format: super::formats::plain_text().name,
            reasoning_field: draft.has_reasoning().then_some(reasoning),
            answer_field: draft
                .trace
                .answer
                .is_some()
                .then(|| "the text outside the tags".to_owned()),
            prompt_field: draft.trace.prompt.is_some().then(|| "the turn before it".to_owned()),
            model_field: Some(label.to_owned()),
            generations: 1,
            why: (!draft.has_reasoning()).then(|| {
                let why = draft.why.as_deref();
                why.unwrap_or(super::formats::plain_text().no_reasoning).to_owned()
            }),
        }
    }

    /// Explains a run of a session, which was put together from the entries of its log.
    pub(super) fn session(place: Place, found: &Found) -> Self {
        let empty = Draft::default();
        let draft = found.drafts.iter().find(|draft| draft.has_reasoning()).unwrap_or(&empty);
        let field = |has: bool, text: &str| has.then(|| text.to_owned());
        let has_reasoning = draft.has_reasoning();
        Self {
            place,
            format: found.format.name,
            reasoning_field: field(has_reasoning, "what the model thinks in its turns"),
            answer_field: field(draft.trace.answer.is_some(), "what it says in the same turn"),
            prompt_field: field(draft.trace.prompt.is_some(), "the question before it"),
            model_field: Some(match draft.trace.model {
                Some(_) => "the log".to_owned(),
                None => "the file's name".to_owned(),
            }),
            generations: found.drafts.len(),
            why: (!has_reasoning).then(|| found.format.no_reasoning.to_owned()),
        }
    }

    /// Explains a canonical record, which was read without building a tree.
    pub(super) fn canonical(place: Place, trace: &crate::trace::Trace) -> Self {
        let field = |has: bool, name: &str| has.then(|| name.to_owned());
        Self {
            place,
            format: super::formats::canonical().name,
            reasoning_field: field(!trace.reasoning.is_empty(), "reasoning"),
            answer_field: field(trace.answer.is_some(), "answer"),
            prompt_field: field(trace.prompt.is_some(), "prompt"),
            model_field: field(trace.model.is_some(), "model"),
            generations: 1,
            why: trace
                .reasoning
                .is_empty()
                .then(|| super::formats::canonical().no_reasoning.to_owned()),
        }
    }
}

/// Looks for a text in a record: as a whole field, between tags, as a part of a field, or put
/// together of several.
fn search<'a>(record: &Value, text: &'a str) -> Search<'a> {
    searched(record, Search { text: text.trim(), ..Search::default() })
}

/// Looks for a text that the model says. It may stand in other places by chance: in the answer that was
/// wanted, in what somebody says about it.
fn search_said<'a>(record: &Value, text: &'a str) -> Search<'a> {
    let found = searched(record, Search { text: text.trim(), is_said: true, ..Search::default() });
    if found.place().is_some() { found } else { search(record, text) }
}

fn searched<'a>(record: &Value, mut search: Search<'a>) -> Search<'a> {
    if !search.text.is_empty() {
        search.walk(record, &mut String::new(), 0);
    }
    search
}

#[derive(Default)]
struct Search<'a> {
    text: &'a str,
    /// The model says it, so that it is not looked for in what others say.
    is_said: bool,
    /// The first field that is the text.
    whole: Option<String>,
    /// The first field that is the text with tags around it.
    tagged: Option<String>,
    /// The first field that holds the text.
    around: Option<String>,
    /// Fields that the text holds.
    pieces: Vec<String>,
}

impl Search<'_> {
    /// The best of what was found, in words.
    fn place(&self) -> Option<String> {
        let around = || self.around.as_ref().map(|path| format!("part of {path}"));
        let found = self.whole.clone().or_else(|| self.tagged.clone()).or_else(around);
        found.or_else(|| {
            let mut named = self.pieces.iter().take(3).cloned().collect::<Vec<_>>().join(" + ");
            if self.pieces.len() > 3 {
                named.push_str(&format!(" + {} more", self.pieces.len() - 3));
            }
            Some(named).filter(|named| !named.is_empty())
        })
    }

    fn walk(&mut self, value: &Value, path: &mut String, nested: usize) {
        if self.whole.is_some() && self.tagged.is_some() {
            return;
        }
        let length = path.len();
        match value {
            Value::Object(object) => {
                for (name, value) in object {
                    if self.is_said && is_no_ones(name) {
                        continue;
                    }
                    if !path.is_empty() && !path.ends_with(": ") {
                        path.push('.');
                    }
                    path.push_str(name);
                    self.walk(value, path, nested);
                    path.truncate(length);
                }
            }
            Value::Array(list) => {
                for (at, value) in list.iter().enumerate() {
                    path.push_str(&format!("[{at}]"));
                    self.walk(value, path, nested);
                    path.truncate(length);
                }
            }
            Value::String(text) => {
                self.look_at(text, path);
                // An attribute of a span holds its messages as JSON in a text.
                let inner = text.trim_start();
                if nested < DEEPEST
                    && inner.starts_with(['{', '['])
                    && let Ok(inner) = serde_json::from_str::<Value>(inner)
                {
                    path.push_str(": ");
                    self.walk(&inner, path, nested + 1);
                    path.truncate(length);
                }
            }
            Value::Number(number) if number.to_string() == self.text => {
                self.whole.get_or_insert_with(|| path.clone());
            }
            _ => {}
        }
    }

    fn look_at(&mut self, field: &str, path: &str) {
        let field = field.trim();
        if field == self.text {
            self.whole.get_or_insert_with(|| path.to_owned());
        } else if field.is_empty() {
        } else if self.tagged.is_none()
            && field.contains(first_line(self.text))
            && let Some(tag) = tags::first_tag(field)
            && {
                let split = tags::split(field);
                split.reasoning == self.text || split.answer == self.text
            }
        {
            self.tagged = Some(if tags::split(field).reasoning == self.text {
                format!("tags {tag} in {path}")
            } else {
                format!("{path} without the tags {tag}")
            });
        } else if self.around.is_none() && field.contains(self.text) {
            self.around = Some(path.to_owned());
        } else if field.len() > 1 && self.pieces.len() < 64 && self.text.contains(field) {
            self.pieces.push(path.to_owned());
        }
    }
}

/// Whether what stands under this name is not what the model says.
fn is_no_ones(name: &str) -> bool {
    name != "messages" && name != "history" && (names::is_anothers(name) || name == "attachments")
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_is_found_wherever_it_stands() {
        let record = json!({
            "model": "a/b",
            "response": {"choices": [{"message": {"reasoning": "I add.\n", "content": "4"}}]},
            "text": "<think>\nI carry.\n</think>\n5",
            "long": "Question: 2+2? Answer",
            "parts": [{"thinking": "One step."}, {"thinking": "Two steps."}],
            "attribute": "[{\"content\": \"Inside \\\"JSON\\\".\"}]",
        });
        for (text, place) in [
            ("I add.", "response.choices[0].message.reasoning"),
            ("I carry.", "tags <think> in text"),
            ("5", "text without the tags <think>"),
            ("2+2?", "part of long"),
            ("One step.\n\nTwo steps.", "parts[0].thinking + parts[1].thinking"),
            ("Inside \"JSON\".", "attribute: [0].content"),
        ] {
            assert_eq!(search(&record, text).place().as_deref(), Some(place));
        }
        let wanted = json!({"target": "4", "output": {"text": "4"}});
        assert_eq!(search_said(&wanted, "4").place().as_deref(), Some("output.text"));
        assert_eq!(search(&record, "nowhere at all").place(), None);
        assert_eq!(search(&record, " ").place(), None);
    }
}
