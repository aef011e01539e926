//! What is asked for besides the prompt.
//!
//! Comes in: options of the user. Goes out: [`Settings`], which `api` makes requests of and `journal`
//! compares with those of a file that is resumed.

use super::kind::Api;
use serde_json::{Map, Value, json};

/// The model and how it is asked. Two runs with the same settings may share a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The model's name at the endpoint.
    pub model: String,
    /// The kind of server.
    pub api: Api,
    /// The sampling temperature; `None` leaves it to the server.
    pub temperature: Option<f64>,
    /// The most tokens of one answer; `None` leaves it to the server.
    pub max_tokens: Option<u32>,
    /// The text in front of every prompt; `None` for none.
    pub system: Option<String>,
    /// Fields that are added to every request.
    pub extra: Map<String, Value>,
    /// Whether the answer is asked for in pieces. Long silences end a connection, pieces keep it.
    pub stream: bool,
}

/// Fields of a request that this program writes itself.
pub const OWN_FIELDS: [&str; 8] =
    ["model", "messages", "input", "contents", "system", "stream", "stream_options", "n"];

impl Settings {
    /// What a record must have in common with these to stand in the same file: all but the way in
    /// which the answer is sent.
    pub fn identity(&self) -> Value {
        let Self { model, api, temperature, max_tokens, system, extra, stream: _ } = self;
        json!({
            "model": model, "api": api.name(), "temperature": temperature, "max_tokens": max_tokens,
            "system": system, "extra": extra,
        })
    }
}

/// Which settings differ, for a message: `temperature (0.6, not 1.0)`.
pub(super) fn differences(found: &Value, expected: &Value) -> String {
    let fields = expected.as_object().into_iter().flatten();
    let differing = fields.filter(|(name, value)| found.get(name.as_str()) != Some(value));
    let short = |value: &Value| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if text.chars().count() <= 40 {
            return text;
        }
        format!("{}…", text.chars().take(40).collect::<String>())
    };
    let described: Vec<String> = differing
        .map(|(name, value)| {
            let found = found.get(name.as_str()).map_or_else(|| "none".to_owned(), short);
            format!("{name} ({found} in the file, {} now)", short(value))
        })
        .collect();
    described.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_differ_are_named() {
        let mut one = Settings {
            model: "m".into(),
            api: Api::Chat,
            temperature: Some(0.6),
            max_tokens: None,
            system: None,
            extra: Map::new(),
            stream: true,
        };
        let identity = one.identity();
        one.stream = false;
        assert_eq!(one.identity(), identity, "how it is sent does not matter");
        one.temperature = None;
        one.system = Some("Be brief.".into());
        let told = differences(&identity, &one.identity());
        assert_eq!(
            told,
            "temperature (0.6 in the file, null now), system (null in the file, Be brief. now)"
        );
    }
}
