//! What a person sees of the main verbs: standard output, standard error and the exit code together.
//! `INSTA_UPDATE=always cargo test --test seen` writes it anew; read it before it is committed.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Run, atlas, command, fixture_lines, run, write};
use std::path::Path;

/// Runs the program where the fixtures have short names.
fn seen(arguments: &[&str]) -> String {
    let mut command = command();
    command.env_remove("GITHUB_ACTIONS").env_remove("GITHUB_STEP_SUMMARY");
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments);
    // The embedded atlas grows.
    let references = format!("Only the {} references", common::embedded_references());
    Run::of(&mut command).seen().replace(&references, "Only the [N] references")
}

/// The same with the atlas that is learned from the fixtures, whose path and checksum are the machine's.
fn seen_with_fixture_atlas(arguments: &[&str]) -> String {
    let atlas = atlas().display().to_string();
    let checksum = run(["atlas", "verify", &atlas, "--json"]).succeeds().json();
    let checksum = checksum["checksum"].as_str().unwrap();
    let shown = seen(&[arguments, &["--atlas", &atlas]].concat());
    shown.replace(&atlas, "[ATLAS]").replace(checksum, "[CHECKSUM]")
}

const TRACES: &str = "fixtures/new-model.jsonl";

#[test]
fn compare() {
    insta::assert_snapshot!("compare", seen(&["compare", TRACES]));
    insta::assert_snapshot!("compare_named", seen_with_fixture_atlas(&["compare", TRACES]));
    let drift = ["compare", TRACES, "--baseline", "fixtures/traces/ponder-1.jsonl"];
    insta::assert_snapshot!("compare_baseline", seen_with_fixture_atlas(&drift));
    let all = ["compare", "-v", TRACES];
    insta::assert_snapshot!("compare_all", seen_with_fixture_atlas(&all));
    insta::assert_snapshot!(
        "compare_by",
        seen_with_fixture_atlas(&["compare", TRACES, "fixtures/traces", "--by", "model"])
    );
    insta::assert_snapshot!("compare_by_nothing", seen(&["compare", TRACES, "--by", "nothing"]));
    insta::assert_snapshot!("compare_short", seen(&["compare", "fixtures/bad/few-words.jsonl"]));
    insta::assert_snapshot!(
        "compare_nothing",
        seen(&["compare", "fixtures/bad/no-reasoning.jsonl"])
    );
    insta::assert_snapshot!("compare_nowhere", seen(&["compare", "nowhere.jsonl"]));
}

#[test]
fn check() {
    let check = ["check", "--policy", "fixtures/gate/cotprint.toml", TRACES];
    insta::assert_snapshot!("check_passes", seen_with_fixture_atlas(&check));
    let contaminated = [&check[..], &["fixtures/gate/contamination.jsonl"]].concat();
    insta::assert_snapshot!("check_fails", seen_with_fixture_atlas(&contaminated));
    insta::assert_snapshot!(
        "check_without_policy",
        seen(&["check", TRACES, "--policy", "no.toml"])
    );
    // The embedded atlas does not know the references of the policy.
    insta::assert_snapshot!("check_unknown_names", seen(&check));
}

#[test]
fn audit() {
    insta::assert_snapshot!("audit", seen_with_fixture_atlas(&["audit", TRACES]));
    insta::assert_snapshot!("audit_short", seen(&["audit", "fixtures/bad/few-words.jsonl"]));
}

#[test]
fn explain() {
    insta::assert_snapshot!("explain", seen_with_fixture_atlas(&["explain", "-v", TRACES]));
    insta::assert_snapshot!("explain_no_such_id", seen(&["explain", TRACES, "--id", "nothing"]));
    insta::assert_snapshot!("explain_short", seen(&["explain", "fixtures/bad/few-words.jsonl"]));
}

#[test]
fn score() {
    let folder = tempfile::tempdir().unwrap();
    let lines = [
        fixture_lines("new-model.jsonl").remove(0),
        fixture_lines("bad/few-words.jsonl").remove(0),
    ];
    let input = write(&folder, "two.jsonl", lines.join("\n"));
    let input: &Path = &input;
    insta::assert_snapshot!("score", seen_with_fixture_atlas(&["score", input.to_str().unwrap()]));
    insta::assert_snapshot!("score_short", seen(&["score", "fixtures/bad/few-words.jsonl"]));
    insta::assert_snapshot!("score_ending", seen(&["score", TRACES, "-o", "scores.doc"]));
    insta::assert_snapshot!(
        "score_onto_itself",
        seen(&["score", TRACES, "-o", "./fixtures/new-model.jsonl"])
    );
}
