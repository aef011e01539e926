//! An entry of a session's log → what it tells: a turn, something about the session, or nothing.
//!
//! Comes in: one object of the logs that agents and chat programs write: Claude Code, Codex, Copilot,
//! OpenHands, Cline, AutoGen, Cursor, and lists of OpenAI's items. Goes out: its [`Entry`], or `None`
//! where it is no entry. Used by `session` and by the formats of conversations.

use serde_json::Value;

use super::fields;
use super::parts::Content;
use super::said::Said;
use super::turn::{Role, Turn, model};
use crate::ingest::mediation::Evidence;
use crate::ingest::record::Object;

/// What an entry tells.
#[derive(Debug)]
pub(in crate::ingest) enum Entry {
    /// A turn; `certain` where only a log has such an object, so that it is no row by itself.
    Turn { turn: Box<Turn>, certain: bool },
    /// Something about the session.
    About { model: Option<String>, id: Option<String> },
    /// An entry that nobody says.
    Nothing,
}

/// Fields of rows and of answers that are more than one turn.
const MORE: &[&str] = &[
    "messages",
    "conversations",
    "choices",
    "mapping",
    "candidates",
    "samples",
    "outputs",
    "turns",
    "prompt",
    "question",
    "instruction",
    "problem",
    "query",
];

/// Entries of Claude Code and of other logs that hold no turn.
const SILENT: &[&str] = &[
    "summary",
    "file-history-snapshot",
    "queue-operation",
    "system",
    "progress",
    "attachment",
    "model_change",
    "thinking_level_change",
    "custom-title",
    "last-prompt",
    "permission-mode",
];

impl Entry {
    /// What an object tells as an entry of a log.
    pub fn of(object: &Object) -> Option<Self> {
        if MORE.iter().any(|name| object.contains_key(*name)) {
            return None;
        }
        let kind = text(object, "type");
        let marked = wrapped(object, kind).or_else(|| own(object, kind));
        // No reasoning is passed over, whatever its entry looks like.
        let is_silent = |entry: &Self| !matches!(entry, Self::Turn { turn, .. } if turn.role == Role::Assistant);
        if marked.as_ref().is_some_and(is_silent) && fields::reasoning(object).is_some() {
            return None;
        }
        marked.or_else(|| {
            let turn = Turn::of(object)?;
            let speaks = turn.said.answer.is_some()
                || turn.has_reasoning()
                || turn.said.encrypted > 0
                || turn.said.calls;
            // A line around a message is a log's.
            let certain = object.get("message").is_some_and(Value::is_object)
                && object.contains_key("type")
                || object.contains_key("is_user");
            (speaks || certain).then(|| Self::turn(turn, certain))
        })
    }

    fn turn(turn: Turn, certain: bool) -> Self {
        Self::Turn { turn: Box::new(turn), certain }
    }

    fn certain(role: Role, said: Said) -> Self {
        Self::turn(Turn::new(role, said), true)
    }

    fn says(role: Role, text: &str) -> Self {
        Self::certain(role, Said { answer: Some(text.to_owned()), ..Said::default() })
    }

    fn thinks(text: &str, evidence: Evidence) -> Self {
        Self::certain(
            Role::Assistant,
            Said { reasoning: text.to_owned(), evidence, ..Said::default() },
        )
    }

    fn tool() -> Self {
        Self::certain(Role::Tool, Said::default())
    }
}

fn text<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str()
}

fn about(object: &Object, model: Option<String>) -> Entry {
    let ids = ["sessionId", "session_id", "id", "thread_id", "conversation_id"];
    let id = ids.iter().find_map(|name| text(object, name)).map(str::to_owned);
    Entry::About { model, id }
}

/// An entry that wraps its content: Codex, Copilot.
fn wrapped(object: &Object, kind: Option<&str>) -> Option<Entry> {
    if let (Some(kind), Some(payload)) = (kind, object.get("payload").and_then(Value::as_object)) {
        return match kind {
            "session_meta" | "turn_context" => Some(about(payload, model(payload))),
            "response_item" => Some(item(payload).unwrap_or(Entry::Nothing)),
            // What the interface shows repeats the items.
            "event_msg" | "compacted" | "ghost_snapshot" => Some(Entry::Nothing),
            _ => None,
        };
    }
    if let Some(kind) = kind
        && (kind.starts_with("item.") || kind.starts_with("thread.") || kind.starts_with("turn."))
    {
        return Some(match object.get("item").and_then(Value::as_object) {
            Some(inner) if kind == "item.completed" => item(inner).unwrap_or(Entry::Nothing),
            _ => about(object, None),
        });
    }
    if let Some(inner) = object.get("msg").and_then(Value::as_object)
        && object.contains_key("id")
        && let Some(kind) = text(inner, "type")
    {
        return message_of_codex(inner, kind);
    }
    let data = object.get("data").and_then(Value::as_object);
    if let (Some(data), Some(kind)) = (data, kind)
        && kind.contains('.')
    {
        return of_copilot(data, kind);
    }
    None
}

/// An item of OpenAI's Responses, or of Codex.
fn item(object: &Object) -> Option<Entry> {
    match text(object, "type")? {
        "reasoning" => {
            let mut content = Content::default();
            let value = Value::Object(object.clone());
            content.add_thought(&value);
            // What Codex itself writes as `text` is the summary that the server gave it.
            let raw = object.get("content").is_some_and(|raw| !raw.is_null());
            let evidence = if raw { Evidence::OwnOutput } else { Evidence::DeclaredSummary };
            let said = Said {
                reasoning: content.thinking,
                evidence,
                encrypted: content.encrypted,
                ..Said::default()
            };
            Some(Entry::certain(Role::Assistant, said))
        }
        "message" => {
            let turn = Turn::of(object)?;
            Some(Entry::turn(turn, true))
        }
        "agent_message" | "assistant_message" => {
            text(object, "text").map(|said| Entry::says(Role::Assistant, said))
        }
        kind if kind.contains("call") || kind.contains("command") || kind.contains("tool") => {
            Some(Entry::tool())
        }
        _ => None,
    }
}

/// `{id, msg}`, as older versions of Codex write.
fn message_of_codex(inner: &Object, kind: &str) -> Option<Entry> {
    const OTHERS: &[&str] =
        &["task_", "token_", "agent_", "patch_", "turn_", "background_", "stream_", "plan_"];
    Some(match kind {
        "session_configured" => about(inner, model(inner)),
        "agent_reasoning" => match text(inner, "text") {
            Some(thought) => Entry::thinks(thought, Evidence::DeclaredSummary),
            None => Entry::Nothing,
        },
        "agent_message" => match text(inner, "message") {
            Some(said) => Entry::says(Role::Assistant, said),
            None => Entry::Nothing,
        },
        "user_message" => match text(inner, "message") {
            Some(asked) => Entry::says(Role::User, asked),
            None => Entry::Nothing,
        },
        kind if kind.contains("exec_command") || kind.starts_with("mcp_tool") => Entry::tool(),
        kind if OTHERS.iter().any(|start| kind.starts_with(start)) => Entry::Nothing,
        _ => return None,
    })
}

/// `{type: assistant.message, data}`, as the command line of Copilot writes.
fn of_copilot(data: &Object, kind: &str) -> Option<Entry> {
    let role = match kind {
        "user.message" => Role::User,
        "assistant.message" => Role::Assistant,
        _ if kind.starts_with("tool.") => return Some(Entry::tool()),
        _ if kind.starts_with("session.") => {
            let named = text(data, "selectedModel").map(str::to_owned);
            return Some(about(data, named.or_else(|| model(data))));
        }
        _ if kind.starts_with("assistant.") || kind.starts_with("user.") => {
            return Some(Entry::Nothing);
        }
        _ => return None,
    };
    let mut message = data.clone();
    message.insert("role".into(), if role == Role::User { "user" } else { "assistant" }.into());
    let mut turn = Turn::of(&message)?;
    turn.key = text(data, "messageId").map(str::to_owned);
    Some(Entry::turn(turn, true))
}

/// An entry with marks of its own: OpenHands, Cline, AutoGen, Cursor, OpenAI's items.
fn own(object: &Object, kind: Option<&str>) -> Option<Entry> {
    if object.get("isMeta") == Some(&Value::Bool(true)) {
        return Some(Entry::Nothing);
    }
    if let Some(source) = text(object, "source")
        && let Some(entry) =
            of_openhands(object, source).or_else(|| of_autogen(object, source, kind))
    {
        return Some(entry);
    }
    if let (Some("say"), Some(what)) = (kind, text(object, "say")) {
        let said = text(object, "text").unwrap_or_default();
        return Some(match what {
            "task" | "user_feedback" => Entry::says(Role::User, said),
            "reasoning" => Entry::thinks(said, Evidence::NamedField),
            "text" | "completion_result" => Entry::says(Role::Assistant, said),
            "tool" | "command" | "command_output" => Entry::tool(),
            _ => Entry::Nothing,
        });
    }
    if kind == Some("ask") && object.contains_key("ask") {
        return Some(Entry::Nothing);
    }
    if let Some(role) =
        object.get("type").and_then(Value::as_u64).filter(|_| object.contains_key("bubbleId"))
    {
        let mut message = object.clone();
        message.remove("type");
        message.insert("role".into(), if role == 1 { "user" } else { "assistant" }.into());
        return Turn::of(&message).map(|turn| Entry::turn(turn, true));
    }
    if object.contains_key("chat_metadata") && object.contains_key("character_name") {
        return Some(about(object, None));
    }
    match kind {
        Some("reasoning")
            if object.contains_key("summary") || object.contains_key("encrypted_content") =>
        {
            item(object)
        }
        Some(
            "function_call"
            | "function_call_output"
            | "custom_tool_call"
            | "custom_tool_call_output",
        ) => Some(Entry::tool()),
        Some("session" | "session_start") if object.contains_key("id") => {
            Some(about(object, model(object)))
        }
        // The first lines of Gemini CLI's and of Goose's logs.
        None if ["projectHash", "working_dir"].iter().any(|name| object.contains_key(*name)) => {
            Some(about(object, model(object)))
        }
        Some(kind) if SILENT.contains(&kind) && is_line(object) => Some(Entry::Nothing),
        _ => None,
    }
}

/// Whether an object has what the lines of a session have in common.
fn is_line(object: &Object) -> bool {
    ["uuid", "leafUuid", "parentUuid", "sessionId", "messageId", "parentId", "timestamp"]
        .iter()
        .any(|name| object.contains_key(*name))
}

/// An event of OpenHands, as its server and as its library write it.
fn of_openhands(object: &Object, source: &str) -> Option<Entry> {
    if !["user", "agent", "environment"].contains(&source) || object.contains_key("step_id") {
        return None;
    }
    if let Some(response) =
        object.get("tool_call_metadata").and_then(|call| call["model_response"].as_object())
        && object.contains_key("action")
    {
        let message = response.get("choices")?.get(0)?.get("message")?.as_object()?;
        let mut message = message.clone();
        message.entry("role").or_insert("assistant".into());
        let mut turn = Turn::of(&message)?;
        turn.model = model(response);
        turn.key = text(response, "id").map(str::to_owned);
        turn.said.calls = true;
        return Some(Entry::turn(turn, true));
    }
    if let Some(kind) = text(object, "kind").filter(|kind| kind.ends_with("Event")) {
        return match kind {
            "MessageEvent" => {
                let turn = Turn::of(object.get("llm_message")?.as_object()?)?;
                Some(Entry::turn(turn, true))
            }
            "ActionEvent" => {
                let mut message = object.clone();
                message.insert("role".into(), "assistant".into());
                let mut turn = Turn::of(&message)?;
                turn.said.calls = true;
                Some(Entry::turn(turn, true))
            }
            "ObservationEvent" => Some(Entry::tool()),
            _ => Some(Entry::Nothing),
        };
    }
    if object.contains_key("observation") {
        return Some(Entry::tool());
    }
    let said = object.get("args").and_then(|args| args["content"].as_str());
    match (text(object, "action")?, said) {
        ("message", Some(said)) if source == "user" => Some(Entry::says(Role::User, said)),
        ("message", Some(said)) if source == "agent" => Some(Entry::says(Role::Assistant, said)),
        _ => Some(Entry::Nothing),
    }
}

/// `{source, content, type: ThoughtEvent}`.
fn of_autogen(object: &Object, source: &str, kind: Option<&str>) -> Option<Entry> {
    let kind = kind.filter(|_| object.contains_key("models_usage"))?;
    let said = text(object, "content").unwrap_or_default();
    Some(match kind {
        "ThoughtEvent" => Entry::thinks(said, Evidence::NamedField),
        "TextMessage" | "StopMessage" | "HandoffMessage" if source == "user" => {
            Entry::says(Role::User, said)
        }
        "TextMessage" | "StopMessage" => Entry::says(Role::Assistant, said),
        _ if kind.starts_with("ToolCall") => Entry::tool(),
        _ => Entry::Nothing,
    })
}
