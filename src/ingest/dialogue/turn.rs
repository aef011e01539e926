//! An object → a turn of a conversation: who says what.
//!
//! Comes in: a message as servers, data sets, agents and chat programs write it. Goes out: its
//! [`Turn`], or `None` where the object is no message. Used by `runs`, by `session` and by the formats.

use serde_json::Value;

use super::said::{self, Said};
use crate::ingest::record::{Object, is_of_a_tool, question};

/// Who wrote a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) enum Role {
    /// The model.
    Assistant,
    /// A person, or whoever asks.
    User,
    /// What came of a call.
    Tool,
    /// A system prompt, or a role that is not known.
    Other,
}

/// One turn.
#[derive(Debug, Clone)]
pub(in crate::ingest) struct Turn {
    pub role: Role,
    pub said: Said,
    /// The model that the message itself names.
    pub model: Option<String>,
    /// What several pieces of one message have in common.
    pub key: Option<String>,
    /// Why the model stopped, as its server says.
    pub finish: Option<String>,
    /// The message has an id, a time or a model of its own, as a log's has and a data set's has not.
    pub is_logged: bool,
    /// Other answers to the same question, which stand beside this one.
    pub others: Vec<Said>,
}

impl Turn {
    /// A turn that says something and nothing else.
    pub fn new(role: Role, said: Said) -> Self {
        let others = Vec::new();
        Self { role, said, model: None, key: None, finish: None, is_logged: false, others }
    }

    /// The turn that an object is.
    pub fn of(object: &Object) -> Option<Self> {
        let chosen = chosen(object);
        let inner = inner(chosen);
        let role = role_of(inner).or_else(|| role_of(chosen))?;
        let said = if role == Role::Assistant {
            said::of(inner)
        } else {
            let content = said::content(inner);
            Said { answer: Some(content.text), calls: content.calls, ..Said::default() }
        };
        let mut turn = Self::new(role, said);
        if is_thought(inner) {
            // A message that is nothing but reasoning, by its role or its mark.
            turn.said.reasoning = turn.said.answer.take().unwrap_or(turn.said.reasoning);
            turn.said.evidence = evidence_of_thought(inner);
        }
        turn.model = model(inner).or_else(|| model(chosen));
        turn.key = text(inner, &["id"]).filter(|_| !std::ptr::eq(inner, chosen));
        let finish = ["finish_reason", "stop_reason", "stopReason", "finishReason"];
        turn.finish = text(inner, &finish).or_else(|| {
            let beside =
                inner.get("response_metadata").or_else(|| inner.get("meta"))?.as_object()?;
            text(beside, &finish)
        });
        let marks = [
            "id",
            "uuid",
            "timestamp",
            "createdAt",
            "created_at",
            "create_time",
            "messageId",
            "info",
            "versions",
            "tokenCount",
            "send_date",
            "parts",
        ];
        turn.is_logged =
            marks.iter().any(|name| chosen.contains_key(*name)) || turn.model.is_some();
        turn.others = others(inner);
        Some(turn)
    }

    /// What a person asks in this turn, if it is a question and not what came of a call.
    pub fn question(&self) -> Option<&str> {
        let text = self.said.answer.as_deref().map(str::trim).filter(|text| !text.is_empty())?;
        (self.role == Role::User && !is_of_a_tool(text)).then(|| question(text))
    }

    /// Whether the turn holds reasoning.
    pub fn has_reasoning(&self) -> bool {
        self.role == Role::Assistant && !self.said.reasoning.trim().is_empty()
    }
}

/// The version of a message that is shown (LM Studio).
fn chosen(object: &Object) -> &Object {
    let chosen = object.get("versions").and_then(Value::as_array).and_then(|versions| {
        let at = object.get("currentlySelected").and_then(Value::as_u64).unwrap_or_default();
        versions.get(usize::try_from(at).ok()?)?.as_object()
    });
    chosen.unwrap_or(object)
}

/// The message that an object wraps: a line of a session, a node of a tree, LangChain's dump.
fn inner(object: &Object) -> &Object {
    let wrapped = ["message", "data", "kwargs"].iter().find_map(|name| {
        let inner = object.get(*name)?.as_object()?;
        let speaks = ["content", "contents", "parts", "blocks", "text", "fragments"]
            .iter()
            .any(|name| inner.contains_key(*name));
        speaks.then_some(inner)
    });
    // An export of Grok.
    let response = || {
        let inner = object.get("response")?.as_object()?;
        (inner.contains_key("sender") && inner.contains_key("message")).then_some(inner)
    };
    wrapped.or_else(response).unwrap_or(object)
}

/// Who writes a message, by the many names that this has.
fn role_of(object: &Object) -> Option<Role> {
    let word =
        |value: &Value| value.as_str().or_else(|| value.get("role")?.as_str()).and_then(role_named);
    if let Some(role) = object.get("role").and_then(Value::as_str) {
        return Some(role_named(role).unwrap_or(Role::Other));
    }
    // DeepSeek's pages tell it by the first fragment, trajectories in ATIF by who the step comes from.
    if let Some(first) = object.get("fragments").and_then(|list| list.get(0)?.get("type")?.as_str())
    {
        return Some(if first == "REQUEST" { Role::User } else { Role::Assistant });
    }
    if object.contains_key("step_id")
        && let Some(role) = object.get("source").and_then(Value::as_str).and_then(role_named)
    {
        return Some(role);
    }
    let named = ["author", "from", "sender", "speaker", "info"]
        .iter()
        .find_map(|name| word(object.get(*name)?));
    let by_flag = || {
        let flags = ["isCreatedByUser", "is_user", "isUser"];
        let flag = flags.iter().find_map(|name| object.get(*name)?.as_bool())?;
        Some(if flag { Role::User } else { Role::Assistant })
    };
    named.or_else(by_flag).or_else(|| by_type(object))
}

/// Who writes a message whose type says so.
fn by_type(object: &Object) -> Option<Role> {
    if object.contains_key("parts") {
        match object.get("kind").and_then(Value::as_str) {
            Some("request") => return Some(Role::User),
            Some("response") => return Some(Role::Assistant),
            _ => {}
        }
    }
    // LangChain writes the name of the class.
    let class = object.get("id").and_then(Value::as_array).and_then(|path| path.last()?.as_str());
    let kind = class.or_else(|| object.get("type").and_then(Value::as_str))?;
    let speaks = ["content", "text", "message", "data", "kwargs"]
        .iter()
        .any(|name| object.contains_key(*name));
    let word = kind.strip_suffix("MessageChunk").or(kind.strip_suffix("Message")).unwrap_or(kind);
    role_named(word).filter(|_| speaks)
}

fn role_named(word: &str) -> Option<Role> {
    Some(match word.to_ascii_lowercase().as_str() {
        "assistant" | "gpt" | "model" | "bot" | "chatgpt" | "ai" | "gemini" | "claude"
        | "chatbot" | "agent" | "reasoning" | "thinking" | "thought" => Role::Assistant,
        "user" | "human" | "prompter" => Role::User,
        "tool" | "function" | "toolresult" | "tool_result" | "observation" | "ipython"
        | "environment" => Role::Tool,
        "system" | "developer" => Role::Other,
        _ => return None,
    })
}

/// Whether a whole message is reasoning.
fn is_thought(object: &Object) -> bool {
    let role = object.get("role").and_then(Value::as_str).unwrap_or_default();
    ["reasoning", "thinking", "thought"].contains(&role.to_ascii_lowercase().as_str())
        || object.get("isThought") == Some(&Value::Bool(true))
}

fn evidence_of_thought(object: &Object) -> crate::ingest::mediation::Evidence {
    use crate::ingest::mediation::Evidence;
    if object.contains_key("isThought") { Evidence::DeclaredSummary } else { Evidence::NamedField }
}

/// The model that a message names.
pub(in crate::ingest) fn model(object: &Object) -> Option<String> {
    const NAMES: &[&str] = &[
        "model",
        "modelName",
        "model_name",
        "modelID",
        "modelId",
        "model_slug",
        "senderName",
        "ls_model_name",
    ];
    const BESIDE: &[&str] = &[
        "metadata",
        "response_metadata",
        "info",
        "modelInfo",
        "senderInfo",
        "extra",
        "meta",
        "generationInfo",
    ];
    text(object, NAMES).or_else(|| {
        BESIDE.iter().find_map(|name| {
            let inner = object.get(*name)?.as_object()?;
            text(inner, NAMES).or_else(|| {
                // Jan keeps the assistant that was asked, mini-swe-agent the server's answer.
                let id = &inner.get("assistant").unwrap_or(&Value::Null)["model"]["id"];
                let answer = &inner.get("response").unwrap_or(&Value::Null)["model"];
                id.as_str().or(answer.as_str()).map(str::to_owned)
            })
        })
    })
}

fn text(object: &Object, names: &[&str]) -> Option<String> {
    let texts = names.iter().filter_map(|name| object.get(*name)?.as_str());
    texts.map(str::trim).find(|text| !text.is_empty()).map(str::to_owned)
}

/// The other answers that SillyTavern keeps beside the one that is shown.
fn others(object: &Object) -> Vec<Said> {
    let list =
        |name: &str| object.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let shown =
        object.get("swipe_id").and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok());
    let infos = list("swipe_info").iter().enumerate().filter(|(at, _)| Some(*at) != shown);
    infos
        .filter_map(|(at, info)| {
            let mut message = info.as_object()?.clone();
            message.insert("mes".into(), list("swipes").get(at)?.clone());
            Some(said::of(&message)).filter(|said| !said.reasoning.trim().is_empty())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn turn(message: Value) -> Turn {
        Turn::of(message.as_object().unwrap()).unwrap_or_else(|| panic!("no turn: {message}"))
    }

    #[test]
    fn who_says_what_is_found_by_many_names() {
        for message in [
            json!({"role": "assistant", "content": "4", "reasoning": "I add."}),
            json!({"from": "gpt", "value": "<think>I add.</think>4"}),
            json!({"sender": "assistant", "text": "4", "content": [{"type": "thinking", "thinking": "I add."}, {"type": "text", "text": "4"}]}),
            json!({"type": "gemini", "content": "4", "thoughts": [{"subject": "Sum", "description": "I add."}]}),
            json!({"info": {"role": "assistant"}, "parts": [{"type": "reasoning", "text": "I add."}, {"type": "text", "text": "4"}]}),
            json!({"isCreatedByUser": false, "text": "", "content": [{"type": "think", "think": "I add."}, {"type": "text", "text": "4"}]}),
            json!({"kind": "response", "parts": [{"part_kind": "thinking", "content": "I add."}, {"part_kind": "text", "content": "4"}]}),
            json!({"is_user": false, "mes": "4", "extra": {"reasoning": "I add."}}),
            json!({"type": "ai", "data": {"content": "4", "additional_kwargs": {"reasoning_content": "I add."}}}),
            json!({"lc": 1, "type": "constructor", "id": ["langchain", "AIMessage"], "kwargs": {"content": "4", "additional_kwargs": {"reasoning_content": "I add."}}}),
            json!({"type": "assistant", "message": {"role": "assistant", "content": [{"type": "thinking", "thinking": "I add."}, {"type": "text", "text": "4"}]}}),
            json!({"fragments": [{"type": "THINK", "content": "I add."}, {"type": "RESPONSE", "content": "4"}]}),
            json!({"step_id": 2, "source": "agent", "message": "4", "reasoning_content": "I add."}),
            json!({"role": "assistant", "content": {"thought": "I add.", "answer": "4"}}),
            json!({"response": {"sender": "ASSISTANT", "message": "4", "thinking_trace": "I add."}}),
            json!({"role": "assistant", "segments": [{"type": "thinking", "text": "I add."}, {"type": "text", "text": "4"}]}),
            json!({"role": "assistant", "content": "", "content_list": [{"phase": "think", "content": "I add."}, {"phase": "answer", "content": "4"}]}),
            json!({"role": "assistant", "content": "4", "contentChunks": [{"type": "thinking", "thinking": [{"type": "text", "text": "I add."}]}, {"type": "text", "text": "4"}]}),
            json!({"role": "assistant", "content": "4", "extra": {"response": {"choices": [{"message": {"content": "4", "reasoning_content": "I add."}}]}}}),
            json!({"versions": [{"role": "user", "content": "no"}, {"role": "assistant", "content": "<think>I add.</think>4"}], "currentlySelected": 1}),
        ] {
            let turn = turn(message.clone());
            assert_eq!(turn.role, Role::Assistant, "{message}");
            assert_eq!(turn.said.reasoning, "I add.", "{message}");
            assert_eq!(turn.said.answer.as_deref(), Some("4"), "{message}");
        }
        for message in [
            json!({"title": "x", "content": "y"}),
            json!({"from": "a@b.c", "value": "x"}),
            json!({"type": "note", "text": "x"}),
        ] {
            assert!(Turn::of(message.as_object().unwrap()).is_none(), "{message}");
        }
    }

    #[test]
    fn what_came_of_a_call_is_no_question() {
        for message in [
            json!({"role": "user", "content": [{"type": "tool_result", "content": "7"}]}),
            json!({"role": "user", "content": "EXECUTION RESULT of [bash]: 7"}),
            json!({"role": "user", "content": [{"type": "text", "text": "[read_file for 'a'] Result: 7"}]}),
            json!({"role": "user", "parts": [{"functionResponse": {"name": "f"}}]}),
            json!({"role": "tool", "content": "7"}),
        ] {
            assert_eq!(turn(message.clone()).question(), None, "{message}");
        }
        let asked = turn(json!({"role": "user", "content": [{"type": "text", "text": "2+2?"}]}));
        assert_eq!(asked.question(), Some("2+2?"));
    }
}
