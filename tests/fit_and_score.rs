//! A person learns an atlas from labelled traces and scores other traces with it, one by one.

#![allow(clippy::unwrap_used)]

mod common;

use common::{REFERENCES, RIGHT, Run, atlas, command, fixture, fixture_lines, run, write};
use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::Path,
    process::Stdio,
};

fn score(input: &Path, more: &[&str]) -> Run {
    Run::of(command().arg("score").arg(input).arg("--atlas").arg(atlas()).args(more))
}

#[test]
fn fit_writes_an_atlas_that_verifies_and_names_its_references() {
    assert!(fs::read(atlas()).unwrap().starts_with(b"COTPRINT"));
    let path = atlas().display().to_string();
    run(["atlas", "verify", &path]).succeeds();
    let shown = run(["atlas", "show", &path]).succeeds().stdout;
    let json = run(["atlas", "show", &path, "--json"]).succeeds().json();
    let references = json["references"].as_array().unwrap();
    for name in REFERENCES {
        assert!(shown.contains(name), "{shown}");
        let own = references.iter().find(|own| own["name"] == name).unwrap();
        // What it is known from; the rare ones of many are only counted.
        for counts in ["sources", "domains", "languages", "mediation"] {
            let counts = own[counts].as_object().unwrap();
            assert!(counts.keys().any(|key| shown.contains(key)), "{own}");
        }
        assert!(own["languages"]["eng"].as_u64() > Some(0), "{own}");
    }
    // The sources have the traces of the references, and no more.
    let traces = |of: &Value| -> u64 {
        of.as_array().unwrap().iter().map(|own| own["traces"].as_u64().unwrap()).sum()
    };
    assert_eq!(traces(&json["sources"]), traces(&json["references"]));
    for own in json["sources"].as_array().unwrap() {
        let length: Vec<u64> = serde_json::from_value(own["length"].clone()).unwrap();
        assert!(length.is_sorted() && length[0] > 0, "{own}");
    }
}

#[test]
fn an_atlas_holds_no_sentence_of_a_trace() {
    // What the file holds, unpacked: every Zstandard frame in it.
    let bytes = fs::read(atlas()).unwrap();
    let mut held = String::from_utf8_lossy(&bytes).into_owned();
    let magic = [0x28, 0xb5, 0x2f, 0xfd];
    for at in (0..bytes.len()).filter(|&at| bytes[at..].starts_with(&magic)) {
        let mut frame = Vec::new();
        if let Ok(decoder) = zstd::Decoder::with_buffer(&bytes[at..]) {
            // A frame that only looks like one gives what it gives.
            let _ = decoder.single_frame().read_to_end(&mut frame);
        }
        held.push_str(&String::from_utf8_lossy(&frame));
    }
    assert!(held.contains(RIGHT), "the description was not found");
    for line in fixture_lines("traces/ponder-1.jsonl") {
        let record: Value = serde_json::from_str(&line).unwrap();
        for sentence in record["reasoning"].as_str().unwrap().split(". ").filter(|s| s.len() > 60) {
            assert!(!held.contains(sentence), "{sentence}");
        }
    }
}

#[test]
fn each_trace_gets_a_line_in_input_order() {
    let lines = score(&fixture("new-model.jsonl"), &[]).succeeds().json_lines();
    let ids: Vec<Value> = fixture_lines("new-model.jsonl")
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].clone())
        .collect();
    assert_eq!(lines.iter().map(|line| line["id"].clone()).collect::<Vec<_>>(), ids);

    for line in &lines {
        let scores = line["scores"].as_object().unwrap();
        let mut names: Vec<_> = scores.keys().collect();
        names.sort_unstable();
        assert_eq!(names, REFERENCES);
        let sum: f64 = scores.values().map(|score| score.as_f64().unwrap()).sum();
        assert!((sum - 1.0).abs() <= 1e-3, "{line}");
        let top = line["top"].as_str().unwrap();
        assert!(scores.values().all(|score| score.as_f64() <= scores[top].as_f64()), "{line}");
        assert!((0.0..=1.0).contains(&line["unknown"].as_f64().unwrap()), "{line}");
        assert!(line["words"].as_u64().unwrap() >= 80, "{line}");
        assert!(line["model"].is_null() && line["prompt_id"].is_string(), "{line}");
    }
    let right = lines.iter().filter(|line| line["top"] == RIGHT).count();
    assert!(right >= 24, "only {right} of 30 traces resemble {RIGHT} most");
}

#[test]
fn the_label_in_the_input_is_passed_on() {
    let lines = score(&fixture("traces/ledger-2.jsonl"), &[]).succeeds().json_lines();
    assert_eq!(lines.len(), 30);
    assert!(lines.iter().all(|line| line["model"] == "borealis/ledger-2"));
    assert!(lines.iter().all(|line| line["top"] == "borealis/ledger-2"));
}

#[test]
fn file_pipe_and_gzip_give_the_same_bytes() {
    let plain = fixture("new-model.jsonl");
    let from_file = score(&plain, &[]).succeeds().stdout;
    assert_eq!(score(&fixture("new-model.jsonl.gz"), &[]).succeeds().stdout, from_file);
    let mut piped = command();
    piped.args(["score", "-", "--atlas"]).arg(atlas()).write_stdin(fs::read(&plain).unwrap());
    assert_eq!(Run::of(&mut piped).succeeds().stdout, from_file);

    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("scores.jsonl");
    let written = score(&plain, &["-o", &out.display().to_string()]).succeeds();
    assert_eq!(written.stdout, "");
    assert_eq!(fs::read_to_string(out).unwrap(), from_file);
}

#[test]
fn a_trace_too_short_to_judge_still_gets_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut lines = fixture_lines("new-model.jsonl");
    lines.truncate(3);
    lines.insert(1, fixture_lines("bad/few-words.jsonl").remove(0));
    let input = write(&folder, "mixed.jsonl", lines.join("\n"));

    let scored = score(&input, &[]).succeeds().json_lines();
    assert_eq!(scored.len(), 4);
    assert_eq!(scored[1]["id"], "short-1");
    assert!(scored[1]["top"].is_null(), "{}", scored[1]);
    assert!(scored[1]["why"].as_str().unwrap().contains("words"), "{}", scored[1]);
    for i in [0, 2, 3] {
        assert!(scored[i]["top"].is_string() && scored[i].get("why").is_none(), "{}", scored[i]);
    }
}

#[test]
fn quiet_is_quiet() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(common::fit(&folder.path().join("a.atlas"), &["--quiet"]).succeeds().stderr, "");
    let input = fixture("new-model.jsonl");
    assert_eq!(score(&input, &["--quiet"]).succeeds().stderr, "");
    let report = folder.path().join("report").display().to_string();
    let mut compare = command();
    compare.arg("compare").arg(&input).arg("--atlas").arg(atlas());
    assert_eq!(Run::of(compare.args(["--quiet", "--report", &report])).succeeds().stderr, "");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    // More output than a pipe holds, so that the program must notice.
    let inputs = vec![fixture("new-model.jsonl"); 40];
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_cotprint"))
        .arg("score")
        .args(inputs)
        .arg("--atlas")
        .arg(atlas())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.starts_with('{'), "{first}");
    let ended = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&ended.stderr);
    assert!(!stderr.contains("panicked"), "{stderr}");
    assert!(ended.status.success(), "{}: {stderr}", ended.status);
}

#[test]
fn reasoning_and_answer_can_be_fingerprinted_together() {
    let folder = tempfile::tempdir().unwrap();
    let both = folder.path().join("both.atlas");
    common::fit(&both, &["--text", "both", "--quiet"]).succeeds();
    let mut command = command();
    command.arg("score").arg(fixture("new-model.jsonl")).args(["--text", "both", "--atlas"]);
    let lines = Run::of(command.arg(&both)).succeeds().json_lines();
    let words = |lines: &[Value]| lines.iter().map(|l| l["words"].as_u64().unwrap()).sum::<u64>();
    assert!(words(&lines) > words(&score(&fixture("new-model.jsonl"), &[]).json_lines()));
}

#[test]
fn the_shell_and_the_manual_are_served() {
    for shell in ["bash", "zsh", "fish"] {
        let script = run(["completions", shell]).succeeds().stdout;
        assert!(script.contains("cotprint") && script.contains("compare"), "{shell}");
    }
    let manual = run(["man"]).succeeds().stdout;
    assert!(manual.contains(".TH") && manual.contains("compare"), "{manual}");
    for verb in ["fit", "score", "compare", "atlas"] {
        assert!(run(["--help"]).succeeds().stdout.contains(verb));
        run([verb, "--help"]).succeeds();
    }
    assert!(run(["--version"]).succeeds().stdout.contains(env!("CARGO_PKG_VERSION")));
}
