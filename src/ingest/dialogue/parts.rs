//! What a message's content holds: a text, or parts of text, of thinking and of calls.
//!
//! Comes in: the content of a message in any of the shapes that servers and programs write, whatever
//! key names the type of a part. Goes out: [`Content`]. Used by `turn` and by the formats.

use serde_json::Value;

use crate::ingest::mediation::Evidence;
use crate::ingest::record::names;

/// The keys that name the type of a part.
const TYPES: &[&str] = &["type", "part_kind", "block_type", "content_type", "kind", "phase"];

/// The keys under which a part of thinking has its text.
const THINKING: &[&str] =
    &["thinking", "reasoning", "think", "text", "content", "reasoning_text", "thoughts", "value"];

/// How deeply parts may stand in parts.
const DEEPEST: usize = 4;

/// What a message's content holds.
#[derive(Debug, Clone, Default)]
pub(in crate::ingest) struct Content {
    pub text: String,
    pub thinking: String,
    pub encrypted: usize,
    /// Thinking that is declared to be a summary is among it.
    pub is_summary: bool,
    /// A tool is called, or says what came of a call.
    pub calls: bool,
}

/// What a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Thinking,
    Redacted,
    /// A call of a tool, its result, or something else that nobody says.
    Other,
    Call,
    Text,
    Unknown,
}

impl Kind {
    fn of(part: &Value) -> Self {
        // A step of LM Studio has a type, and its style another.
        let style = part.get("style").and_then(|style| style["type"].as_str());
        let Some(name) = style.or_else(|| TYPES.iter().find_map(|key| part.get(*key)?.as_str()))
        else {
            return Self::Unknown;
        };
        let name = names::folded(name);
        match name.as_str() {
            "thinking" | "think" | "reasoning" | "thought" | "thoughts" | "reasoningtext"
            | "reasoningcontent" | "reasoningsummary" | "thinkingblock" | "reasoningblock" => {
                Self::Thinking
            }
            "redactedthinking" | "redactedreasoning" | "reasoningencrypted" => Self::Redacted,
            "reasoningrecap"
            | "systemprompt"
            | "code"
            | "usereditablecontext"
            | "modeleditablecontext" => Self::Other,
            "functionresponse" | "executionoutput" | "command" => Self::Call,
            "text" | "outputtext" | "inputtext" | "request" | "response" | "answer"
            | "markdown" | "contentblock" | "userprompt" | "multimodaltext" | "summarytext" => {
                Self::Text
            }
            _ if name.contains("tool") || name.contains("call") || name.contains("search") => {
                Self::Call
            }
            _ => Self::Unknown,
        }
    }
}

impl Content {
    /// Adds a content: a text, a list of parts, or one part.
    pub fn add(&mut self, content: &Value) {
        match content {
            Value::String(text) => push(&mut self.text, text, "\n"),
            Value::Array(parts) => parts.iter().for_each(|part| self.add_part(part)),
            // What Arena-Hard keeps of an answer.
            Value::Object(one) if one.contains_key("thought") && one.contains_key("answer") => {
                push(&mut self.thinking, content["thought"].as_str().unwrap_or_default(), "\n\n");
                push(&mut self.text, content["answer"].as_str().unwrap_or_default(), "\n");
            }
            Value::Object(_) => self.add_part(content),
            _ => {}
        }
    }

    /// Adds a part that is thinking by the list it stands in.
    pub fn add_thought(&mut self, part: &Value) {
        match Kind::of(part) {
            Kind::Redacted => self.encrypted += 1,
            Kind::Call | Kind::Other => {}
            _ => self.add_thinking(part),
        }
    }

    fn add_part(&mut self, part: &Value) {
        if let Some(inner) = part.get("reasoningContent") {
            return self.add_bedrock(inner);
        }
        if let Some(inner) = part.get("message_content").filter(|inner| inner.is_object()) {
            return self.add_part(inner);
        }
        match Kind::of(part) {
            Kind::Thinking => self.add_thinking(part),
            Kind::Redacted => self.encrypted += 1,
            Kind::Call => self.calls = true,
            Kind::Other => {}
            kind => {
                let is_thought =
                    ["thought", "isThought"].iter().any(|name| part[*name] == Value::Bool(true));
                let own = part.as_str().map(str::to_owned).or_else(|| match kind {
                    Kind::Text => spoken(part, DEEPEST),
                    _ => inner_text(part.get("text")?),
                });
                match own {
                    Some(text) if is_thought => {
                        push(&mut self.thinking, &text, "\n\n");
                        self.is_summary = true;
                    }
                    Some(text) => push(&mut self.text, &text, "\n"),
                    // A part without a type, whose key tells what it is.
                    None => self.add_named(part),
                }
            }
        }
    }

    fn add_named(&mut self, part: &Value) {
        let calls = ["functionCall", "functionResponse", "toolUse", "toolResult", "tool_call"];
        if calls.iter().any(|name| part.get(*name).is_some()) {
            self.calls = true;
        } else if let Some(text) =
            ["reasoning", "thinking"].iter().find_map(|name| text_of(part.get(*name)?))
        {
            push(&mut self.thinking, &text, "\n\n");
        }
    }

    fn add_thinking(&mut self, part: &Value) {
        let summary = part.get("summary").filter(|summary| !summary.is_null());
        if part["redacted"] == Value::Bool(true) {
            // What stands in the part's own field is encrypted (Inspect AI).
            match summary.and_then(Value::as_str).filter(|text| !text.trim().is_empty()) {
                Some(text) => self.add_summary(text),
                None => self.encrypted += 1,
            }
            return;
        }
        let own =
            THINKING.iter().find_map(|name| text_of(part.get(*name)?)).or_else(|| text_of(part));
        match (own, summary) {
            (Some(own), _) => push(&mut self.thinking, &own, "\n\n"),
            (None, Some(summary)) if text_of(summary).is_some() => match summary {
                Value::Array(list) => {
                    list.iter().filter_map(text_of).for_each(|text| self.add_summary(&text));
                }
                one => {
                    if let Some(text) = text_of(one) {
                        self.add_summary(&text);
                    }
                }
            },
            // A signature or a blob without a text: the provider keeps the text to itself.
            _ => {
                let sealed = ["signature", "encrypted_content", "thinkingSignature", "encrypted"];
                let mut sealed = sealed.iter().filter_map(|name| part.get(*name)?.as_str());
                self.encrypted += usize::from(sealed.any(|text| !text.is_empty()));
            }
        }
    }

    fn add_summary(&mut self, text: &str) {
        push(&mut self.thinking, text, "\n\n");
        self.is_summary = true;
    }

    /// `reasoningContent` of Bedrock's Converse.
    fn add_bedrock(&mut self, inner: &Value) {
        match inner["reasoningText"]["text"].as_str() {
            Some(text) => push(&mut self.thinking, text, "\n\n"),
            None => self.encrypted += usize::from(inner.get("redactedContent").is_some()),
        }
    }

    /// The evidence that the parts of thinking give.
    pub fn evidence(&self) -> Evidence {
        if self.is_summary { Evidence::DeclaredSummary } else { Evidence::NamedField }
    }
}

/// What a part of text says: its text, or the texts of the parts in it.
fn spoken(part: &Value, depth: usize) -> Option<String> {
    let inner = ["text", "content", "value", "parts"].iter().find_map(|name| part.get(*name))?;
    match inner {
        Value::Array(list) => {
            let deeper = |item: &Value| match depth {
                0 => None,
                _ => item.as_str().map(str::to_owned).or_else(|| spoken(item, depth - 1)),
            };
            let texts: Vec<_> = list.iter().filter_map(deeper).collect();
            (!texts.is_empty()).then(|| texts.join("\n"))
        }
        other => inner_text(other),
    }
}

/// A text, or an object that holds it as its `value` (the Assistants of OpenAI).
fn inner_text(value: &Value) -> Option<String> {
    value.as_str().or_else(|| value.get("value")?.as_str()).map(str::to_owned)
}

/// The one text of a value that is known to be reasoning; `None` where it is blank.
pub(in crate::ingest) fn text_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => {
            let texts: Vec<_> = list.iter().filter_map(text_of).collect();
            // The pieces of one text follow each other; titled thoughts are paragraphs.
            let titled =
                list.iter().any(|one| one.get("subject").is_some() || one.get("summary").is_some());
            texts.join(if titled { "\n\n" } else { "" })
        }
        Value::Object(object) => {
            let names = [
                "text",
                "content",
                "thinking",
                "reasoning",
                "reasoning_text",
                "description",
                "value",
                "subject",
            ];
            names.iter().find_map(|name| match object.get(*name)? {
                Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
                _ => None,
            })?
        }
        _ => return None,
    };
    Some(text).filter(|text| !text.trim().is_empty())
}

/// Adds a text behind another.
pub(in crate::ingest) fn push(text: &mut String, more: &str, between: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push_str(between);
    }
    text.push_str(more);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parts_are_told_apart_whatever_key_names_their_type() {
        for parts in [
            json!([{"type": "reasoning", "text": "I add."}, {"type": "text", "text": "4"}]),
            json!([{"type": "think", "think": "I add."}, {"type": "text", "text": {"value": "4"}}]),
            json!([{"part_kind": "thinking", "content": "I add."}, {"part_kind": "text", "content": "4"}]),
            json!([{"block_type": "thinking", "content": "I add."}, {"block_type": "text", "text": "4"}]),
            json!([{"type": "THINK", "content": "I add."}, {"type": "RESPONSE", "content": "4"}]),
            json!([{"type": "contentBlock", "style": {"type": "thinking"}, "content": [{"type": "text", "text": "I add."}]},
                   {"type": "contentBlock", "content": [{"type": "text", "text": "4"}]}]),
            json!([{"reasoning": {"reasoning_text": "I add."}}, {"text": "4"}]),
            json!([{"phase": "think", "content": "I add."}, {"phase": "answer", "content": "4"}]),
            json!([{"text": "I add.", "thought": true}, {"text": "4"}]),
        ] {
            let mut content = Content::default();
            content.add(&parts);
            assert_eq!(
                (content.thinking.as_str(), content.text.as_str()),
                ("I add.", "4"),
                "{parts}"
            );
        }
    }

    #[test]
    fn calls_and_their_results_are_nobodys_text() {
        let parts = json!([{"type": "tool_use", "input": {}}, {"type": "tool_result", "content": "7"},
            {"type": "tool", "state": {"output": "7"}}, {"functionCall": {"name": "f"}}, {"part_kind": "tool-return", "content": "7"}]);
        let mut content = Content::default();
        content.add(&parts);
        assert_eq!((content.thinking.as_str(), content.text.as_str()), ("", ""));
        assert!(content.calls);
    }
}
