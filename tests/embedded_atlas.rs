//! A person has just installed the program and uses the atlas inside it.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Run, command, embedded_references, fixture, fixture_lines, run};
use serde_json::Value;

#[test]
fn it_is_whole_and_says_what_each_reference_is_known_from() {
    run(["atlas", "verify"]).succeeds();
    let shown = run(["atlas", "show", "--json"]).succeeds().json();
    let references = shown["references"].as_array().unwrap();
    assert!(!references.is_empty());
    for reference in references {
        let traces: u64 =
            reference["sources"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
        assert_eq!(Some(traces), reference["traces"].as_u64(), "{reference}");
        for known in ["domains", "mediation", "licences"] {
            assert_ne!(reference[known].as_array().map(Vec::len), Some(0), "{reference}");
            assert_ne!(reference[known].as_object().map(|own| own.len()), Some(0), "{reference}");
        }
    }
}

#[test]
fn it_compares_without_being_asked_for() {
    let mut command = command();
    command.arg("compare").arg(fixture("new-model.jsonl")).arg("--json");
    let found = Run::of(&mut command).succeeds().json();
    assert_eq!(found["ranking"].as_array().unwrap().len(), embedded_references());
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
