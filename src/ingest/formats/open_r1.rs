//! A row of OpenR1-Math: `generations[]`, each with its own tags.

use serde_json::Value;

use super::{Format, FormatKind, Label, Read, message};
use crate::ingest::record::{Draft, Node};

pub(super) const FORMAT: Format = Format {
    name: "open-r1",
    kind: FormatKind::DataSet,
    about: "A row of OpenR1-Math: `generations[]`, each `<think>…</think>` and its answer; one trace for each.",
    no_reasoning: "The generation has no tags: it holds an answer only.",
    label: Label::File,
    read: Read::Record(read),
    only_by_name: false,
};

fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    let row = node.object();
    let generations = row.get("generations")?.as_array()?;
    if generations.is_empty() || !generations.iter().all(|one| one.is_string() || one.is_null()) {
        return None;
    }
    let beside = |name: &str, at: usize| row.get(name).and_then(|list| list.get(at));
    let drafts = generations.iter().enumerate().map(|(at, text)| {
        let finish = beside("finish_reasons", at).and_then(Value::as_str);
        let mut draft = message::from_content(node, text, finish);
        // The set says so where a generation came to no end.
        draft.cut_off |= beside("is_reasoning_complete", at) == Some(&Value::Bool(false));
        draft.generation = Some(at);
        draft
    });
    Some(drafts.collect())
}
