//! Reading traces, through the public interface: the fixtures of every format, bad input, and the
//! original files of other projects where they are at hand.

// Helpers stand outside `#[test]` functions, where clippy does not know them for tests.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use cotprint::ingest::{self, Error, Limits, Note, Options, Position, Reason, Summary};
use cotprint::trace::{TextKind, Trace};

fn read(inputs: &[&Path], options: Options) -> Result<(Vec<Trace>, Summary), Error> {
    let names: Vec<_> = inputs.iter().map(|path| path.display().to_string()).collect();
    let mut traces = ingest::open(&names, options)?;
    let all = traces.by_ref().collect::<Result<Vec<_>, _>>()?;
    let summary = traces.into_summary();
    assert_eq!(summary.traces, all.len());
    assert!(summary.records >= summary.dropped.get(&Reason::BrokenJson).map_or(0, |d| d.count));
    Ok((all, summary))
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/formats").join(name)
}

fn read_fixture(name: &str) -> (Vec<Trace>, Summary) {
    read(&[&fixture(name)], Options::default()).unwrap()
}

/// Writes a file of this name and content and reads it.
fn read_text(name: &str, content: impl AsRef<[u8]>) -> Result<(Vec<Trace>, Summary), Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    read(&[&path], Options::default())
}

fn dropped(summary: &Summary) -> Vec<(&'static str, usize)> {
    summary.dropped.iter().map(|(reason, dropped)| (reason.name(), dropped.count)).collect()
}

fn reasonings(traces: &[Trace]) -> Vec<&str> {
    traces.iter().map(|trace| trace.reasoning.as_str()).collect()
}

fn by_id(traces: &[Trace]) -> HashMap<&str, &Trace> {
    traces.iter().map(|trace| (trace.id.as_str(), trace)).collect()
}

mod fixtures {
    use super::*;

    #[test]
    fn canonical_lines_and_arrays_are_the_same() {
        let (lines, summary) = read_fixture("canonical.jsonl");
        let (array, _) = read_fixture("canonical-array.json");
        assert_eq!(lines, array);
        assert_eq!(lines.len(), 3);
        assert_eq!(dropped(&summary), [("no_reasoning", 1)]);
        let first = &summary.dropped[&Reason::NoReasoning].first;
        assert_eq!(first.position, Position::Line(5), "blank lines are counted as lines");
        assert_eq!(summary.models["(none)"], 1);
        assert_eq!(
            summary.mediation,
            BTreeMap::from([("raw".into(), 1), ("summary".into(), 1), ("unknown".into(), 1)])
        );
        let text = std::fs::read_to_string(fixture("canonical.jsonl")).unwrap();
        let first: Trace = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!(lines[0], first, "nothing is changed or added");
    }

    #[test]
    fn rows_of_a_benchmark_around_openrouter() {
        let (traces, summary) = read_fixture("openrouter-rows.jsonl");
        assert_eq!(traces.len(), 3);
        assert_eq!(dropped(&summary), [("encrypted_reasoning", 1), ("empty_response", 1)]);
        assert_eq!(summary.notes[&Note::EncryptedPart], 2);
        let first = &traces[0];
        assert_eq!((first.id.as_str(), first.prompt_id.as_deref()), ("gen-1", Some("q1")));
        assert_eq!(first.domain.as_deref(), Some("cooking"));
        assert_eq!(first.prompt.as_deref(), Some("How long do I boil an egg?"));
        assert_eq!(first.meta["provider"], "Nest");
        assert_eq!(first.meta["finish_reason"], "stop");
        assert_eq!(first.source, "openrouter-rows.jsonl");
        assert_eq!(traces[1].meta["mediation"], "summary");
        assert_eq!(traces[2].reasoning, "The user wants a definition. Short is best.");
        assert_eq!(traces[2].meta["provider"], "burrow");
        assert_eq!(traces[2].meta["mediation"], "raw");
    }

    #[test]
    fn chat_completions_of_every_server() {
        let (traces, summary) = read_fixture("chat-completions.jsonl");
        assert_eq!(traces.len(), 6);
        assert_eq!(dropped(&summary), [("no_reasoning", 1)]);
        assert!(summary.dropped[&Reason::NoReasoning].detail.contains("256 reasoning tokens"));
        assert!(traces[..5].iter().all(|trace| trace.answer.as_deref() == Some("Four.")));
        assert_eq!(traces[5].meta["mediation"], "truncated");
    }

    #[test]
    fn several_choices_share_a_prompt() {
        let (traces, summary) = read_fixture("batch.jsonl");
        let ids: Vec<_> = traces.iter().map(|trace| trace.id.as_str()).collect();
        assert_eq!(ids, ["task-1:0", "task-1:1"]);
        assert!(traces.iter().all(|trace| trace.prompt_id.as_deref() == Some("task-1")));
        assert_eq!(traces[1].meta["generation"], 1);
        assert_eq!((summary.records, dropped(&summary)), (1, vec![("no_reasoning", 1)]));
    }

    #[test]
    fn every_shape_of_tags() {
        let (traces, summary) = read_fixture("tags.jsonl");
        assert_eq!(dropped(&summary), [("no_reasoning", 3)], "empty, quoted, none");
        let traces = by_id(&traces);
        for name in [
            "closed",
            "closing-only",
            "kimi",
            "mistral",
            "cohere",
            "open-thoughts",
            "seed",
            "granite",
        ] {
            assert_eq!(traces[name].reasoning, "I add the numbers.", "{name}");
            assert_eq!(traces[name].answer.as_deref(), Some("Four."), "{name}");
            assert_eq!(traces[name].meta["mediation"], "raw", "{name}");
        }
        assert_eq!(traces["several"].reasoning, "I add.\n\nI check.");
        assert_eq!(traces["opening-only"].reasoning, "I add the");
        assert_eq!(traces["opening-only"].meta["mediation"], "truncated");
    }

    #[test]
    fn an_object_with_a_list_of_results() {
        let (traces, summary) = read_fixture("results.json");
        let ids: Vec<_> = traces.iter().map(|trace| trace.id.as_str()).collect();
        assert_eq!(ids, ["jugs:0", "jugs:1", "door:0"]);
        assert!(traces.iter().all(|trace| trace.model.as_deref() == Some("example/finch-2")));
        assert_eq!((summary.records, dropped(&summary)), (2, vec![("no_reasoning", 1)]));
        assert_eq!(summary.dropped[&Reason::NoReasoning].first.position, Position::Record(2));
    }

    #[test]
    fn researchers_rows() {
        let (traces, summary) = read_fixture("research-rows.jsonl");
        assert_eq!(
            reasonings(&traces),
            [
                "A kilo is a kilo, whatever it is made of.",
                "The poem is short and warm.",
                "Tom may be anything.",
                "Six times seven is 42.",
            ]
        );
        assert_eq!(traces[0].domain.as_deref(), Some("physics"));
        assert_eq!(
            (traces[1].id.as_str(), &traces[1].meta["mediation"]),
            ("research-rows:3", &"summary".into())
        );
        assert_eq!(
            traces[2].model.as_deref(),
            Some("research-rows"),
            "labelled by the file's name"
        );
        assert_eq!(traces[3].answer.as_deref(), Some("It is 42."));
        assert_eq!(summary.notes[&Note::LabelFromName], 2);
        assert_eq!(dropped(&summary), [("no_reasoning", 1)]);
    }

    #[test]
    fn a_folder_of_text() {
        let (traces, summary) = read_fixture("plain-text");
        assert_eq!(traces.len(), 3);
        assert!(traces.iter().all(|trace| trace.model.as_deref() == Some("example-model")));
        assert_eq!(dropped(&summary), [("other_file", 1)], "the README");
        let traces = by_id(&traces);
        let one = traces["example-model/one"];
        assert_eq!(
            (one.reasoning.as_str(), &one.meta["mediation"]),
            ("The log has two cases. I sort by time.", &"raw".into())
        );
        let two = traces["example-model/two"];
        assert_eq!(two.reasoning, "Hmm, no tags here.\nSo all of this is the trace.");
        assert_eq!((&two.meta["mediation"], &two.answer), (&"unknown".into(), &None));
        let three = traces["example-model/three"];
        assert!(
            three.reasoning.contains("patient\u{fffd}s") && three.meta["mediation"] == "truncated"
        );
        assert_eq!(summary.notes[&Note::InvalidUtf8], 1);
    }

    #[test]
    fn objects_printed_over_several_lines() {
        let (traces, _) = read_fixture("pretty.json");
        assert_eq!(
            reasonings(&traces),
            ["A single answer, printed with line breaks.", "And one more behind it."]
        );
    }

    #[test]
    fn a_bad_record_costs_only_itself() {
        let (traces, summary) = read_fixture("broken.jsonl");
        assert_eq!(
            reasonings(&traces),
            [
                "Plain.",
                "Half a pair: \u{fffd}.",
                "Latin-1: caf\u{fffd}",
                "Plain.",
                "NUL:  and \nline end"
            ]
        );
        assert_eq!(dropped(&summary), [("broken_json", 1), ("unknown_shape", 2), ("too_deep", 1)]);
        let broken = &summary.dropped[&Reason::BrokenJson].first;
        assert_eq!(broken.position, Position::Line(2));
        assert!(broken.to_string().ends_with("broken.jsonl, line 2"));
        assert_eq!(summary.notes[&Note::InvalidUtf8], 1);
        assert_eq!(summary.notes[&Note::RepairedJson], 2);
    }

    #[test]
    fn everything_at_once_is_the_sum_of_its_parts() {
        let (all, summary) = read_fixture("");
        let names: Vec<_> = all.iter().map(|trace| trace.source.clone()).collect();
        assert!(
            names.contains(&"tags.jsonl".to_owned()) && names.contains(&"example-model".to_owned())
        );
        assert!(summary.formats.len() > 4, "many formats are there: {:?}", summary.formats);
        let (again, _) = read_fixture("");
        assert_eq!(all, again);
        let json = serde_json::to_value(&summary).unwrap();
        assert_eq!(json["dropped"]["too_deep"]["count"], 1);
    }
}

mod options {
    use super::*;

    #[test]
    fn a_label_fills_gaps_or_replaces() {
        let label =
            |relabel| Options { model: Some("me/new".into()), relabel, ..Options::default() };
        let models = |options| {
            let (traces, _) = read(&[&fixture("canonical.jsonl")], options).unwrap();
            traces.into_iter().map(|trace| trace.model.unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(models(label(false)), ["example/owl-1", "example/finch-2", "me/new"]);
        assert_eq!(models(label(true)), ["me/new"; 3]);
        let folder = read(&[&fixture("plain-text")], label(false)).unwrap().0;
        assert_eq!(folder[0].model.as_deref(), Some("me/new"));
    }

    #[test]
    fn answers_can_be_asked_for() {
        let options = |text| Options { text, ..Options::default() };
        let (answers, summary) =
            read(&[&fixture("canonical.jsonl")], options(TextKind::Answer)).unwrap();
        assert_eq!((answers.len(), dropped(&summary)), (3, vec![("no_answer", 1)]));
        let (both, summary) =
            read(&[&fixture("canonical.jsonl")], options(TextKind::Both)).unwrap();
        assert_eq!(
            (both.len(), dropped(&summary)),
            (2, vec![("no_reasoning", 1), ("no_answer", 1)])
        );
    }

    #[test]
    fn limits_drop_one_record_and_go_on() {
        let limits = Limits { record_bytes: 400, ..Limits::default() };
        let options = Options { limits, ..Options::default() };
        let long = format!("{{\"reasoning\": \"{}\"}}\n", "long ".repeat(200_000));
        let text = format!("{{\"reasoning\": \"One.\"}}\n{long}{{\"reasoning\": \"Two.\"}}\n");
        for content in [text.clone(), format!("[{}]", text.trim_end().replace("}\n", "},\n"))] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a.jsonl");
            std::fs::write(&path, content).unwrap();
            let (traces, summary) = read(&[&path], options.clone()).unwrap();
            assert_eq!(reasonings(&traces), ["One.", "Two."]);
            assert_eq!(dropped(&summary), [("too_long", 1)]);
        }
        let shallow =
            Options { limits: Limits { depth: 3, ..Limits::default() }, ..Options::default() };
        let (_, summary) = read(&[&fixture("canonical.jsonl"), &fixture("tags.jsonl")], shallow)
            .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(summary.dropped[&Reason::TooDeep].count, 13);
    }
}

mod bad_input {
    use super::*;

    fn error(name: &str, content: impl AsRef<[u8]>) -> String {
        let error = read_text(name, content).unwrap_err();
        let sentence = error.to_string();
        assert!(sentence.contains(name), "names the file: {sentence}");
        sentence
    }

    #[test]
    fn what_is_no_file_of_traces_is_refused_in_a_sentence() {
        let sentence = error("a.jsonl", "{\"half\": \"a line\n{\"and\": \n");
        assert!(sentence.contains("line 1") && sentence.contains("not valid JSON"), "{sentence}");
        let sentence = error("a.json", "{\"title\": \"x\", \"pages\": 3}");
        assert!(sentence.contains("`title`, `pages`"), "{sentence}");
        let sentence = error("a.bin", [0_u8, 1, 2, 3, 255, 254, 0, 0, 7].repeat(50));
        assert!(sentence.contains("first bytes are 00 01 02"), "{sentence}");
        assert!(error("a.json", "<!DOCTYPE html><p>404").contains("HTML"));
        assert!(error("a.parquet", "PAR1....").contains("Parquet"));
        assert!(error("a.jsonl", "BZh91AY&SY").contains("bzip2"));
        assert!(error("a.json", "{\"a\": [1, 2").contains("not valid JSON"));
    }

    #[test]
    fn an_empty_file_is_counted() {
        for content in ["", " \n\n", "\u{feff}", "[]", "[ ]\n"] {
            let (traces, summary) = read_text("a.jsonl", content).unwrap();
            assert!(traces.is_empty());
            assert_eq!(dropped(&summary), [("empty_file", 1)], "{content:?}");
        }
    }

    #[test]
    fn inputs_that_lead_nowhere_fail_at_once() {
        let fail = |name: &str| ingest::open(&[name.to_owned()], Options::default()).unwrap_err();
        assert!(matches!(fail("nowhere.jsonl"), Error::NotFound { .. }));
        assert!(matches!(fail("nowhere/*.jsonl"), Error::NoMatch { .. }));
        let folder = tempfile::tempdir().unwrap();
        let empty = folder.path().display().to_string();
        assert!(matches!(fail(&empty), Error::EmptyFolder { .. }));
        assert!(matches!(ingest::open(&[], Options::default()), Err(Error::NoInput)));
    }

    #[test]
    fn a_folder_without_traces_is_refused_at_its_end() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("package.json"), "{\"name\": \"x\"}").unwrap();
        std::fs::write(folder.path().join("run.py"), "import os\n").unwrap();
        let error = read(&[folder.path()], Options::default()).unwrap_err();
        assert!(matches!(error, Error::NothingRecognized { files: 2, .. }), "{error}");
        std::fs::write(folder.path().join("a.jsonl"), "{\"reasoning\": \"I add.\"}").unwrap();
        std::fs::write(folder.path().join("image.png"), [0x89, 0x50, 0, 1, 2, 3, 0, 0]).unwrap();
        let (traces, summary) = read(&[folder.path()], Options::default()).unwrap();
        assert_eq!(traces.len(), 1);
        assert_eq!(dropped(&summary), [("unknown_shape", 1), ("not_text", 1), ("other_file", 1)]);
    }

    #[test]
    fn a_damaged_gzip_file_is_an_error_after_its_good_part() {
        use std::io::Write;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl.gz");
        let file = std::fs::File::create(&path).unwrap();
        let mut writer =
            niffler::get_writer(Box::new(file), niffler::Format::Gzip, niffler::Level::One)
                .unwrap();
        for n in 0..200_000_u32 {
            writeln!(writer, "{{\"reasoning\": \"{}\"}}", n.wrapping_mul(2_654_435_761)).unwrap();
        }
        drop(writer);
        let whole = std::fs::read(&path).unwrap();
        let (traces, _) = read(&[&path], Options::default()).unwrap();
        assert_eq!(traces.len(), 200_000);
        std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        let mut traces = ingest::open(&[path.display().to_string()], Options::default()).unwrap();
        assert_eq!(traces.total_bytes(), Some(whole.len() as u64 / 2));
        let good = traces.by_ref().take_while(Result::is_ok).count();
        assert!(good > 1000);
        assert!(traces.next().is_none(), "nothing follows a fatal error");
        // The first bytes are read twice, to find the compression.
        let half = whole.len() as u64 / 2;
        assert!((half..=half + 6).contains(&traces.bytes_read()), "{}", traces.bytes_read());
    }

    #[test]
    fn a_document_that_is_cut_off_gives_its_whole_records() {
        let (traces, summary) =
            read_text("a.json", "[{\"reasoning\": \"One.\"}, {\"reasoning\": \"Tw").unwrap();
        assert_eq!(reasonings(&traces), ["One."]);
        assert_eq!(dropped(&summary), [("broken_json", 1)]);
    }
}

mod hostile {
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
        let edit =
            (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..4_u8, any::<u8>());
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
            let mut traces = ingest::open(
                &[path.display().to_string()],
                Options { limits, ..Options::default() },
            )
            .unwrap();
            let good = traces.by_ref().filter(Result::is_ok).count();
            prop_assert_eq!(traces.summary().traces, good);
            Ok(())
        });
        result.unwrap();
    }
}

/// The original files of other projects and the corpora, where they are at hand.
mod real_files {
    use super::*;

    /// The folder `corpora`, or `None` with a word about it.
    fn corpora() -> Option<PathBuf> {
        let named = std::env::var_os("COTPRINT_CORPORA").map(PathBuf::from);
        let path = named
            .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora"));
        if !path.is_dir() {
            println!(
                "skipped: {} is not there; set COTPRINT_CORPORA to read real files",
                path.display()
            );
            return None;
        }
        Some(path)
    }

    fn raw(name: &str) -> Option<PathBuf> {
        let path = corpora()?.parent()?.join("raw").join(name);
        if !path.exists() {
            println!("skipped: {} is not there", path.display());
            return None;
        }
        Some(path)
    }

    /// What was counted by hand in each file: records, traces, drops, and the label of all traces.
    #[test]
    fn original_files_give_what_was_counted_by_hand() {
        let none: &[(&str, usize)] = &[];
        for (name, records, traces, drops, model) in [
            (
                "speechmap/us_criticism_microsoft_mai-ds-r1-fp8.jsonl",
                50,
                50,
                none,
                "microsoft/mai-ds-r1-fp8",
            ),
            (
                "speechmap/us_criticism_x-ai_grok-3-mini-beta.jsonl",
                50,
                50,
                none,
                "x-ai/grok-3-mini-beta",
            ),
            ("pm-llm-benchmark", 2, 2, none, "pm-llm-benchmark"),
            ("llmbenchmark-thinkingtraces", 2, 2, none, "llmbenchmark-thinkingtraces"),
            (
                "misguided-attention/kimi-k2-thinking_results.json",
                52,
                150,
                &[("no_reasoning", 6)],
                "kimi-k2-thinking",
            ),
            (
                "misguided-attention/output_queries_gf25high.json",
                52,
                156,
                none,
                "gemini-2.5-flash-high",
            ),
            (
                "cot-monitor-stress-test/gpt_oss_creative_casual_author_ai.jsonl",
                20,
                19,
                &[("no_reasoning", 1)],
                "openai/gpt-oss-120b",
            ),
            (
                "cot-monitor-stress-test/grok_creative_casual_author_ai.jsonl",
                20,
                20,
                none,
                "x-ai/grok-3-mini",
            ),
            (
                "reasoning-models-lie/mmlu_pro_test200_verbalize_sycophancy_v1_correct_claude_4.5_haiku_changed.jsonl",
                23,
                23,
                none,
                "claude-haiku-4-5-20251001",
            ),
            (
                "reasoning-models-lie/mmlu_pro_test200_verbalize_sycophancy_v1_correct_kimi_k2_thinking_changed.jsonl",
                35,
                35,
                none,
                "moonshotai/Kimi-K2-Thinking",
            ),
            (
                "steering-thinking-llms/reasoning_comparison_deepseek-r1-distill-qwen-32b.json",
                100,
                100,
                none,
                "reasoning_comparison_deepseek-r1-distill-qwen-32b",
            ),
            (
                "steering-thinking-llms/reasoning_comparison_qwen2.5-32b-instruct.json",
                100,
                100,
                none,
                "reasoning_comparison_qwen2.5-32b-instruct",
            ),
            (
                // Two rows only repeat the prompt.
                "thinking-llms-interp/base_eval_responses_llama-3.1-8b.json",
                50,
                48,
                &[("no_reasoning", 2)],
                "base_eval_responses_llama-3.1-8b",
            ),
            (
                "thinking-llms-interp/eval_responses_deepseek-r1-distill-llama-8b.json",
                50,
                50,
                none,
                "eval_responses_deepseek-r1-distill-llama-8b",
            ),
            (
                "thought-anchors/deepseek-r1-distill-llama-8b_correct_base_solution_problem_1591_base_solution.json",
                1,
                1,
                none,
                "deepseek-r1-distill-llama-8b_correct_base_solution_problem_1591_base_solution",
            ),
            (
                "trace-topology/pilot_math500_llama8b.jsonl",
                20,
                20,
                none,
                "deepseek-ai/DeepSeek-R1-Distill-Llama-8B",
            ),
            (
                "trace-topology/pilot_math500_qwen7b.jsonl",
                20,
                19,
                &[("no_reasoning", 1)],
                "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B",
            ),
            ("alpaca-eval/claude-2_model_outputs.json", 805, 0, &[("no_reasoning", 805)], ""),
            (
                "zeroeval/math-l5_claude-3-5-sonnet-20241022.json",
                721,
                0,
                &[("no_reasoning", 721)],
                "",
            ),
        ] {
            let Some(path) = raw(name) else { return };
            let (all, summary) =
                read(&[&path], Options::default()).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!((summary.records, all.len()), (records, traces), "{name}");
            assert_eq!(dropped(&summary), drops, "{name}");
            assert!(
                all.iter().all(|trace| trace.model.as_deref() == Some(model)),
                "{name}: {:?}",
                summary.models
            );
            assert!(all.iter().all(|trace| !trace.reasoning.contains("think>")), "{name}");
            let ids: std::collections::HashSet<_> = all.iter().map(|trace| &trace.id).collect();
            assert_eq!(ids.len(), all.len(), "{name}: ids are unique");
        }
    }

    /// The corpora were made of the original files by other code: both must agree, letter by letter.
    #[test]
    fn original_files_agree_with_the_corpora_made_of_them() {
        let Some(corpora) = corpora() else { return };
        for (name, corpus) in [
            (
                "speechmap/us_criticism_microsoft_mai-ds-r1-fp8.jsonl",
                "speechmap/microsoft_mai-ds-r1-fp8.jsonl.gz",
            ),
            (
                "speechmap/us_criticism_x-ai_grok-3-mini-beta.jsonl",
                "speechmap/x-ai_grok-3-mini-beta.jsonl.gz",
            ),
            (
                "pm-llm-benchmark/deepseekdeepseek-v3.2-thinking_cat01_01_case_id_inference.txt",
                "pm-llm-benchmark/deepseek_deepseek-v3.2.jsonl.gz",
            ),
            (
                "pm-llm-benchmark/googlegemini-3.1-pro-preview_cat01_01_case_id_inference.txt",
                "pm-llm-benchmark/google_gemini-3.1-pro-preview.jsonl.gz",
            ),
            (
                "misguided-attention/kimi-k2-thinking_results.json",
                "misguided-attention/moonshotai_kimi-k2-thinking.jsonl.gz",
            ),
            (
                "cot-monitor-stress-test/gpt_oss_creative_casual_author_ai.jsonl",
                "cot-monitor-stress-test/openai_gpt-oss-120b.jsonl.gz",
            ),
            (
                "reasoning-models-lie/mmlu_pro_test200_verbalize_sycophancy_v1_correct_claude_4.5_haiku_changed.jsonl",
                "reasoning-models-lie/anthropic_claude-haiku-4.5.jsonl.gz",
            ),
        ] {
            let Some(path) = raw(name) else { return };
            let (made, _) = read(&[&corpora.join(corpus)], Options::default()).unwrap();
            let made: HashMap<_, _> =
                made.iter().map(|trace| (trace.reasoning.trim(), trace)).collect();
            let (own, _) = read(&[&path], Options::default()).unwrap();
            let mut met = 0;
            for trace in &own {
                let Some(other) = made.get(trace.reasoning.as_str()) else { continue };
                met += 1;
                let answer =
                    |trace: &Trace| trace.answer.as_deref().unwrap_or_default().trim().to_owned();
                assert_eq!(answer(trace), answer(other), "{name}");
                assert_eq!(trace.mediation(), other.mediation(), "{name}");
            }
            println!("{name}: {met} of {} traces are in the corpus", own.len());
            assert!(met > 0, "{name}");
            if name.starts_with("speechmap") {
                assert_eq!(met, own.len(), "{name}");
            }
        }
    }

    #[test]
    fn the_corpora_are_read_whole_and_unchanged() {
        let Some(corpora) = corpora() else { return };
        let (_, summary) = read(&[&corpora], Options::default()).unwrap();
        let dropped = |reason| summary.dropped.get(&reason).map_or(0, |dropped| dropped.count);
        // The tables of families and lineages lie in the same folder; their rows are no traces.
        let rows = |name: &str| {
            std::fs::read_to_string(corpora.join(name)).map_or(0, |text| text.lines().count() - 1)
        };
        assert_eq!(dropped(Reason::NoReasoningColumn), rows("families.tsv") + rows("lineage.tsv"));
        assert_eq!(
            summary.records - summary.formats["canonical"],
            dropped(Reason::NoReasoning) + dropped(Reason::NoReasoningColumn)
        );
        assert_eq!(summary.formats.len(), 1);
        println!(
            "{} traces of {} models, {:?}",
            summary.traces,
            summary.models.len(),
            summary.mediation
        );
    }

    /// What is known of models by name agrees with the labels that the corpora carry.
    #[test]
    fn mediation_by_name_agrees_with_the_corpora() {
        let Some(corpora) = corpora() else { return };
        let (all, _) = read(&[&corpora], Options::default()).unwrap();
        let mut labels = BTreeMap::new();
        for trace in &all {
            labels.insert(trace.model.clone().unwrap_or_default(), trace.mediation().name());
        }
        let rows: Vec<_> = labels
            .keys()
            .map(|model| {
                serde_json::json!({"model": model, "thinking": "I add.", "output": "4"}).to_string()
            })
            .collect();
        let (made, _) = read_text("a.jsonl", rows.join("\n")).unwrap();
        for (trace, label) in made.iter().zip(labels.values()) {
            assert_eq!(trace.mediation().name(), *label, "{:?}", trace.model);
        }
    }
}
