//! A person has the traces of a new model and asks which known model it resembles.

#![allow(clippy::unwrap_used)]

mod common;

use common::{REFERENCES, RIGHT, atlas, fixture, fixture_lines, run, write};
use serde_json::Value;
use std::{fs, path::Path};

fn compare(input: &Path, more: &[&str]) -> common::Run {
    common::Run::of(
        common::command().arg("compare").arg(input).arg("--atlas").arg(atlas()).args(more),
    )
}

#[test]
fn a_group_of_all_traces_has_the_verdict_of_the_whole() {
    let input = fixture("new-model.jsonl");
    let whole = compare(&input, &["--json"]).succeeds().json();
    let groups = compare(&input, &["--json", "--by", "source"]).succeeds().json();
    let groups = groups.as_array().unwrap();
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0]["verdict"], whole["verdict"]);
    assert_eq!((&groups[0]["prompts"], &groups[0]["words"]), (&whole["prompts"], &whole["words"]));
}

#[test]
fn the_new_model_resembles_the_one_it_writes_like() {
    let found = compare(&fixture("new-model.jsonl"), &["--json"]).succeeds().json();

    let verdict = &found["verdict"];
    assert_eq!(verdict["kind"], "resembles", "{verdict}");
    assert_eq!(verdict["references"][0], RIGHT);
    assert!(verdict.get("family").is_some());
    let sentence = verdict["sentence"].as_str().unwrap();
    assert!(sentence.contains(RIGHT), "{sentence}");
    assert!(!sentence.contains("trained on") && !sentence.contains("distilled"), "{sentence}");

    let ranking = found["ranking"].as_array().unwrap();
    let mut names: Vec<_> = ranking.iter().map(|r| r["reference"].as_str().unwrap()).collect();
    assert_eq!(names[0], RIGHT);
    names.sort_unstable();
    assert_eq!(names, REFERENCES);
    let number = |entry: &Value, key: &str| entry[key].as_f64().unwrap();
    for entry in ranking {
        let (low, score, high) =
            (number(entry, "low"), number(entry, "score"), number(entry, "high"));
        assert!(0.0 <= low && low <= score && score <= high && high <= 1.0, "{entry}");
        assert!(entry.get("family").is_some());
    }
    assert!(ranking.is_sorted_by(|a, b| number(a, "score") >= number(b, "score")));
    let sum: f64 = ranking.iter().map(|entry| number(entry, "score")).sum();
    assert!((sum - 1.0).abs() < 1e-3, "{sum}");

    assert_eq!(found["traces"], 30);
    assert_eq!(found["prompts"], 30);
    assert!(found["words"].as_u64().unwrap() > 4000);
}

#[test]
fn one_text_under_many_prompts_is_one_prompt_and_told() {
    let one: Value = serde_json::from_str(&fixture_lines("new-model.jsonl")[0]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let copies = (0..50).map(|at| {
        let mut copy = one.clone();
        copy["id"] = at.into();
        copy["prompt_id"] = format!("p{at}").into();
        copy["prompt"] = format!("Question {at}?").into();
        copy.to_string()
    });
    let input = write(&folder, "copies.jsonl", copies.collect::<Vec<_>>().join("\n"));
    let found = compare(&input, &["--json"]).json();
    assert_eq!((&found["traces"], &found["prompts"]), (&50.into(), &1.into()));
    assert_ne!(found["verdict"]["kind"], "resembles");
    let limits = found["limits"].as_array().unwrap();
    let told = |limit: &Value| limit.as_str().unwrap().contains("49 of the 50 traces repeat");
    assert!(limits.iter().any(told), "{limits:?}");

    let whole = compare(&fixture("new-model.jsonl"), &["--json"]).succeeds().json();
    assert!(!whole["limits"].to_string().contains("word by word"), "{}", whole["limits"]);
}

#[test]
fn each_model_resembles_itself_in_its_own_format() {
    for (input, right) in [
        ("traces/ponder-1.jsonl", REFERENCES[0]),
        ("traces/ledger-2.jsonl", REFERENCES[1]),
        ("traces/quill-3", REFERENCES[2]),
    ] {
        let found = compare(&fixture(input), &["--json"]).succeeds().json();
        assert_eq!(found["ranking"][0]["reference"], right, "{input}");
        assert_eq!(found["traces"], 30, "{input}");
        assert_eq!(found["prompts"], 30, "{input}");
    }
}

#[test]
fn a_person_can_read_the_table() {
    let table = compare(&fixture("new-model.jsonl"), &[]).succeeds().stdout;
    for name in REFERENCES {
        assert!(table.contains(name), "{table}");
    }
    let first = table.find(RIGHT).unwrap();
    assert!(REFERENCES[..2].iter().all(|name| first < table.find(name).unwrap()), "{table}");
    assert!(!table.contains('\x1b'), "colours belong on a terminal, not in a pipe: {table:?}");
}

#[test]
fn the_report_is_one_page_with_its_plots_and_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report");
    let printed = compare(
        &fixture("new-model.jsonl"),
        &["--json", "--quiet", "--report", &report.display().to_string()],
    )
    .succeeds();

    for plot in ["ranking.png", "similarity.png"] {
        let bytes = fs::read(report.join(plot)).unwrap();
        assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"), "{plot} is no PNG");
        assert!(bytes.len() > 2000, "{plot} has only {} bytes", bytes.len());
    }

    let text = fs::read_to_string(report.join("report.json")).unwrap();
    let written: Value = serde_json::from_str(&text).unwrap();
    let keys: Vec<_> = written.as_object().unwrap().keys().collect();
    assert_eq!(keys[..5], ["verdict", "ranking", "traces", "prompts", "words"]);
    for key in ["verdict", "ranking", "traces", "prompts", "words"] {
        assert_eq!(written[key], printed.json()[key], "{key}");
    }

    let page = fs::read_to_string(report.join("report.html")).unwrap();
    assert!(page.contains(RIGHT));
    assert_self_contained(&page);
}

/// A page that loads nothing from anywhere.
fn assert_self_contained(page: &str) {
    let page = page.to_lowercase();
    for load in [
        "<script src",
        "src=\"http",
        "src='http",
        "src=\"//",
        "<link ",
        "@import",
        "url(http",
        "url(//",
    ] {
        assert!(!page.contains(load), "the page holds {load}");
    }
}

#[test]
fn hostile_names_and_traces_stay_text() {
    let folder = tempfile::tempdir().unwrap();
    let attack =
        "<img src=x onerror=alert(1)><script>alert(2)</script>\u{1b}[31m\u{1b}]0;owned\u{7} =cmd()";
    let lines: Vec<String> = fixture_lines("new-model.jsonl")
        .iter()
        .map(|line| {
            let mut record: Value = serde_json::from_str(line).unwrap();
            for key in ["reasoning", "prompt", "domain", "source"] {
                record[key] = format!("{attack} {}", record[key].as_str().unwrap()).into();
            }
            record["model"] = attack.into();
            record.to_string()
        })
        .collect();
    let input = write(&folder, "<img src=x onerror=alert(3)>.jsonl", lines.join("\n"));
    let report = folder.path().join("report");
    let done = compare(&input, &["--report", &report.display().to_string()]).succeeds();

    assert!(!done.stdout.contains('\x1b') && !done.stderr.contains('\x1b'));
    let page = fs::read_to_string(report.join("report.html")).unwrap();
    assert!(!page.contains("<img src=x") && !page.contains("<script>alert"));
    assert!(!page.contains('\x1b'));
}

#[test]
fn several_inputs_and_globs_are_one_corpus() {
    let pattern = fixture("traces/quill-3").join("*-*.txt").display().to_string();
    let found = run([
        "compare",
        &pattern,
        &fixture("new-model.jsonl.gz").display().to_string(),
        "--atlas",
        &atlas().display().to_string(),
        "--json",
    ])
    .succeeds()
    .json();
    let matching = fs::read_dir(fixture("traces/quill-3"))
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_str().unwrap().contains('-'))
        .count();
    assert_eq!(found["traces"], 30 + matching);
    assert_eq!(found["ranking"][0]["reference"], RIGHT);
}

#[test]
fn where_it_holds_is_told_by_group() {
    let folder = tempfile::tempdir().unwrap();
    // Thirty traces of the new model, then as many of another one under another domain.
    let labelled = |file: &str, domain: &str| -> Vec<String> {
        fixture_lines(file)
            .iter()
            .map(|line| {
                let mut record: Value = serde_json::from_str(line).unwrap();
                (record["domain"], record["model"]) = (domain.into(), Value::Null);
                for key in ["id", "prompt_id"] {
                    record[key] = format!("{domain} {}", record["id"]).into();
                }
                record.to_string()
            })
            .collect()
    };
    let mut lines = labelled("new-model.jsonl", "mine");
    lines.extend(labelled("traces/ponder-1.jsonl", "theirs").into_iter().take(20));
    let input = write(&folder, "both.jsonl", lines.join("\n"));
    let holds = compare(&input, &["--json"]).succeeds().json()["holds"].clone();
    let group = |kind: &str, what: &str| -> Value {
        let groups = holds["groups"].as_array().unwrap();
        let own = groups.iter().find(|g| g["kind"] == kind && g["what"] == what);
        own.unwrap_or_else(|| panic!("{what} is missing: {holds}")).clone()
    };
    let number = |group: &Value, key: &str| group[key].as_f64().unwrap();
    let (all, mine, theirs) =
        (group("all", "all traces"), group("domain", "mine"), group("domain", "theirs"));
    assert_eq!(holds["reference"], RIGHT);
    assert_eq!((&mine["first"], &theirs["first"]), (&RIGHT.into(), &REFERENCES[0].into()));
    assert_eq!((&mine["traces"], &theirs["prompts"]), (&30.into(), &20.into()));
    let mean = (30.0 * number(&mine, "share") + 20.0 * number(&theirs, "share")) / 50.0;
    assert!((mean - number(&all, "share")).abs() < 1e-6, "{holds}");
    for one in [&all, &mine, &theirs, &group("layout", "without the layout channel")] {
        assert!(number(one, "low") <= number(one, "share"), "{one}");
        assert!(number(one, "share") <= number(one, "high"), "{one}");
    }

    // Four prompts are too few for groups.
    let few = write(&folder, "few.jsonl", lines[..4].join("\n"));
    assert!(compare(&few, &["--json"]).json().get("holds").is_none());
}

#[test]
fn where_it_holds_never_cuts_a_number_on_the_terminal() {
    // With the embedded atlas another reference comes first without layout in some of these.
    let inputs = ["new-model.jsonl", "traces/ledger-2.jsonl", "traces/ponder-1.jsonl"];
    let rows: Vec<String> = inputs
        .iter()
        .flat_map(|input| {
            let text =
                run(["compare", "-v", &fixture(input).display().to_string()]).succeeds().stdout;
            let rows =
                text.lines().skip_while(|line| !line.starts_with("Subgroups (share")).skip(1);
            rows.take_while(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    assert!(rows.iter().any(|row| row.contains("first: ")), "{rows:?}");
    for row in rows.iter().filter(|row| !row.trim_start().starts_with('…')) {
        assert!(row.chars().count() <= 100, "{row}");
        // A share, an interval, the number of traces.
        let numbers: String = row.chars().skip(30).collect();
        let numbers: Vec<&str> = numbers.split_whitespace().take(3).collect();
        let [share, interval, traces] = numbers.as_slice() else { panic!("{row}") };
        assert!(share.parse::<f64>().is_ok() && interval.contains('–'), "{row}");
        assert!(traces.parse::<u32>().is_ok(), "{row}");
    }
}
