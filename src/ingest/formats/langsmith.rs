//! A run of LangSmith: `outputs.generations[][].message.kwargs`, LangChain's written-down messages.
//!
//! The reasoning stands in `additional_kwargs.reasoning_content`, in parts of the content, or
//! between tags.

use serde_json::{Map, Value};

use super::{Format, FormatKind, Label, Read, message};
use crate::ingest::record::{Draft, Node, Object, Session, plain_text};

pub(super) const FORMAT: Format = Format {
    name: "langsmith",
    kind: FormatKind::Log,
    about: "A run exported from LangSmith: `outputs.generations[][].message.kwargs`, with `additional_kwargs.reasoning_content`.",
    no_reasoning: "Neither `additional_kwargs.reasoning_content` nor a part of the content in `outputs.generations` holds reasoning: LangChain's class for OpenAI's models drops `reasoning_content` (the classes of the providers themselves keep it).",
    label: Label::Nothing,
    read: Read::Record(read),
    only_by_name: false,
};

fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    if is_dump(node.object()) {
        let value = Value::Object(node.object().clone());
        return Some(vec![from_message(node, inner(&value)?, None)]);
    }
    let outputs = node.object().get("outputs")?.as_object()?;
    let mut messages: Vec<(&Value, Option<&str>)> = Vec::new();
    if let Some(generations) = outputs.get("generations").and_then(Value::as_array) {
        for item in generations.iter().flat_map(flattened) {
            let finish = item["generation_info"]["finish_reason"].as_str();
            messages.push((item.get("message").unwrap_or(item), finish));
        }
    } else if let Some(list) = outputs.get("messages").and_then(Value::as_array) {
        // The run of a chain ends with the model's message.
        messages.extend(list.last().map(|message| (message, None)));
    }
    let drafts: Vec<_> = messages
        .iter()
        .enumerate()
        .filter_map(|(at, (message, finish))| {
            let mut draft = from_message(node, inner(message)?, *finish);
            draft.generation = Some(at);
            Some(draft)
        })
        .collect();
    (!drafts.is_empty()).then_some(drafts)
}

/// Whether an object is one message of the model as LangChain dumps it, outside any run.
fn is_dump(object: &Object) -> bool {
    let kind = object.get("type").and_then(Value::as_str);
    let inner =
        ["data", "kwargs"].iter().find_map(|name| object.get(*name)?.as_object()).unwrap_or(object);
    let has_kwargs =
        inner.contains_key("additional_kwargs") || inner.contains_key("response_metadata");
    has_kwargs
        && inner.contains_key("content")
        && matches!(kind, Some("ai" | "AIMessageChunk" | "constructor"))
}

fn flattened(value: &Value) -> &[Value] {
    match value {
        Value::Array(list) => list,
        other => std::slice::from_ref(other),
    }
}

/// What a written-down message holds, or `None` where it is not the model's.
fn inner(message: &Value) -> Option<&Object> {
    let class = message["id"].as_array().and_then(|path| path.last()?.as_str());
    let kind = class.or(message["type"].as_str()).or(message["role"].as_str()).unwrap_or("ai");
    let is_models = kind.starts_with("AI") || ["ai", "assistant", "constructor"].contains(&kind);
    let inner = ["kwargs", "data"].iter().find_map(|name| message.get(*name)?.as_object());
    let inner = inner.or_else(|| message.as_object())?;
    (is_models && (inner.contains_key("content") || inner.contains_key("text"))).then_some(inner)
}

fn from_message(node: &Node<'_>, inner: &Object, finish: Option<&str>) -> Draft {
    let empty = Map::new();
    let object = |name: &str| inner.get(name).and_then(Value::as_object).unwrap_or(&empty);
    let (more, response) = (object("additional_kwargs"), object("response_metadata"));
    let mut whole = Map::new();
    whole.insert(
        "content".into(),
        inner.get("content").or(inner.get("text")).cloned().unwrap_or_default(),
    );
    for name in ["reasoning_details", "reasoning_content", "reasoning", "thinking"] {
        if let Some(value) = more.get(name) {
            // OpenAI's Responses put a whole item there, with its summary.
            let text = value.as_str().map(str::to_owned).or_else(|| plain_text(&value["summary"]));
            whole.insert(name.into(), text.map_or_else(|| value.clone(), Value::String));
        }
    }
    let reason = ["finish_reason", "stop_reason", "done_reason"];
    let reason = reason.iter().find_map(|name| response.get(*name)?.as_str());
    let mut draft = message::draft(node, &whole, finish.or(reason));
    describe(&mut draft, node.object(), response);
    draft
}

fn describe(draft: &mut Draft, run: &Object, response: &Object) {
    let text = |object: Option<&Value>, names: &[&str]| {
        names.iter().find_map(|name| Some(object?.get(*name)?.as_str()?.to_owned()))
    };
    let extra = run.get("extra");
    let metadata = extra.and_then(|extra| extra.get("metadata"));
    let given = extra.and_then(|extra| extra.get("invocation_params"));
    // `session_id` of a run is its project.
    let thread = text(metadata, &["thread_id", "session_id", "conversation_id"]);
    draft.session = thread.map(Session::Named).unwrap_or_default();
    let trace = &mut draft.trace;
    let named = ["model_name", "model"].iter().find_map(|name| response.get(*name)?.as_str());
    trace.model = (trace.model.take())
        .or_else(|| named.map(str::to_owned))
        .or_else(|| text(metadata, &["ls_model_name"]))
        .or_else(|| text(given, &["model", "model_name"]));
    if let Some(provider) = text(metadata, &["ls_provider"]) {
        trace.meta.insert("provider".into(), provider.into());
    }
    if trace.prompt.is_none() {
        trace.prompt = run.get("inputs").and_then(prompt);
    }
}

/// The last message of a person among the inputs.
fn prompt(inputs: &Value) -> Option<String> {
    let lists = inputs["messages"].as_array()?;
    let messages: Vec<_> = lists.iter().flat_map(flattened).collect();
    messages.iter().rev().find_map(|message| {
        let class = message["id"].as_array().and_then(|path| path.last()?.as_str());
        let kind = class.or(message["type"].as_str()).or(message["role"].as_str())?;
        let is_persons = kind.starts_with("Human") || ["human", "user"].contains(&kind);
        let inner = ["kwargs", "data"].iter().find_map(|name| message.get(*name));
        plain_text(inner.unwrap_or(message).get("content")?).filter(|_| is_persons)
    })
}
