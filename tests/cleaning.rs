//! What `ingest` mends and marks in traces, and what `compare`, `score` and `fit` make of it.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Run, atlas, command, fixture, fixture_lines, labelled_fixtures, write};
use serde_json::{Value, json};
use std::path::Path;
use tempfile::{TempDir, tempdir};

fn lines(records: &[Value]) -> String {
    records.iter().map(|record| format!("{record}\n")).collect()
}

/// The records that `ingest` makes of these, and its summary.
fn ingest(folder: &TempDir, records: &[Value], more: &[&str]) -> (Vec<Value>, Value) {
    let input = write(folder, "in.jsonl", lines(records));
    let out = folder.path().join("out.jsonl");
    let mut command = command();
    command.arg("ingest").arg(input).args(["--json", "-o"]).arg(&out).args(more);
    let summary = Run::of(&mut command).succeeds().json();
    let written = std::fs::read_to_string(out).unwrap();
    (written.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), summary)
}

const ORCHARD: &str = "Okay, so the farmer has twelve trees in the first row and nine in the second. \
    I should add them up first. Twelve and nine make twenty-one. Then three trees were lost in the \
    storm, which leaves eighteen. Let me check that once more: twenty-one minus three is eighteen, \
    so the answer must be eighteen trees in the whole orchard.";
const BAKERY: &str = "The baker sells rolls in bags of six. Forty rolls fill six bags, and four \
    rolls are left over. Since nobody buys a bag that is not full, she takes those four home. I \
    wonder whether the question wants the bags or the rolls; it says bags, hence six.";

#[test]
fn line_ends_and_unicode_are_mended_unless_that_step_is_left_out() {
    let folder = tempdir().unwrap();
    let record = json!({"id": "1", "reasoning": "A cafe\u{301} opens.\r\nI wait."});
    let (records, summary) = ingest(&folder, std::slice::from_ref(&record), &[]);
    assert_eq!(records[0]["reasoning"], "A café opens.\nI wait.");
    assert_eq!(summary["summary"]["notes"], json!({"line_ends": 1, "composed_unicode": 1}));
    let (records, summary) = ingest(&folder, &[record], &["--skip-cleaning", "unicode,line-ends"]);
    assert_eq!(records[0]["reasoning"], "A cafe\u{301} opens.\r\nI wait.");
    assert_eq!(summary["summary"]["notes"], json!({}));
}

#[test]
fn the_language_is_marked_where_it_is_sure() {
    let folder = tempdir().unwrap();
    let german = "Also, zuerst muss ich wissen, wie viele Bäume in der ersten Reihe stehen. Danach \
        zähle ich die zweite Reihe dazu und ziehe ab, was der Sturm gefällt hat.";
    let records = [
        json!({"id": "1", "reasoning": ORCHARD}),
        json!({"id": "2", "reasoning": german}),
        json!({"id": "3", "reasoning": "好的，我先算第一排有多少棵树，再加上第二排的树，最后减去被风吹倒的三棵。"}),
        json!({"id": "4", "reasoning": "21 - 3 = 18"}),
    ];
    let (marked, summary) = ingest(&folder, &records, &[]);
    let languages: Vec<_> =
        marked.iter().map(|record| record["meta"]["language"].as_str()).collect();
    assert_eq!(languages, [Some("eng"), Some("deu"), Some("cmn"), None]);
    assert_eq!(summary["survey"]["languages"], json!({"cmn": 1, "deu": 1, "eng": 1}));
    let (plain, _) = ingest(&folder, &records, &["--skip-cleaning", "language"]);
    assert!(plain[0]["meta"].get("language").is_none());
}

#[test]
fn a_quoted_prompt_is_marked_by_its_place() {
    let folder = tempdir().unwrap();
    let prompt =
        "A farmer has twelve trees in the first row and nine in the second; three are lost.";
    let record = json!({"id": "1", "prompt": prompt, "reasoning": ORCHARD});
    let (records, summary) = ingest(&folder, &[record], &[]);
    let range = &records[0]["meta"]["prompt_quotes"][0];
    let at = |index: usize| usize::try_from(range[index].as_u64().unwrap()).unwrap();
    assert_eq!(
        &ORCHARD[at(0)..at(1)],
        "farmer has twelve trees in the first row and nine in the second"
    );
    assert_eq!(summary["survey"]["quoting_prompt"], 1);
}

#[test]
fn repeated_traces_are_reported_and_dropped_on_request_only() {
    let folder = tempdir().unwrap();
    let changed = ORCHARD.replace("once more", "once again");
    let records = [
        json!({"id": "a", "model": "m/1", "reasoning": ORCHARD}),
        json!({"id": "b", "model": "m/1", "reasoning": BAKERY}),
        json!({"id": "c", "model": "m/1", "reasoning": ORCHARD.replace(". ", ".\n\n")}),
        json!({"id": "d", "model": "m/2", "reasoning": changed}),
    ];
    let (kept, summary) = ingest(&folder, &records, &[]);
    assert_eq!(kept.len(), 4);
    let duplicates = &summary["duplicates"];
    assert_eq!(duplicates["exact_within_models"], 1);
    assert_eq!(duplicates["near_between_models"], 1);
    let pairs = duplicates["pairs"].as_array().unwrap();
    assert_eq!((&pairs[0]["id"], &pairs[0]["repeats"]), (&json!("c"), &json!("a")));
    assert_eq!((&pairs[1]["id"], &pairs[1]["repeats_model"]), (&json!("d"), &json!("m/1")));
    assert_eq!((&pairs[0]["exact"], &pairs[1]["exact"]), (&json!(true), &json!(false)));

    let (kept, summary) = ingest(&folder, &records, &["--drop-duplicates"]);
    let ids: Vec<_> = kept.iter().map(|record| record["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["a", "b"]);
    assert_eq!((&summary["kept"], &summary["summary"]["traces"]), (&json!(2), &json!(4)));
}

#[test]
fn refusals_and_cut_off_traces_are_marked() {
    let folder = tempdir().unwrap();
    let answer = |content: &str, finish: &str| {
        json!({"model": "m/1", "question": "How?", "response": {"choices": [{"finish_reason": finish,
            "message": {"content": content, "reasoning": ORCHARD}}]}})
    };
    let rows = [
        answer("I'm sorry, but I can't help with that.", "stop"),
        answer("", "length"),
        answer("Eighteen.", "stop"),
    ];
    let (records, summary) = ingest(&folder, &rows, &[]);
    let refusals: Vec<_> = records.iter().map(|record| record["meta"].get("refusal")).collect();
    assert_eq!(refusals, [Some(&json!(true)), None, None]);
    let mediation: Vec<_> =
        records.iter().map(|record| record["meta"]["mediation"].as_str().unwrap()).collect();
    assert_eq!(mediation, ["raw", "truncated", "raw"]);
    assert_eq!(summary["survey"]["refusals"], 1);
}

#[test]
fn names_are_marked_and_masked_on_request() {
    let folder = tempdir().unwrap();
    let own = format!("I am Qwen2.5-72B, made by Alibaba Cloud. {ORCHARD}");
    let asked = format!("The user asks about OpenAI. {BAKERY}");
    let records = [
        json!({"id": "1", "prompt": "Count the trees.", "reasoning": own}),
        json!({"id": "2", "prompt": "What does OpenAI sell?", "reasoning": asked}),
        json!({"id": "3", "reasoning": "Claude Monet painted a gemini of lilies near the llama."}),
    ];
    let (marked, summary) = ingest(&folder, &records, &[]);
    assert_eq!(marked[0]["meta"]["names"], json!(["Alibaba Cloud", "Qwen"]));
    assert_eq!(marked[1]["meta"]["names"], json!(["OpenAI"]));
    assert!(marked[2]["meta"].get("names").is_none());
    assert_eq!(summary["survey"]["naming"], 2);
    assert_eq!(summary["survey"]["names_beyond_prompt"], json!({"Alibaba Cloud": 1, "Qwen": 1}));

    let (masked, summary) = ingest(&folder, &records, &["--mask-names"]);
    let text = masked[0]["reasoning"].as_str().unwrap();
    assert!(text.starts_with("I am [NAME], made by [NAME]. Okay"), "{text}");
    assert_eq!(masked[0]["meta"]["names"], json!(["Alibaba Cloud", "Qwen"]));
    assert_eq!(summary["summary"]["notes"]["masked_names"], 2);
}

/// The new model's traces, each with these words in front.
fn new_model(folder: &TempDir, name: &str, words: &str) -> std::path::PathBuf {
    let records: Vec<Value> = fixture_lines("new-model.jsonl")
        .iter()
        .map(|line| {
            let mut record: Value = serde_json::from_str(line).unwrap();
            let text = format!("{words}{}", record["reasoning"].as_str().unwrap());
            record["reasoning"] = text.into();
            record
        })
        .collect();
    write(folder, name, lines(&records))
}

fn scores(input: &Path, atlas: &Path, more: &[&str]) -> Vec<Value> {
    let mut command = command();
    command.arg("score").arg(input).arg("--atlas").arg(atlas).args(more);
    Run::of(&mut command).succeeds().json_lines()
}

#[test]
fn masked_names_do_not_move_a_score() {
    let folder = tempdir().unwrap();
    let one = new_model(&folder, "one.jsonl", "I am ChatGPT by OpenAI. ");
    let other = new_model(&folder, "other.jsonl", "I am Qwen2.5-72B by DeepSeek. ");
    assert_ne!(scores(&one, atlas(), &[]), scores(&other, atlas(), &[]));
    let masked = scores(&one, atlas(), &["--mask-names"]);
    assert_eq!(masked, scores(&other, atlas(), &["--mask-names"]));
}

#[test]
fn an_atlas_that_was_learned_with_masked_names_says_so_and_masks_by_itself() {
    let folder = tempdir().unwrap();
    let masked = folder.path().join("masked.atlas");
    let mut fit = command();
    fit.arg("fit").args(labelled_fixtures()).args(["--mask-names", "--json", "-q", "-o"]);
    let about = Run::of(fit.arg(&masked)).succeeds().json();
    assert_eq!(about["masked_names"], true);
    let one = new_model(&folder, "one.jsonl", "I am ChatGPT by OpenAI. ");
    let other = new_model(&folder, "other.jsonl", "I am Qwen2.5-72B by DeepSeek. ");
    assert_eq!(scores(&one, &masked, &[]), scores(&other, &masked, &[]));

    let shown = Run::of(command().args(["atlas", "show"]).arg(&masked)).succeeds();
    assert!(shown.stdout.contains("were masked"), "{}", shown.stdout);
    let mut compare = command();
    compare.args(["compare", "-v"]).arg(&one).arg("--atlas").arg(&masked);
    let page = Run::of(&mut compare).succeeds().stdout;
    assert!(page.contains("were masked before the comparison"), "{page}");
    let mut unlike = command();
    unlike.args(["compare", "-v"]).arg(&one).arg("--atlas").arg(atlas()).arg("--mask-names");
    let page = Run::of(&mut unlike).succeeds().stdout;
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(page.contains("masked in the input but not in the atlas's training data"), "{page}");
}

#[test]
fn a_comparison_shows_what_is_in_the_data() {
    let folder = tempdir().unwrap();
    let mut records: Vec<Value> = fixture_lines("new-model.jsonl")
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for (at, record) in records.iter_mut().enumerate() {
        record["meta"]["mediation"] = if at < 4 { "summary" } else { "raw" }.into();
    }
    records[1]["answer"] = "I cannot help with that request.".into();
    let text = records[2]["reasoning"].as_str().unwrap().to_owned();
    records[2]["reasoning"] = format!("{text} I am DeepSeek.").into();
    let mut again = records[5].clone();
    again["id"] = "again".into();
    records.push(again);
    let input = write(&folder, "corpus.jsonl", lines(&records));
    let report = folder.path().join("report");
    let mut compare = command();
    compare.args(["compare", "-v"]).arg(&input).arg("--atlas").arg(atlas()).arg("--report");
    compare.arg(&report);
    let shown = Run::of(&mut compare).succeeds().stdout;
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "About the data",
        "Mediation: raw 27, summary 4.",
        "1 trace repeats an earlier one (1 word by word); the first: again repeats",
        "1 trace ends in a refusal.",
        "1 trace names a model or vendor that its prompt does not: DeepSeek 1.",
        "4 of the traces are a provider's summaries and 27 are raw reasoning: the input mixes two writers.",
    ] {
        assert!(shown.contains(words), "{words} is missing in {shown}");
    }
    let json: Value =
        serde_json::from_slice(&std::fs::read(report.join("report.json")).unwrap()).unwrap();
    assert_eq!(json["input"]["refusals"], 1);
    assert_eq!(json["input"]["duplicates"]["exact_within_models"], 1);
    assert_eq!(json["input"]["names_beyond_prompt"], json!({"DeepSeek": 1}));
    let page = std::fs::read_to_string(report.join("report.html")).unwrap();
    assert!(page.contains("1 trace ends in a refusal."));
}

#[test]
fn prompts_without_an_id_meet_their_like() {
    let folder = tempdir().unwrap();
    let record = |id: &str, prompt_id: Option<&str>, prompt: &str| json!({"id": id, "prompt_id": prompt_id, "prompt": prompt, "reasoning": BAKERY});
    let records = [
        record("1", None, "How many BAGS does the baker sell?"),
        record("2", None, "how many bags  does the baker sell ?"),
        record("3", None, "How many rolls does the baker sell?"),
    ];
    let (_, summary) = ingest(&folder, &records, &[]);
    assert_eq!(summary["survey"]["models"]["(none)"]["prompts"], 2);
}

#[test]
fn the_fixtures_hold_nothing_that_is_marked_by_mistake() {
    let mut command = command();
    command.arg("ingest").arg(fixture("traces")).arg("--json");
    let summary = Run::of(&mut command).succeeds().json();
    assert_eq!(summary["survey"]["naming"], 0);
    assert_eq!(summary["survey"]["refusals"], 0);
    assert_eq!(summary["duplicates"]["pairs"], json!([]));
    assert_eq!(summary["survey"]["languages"].as_object().unwrap().len(), 1);
}
