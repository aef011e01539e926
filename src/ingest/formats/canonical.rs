//! The canonical record (`DESIGN.md`): [`Trace`](crate::trace::Trace) as a JSON object.
//!
//! Most files are of this kind, so `file` tries [`Canonical`] on a line before it builds a tree of
//! JSON values. What is read here is taken as it stands, but for a tag that opens the reasoning.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::{Format, FormatKind, Label, Read};
use crate::ingest::mediation::Evidence;
use crate::ingest::record::{Draft, Node};
use crate::ingest::tags;
use crate::trace::Trace;

pub(super) const FORMAT: Format = Format {
    name: "canonical",
    kind: FormatKind::Canonical,
    about: "The canonical record: `reasoning` with `model`, `prompt`, `answer`, `source` and `meta` beside it.",
    no_reasoning: "The field `reasoning` is empty.",
    label: Label::Nothing,
    read: Read::Record(read),
    only_by_name: false,
};

/// A record with the canonical fields only, and with `reasoning` among them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::ingest) struct Canonical {
    #[serde(deserialize_with = "present")]
    reasoning: Option<String>,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    model: Option<String>,
    #[serde(default)]
    prompt_id: Option<String>,
    #[serde(default)]
    prompt: Option<String>,
    #[serde(default)]
    answer: Option<String>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    domain: Option<String>,
    #[serde(default)]
    meta: Option<Map<String, Value>>,
}

/// A string or null that must be there. (Without this, serde lets an `Option` be missing.)
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(deserializer)
}

impl From<Canonical> for Trace {
    fn from(record: Canonical) -> Self {
        untagged(Self {
            id: record.id.unwrap_or_default(),
            model: record.model,
            prompt_id: record.prompt_id,
            prompt: record.prompt,
            reasoning: record.reasoning.unwrap_or_default(),
            answer: record.answer,
            source: record.source.unwrap_or_default(),
            domain: record.domain,
            meta: record.meta.unwrap_or_default(),
        })
    }
}

/// Splits a reasoning that begins with a tag, so that no tag is taken for style.
fn untagged(mut trace: Trace) -> Trace {
    if tags::is_opened(&trace.reasoning) {
        let split = tags::split(&trace.reasoning);
        trace.reasoning = split.reasoning;
        trace.answer = trace.answer.or(Some(split.answer).filter(|answer| !answer.is_empty()));
    }
    trace
}

/// Reads a record that has other fields too, or a number for a string, if it is canonical beyond
/// doubt.
fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    let object = node.object();
    let reasoning = object.get("reasoning")?;
    let is_canonical = node.depth() == 0
        && (reasoning.is_string() || reasoning.is_null())
        && object.get("source").is_none_or(Value::is_string)
        && object.get("meta").is_some_and(Value::is_object)
        && object.contains_key("id");
    if !is_canonical && !only_canonical_fields(object) {
        return None;
    }
    let text = |name: &str| match object.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let trace = Trace {
        id: text("id").unwrap_or_default(),
        model: text("model"),
        prompt_id: text("prompt_id"),
        prompt: text("prompt"),
        reasoning: text("reasoning").unwrap_or_default(),
        answer: text("answer"),
        source: text("source").unwrap_or_default(),
        domain: text("domain"),
        meta: object.get("meta").and_then(Value::as_object).cloned().unwrap_or_default(),
    };
    let trace = untagged(trace);
    Some(vec![Draft { trace, evidence: Evidence::NamedField, ..Draft::default() }])
}

fn only_canonical_fields(object: &Map<String, Value>) -> bool {
    const NAMES: &[&str] =
        &["id", "model", "prompt_id", "prompt", "reasoning", "answer", "source", "domain", "meta"];
    object.iter().all(|(name, value)| {
        NAMES.contains(&name.as_str())
            && (name == "meta" || !(value.is_object() || value.is_array()))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(text: &str) -> Option<Trace> {
        serde_json::from_str::<Canonical>(text).ok().map(Trace::from)
    }

    #[test]
    fn a_canonical_line_comes_back_unchanged() {
        let line = r#"{"id":"1","model":"a/b","prompt_id":"p","prompt":"q","reasoning":"a </think> b","answer":null,"source":"s","domain":"d","meta":{"n":1}}"#;
        assert_eq!(serde_json::to_string(&parse(line).unwrap()).unwrap(), line);
    }

    #[test]
    fn fields_may_be_missing_but_not_the_reasoning() {
        assert_eq!(parse(r#"{"reasoning":"x"}"#).unwrap().reasoning, "x");
        assert_eq!(parse(r#"{"reasoning":null,"id":null}"#).unwrap().reasoning, "");
        assert!(parse(r#"{"id":"1","answer":"x"}"#).is_none());
        assert!(parse(r#"{"reasoning":"x","thinking":"y"}"#).is_none());
    }

    #[test]
    fn a_tag_that_opens_the_reasoning_is_split_off() {
        let trace = parse(r#"{"reasoning":"<think>\nx\n</think>\n4"}"#).unwrap();
        assert_eq!((trace.reasoning.as_str(), trace.answer.as_deref()), ("x", Some("4")));
    }

    #[test]
    fn a_record_with_more_fields_is_canonical_by_its_id_and_meta() {
        let record = json!({"id": 7, "reasoning": "x", "meta": {}, "score": 0.5});
        let drafts = read(&Node::new(record.as_object().unwrap(), None)).unwrap();
        assert_eq!(drafts[0].trace.id, "7");
        let other = json!({"id": 7, "reasoning": "x", "score": 0.5});
        assert!(read(&Node::new(other.as_object().unwrap(), None)).is_none());
    }
}
