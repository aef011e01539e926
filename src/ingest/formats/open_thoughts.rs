//! A row of OpenThoughts, Bespoke-Stratos or Sky-T1: `<|begin_of_thought|>` in a conversation.

use serde_json::Value;

use super::{Format, FormatKind, Label, Read, chat_set, conversation};
use crate::ingest::record::{Draft, Node};

pub(super) const FORMAT: Format = Format {
    name: "open-thoughts",
    kind: FormatKind::DataSet,
    about: "A row of OpenThoughts, Bespoke-Stratos or Sky-T1: `conversations[]` with `<|begin_of_thought|>` and `<|begin_of_solution|>`.",
    no_reasoning: "There is nothing between `<|begin_of_thought|>` and `<|end_of_thought|>`.",
    label: Label::File,
    read: Read::Record(read),
    only_by_name: false,
};

fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    let row = node.object();
    let names = ["messages", "conversations", "conversation"];
    let value = names.iter().find_map(|name| row.get(*name))?;
    if !is_marked(value) {
        return None;
    }
    let turns = conversation::of(value, row)?;
    let answered = turns.last().is_some_and(|turn| turn.question().is_none());
    answered.then(|| chat_set::drafts(node, turns))
}

/// Whether the last text of a conversation has the tags.
fn is_marked(conversation: &Value) -> bool {
    let has =
        |text: &str| text.contains("<|begin_of_thought|>") || text.contains("<|end_of_thought|>");
    match conversation {
        Value::Array(list) => list
            .last()
            .and_then(Value::as_object)
            .is_some_and(|last| last.values().filter_map(Value::as_str).any(has)),
        Value::Object(columns) => columns.values().any(|column| {
            column.as_array().and_then(|list| list.last()?.as_str()).is_some_and(has)
        }),
        _ => false,
    }
}
