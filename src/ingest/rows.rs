//! How rows are written down, apart from what they mean.
//!
//! Comes in: a JSON value that a file holds. Goes out: the records in it where it is a map of records
//! or JSON inside a text ([`unfold`]); and a record with its attributes
//! unfolded ([`rewritten`]). Called by `file` and by `recognize`.

use serde_json::Value;

use super::python;
use super::record::{ENVELOPES, Object, PROMPTS};

/// How deeply texts that hold JSON are looked into.
const DEEPEST: usize = 3;

/// Fields of one record, which are no keys of a map of records.
const PARTS_OF_ONE: &[&str] = &[
    "request",
    "response",
    "info",
    "data",
    "meta",
    "metadata",
    "config",
    "settings",
    "usage",
    "eval",
    "stats",
    "log",
    "chat",
    "state",
    "msg",
    "payload",
    "item",
    "event",
    "extra",
    "args",
    "history",
    "system",
    "user",
    "assistant",
    "options",
    "params",
    "kwargs",
    "choices",
    "error",
    "author",
    "delta",
    "attributes",
    "context",
    "reasoning",
    "thinking",
    "answer",
    "content",
    "mapping",
    "runSettings",
    "chunkedPrompt",
    "columns",
    "provider",
    "model",
    "judge",
    "judgement",
    "evaluation",
    "scores",
    "metrics",
    "instance",
    "doc",
    "target",
    "model_response",
    "metric",
];

/// The records in a value that is none itself, each with its key as `id` where it has no id; `None`
/// where it is a record, or nothing that is known.
pub(super) fn unfold(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::String(text) => Some(vec![parsed(text)?]),
        Value::Object(object) => {
            if let Some(line) = logged(object) {
                return Some(vec![line]);
            }
            records(object)
        }
        _ => None,
    }
}

/// JSON, or what Python prints of a dictionary or list, in a text.
fn parsed(text: &str) -> Option<Value> {
    let text = text.trim();
    if !text.starts_with(['{', '[']) {
        return None;
    }
    let value = serde_json::from_str(text).ok().or_else(|| python::parse(text))?;
    matches!(value, Value::Object(_) | Value::Array(_)).then_some(value)
}

/// A line of a container's log: `{"log": "{…}", "stream": "stdout"}`.
fn logged(object: &Object) -> Option<Value> {
    let has_stream = object.contains_key("stream") || object.contains_key("time");
    parsed(object.get("log").filter(|_| has_stream && object.len() < 6)?.as_str()?)
}

/// A map of records: an object whose values are all objects alike, or lists of such. Maps may stand in
/// maps: `{model: {id: {…}}}`.
fn records(object: &Object) -> Option<Vec<Value>> {
    if !is_map(object) {
        return None;
    }
    let mut found = Vec::new();
    for (key, value) in object.iter().filter(|(key, _)| !key.starts_with("__")) {
        let Value::Object(inner) = value else { continue };
        if is_map(inner) {
            let label = is_label(key).then_some(key);
            found.extend(
                inner.iter().filter_map(|(id, value)| record(value.as_object()?, id, label)),
            );
        } else {
            found.extend(record(inner, key, None));
        }
    }
    (!found.is_empty()).then_some(found)
}

fn record(inner: &Object, key: &str, label: Option<&String>) -> Option<Value> {
    let mut record = inner.clone();
    let named = ["id", "uid", "uuid", "custom_id", "prompt_id", "question_id", "task_id"];
    if !named.iter().any(|name| record.contains_key(*name)) {
        record.insert("id".into(), key.into());
    }
    if let Some(label) = label.filter(|_| !record.keys().any(|name| name.contains("model"))) {
        record.insert("model".into(), label.as_str().into());
    }
    Some(Value::Object(record))
}

/// Whether the values of an object are records: all are objects, and alike. What is written beside them
/// about the file (`__meta__`) is none.
fn is_map(object: &Object) -> bool {
    let mut values = object.iter().filter(|(key, _)| !key.starts_with("__"));
    let is_part = |key: &str| {
        PARTS_OF_ONE.contains(&key) || ENVELOPES.contains(&key) || PROMPTS.contains(&key)
    };
    let Some((first_key, Value::Object(first))) = values.next() else { return false };
    if is_part(first_key) || first.is_empty() {
        return false;
    }
    let mut others = 0;
    for (key, value) in values {
        let Value::Object(other) = value else { return false };
        let shared = first.keys().filter(|name| other.contains_key(*name)).count();
        let maps = first.values().all(Value::is_object) && other.values().all(Value::is_object);
        if is_part(key) || (!maps && shared * 2 < first.len().max(other.len())) {
            return false;
        }
        others += 1;
    }
    // One value alone is a record only under a key that counts or names one.
    others > 0 || first_key.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether a key may be the name of a model, and not of a file or a split.
fn is_label(key: &str) -> bool {
    const SPLITS: &[&str] = &["train", "test", "validation", "dev", "results", "items", "samples"];
    key.chars().any(char::is_alphabetic)
        && !SPLITS.contains(&key)
        && ![".json", ".jsonl", ".csv", ".txt"].iter().any(|end| key.ends_with(end))
}

/// A record with JSON and Python texts parsed and its dotted keys unfolded, or `None` where it has
/// neither. Tried where a record holds no reasoning as it stands.
pub(super) fn rewritten(record: &Object) -> Option<Object> {
    if !record.iter().any(|(key, value)| key.contains('.') || may_change(value)) {
        return None;
    }
    let mut changed = false;
    let value = rewrite(&Value::Object(record.clone()), DEEPEST, &mut changed);
    match value {
        Value::Object(object) if changed => Some(object),
        _ => None,
    }
}

/// Whether something in a value may be rewritten. Asked first, so that other records are not copied.
fn may_change(value: &Value) -> bool {
    match value {
        Value::String(text) => text.starts_with(['{', '[']),
        Value::Array(list) => list.iter().any(may_change),
        Value::Object(object) => {
            object.iter().any(|(key, value)| key.contains('.') || may_change(value))
        }
        _ => false,
    }
}

fn rewrite(value: &Value, depth: usize, changed: &mut bool) -> Value {
    match value {
        Value::String(text) if depth > 0 && text.starts_with(['{', '[']) => match parsed(text) {
            Some(inner) if is_structure(&inner) => {
                *changed = true;
                rewrite(&inner, depth - 1, changed)
            }
            _ => value.clone(),
        },
        Value::Array(list) => list.iter().map(|one| rewrite(one, depth, changed)).collect(),
        Value::Object(object) => {
            let inner = object.iter().map(|(key, one)| (key.clone(), rewrite(one, depth, changed)));
            let inner: Object = inner.collect();
            match unflattened(&inner) {
                Some(object) => {
                    *changed = true;
                    Value::Object(object)
                }
                None => Value::Object(inner),
            }
        }
        other => other.clone(),
    }
}

/// Whether JSON in a text is what a program wrote: a provider's answer, messages, parts. An answer that
/// is JSON because the prompt asked for it is a text, and its steps are written for a reader.
fn is_structure(value: &Value) -> bool {
    const NAMES: &[&str] = &[
        "choices",
        "candidates",
        "message",
        "messages",
        "content",
        "contents",
        "parts",
        "output",
        "outputs",
        "role",
        "from",
        "generations",
        "blocks",
        "kwargs",
        "prompt",
    ];
    match value {
        Value::Object(object) => NAMES.iter().any(|name| object.contains_key(*name)),
        Value::Array(list) => list.first().is_some_and(is_structure),
        _ => false,
    }
}

/// How many levels a dotted key may have, and how long a list of them may be.
const MOST_LEVELS: usize = 16;
const MOST_ITEMS: usize = 4096;

/// `{"a.b.0.c": 1}` as `{"a": {"b": [{"c": 1}]}}`; `None` where no key has dots.
pub(super) fn unflattened(object: &Object) -> Option<Object> {
    if object.keys().filter(|key| key.contains('.')).take(2).count() < 2 {
        return None;
    }
    let mut whole = Object::new();
    for (key, value) in object {
        let parts: Vec<&str> = key.split('.').collect();
        if parts.len() > MOST_LEVELS || parts.iter().any(|part| part.is_empty()) {
            whole.insert(key.clone(), value.clone());
        } else {
            insert(&mut whole, &parts, value);
        }
    }
    Some(whole.into_iter().map(|(key, value)| (key, lists(value))).collect())
}

fn insert(object: &mut Object, path: &[&str], value: &Value) {
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        object.entry((*first).to_owned()).or_insert_with(|| value.clone());
        return;
    }
    let inner = object.entry((*first).to_owned()).or_insert_with(|| Value::Object(Object::new()));
    match inner {
        Value::Object(inner) => insert(inner, rest, value),
        // The same name is a value elsewhere: what is longer keeps its own name.
        _ => _ = object.insert(path.join("."), value.clone()),
    }
}

/// Objects whose keys are numbers, as lists.
fn lists(value: Value) -> Value {
    let Value::Object(object) = value else { return value };
    let number = |key: &String| key.parse::<usize>().ok().filter(|at| *at < MOST_ITEMS);
    let numbered = !object.is_empty() && object.keys().all(|key| number(key).is_some());
    let inner = object.into_iter().map(|(key, value)| (key, lists(value)));
    if !numbered {
        return Value::Object(inner.collect());
    }
    let mut items: Vec<(usize, Value)> =
        inner.filter_map(|(key, value)| Some((number(&key)?, value))).collect();
    items.sort_by_key(|(at, _)| *at);
    items.into_iter().map(|(_, value)| value).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn maps_of_records_are_unfolded() {
        let row = |n: u8| json!({"question": "2+2?", "response": "4", "n": n});
        let two = json!({"q1": row(1), "q2": row(2)});
        let found = unfold(&two).unwrap();
        assert_eq!((found.len(), &found[1]["id"]), (2, &json!("q2")));
        let models =
            json!({"a/x": {"1": row(1), "2": row(2)}, "b/y": {"1": row(3)}, "__meta__": {"v": 1}});
        let found = unfold(&models).unwrap();
        assert_eq!((found.len(), &found[2]["model"]), (3, &json!("b/y")));
        assert_eq!(unfold(&json!({"0": row(1)})).unwrap().len(), 1);
        for one in [
            json!({"request": {"id": 1, "body": "x"}, "response": {"id": 1, "body": "y"}}),
            json!({"left": {"a": 1, "b": 2}, "right": {"c": 1, "d": 2}}),
            json!({"model": "m", "run": {"thinking": "x"}}),
            json!({"result": {"thinking": "x"}}),
            json!({}),
        ] {
            assert_eq!(unfold(&one), None, "{one}");
        }
    }

    #[test]
    fn json_in_a_text_is_a_record() {
        assert_eq!(unfold(&json!("{\"thinking\": \"x\"}")).unwrap()[0]["thinking"], "x");
        let log = json!({"log": "{\"thinking\": \"x\"}\n", "stream": "stdout", "time": "t"});
        assert_eq!(unfold(&log).unwrap()[0]["thinking"], "x");
        assert_eq!(unfold(&json!("just a text")), None);
    }

    #[test]
    fn attributes_are_unfolded() {
        let flat = json!({"llm.out.0.text": "b", "llm.out.1.text": "c", "llm.model": "m", "n": 1});
        let whole = rewritten(flat.as_object().unwrap()).unwrap();
        assert_eq!(
            Value::Object(whole),
            json!({"llm": {"out": [{"text": "b"}, {"text": "c"}], "model": "m"}, "n": 1})
        );
        let text = json!({"output": {"value": "{\"content\": 1}"}});
        assert_eq!(rewritten(text.as_object().unwrap()).unwrap()["output"]["value"]["content"], 1);
        let asked = json!({"output": "{\"reasoning\": \"I add.\", \"answer\": 4}"});
        assert!(rewritten(asked.as_object().unwrap()).is_none());
        assert!(rewritten(json!({"a": "b", "1.5": 2}).as_object().unwrap()).is_none());
    }
}
