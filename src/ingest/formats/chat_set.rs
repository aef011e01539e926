//! A row with a conversation: of a chat data set (Mixture-of-Thoughts and many others), or the export
//! of a chat program.
//!
//! Of a data set's row the last run is read: all that the model says since the user's last question.
//! Earlier turns may be examples that it was shown; where those hold reasoning too, they are counted.
//! Of a log, whose messages have ids, times or models of their own, all runs are read.

use serde_json::Value;

use super::{Format, FormatKind, Label, Read, conversation};
use crate::ingest::dialogue::runs;
use crate::ingest::dialogue::turn::{Role, Turn};
use crate::ingest::record::{Draft, ENVELOPES, Node, Object, Session, names};
use crate::ingest::turns::Turns;

pub(super) const FORMAT: Format = Format {
    name: "chat-data-set",
    kind: FormatKind::DataSet,
    about: "A row with a conversation (`messages`, `conversations`, a tree), of a data set such as Mixture-of-Thoughts or of a chat program: what the model says since the last question, and in logs all it says.",
    no_reasoning: "The model's last turn in the conversation has neither a reasoning field nor tags: the set holds answers only, or its makers stripped the reasoning.",
    label: Label::File,
    read: Read::Record(read),
    only_by_name: false,
};

/// The fields that hold conversations, the usual ones first.
const NAMES: &[&str] =
    &["messages", "conversations", "conversation", "contents", "mapping", "transcript", "traj"];

fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    let row = node.object();
    if holds_answer(row) {
        return None;
    }
    let named = NAMES.iter().find_map(|name| conversation::of(row.get(*name)?, row));
    let turns = named.or_else(|| of_grok(row))?;
    let is_log = turns.iter().any(|turn| turn.is_logged && turn.role == Role::Assistant);
    // A conversation that ends with a question is a prompt.
    let answered = turns.last().is_some_and(|turn| turn.question().is_none());
    (is_log || answered).then(|| drafts(node, turns))
}

/// The turns of a chat that Grok exports: `responses[].response`.
fn of_grok(row: &Object) -> Option<Vec<Turn>> {
    let list = row.get("responses").filter(|_| row.contains_key("conversation"))?;
    let all = list.as_array()?.iter().all(|one| one["response"]["sender"].is_string());
    if all { conversation::of(list, row) } else { None }
}

/// Whether a row holds an answer beside its messages, so that they are what was asked.
fn holds_answer(row: &Object) -> bool {
    let mut names = ENVELOPES.iter().chain(&["choices", "resps", "generations"]);
    names.any(|name| row.get(*name).is_some_and(|value| !value.is_null()))
}

/// The drafts of a conversation.
pub(super) fn drafts(node: &Node<'_>, turns: Vec<Turn>) -> Vec<Draft> {
    let is_log = turns.iter().any(|turn| turn.is_logged && turn.role == Role::Assistant);
    let mut outer = node.draft();
    if outer.session == Session::Alone {
        outer.session = Session::OfRecord;
    }
    let mut runs = runs::of(turns);
    let takes_all = is_log || node.turns() == Turns::All;
    let last = if takes_all { 0 } else { runs.len().saturating_sub(1) };
    let earlier: usize = runs.drain(..last).map(|run| run.thoughts()).sum();
    // Where all are taken, runs without reasoning are passed over where others have some.
    if runs.iter().any(runs::Run::has_reasoning) {
        runs.retain(runs::Run::has_reasoning);
    }
    let drafts = |run: runs::Run| run.drafts(&outer, node.turns());
    let mut drafts: Vec<_> = runs.into_iter().flat_map(drafts).collect();
    if let Some(first) = drafts.first_mut() {
        first.earlier_turns += earlier;
        if earlier > 0 && !first.has_reasoning() {
            first.why = Some("The model's last turn in the conversation holds no reasoning, but an earlier turn does: only what the model says since the last question is read.".into());
        }
    }
    drafts
}

/// The conversations in an object under any name, with the name of each. What is named as somebody
/// else's is left out, but for the histories that agents keep.
pub(super) fn all(object: &Object) -> Vec<(&str, Vec<Turn>)> {
    let mut found: Vec<(&str, Vec<Turn>)> = Vec::new();
    for (name, value) in object {
        let known = NAMES.contains(&name.as_str()) || name == "history";
        let holds = matches!(value, Value::Array(list) if !list.is_empty()) || value.is_object();
        if !holds || (!known && (names::is_anothers(name) || names::is_asked(name))) {
            continue;
        }
        if known && holds_answer(object) {
            continue;
        }
        // Several conversations in a list, as simple-evals keeps them.
        if let Value::Array(lists) = value {
            let each = lists.iter().filter(|one| one.is_array());
            let all = each.filter_map(|one| conversation::of(one, object));
            let all: Vec<_> = all.filter(|all| all.iter().any(Turn::has_reasoning)).collect();
            if !all.is_empty() {
                found.extend(all.into_iter().map(|turns| (name.as_str(), turns)));
                continue;
            }
        }
        // Open WebUI keeps its messages in a history.
        let inner = value.get("messages").filter(|_| name == "history");
        let turns = match (inner, value.as_object()) {
            (Some(messages), Some(history)) => conversation::of(messages, history),
            _ => conversation::of(value, object),
        };
        if let Some(turns) = turns.filter(|turns| turns.iter().any(Turn::has_reasoning)) {
            found.push((name, turns));
        }
    }
    found
}
