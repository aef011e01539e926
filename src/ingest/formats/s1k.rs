//! A row of s1K: `thinking_trajectories`, or a trajectory and an attempt of each of several teachers.
//!
//! Every teacher's trajectory is one trace, labelled by the teacher that its column names.

use serde_json::Value;

use super::{Format, FormatKind, Label, Read, message};
use crate::ingest::record::{Draft, Node, Object};
use crate::ingest::tags;

pub(super) const FORMAT: Format = Format {
    name: "s1k",
    kind: FormatKind::DataSet,
    about: "A row of s1K: `thinking_trajectories[]` and `attempt`, or `deepseek_thinking_trajectory` and `gemini_thinking_trajectory`, one trace for each teacher.",
    no_reasoning: "The thinking trajectory is empty: this teacher was not asked for this question.",
    label: Label::File,
    read: Read::Record(read),
    only_by_name: false,
};

const TRAJECTORY: &str = "_thinking_trajectory";

/// The models behind the columns of the published sets. Another column is labelled by its own word.
const TEACHERS: &[(&str, &str)] = &[
    ("deepseek", "deepseek/deepseek-r1"),
    ("gemini", "google/gemini-2.0-flash-thinking-exp"),
    ("claude", "anthropic/claude-3.7-sonnet"),
];

fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    let row = node.object();
    let mut drafts: Vec<Draft> = Vec::new();
    for (name, value) in row {
        if let Some(teacher) = name.strip_suffix(TRAJECTORY) {
            let mut draft = draft(node, value.as_str()?, row.get(&format!("{teacher}_attempt")));
            let known = TEACHERS.iter().find(|(word, _)| *word == teacher);
            draft.trace.model = Some(known.map_or(teacher, |(_, model)| model).to_owned());
            drafts.push(draft);
        }
    }
    if drafts.is_empty() {
        let own = row.get("thinking_trajectories")?.as_array()?;
        drafts = own
            .iter()
            .filter_map(Value::as_str)
            .enumerate()
            .map(|(at, text)| draft(node, text, at_or_whole(row, at)))
            .collect();
    }
    for (at, draft) in drafts.iter_mut().enumerate() {
        draft.generation = Some(at);
    }
    (!drafts.is_empty()).then_some(drafts)
}

/// The attempt that belongs to a trajectory: one for all, or one of a list.
fn at_or_whole(row: &Object, at: usize) -> Option<&Value> {
    match row.get("attempt")? {
        Value::Array(list) => list.get(at),
        other => Some(other),
    }
}

fn draft(node: &Node<'_>, trajectory: &str, attempt: Option<&Value>) -> Draft {
    let mut draft = node.draft();
    draft.trace.reasoning = tags::strip_outer(trajectory).to_owned();
    draft.trace.answer = attempt.and_then(Value::as_str).map(str::to_owned);
    // `cot_type` is the nearest thing to a subject that the row has.
    let kind = message::text(node.object(), "cot_type");
    draft.trace.domain = draft.trace.domain.or_else(|| kind.map(str::to_owned));
    if let Some(source) = message::text(node.object(), "source_type") {
        draft.trace.source = source.to_owned();
    }
    draft
}
