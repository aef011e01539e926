//! How fast bytes become traces: canonical lines, rows around a chat completion, gzip.
//!
//! `cargo bench --bench ingest`. Throughput is in decompressed bytes per second, on one core.
//! `COTPRINT_BENCH=FILE` adds a file of your own (uncompressed, to compare with other parsers);
//! `COTPRINT_BENCH_KEEP=FOLDER` leaves the files for `benches/peer_reading.py`.

#![allow(clippy::expect_used)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use cotprint::export::ParquetWriter;
use cotprint::ingest::{self, Options};
use cotprint::trace::Trace;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// As many traces as make about 16 MB, of the usual length of a trace.
const TRACES: usize = 1600;

/// Text of so many bytes that looks like reasoning to a parser: words, line breaks, quotes, LaTeX,
/// and now and then a letter that is not ASCII.
fn reasoning(seed: usize, bytes: usize) -> String {
    let words = [
        "okay",
        "so",
        "the",
        "problem",
        "asks",
        "how",
        "many",
        "ways",
        "there",
        "are",
        "let",
        "me",
        "check",
        "that",
        "again",
        "because",
        "first",
        "option",
        "needs",
        "seven",
        "steps",
        "if",
        "it",
        "holds",
        "then",
        "we",
        "get",
        "wait",
        "maybe",
        "not",
        "7",
        "\n\n",
        "\"half\"",
        "\\(x^2\\)",
        "naïve",
        "—",
    ];
    let mut text = String::new();
    let mut state = seed as u64 + 1;
    while text.len() < bytes {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push_str(words[(state >> 33) as usize % words.len()]);
        text.push(' ');
    }
    text
}

fn canonical() -> String {
    let mut lines = String::new();
    for n in 0..TRACES {
        let row = serde_json::json!({"id": format!("t{n}"), "model": "example/owl-1", "prompt_id": format!("p{}", n % 50),
            "prompt": "What is half of seven?", "reasoning": reasoning(n, 8000), "answer": reasoning(n + 1, 1000),
            "source": "bench", "domain": "math", "meta": {"mediation": "raw"}});
        let _ = writeln!(lines, "{row}");
    }
    lines
}

fn completions() -> String {
    let mut lines = String::new();
    for n in 0..TRACES {
        let row = serde_json::json!({"question_id": n, "category": "math", "question": "What is half of seven?",
            "model": "example/owl-1", "response": {"id": format!("gen-{n}"), "object": "chat.completion", "choices": [
                {"index": 0, "finish_reason": "stop", "message": {"role": "assistant",
                 "content": format!("<think>\n{}</think>\n{}", reasoning(n, 8000), reasoning(n + 1, 1000))}}],
                "usage": {"prompt_tokens": 9, "completion_tokens": 2000}}});
        let _ = writeln!(lines, "{row}");
    }
    lines
}

fn read(path: &Path) -> usize {
    let Ok(traces) = ingest::open(&[path.display().to_string()], Options::default()) else {
        return 0;
    };
    traces.filter_map(Result::ok).map(|trace| black_box(trace).reasoning.len()).sum()
}

fn bench(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder for the files");
    let kept = std::env::var_os("COTPRINT_BENCH_KEEP").map(PathBuf::from);
    let mut group = criterion.benchmark_group("ingest");
    group.sample_size(20);
    for (name, text) in [("canonical", canonical()), ("chat-completion", completions())] {
        let array = format!("[{}]", text.trim_end().replace('\n', ","));
        let mut files = vec![
            (format!("{name}.jsonl"), text.clone().into_bytes()),
            (format!("{name}.json"), array.into_bytes()),
            (format!("{name}.jsonl.gz"), packed(text.as_bytes(), niffler::Format::Gzip)),
            (format!("{name}.jsonl.zst"), packed(text.as_bytes(), niffler::Format::Zstd)),
        ];
        if name == "canonical" {
            files.push((format!("{name}.parquet"), parquet(&text)));
        }
        for (file, bytes) in files {
            let path = kept.as_deref().unwrap_or(folder.path()).join(&file);
            std::fs::write(&path, bytes).expect("the file is written");
            assert!(read(&path) > TRACES * 7000, "{file} is read");
            group.throughput(Throughput::Bytes(text.len() as u64));
            group.bench_function(&file, |bencher| bencher.iter(|| read(&path)));
        }
    }
    if let Some(path) = std::env::var_os("COTPRINT_BENCH").map(PathBuf::from) {
        let size = std::fs::metadata(&path).expect("COTPRINT_BENCH names a file").len();
        group.throughput(Throughput::Bytes(size));
        group.bench_function("file", |bencher| bencher.iter(|| read(&path)));
    }
    group.finish();
}

/// Canonical records as Parquet.
fn parquet(lines: &str) -> Vec<u8> {
    let mut writer = ParquetWriter::new(Vec::new()).expect("a Parquet file");
    for line in lines.lines() {
        let trace: Trace = serde_json::from_str(line).expect("a canonical record");
        writer.write(&trace).expect("the record is written");
    }
    writer.finish().expect("the file is finished")
}

fn packed(text: &[u8], format: niffler::Format) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = niffler::get_writer(Box::new(&mut out), format, niffler::Level::Three)
        .expect("a compressor");
    writer.write_all(text).expect("the text is compressed");
    drop(writer);
    out
}

criterion_group!(benches, bench);
criterion_main!(benches);
