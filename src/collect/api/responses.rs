//! OpenAI's Responses. Without `reasoning.summary` they show nothing of the reasoning.

use super::{Quirks, Settings};
use serde_json::{Value, json};

pub(super) fn body(settings: &Settings, prompt: &str, quirks: Quirks) -> Value {
    let mut body = json!({
        "model": settings.model,
        "input": [{"role": "user", "content": prompt}],
        "reasoning": {"summary": "auto"},
    });
    if let Some(system) = &settings.system {
        body["instructions"] = system.as_str().into();
    }
    if settings.stream {
        body["stream"] = true.into();
    }
    if let Some(most) = settings.max_tokens {
        body["max_output_tokens"] = most.into();
    }
    if let Some(temperature) = settings.temperature.filter(|_| !quirks.no_temperature) {
        body["temperature"] = temperature.into();
    }
    body
}
