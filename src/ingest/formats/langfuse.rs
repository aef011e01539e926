//! An observation exported from Langfuse, or a trace with its `observations`.
//!
//! Its `output` is whatever the provider answered, as an object or as JSON in a text; that is read
//! by the format that it has.

use serde_json::{Map, Value};

use super::{Format, FormatKind, Label, Read, message};
use crate::ingest::{
    recognize,
    record::{self, Draft, Node, Object, Session},
};

pub(super) const FORMAT: Format = Format {
    name: "langfuse",
    kind: FormatKind::Log,
    about: "A generation exported from Langfuse, alone or among the `observations` of a trace: any of the other formats in its `output`.",
    no_reasoning: "The `output` of the generation holds no reasoning in any known format: the integration recorded the answer only.",
    label: Label::Nothing,
    read: Read::Record(read),
    only_by_name: false,
};

fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    // What is read here calls for the other formats again, and for no second observation.
    if node.depth() > 0 {
        return None;
    }
    let object = node.object();
    if let Some(list) = object.get("observations").and_then(Value::as_array) {
        let inner = list.iter().filter_map(Value::as_object).filter(|inner| is_generation(inner));
        let drafts: Vec<_> =
            inner.flat_map(|inner| from_observation(&node.child(inner), inner)).collect();
        return (!drafts.is_empty()).then_some(drafts);
    }
    is_generation(object).then(|| from_observation(node, object))
}

fn is_generation(object: &Object) -> bool {
    let kind = object.get("type").and_then(Value::as_str);
    kind == Some("GENERATION") && object.contains_key("output")
}

fn from_observation(node: &Node<'_>, object: &Object) -> Vec<Draft> {
    let output = match object.get("output") {
        Some(Value::String(text)) if text.trim_start().starts_with(['{', '[']) => {
            serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone()))
        }
        other => other.cloned().unwrap_or_default(),
    };
    let mut drafts = match &output {
        Value::String(_) => vec![message::from_content(node, &output, None)],
        Value::Object(inner) if inner.contains_key("content") && !inner.contains_key("type") => {
            vec![message::draft(node, inner, None)]
        }
        _ => {
            let mut wrapped = Map::new();
            wrapped.insert("output".into(), output.clone());
            let found = recognize::recognize(None, node.turns(), &wrapped, None, node.left());
            found.map(|found| found.drafts).unwrap_or_default()
        }
    };
    if drafts.is_empty() {
        drafts.push(Draft::default());
    }
    let several = drafts.len() > 1;
    for (at, draft) in drafts.iter_mut().enumerate() {
        describe(draft, node, object);
        if several {
            draft.generation = draft.generation.or(Some(at));
        }
    }
    drafts
}

/// Puts what the observation says in the place of what its output says.
fn describe(draft: &mut Draft, node: &Node<'_>, object: &Object) {
    let Draft { trace: own, copies, session, .. } = node.draft();
    if session != Session::Alone {
        draft.session = session;
    }
    let id = object.get("id").and_then(Value::as_str).map(str::to_owned);
    let trace = &mut draft.trace;
    trace.id = id.unwrap_or(own.id);
    trace.model = object
        .get("model")
        .and_then(Value::as_str)
        .map(str::to_owned)
        .or(own.model)
        .or_else(|| trace.model.take());
    let asked = match object.get("input") {
        Some(Value::String(text)) if text.trim_start().starts_with(['{', '[']) => {
            serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone()))
        }
        other => other.cloned().unwrap_or_default(),
    };
    trace.prompt = record::user_text(&asked).or(own.prompt);
    trace.prompt_id = own.prompt_id;
    draft.copies = copies;
    draft.charge();
}
