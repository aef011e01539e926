//! The body of an answer → the trace in it.
//!
//! Comes in: the bytes that a server sent with status 200. Goes out: an [`Answer`], or why it is none
//! ([`Unreadable`]). The reasoning is found by `ingest`, as in any file, so that what `collect` keeps
//! is what `compare` would have read. Called by `client`.

use crate::{
    ingest::{self, Limits, Options, cleaning::Cleaning, whole_response},
    trace::{CleaningStep, TextKind, Trace},
};
use serde_json::Value;

/// One answer.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// The trace; its reasoning is empty where the answer has none.
    pub trace: Trace,
    /// The answer as the server sends it whole.
    pub response: Value,
    /// The name that the server gave the model.
    pub answered_by: Option<String>,
    pub tokens: Tokens,
    /// The answer ended at the limit of tokens.
    pub at_limit: bool,
    /// The stream broke off.
    pub interrupted: bool,
    /// Why there is no reasoning.
    pub without: Option<String>,
}

/// What an answer cost, as far as the server tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tokens {
    pub prompt: Option<u64>,
    pub completion: Option<u64>,
    pub reasoning: Option<u64>,
}

/// Why bytes are no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// Nothing.
    Empty,
    /// A page for a browser.
    Page,
    /// An error in the shape of an answer; its status, where it tells.
    Refused(Option<u16>, String),
    /// Something else.
    Other(String),
}

/// Finish reasons of an answer that ended at a limit.
const AT_LIMIT: [&str; 5] =
    ["length", "max_tokens", "max_output_tokens", "MAX_TOKENS", "model_length"];

/// Reads an answer of at most `limit` bytes.
pub(super) fn read(bytes: &[u8], limit: usize) -> Result<Answer, Unreadable> {
    let start = bytes.trim_ascii_start();
    if start.is_empty() {
        return Err(Unreadable::Empty);
    }
    if start.starts_with(b"<") {
        return Err(Unreadable::Page);
    }
    let response = whole_response(bytes, limit).unwrap_or_default();
    if let Some((status, message)) = error_in(bytes, &response) {
        return Err(Unreadable::Refused(status, message));
    }
    if response.is_null() {
        return Err(Unreadable::Other(format!("it begins with `{}`", beginning(start))));
    }
    let (trace, without) = trace(bytes, limit)?;
    let finish = trace.meta.get("finish_reason").and_then(Value::as_str).unwrap_or_default();
    Ok(Answer {
        at_limit: AT_LIMIT.contains(&finish),
        interrupted: finish == "interrupted",
        answered_by: name(&response),
        tokens: Tokens::of(&response),
        without,
        trace,
        response,
    })
}

/// The trace, and why its reasoning is empty where it is.
fn trace(bytes: &[u8], limit: usize) -> Result<(Trace, Option<String>), Unreadable> {
    let read = |text: TextKind| {
        // Nothing is mended now: it is when the file is read.
        let cleaning = Cleaning { skip: CleaningStep::ALL.to_vec(), mask_names: false };
        let limits = Limits { record_bytes: limit, ..Limits::default() };
        let options = Options { text, cleaning, limits, ..Options::default() };
        let traces = ingest::read("answer.jsonl", std::io::Cursor::new(bytes.to_vec()), options);
        let mut traces = traces.map_err(|error| Unreadable::Other(error.to_string()))?;
        let first = traces.next().transpose();
        let first = first.map_err(|error| Unreadable::Other(error.to_string()))?;
        let dropped = traces.summary().dropped.values().next();
        Ok((first, dropped.map(|dropped| dropped.detail.clone())))
    };
    let (found, why) = read(TextKind::Reasoning)?;
    if let Some(trace) = found {
        return Ok((trace, None));
    }
    let why = why.unwrap_or_else(|| "There is no text in it.".into());
    match read(TextKind::Answer)?.0 {
        Some(trace) => Ok((trace, Some(why))),
        None => Err(Unreadable::Other(why)),
    }
}

/// An error that came with status 200, whole or as an event of a stream.
fn error_in(bytes: &[u8], response: &Value) -> Option<(Option<u16>, String)> {
    let own = response.get("error").filter(|error| !error.is_null());
    if let Some(error) = own {
        return Some(described(error));
    }
    // A stream may break off with an error, which is no piece of the answer.
    let text = String::from_utf8_lossy(bytes);
    text.lines().rev().take(8).find_map(|line| {
        let data = line.trim().strip_prefix("data:").unwrap_or(line).trim();
        let event: Value = serde_json::from_str(data).ok()?;
        let error = event.get("error").filter(|error| !error.is_null())?;
        Some(described(error))
    })
}

/// The status and the sentence of an error, in any of the usual shapes.
pub(super) fn described(error: &Value) -> (Option<u16>, String) {
    let status = ["code", "status", "status_code"].iter().find_map(|name| {
        let value = error.get(*name)?;
        let number = value.as_u64().or_else(|| value.as_str()?.parse().ok())?;
        u16::try_from(number).ok().filter(|number| (300..600).contains(number))
    });
    let message = error.as_str().map(str::to_owned).or_else(|| {
        let names = ["message", "detail", "msg", "type"];
        names.iter().find_map(|name| error.get(*name)?.as_str().map(str::to_owned))
    });
    (status, message.unwrap_or_else(|| error.to_string()))
}

impl Tokens {
    fn of(response: &Value) -> Self {
        let usage = ["usage", "usageMetadata"].iter().find_map(|name| response.get(*name));
        let usage = usage.unwrap_or(response);
        let number = |names: &[&str]| {
            names.iter().find_map(|name| usage.pointer(&format!("/{name}"))?.as_u64())
        };
        Self {
            prompt: number(&[
                "prompt_tokens",
                "input_tokens",
                "promptTokenCount",
                "prompt_eval_count",
            ]),
            completion: number(&[
                "completion_tokens",
                "output_tokens",
                "candidatesTokenCount",
                "eval_count",
            ]),
            reasoning: number(&[
                "completion_tokens_details/reasoning_tokens",
                "output_tokens_details/reasoning_tokens",
                "thoughtsTokenCount",
                "reasoning_tokens",
            ]),
        }
    }

    /// Prompt and completion; a quarter of the bytes where the server does not tell.
    pub fn total(self, bytes: usize) -> u64 {
        match (self.prompt, self.completion) {
            (None, None) => bytes as u64 / 4,
            (prompt, completion) => {
                prompt.unwrap_or_default().saturating_add(completion.unwrap_or_default())
            }
        }
    }
}

fn name(response: &Value) -> Option<String> {
    let name = ["model", "modelVersion"].iter().find_map(|name| response.get(*name)?.as_str());
    name.filter(|name| !name.trim().is_empty()).map(str::to_owned)
}

/// The first characters of bytes that should have been something else.
pub(super) fn beginning(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(400)]).into_owned();
    let printable = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let words: Vec<String> =
        printable.collect::<String>().split_whitespace().map(str::to_owned).collect();
    words.join(" ").chars().take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> Result<Answer, Unreadable> {
        read(text.as_bytes(), 1 << 20)
    }

    #[test]
    fn reasoning_is_found_in_every_shape() {
        for text in [
            r#"{"model":"m","choices":[{"message":{"role":"assistant","content":"4","reasoning":"I add."},"finish_reason":"stop"}]}"#,
            r#"{"model":"m","choices":[{"message":{"role":"assistant","content":"I add.</think>4"}}]}"#,
            r#"{"type":"message","role":"assistant","model":"m","content":[{"type":"thinking","thinking":"I add."},{"type":"text","text":"4"}]}"#,
            r#"{"modelVersion":"m","candidates":[{"content":{"role":"model","parts":[{"text":"I add.","thought":true},{"text":"4"}]},"finishReason":"STOP"}]}"#,
            r#"{"model":"m","message":{"role":"assistant","content":"4","thinking":"I add."},"done":true}"#,
            r#"{"object":"response","model":"m","output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"I add."}]},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"4"}]}]}"#,
        ] {
            let answer = body(text).unwrap();
            assert_eq!(answer.trace.reasoning, "I add.", "{text}");
            assert_eq!(answer.trace.answer.as_deref(), Some("4"), "{text}");
            assert_eq!(answer.answered_by.as_deref(), Some("m"), "{text}");
            assert!(!answer.interrupted && answer.without.is_none());
        }
    }

    #[test]
    fn a_stream_is_read_whole_and_one_that_breaks_off_is_known() {
        let piece = |delta: &str, finish: &str| {
            format!(
                "data: {{\"id\":\"c\",\"model\":\"m\",\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":{finish}}}]}}\n\n"
            )
        };
        let start = format!(
            ": keep-alive\n\n{}{}",
            piece(r#"{"reasoning_content":"I "}"#, "null"),
            piece(r#"{"reasoning_content":"add."}"#, "null")
        );
        assert!(body(&start).unwrap().interrupted);
        let usage = "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5}}\n\n";
        let whole =
            format!("{start}{}{usage}data: [DONE]\n\n", piece(r#"{"content":"4"}"#, "\"length\""));
        let answer = body(&whole).unwrap();
        assert_eq!(answer.trace.reasoning, "I add.");
        assert!(answer.at_limit && !answer.interrupted);
        assert_eq!(answer.tokens.total(0), 8);
        assert_eq!(answer.response["choices"][0]["message"]["content"], "4");
        let broken =
            format!("{start}data: {{\"error\":{{\"code\":502,\"message\":\"gone\"}}}}\n\n");
        assert_eq!(body(&broken).unwrap_err(), Unreadable::Refused(Some(502), "gone".into()));
    }

    #[test]
    fn an_answer_without_reasoning_says_why() {
        let answer = body(r#"{"choices":[{"message":{"role":"assistant","content":"4"}}],"usage":{"completion_tokens_details":{"reasoning_tokens":512}}}"#).unwrap();
        assert!(answer.trace.reasoning.is_empty() && answer.without.unwrap().contains("512"));
        assert_eq!(answer.tokens.reasoning, Some(512));
    }

    #[test]
    fn what_is_no_answer_is_told_apart() {
        assert_eq!(body(" \n").unwrap_err(), Unreadable::Empty);
        assert_eq!(body("<!doctype html><p>Sign in").unwrap_err(), Unreadable::Page);
        let refused = body(r#"{"error":{"message":"slow down","code":"429"}}"#).unwrap_err();
        assert_eq!(refused, Unreadable::Refused(Some(429), "slow down".into()));
        for text in ["ok", "{}", "[1]", r#"{"status":"up"}"#, "\u{0}\u{1}", "data: [DONE]"] {
            assert!(matches!(body(text), Err(Unreadable::Other(_))), "{text}");
        }
        let empty = body(r#"{"choices":[{"message":{"role":"assistant","content":""}}]}"#);
        assert!(matches!(empty, Err(Unreadable::Other(_))));
    }
}
