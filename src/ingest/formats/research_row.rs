//! A researcher's own row: a field named `reasoning_trace`, `thinking`, `cot`, … at any depth.
//!
//! Last of the JSON formats, since it goes by names alone. Arrays of reasonings beside an array of
//! outputs are one trace each. A row with an answer and a prompt and no reasoning is known too, so
//! that it is counted as having none.

use serde_json::Value;

use super::{Format, Label, Read};
use crate::ingest::mediation::Evidence;
use crate::ingest::record::{Draft, ENVELOPES, Node, Object, PROMPTS};
use crate::ingest::tags::{self, Shape};

pub(super) const FORMAT: Format = Format {
    name: "research-row",
    about: "A row of a researcher's own file, with a field such as `reasoning_trace`, `thinking` or `chain_of_thought`.",
    no_reasoning: "No field named `reasoning`, `reasoning_trace`, `thinking`, … holds text at any depth, and the answer has no tags: the file holds answers only, or the harness stripped the reasoning before it wrote.",
    label: Label::File,
    read: Read::Record(read),
    only_by_name: false,
};

/// The fields that hold reasoning; the first with text is taken.
const REASONING: &[&str] = &[
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
    "rationale",
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
];

/// Fields whose content is not the model's: what it was shown, and what others said about it.
const NOT_THE_MODELS: &[&str] = &[
    "messages",
    "few_shot",
    "fewshot",
    "few_shot_examples",
    "examples",
    "demonstrations",
    "history",
    "chat_history",
    "request",
    "judge",
    "judgement",
    "judgment",
    "grader",
    "grade",
    "grading",
    "evaluation",
    "eval",
    "score",
    "scores",
    "metrics",
    "annotation",
    "annotations",
    "labels",
    "config",
    "configs",
    "settings",
    "params",
    "usage",
];

/// How deeply a field may be nested.
const DEEPEST: usize = 8;

/// What the template of a chat puts in front of the model's turn, and behind it.
const TURNS: &[(&str, &str)] = &[
    ("<｜Assistant｜>", "<｜end▁of▁sentence｜>"),
    ("<|im_start|>assistant\n", "<|im_end|>"),
    ("<|start_header_id|>assistant<|end_header_id|>", "<|eot_id|>"),
    ("<|assistant|>", "<|endoftext|>"),
];

fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    // The search below goes to every depth, so that it begins at the row only.
    if node.depth() > 0 {
        return None;
    }
    find(node).or_else(|| {
        let has_prompt = PROMPTS.iter().any(|name| node.object().contains_key(*name));
        let drafts = drafts(node, None);
        let mut drafts = drafts;
        for draft in drafts.iter_mut().filter(|draft| !draft.has_reasoning()) {
            draft.why = why_none(node.object(), draft.trace.answer.as_deref());
        }
        let draft = drafts.first()?;
        let known = has_prompt || draft.trace.model.is_some();
        (known || draft.has_reasoning() || has_field(node.object())).then_some(drafts)
    })
}

/// Why a row has no reasoning, where the row tells.
fn why_none(row: &Object, answer: Option<&str>) -> Option<String> {
    // Only a beginning is looked at: some prompts ask for JSON with the steps in it.
    let start: String = answer.unwrap_or_default().trim_start().chars().take(200).collect();
    let asked = REASONING.iter().find(|name| start.contains(&format!("\"{name}\"")));
    if let Some(name) =
        asked.filter(|_| start.trim_start_matches("```json").trim_start().starts_with('{'))
    {
        return Some(format!(
            "The answer is itself JSON with a field `{name}`, as a prompt asks for it: steps written for the reader are an answer and no trace."
        ));
    }
    let has_solution = row.get("solution").and_then(Value::as_str).is_some();
    has_solution.then(|| "No field is named as reasoning, and the answer has no tags. The field `solution` is read as reasoning only where that is asked for.".to_owned())
}

/// The traces of the first object, from outside in, that has a reasoning field with text.
fn find(node: &Node<'_>) -> Option<Vec<Draft>> {
    let object = node.object();
    if let Some(field) = REASONING.iter().filter_map(|name| object.get(*name)).find(|v| has_text(v))
    {
        return Some(drafts(node, Some(field)));
    }
    if node.depth() >= DEEPEST {
        return None;
    }
    let is_models = |name: &str| !NOT_THE_MODELS.contains(&name) && !PROMPTS.contains(&name);
    let envelopes = ENVELOPES.iter().filter_map(|name| object.get(*name));
    let others = object
        .iter()
        .filter(|(name, _)| is_models(name) && !ENVELOPES.contains(&name.as_str()))
        .map(|(_, value)| value);
    envelopes.chain(others).find_map(|value| match value {
        Value::Object(inner) => find(&node.child(inner)),
        Value::Array(list) => {
            let objects = list.iter().filter_map(Value::as_object);
            let found: Vec<_> = objects.filter_map(|inner| find(&node.child(inner))).collect();
            (!found.is_empty()).then(|| found.into_iter().flatten().collect())
        }
        _ => None,
    })
}

/// Whether a value, or one of a list, is text and not a setting such as `"high"`.
fn has_text(value: &Value) -> bool {
    match value {
        Value::String(text) => {
            let text = text.trim();
            !text.is_empty()
                && !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        }
        Value::Array(list) => {
            list.iter().all(|value| value.is_string() || value.is_null())
                && list.iter().any(has_text)
        }
        _ => false,
    }
}

/// Whether the object has a reasoning field at all, though an empty one.
fn has_field(object: &Object) -> bool {
    REASONING.iter().filter_map(|name| object.get(*name)).any(|value| match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(list) => list.iter().all(Value::is_null),
        _ => false,
    })
}

/// One draft for each text of the field, or for each answer where there is no field.
fn drafts(node: &Node<'_>, field: Option<&Value>) -> Vec<Draft> {
    let answer = ANSWERS.iter().filter_map(|name| node.object().get(*name)).find(|v| is_answer(v));
    let several = |value: Option<&Value>| value.and_then(Value::as_array).map(Vec::len);
    let count = several(field).or(if field.is_none() { several(answer) } else { None });
    let Some(count) = count else {
        return match (text_at(field, None), text_at(answer, None)) {
            (None, None) => Vec::new(),
            (reasoning, answer) => vec![draft(node, reasoning, answer)],
        };
    };
    (0..count)
        .map(|at| {
            let mut draft = draft(node, text_at(field, Some(at)), text_at(answer, Some(at)));
            draft.generation = Some(at);
            draft
        })
        .collect()
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn all(row: Value) -> Vec<Draft> {
        read(&Node::new(row.as_object().unwrap(), None)).unwrap_or_default()
    }

    fn check(row: Value, reasoning: &str, answer: Option<&str>) {
        let drafts = all(row.clone());
        assert_eq!(drafts.len(), 1, "{row}");
        assert_eq!(drafts[0].trace.reasoning, reasoning, "{row}");
        assert_eq!(drafts[0].trace.answer.as_deref(), answer, "{row}");
    }

    #[test]
    fn every_field_is_read_at_any_depth() {
        for name in REASONING {
            check(json!({"q": 1, *name: "I add.", "answer": "4"}), "I add.", Some("4"));
            check(
                json!({"run": {"steps": [{*name: "I add.", "output": "4"}]}}),
                "I add.",
                Some("4"),
            );
        }
    }

    #[test]
    fn arrays_are_one_trace_each() {
        let row = json!({"prompt_id": "p", "prompt": "2+2?", "llm": "m",
            "thinking": ["One plus one.", null, "Two."], "output": ["4", "4", "2"]});
        let drafts = all(row);
        let texts: Vec<_> = drafts.iter().map(|draft| draft.trace.reasoning.as_str()).collect();
        assert_eq!(texts, ["One plus one.", "", "Two."]);
        assert_eq!(drafts[2].trace.answer.as_deref(), Some("2"));
        assert!(drafts.iter().all(|draft| draft.trace.prompt_id.as_deref() == Some("p")));
    }

    #[test]
    fn the_model_of_a_nested_row_is_found() {
        let row = json!({"instance_id": "i", "user_message": "2+2?", "meta": {"domain": "math"},
            "result": {"response": "4", "reasoning_trace": "I add.", "content": [{"type": "thinking"}],
                       "metadata": {"model": "a/b"}}});
        let trace = &all(row)[0].trace;
        assert_eq!(trace.model.as_deref(), Some("a/b"));
        assert_eq!((trace.id.as_str(), trace.domain.as_deref()), ("i", Some("math")));
        assert_eq!(trace.prompt.as_deref(), Some("2+2?"));
    }

    #[test]
    fn text_repeated_with_tags_is_not_a_second_trace() {
        check(
            json!({"thinking_process": "I add.", "response": "<think>I add.</think>\n4"}),
            "I add.",
            Some("4"),
        );
        let templated =
            "<｜User｜>2+2?<｜Assistant｜><think>\nI add.\n</think>\n\n4<｜end▁of▁sentence｜>";
        check(
            json!({"thinking_process": "I add.", "full_response": templated}),
            "I add.",
            Some("4"),
        );
        let prompt = "Solve this: what is two plus two? <think>\n";
        check(
            json!({"prompt": prompt, "full_cot": format!("{prompt}I add.\n</think>\n\nIt is 4."), "answer": "4"}),
            "I add.",
            Some("It is 4."),
        );
    }

    #[test]
    fn an_empty_field_beside_a_tagged_answer_is_filled_from_it() {
        check(
            json!({"reasoning": null, "response": "<think>I add.</think>4"}),
            "I add.",
            Some("4"),
        );
        check(json!({"prompt": "2+2?", "completion": "I add.</think>4"}), "I add.", Some("4"));
        check(json!({"prompt": "2+2?", "thinking": "", "raw_response": "4"}), "", Some("4"));
    }

    #[test]
    fn what_others_wrote_is_not_taken() {
        for row in [
            json!({"judge": {"rationale": "The model is right."}, "x": 1}),
            json!({"examples": [{"reasoning": "Not the model's."}]}),
            json!({"messages": [{"role": "user", "reasoning": "Not the model's."}]}),
            json!({"config": {"reasoning": "as much as it takes"}}),
            json!({"reasoning": "high", "thinking": true}),
            json!({"reasoning": {"effort": "high"}}),
        ] {
            assert!(all(row.clone()).iter().all(|draft| !draft.has_reasoning()), "{row}");
        }
    }

    #[test]
    fn a_row_with_answers_only_is_known() {
        check(json!({"instruction": "2+2?", "output": "4", "generator": "m"}), "", Some("4"));
        assert!(all(json!({"title": "x", "content": "y"})).is_empty());
    }
}
