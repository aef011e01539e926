//! Google's Gemini. Thoughts have to be asked for; they are summaries.

use super::Settings;
use serde_json::{Value, json};

pub(super) fn operation(model: &str, stream: bool) -> String {
    let model = model.strip_prefix("models/").unwrap_or(model);
    if stream {
        format!("/models/{model}:streamGenerateContent?alt=sse")
    } else {
        format!("/models/{model}:generateContent")
    }
}

pub(super) fn body(settings: &Settings, prompt: &str) -> Value {
    let mut config = json!({"thinkingConfig": {"includeThoughts": true}});
    if let Some(most) = settings.max_tokens {
        config["maxOutputTokens"] = most.into();
    }
    if let Some(temperature) = settings.temperature {
        config["temperature"] = temperature.into();
    }
    let mut body = json!({
        "contents": [{"role": "user", "parts": [{"text": prompt}]}],
        "generationConfig": config,
    });
    if let Some(system) = &settings.system {
        body["systemInstruction"] = json!({"parts": [{"text": system}]});
    }
    body
}
