//! A person brings a tokenizer of their own: `fit --tokenizer`, and scoring without it.

#![allow(clippy::unwrap_used)]

mod common;

use common::{RIGHT, Run, command, fit, fixture, run};
use std::fs;

#[test]
fn an_atlas_carries_its_tokenizer() {
    let folder = tempfile::tempdir().unwrap();
    let tokenizer = fixture("tokenizers/byte-level.json").display().to_string();
    let learned = ["1", "2"].map(|threads| {
        let path = folder.path().join(format!("{threads}.atlas"));
        fit(
            &path,
            &["--tokenizer", &tokenizer, "--channels", "token,rhythm", "--threads", threads],
        )
        .succeeds();
        path
    });
    let [one, two] = learned.clone().map(|path| fs::read(path).unwrap());
    assert!(one == two, "the atlas depends on the number of threads");

    let [atlas, _] = learned.map(|path| path.display().to_string());
    let about = run(["atlas", "show", &atlas, "--json"]).succeeds().json();
    let channels = about["options"]["channels"].as_array().unwrap();
    assert!(channels.iter().any(|channel| channel["channel"] == "token"), "{channels:?}");
    let mut score = command();
    score.arg("score").arg(fixture("new-model.jsonl")).args(["--atlas", &atlas]);
    let lines = Run::of(&mut score).succeeds().json_lines();
    let right = lines.iter().filter(|line| line["top"] == RIGHT).count();
    assert!(right * 2 > lines.len(), "{right} of {} traces", lines.len());
}

#[test]
fn a_tokenizer_alone_adds_its_channel_to_the_default_ones() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.atlas");
    let tokenizer = fixture("tokenizers/word-piece.json").display().to_string();
    fit(&path, &["--tokenizer", &tokenizer]).succeeds();
    let about = run(["atlas", "show", &path.display().to_string(), "--json"]).succeeds().json();
    let channels: Vec<&str> = about["options"]["channels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|channel| channel["channel"].as_str().unwrap())
        .collect();
    assert_eq!(channels, ["word", "layout", "function", "rhythm", "embed", "token"]);
}

#[test]
fn the_channel_and_its_tokenizer_go_together() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.atlas");
    let alone = fit(&path, &["--channels", "word,token"]);
    assert_eq!(alone.code, 2, "{}", alone.stderr);
    assert!(alone.stderr.contains("--tokenizer"), "{}", alone.stderr);
    let tokenizer = fixture("tokenizers/unigram.json").display().to_string();
    let unused = fit(&path, &["--channels", "word", "--tokenizer", &tokenizer]);
    assert_eq!(unused.code, 2, "{}", unused.stderr);
    assert!(unused.stderr.contains("Add token to --channels"), "{}", unused.stderr);
    let broken = fixture("tokenizers/expected.json").display().to_string();
    let refused = fit(&path, &["--tokenizer", &broken]);
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    assert!(refused.stderr.contains("expected.json"), "{}", refused.stderr);
    assert!(!path.exists());
}
