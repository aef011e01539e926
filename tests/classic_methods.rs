//! A person scores and compares by one of the classic measures of stylometry, beside the default model.

#![allow(clippy::unwrap_used)]

mod common;

use common::{REFERENCES, RIGHT, Run, atlas, command, fixture, run};
use std::{fs, path::Path};
use xxhash_rust::xxh3::xxh3_128;

/// The measures that an atlas serves.
const METHODS: [&str; 6] = ["burrows", "cosine", "eder", "argamon", "ruzicka", "impostors"];

fn with_atlas(verb: &str, atlas: &Path, more: &[&str]) -> Run {
    Run::of(
        command().arg(verb).arg(fixture("new-model.jsonl")).arg("--atlas").arg(atlas).args(more),
    )
}

#[test]
fn every_method_scores_each_trace_in_the_same_format() {
    let default = with_atlas("score", atlas(), &["--method", "default"]).succeeds();
    assert_eq!(default.stdout, with_atlas("score", atlas(), &[]).succeeds().stdout);
    let default = default.json_lines();
    for method in METHODS {
        let lines = with_atlas("score", atlas(), &["--method", method]).succeeds().json_lines();
        assert_eq!(lines.len(), default.len());
        for (line, default) in lines.iter().zip(&default) {
            let keys = |line: &serde_json::Value| {
                line.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
            };
            assert_eq!(keys(line), keys(default));
            for kept in ["id", "prompt_id", "unknown", "words", "familiar"] {
                assert_eq!(line[kept], default[kept], "{method}: {kept}");
            }
            let scores = line["scores"].as_object().unwrap();
            let mut names: Vec<_> = scores.keys().collect();
            names.sort_unstable();
            assert_eq!(names, REFERENCES);
            let sum: f64 = scores.values().map(|score| score.as_f64().unwrap()).sum();
            assert!((sum - 1.0).abs() <= 1e-3, "{method}: {line}");
            let top = line["top"].as_str().unwrap();
            assert!(scores.values().all(|score| score.as_f64() <= scores[top].as_f64()), "{line}");
        }
        assert!(lines.iter().zip(&default).any(|(a, b)| a["scores"] != b["scores"]), "{method}");
        let right = lines.iter().filter(|line| line["top"] == RIGHT).count();
        assert!(right >= 20, "{method}: only {right} of 30 traces resemble {RIGHT} most");
    }
}

#[test]
fn every_method_ranks_a_corpus_and_the_command_says_which() {
    for method in METHODS {
        let found =
            with_atlas("compare", atlas(), &["--method", method, "--json"]).succeeds().json();
        assert_eq!(found["ranking"][0]["reference"], RIGHT, "{method}");
        let ranking = found["ranking"].as_array().unwrap();
        let sum: f64 = ranking.iter().map(|entry| entry["score"].as_f64().unwrap()).sum();
        assert!((sum - 1.0).abs() < 1e-3, "{method}: {sum}");
        for entry in ranking {
            assert_eq!(entry["score"], entry["score_without_layout"], "{method}");
        }
        let command = found["provenance"]["command"].as_str().unwrap();
        assert!(command.contains(&format!(" --method {method} ")), "{command}");
        let limit = found["limits"][0].as_str().unwrap();
        assert!(limit.contains(&format!("the method {method}")), "{limit}");
    }
    let found = with_atlas("compare", atlas(), &["--json"]).succeeds().json();
    assert!(!found["provenance"]["command"].as_str().unwrap().contains("--method"));
}

#[test]
fn the_score_is_the_mean_of_the_traces_scores() {
    // Every prompt of the fixture has one trace.
    let lines = with_atlas("score", atlas(), &["--method", "cosine"]).succeeds().json_lines();
    let found = with_atlas("compare", atlas(), &["--method", "cosine", "--json"]).succeeds().json();
    for entry in found["ranking"].as_array().unwrap() {
        let name = entry["reference"].as_str().unwrap();
        let sum: f64 = lines.iter().map(|line| line["scores"][name].as_f64().unwrap()).sum();
        let mean = sum / lines.len() as f64;
        assert!((entry["score"].as_f64().unwrap() - mean).abs() < 1e-5, "{entry} {mean}");
    }
}

#[test]
fn threads_and_repetition_change_nothing() {
    for method in ["impostors", "argamon"] {
        let scored = ["1", "2", "2"].map(|threads| {
            let more = ["--method", method, "--threads", threads];
            with_atlas("score", atlas(), &more).succeeds().stdout
        });
        assert!(scored.windows(2).all(|pair| pair[0] == pair[1]), "{method}");
    }
}

#[test]
fn the_seed_of_an_atlas_draws_the_impostors() {
    let folder = tempfile::tempdir().unwrap();
    let scored = ["1", "1", "2"].map(|seed| {
        let path = folder.path().join("seeded.atlas");
        common::fit(&path, &["--quiet", "--classic", "--seed", seed]).succeeds();
        with_atlas("score", &path, &["--method", "impostors"]).succeeds().stdout
    });
    assert_eq!(scored[0], scored[1]);
    assert_ne!(scored[0], scored[2]);
}

#[test]
fn an_atlas_without_word_frequencies_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.atlas");
    fs::write(&path, with_first_sections(&fs::read(atlas()).unwrap())).unwrap();
    // It is a sound atlas all the same, and scores as before.
    run(["atlas", "verify", &path.display().to_string()]).succeeds();
    let default = with_atlas("score", &path, &[]).succeeds().stdout;
    assert_eq!(default, with_atlas("score", atlas(), &[]).succeeds().stdout);
    for verb in ["score", "compare"] {
        let words =
            ["old.atlas", "--method burrows", "earn the atlas again", "cotprint fit --classic"];
        with_atlas(verb, &path, &["--method", "burrows"]).fails(2, &words);
    }
}

#[test]
fn compression_needs_texts_and_an_unknown_method_is_no_method() {
    for verb in ["score", "compare"] {
        let words = ["compression", "texts", "evaluate", "another --method"];
        with_atlas(verb, atlas(), &["--method", "compression"]).fails(2, &words);
        with_atlas(verb, atlas(), &["--method", "svm"]).fails(2, &["svm", "burrows", "ruzicka"]);
    }
}

/// Sections that every atlas of this format version has.
const SECTIONS: u32 = 17;

/// An atlas file with those alone, as a program writes it that does not know of others.
fn with_first_sections(file: &[u8]) -> Vec<u8> {
    let number = |at: usize| u64::from_le_bytes(file[at..at + 8].try_into().unwrap()) as usize;
    assert!(u32::from_le_bytes(file[12..16].try_into().unwrap()) > SECTIONS);
    let mut end = 40;
    for _ in 0..SECTIONS {
        end += 16 + number(end);
    }
    let body = &file[40..end];
    let mut old = file[..12].to_vec();
    old.extend(SECTIONS.to_le_bytes());
    old.extend((body.len() as u64).to_le_bytes());
    old.extend(xxh3_128(body).to_le_bytes());
    old.extend(body);
    old
}
