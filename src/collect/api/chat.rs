//! OpenAI's chat completions.

use super::{Quirks, Settings};
use serde_json::{Value, json};

pub(super) fn body(settings: &Settings, prompt: &str, quirks: Quirks) -> Value {
    let mut body = json!({"model": settings.model, "messages": messages(settings, prompt)});
    if settings.stream {
        body["stream"] = true.into();
        if !quirks.no_stream_options {
            body["stream_options"] = json!({"include_usage": true});
        }
    }
    if let Some(most) = settings.max_tokens {
        let name =
            if quirks.max_completion_tokens { "max_completion_tokens" } else { "max_tokens" };
        body[name] = most.into();
    }
    if let Some(temperature) = settings.temperature.filter(|_| !quirks.no_temperature) {
        body["temperature"] = temperature.into();
    }
    body
}

/// The system's message, where there is one, and the user's.
pub(super) fn messages(settings: &Settings, prompt: &str) -> Value {
    let user = json!({"role": "user", "content": prompt});
    match &settings.system {
        Some(system) => json!([{"role": "system", "content": system}, user]),
        None => json!([user]),
    }
}
