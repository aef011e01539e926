//! A row of lm-evaluation-harness's `samples_*.jsonl`: texts in `resps[i][j]`.
//!
//! Each text is one trace. The file stands in a folder that is named after the model. Answers of
//! multiple choice are log-likelihoods and hold no text.

use serde_json::Value;

use super::{Format, FormatKind, Label, Read, message};
use crate::ingest::record::{Draft, Node, Object, PROMPTS, plain_text};

pub(super) const FORMAT: Format = Format {
    name: "lm-evaluation-harness",
    kind: FormatKind::Log,
    about: "A row of lm-evaluation-harness's `samples_*.jsonl`: texts with tags in `resps[i][j]`.",
    no_reasoning: "The texts in `resps` have no tags. The harness strips the reasoning before it logs where the model was loaded with `think_end_token` (or `enable_thinking=False`); run without it to keep the reasoning.",
    label: Label::Folder,
    read: Read::Record(read),
    only_by_name: false,
};

fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    let row = node.object();
    let resps = row.get("resps")?.as_array()?;
    if !row.contains_key("doc_id") && !row.contains_key("doc") {
        return None;
    }
    let mut drafts = Vec::new();
    let texts = resps.iter().flat_map(|inner| match inner {
        Value::Array(list) => list.as_slice(),
        other => std::slice::from_ref(other),
    });
    for text in texts.filter(|text| text.is_string()) {
        let mut draft = message::from_content(node, text, None);
        describe(&mut draft, row);
        draft.generation = Some(drafts.len());
        drafts.push(draft);
    }
    if drafts.is_empty() {
        let mut draft = node.draft();
        describe(&mut draft, row);
        draft.why = Some(
            "`resps` holds no text but log-likelihoods: the task is multiple choice, and the model wrote nothing.".into(),
        );
        drafts.push(draft);
    }
    Some(drafts)
}

fn describe(draft: &mut Draft, row: &Object) {
    let text = |name: &str| row.get(name).and_then(Value::as_str).map(str::to_owned);
    // The number of a row is the same in every task; the hash of the question is not.
    draft.trace.prompt_id = text("doc_hash").or_else(|| draft.trace.prompt_id.take());
    let doc = row.get("doc").and_then(Value::as_object);
    let question =
        doc.and_then(|doc| PROMPTS.iter().find_map(|name| doc.get(*name).and_then(plain_text)));
    draft.trace.prompt =
        question.or_else(|| arguments(row.get("arguments")?)).or_else(|| draft.trace.prompt.take());
    draft.charge();
}

/// The prompt that was sent, examples and all.
fn arguments(arguments: &Value) -> Option<String> {
    match arguments {
        Value::Array(list) => list.first()?.get(0)?.as_str().map(str::to_owned),
        Value::Object(object) => object.values().next()?.get("arg_0")?.as_str().map(str::to_owned),
        _ => None,
    }
}
