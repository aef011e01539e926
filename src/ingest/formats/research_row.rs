//! A researcher's own row: a field named `reasoning_trace`, `thinking`, `cot`, … at any depth, a text with
//! tags under any name, or a conversation or a provider's answer somewhere inside.
//!
//! Last of the JSON formats, since it goes by names and tags alone; `own_fields` looks at one object.
//! What others said about the answer is left out. A row with an answer and a prompt and no reasoning
//! is known too, so that it is counted as having none.

use serde_json::Value;

use super::own_fields::{self, REASONING};
use super::{
    Format, FormatKind, Label, Read, anthropic, chat_completion, chat_set, gemini, message,
    openai_responses,
};
use crate::ingest::dialogue::turn::Turn;
use crate::ingest::record::{Draft, ENVELOPES, Node, Object, PROMPTS, named, names};

pub(super) const FORMAT: Format = Format {
    name: "research-row",
    kind: FormatKind::AnyText,
    about: "A row of a researcher's own file, with a field such as `reasoning_trace`, `thinking` or `chain_of_thought`, or with tags in any text.",
    no_reasoning: "No field named `reasoning`, `reasoning_trace`, `thinking`, … holds text at any depth, and the answer has no tags: the file holds answers only, or the harness stripped the reasoning before it wrote.",
    label: Label::File,
    read: Read::Record(read),
    only_by_name: false,
};

/// How deeply a field may be nested.
const DEEPEST: usize = 8;

fn read(node: &Node<'_>) -> Option<Vec<Draft>> {
    // The search below goes to every depth, so that it begins at the row only.
    if node.depth() > 0 {
        return None;
    }
    let found = distinct(find(node));
    if !found.is_empty() {
        return Some(found);
    }
    if let Some(weak) = find_weak(node) {
        return Some(weak);
    }
    let has_prompt = named(node.object(), PROMPTS).next().is_some();
    let mut drafts = own_fields::answers(node);
    for draft in drafts.iter_mut().filter(|draft| !draft.has_reasoning()) {
        draft.why = why_none(node.object(), draft.trace.answer.as_deref());
    }
    let draft = drafts.first()?;
    let known = has_prompt || draft.trace.model.is_some();
    (known || draft.has_reasoning() || own_fields::has_empty_field(node.object())).then_some(drafts)
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

/// The traces of an object, or of all objects in it where it has none itself.
fn find(node: &Node<'_>) -> Vec<Draft> {
    let object = node.object();
    if own_fields::is_a_judges(object, node.depth()) {
        return Vec::new();
    }
    let drafts = own_fields::reasoning(node).or_else(|| thought_and_answer(node));
    if let Some(drafts) = drafts.or_else(|| answer(node)) {
        return drafts;
    }
    let chats = chat_set::all(object);
    if !chats.is_empty() {
        return chats.into_iter().flat_map(|(name, turns)| chat(node, name, turns)).collect();
    }
    if let Some(drafts) = own_fields::tagged(node) {
        return drafts;
    }
    if let Some(drafts) = by_model(node) {
        return drafts;
    }
    children(node).into_iter().flat_map(|child| find(&child)).collect()
}

/// The traces of a map from the names of models to their answers: `{"vendor/model": {…}, …}`.
fn by_model(node: &Node<'_>) -> Option<Vec<Draft>> {
    let object = node.object();
    let is_name = |key: &String| {
        key.len() < 100 && key.matches('/').count() == 1 && !key.contains(char::is_whitespace)
    };
    let is_map =
        !object.is_empty() && object.iter().all(|(key, one)| is_name(key) && one.is_object());
    if !is_map || node.depth() >= DEEPEST {
        return None;
    }
    let models = object.iter().filter_map(|(key, one)| Some((key, one.as_object()?)));
    let drafts = models.flat_map(|(key, one)| {
        let mut drafts = find(&node.child(one));
        drafts
            .iter_mut()
            .for_each(|draft| _ = draft.trace.model.get_or_insert_with(|| key.clone()));
        drafts
    });
    Some(drafts.collect())
}

/// The trace of a turn whose content is `{thought, answer}`, as Arena-Hard keeps it.
fn thought_and_answer(node: &Node<'_>) -> Option<Vec<Draft>> {
    let content = node.object().get("content")?;
    let is_pair = ["thought", "answer"].iter().all(|name| content[*name].is_string());
    is_pair.then(|| vec![message::from_content(node, content, None)])
}

/// The traces of the first object with a field whose name people's own solutions have as well.
fn find_weak(node: &Node<'_>) -> Option<Vec<Draft>> {
    own_fields::weak(node).or_else(|| children(node).iter().find_map(|child| find_weak(child)))
}

/// The objects in an object that may be the model's, those in envelopes first.
fn children<'a>(node: &Node<'a>) -> Vec<Node<'a>> {
    let object = node.object();
    if node.depth() >= DEEPEST {
        return Vec::new();
    }
    let is_models = |name: &str| !names::is_anothers(name) && !PROMPTS.contains(&name);
    let envelopes = ENVELOPES.iter().filter_map(|name| object.get(*name));
    let others = object
        .iter()
        .filter(|(name, _)| is_models(name) && !ENVELOPES.contains(&name.as_str()))
        .map(|(_, value)| value);
    let mut found = Vec::new();
    for value in envelopes.chain(others) {
        match value {
            Value::Object(inner) => found.push(node.child(inner)),
            Value::Array(list) => {
                let lists = list.iter().flat_map(|one| match one {
                    Value::Array(inner) => inner.as_slice(),
                    other => std::slice::from_ref(other),
                });
                found.extend(lists.filter_map(Value::as_object).map(|inner| node.child(inner)));
            }
            _ => {}
        }
    }
    found
}

/// The traces of a provider's whole answer that stands at this place.
fn answer(node: &Node<'_>) -> Option<Vec<Draft>> {
    let object = node.object();
    let is_answer = ["choices", "candidates", "content", "output"]
        .iter()
        .any(|name| object.contains_key(*name));
    if node.depth() == 0 || !is_answer {
        return None;
    }
    [openai_responses::FORMAT, anthropic::FORMAT, gemini::FORMAT, chat_completion::FORMAT]
        .iter()
        .find_map(|format| match format.read {
            Read::Record(read) => read(node).filter(|all| all.iter().any(Draft::has_reasoning)),
            _ => None,
        })
}

/// The traces of a conversation under this name. Of two that are compared, each has its own model:
/// `conversation_a` and `model_a`.
fn chat(node: &Node<'_>, name: &str, turns: Vec<Turn>) -> Vec<Draft> {
    let mut drafts = chat_set::drafts(node, turns);
    let named = name.rsplit_once('_').and_then(|(_, side)| {
        node.object().get(&format!("model_{side}"))?.as_str().map(str::to_owned)
    });
    if let Some(model) = named {
        drafts.iter_mut().for_each(|draft| draft.trace.model = Some(model.clone()));
    }
    drafts
}

/// The same reasoning in several places is one trace.
fn distinct(drafts: Vec<Draft>) -> Vec<Draft> {
    let squashed = |draft: &Draft| -> String {
        draft.trace.reasoning.chars().filter(|c| !c.is_whitespace()).collect()
    };
    let mut seen: Vec<String> = Vec::new();
    let is_new = |draft: &Draft| {
        let text = squashed(draft);
        let is_new = text.is_empty() || !seen.contains(&text);
        seen.push(text);
        is_new
    };
    drafts.into_iter().filter(is_new).collect()
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
        for name in REASONING.iter().chain(&["rationale"]) {
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
    fn a_judges_words_are_never_the_models() {
        for judged in [
            json!({"judge_response": {"reasoning": "Both are equal, so yes."}}),
            json!({"llm_judge": {"chain_of_thought": "Both are equal, so yes."}}),
            json!({"autorater": [{"rationale": "Both are equal, so yes."}]}),
            json!({"gradingResult": {"raw": "<think>Both are equal.</think>yes"}}),
            json!({"check": {"reasoning": "Both are equal, so yes.", "verdict": "yes"}}),
            json!({"human_feedback": "<think>Not the model's.</think>"}),
        ] {
            let mut row = json!({"question": "2+2?", "model": "m", "response": "4"});
            row.as_object_mut().unwrap().extend(judged.as_object().unwrap().clone());
            assert!(all(row.clone()).iter().all(|draft| !draft.has_reasoning()), "{row}");
            row["reasoning_content"] = "I add.".into();
            check(row, "I add.", Some("4"));
        }
    }

    #[test]
    fn a_persons_rationale_loses_against_the_models_own_tags() {
        let row = json!({"question": "2+2?", "rationale": "By Peano.", "response": "<think>I add.</think>4"});
        check(row, "I add.", Some("4"));
        check(
            json!({"question": "2+2?", "rationale": "By Peano.", "answer": "4"}),
            "By Peano.",
            Some("4"),
        );
    }

    #[test]
    fn tags_are_found_under_any_name_of_the_models() {
        for name in [
            "raw_solution",
            "full_output",
            "llm_response",
            "generated_solution",
            "text_generation_0",
        ] {
            check(
                json!({"task_id": "t", name: "<think>\nI add.\n</think>\n4"}),
                "I add.",
                Some("4"),
            );
            check(
                json!({"task_id": "t", "meta": {name: "I add.\n</think>\n4"}}),
                "I add.",
                Some("4"),
            );
        }
        let several = json!({"problem": "2+2?", "r1_solution_1": "<think>One.</think>4", "r1_solution_2": "<think>Two.</think>4"});
        assert_eq!(all(several).len(), 2);
        for name in ["prompt", "system_prompt", "raw_input_text", "gold_solution", "few_shot_cot"] {
            let row =
                json!({"model": "m", "answer": "4", name: "<think>Not the model's.</think>4"});
            assert!(all(row.clone()).iter().all(|draft| !draft.has_reasoning()), "{row}");
        }
    }

    #[test]
    fn all_answers_of_a_row_are_read() {
        let row = json!({"q": {"a": {"reasoning": "One plus.", "answer": "4"}, "b": {"reasoning": "Two plus.", "answer": "4"}}});
        assert_eq!(all(row).len(), 2);
        let lists = json!({"reasoning_content": [["One plus.", "Two plus."], ["Three plus."]]});
        assert_eq!(all(lists).len(), 3);
        let turns = json!({"model_id": "m", "choices": [{"index": 0, "turns": ["<think>One.</think>4", "<think>Two.</think>5"]}]});
        assert_eq!(all(turns).len(), 2);
        let twice = json!({"result": {"thinking": "I add."}, "copy": {"thinking": "I  add."}});
        assert_eq!(all(twice).len(), 1);
    }

    #[test]
    fn conversations_inside_a_row_are_read() {
        let chat = |text: &str| json!([{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": text}]);
        let pair = json!({"model_a": "x", "model_b": "y", "conversation_a": chat("<think>One.</think>4"), "conversation_b": chat("<think>Two.</think>4")});
        let drafts = all(pair);
        let models: Vec<_> = drafts.iter().map(|draft| draft.trace.model.as_deref()).collect();
        assert_eq!(models, [Some("x"), Some("y")]);
        assert_eq!(drafts[0].trace.prompt.as_deref(), Some("2+2?"));
        check(json!({"state": {"messages": chat("<think>One.</think>4")}}), "One.", Some("4"));
    }

    #[test]
    fn a_row_with_answers_only_is_known() {
        check(json!({"instruction": "2+2?", "output": "4", "generator": "m"}), "", Some("4"));
        assert!(all(json!({"title": "x", "content": "y"})).is_empty());
    }
}
