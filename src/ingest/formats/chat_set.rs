//! A row of a chat data set (Mixture-of-Thoughts and many others): `messages` that end with the
//! model's turn.
//!
//! Only that last turn is read. Turns of the user are never the model's, and earlier turns may be
//! examples that it was shown; where those hold reasoning too, they are counted.

use super::conversation::{self, Role, Turn};
use super::{Format, Label, Read, message};
use crate::ingest::record::{Draft, ENVELOPES, Node};
use crate::ingest::tags::{self, Shape};

pub(super) const FORMAT: Format = Format {
    name: "chat-data-set",
    about: "A row of a chat data set such as Mixture-of-Thoughts: the last turn of `messages` or `conversations`, if it is the model's.",
    no_reasoning: "The model's last turn in the conversation has neither a reasoning field nor tags: the set holds answers only, or its makers stripped the reasoning.",
    label: Label::File,
    read: Read::Record(read),
    only_by_name: false,
};

fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    let row = node.object();
    // Where the row holds an answer beside them, the messages are what was asked.
    let holds_answer = ENVELOPES.iter().chain(&["choices", "resps", "generations"]);
    if holds_answer.into_iter().any(|name| row.get(*name).is_some_and(|value| !value.is_null())) {
        return None;
    }
    let turns = conversation::turns(row)?;
    let (last, question) = conversation::last(&turns)?;
    let mut draft = message::draft(node, &last.message, None);
    draft.trace.prompt = question.map(Turn::text).map(str::to_owned);
    let earlier = &turns[..turns.len() - 1];
    draft.earlier_turns = earlier.iter().filter(|turn| has_reasoning(turn)).count();
    Some(vec![draft])
}

fn has_reasoning(turn: &Turn) -> bool {
    turn.role == Role::Assistant
        && (["reasoning_content", "reasoning", "thinking"]
            .iter()
            .any(|name| message::text(&turn.message, name).is_some())
            || !matches!(tags::split(turn.text()).shape, Shape::Absent | Shape::Empty))
}
