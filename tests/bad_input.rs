//! What is wrong with the input is said in a sentence that names the file, and the line where
//! there is one, with exit code 2 for what cannot be read and 3 for too little usable text.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Run, atlas, command, fixture, fixture_lines, run, skipped, write};
use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};
use tempfile::{TempDir, tempdir};

/// `compare INPUT --json` with the fixture atlas.
fn compare(input: impl AsRef<OsStr>) -> Run {
    let mut command = command();
    command.arg("compare").arg(input).arg("--atlas").arg(atlas()).arg("--json");
    Run::of(&mut command)
}

/// Tries a bad input with each verb that reads traces, and `fit` must leave no atlas behind.
#[track_caller]
fn every_verb_fails(input: &Path, code: i32, words: &[&str]) {
    compare(input).fails(code, words);
    Run::of(command().arg("score").arg(input).arg("--atlas").arg(atlas())).fails(code, words);
    let folder = tempdir().unwrap();
    let made = folder.path().join("made.atlas");
    Run::of(command().arg("fit").arg(input).arg("-o").arg(&made)).fails(code, words);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "fit left something behind");
}

// What cannot be read: exit code 2.

#[cfg(unix)]
#[test]
fn a_name_that_is_no_utf_8_is_named() {
    use std::os::unix::ffi::OsStrExt as _;
    let odd = OsStr::from_bytes(b"runs/odd\xff.jsonl");
    every_verb_fails(Path::new(odd), 2, &["runs/odd\u{fffd}.jsonl", "UTF-8", "rename"]);
}

#[test]
fn not_json() {
    every_verb_fails(&fixture("bad/not-json.jsonl"), 2, &["not-json.jsonl", "line 1", "JSON"]);
}

#[test]
fn an_unknown_shape() {
    let words = ["unknown-shape.jsonl", "line 1", "station", "reasoning"];
    every_verb_fails(&fixture("bad/unknown-shape.jsonl"), 2, &words);
}

#[test]
fn an_archive_that_is_cut_off() {
    let folder = tempdir().unwrap();
    let path = write(&folder, "log.eval", b"PK\x03\x04 and then nothing more of the archive");
    every_verb_fails(&path, 2, &["log.eval", "table of contents", "fetch it again"]);
    let error = compare(&path).stderr;
    assert_eq!(error.matches("table of contents").count(), 1, "told once: {error}");
}

#[test]
fn a_wrong_path() {
    every_verb_fails(Path::new("no/such/traces.jsonl"), 2, &["no/such/traces.jsonl"]);
    every_verb_fails(Path::new("no/such/*.jsonl"), 2, &["no/such/*.jsonl"]);
}

#[test]
fn a_folder_without_traces() {
    let empty = tempdir().unwrap();
    let name = empty.path().display().to_string();
    every_verb_fails(empty.path(), 2, &[&name]);

    let pictures = tempdir().unwrap();
    write(&pictures, "photo.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\xff\xfe\0\0");
    let name = pictures.path().display().to_string();
    every_verb_fails(pictures.path(), 2, &[&name]);
}

#[test]
#[cfg(unix)]
fn what_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempdir().unwrap();
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::copy(fixture("new-model.jsonl"), closed.join("new-model.jsonl")).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read_dir(&closed).is_ok() {
        skipped("this user may read a directory that nobody may read");
    } else {
        every_verb_fails(&closed, 2, &["closed"]);
    }
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn binary_noise() {
    let folder = tempdir().unwrap();
    let noise: Vec<u8> =
        (0..4096u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    every_verb_fails(&write(&folder, "noise.bin", noise), 2, &["noise.bin"]);
}

#[test]
fn a_compressed_file_that_was_cut_off() {
    let folder = tempdir().unwrap();
    let whole = fs::read(fixture("new-model.jsonl.gz")).unwrap();
    let cut = write(&folder, "cut.jsonl.gz", &whole[..whole.len() / 2]);
    compare(&cut).fails(2, &["cut.jsonl.gz"]);
}

#[test]
fn wrong_usage() {
    run(["compare"]).fails(2, &["INPUT"]);
    run(["compare", "x.jsonl", "--text", "thoughts"]).fails(2, &["thoughts", "reasoning"]);
    run(["guess", "x.jsonl"]).fails(2, &["guess"]);
    let input = fixture("new-model.jsonl").display().to_string();
    run(["fit", &input]).fails(2, &["--output"]);
    run(["fit", &input, "-o", "no/such/folder/a.atlas"]).fails(2, &["no/such/folder/a.atlas"]);
    run(["fit", "-o", "a.atlas", "--label", "nothing"]).fails(2, &["--label", "NAME=PATH"]);
}

// What can be read and used in part: the rest goes on, and the loss is counted.

/// How many records a comparison says that it dropped.
fn dropped(comparison: &serde_json::Value) -> u64 {
    let dropped = comparison["input"]["dropped"].as_object().unwrap();
    dropped.values().map(|count| count.as_u64().unwrap()).sum()
}

#[test]
fn half_a_line_is_counted_and_the_rest_goes_on() {
    let folder = tempdir().unwrap();
    let mut lines = fixture_lines("new-model.jsonl");
    lines[3].truncate(200);
    let done = compare(write(&folder, "half.jsonl", lines.join("\n"))).succeeds();
    assert_eq!(done.json()["traces"], 29);
    assert_eq!(dropped(&done.json()), 1);
    assert!(
        done.stderr.contains("half.jsonl") && done.stderr.contains("line 4"),
        "{}",
        done.stderr
    );
}

#[test]
fn a_file_that_ends_in_the_middle_of_a_line() {
    let folder = tempdir().unwrap();
    let whole = fs::read(fixture("new-model.jsonl")).unwrap();
    let done = compare(write(&folder, "ends.jsonl", &whole[..whole.len() - 300])).succeeds();
    assert_eq!(done.json()["traces"], 29);
    assert_eq!(dropped(&done.json()), 1);
    assert!(done.stderr.contains("line 30"), "{}", done.stderr);
}

#[test]
fn nothing_is_lost_uncounted_to_nuls_and_broken_utf8() {
    let folder = tempdir().unwrap();
    let mut bytes = Vec::new();
    for line in fixture_lines("new-model.jsonl") {
        let at = line.find(". ").unwrap();
        bytes.extend(&line.as_bytes()[..at]);
        bytes.extend(b"\\u0000 \0 \xff\xfe\xc3( \xed\xa0\x80 \\ud800 ");
        bytes.extend(&line.as_bytes()[at..]);
        bytes.push(b'\n');
    }
    let found = compare(write(&folder, "broken.jsonl", bytes)).succeeds().json();
    assert_eq!(found["traces"].as_u64().unwrap() + dropped(&found), 30, "{}", found["input"]);
    assert!(found["traces"].as_u64().unwrap() > 0);
}

#[test]
fn a_long_line_of_nothing_is_survived() {
    let folder = tempdir().unwrap();
    let deep = "[".repeat(200_000);
    let content = [fixture_lines("new-model.jsonl").join("\n"), deep].join("\n");
    let found = compare(write(&folder, "deep.jsonl", content)).succeeds().json();
    assert_eq!(found["traces"], 30);
    assert_eq!(dropped(&found), 1);
}

// Too little usable text: exit code 3.

#[test]
fn an_empty_file() {
    let folder = tempdir().unwrap();
    every_verb_fails(&write(&folder, "empty.jsonl", ""), 3, &["empty.jsonl"]);
    every_verb_fails(&write(&folder, "blank.jsonl", " \n\n\t\n"), 3, &["blank.jsonl"]);
}

#[test]
fn no_reasoning_anywhere() {
    let words = ["no-reasoning.jsonl", "no reasoning"];
    every_verb_fails(&fixture("bad/no-reasoning.jsonl"), 3, &words);
}

#[test]
fn fewer_than_thirty_words() {
    let done = compare(fixture("bad/few-words.jsonl")).fails(3, &[]);
    let found = done.json();
    assert_eq!(found["verdict"]["kind"], "too_little_text");
    assert_eq!(found["verdict"]["references"].as_array().unwrap().len(), 0);
    assert!(found["verdict"]["sentence"].as_str().unwrap().len() > 20);
}

#[test]
fn fit_with_one_reference() {
    let folder = tempdir().unwrap();
    let made = folder.path().join("one.atlas");
    Run::of(command().arg("fit").arg(fixture("traces/ponder-1.jsonl")).arg("-o").arg(&made))
        .fails(3, &["acme/ponder-1"]);
    assert!(!made.exists());
}

#[test]
fn fit_with_three_traces() {
    let folder = tempdir().unwrap();
    let ponder = fixture_lines("traces/ponder-1.jsonl");
    let ledger = fixture_lines("traces/ledger-2.jsonl");
    let content = [ponder[0].as_str(), &ponder[1], &ledger[0]].join("\n");
    let input = write(&folder, "three.jsonl", content);
    let made = folder.path().join("three.atlas");
    Run::of(command().arg("fit").arg(input).arg("-o").arg(&made)).fails(3, &["trace"]);
    assert!(!made.exists());
}

#[test]
fn fit_without_labels() {
    let folder = tempdir().unwrap();
    let made = folder.path().join("none.atlas");
    let done = Run::of(command().arg("fit").arg(fixture("new-model.jsonl")).arg("-o").arg(&made));
    assert!([2, 3].contains(&done.code), "{}", done.stderr);
    assert!(done.stderr.contains("--label"), "{}", done.stderr);
    assert!(!made.exists());
}

#[test]
fn two_references_of_the_same_name() {
    let folder = tempdir().unwrap();
    let made = folder.path().join("twice.atlas").display().to_string();
    let ponder = fixture("traces/ponder-1.jsonl").display().to_string();
    let quill = fixture("traces/quill-3").display().to_string();
    let twice = [format!("acme/a={ponder}"), format!("acme/a={quill}")];
    run(["fit", "--label", &twice[0], "--label", &twice[1], "-o", &made]).fails(2, &["acme/a"]);
    let label = format!("acme/ponder-1={quill}");
    run(["fit", &ponder, "--label", &label, "-o", &made]).fails(2, &["acme/ponder-1"]);
    assert!(!Path::new(&made).exists());
}

// Atlases.

/// `compare` and `atlas verify` must both refuse this atlas.
#[track_caller]
fn refused(path: &Path, words: &[&str]) {
    let mut compare = command();
    compare.arg("compare").arg(fixture("new-model.jsonl")).arg("--atlas").arg(path);
    Run::of(&mut compare).fails(2, words);
    Run::of(command().args(["atlas", "verify"]).arg(path)).fails(2, words);
    Run::of(command().args(["atlas", "show"]).arg(path)).fails(2, words);
}

/// The fixture atlas with its bytes changed.
fn altered(folder: &TempDir, name: &str, change: impl FnOnce(&mut Vec<u8>)) -> PathBuf {
    let mut bytes = fs::read(atlas()).unwrap();
    change(&mut bytes);
    write(folder, name, bytes)
}

#[test]
fn an_atlas_that_is_cut_off() {
    let folder = tempdir().unwrap();
    let half = altered(&folder, "half.atlas", |bytes| bytes.truncate(bytes.len() / 2));
    refused(&half, &["half.atlas", "cut off"]);
    refused(&altered(&folder, "stump.atlas", |b| b.truncate(15)), &["stump.atlas", "cut off"]);
    refused(&altered(&folder, "empty.atlas", Vec::clear), &["empty.atlas", "empty"]);
}

#[test]
fn an_atlas_with_one_byte_altered() {
    let folder = tempdir().unwrap();
    let size = fs::metadata(atlas()).unwrap().len() as usize;
    let inside = altered(&folder, "inside.atlas", |bytes| bytes[size / 2] ^= 1);
    refused(&inside, &["inside.atlas", "checksum"]);
    // Wherever the byte is, the header included, it is noticed.
    let unnoticed: Vec<usize> = (0..48)
        .chain([size / 3, size - 1])
        .filter(|&at| {
            let one = altered(&folder, "one.atlas", |bytes| bytes[at] ^= 1);
            let done = Run::of(command().args(["atlas", "verify"]).arg(&one));
            done.code != 2 || !done.stderr.contains("one.atlas")
        })
        .collect();
    assert!(unnoticed.is_empty(), "altered and not noticed: bytes {unnoticed:?}");
}

#[test]
fn an_atlas_of_a_newer_version() {
    // The version is a little-endian number of four bytes after the eight of the magic.
    let folder = tempdir().unwrap();
    let newer = altered(&folder, "newer.atlas", |bytes| {
        bytes[8..12].copy_from_slice(&999u32.to_le_bytes());
    });
    refused(&newer, &["newer.atlas", "version 999", "newer"]);
}

#[test]
fn what_is_no_atlas() {
    refused(&fixture("new-model.jsonl"), &["new-model.jsonl", "atlas"]);
    refused(Path::new("no/such.atlas"), &["no/such.atlas"]);
}

#[test]
fn an_atlas_of_reasoning_asked_about_answers() {
    for verb in ["compare", "score"] {
        let mut command = command();
        command.arg(verb).arg(fixture("new-model.jsonl")).arg("--atlas").arg(atlas());
        Run::of(command.args(["--text", "answer"])).fails(2, &["answer", "reasoning", "--text"]);
    }
}
