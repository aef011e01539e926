//! A person has just installed the program and uses the atlas inside it.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Run, command, fixture, fixture_lines, run};

#[test]
fn it_is_whole_and_large() {
    run(["atlas", "verify"]).succeeds();
    let shown = run(["atlas", "show", "--json"]).succeeds().json();
    let references = shown["references"].as_array().unwrap();
    assert!(references.len() > 100, "only {} references", references.len());
    for reference in references {
        let text = reference.to_string();
        assert!(text.contains("source") && text.contains("licence"), "{text}");
    }
}

#[test]
fn it_compares_without_being_asked_for() {
    let mut command = command();
    command.arg("compare").arg(fixture("new-model.jsonl")).arg("--json");
    let found = Run::of(&mut command).succeeds().json();
    assert!(found["ranking"].as_array().unwrap().len() > 100);
    let kind = found["verdict"]["kind"].as_str().unwrap();
    assert!(["resembles", "family", "between", "none", "unfamiliar"].contains(&kind), "{kind}");
}

#[test]
fn it_scores_one_trace_from_a_pipe() {
    let mut command = command();
    command.args(["score", "-"]).write_stdin(fixture_lines("new-model.jsonl").remove(0));
    let lines = Run::of(&mut command).succeeds().json_lines();
    assert_eq!(lines.len(), 1);
    let sum: f64 =
        lines[0]["scores"].as_object().unwrap().values().map(|score| score.as_f64().unwrap()).sum();
    assert!((sum - 1.0).abs() <= 1e-3, "{sum}");
}
