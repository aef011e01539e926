//! Every format of the table, read from its fixture through the public interface.
//!
//! Each snapshot shows all that comes out of a file: the traces whole, what was dropped and why, what
//! was noted, and how the reading explains itself. `fixtures/formats/` has the files.

// Helpers stand outside `#[test]` functions, where clippy does not know them for tests.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;

use cotprint::ingest::{self, Error, Explanation, FieldMap, Options, Summary};
use cotprint::trace::Trace;
use serde_json::json;

fn path(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/formats").join(name);
    path.display().to_string()
}

fn read(name: &str, options: Options) -> Result<(Vec<Trace>, Vec<Explanation>, Summary), Error> {
    let mut traces = ingest::open(&[path(name)], options)?;
    let all = traces.by_ref().collect::<Result<Vec<_>, _>>()?;
    let explanations = traces.explanations().to_vec();
    Ok((all, explanations, traces.into_summary()))
}

/// All that a reader of a file gets to know, with the machine's own path cut off.
fn shown(name: &str, options: Options) -> String {
    let (traces, explanations, summary) =
        read(name, options).unwrap_or_else(|error| panic!("{name}: {error}"));
    let dropped: Vec<_> = summary
        .dropped
        .iter()
        .map(|(reason, dropped)| {
            format!(
                "{} × {reason} at {}: {}",
                dropped.count, dropped.first.position, dropped.detail
            )
        })
        .collect();
    let explained: Vec<_> = explanations
        .iter()
        .map(|one| {
            json!({"position": one.place.position.to_string(), "format": one.format,
                "reasoning": one.reasoning_field, "answer": one.answer_field,
                "prompt": one.prompt_field, "model": one.model_field,
                "generations": one.generations, "why": one.why})
        })
        .collect();
    let counts = json!({"records": summary.records, "traces": summary.traces,
        "formats": summary.formats, "mediation": summary.mediation, "notes": summary.notes});
    let pretty = |value| serde_json::to_string_pretty(&value).unwrap();
    format!(
        "counts: {}\ndropped: {}\nexplained: {}\ntraces: {}",
        pretty(counts),
        pretty(json!(dropped)),
        pretty(json!(explained)),
        pretty(json!(traces))
    )
}

/// A test for each file: the name of the test is that of the snapshot.
macro_rules! fixtures {
    ($($test:ident: $file:literal $(, $options:expr)?;)+) => {
        $(
            #[test]
            fn $test() {
                let options = Options::default();
                $(let options = { let _ = options; $options };)?
                insta::assert_snapshot!(stringify!($test), shown($file, options));
            }
        )+

        /// The files that the tests above read.
        const FILES: &[&str] = &[$($file),+];
    };
}

fn format(name: &str) -> Options {
    Options { format: Some(ingest::format_named(name).unwrap()), ..Options::default() }
}

fn map(arguments: &[&str]) -> Options {
    Options { map: FieldMap::parse(arguments.iter().copied()).unwrap(), ..Options::default() }
}

fixtures! {
    canonical: "canonical.jsonl";
    openai_chat: "openai-chat.jsonl";
    openai_responses: "openai-responses.jsonl";
    reasoning_content: "reasoning-content.jsonl";
    vllm: "vllm.jsonl";
    openrouter: "openrouter.jsonl";
    anthropic: "anthropic.jsonl";
    gemini: "gemini.jsonl";
    bedrock_converse: "bedrock-converse.jsonl";
    mistral: "mistral.jsonl";
    ollama: "ollama.jsonl";
    ollama_stream: "ollama-stream.jsonl";
    harmony: "harmony.jsonl";
    inspect: "inspect.json";
    lm_evaluation_harness: "lm-evaluation-harness";
    opentelemetry: "opentelemetry.jsonl";
    langsmith: "langsmith.jsonl";
    langfuse: "langfuse.json";
    batch_results: "batch-results.jsonl";
    open_thoughts: "open-thoughts.jsonl";
    s1k: "s1k.jsonl";
    open_r1: "open-r1.jsonl";
    chat_data_set: "chat-data-set.jsonl";
    research_rows: "research-rows.jsonl";
    plain_text: "plain-text";
    chunks: "chunks.jsonl";
    sse_chat: "sse-chat.txt";
    sse_responses: "sse-responses.txt";
    sse_anthropic: "sse-anthropic.txt";
    sse_gemini: "sse-gemini.txt";
    limo: "asked-for/limo.jsonl", format("limo");
    mapped: "asked-for/mapped.jsonl", map(&["reasoning=/run/steps/0/text", "answer=/run/said", "prompt=/run/q", "model=/run/by"]);
}

#[test]
fn every_format_has_a_fixture() {
    let mut read_as: BTreeSet<&str> = BTreeSet::new();
    for file in FILES {
        // A file that needs a map is no format of its own.
        let Ok((_, explanations, summary)) = read(file, Options::default()) else { continue };
        read_as.extend(summary.formats.keys());
        read_as.extend(explanations.iter().map(|one| one.format));
    }
    let missing: Vec<_> = ingest::formats()
        .iter()
        .map(|format| format.name)
        .filter(|name| !read_as.contains(name))
        .collect();
    // A failed request gives no trace, a stream is read as what it makes, and LIMO is only read
    // where it is asked for; each has its test above. Logs of sessions are in fixtures/shapes.
    assert_eq!(missing, ["batch-error", "limo", "session-log", "event-stream"]);
}

#[test]
fn a_solution_is_not_taken_for_reasoning_unless_asked_for() {
    let (traces, _, summary) = read("asked-for/limo.jsonl", Options::default()).unwrap();
    assert!(traces.is_empty());
    let detail = summary.dropped.values().next().unwrap().detail.clone();
    assert!(detail.contains("`solution` is read as reasoning only"), "{detail}");
}

#[test]
fn a_format_that_does_not_fit_is_an_error_that_names_it() {
    let error = read("canonical.jsonl", format("gemini")).unwrap_err().to_string();
    assert!(error.contains("gemini") && error.contains("canonical.jsonl"), "{error}");
    let error = ingest::format_named("gpt").unwrap_err().to_string();
    for format in ingest::formats() {
        assert!(error.contains(format.name), "{error}");
    }
}

#[test]
fn a_format_that_is_asked_for_is_the_only_one() {
    let (all, ..) = read("chat-data-set.jsonl", Options::default()).unwrap();
    let (asked, ..) = read("chat-data-set.jsonl", format("chat-data-set")).unwrap();
    assert_eq!(all, asked);
    let (text, ..) = read("openai-chat.jsonl", format("plain-text")).unwrap();
    assert_eq!(text.len(), 1, "the whole file is one text");
}

#[test]
fn a_map_that_leads_nowhere_says_so() {
    let (traces, _, summary) =
        read("asked-for/mapped.jsonl", map(&["reasoning=/run/nowhere"])).unwrap();
    assert!(traces.is_empty());
    let detail = summary.dropped.values().next().unwrap().detail.clone();
    assert!(detail.contains("/run/nowhere"), "{detail}");
}
