//! Shapes that files of servers, agents, chat programs, harnesses and data sets have, each in a folder of
//! `fixtures/shapes`: what comes out of it, and what never does.
//!
//! `expect.json` has the traces (reasoning, answer, prompt, model, mediation), the number of prompts, and
//! what the reading says. The texts are written for this project. `COTPRINT_WRITE_SHAPES=1 cargo test
//! --test shapes` writes what is read into each `expect.json`, for a person to look at.

// Helpers stand outside `#[test]` functions, where clippy does not know them for tests.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cotprint::ingest::{self, Options};
use serde_json::{Value, json};

fn shapes() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shapes");
    let mut all: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|one| one.unwrap().path()).collect();
    all.sort();
    all
}

/// What is read of a folder, as `expect.json` has it.
fn read(folder: &Path) -> Value {
    let mut inputs: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|one| one.unwrap().path())
        .filter(|path| path.file_name().unwrap() != "expect.json")
        .map(|path| path.display().to_string())
        .collect();
    inputs.sort();
    let mut reading = match ingest::open(&inputs, Options::default()) {
        Ok(reading) => reading,
        Err(error) => return json!({"traces": [], "prompts": 0, "says": [shown(&error, folder)]}),
    };
    let (mut traces, mut says) = (Vec::new(), Vec::new());
    for trace in reading.by_ref() {
        match trace {
            Ok(trace) => traces.push(trace),
            Err(error) => says.push(shown(&error, folder)),
        }
    }
    let prompts: BTreeSet<_> = traces.iter().map(cotprint::trace::Trace::prompt_key).collect();
    let summary = reading.into_summary();
    says.extend(
        summary
            .dropped
            .iter()
            .map(|(reason, one)| format!("{} × {reason}: {}", one.count, one.detail)),
    );
    says.extend(summary.notes.iter().map(|(note, count)| format!("{count} × {note}")));
    let traces: Vec<_> = traces
        .iter()
        .map(|trace| {
            json!({"reasoning": trace.reasoning, "answer": trace.answer, "prompt": trace.prompt,
                "model": trace.model, "mediation": trace.mediation().name()})
        })
        .collect();
    json!({"traces": traces, "prompts": prompts.len(), "says": says})
}

fn shown(error: &ingest::Error, folder: &Path) -> String {
    error.to_string().replace(&folder.display().to_string(), "…")
}

#[test]
fn every_shape_is_read_as_it_should_be() {
    let write = std::env::var_os("COTPRINT_WRITE_SHAPES").is_some();
    let mut wrong = Vec::new();
    for folder in shapes() {
        let place = folder.join("expect.json");
        let found = read(&folder);
        if write {
            let text = serde_json::to_string_pretty(&found).unwrap();
            std::fs::write(&place, format!("{text}\n")).unwrap();
            continue;
        }
        let expected: Value =
            serde_json::from_str(&std::fs::read_to_string(&place).unwrap()).unwrap();
        if found != expected {
            wrong.push(format!("{}: {found:#}\nand not {expected:#}", folder.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What a judge, a tool, a person or an example says in the fixtures; it has these words in it.
#[test]
fn nobody_elses_words_become_a_trace() {
    for folder in shapes() {
        for trace in read(&folder)["traces"].as_array().unwrap() {
            let reasoning = trace["reasoning"].as_str().unwrap();
            for words in ["NOT THE MODEL", "tool_call", "<think", "</think", "get_jar"] {
                let quoted = folder
                    .file_name()
                    .is_some_and(|name| name.to_string_lossy().contains("quoted"));
                assert!(quoted || !reasoning.contains(words), "{}: {reasoning}", folder.display());
            }
        }
    }
}
