//! Original files of real projects, where they are there, are read as they stand and named right.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Run, command, real};

/// Runs `compare --json` with the embedded atlas and gives the first reference, or `None` where
/// the file is not there.
fn first(path: &str) -> Option<String> {
    let file = real(path)?;
    let found = Run::of(command().arg("compare").arg(file).arg("--json")).succeeds().json();
    Some(found["ranking"][0]["reference"].as_str().unwrap().to_owned())
}

#[test]
fn speechmap_rows_of_grok_3_mini() {
    if let Some(name) = first("raw/speechmap/us_criticism_x-ai_grok-3-mini-beta.jsonl") {
        assert_eq!(name, "x-ai/grok-3-mini-beta");
    }
}

#[test]
fn speechmap_rows_of_mai_ds_r1() {
    if let Some(name) = first("raw/speechmap/us_criticism_microsoft_mai-ds-r1-fp8.jsonl") {
        assert_eq!(name, "microsoft/mai-ds-r1-fp8");
    }
}

#[test]
fn every_data_set_is_listed_with_its_address() {
    let Some(corpora) = real("corpora") else { return };
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let listed = std::fs::read_to_string(root.join("assets/data-sets.json")).unwrap();
    let listed: Vec<serde_json::Value> = serde_json::from_str(&listed).unwrap();
    for entry in std::fs::read_dir(corpora).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        assert!(!entry.path().is_dir() || listed.iter().any(|own| own["name"] == name), "{name}");
    }
}
