//! What one object says by the names of its fields: the model's reasoning and its answer.
//!
//! Comes in: an object at any depth of a row. Goes out: drafts, one for each text where the fields hold
//! lists. Used by `research_row`, which walks through the row.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::ingest::dialogue::fields::{self, is_setting};
use crate::ingest::dialogue::parts::Content;
use crate::ingest::mediation::Evidence;
use crate::ingest::record::names::{self, Naming};
use crate::ingest::record::{Draft, Node, Object, PROMPTS, named, user_text};
use crate::ingest::tags::{self, Shape, Split};

/// The names that a field of reasoning usually has.
pub(super) const REASONING: &[&str] = &[
    "reasoning",
    "reasoning_trace",
    "reasoning_text",
    "reasoning_content",
    "thinking",
    "thinking_process",
    "thoughts",
    "chain_of_thought",
    "cot",
    "full_cot",
    "scratchpad",
];

/// The fields that hold the answer; the first with text is taken.
const ANSWERS: &[&str] = &[
    "output",
    "response",
    "raw_response",
    "completion",
    "model_completion",
    "generation",
    "generated_text",
    "model_output",
    "output_text",
    "answer_text",
    "final_answer",
    "answer",
    "content",
    "full_response",
    "prediction",
    "text",
];

/// The last words of the names of answers, where the reasoning's name begins with the same word.
const ANSWER_ENDINGS: &[&str] = &["solution", "answer", "response", "attempt", "output", "content"];

/// What the template of a chat puts in front of the model's turn, and behind it.
const TURNS: &[(&str, &str)] = &[
    ("<｜Assistant｜>", "<｜end▁of▁sentence｜>"),
    ("<|im_start|>assistant\n", "<|im_end|>"),
    ("<|start_header_id|>assistant<|end_header_id|>", "<|eot_id|>"),
    ("<start_of_turn>model\n", "<end_of_turn>"),
    ("<|assistant|>", "<|endoftext|>"),
];

/// Fields that only what somebody says about an answer has.
const VERDICTS: &[&str] = &["verdict", "extracted_final_answer"];
/// Fields that it has as well, and the model's own results too.
const MARKS: &[&str] = &["correct", "is_correct", "score", "rating", "grade", "winner"];

/// Fields that only the model's own results have.
const RESULTS: &[&str] = &["pred", "predicted_answer", "final", "solution"];

/// Whether an object is what a judge says: a verdict stands beside its reasoning, and no answer.
pub(super) fn is_a_judges(object: &Object, depth: usize) -> bool {
    let has = |names: &[&str]| names.iter().any(|name| object.contains_key(*name));
    let answers = || {
        has(RESULTS)
            || ANSWERS.iter().any(|name| object.get(*name).is_some_and(is_answer))
            || PROMPTS.iter().any(|name| object.contains_key(*name))
    };
    has(VERDICTS) || (depth > 0 && has(MARKS) && !answers())
}

/// The traces of the object's reasoning field, if it has one with text.
pub(super) fn reasoning(node: &Node<'_>) -> Option<Vec<Draft>> {
    field(node, |naming| naming != Naming::Weak)
}

/// The traces of a field whose name people's own solutions have as well.
pub(super) fn weak(node: &Node<'_>) -> Option<Vec<Draft>> {
    field(node, |naming| naming == Naming::Weak)
}

fn field(node: &Node<'_>, fits: impl Fn(Naming) -> bool) -> Option<Vec<Draft>> {
    let named = node.object().iter().filter_map(|(name, value)| {
        let naming = names::reasoning(name).filter(|naming| fits(*naming))?;
        (Texts::of(value).is_some() || fields::field(value).is_some())
            .then_some((naming, name, value))
    });
    let mut named: Vec<_> = named.collect();
    let (naming, name, value) = *named.iter().min_by_key(|(naming, ..)| *naming)?;
    if naming == Naming::Compound {
        named.retain(|(naming, ..)| *naming == Naming::Compound);
        if let Some(drafts) = of_columns(node, &named) {
            return Some(drafts);
        }
    }
    Some(of_field(node, name, value))
}

/// The traces of a row with several columns of reasoning: of several models (`owl_reasoning`,
/// `finch_reasoning`), where the row does not say whose its answer is, or of several answers of one
/// (`reasoning_1`, `reasoning_2`).
fn of_columns(node: &Node<'_>, named: &[(Naming, &String, &Value)]) -> Option<Vec<Draft>> {
    let before: Vec<_> = named.iter().map(|(_, name, _)| names::before_ending(name)).collect();
    let different: BTreeSet<_> = before.iter().flatten().collect();
    let base = |name: &String| name.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
    let numbered = named.iter().all(|(_, name, _)| base(name) == base(named[0].1));
    let of_models = different.len() == named.len() && node.draft().trace.model.is_none();
    if named.len() < 2 || !(numbered || of_models) {
        return None;
    }
    let columns = named.iter().zip(before).enumerate();
    let drafts = columns.flat_map(|(at, ((_, name, value), model))| {
        let mut drafts = of_field(node, name, value);
        for draft in &mut drafts {
            draft.generation = numbered.then_some(at);
            if !numbered {
                draft.trace.model.clone_from(&model);
            }
        }
        drafts
    });
    Some(drafts.collect())
}

fn of_field(node: &Node<'_>, name: &str, value: &Value) -> Vec<Draft> {
    let answer = answer_beside(node.object(), name);
    let evidence = evidence_of(name);
    let draft = |node: &Node<'_>, text: Option<&str>, answer: Option<&str>| {
        let draft = draft(node, text, answer);
        match draft.evidence {
            Evidence::NamedField => Draft { evidence, ..draft },
            _ => draft,
        }
    };
    match Texts::of(value) {
        Some(Texts::One(text)) => vec![draft(node, Some(text), text_at(answer, None))],
        Some(Texts::Several(texts)) => texts
            .into_iter()
            .enumerate()
            .map(|(at, text)| Draft {
                generation: Some(at),
                ..draft(node, text, text_at(answer, Some(at)))
            })
            .collect(),
        None => {
            let content = fields::field(value).into_iter();
            content.map(|one| from_content(node, one, text_at(answer, None))).collect()
        }
    }
}

/// What a name tells of its field: servers of open models fill `reasoning_content` with the output itself,
/// and data sets name open models in their columns.
fn evidence_of(name: &str) -> Evidence {
    const OPEN: &[&str] = &["deepseek", "r1", "qwen", "qwq", "glm", "kimi", "magistral", "gptoss"];
    let first = name.split(['_', '-', ' ']).next().unwrap_or_default().to_lowercase();
    let is_own = names::folded(name) == "reasoningcontent" || OPEN.contains(&first.as_str());
    if is_own { Evidence::OwnOutput } else { Evidence::NamedField }
}

/// The texts of a field that is a string, a list of strings, or a list of such lists.
enum Texts<'a> {
    One(&'a str),
    Several(Vec<Option<&'a str>>),
}

impl<'a> Texts<'a> {
    fn of(value: &'a Value) -> Option<Self> {
        match value {
            Value::String(text) => (!is_setting(text)).then_some(Self::One(text)),
            Value::Array(list) => {
                let nested = list.iter().any(Value::is_array);
                let texts: Vec<Option<&str>> = if nested {
                    let inner = list.iter().filter_map(Value::as_array).flatten();
                    inner.filter_map(Value::as_str).map(Some).collect()
                } else if list.iter().all(|one| one.is_string() || one.is_null()) {
                    list.iter().map(Value::as_str).collect()
                } else {
                    return None;
                };
                texts.iter().flatten().any(|text| !is_setting(text)).then_some(Self::Several(texts))
            }
            _ => None,
        }
    }
}

/// The traces of the texts with tags in the object, whatever their fields are called: the answer's
/// own fields first.
pub(super) fn tagged(node: &Node<'_>) -> Option<Vec<Draft>> {
    let object = node.object();
    let own = ANSWERS.iter().filter_map(|name| object.get_key_value(*name));
    let others = object.iter().filter(|(name, _)| {
        !ANSWERS.contains(&name.as_str()) && !names::is_anothers(name) && !names::is_asked(name)
    });
    let mut found = Vec::new();
    for (name, value) in own.chain(others) {
        let is_own = ANSWERS.contains(&name.as_str());
        match value {
            Value::String(text) => found.extend(tagged_text(node, text, is_own)),
            Value::Array(list) if list.iter().any(Value::is_string) => {
                let flat = list.iter().filter_map(Value::as_str);
                found.extend(flat.filter_map(|text| tagged_text(node, text, is_own)));
            }
            Value::Array(list) if list.iter().any(Value::is_array) => {
                let flat =
                    list.iter().filter_map(Value::as_array).flatten().filter_map(Value::as_str);
                found.extend(flat.filter_map(|text| tagged_text(node, text, is_own)));
            }
            _ => {}
        }
    }
    (!found.is_empty()).then_some(found)
}

fn tagged_text(node: &Node<'_>, text: &str, is_own: bool) -> Option<Draft> {
    if !tags::may_hold(text) {
        return promptfoo(node, text);
    }
    let prompt = node.prompt();
    let split = tags::split(models_turn(text, prompt.as_deref()));
    let closed = match split.shape {
        Shape::Closed | Shape::ClosingOnly => true,
        Shape::OpeningOnly => is_own,
        Shape::Absent | Shape::Empty => false,
    };
    if !closed {
        return promptfoo(node, text);
    }
    let asked = || Some(user_text(&Value::String(text.to_owned()))?).filter(|asked| asked != text);
    let mut draft = from_split(node, split);
    draft.trace.prompt = draft.trace.prompt.or_else(asked);
    Some(draft)
}

/// `Thinking: …` in front of an answer, as promptfoo writes an output.
fn promptfoo(node: &Node<'_>, text: &str) -> Option<Draft> {
    let rest = text.strip_prefix("Thinking: ")?;
    let is_result =
        |object: &&Object| object.contains_key("promptIdx") || object.contains_key("gradingResult");
    node.chain().iter().copied().find(|object| is_result(object))?;
    // A signature ends the thinking, which may hold empty lines itself.
    let (reasoning, answer) = match rest.split_once("\nSignature: ") {
        Some((reasoning, signed)) => {
            (reasoning.trim_end(), signed.split_once("\n\n").map_or("", |(_, answer)| answer))
        }
        None => rest.split_once("\n\n")?,
    };
    let mut draft = node.draft();
    draft.trace.reasoning = reasoning.to_owned();
    draft.trace.answer = Some(answer.to_owned()).filter(|answer| !answer.trim().is_empty());
    Some(draft)
}

/// Whether the object has a reasoning field at all, though an empty one.
pub(super) fn has_empty_field(object: &Object) -> bool {
    REASONING.iter().filter_map(|name| object.get(*name)).any(|value| match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(list) => list.iter().all(Value::is_null),
        _ => false,
    })
}

/// One draft for each answer of a row whose reasoning, if there is any, stands between tags.
pub(super) fn answers(node: &Node<'_>) -> Vec<Draft> {
    let answer = named(node.object(), ANSWERS).map(|(_, value)| value).find(|v| is_answer(v));
    match answer {
        Some(Value::Array(list)) => (0..list.len())
            .map(|at| Draft {
                generation: Some(at),
                ..draft(node, None, text_at(answer, Some(at)))
            })
            .collect(),
        Some(_) => {
            text_at(answer, None).map(|text| draft(node, None, Some(text))).into_iter().collect()
        }
        None => Vec::new(),
    }
}

/// The field of the answer that belongs to a reasoning field of this name.
fn answer_beside<'a>(object: &'a Object, name: &str) -> Option<&'a Value> {
    let first = name.split('_').next().unwrap_or_default();
    let like = name.contains('_').then(|| {
        ANSWER_ENDINGS.iter().find_map(|end| {
            let like = format!("{first}_{end}");
            object.get(&like).filter(|value| is_answer(value) && names::reasoning(&like).is_none())
        })
    });
    let known =
        |first: &str| ["reasoning", "thinking", "chain", "full", "complex"].contains(&first);
    like.flatten()
        .filter(|_| !known(&first.to_lowercase()))
        .or_else(|| named(object, ANSWERS).map(|(_, value)| value).find(|v| is_answer(v)))
}

fn is_answer(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(list) => list.iter().any(Value::is_string),
        _ => false,
    }
}

fn text_at(value: Option<&Value>, at: Option<usize>) -> Option<&str> {
    match (value?, at) {
        (Value::String(text), None | Some(0)) => Some(text),
        (Value::Array(list), at) => list.get(at.unwrap_or_default())?.as_str(),
        _ => None,
    }
}

fn from_content(node: &Node<'_>, content: Content, answer: Option<&str>) -> Draft {
    let mut draft = draft(node, None, answer);
    draft.evidence = content.evidence();
    draft.encrypted = content.encrypted;
    draft.cut_off = false;
    draft.trace.reasoning = content.thinking;
    draft
}

fn from_split(node: &Node<'_>, split: Split) -> Draft {
    let mut draft = node.draft();
    draft.evidence = Evidence::OwnOutput;
    draft.cut_off = split.shape == Shape::OpeningOnly;
    draft.trace.reasoning = split.reasoning;
    draft.trace.answer = Some(split.answer).filter(|answer| !answer.is_empty());
    draft
}

fn draft(node: &Node<'_>, reasoning: Option<&str>, answer: Option<&str>) -> Draft {
    let mut draft = node.draft();
    let prompt = draft.trace.prompt.take();
    // The same text may stand in the answer's field with its tags, after the prompt.
    let whole = tags::split(models_turn(answer.unwrap_or_default(), prompt.as_deref()));
    let field = models_turn(reasoning.unwrap_or_default(), prompt.as_deref());
    let inner = tags::split(field);
    draft.trace.prompt = prompt;
    let (text, shape) = match (inner.shape, field.trim().is_empty()) {
        (_, true) => {
            draft.evidence = Evidence::OwnOutput;
            (whole.reasoning, whole.shape)
        }
        (Shape::Absent, false) => (field.trim().to_owned(), Shape::Absent),
        (shape, false) => {
            draft.evidence = Evidence::OwnOutput;
            (inner.reasoning, shape)
        }
    };
    draft.cut_off = shape == Shape::OpeningOnly;
    draft.trace.reasoning = text;
    let behind = if inner.shape == Shape::Absent { String::new() } else { inner.answer };
    let answer = if behind.is_empty() { whole.answer } else { behind };
    draft.trace.answer = Some(answer).filter(|answer| !answer.is_empty());
    draft
}

/// What the model itself wrote of a text that may begin with the prompt or a chat's template.
fn models_turn<'a>(text: &'a str, prompt: Option<&str>) -> &'a str {
    let text = match prompt {
        Some(prompt) if prompt.len() > 20 => text.strip_prefix(prompt).unwrap_or(text),
        _ => text,
    };
    for (before, after) in TURNS {
        if let Some((_, turn)) = text.rsplit_once(before) {
            return turn.trim_end().strip_suffix(after).unwrap_or(turn);
        }
    }
    text
}
