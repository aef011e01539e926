//! A sample of an Inspect AI log: `messages[role=assistant].content[type=reasoning].reasoning`.
//!
//! What the log says for all samples (`eval.model`) is in the header: `cut` finds it in front of
//! `samples` in a whole log, and the archive of an `.eval` log has it in a file of its own. Long
//! texts stand in `attachments`, and `attachment://HASH` in their places. The reasoning of all turns
//! of a sample (of the last one, where only that is asked for) is one trace; turns that the task gave as
//! examples are left out.

use serde_json::Value;

use super::{Format, FormatKind, Label, Read, message};
use crate::ingest::dialogue::parts::Content;
use crate::ingest::record::{Copies, Draft, Node, Object};
use crate::ingest::turns::Turns;

pub(super) const FORMAT: Format = Format {
    name: "inspect",
    kind: FormatKind::Log,
    about: "A log of Inspect AI (.json, or the samples of an .eval): `samples[].messages[].content[type=reasoning]`.",
    no_reasoning: "No message of the assistant in `messages` has a part of type `reasoning`, and its text no tags: the model's provider returns none, or the task was run without reasoning.",
    label: Label::File,
    read: Read::Record(read),
    only_by_name: false,
};

const ATTACHMENT: &str = "attachment://";

fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    let sample = node.object();
    let messages = sample.get("messages").and_then(Value::as_array)?;
    let is_sample = node.depth() == 0
        && sample.contains_key("epoch")
        && sample.contains_key("id")
        && (sample.contains_key("input") || sample.contains_key("target"));
    if !is_sample {
        return None;
    }
    let attachments = Attachments::new(sample, node.left());
    let choice = &sample.get("output").unwrap_or(&Value::Null)["choices"][0];
    let mut found = Content::default();
    let mut turns = messages.iter().filter(|message| is_models(message)).peekable();
    if turns.peek().is_none() {
        add(&mut found, &choice["message"], &attachments);
    }
    let mut answer = String::new();
    for turn in turns {
        if node.turns() == Turns::Last && thinks(turn, &attachments) {
            found.thinking.clear();
        }
        // The answer is what stands in the last turn.
        found.text.clear();
        add(&mut found, turn, &attachments);
        if !found.text.trim().is_empty() {
            answer.clone_from(&found.text);
        }
    }
    if !answer.is_empty() {
        found.text = answer;
    }
    let mut draft = message::from_parts(node.draft(), found, choice["stop_reason"].as_str());
    describe(&mut draft, node, &attachments);
    draft.over_limit |= attachments.are_used_up();
    Some(vec![draft])
}

/// Whether a message was generated, and not given by the task as an example.
fn is_models(message: &Value) -> bool {
    message["role"] == "assistant" && message["source"].as_str() != Some("input")
}

/// Whether a message holds reasoning in a part of its own.
fn thinks(message: &Value, attachments: &Attachments<'_>) -> bool {
    let mut own = Content::default();
    add(&mut own, message, attachments);
    !own.thinking.trim().is_empty()
}

fn add(found: &mut Content, message: &Value, attachments: &Attachments<'_>) {
    found.add(&attachments.resolved(&message["content"]));
}

/// Fills what the sample and the log say about the trace.
fn describe(draft: &mut Draft, node: &Node<'_>, attachments: &Attachments<'_>) {
    let sample = node.object();
    let eval = node.header().and_then(|header| header.get("eval"));
    let text = |name: &str| Some(eval?.get(name)?.as_str()?.to_owned());
    let output = sample.get("output").and_then(|output| output["model"].as_str());
    // A log of several roles names no model for all of them; each message names its own.
    let none = |model: &String| model == "none/none" || model == "none";
    let own = sample.get("messages").and_then(Value::as_array).into_iter().flatten().rev();
    let own =
        own.filter(|message| is_models(message)).find_map(|message| message["model"].as_str());
    let named = [text("model"), draft.trace.model.take()].into_iter().flatten();
    let named = named.chain([own, output].into_iter().flatten().map(str::to_owned));
    draft.trace.model = named.into_iter().find(|model| !none(model));
    draft.trace.prompt = draft.trace.prompt.take().map(|prompt| attachments.text(&prompt));
    let id = match sample.get("id") {
        Some(Value::String(id)) => id.clone(),
        Some(Value::Number(id)) => id.to_string(),
        _ => return,
    };
    if draft.trace.source.is_empty() {
        draft.trace.source = text("task").unwrap_or_default();
    }
    // Epochs are generations of one prompt; a log names its samples like this itself.
    let epoch = sample.get("epoch").and_then(Value::as_u64).unwrap_or(1);
    draft.trace.id = format!("{id}_epoch_{epoch}");
    draft.trace.prompt_id = Some(match text("task") {
        Some(task) => format!("{task}/{id}"),
        None => id,
    });
    draft.trace.meta.insert("generation".into(), epoch.saturating_sub(1).into());
    if let Some(error) = sample.get("error").and_then(|error| error["message"].as_str())
        && !draft.has_reasoning()
    {
        let start: String = error.chars().take(80).collect();
        draft.why =
            Some(format!("The sample ended in an error before the model reasoned ({start})."));
    }
}

/// The attachments of a sample. A sample can name one attachment ten thousand times, and each time its
/// text is copied. So the bytes of all copies are counted.
struct Attachments<'a> {
    texts: Option<&'a Object>,
    left: Copies,
}

impl<'a> Attachments<'a> {
    /// Those of a sample, of which `most` bytes may be put in their places.
    fn new(sample: &'a Object, most: usize) -> Self {
        let texts = sample.get("attachments").and_then(Value::as_object);
        Self { texts, left: Copies::of(most) }
    }

    /// Whether more was named than may be put in its place.
    fn are_used_up(&self) -> bool {
        self.texts.is_some() && self.left.left() == 0
    }

    /// A value with the attachments in their places.
    fn resolved(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(list) => list.iter().map(|value| self.resolved(value)).collect(),
            Value::Object(object) => Value::Object(
                object.iter().map(|(name, value)| (name.clone(), self.resolved(value))).collect(),
            ),
            other => other.clone(),
        }
    }

    fn text(&self, text: &str) -> String {
        let hash = text.strip_prefix(ATTACHMENT);
        let found = hash.and_then(|hash| self.texts?.get(hash)?.as_str());
        found.filter(|found| self.left.take(found.len())).unwrap_or(text).to_owned()
    }
}
