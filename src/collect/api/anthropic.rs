//! Anthropic's messages. Thinking has to be asked for, and both it and the answer need a limit.

use super::Settings;
use serde_json::{Value, json};

/// The limit where the user gives none: it must be given.
const MOST_TOKENS: u32 = 16_000;
/// The least that may be thought.
const LEAST_BUDGET: u32 = 1024;

pub(super) fn body(settings: &Settings, prompt: &str) -> Value {
    let most = settings.max_tokens.unwrap_or(MOST_TOKENS);
    let mut body = json!({
        "model": settings.model,
        "max_tokens": most,
        "messages": [{"role": "user", "content": prompt}],
    });
    // Three quarters to think, the rest to answer.
    let budget = most / 4 * 3;
    if budget >= LEAST_BUDGET && !settings.extra.contains_key("thinking") {
        body["thinking"] = json!({"type": "enabled", "budget_tokens": budget});
    }
    if let Some(system) = &settings.system {
        body["system"] = system.as_str().into();
    }
    if settings.stream {
        body["stream"] = true.into();
    }
    if let Some(temperature) = settings.temperature {
        body["temperature"] = temperature.into();
    }
    body
}
