//! A record whose reasoning stands where the user says it does (`--map reasoning=/a/b`).
//!
//! No part of the table: it is used where [`FieldMap`] names a place for the reasoning, and the
//! record is not looked at otherwise but for the fields that tell about it.

use serde_json::Value;

use super::{Format, FormatKind, Label, Read};
use crate::ingest::map::FieldMap;
use crate::ingest::mediation::Evidence;
use crate::ingest::record::{Draft, Node, plain_text};
use crate::ingest::tags::{self, Shape};

pub(in crate::ingest) static FORMAT: Format = Format {
    name: "mapped",
    kind: FormatKind::AnyText,
    about: "Any JSON record, where the place of its reasoning is given.",
    no_reasoning: "Nothing stands at the place that was given for the reasoning.",
    label: Label::File,
    read: Read::Record(|_| None),
    only_by_name: true,
};

/// The traces of a record: one, or one for each text of the list that the pointer leads to.
pub(in crate::ingest) fn read(node: &Node<'_>, record: &Value, map: &FieldMap) -> Vec<Draft> {
    let field = map.find("reasoning", record).flatten();
    let answer = map.find("answer", record).flatten();
    let texts = |value: Option<&Value>| match value {
        Some(Value::Array(list)) if list.iter().any(Value::is_string) => Some(list.len()),
        _ => None,
    };
    let Some(count) = texts(field) else {
        return vec![draft(node, field.and_then(plain_text), answer.and_then(plain_text), map)];
    };
    let at = |value: Option<&Value>, at: usize| match value? {
        Value::Array(list) => list.get(at)?.as_str().map(str::to_owned),
        _ => None,
    };
    (0..count)
        .map(|index| {
            let answer = at(answer, index).or_else(|| answer?.as_str().map(str::to_owned));
            let mut draft = draft(node, at(field, index), answer, map);
            draft.generation = Some(index);
            draft
        })
        .collect()
}

fn draft(
    node: &Node<'_>,
    reasoning: Option<String>,
    answer: Option<String>,
    map: &FieldMap,
) -> Draft {
    let mut draft = node.draft();
    let split = tags::split(reasoning.as_deref().unwrap_or_default());
    draft.trace.answer = answer;
    if split.shape == Shape::Absent {
        // Without tags, all of it.
        draft.trace.reasoning = split.answer;
    } else {
        draft.evidence = Evidence::OwnOutput;
        draft.cut_off = split.shape == Shape::OpeningOnly;
        draft.trace.reasoning = split.reasoning;
        draft.trace.answer = draft.trace.answer.or(Some(split.answer));
    }
    draft.trace.answer = draft.trace.answer.filter(|answer| !answer.trim().is_empty());
    if !draft.has_reasoning() {
        let pointer = map.get("reasoning").unwrap_or_default();
        draft.why = Some(format!(
            "Nothing stands at {pointer}, the place that was given for the reasoning."
        ));
    }
    draft
}
