//! One JSON record → drafts of traces, whatever it is wrapped in.
//!
//! Comes in: a parsed record. Each format of the table is tried at the record itself and under
//! each envelope (`response`, `body`, …). Goes out: the format and its [`Draft`]s. Called by
//! `file`, by `detect`, and by formats of logs that wrap a record of another format.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Options;
use super::formats::{self, Format, Read};
use super::map::FieldMap;
use super::record::{Draft, ENVELOPES, Node, Object, plain_text};
use super::rows;
use super::turns::Turns;
use crate::trace::Trace;

/// How deeply envelopes may be nested.
const DEEPEST: usize = 12;

/// How many times the limit of a record its drafts may copy while they are made. What comes of it is
/// held to the limit itself, by `finish`.
const COPIES: usize = 4;

/// What a record turned out to be.
pub(super) struct Found {
    pub format: &'static Format,
    pub drafts: Vec<Draft>,
}

impl Found {
    /// The drafts of one run, numbered.
    pub fn numbered(format: &'static Format, drafts: Vec<Draft>) -> Self {
        numbered(Self { format, drafts })
    }
}

/// Makes drafts of a record, as the options ask: by the map, by one format, or by its shape.
pub(super) fn read(record: &Value, header: Option<&Object>, options: &Options) -> Option<Found> {
    let object = record.as_object()?;
    let most = options.limits.record_bytes.saturating_mul(COPIES);
    if options.map.is_empty() {
        let has = |found: &Found| found.drafts.iter().any(Draft::has_reasoning);
        // The columns of a table of spans are attributes.
        let is_flat = object.keys().filter(|key| key.contains('.')).take(2).count() > 1;
        let whole = is_flat.then(|| rows::rewritten(object)).flatten();
        let unfolded =
            whole.and_then(|whole| recognize(options.format, options.turns, &whole, header, most));
        if let Some(found) = unfolded.filter(has) {
            return Some(found);
        }
        let found = recognize(options.format, options.turns, object, header, most);
        if found.as_ref().is_some_and(has) {
            return found;
        }
        // What is JSON in a text, or an attribute with dots in its name, is looked at last.
        let again = rows::rewritten(object)
            .and_then(|object| recognize(options.format, options.turns, &object, header, most));
        return again.filter(has).or(found);
    }
    let mut found = if options.map.get("reasoning").is_some() {
        let drafts = formats::mapped(&Node::new(object, header).within(most), record, &options.map);
        numbered(Found { format: &formats::MAPPED, drafts })
    } else {
        recognize(options.format, options.turns, object, header, most)?
    };
    for draft in &mut found.drafts {
        place(&mut draft.trace, record, &options.map);
    }
    Some(found)
}

/// Puts what the map names in the place of what was found. A list is left to the format, which
/// knows the generations.
fn place(trace: &mut Trace, record: &Value, map: &FieldMap) {
    let text = |field: &str| {
        map.find(field, record).map(|value| match value {
            Some(Value::Number(number)) => Some(number.to_string()),
            value => value.and_then(plain_text).filter(|text| !text.trim().is_empty()),
        })
    };
    let fill = |field: &str, slot: &mut Option<String>| {
        if let Some(value) = text(field) {
            *slot = value;
        }
    };
    fill("model", &mut trace.model);
    fill("prompt", &mut trace.prompt);
    fill("prompt_id", &mut trace.prompt_id);
    fill("domain", &mut trace.domain);
    if map.get("reasoning").is_none() {
        fill("answer", &mut trace.answer);
    }
    if let Some(id) = text("id") {
        trace.id = id.unwrap_or_default();
    }
    if let Some(source) = text("source") {
        trace.source = source.unwrap_or_default();
    }
}

/// Tries the formats on a record, or the only one that is asked for. The first that finds reasoning wins; else the first that knows
/// the shape. The drafts of each format may copy `most` bytes of the record.
pub(super) fn recognize(
    only: Option<&'static Format>,
    turns: Turns,
    record: &Object,
    header: Option<&Object>,
    most: usize,
) -> Option<Found> {
    let mut fallback = None;
    // What the pieces of a stream make is in one of the other formats.
    let only = only.filter(|format| !matches!(format.read, Read::Events));
    let formats = only.map_or(formats::FORMATS, std::slice::from_ref);
    for format in formats.iter().filter(|format| only.is_some() || !format.only_by_name) {
        let Read::Record(read) = format.read else { continue };
        let root = Node::new(record, header).within(most).with_turns(turns);
        let Some(drafts) = search(read, &root) else { continue };
        let found = Found { format, drafts };
        if found.drafts.iter().any(Draft::has_reasoning) {
            return Some(numbered(found));
        }
        fallback.get_or_insert(found);
    }
    fallback.map(numbered)
}

/// Applies one format to an object and to what is in its envelopes.
fn search(read: fn(&Node<'_>) -> Option<Vec<Draft>>, node: &Node<'_>) -> Option<Vec<Draft>> {
    let mut fallback = None;
    // The same response may stand in two envelopes; the first with reasoning is taken.
    let mut is_it = |found: Option<Vec<Draft>>| {
        let drafts = found?;
        if drafts.iter().any(Draft::has_reasoning) {
            return Some(drafts);
        }
        fallback.get_or_insert(drafts);
        None
    };
    if let Some(drafts) = is_it(read(node)) {
        return Some(drafts);
    }
    if node.depth() < DEEPEST {
        for value in ENVELOPES.iter().filter_map(|key| node.object().get(*key)) {
            let found = match value {
                Value::Object(object) => search(read, &node.child(object)),
                Value::Array(list) => {
                    let objects = list.iter().filter_map(Value::as_object);
                    let found: Vec<_> =
                        objects.filter_map(|object| search(read, &node.child(object))).collect();
                    (!found.is_empty()).then(|| found.into_iter().flatten().collect())
                }
                _ => None,
            };
            if let Some(drafts) = is_it(found) {
                return Some(drafts);
            }
        }
    }
    fallback
}

/// Numbers the generations of one record. Drafts with ids of their own (the spans of one export)
/// are no generations of each other.
fn numbered(mut found: Found) -> Found {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, draft) in found.drafts.iter().enumerate() {
        groups.entry(draft.trace.id.clone()).or_default().push(at);
    }
    for members in groups.values() {
        let numbers: BTreeSet<_> =
            members.iter().filter_map(|&at| found.drafts[at].generation).collect();
        let unique = numbers.len() == members.len();
        for (number, &at) in members.iter().enumerate() {
            let draft = &mut found.drafts[at];
            draft.generation = match members.len() {
                1 => None,
                _ => draft.generation.filter(|_| unique).or(Some(number)),
            };
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(record: &Value) -> Vec<Draft> {
        let found = recognize(None, Turns::Run, record.as_object().unwrap(), None, usize::MAX);
        found.map(|found| found.drafts).unwrap_or_default()
    }

    fn completion() -> Value {
        json!({"id": "gen-1", "model": "inner", "choices": [
            {"index": 0, "message": {"role": "assistant", "content": "4", "reasoning": "I add."}}]})
    }

    #[test]
    fn a_completion_is_found_in_every_envelope() {
        for envelope in ENVELOPES {
            let drafts =
                read(&json!({"question": "2+2?", "model": "outer", *envelope: completion()}));
            assert_eq!(drafts.len(), 1, "{envelope}");
            let trace = &drafts[0].trace;
            assert_eq!(trace.reasoning, "I add.");
            assert_eq!(trace.model.as_deref(), Some("outer"), "the row's own label comes first");
            assert_eq!(trace.prompt.as_deref(), Some("2+2?"));
        }
    }

    #[test]
    fn envelopes_nest() {
        let batch =
            json!({"custom_id": "c-7", "response": {"status_code": 200, "body": completion()}});
        assert_eq!(read(&batch)[0].trace.id, "c-7");
        let deep = json!({"data": {"result": {"output": {"response": completion()}}}});
        assert_eq!(read(&deep)[0].trace.id, "gen-1");
    }

    #[test]
    fn the_same_response_in_two_envelopes_is_one_trace() {
        let twice = json!({"response": completion(), "raw_response": completion()});
        assert_eq!(read(&twice).len(), 1);
        let mut without = completion();
        without["choices"][0]["message"]["reasoning"] = Value::Null;
        let second = json!({"response": without, "raw_response": completion()});
        assert_eq!(read(&second)[0].trace.reasoning, "I add.");
    }

    #[test]
    fn several_outputs_are_numbered() {
        let drafts = read(&json!({"outputs": [completion(), completion()]}));
        let numbers: Vec<_> = drafts.iter().map(|draft| draft.generation).collect();
        assert_eq!(numbers, [Some(0), Some(1)]);
    }

    #[test]
    fn drafts_with_ids_of_their_own_are_no_generations() {
        let mut other = completion();
        other["id"] = "gen-2".into();
        let drafts = read(&json!({"outputs": [completion(), other, completion()]}));
        let numbers: Vec<_> = drafts.iter().map(|draft| draft.generation).collect();
        assert_eq!(numbers, [Some(0), None, Some(1)]);
    }

    #[test]
    fn rows_tell_id_prompt_and_domain_in_many_ways() {
        let row = json!({"question_id": "q1", "category": "math", "api_provider": "chutes",
            "messages": [{"role": "system", "content": "Be brief."},
                         {"role": "user", "content": [{"type": "text", "text": "2+2?"}]}],
            "metadata": {"model": "a/b"}, "output": {"choices": completion()["choices"]}});
        let trace = &read(&row)[0].trace;
        assert_eq!((trace.id.as_str(), trace.prompt_id.as_deref()), ("q1", Some("q1")));
        assert_eq!(trace.domain.as_deref(), Some("math"));
        assert_eq!(trace.prompt.as_deref(), Some("2+2?"));
        assert_eq!(trace.model.as_deref(), Some("a/b"));
        assert_eq!(trace.meta["provider"], "chutes");
    }

    #[test]
    fn a_map_names_the_places() {
        let map = |arguments: &[&str]| Options {
            map: FieldMap::parse(arguments.iter().copied()).unwrap(),
            ..Options::default()
        };
        let record = json!({"run": {"by": "a/b", "n": 7, "steps": ["One plus one.", "Two."], "say": "<think>I add.</think>4"},
            "reasoning": "not this one", "question": "2+2?"});
        let options = map(&["reasoning=/run/say", "model=/run/by", "id=/run/n"]);
        let found = super::read(&record, None, &options).unwrap();
        let trace = &found.drafts[0].trace;
        assert_eq!((trace.reasoning.as_str(), trace.answer.as_deref()), ("I add.", Some("4")));
        assert_eq!((trace.model.as_deref(), trace.id.as_str()), (Some("a/b"), "7"));
        assert_eq!(trace.prompt.as_deref(), Some("2+2?"), "the rest is found as usual");
        let several = super::read(&record, None, &map(&["reasoning=/run/steps"])).unwrap();
        assert_eq!(several.drafts[1].trace.reasoning, "Two.");
        assert_eq!(several.drafts[1].generation, Some(1));
        let nowhere = super::read(&record, None, &map(&["reasoning=/run/none"])).unwrap();
        assert!(nowhere.drafts[0].why.as_deref().unwrap().contains("/run/none"));
        let other = super::read(&record, None, &map(&["model=/run/by"])).unwrap();
        assert_eq!(other.drafts[0].trace.reasoning, "not this one");
        assert_eq!(other.drafts[0].trace.model.as_deref(), Some("a/b"));
    }

    #[test]
    fn one_format_can_be_asked_for() {
        let row = json!({"thinking": "I add.", "answer": "4"});
        let row = row.as_object().unwrap();
        let only = |name: &str| {
            recognize(Some(formats::format_named(name).unwrap()), Turns::Run, row, None, usize::MAX)
        };
        assert!(only("research-row").is_some() && only("chat-completion").is_none());
    }

    #[test]
    fn nothing_is_made_of_an_unknown_shape() {
        for record in [json!({}), json!({"a": 1}), json!({"response": [[]], "output": [1]})] {
            assert!(read(&record).is_empty());
        }
        assert!(crate::ingest::record::describe(&json!({"a": 1, "b": 2})).contains("`a`, `b`"));
    }
}
