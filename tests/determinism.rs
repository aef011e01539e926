//! The same input and seed give the same bytes, whatever the number of threads, every time.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Run, atlas, command, fixture};
use std::fs;

const THREADS: [&str; 3] = ["1", "2", "2"];

fn all_equal<T: PartialEq>(what: &str, results: &[T]) {
    assert!(results.windows(2).all(|pair| pair[0] == pair[1]), "{what} differ between runs");
}

#[test]
fn an_atlas() {
    let folder = tempfile::tempdir().unwrap();
    let learned = THREADS.map(|threads| {
        let path = folder.path().join("a.atlas");
        common::fit(&path, &["--quiet", "--seed", "7", "--threads", threads]).succeeds();
        fs::read(path).unwrap()
    });
    all_equal("atlases", &learned);
}

#[test]
fn scores() {
    let scored = THREADS.map(|threads| {
        let mut command = command();
        command.arg("score").arg(fixture("new-model.jsonl")).arg("--atlas").arg(atlas());
        Run::of(command.args(["--threads", threads])).succeeds().stdout
    });
    assert_eq!(scored[0].lines().count(), 30);
    all_equal("scores", &scored);
}

#[test]
fn a_report() {
    let reports = THREADS.map(|threads| {
        // The same words on the command line: a report carries its command.
        let folder = tempfile::tempdir().unwrap();
        let mut command = command();
        command.current_dir(&folder).arg("compare").arg(fixture("new-model.jsonl"));
        command.arg("--atlas").arg(atlas()).args(["--report", "report", "--seed", "7", "--json"]);
        let printed = Run::of(command.args(["--threads", threads])).succeeds().stdout;
        let read = |name: &str| fs::read(folder.path().join("report").join(name)).unwrap();
        (printed, ["report.json", "report.html", "ranking.png", "similarity.png"].map(read))
    });
    all_equal("reports", &reports);
}

#[test]
fn the_seed_changes_the_resampling_and_not_the_ranking() {
    let ranked = ["1", "2"].map(|seed| {
        let mut command = command();
        command.arg("compare").arg(fixture("new-model.jsonl")).arg("--atlas").arg(atlas());
        let found = Run::of(command.args(["--json", "--seed", seed])).succeeds().json();
        let scores = found["ranking"].as_array().unwrap().iter();
        scores.map(|r| (r["reference"].clone(), r["score"].clone())).collect::<Vec<_>>()
    });
    assert_eq!(ranked[0], ranked[1]);
}
