//! The readers against 24,000 records and 5,000 files that were damaged on purpose: whatever stands in a record,
//! nothing panics, nothing is lost uncounted, and no trace without reasoning comes out.
//!
//! The damage is drawn from a seed, so that a failure comes back. The fuzz targets in `fuzz/` look
//! further; this looks a little each time.

#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/dice.rs"]
mod dice;

use std::fs;
use std::io::Cursor;
use std::path::Path;

use common::fixture;
use cotprint::ingest::{self, Limits, Options, formats};
use dice::Dice;
use serde_json::{Map, Value, json};

/// How many damaged records each of the two tests reads.
const RECORDS: usize = 12_000;
/// How often each file of the fixtures is damaged.
const FILES: usize = 30;
/// How many records are read as one file.
const AT_ONCE: usize = 100;

const FIRST: &[u8] = b"{\"reasoning\":\"I add two and two.\",\"id\":\"1\"}\n";

/// The files of a folder, sorted, each by its path.
fn collect(folder: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    let mut entries: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, files);
        } else if path.file_name().is_some_and(|name| name != "expect.json") {
            files.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
}

/// The records of all fixtures in JSON; with `pieces`, those of recorded streams too.
fn records(pieces: bool) -> Vec<Value> {
    let mut texts = Vec::new();
    collect(&fixture("formats"), &mut texts);
    // A session's log and a map of records make other numbers of records than lines.
    if pieces {
        collect(&fixture("shapes"), &mut texts);
    }
    let mut records = Vec::new();
    for (path, bytes) in texts {
        let Ok(text) = String::from_utf8(bytes) else { continue };
        let is_stream = ["sse-", "chunks", "stream"].iter().any(|name| path.contains(name));
        if is_stream && !pieces {
            continue;
        }
        match serde_json::from_str::<Value>(&text) {
            Ok(Value::Array(list)) => records.extend(list),
            Ok(whole) => records.push(whole),
            Err(_) => {
                let lines = text.lines().map(|line| line.strip_prefix("data:").unwrap_or(line));
                records.extend(lines.filter_map(|line| serde_json::from_str::<Value>(line).ok()));
            }
        }
    }
    records.retain(Value::is_object);
    records
}

/// Reads records as one file and checks what must hold of any input: every line is a record, and
/// of every record there is a trace or a word why not. Where there may be pieces of a stream or of a
/// session, which make one record, and maps of records, there are others than lines.
fn check(lines: &[Vec<u8>], options: Options, pieces: bool) {
    // A good first line makes JSON Lines of the file, whatever stands in the others.
    let file = [FIRST, &lines.join(&b'\n')].concat();
    let wanted = 1 + lines.iter().filter(|line| !line.iter().all(u8::is_ascii_whitespace)).count();
    let Ok(mut traces) = ingest::read("a.jsonl", Cursor::new(file), options.clone()) else {
        return;
    };
    let mut ended_well = true;
    for trace in traces.by_ref() {
        match trace {
            Ok(trace) => assert!(!trace.reasoning.trim().is_empty(), "{trace:?}"),
            Err(_) => ended_well = false,
        }
    }
    let summary = traces.into_summary();
    // A file in which nothing is known is an error; any other is read to its end.
    let alone = |line: &&Vec<u8>| {
        let file = [FIRST, line.as_slice()].concat();
        ingest::read("a.jsonl", Cursor::new(file), options.clone())
            .is_ok_and(|mut all| (&mut all).count() < 9 && all.into_summary().records < 2)
    };
    let lost = || lines.iter().filter(alone).map(|line| String::from_utf8_lossy(line));
    // A damaged message may be an entry of a session, which makes no record alone.
    // Objects one behind the other in a line are a record each.
    let counted = pieces || summary.records + lost().count() >= wanted;
    assert!(
        counted || !ended_well,
        "{wanted} lines, {:?}, {summary:?}",
        lost().collect::<Vec<_>>()
    );
    let told = summary.traces + summary.dropped_total();
    assert!(summary.records <= told || !ended_well, "a record without a word: {summary:?}");
    assert!(summary.dropped.values().all(|dropped| dropped.count > 0));
}

#[test]
fn bytes_are_damaged() {
    let mut dice = Dice::new(1);
    for pieces in [false, true] {
        let records: Vec<Vec<u8>> =
            records(pieces).iter().map(|record| record.to_string().into()).collect();
        for _ in 0..RECORDS / AT_ONCE / 2 {
            let lines: Vec<Vec<u8>> = (0..AT_ONCE).map(|_| damaged(&records, &mut dice)).collect();
            check(&lines, Options::default(), pieces);
        }
    }
}

/// A record with bytes changed, cut out, repeated, or put in from another record.
fn damaged(records: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let record = dice.pick(records).clone();
    let mut bytes = dice::damaged(&record, records, dice);
    // A record stays one line, so that lines and records can be compared.
    bytes.retain(|byte| *byte != b'\n');
    bytes
}

/// Whole files: logs of sessions, whose entries belong together, exports of chats, transcripts, what
/// pandas writes, notebooks, recorded streams.
#[test]
fn files_are_damaged() {
    let mut files = Vec::new();
    for folder in ["shapes", "formats"] {
        collect(&fixture(folder), &mut files);
    }
    let whole: Vec<Vec<u8>> = files.iter().map(|(_, bytes)| bytes.clone()).collect();
    let mut dice = Dice::new(3);
    let mut read = 0;
    for (path, bytes) in files.iter().filter(|(_, bytes)| bytes.len() < 64 << 10) {
        for _ in 0..FILES {
            // Lines exchanged, repeated or left out; then bytes.
            let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
            for _ in 0..dice.below(3) {
                let (one, other) = (dice.below(lines.len()), dice.below(lines.len()));
                match dice.below(3) {
                    0 => lines.swap(one, other),
                    1 => lines.insert(one, lines[other]),
                    _ if lines.len() > 1 => drop(lines.remove(one)),
                    _ => {}
                }
            }
            let mut bytes = lines.concat();
            if dice.below(4) > 0 {
                bytes = dice::damaged(&bytes, &whole, &mut dice);
            }
            read += dice::check(path, bytes);
        }
    }
    assert!(read > files.len(), "{read} traces of {} files", files.len());
}

#[test]
fn shapes_are_damaged() {
    let (whole, all) = (records(false), records(true));
    let mut dice = Dice::new(2);
    for round in 0..RECORDS / AT_ONCE {
        let records = if round % 4 > 1 { &all } else { &whole };
        let lines: Vec<Vec<u8>> =
            (0..AT_ONCE).map(|_| reshaped(records, &mut dice).to_string().into()).collect();
        // Every reader in turn meets the shapes of all others.
        let format = (round % 2 == 1).then(|| &formats()[round / 2 % formats().len()]);
        let limits = Limits { depth: 40, ..Limits::default() };
        // A record without its `done` may have become a piece.
        check(&lines, Options { format, limits, ..Options::default() }, true);
    }
}

/// A record with values exchanged, keys moved, or objects and lists put around them.
fn reshaped(records: &[Value], dice: &mut Dice) -> Value {
    let mut record = dice.pick(records).clone();
    for _ in 0..=dice.below(3) {
        let other = dice.pick(records).clone();
        let piece = any_within(other, dice);
        let place = place_within(&mut record, dice);
        let before = place.take();
        *place = match dice.below(9) {
            0 => piece,
            1 => json!([before, piece]),
            2 => Value::Null,
            3 => json!([]),
            4 => json!({ dice.pick(KEYS).to_string(): before }),
            5 => json!(""),
            6 => json!(-1.5e300),
            7 => {
                let mut nested = before;
                for _ in 0..dice.below(60) {
                    nested = json!([nested]);
                }
                nested
            }
            _ => match (before, piece) {
                (Value::Object(mut one), Value::Object(other)) => {
                    one.extend(other);
                    Value::Object(one)
                }
                (Value::Object(one), _) => Value::Object(renamed(one, dice)),
                (Value::String(text), _) => {
                    let at = (0..=dice.below(text.len() + 1))
                        .rev()
                        .find(|&at| text.is_char_boundary(at))
                        .unwrap_or(0);
                    let tag = dice.pick(&["<think>", "</think>", "[THINK]", "```\n", "\u{0}"]);
                    json!(format!("{}{tag}{}", &text[..at], &text[at..]))
                }
                (other, _) => other,
            },
        };
    }
    if record.is_object() { record } else { json!({ "response": record }) }
}

const KEYS: &[&str] = &[
    "response",
    "choices",
    "message",
    "messages",
    "content",
    "reasoning",
    "thinking",
    "output",
    "outputs",
    "candidates",
    "parts",
    "results",
    "samples",
    "data",
    "delta",
    "meta",
    "model",
    "id",
];

fn renamed(object: Map<String, Value>, dice: &mut Dice) -> Map<String, Value> {
    let which = dice.below(object.len());
    let new = dice.pick(KEYS);
    let rename = |(at, (key, value))| (if at == which { (*new).to_owned() } else { key }, value);
    object.into_iter().enumerate().map(rename).collect()
}

/// A value inside another, or itself.
fn any_within(mut value: Value, dice: &mut Dice) -> Value {
    place_within(&mut value, dice).take()
}

fn place_within<'a>(value: &'a mut Value, dice: &mut Dice) -> &'a mut Value {
    let size = match &*value {
        Value::Object(object) => object.len(),
        Value::Array(list) => list.len(),
        _ => 0,
    };
    if size == 0 || dice.below(4) == 0 {
        return value;
    }
    let at = dice.below(size);
    let inner = match value {
        Value::Object(object) => object.values_mut().nth(at),
        Value::Array(list) => list.get_mut(at),
        _ => None,
    };
    place_within(inner.unwrap(), dice)
}
