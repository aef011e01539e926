//! Hostile input neither stops nor fools the reader.

use super::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Pieces from which hostile files are put together.
fn pieces() -> Vec<Vec<u8>> {
    let mut pieces: Vec<Vec<u8>> = [
        "canonical.jsonl",
        "canonical-array.json",
        "openrouter-rows.jsonl",
        "chat-completions.jsonl",
        "batch.jsonl",
        "tags.jsonl",
        "results.json",
        "research-rows.jsonl",
        "pretty.json",
        "broken.jsonl",
        "openai-responses.jsonl",
        "openrouter.jsonl",
        "anthropic.jsonl",
        "gemini.jsonl",
        "bedrock-converse.jsonl",
        "mistral.jsonl",
        "ollama.jsonl",
        "ollama-stream.jsonl",
        "harmony.jsonl",
        "inspect.json",
        "opentelemetry.jsonl",
        "langsmith.jsonl",
        "langfuse.json",
        "batch-results.jsonl",
        "open-thoughts.jsonl",
        "s1k.jsonl",
        "open-r1.jsonl",
        "chat-data-set.jsonl",
        "chunks.jsonl",
        "sse-chat.txt",
        "sse-responses.txt",
        "sse-anthropic.txt",
        "sse-gemini.txt",
    ]
    .iter()
    .map(|name| std::fs::read(fixture(name)).unwrap())
    .collect();
    for odd in [
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\\",
        "\n",
        ",",
        ":",
        "\0",
        "null",
        "NaN",
        "1e999",
        "\\ud83d",
        "<think>",
        "</think>",
        "```\n",
        "{\"results\":[",
        "{\"choices\":[{\"message\":",
        "\u{feff}",
        "◁think▷",
        "\"reasoning\":",
        "-",
    ] {
        pieces.push(odd.as_bytes().to_vec());
    }
    pieces.push(vec![0xff, 0xfe, 0x80, 0xe2]);
    pieces
}

/// Reads thousands of mutated files. None may panic or hang, and every count must add up.
#[test]
fn mutated_records_never_panic() {
    let pieces = pieces();
    let folder = tempfile::tempdir().unwrap();
    let names = ["a.jsonl", "a.json", "a.txt", "a"];
    let edit = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..4_u8, any::<u8>());
    let strategy =
        (0..pieces.len(), prop::collection::vec(edit, 0..12), 0..names.len(), any::<bool>());
    let mut runner =
        TestRunner::new(Config { cases: 4000, failure_persistence: None, ..Config::default() });
    let result = runner.run(&strategy, |(start, edits, name, small)| {
        let mut bytes = pieces[start].clone();
        for (at, other, kind, byte) in edits {
            let place = at.index(bytes.len() + 1);
            let piece = &pieces[other.index(pieces.len())];
            match kind {
                0 => bytes.splice(place..place, piece.iter().copied().take(300)).for_each(drop),
                1 => bytes.truncate(place),
                2 if place < bytes.len() => bytes[place] = byte,
                _ => {
                    let end = (place + usize::from(byte)).min(bytes.len());
                    bytes.drain(place..end);
                }
            }
        }
        let path = folder.path().join(names[name]);
        std::fs::write(&path, &bytes).unwrap();
        let limits = if small {
            Limits { record_bytes: 300, depth: 6, ..Limits::default() }
        } else {
            Limits::default()
        };
        let mut traces =
            ingest::open(&[path.display().to_string()], Options { limits, ..Options::default() })
                .unwrap();
        let good = traces.by_ref().filter(Result::is_ok).count();
        prop_assert_eq!(traces.summary().traces, good);
        Ok(())
    });
    result.unwrap();
}

/// What comes of one record, read with small limits: traces, and those that were dropped as too long.
fn of_record(record: &serde_json::Value) -> (usize, usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    std::fs::write(&path, format!("{record}\n")).unwrap();
    let limits = Limits { record_bytes: 1 << 20, ..Limits::default() };
    let mut traces =
        ingest::open(&[path.display().to_string()], Options { limits, ..Options::default() })
            .unwrap();
    let mut bytes = 0;
    for trace in traces.by_ref() {
        bytes += trace.unwrap().bytes();
    }
    assert!(bytes <= 3 << 20, "one record became {bytes} bytes");
    let summary = traces.summary();
    let dropped = summary.dropped.get(&Reason::TooLong).map_or(0, |dropped| dropped.count);
    (summary.traces, dropped)
}

/// A small record cannot stand for gigabytes: what its generations share is copied within limits, and
/// those beyond are counted.
#[test]
fn a_record_that_repeats_its_own_texts_is_bounded() {
    let long = "word ".repeat(20_000);
    let many: Vec<String> = (0..5000).map(|i| format!("I add {i}. Then I check.")).collect();
    let choice = serde_json::json!({"message": {"content": "4", "reasoning_content": "I add."}});
    let records = [
        serde_json::json!({"prompt": long, "thinking": many}),
        serde_json::json!({"prompt": long, "model": "m", "choices": vec![choice; 5000]}),
        serde_json::json!({"model": long, "thinking": many}),
    ];
    for record in &records {
        let (traces, dropped) = of_record(record);
        assert!((1..100).contains(&traces), "{traces}");
        assert_eq!(traces + dropped, 5000);
    }
    let part = serde_json::json!({"type": "reasoning", "reasoning": "attachment://h"});
    let message = serde_json::json!({"role": "assistant", "content": vec![part; 5000]});
    let log = serde_json::json!({"id": 1, "epoch": 1, "input": "q", "attachments": {"h": long},
        "messages": [message]});
    assert_eq!(of_record(&log), (0, 1));
}
