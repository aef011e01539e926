//! The readers against 24,000 records that were damaged on purpose: whatever stands in a record,
//! nothing panics, nothing is lost uncounted, and no trace without reasoning comes out.
//!
//! The damage is drawn from a seed, so that a failure comes back. The fuzz targets in `fuzz/` look
//! further; this looks a little each time.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::io::Cursor;
use std::path::Path;

use common::fixture;
use cotprint::ingest::{self, Limits, Options, formats};
use rand_pcg::Pcg64;
use rand_pcg::rand_core::{RngCore, SeedableRng};
use serde_json::{Map, Value, json};

/// How many damaged records each of the two tests reads.
const RECORDS: usize = 12_000;
/// How many of them are read as one file.
const AT_ONCE: usize = 100;

const FIRST: &[u8] = b"{\"reasoning\":\"I add two and two.\",\"id\":\"1\"}\n";

/// A source of chance.
struct Dice(Pcg64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(Pcg64::seed_from_u64(seed))
    }

    fn below(&mut self, end: usize) -> usize {
        (self.0.next_u64() % end.max(1) as u64) as usize
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// The records of all fixtures in JSON; with `pieces`, those of recorded streams too.
fn records(pieces: bool) -> Vec<Value> {
    fn collect(folder: &Path, texts: &mut Vec<(String, String)>) {
        let mut entries: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                collect(&path, texts);
            } else if path.file_name().is_some_and(|name| name == "expect.json") {
            } else if let Ok(text) = fs::read_to_string(&path) {
                texts.push((path.display().to_string(), text));
            }
        }
    }
    let mut texts = Vec::new();
    collect(&fixture("formats"), &mut texts);
    // A session's log and a map of records make other numbers of records than lines.
    if pieces {
        collect(&fixture("shapes"), &mut texts);
    }
    let mut records = Vec::new();
    for (path, text) in texts {
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
    let counted = pieces || summary.records == wanted || summary.records + lost().count() == wanted;
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
        let records: Vec<String> = records(pieces).iter().map(Value::to_string).collect();
        for _ in 0..RECORDS / AT_ONCE / 2 {
            let lines: Vec<Vec<u8>> = (0..AT_ONCE).map(|_| damaged(&records, &mut dice)).collect();
            check(&lines, Options::default(), pieces);
        }
    }
}

/// A record with bytes changed, cut out, repeated, or put in from another record.
fn damaged(records: &[String], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = dice.pick(records).clone().into_bytes();
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len());
        let end = (at + dice.below(40)).min(bytes.len());
        match dice.below(6) {
            0 if at < bytes.len() => bytes[at] = dice.below(256) as u8,
            1 => bytes.truncate(at),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece.repeat(1 + dice.below(20)));
            }
            4 => {
                let other = dice.pick(records).as_bytes();
                let from = dice.below(other.len());
                let to = (from + dice.below(80)).min(other.len());
                bytes.splice(at..end, other[from..to].iter().copied());
            }
            _ => {
                let odd: &[&[u8]] = &[
                    b"\"",
                    b"{",
                    b"]",
                    b"\\",
                    b"\\ud800",
                    b"\0",
                    b"\xff",
                    b"<think>",
                    b"</think>",
                    b"NaN",
                    b"```",
                    b"data: ",
                    b"null",
                    b"1e999",
                    b"[[[[[[[[",
                ];
                bytes.splice(at..at, dice.pick(odd).iter().copied());
            }
        }
    }
    // A record stays one line, so that lines and records can be compared.
    bytes.retain(|byte| *byte != b'\n');
    bytes
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
