//! A person compares a new checkpoint with an old one, or on prompts that the references answered.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Run, atlas, command, fixture, fixture_lines, run};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

const OTHER: &str = "borealis/ledger-2";

/// The reference that the old checkpoint is, without its label.
const OLD: &str = "acme/ponder-1";

/// One reference's records as the program reads them, by prompt.
fn records(folder: &Path, fixture_name: &str) -> BTreeMap<String, Value> {
    let out = folder.join("records.jsonl");
    run(["ingest".as_ref(), fixture(fixture_name).as_os_str(), "-o".as_ref(), out.as_os_str()])
        .succeeds();
    let records = fs::read_to_string(&out).unwrap();
    let records = records.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    records.map(|record| (record["prompt_id"].as_str().unwrap().to_owned(), record)).collect()
}

/// A checkpoint that writes like [`OLD`], and like [`OTHER`] on every prompt whose number `taken` takes.
fn checkpoint(folder: &Path, name: &str, taken: impl Fn(usize) -> bool) -> PathBuf {
    let (old, other) =
        (records(folder, "traces/ponder-1.jsonl"), records(folder, "traces/ledger-2.jsonl"));
    let mut lines = String::new();
    for (number, (prompt, mut record)) in old.into_iter().enumerate() {
        record["model"] = Value::Null;
        if taken(number) {
            record["reasoning"] = other[&prompt]["reasoning"].clone();
        }
        lines.push_str(&record.to_string());
        lines.push('\n');
    }
    let path = folder.join(name);
    fs::write(&path, lines).unwrap();
    path
}

fn compare(new: &Path, old: &Path, more: &[&str]) -> Run {
    Run::of(
        command()
            .arg("compare")
            .arg(new)
            .arg("--baseline")
            .arg(old)
            .arg("--atlas")
            .arg(atlas())
            .args(["--resamples", "200"])
            .args(more),
    )
}

fn of<'a>(drift: &'a Value, reference: &str) -> &'a Value {
    let all = drift["references"].as_array().unwrap();
    all.iter().find(|r| r["reference"] == reference).unwrap()
}

#[test]
fn a_planted_drift_is_found_and_grows_with_what_was_planted() {
    let folder = tempfile::tempdir().unwrap();
    let old = checkpoint(folder.path(), "old", |_| false);
    let mut changes = Vec::new();
    for (name, part) in [("third", 3), ("half", 2), ("all", 1)] {
        let new = checkpoint(folder.path(), name, |number| number % part == 0);
        let comparison = compare(&new, &old, &["--json"]).succeeds().json();
        let drift = &comparison["drift"];
        assert_eq!(drift["paired"], true);
        assert_eq!(drift["prompts"], 30);
        let other = of(drift, OTHER);
        let change = other["change"].as_f64().unwrap();
        assert!(other["low"].as_f64().unwrap() > 0.0 && change > 0.2, "{name}: {other}");
        assert!(change <= other["high"].as_f64().unwrap());
        // The parts of the shift and what is left of it are everything.
        let shares: f64 = drift["references"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| r["share"].as_f64().unwrap())
            .sum();
        assert!((shares + drift["own_share"].as_f64().unwrap() - 1.0).abs() < 1e-6, "{drift}");
        assert!(other["share"].as_f64().unwrap() > 0.5, "{name}: {other}");
        changes.push((change, drift["size"].as_f64().unwrap()));
    }
    assert!(changes.is_sorted_by(|a, b| a.1 < b.1), "{changes:?}");
}

#[test]
fn the_same_corpus_does_not_drift() {
    let folder = tempfile::tempdir().unwrap();
    let old = checkpoint(folder.path(), "old", |_| false);
    let run = compare(&old, &old, &["--json"]).succeeds();
    let drift = &run.json()["drift"];
    assert_eq!(drift["size"], 0.0);
    assert!(drift["sentence"].as_str().unwrap().starts_with("No drift"), "{drift}");
    for reference in drift["references"].as_array().unwrap() {
        assert_eq!(reference["change"], 0.0);
        assert!(reference["corrected_p_value"].as_f64().unwrap() > 0.9);
    }
    assert!(drift["came"].as_array().unwrap().is_empty());
}

#[test]
fn two_halves_of_one_model_on_different_prompts_do_not_drift() {
    let folder = tempfile::tempdir().unwrap();
    let whole = checkpoint(folder.path(), "whole", |_| false);
    let text = fs::read_to_string(whole).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let half = |name: &str, from: usize| {
        let path = folder.path().join(name);
        let own: Vec<&str> = lines.iter().skip(from).step_by(2).copied().collect();
        fs::write(&path, own.join("\n")).unwrap();
        path
    };
    let drift = compare(&half("new", 0), &half("old", 1), &["--json"]).succeeds().json();
    let drift = &drift["drift"];
    assert_eq!(drift["paired"], false);
    assert_eq!(drift["prompts"], 15);
    for reference in drift["references"].as_array().unwrap() {
        assert!(reference["corrected_p_value"].as_f64().unwrap() > 0.05, "{reference}");
        assert!(reference["low"].as_f64().unwrap() <= 0.0, "{reference}");
    }
}

#[test]
fn what_a_person_reads_names_the_direction_and_what_came() {
    let folder = tempfile::tempdir().unwrap();
    let new = checkpoint(folder.path(), "new", |_| true);
    let old = checkpoint(folder.path(), "old", |_| false);
    let text = compare(&new, &old, &["-v"]).succeeds().stdout;
    for part in [
        "From the baseline to the input",
        OTHER,
        "What explains the shift",
        "Phrases that came",
        "Phrases that went",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    assert!(!text.contains("trained on") && !text.contains("distilled"));
}

#[test]
fn the_same_bytes_come_with_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let new = checkpoint(folder.path(), "new", |number| number % 2 == 0);
    let old = checkpoint(folder.path(), "old", |_| false);
    let with = |threads| compare(&new, &old, &["--json", "--threads", threads]).succeeds().stdout;
    assert_eq!(with("1"), with("2"));
}

#[test]
fn few_prompts_in_common_are_no_drift() {
    let folder = tempfile::tempdir().unwrap();
    let some = folder.path().join("some.jsonl");
    fs::write(&some, fixture_lines("new-model.jsonl")[..4].join("\n")).unwrap();
    let run = compare(&some, &some, &[]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("prompts in common"), "{}", run.stderr);
}

#[test]
fn likeness_beyond_the_prompts_names_the_right_reference() {
    let folder = tempfile::tempdir().unwrap();
    let old = checkpoint(folder.path(), "old", |_| false);
    let run = run([
        "compare".as_ref(),
        old.as_os_str(),
        "--atlas".as_ref(),
        atlas().as_os_str(),
        "--json".as_ref(),
    ])
    .succeeds();
    let pairing = &run.json()["pairing"];
    assert_eq!(pairing["paired"], true);
    assert_eq!(pairing["prompts"], 30);
    let first = &pairing["similarities"][0];
    assert_eq!(first["reference"], OLD);
    let (low, value, high) = (&first["low"], &first["similarity"], &first["high"]);
    assert!(low.as_f64() <= value.as_f64() && value.as_f64() <= high.as_f64(), "{first}");
}

#[test]
fn references_of_ones_own_take_the_place_of_the_atlas() {
    let refs = ["traces/ponder-1.jsonl", "traces/ledger-2.jsonl"].map(fixture);
    let run = Run::of(
        command()
            .arg("compare")
            .arg(fixture("new-model.jsonl"))
            .args(["--json", "--refs"])
            .arg(&refs[0])
            .arg("--refs")
            .arg(&refs[1]),
    )
    .succeeds();
    let comparison = run.json();
    assert_eq!(comparison["ranking"].as_array().unwrap().len(), 2);
    assert!(comparison["provenance"]["command"].as_str().unwrap().contains("--refs"));
}

#[test]
fn probes_are_listed_for_people_and_machines() {
    let run_probes = |more: &[&str]| {
        Run::of(command().arg("probes").arg("--atlas").arg(atlas()).args(more)).succeeds()
    };
    let sets = run_probes(&["--json"]).json();
    assert_eq!(sets[0]["prompts"], 30);
    assert_eq!(sets[0]["references"], 3);
    let text = run_probes(&[]).stdout;
    assert!(text.contains("30 prompts, answered by 3 references"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn probes_of_public_sets_say_where_they_are_and_how_they_are_read() {
    let sets = run(["probes", "--json"]).succeeds().json();
    let text = run(["probes"]).succeeds().stdout;
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    for set in sets.as_array().unwrap() {
        for fact in ["name", "licence", "url"] {
            assert!(text.contains(set[fact].as_str().unwrap()), "{set}");
        }
        if let Some(commit) = set["commit"].as_str() {
            assert!(text.contains(commit), "{set}");
        }
        assert!(set["stored"].is_string(), "{set}");
    }
    // The one set whose prompts cannot be read as they are.
    assert!(text.contains("XORed") && text.contains("scrambler.py"), "{text}");
}

#[test]
fn a_baseline_in_another_language_is_answered_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let new = checkpoint(folder.path(), "new", |_| false);
    let mut lines = String::new();
    for (number, (_, mut record)) in
        records(folder.path(), "traces/ponder-1.jsonl").into_iter().enumerate()
    {
        let sentence = format!(
            "Zuerst muss ich herausfinden, was in der Aufgabe {number} eigentlich gefragt ist, und dann \
             rechne ich die einzelnen Schritte der Reihe nach durch, bis das Ergebnis feststeht. "
        );
        record["reasoning"] = sentence.repeat(6).into();
        record["meta"]["language"] = Value::Null;
        lines.push_str(&record.to_string());
        lines.push('\n');
    }
    let old = folder.path().join("old");
    fs::write(&old, lines).unwrap();
    let run = compare(&new, &old, &["--json"])
        .fails(3, &["(eng, ", "(deu, 30 of 30 traces)", "no figure"]);
    assert_eq!(run.stdout, "");
}

#[test]
fn traces_that_the_atlas_was_learned_from_are_said_first_of_all() {
    let input = fixture("traces/ponder-1.jsonl");
    let with = |more: &[&str]| {
        let mut command = command();
        command.arg("compare").arg(&input).arg("--atlas").arg(atlas()).args(more);
        Run::of(&mut command).succeeds()
    };
    let first = "First of all: All 30 traces are among those that the atlas was learned from";
    let found = with(&["--json"]).json();
    assert!(
        found["verdict"]["sentence"].as_str().unwrap().starts_with(first),
        "{}",
        found["verdict"]
    );
    let told = with(&[]).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.starts_with(first), "{told:.300}");
    let folder = tempfile::tempdir().unwrap();
    with(&["--report", &folder.path().join("report").display().to_string()]);
    let read = |name: &str| fs::read_to_string(folder.path().join("report").join(name)).unwrap();
    assert!(read("report.md").starts_with("# First of all"), "{:.300}", read("report.md"));
    let page = read("report.html");
    let body = &page[page.find("<body").unwrap()..];
    // Terms of art have their explanations between the words.
    let first = "First of all: All 30 traces";
    assert!(body.find(first).unwrap() < body.find("resemble").unwrap_or(usize::MAX));
}
