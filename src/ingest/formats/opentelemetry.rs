//! Spans of OpenTelemetry GenAI: `gen_ai.output.messages[].parts[type=reasoning].content`.
//!
//! Read as OTLP JSON nests them (`resourceSpans[].scopeSpans[].spans[].attributes[]`, and the same
//! of log records), or as one span with its attributes in an object. The messages are a list, or
//! the same list as JSON in a text.

use serde_json::{Map, Value};

use super::message::{self, Content};
use super::{Format, Label, Read};
use crate::ingest::record::{Draft, Node, Object};

pub(super) const FORMAT: Format = Format {
    name: "opentelemetry",
    about: "Spans of OpenTelemetry GenAI, as OTLP JSON or one by one: `gen_ai.output.messages[].parts[type=reasoning]`.",
    no_reasoning: "No part of `gen_ai.output.messages` is of type `reasoning`: the instrumentation does not record it, or the provider returns none.",
    label: Label::Nothing,
    read: Read::Record(read),
    only_by_name: false,
};

const OUTPUT: &str = "gen_ai.output.messages";
const NESTED: &[(&str, &str, &str)] = &[
    ("resourceSpans", "scopeSpans", "spans"),
    ("resource_spans", "scope_spans", "spans"),
    ("resourceLogs", "scopeLogs", "logRecords"),
];

fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    let object = node.object();
    let list =
        |value: Option<&'_ Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
    let mut drafts = Vec::new();
    let mut is_known = false;
    for (outer, middle, inner) in NESTED {
        for resource in list(object.get(*outer)) {
            for scope in list(resource.get(*middle)) {
                for span in list(scope.get(*inner)).iter().filter_map(Value::as_object) {
                    is_known |= add_span(&mut drafts, node, span);
                }
            }
        }
    }
    if object.contains_key("attributes") {
        is_known |= add_span(&mut drafts, node, object);
    }
    is_known.then_some(drafts)
}

/// Adds the traces of a span. False where the span is of something else than a model's answer.
fn add_span(drafts: &mut Vec<Draft>, node: &Node<'_>, span: &Object) -> bool {
    let Some(mut attributes) = span.get("attributes").and_then(attributes) else { return false };
    if !attributes.keys().any(|name| name.starts_with("gen_ai.")) {
        return false;
    }
    // The content may stand in an event of the span.
    for event in span.get("events").and_then(Value::as_array).into_iter().flatten() {
        if let Some(more) = event.get("attributes").and_then(self::attributes) {
            more.into_iter().for_each(|(name, value)| {
                attributes.entry(name).or_insert(value);
            });
        }
    }
    let mut outer = node.draft();
    describe(&mut outer, span, &attributes);
    let Some(messages) = attributes.get(OUTPUT).map(unpacked) else {
        let operation = attributes.get("gen_ai.operation.name").and_then(Value::as_str);
        if matches!(operation, Some("chat" | "text_completion" | "generate_content")) {
            outer.why = Some("The span has no `gen_ai.output.messages`: instrumentations leave the content out until it is asked for (OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT).".into());
            drafts.push(outer);
            return true;
        }
        return false;
    };
    let finish = attributes.get("gen_ai.response.finish_reasons").map(unpacked);
    for (at, message) in messages.as_array().into_iter().flatten().enumerate() {
        if message["role"].as_str().is_some_and(|role| role != "assistant") {
            continue;
        }
        let mut found = Content::default();
        for part in message["parts"].as_array().into_iter().flatten() {
            match part["type"].as_str() {
                Some("text") => found.add(part.get("content").unwrap_or(&Value::Null)),
                _ => found.add(&Value::Array(vec![part.clone()])),
            }
        }
        let own = message["finish_reason"].as_str();
        let reason = own.or_else(|| finish.as_ref()?.get(at)?.as_str());
        let mut draft = message::from_parts(outer.clone(), found, reason);
        draft.generation = Some(at);
        drafts.push(draft);
    }
    true
}

fn describe(draft: &mut Draft, span: &Object, attributes: &Object) {
    let text = |object: &Object, names: &[&str]| {
        let mut values = names.iter().filter_map(|name| object.get(*name)?.as_str());
        values.find(|text| !text.is_empty()).map(str::to_owned)
    };
    let trace = &mut draft.trace;
    let context = span.get("context").and_then(Value::as_object);
    let id = text(span, &["spanId", "span_id"])
        .or_else(|| text(context?, &["span_id", "spanId"]))
        .or_else(|| text(attributes, &["gen_ai.response.id"]));
    trace.id = id.unwrap_or_else(|| std::mem::take(&mut trace.id));
    let model = text(attributes, &["gen_ai.response.model", "gen_ai.request.model"]);
    trace.model = model.or_else(|| trace.model.take());
    if let Some(provider) = text(attributes, &["gen_ai.provider.name", "gen_ai.system"]) {
        trace.meta.insert("provider".into(), provider.into());
    }
    let asked = attributes.get("gen_ai.input.messages").map(unpacked);
    let asked = asked.as_ref().and_then(Value::as_array);
    let question = asked.into_iter().flatten().rev().find(|message| message["role"] == "user");
    let parts = question.and_then(|message| message["parts"].as_array());
    let texts: Vec<_> =
        parts.into_iter().flatten().filter_map(|part| part["content"].as_str()).collect();
    if !texts.is_empty() {
        trace.prompt = Some(texts.join("\n"));
    }
}

/// Attributes as an object: OTLP writes a list of keys and typed values.
fn attributes(value: &Value) -> Option<Object> {
    match value {
        Value::Object(object) => Some(object.clone()),
        Value::Array(list) => Some(pairs(list)),
        _ => None,
    }
}

fn pairs(list: &[Value]) -> Object {
    let pair = |item: &Value| Some((item["key"].as_str()?.to_owned(), typed(&item["value"])));
    list.iter().filter_map(pair).collect::<Map<_, _>>()
}

/// OTLP's typed value as a plain one.
fn typed(value: &Value) -> Value {
    let Some((kind, inner)) = value.as_object().and_then(|object| object.iter().next()) else {
        return value.clone();
    };
    match kind.as_str() {
        "arrayValue" => inner["values"].as_array().into_iter().flatten().map(typed).collect(),
        "kvlistValue" => {
            Value::Object(pairs(inner["values"].as_array().map_or(&[], Vec::as_slice)))
        }
        _ => inner.clone(),
    }
}

/// A value that may be written as JSON in a text.
fn unpacked(value: &Value) -> Value {
    match value {
        Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
        other => other.clone(),
    }
}
