//! A reviewer gets a report with its evidence pack, sees that the input is the same, and makes its figures again.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Run, atlas, command, fixture, run};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fs, path::Path};

fn sha256(bytes: impl AsRef<[u8]>) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn records(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The report of the new model against an older one.
fn report(folder: &Path, more: &[&str]) {
    let new = fixture("new-model.jsonl");
    let old = fixture("traces/ponder-1.jsonl");
    let run = Run::of(
        command()
            .args(["compare", "--quiet", "--resamples", "100", "--baseline"])
            .args([&old, &new])
            .arg("--atlas")
            .arg(atlas())
            .arg("--report")
            .arg(folder)
            .args(more),
    );
    run.succeeds();
}

#[test]
fn the_figures_can_be_made_again_from_the_pack() {
    let folder = tempfile::tempdir().unwrap();
    let first = folder.path().join("first");
    report(&first, &["--threads", "2"]);
    let pack = first.join("evidence");
    let parameters = json(&pack.join("parameters.json"));

    // The input is the same: its texts after cleaning have these hashes, in this order and at these lines.
    let input = fixture("new-model.jsonl").display().to_string();
    let read = run(["ingest", &input, "--quiet"]).succeeds().stdout;
    let texts: Vec<Value> = read.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let listed = records(&pack.join("records.jsonl"));
    assert_eq!(listed.len(), texts.len());
    for (at, (record, trace)) in listed.iter().zip(&texts).enumerate() {
        assert_eq!(record["text_sha256"], sha256(trace["reasoning"].as_str().unwrap()));
        assert_eq!(record["id"], trace["id"]);
        assert_eq!(record["file"], input);
        assert_eq!(record["position"]["line"], at + 1);
        assert_eq!(record["scored"], true);
        assert!(record["words"].as_u64().unwrap() >= 30 && record.get("text").is_none());
    }
    let figures = &parameters["lists"]["records.jsonl"];
    assert_eq!(figures["records"], 30);
    assert_eq!(figures["sha256"], sha256(fs::read(pack.join("records.jsonl")).unwrap()));
    assert_eq!(records(&pack.join("baseline-records.jsonl")).len(), 30);

    // The command that stands there gives the same figures, whatever the number of threads.
    let words = parameters["command"].as_str().unwrap().split(' ').skip(1);
    let second = folder.path().join("second");
    let again =
        Run::of(command().args(words).args(["--quiet", "--threads", "1", "--report"]).arg(&second));
    again.succeeds();
    let expected = &parameters["results"]["report.json"]["sha256"];
    assert_eq!(*expected, sha256(fs::read(second.join("report.json")).unwrap()));
    for file in ["parameters.json", "records.jsonl", "baseline-records.jsonl", "README.txt"] {
        let read = |report: &Path| fs::read(report.join("evidence").join(file)).unwrap();
        assert_eq!(read(&first), read(&second), "{file}");
    }
    let readme = fs::read_to_string(pack.join("README.txt")).unwrap();
    assert!(readme.contains(parameters["command"].as_str().unwrap()), "{readme}");
    assert!(readme.contains(parameters["atlas"]["checksum"].as_str().unwrap()), "{readme}");
    assert!(!readme.contains('{'), "{readme}");
}

#[test]
fn texts_are_in_the_pack_only_where_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    report(folder.path(), &["--evidence-texts"]);
    let pack = folder.path().join("evidence");
    let of = |file: &str| -> BTreeMap<String, Value> {
        let id = |record: &Value| record["id"].as_str().unwrap().to_owned();
        records(&pack.join(file)).into_iter().map(|record| (id(&record), record)).collect()
    };
    for record in of("records.jsonl").values().chain(of("baseline-records.jsonl").values()) {
        assert_eq!(record["text_sha256"], sha256(record["text"].as_str().unwrap()));
    }
    assert_eq!(json(&pack.join("parameters.json"))["texts_included"], true);
    // A later run without them leaves none behind.
    report(folder.path(), &[]);
    let all: String = fs::read_dir(&pack)
        .unwrap()
        .map(|file| fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    assert!(!all.contains("\"text\":\"") && all.contains("\"texts_included\": false"));

    let error = run(["compare", "x", "--evidence-texts"]);
    assert_eq!(error.code, 2);
    assert!(error.stderr.contains("--report"), "{}", error.stderr);
}

#[test]
fn references_that_were_learned_from_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    let refs = fixture("traces").display().to_string();
    let run = Run::of(
        command()
            .args(["compare", "--quiet", "--resamples", "100", "--refs", &refs, "--report"])
            .arg(folder.path())
            .arg(fixture("new-model.jsonl")),
    );
    run.succeeds();
    let listed = records(&folder.path().join("evidence/reference-records.jsonl"));
    let models: std::collections::BTreeSet<&str> =
        listed.iter().map(|record| record["model"].as_str().unwrap()).collect();
    assert_eq!(models.len(), 3, "{models:?}");
    assert!(listed.iter().all(|record| record["text_sha256"].as_str().unwrap().len() == 64));
}
