//! A reader of a report sees by what habits a model reasons, beside its nearest references.

#![allow(clippy::unwrap_used)]

mod common;

use common::{REFERENCES, Run, atlas, command, fit, fixture, fixture_lines, write};
use serde_json::Value;
use std::path::Path;

fn habits(input: &Path, atlas: &Path) -> Vec<Value> {
    let run = Run::of(
        command()
            .args(["compare", "--json", "--resamples", "100"])
            .arg(input)
            .arg("--atlas")
            .arg(atlas),
    );
    let found = run.succeeds().json();
    found["habits"].as_array().unwrap().clone()
}

#[test]
fn measured_habits_stand_beside_those_of_the_references() {
    let found = habits(&fixture("new-model.jsonl"), atlas());
    let [group] = found.as_slice() else { panic!("{found:?}") };
    assert!(["prompts", "data_set"].contains(&group["basis"].as_str().unwrap()), "{group}");
    let references = group["references"].as_array().unwrap();
    assert!(!references.is_empty());
    assert!(references.iter().all(|one| REFERENCES.contains(&one.as_str().unwrap())), "{group}");
    let own = group["habits"].as_array().unwrap();
    assert!(!own.is_empty() && own.len() <= 12);
    for habit in own {
        assert!(["layout", "rhythm"].contains(&habit["channel"].as_str().unwrap()), "{habit}");
        assert_eq!(habit["values"].as_array().unwrap().len(), references.len());
        let [low, value, high] = ["low", "input", "high"].map(|key| habit[key].as_f64().unwrap());
        assert!(low <= value && value <= high, "{habit}");
    }
    // A reference's own traces depart as the atlas says that it does.
    let found = habits(&fixture("traces/ponder-1.jsonl"), atlas());
    let group = &found[0];
    assert_eq!(group["references"][0], REFERENCES[0]);
    for habit in group["habits"].as_array().unwrap() {
        let [input, value] = [&habit["input"], &habit["values"][0]].map(|v| v.as_f64().unwrap());
        // The panel takes the mean of the others off, the input that of all three.
        assert!(input * value > 0.0, "{habit}");
    }
}

#[test]
fn moves_are_shown_where_an_atlas_has_them() {
    let folder = tempfile::tempdir().unwrap();
    let learned = folder.path().join("moves.atlas");
    fit(&learned, &["--quiet", "--channels", "word,moves,layout"]).succeeds();

    let moves = |input: &Path| -> Vec<Value> {
        let found = habits(input, &learned);
        let group = found.iter().find(|group| group["habits"][0]["channel"] == "moves").unwrap();
        assert_eq!(group["basis"], "traces");
        assert_eq!(group["references"], Value::Array(Vec::new()));
        group["habits"].as_array().unwrap().clone()
    };
    let of = |moves: &[Value], what: &str| {
        moves.iter().find(|one| one["what"] == what).map(|one| one["input"].as_f64().unwrap())
    };
    let before = moves(&fixture("new-model.jsonl"));
    // The same traces with as many sentences that check.
    let checking: Vec<String> = fixture_lines("new-model.jsonl")
        .iter()
        .map(|line| {
            let mut record: Value = serde_json::from_str(line).unwrap();
            let text = record["reasoning"].as_str().unwrap();
            record["reasoning"] = text.replace(". ", ". Let me double-check this. ").into();
            record.to_string()
        })
        .collect();
    let after = moves(&write(&folder, "checking.jsonl", checking.join("\n")));
    let checks = "sentences that check";
    let more = of(&after, checks).unwrap();
    assert!(more > 1.0, "{after:?}");
    assert!(of(&before, checks).is_none_or(|before| more > before + 1.0), "{before:?}");

    let report = folder.path().join("report");
    let page = Run::of(
        command()
            .args(["compare", "--quiet", "--resamples", "100"])
            .arg(fixture("new-model.jsonl"))
            .arg("--atlas")
            .arg(&learned)
            .arg("--report")
            .arg(&report),
    );
    page.succeeds();
    assert!(report.join("moves.png").exists() && report.join("moves.svg").exists());
    let page = std::fs::read_to_string(report.join("report.html")).unwrap();
    assert!(page.contains("Moves: the input deviates most in"));
}
