//! A row of LIMO: the field `solution` is reasoning without tags.
//!
//! Tried only where it is asked for: in most files a `solution` is an answer.

use super::{Format, FormatKind, Label, Read, message};
use crate::ingest::mediation::Evidence;
use crate::ingest::record::{Draft, Node};

pub(super) const FORMAT: Format = Format {
    name: "limo",
    kind: FormatKind::DataSet,
    about: "A row of LIMO, only where this format is asked for: `solution` is the reasoning, `answer` the answer.",
    no_reasoning: "The field `solution` is empty.",
    label: Label::File,
    read: Read::Record(read),
    only_by_name: true,
};

fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    let row = node.object();
    if node.depth() > 0 || !row.contains_key("solution") {
        return None;
    }
    let mut draft = node.draft();
    draft.evidence = Evidence::Unmarked;
    draft.trace.reasoning = message::text(row, "solution").unwrap_or_default().to_owned();
    draft.trace.answer = match row.get("answer") {
        Some(serde_json::Value::Number(number)) => Some(number.to_string()),
        _ => message::text(row, "answer").map(str::to_owned),
    };
    Some(vec![draft])
}
