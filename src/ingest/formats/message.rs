//! One message of an assistant → a draft.
//!
//! Used by the formats of chat servers and of data sets. What the message says is found by `dialogue`.

use serde_json::Value;

use crate::ingest::dialogue::parts::Content;
use crate::ingest::dialogue::said;
use crate::ingest::mediation::Evidence;
use crate::ingest::record::{Draft, Node, Object};
use crate::ingest::tags::{self, Shape};

/// The draft of one message of the assistant. `finish` is why the model stopped, as its server says.
pub(super) fn draft(node: &Node<'_>, message: &Object, finish: Option<&str>) -> Draft {
    let mut draft = node.draft();
    let said = said::of(message);
    draft.encrypted = said.encrypted;
    draft.evidence = said.evidence;
    draft.cut_off = said.cut_off;
    draft.trace.reasoning = said.reasoning;
    draft.trace.answer = said.answer;
    draft.stopped(finish);
    let by_itself = matches!(finish, Some("stop" | "end_turn" | "eos" | "STOP"));
    draft.doubtful = by_itself && !said.calls && !said.in_tags && draft.trace.answer.is_none();
    if !draft.has_reasoning() {
        draft.why = counted_tokens(node.object());
    }
    draft
}

/// The text of a field that is a string and not blank.
pub(super) fn text<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str().filter(|text| !text.trim().is_empty())
}

/// The draft of a list of parts, or of a text that may hold tags.
pub(super) fn from_content(node: &Node<'_>, content: &Value, finish: Option<&str>) -> Draft {
    let mut found = Content::default();
    found.add(content);
    from_parts(node.draft(), found, finish)
}

/// Completes a draft with what the parts of a message hold.
pub(super) fn from_parts(mut draft: Draft, found: Content, finish: Option<&str>) -> Draft {
    draft.encrypted = found.encrypted;
    if found.thinking.trim().is_empty() {
        let split = tags::split(&found.text);
        draft.cut_off = split.shape == Shape::OpeningOnly;
        draft.trace.reasoning = split.reasoning;
        draft.trace.answer = Some(split.answer);
        draft.evidence = Evidence::OwnOutput;
    } else {
        draft.evidence = found.evidence();
        draft.trace.reasoning = found.thinking;
        draft.trace.answer = Some(found.text);
    }
    draft.trace.answer = draft.trace.answer.filter(|answer| !answer.trim().is_empty());
    draft.stopped(finish);
    draft
}

/// Says so where the provider counted reasoning that it does not show.
pub(super) fn counted_tokens(object: &Object) -> Option<String> {
    let usage = object.get("usage")?;
    let details = ["completion_tokens_details", "output_tokens_details"];
    let counted = details.iter().find_map(|key| usage.get(key)?.get("reasoning_tokens")?.as_u64());
    let tokens = counted.filter(|tokens| *tokens > 0)?;
    Some(format!(
        "The provider counted {tokens} reasoning tokens and did not return their text. OpenAI's chat completions never do; its Responses return a summary where `reasoning.summary` asks for one."
    ))
}
