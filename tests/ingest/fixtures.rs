//! The fixtures of each format give what they hold.

use super::*;

#[test]
fn canonical_lines_and_arrays_are_the_same() {
    let (lines, summary) = read_fixture("canonical.jsonl");
    let (array, _) = read_fixture("canonical-array.json");
    assert_eq!(lines, array);
    assert_eq!(lines.len(), 3);
    assert_eq!(dropped(&summary), [("no_reasoning", 1)]);
    let first = &summary.dropped[&Reason::NoReasoning].first;
    assert_eq!(first.position, Position::Line(5), "blank lines are counted as lines");
    assert_eq!(summary.models["(none)"], 1);
    assert_eq!(
        summary.mediation,
        BTreeMap::from([("raw".into(), 1), ("summary".into(), 1), ("unknown".into(), 1)])
    );
    let text = std::fs::read_to_string(fixture("canonical.jsonl")).unwrap();
    let first: Trace = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(lines[0], first, "nothing is changed or added");
}

#[test]
fn rows_of_a_benchmark_around_openrouter() {
    let (traces, summary) = read_fixture("openrouter-rows.jsonl");
    assert_eq!(traces.len(), 3);
    assert_eq!(dropped(&summary), [("encrypted_reasoning", 1), ("empty_response", 1)]);
    assert_eq!(summary.notes[&Note::EncryptedPart], 2);
    let first = &traces[0];
    assert_eq!((first.id.as_str(), first.prompt_id.as_deref()), ("gen-1", Some("q1")));
    assert_eq!(first.domain.as_deref(), Some("cooking"));
    assert_eq!(first.prompt.as_deref(), Some("How long do I boil an egg?"));
    assert_eq!(first.meta["provider"], "Nest");
    assert_eq!(first.meta["finish_reason"], "stop");
    assert_eq!(first.source, "openrouter-rows.jsonl");
    assert_eq!(traces[1].meta["mediation"], "summary");
    assert_eq!(traces[2].reasoning, "The user wants a definition. Short is best.");
    assert_eq!(traces[2].meta["provider"], "burrow");
    assert_eq!(traces[2].meta["mediation"], "raw");
}

#[test]
fn chat_completions_of_every_server() {
    let (traces, summary) = read_fixture("chat-completions.jsonl");
    assert_eq!(traces.len(), 6);
    assert_eq!(dropped(&summary), [("no_reasoning", 1)]);
    assert!(summary.dropped[&Reason::NoReasoning].detail.contains("256 reasoning tokens"));
    assert!(traces[..5].iter().all(|trace| trace.answer.as_deref() == Some("Four.")));
    assert_eq!(traces[5].meta["mediation"], "truncated");
}

#[test]
fn several_choices_share_a_prompt() {
    let (traces, summary) = read_fixture("batch.jsonl");
    let ids: Vec<_> = traces.iter().map(|trace| trace.id.as_str()).collect();
    assert_eq!(ids, ["task-1:0", "task-1:1"]);
    assert!(traces.iter().all(|trace| trace.prompt_id.as_deref() == Some("task-1")));
    assert_eq!(traces[1].meta["generation"], 1);
    assert_eq!((summary.records, dropped(&summary)), (1, vec![("no_reasoning", 1)]));
}

#[test]
fn every_shape_of_tags() {
    let (traces, summary) = read_fixture("tags.jsonl");
    assert_eq!(dropped(&summary), [("no_reasoning", 3)], "empty, quoted, none");
    let traces = by_id(&traces);
    for name in
        ["closed", "closing-only", "kimi", "mistral", "cohere", "open-thoughts", "seed", "granite"]
    {
        assert_eq!(traces[name].reasoning, "I add the numbers.", "{name}");
        assert_eq!(traces[name].answer.as_deref(), Some("Four."), "{name}");
        assert_eq!(traces[name].meta["mediation"], "raw", "{name}");
    }
    assert_eq!(traces["several"].reasoning, "I add.\n\nI check.");
    assert_eq!(traces["opening-only"].reasoning, "I add the");
    assert_eq!(traces["opening-only"].meta["mediation"], "truncated");
}

#[test]
fn an_object_with_a_list_of_results() {
    let (traces, summary) = read_fixture("results.json");
    let ids: Vec<_> = traces.iter().map(|trace| trace.id.as_str()).collect();
    assert_eq!(ids, ["jugs:0", "jugs:1", "door:0"]);
    assert!(traces.iter().all(|trace| trace.model.as_deref() == Some("example/finch-2")));
    assert_eq!((summary.records, dropped(&summary)), (2, vec![("no_reasoning", 1)]));
    assert_eq!(summary.dropped[&Reason::NoReasoning].first.position, Position::Record(2));
}

#[test]
fn researchers_rows() {
    let (traces, summary) = read_fixture("research-rows.jsonl");
    assert_eq!(
        reasonings(&traces),
        [
            "A kilo is a kilo, whatever it is made of.",
            "The poem is short and warm.",
            "Tom may be anything.",
            "Six times seven is 42.",
        ]
    );
    assert_eq!(traces[0].domain.as_deref(), Some("physics"));
    assert_eq!(
        (traces[1].id.as_str(), &traces[1].meta["mediation"]),
        ("research-rows:3", &"summary".into())
    );
    assert_eq!(traces[2].model.as_deref(), Some("research-rows"), "labelled by the file's name");
    assert_eq!(traces[3].answer.as_deref(), Some("It is 42."));
    assert_eq!(summary.notes[&Note::LabelFromName], 2);
    assert_eq!(dropped(&summary), [("no_reasoning", 1)]);
}

#[test]
fn a_folder_of_text() {
    let (traces, summary) = read_fixture("plain-text");
    assert_eq!(traces.len(), 3);
    assert!(traces.iter().all(|trace| trace.model.as_deref() == Some("example-model")));
    assert_eq!(dropped(&summary), [("other_file", 1)], "the README");
    let traces = by_id(&traces);
    let one = traces["example-model/one"];
    assert_eq!(
        (one.reasoning.as_str(), &one.meta["mediation"]),
        ("The log has two cases. I sort by time.", &"raw".into())
    );
    let two = traces["example-model/two"];
    assert_eq!(two.reasoning, "Hmm, no tags here.\nSo all of this is the trace.");
    assert_eq!((&two.meta["mediation"], &two.answer), (&"unknown".into(), &None));
    let three = traces["example-model/three"];
    assert!(three.reasoning.contains("patient\u{fffd}s") && three.meta["mediation"] == "truncated");
    assert_eq!(summary.notes[&Note::InvalidUtf8], 1);
}

#[test]
fn objects_printed_over_several_lines() {
    let (traces, _) = read_fixture("pretty.json");
    assert_eq!(
        reasonings(&traces),
        ["A single answer, printed with line breaks.", "And one more behind it."]
    );
}

#[test]
fn a_bad_record_costs_only_itself() {
    let (traces, summary) = read_fixture("broken.jsonl");
    assert_eq!(
        reasonings(&traces),
        [
            "Plain.",
            "Half a pair: \u{fffd}.",
            "Latin-1: caf\u{fffd}",
            "Plain.",
            "NUL:  and \nline end"
        ]
    );
    assert_eq!(dropped(&summary), [("broken_json", 1), ("unknown_shape", 2), ("too_deep", 1)]);
    let broken = &summary.dropped[&Reason::BrokenJson].first;
    assert_eq!(broken.position, Position::Line(2));
    assert!(broken.to_string().ends_with("broken.jsonl, line 2"));
    assert_eq!(summary.notes[&Note::InvalidUtf8], 1);
    assert_eq!(summary.notes[&Note::RepairedJson], 2);
}

#[test]
fn everything_at_once_is_the_sum_of_its_parts() {
    let (all, summary) = read_fixture("");
    let names: Vec<_> = all.iter().map(|trace| trace.source.clone()).collect();
    assert!(
        names.contains(&"tags.jsonl".to_owned()) && names.contains(&"example-model".to_owned())
    );
    assert!(summary.formats.len() > 4, "many formats are there: {:?}", summary.formats);
    let (again, _) = read_fixture("");
    assert_eq!(all, again);
    let json = serde_json::to_value(&summary).unwrap();
    assert_eq!(json["dropped"]["too_deep"]["count"], 1);
}
