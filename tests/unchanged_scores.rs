//! The embedded atlas gives the fixtures the scores and the verdict that it gave before.
//!
//! `unchanged/` holds what the program printed: `score.jsonl` byte for byte, `compare.json` but for
//! `limits`, whose sentences may get better, and for the last digits of numbers: a build for tests
//! reads JSON with other digits than the program that is released. A new atlas, or a change that is meant to change scores,
//! writes them anew: `COTPRINT_WRITE_UNCHANGED=1 cargo test --test unchanged_scores`.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Run, command};
use serde_json::Value;
use std::{fs, path::Path};

/// Runs the program where the fixtures have short names, and compares what `part` leaves of its output.
fn is_unchanged(arguments: &[&str], name: &str, part: fn(&str) -> String) {
    let mut run = command();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let printed = Run::of(run.current_dir(root).args(arguments)).succeeds().stdout;
    let path = root.join("tests/unchanged").join(name);
    if std::env::var_os("COTPRINT_WRITE_UNCHANGED").is_some() {
        fs::write(&path, &printed).unwrap();
    }
    let before = part(&fs::read_to_string(&path).unwrap());
    let now = part(&printed);
    let differing = before.lines().zip(now.lines()).position(|(before, now)| before != now);
    assert!(
        before == now,
        "{name} changed, first in line {}",
        1 + differing.unwrap_or(before.lines().count().min(now.lines().count()))
    );
}

/// Rounds all numbers that are not whole to twelve digits: serde_json reads them with another last
/// digit where a library of the tests asks it for `float_roundtrip`.
fn round(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            *value = format!("{:.11e}", number.as_f64().unwrap()).into();
        }
        Value::Array(values) => values.iter_mut().for_each(round),
        Value::Object(map) => map.values_mut().for_each(round),
        _ => {}
    }
}

#[test]
fn scores_are_the_same_bytes() {
    is_unchanged(&["score", "fixtures/new-model.jsonl", "-q"], "score.jsonl", str::to_owned);
}

#[test]
fn a_comparison_has_the_same_numbers_keys_and_sentence() {
    is_unchanged(
        &["compare", "fixtures/new-model.jsonl", "--json", "-q"],
        "compare.json",
        |text| {
            let mut comparison: Value = serde_json::from_str(text).unwrap();
            comparison["limits"] = Value::Null;
            round(&mut comparison);
            serde_json::to_string_pretty(&comparison).unwrap()
        },
    );
}
