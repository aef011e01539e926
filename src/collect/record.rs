//! An answer → the record that is kept of it.
//!
//! Comes in: an [`Asked`] and its prompt. Goes out: a line of JSON that every verb reads as a canonical
//! record, with the request and the response beside it. Called by `collector`.

use super::{
    client::Asked, clock::rfc3339, journal::FIELD, plan::Sample, prompts::Prompt,
    settings::Settings,
};
use serde_json::{Map, Value, json};

/// The record of one answer. The endpoint's address is in it; keys and headers are not.
pub(super) fn record(
    asked: Asked,
    sample: Sample,
    prompt: &Prompt,
    settings: &Settings,
    endpoint: &str,
) -> String {
    let Asked { answer, request, at, took } = asked;
    let key = format!("{:016x}", sample.prompt);
    let prompt_id = prompt.id.clone().unwrap_or_else(|| format!("{}:{key}", prompt.set));
    let collect = json!({
        "endpoint": endpoint,
        "answered_by": answer.answered_by,
        "prompt": key,
        "sample": sample.number,
        "time": rfc3339(at),
        "seconds": (took.as_secs_f64() * 1000.0).round() / 1000.0,
        "tokens": {
            "prompt": answer.tokens.prompt,
            "completion": answer.tokens.completion,
            "reasoning": answer.tokens.reasoning,
        },
        "settings": settings.identity(),
    });
    let mut meta: Map<String, Value> = answer.trace.meta;
    meta.insert(FIELD.into(), collect);
    // The order in which people read it, and the journal recognizes it.
    json!({
        "id": format!("{}:{key}:{}", prompt.set, sample.number),
        "model": settings.model,
        "prompt_id": prompt_id,
        "prompt": prompt.text,
        "reasoning": answer.trace.reasoning,
        "answer": answer.trace.answer,
        "source": prompt.set,
        "domain": Value::Null,
        "meta": meta,
        "request": request,
        "response": answer.response,
    })
    .to_string()
}
