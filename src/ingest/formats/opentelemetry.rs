//! Spans of OpenTelemetry: GenAI's `gen_ai.output.messages[].parts[type=reasoning].content`, OpenInference's
//! `llm.output_messages` and `output.value`, MLflow's `mlflow.spanOutputs`, OpenLLMetry's
//! `gen_ai.completion.0`.
//!
//! Read as OTLP JSON nests them (`resourceSpans[].scopeSpans[].spans[].attributes[]`, and the same
//! of log records), or as one span with its attributes in an object. Keys with dots are unfolded; values
//! that are JSON in a text are parsed.

use serde_json::{Map, Value};

use super::{Format, FormatKind, Label, Read, message};
use crate::ingest::dialogue::parts::Content;
use crate::ingest::recognize;
use crate::ingest::record::{Draft, Node, Object, Session, user_text};
use crate::ingest::rows;
use crate::ingest::turns::Turns;

pub(super) const FORMAT: Format = Format {
    name: "opentelemetry",
    kind: FormatKind::Log,
    about: "Spans of OpenTelemetry, as OTLP JSON or one by one: GenAI's `gen_ai.output.messages[].parts[type=reasoning]`, OpenInference, OpenLLMetry, MLflow.",
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
                let mut asked = None;
                for span in list(scope.get(*inner)).iter().filter_map(Value::as_object) {
                    is_known |= add_event(&mut drafts, node, span, &mut asked)
                        || add_span(&mut drafts, node, span);
                }
            }
        }
    }
    // A trace of MLflow has its spans in `data`.
    let spans = object.get("data").and_then(|data| data["spans"].as_array());
    for span in spans.into_iter().flatten().filter_map(Value::as_object) {
        is_known |= add_span(&mut drafts, node, span);
    }
    if object.contains_key("attributes") {
        is_known |= add_span(&mut drafts, node, object);
    }
    is_known.then_some(drafts)
}

/// Adds the traces of a span. False where the span is of something else than a model's answer.
fn add_span(drafts: &mut Vec<Draft>, node: &Node<'_>, span: &Object) -> bool {
    let Some(mut attributes) = span.get("attributes").and_then(attributes) else { return false };
    let marks = ["gen_ai.", "llm", "openinference", "mlflow.", "traceloop.", "output"];
    if !attributes.keys().any(|name| marks.iter().any(|mark| name.starts_with(mark))) {
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
        if let Some(found) = of_others(&outer, node.turns(), &attributes) {
            drafts.extend(found);
            return true;
        }
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
        draft.charge();
        drafts.push(draft);
    }
    true
}

/// What other conventions put into the attributes of a span.
fn of_others(outer: &Draft, turns: Turns, attributes: &Object) -> Option<Vec<Draft>> {
    let whole = rows::unflattened(attributes).unwrap_or_else(|| attributes.clone());
    let at = |path: &[&str]| {
        let mut names = path.iter();
        let first = whole.get(*names.next()?)?;
        let value = names.try_fold(first, |value, name| value.get(*name))?;
        let value = unpacked_or_text(value);
        (!value.is_null()).then_some(value)
    };
    const OUTPUTS: &[&[&str]] = &[
        &["llm", "output_messages"],
        &["gen_ai", "completion"],
        &["mlflow", "spanOutputs"],
        &["output", "value"],
        &["traceloop", "entity", "output"],
        &["output"],
    ];
    const INPUTS: &[&[&str]] = &[
        &["llm", "input_messages"],
        &["gen_ai", "prompt"],
        &["mlflow", "spanInputs"],
        &["input", "value"],
        &["traceloop", "entity", "input"],
        &["input"],
    ];
    let model = at(&["llm", "model_name"]).and_then(|model| model.as_str().map(str::to_owned));
    let asked = INPUTS.iter().find_map(|path| user_text(&messages(at(path)?)));
    // The same answer may stand under several names; the first with reasoning is taken.
    let mut fallback = None;
    for output in OUTPUTS.iter().filter_map(|path| at(path)) {
        let mut wrapped = Map::new();
        wrapped.insert("output".into(), messages(output));
        let Some(found) = recognize::recognize(None, turns, &wrapped, None, outer.copies.left())
        else {
            continue;
        };
        let has_reasoning = found.drafts.iter().any(Draft::has_reasoning);
        let fill = |mut draft: Draft| {
            let trace = &mut draft.trace;
            trace.id.clone_from(&outer.trace.id);
            let named = outer.trace.model.clone().or_else(|| model.clone());
            trace.model = named.or_else(|| trace.model.take());
            trace.prompt = asked
                .clone()
                .or_else(|| outer.trace.prompt.clone())
                .or_else(|| trace.prompt.take());
            if outer.session != Session::Alone {
                draft.session.clone_from(&outer.session);
            }
            for (name, value) in &outer.trace.meta {
                trace.meta.entry(name.clone()).or_insert_with(|| value.clone());
            }
            draft.copies = outer.copies.clone();
            draft.charge();
            draft
        };
        let drafts: Vec<_> = found.drafts.into_iter().map(fill).collect();
        if has_reasoning {
            return Some(drafts);
        }
        fallback = fallback.or(Some(drafts));
    }
    fallback
}

/// Messages without what OpenInference lays around each: `{message: {…}}`.
fn messages(value: Value) -> Value {
    match value {
        Value::Array(list) => list
            .into_iter()
            .map(|item| {
                // Phoenix flattens the message into `message.role` and `message.content`.
                let whole = item.as_object().and_then(rows::unflattened).map(Value::Object);
                let item = whole.unwrap_or(item);
                match item.get("message") {
                    Some(message) if message.is_object() => message.clone(),
                    _ => item,
                }
            })
            .collect(),
        other => other,
    }
}

/// Adds the answer of a `gen_ai.choice` event, as older versions of the convention write it; keeps the
/// question of the events before it.
fn add_event(
    drafts: &mut Vec<Draft>,
    node: &Node<'_>,
    record: &Object,
    asked: &mut Option<String>,
) -> bool {
    let named = record.get("eventName").and_then(Value::as_str).map(str::to_owned);
    let attributes = record.get("attributes").and_then(attributes).unwrap_or_default();
    let named = named.or_else(|| attributes.get("event.name")?.as_str().map(str::to_owned));
    let Some(kind) = named.as_deref().and_then(|name| name.strip_prefix("gen_ai.")) else {
        return false;
    };
    let body = record.get("body").map(typed).unwrap_or_default();
    let body = if body.is_string() { unpacked(&body) } else { body };
    match kind {
        "user.message" => *asked = user_text(&body["content"]),
        "choice" => {
            let Some(inner) = body["message"].as_object() else { return true };
            let finish = body["finish_reason"].as_str();
            let mut draft = message::draft(node, inner, finish);
            describe(&mut draft, record, &attributes);
            draft.trace.prompt = asked.clone().or_else(|| draft.trace.prompt.take());
            drafts.push(draft);
        }
        _ => {}
    }
    true
}

fn describe(draft: &mut Draft, span: &Object, attributes: &Object) {
    let text = |object: &Object, names: &[&str]| {
        let mut values = names.iter().filter_map(|name| object.get(*name)?.as_str());
        values.find(|text| !text.is_empty()).map(str::to_owned)
    };
    if let Some(id) = text(attributes, &["gen_ai.conversation.id", "session.id"]) {
        draft.session = Session::Named(id);
    }
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

/// A value that may be written as JSON in a text, or that is a text.
fn unpacked_or_text(value: &Value) -> Value {
    match value {
        Value::String(text) => serde_json::from_str(text).unwrap_or_else(|_| value.clone()),
        other => other.clone(),
    }
}

/// A value that may be written as JSON in a text.
fn unpacked(value: &Value) -> Value {
    match value {
        Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
        other => other.clone(),
    }
}
