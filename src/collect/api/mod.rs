//! The kinds of servers: what a request looks like, and where it goes.
//!
//! Comes in: [`Settings`] and a prompt. Goes out: the body and the path of a request. How answers
//! are read stands in `ingest`, which tells them apart by their shape. Called by `client`. A kind has
//! a file with its body; the rest is in the table below.

mod anthropic;
mod chat;
mod gemini;
mod ollama;
mod responses;

use super::{kind::Api, settings::Settings};
use serde_json::Value;

/// What a server turned out not to understand. A request is made without it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Quirks {
    /// `stream_options` is refused: the tokens of a stream are not told.
    pub no_stream_options: bool,
    /// `max_tokens` is refused: `max_completion_tokens` is meant.
    pub max_completion_tokens: bool,
    /// `temperature` is refused where it has not its default value.
    pub no_temperature: bool,
}

impl Api {
    /// The path of the operation that answers.
    pub(super) fn operation(self, model: &str, stream: bool) -> String {
        match self {
            Self::Chat => "/chat/completions".into(),
            Self::Responses => "/responses".into(),
            Self::Anthropic => "/messages".into(),
            Self::Gemini => gemini::operation(model, stream),
            Self::Ollama => "/chat".into(),
        }
    }

    /// The headers that carry a key, and those that are always sent.
    pub(super) fn headers(self, key: Option<&str>) -> Vec<(&'static str, String)> {
        let mut headers = Vec::new();
        if self == Self::Anthropic {
            headers.push(("anthropic-version", "2023-06-01".to_owned()));
        }
        if let Some(key) = key {
            headers.push(match self {
                Self::Anthropic => ("x-api-key", key.to_owned()),
                Self::Gemini => ("x-goog-api-key", key.to_owned()),
                _ => ("authorization", format!("Bearer {key}")),
            });
        }
        headers
    }

    /// The body of a request.
    pub(super) fn body(self, settings: &Settings, prompt: &str, quirks: Quirks) -> Value {
        let mut body = match self {
            Self::Chat => chat::body(settings, prompt, quirks),
            Self::Responses => responses::body(settings, prompt, quirks),
            Self::Anthropic => anthropic::body(settings, prompt),
            Self::Gemini => gemini::body(settings, prompt),
            Self::Ollama => ollama::body(settings, prompt),
        };
        if let Some(body) = body.as_object_mut() {
            merge(body, &settings.extra);
        }
        body
    }

    /// The names in a list of models; `None` where it is no such list.
    pub(super) fn names(list: &Value) -> Option<Vec<String>> {
        let entries = ["data", "models"].iter().find_map(|name| list.get(*name)?.as_array());
        let entries = entries.or_else(|| list.as_array())?;
        let name = |entry: &Value| {
            let name = ["id", "name", "model"].iter().find_map(|name| entry.get(*name)?.as_str());
            name.map(|name| name.strip_prefix("models/").unwrap_or(name).to_owned())
        };
        Some(entries.iter().filter_map(name).collect())
    }
}

/// Adds fields; objects are merged, so that one option of a group can be set.
fn merge(into: &mut serde_json::Map<String, Value>, from: &serde_json::Map<String, Value>) {
    for (name, value) in from {
        match (into.get_mut(name).and_then(Value::as_object_mut), value.as_object()) {
            (Some(into), Some(from)) => merge(into, from),
            _ => {
                into.insert(name.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn settings(api: Api) -> Settings {
        let extra = json!({"reasoning": {"effort": "high"}, "top_k": 5});
        Settings {
            model: "m".into(),
            api,
            temperature: Some(0.5),
            max_tokens: Some(4000),
            system: Some("Be brief.".into()),
            extra: extra.as_object().cloned().unwrap(),
            stream: true,
        }
    }

    #[test]
    fn every_kind_says_all_that_was_asked_for() {
        for api in Api::ALL {
            let body = api.body(&settings(api), "2+2?", Quirks::default());
            let text = body.to_string();
            for word in ["2+2?", "Be brief.", "4000", "0.5", "\"top_k\":5"] {
                assert!(text.contains(word), "{}: {word}: {text}", api.name());
            }
            assert!(api.operation("m", true).starts_with('/'));
        }
        let body = Api::Responses.body(&settings(Api::Responses), "x", Quirks::default());
        assert_eq!(body["reasoning"], json!({"summary": "auto", "effort": "high"}));
    }

    #[test]
    fn what_a_server_refuses_is_left_out() {
        let quirks =
            Quirks { no_stream_options: true, max_completion_tokens: true, no_temperature: true };
        let body = Api::Chat.body(&settings(Api::Chat), "x", quirks);
        assert_eq!(body["max_completion_tokens"], 4000);
        for name in ["max_tokens", "stream_options", "temperature"] {
            assert!(body.get(name).is_none(), "{name}");
        }
    }

    #[test]
    fn models_are_listed_in_every_shape() {
        for list in [
            json!({"object": "list", "data": [{"id": "a"}, {"id": "b"}]}),
            json!({"models": [{"name": "a"}, {"name": "models/b"}]}),
            json!([{"id": "a"}, {"id": "b"}]),
        ] {
            assert_eq!(Api::names(&list).unwrap(), ["a", "b"]);
        }
        assert_eq!(Api::names(&json!({"error": "no"})), None);
    }
}
