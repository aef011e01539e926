//! What was asked: the question of a person, cut out of messages, requests and chat templates.
//!
//! Comes in: the value of a field that holds a prompt. Goes out: its text, or `None` where it asks
//! nothing. Asked by `node`, by the formats and by `dialogue`.

use serde_json::Value;

use super::Object;
use super::names::folded;

/// The fields of a request in which the messages stand.
const REQUEST: &[&str] = &[
    "body", "params", "messages", "contents", "input", "prompt", "raw", "text", "kwargs", "query",
    "question",
];

/// How deeply a request may be nested.
const DEEPEST: usize = 6;

/// What stands in a chat's template around the turn of the user; the last of them is the question.
const TEMPLATES: &[(&str, &[&str])] = &[
    ("<|im_start|>user\n", &["<|im_end|>", "<|im_start|>"]),
    ("<|im_user|>user<|im_middle|>", &["<|im_end|>"]),
    ("<｜User｜>", &["<｜Assistant｜>", "<｜end▁of▁sentence｜>"]),
    ("<|start_header_id|>user<|end_header_id|>", &["<|eot_id|>", "<|start_header_id|>"]),
    ("<start_of_turn>user\n", &["<end_of_turn>"]),
    ("<|turn>user\n", &["<turn|>"]),
    ("<|start|>user<|message|>", &["<|end|>", "<|start|>"]),
    ("<|START_OF_TURN_TOKEN|><|USER_TOKEN|>", &["<|END_OF_TURN_TOKEN|>"]),
    ("<|user|>", &["<|assistant|>", "<|end|>", "<|endoftext|>"]),
    ("[INST]", &["[/INST]"]),
];

/// What the user asked: a string, a message, or the last of the user's messages that is not what
/// came of a call.
pub(in crate::ingest) fn user_text(value: &Value) -> Option<String> {
    asked(value, DEEPEST).map(|text| question(&text).to_owned())
}

/// A question without the template of a chat, and without the tags that some programs lay around it.
pub(in crate::ingest) fn question(text: &str) -> &str {
    let text = untemplated(text);
    for (open, close) in [("<user_query>", "</user_query>"), ("<task>", "</task>")] {
        let inner = text.trim_start().strip_prefix(open).and_then(|rest| rest.split_once(close));
        if let Some((inner, _)) = inner.filter(|(inner, _)| !inner.trim().is_empty()) {
            return inner.trim();
        }
    }
    text
}

fn asked(value: &Value, depth: usize) -> Option<String> {
    let solid = |text: &String| !text.trim().is_empty();
    match value {
        Value::String(text) => {
            // A log may hold the request as JSON in a text.
            let start = text.trim_start();
            if depth > 0 && (start.starts_with("{\"") || start.starts_with("[{\"")) {
                let inner = serde_json::from_str::<Value>(start).ok();
                let inner = inner.filter(|inner| match inner {
                    Value::Array(list) => list.iter().all(|one| one.get("role").is_some()),
                    one => one.get("messages").or_else(|| one.get("contents")).is_some(),
                });
                if let Some(found) = inner.and_then(|inner| asked(&inner, depth - 1)) {
                    return Some(found);
                }
            }
            Some(text.clone()).filter(solid)
        }
        Value::Object(object) => {
            if let Some(inner) = object.get("content").or_else(|| object.get("parts")) {
                return plain_text(inner).filter(solid);
            }
            let inner = REQUEST.iter().filter_map(|name| object.get(*name)).filter(|_| depth > 0);
            inner
                .filter_map(|inner| asked(inner, depth - 1))
                .next()
                .or_else(|| content_of(object).and_then(plain_text).filter(solid))
        }
        Value::Array(list) => {
            let own = list.iter().rev().find_map(|message| {
                let text = content_of(message.as_object().filter(|m| is_users(m))?)
                    .and_then(plain_text)?;
                Some(text).filter(|text| solid(text) && !is_of_a_tool(text))
            });
            // A list of conversations; then a list of plain texts.
            own.or_else(|| {
                let lists = list.iter().rev().filter(|one| one.is_array() && depth > 0);
                lists.filter_map(|one| asked(one, depth - 1)).next()
            })
            .or_else(|| {
                let text = list.iter().rev().find_map(Value::as_str).map(str::to_owned);
                text.filter(solid)
            })
            .or_else(|| list.iter().rev().filter_map(Value::as_object).find_map(dumped))
        }
        _ => None,
    }
}

fn is_users(message: &Object) -> bool {
    let role = message.get("role").or_else(|| message.get("from")).and_then(Value::as_str);
    role.is_some_and(|role| role.eq_ignore_ascii_case("user") || role.eq_ignore_ascii_case("human"))
}

/// A person's message as LangChain dumps it.
fn dumped(message: &Object) -> Option<String> {
    let class = message.get("id").and_then(Value::as_array).and_then(|path| path.last()?.as_str());
    let kind = class.or_else(|| message.get("type")?.as_str())?;
    let inner = ["kwargs", "data"].iter().find_map(|name| message.get(*name)?.as_object());
    let is_persons = kind.starts_with("Human") || kind == "human" || kind == "user";
    content_of(inner.unwrap_or(message).get("content").map(|_| inner.unwrap_or(message))?)
        .and_then(plain_text)
        .filter(|text| is_persons && !text.trim().is_empty())
}

/// What a message says, by the names that providers and data sets have for it.
pub(in crate::ingest) fn content_of(message: &Object) -> Option<&Value> {
    ["content", "parts", "value", "prompt", "text"].iter().find_map(|name| message.get(*name))
}

/// The text of a message's content: a string, or the texts of its parts.
pub(in crate::ingest) fn plain_text(content: &Value) -> Option<String> {
    match content {
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => {
            let text = |part: &Value| {
                let inner = part.as_str().or_else(|| part.get("text")?.as_str());
                inner.or_else(|| part.get("text")?.get("value")?.as_str()).map(str::to_owned)
            };
            let texts: Vec<_> = parts.iter().filter_map(text).collect();
            (!texts.is_empty()).then(|| texts.join("\n"))
        }
        _ => None,
    }
}

/// The user's last turn of a prompt that was rendered by a chat's template; the whole prompt where it
/// was not.
fn untemplated(prompt: &str) -> &str {
    if !prompt.contains(['<', '[']) {
        return prompt;
    }
    for (before, after) in TEMPLATES {
        let Some(at) = prompt.rfind(before) else { continue };
        let rest = &prompt[at + before.len()..];
        let ends = after.iter().filter_map(|end| rest.find(end)).min();
        // A prompt that only speaks of a template has its end nowhere.
        let Some(turn) = ends.map(|end| rest[..end].trim()).filter(|turn| !turn.is_empty()) else {
            continue;
        };
        return turn;
    }
    prompt
}

/// Whether a user's message is what came of a call, or what an agent's program says by itself.
pub(in crate::ingest) fn is_of_a_tool(text: &str) -> bool {
    const BEGINNINGS: &[&str] = &[
        "EXECUTION RESULT of",
        "OBSERVATION:",
        "Observation:",
        "<returncode>",
        "<tool_response>",
        "<function_results>",
        "<tool_result",
        "<function_result",
        "<environment_context>",
        "<environment_details>",
        "<user_instructions>",
        "<local-command-",
        "<command-name>",
        "<command-message>",
        "<system-reminder>",
        "<turn_aborted>",
        "<permissions",
        "# AGENTS.md",
        "Caveat: The messages below",
        "[Request interrupted",
    ];
    let text = text.trim_start();
    let is_result = || {
        let head = text.lines().next().unwrap_or_default();
        let tool = head.strip_prefix('[').and_then(|rest| rest.split_once("] Result"));
        tool.is_some_and(|(tool, _)| folded(tool).len() >= 3)
    };
    BEGINNINGS.iter().any(|start| text.starts_with(start)) || is_result()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_last_question_of_a_person_is_found() {
        for value in [
            json!("2+2?"),
            json!([{"role": "user", "content": "1+1?"}, {"role": "user", "content": [{"type": "text", "text": "2+2?"}]}]),
            json!([{"role": "user", "content": "2+2?"}, {"role": "user", "content": "EXECUTION RESULT of [bash]: 7"}]),
            json!([{"role": "user", "content": "2+2?"}, {"role": "user", "content": [{"type": "tool_result", "content": "7"}]}]),
            json!({"body": {"messages": [{"role": "user", "content": "2+2?"}]}}),
            json!("{\"messages\": [{\"role\": \"user\", \"content\": \"2+2?\"}]}"),
            json!([[{"role": "user", "content": "2+2?"}]]),
            json!([{"role": "HUMAN", "prompt": "2+2?"}]),
            json!([{"type": "human", "data": {"content": "2+2?"}}]),
            json!(
                "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n"
            ),
            json!("<task>\n2+2?\n</task>\n<environment_details>none</environment_details>"),
            json!("<｜begin▁of▁sentence｜><｜User｜>2+2?<｜Assistant｜><think>\n"),
        ] {
            assert_eq!(user_text(&value).as_deref(), Some("2+2?"), "{value}");
        }
        for value in [json!(""), json!([{"role": "user", "content": ""}]), json!({}), json!(7)] {
            assert_eq!(user_text(&value), None, "{value}");
        }
        let about = "What does <|im_start|>user mean?";
        assert_eq!(user_text(&json!(about)).as_deref(), Some(about));
    }
}
