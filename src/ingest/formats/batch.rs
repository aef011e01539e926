//! A row of a batch's results whose request failed: OpenAI, Anthropic, Vertex.
//!
//! A row with a response is read by the format of that response, which stands under
//! `response.body`, `result.message` or `response`; its `custom_id` is the id.

use serde_json::Value;

use super::{Format, FormatKind, Label, Read};
use crate::ingest::record::{Draft, Node};

pub(super) const FORMAT: Format = Format {
    name: "batch-error",
    kind: FormatKind::Log,
    about: "A failed request in the results of a batch (OpenAI, Anthropic, Vertex), which is counted; others are read by the format of their response.",
    no_reasoning: "The request failed.",
    label: Label::Nothing,
    read: Read::Record(read),
    only_by_name: false,
};

fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    let row = node.object();
    if node.depth() > 0 {
        return None;
    }
    let text = |value: &Value| value.as_str().map(|text| text.chars().take(80).collect::<String>());
    let (response, result) = (row.get("response"), row.get("result"));
    let why = if row.contains_key("custom_id") {
        let kind = result.and_then(|result| text(&result["type"]));
        let code = response.and_then(|response| response["status_code"].as_u64());
        let error = row.get("error").filter(|error| error.is_object());
        match (kind, code, error) {
            (Some(kind), ..) if kind != "succeeded" => {
                let error = &result?["error"];
                let what = text(&error["error"]["type"]).or_else(|| text(&error["type"]));
                Some(what.map_or(kind.clone(), |what| format!("{kind}: {what}")))
            }
            (_, Some(code), _) if code >= 400 => Some(format!("HTTP status {code}")),
            (_, _, Some(error)) => text(&error["code"]).or_else(|| text(&error["message"])),
            _ => None,
        }
    } else if row.contains_key("request") && response.is_none_or(is_empty) {
        row.get("status").and_then(text).filter(|status| !status.is_empty())
    } else {
        None
    }?;
    let why = Some(format!("The request of this row of a batch failed ({why})."));
    Some(vec![Draft { why, no_response: true, ..node.draft() }])
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty)
}
