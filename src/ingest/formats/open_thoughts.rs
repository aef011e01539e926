//! A row of OpenThoughts, Bespoke-Stratos or Sky-T1: `<|begin_of_thought|>` in a conversation.

use super::conversation::{self, Turn};
use super::{Format, Label, Read, message};
use crate::ingest::record::{Draft, Node};

pub(super) const FORMAT: Format = Format {
    name: "open-thoughts",
    about: "A row of OpenThoughts, Bespoke-Stratos or Sky-T1: `conversations[]` with `<|begin_of_thought|>` and `<|begin_of_solution|>`.",
    no_reasoning: "There is nothing between `<|begin_of_thought|>` and `<|end_of_thought|>`.",
    label: Label::File,
    read: Read::Record(read),
    only_by_name: false,
};

fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    let turns = conversation::turns(node.object())?;
    let (last, question) = conversation::last(&turns)?;
    if !last.text().contains("<|begin_of_thought|>") && !last.text().contains("<|end_of_thought|>")
    {
        return None;
    }
    let mut draft = message::draft(node, &last.message, None);
    draft.trace.prompt = question.map(Turn::text).map(str::to_owned);
    Some(vec![draft])
}
