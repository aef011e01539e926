//! Ollama's own chat. Thinking has to be asked for.

use super::{Settings, chat::messages};
use serde_json::{Value, json};

pub(super) fn body(settings: &Settings, prompt: &str) -> Value {
    let mut body = json!({
        "model": settings.model,
        "messages": messages(settings, prompt),
        "think": true,
        // Without this it is streamed.
        "stream": settings.stream,
    });
    let mut options = serde_json::Map::new();
    if let Some(most) = settings.max_tokens {
        options.insert("num_predict".into(), most.into());
    }
    if let Some(temperature) = settings.temperature {
        options.insert("temperature".into(), temperature.into());
    }
    if !options.is_empty() {
        body["options"] = options.into();
    }
    body
}
