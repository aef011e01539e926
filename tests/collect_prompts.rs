//! The prompts of a public set: fetched, kept, exported, asked, and the verdict that follows.

#![cfg(all(feature = "collect", feature = "zip"))]
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/server.rs"]
mod server;

use common::{RIGHT, Run, fixture, fixture_lines};
use serde_json::{Value, json};
use server::{Reply, Server, chat_events};
use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::OnceLock,
    time::Duration,
};
use tempfile::TempDir;

/// The data set that the fixtures stand in for: its prompts are scrambled.
const SET: &str = "misguided-attention";
/// The file of its prompts, and the key that `assets/data-sets.json` has for it.
const SCRAMBLED: &str = "eval/harness/misguided_attention_v4_long.scr";
const KEY: &str = "MisguidedAttention2025";

/// The prompts of the fixtures by their ids.
fn prompts() -> BTreeMap<String, String> {
    let text = |record: &Value, name: &str| record[name].as_str().unwrap().to_owned();
    let records = fixture_lines("traces/ponder-1.jsonl");
    let records = records.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
    records.map(|record| (text(&record, "prompt_id"), text(&record, "prompt"))).collect()
}

/// An atlas of the three models of the fixtures, as if they had answered the prompts of the set. Learned
/// once.
fn atlas() -> &'static Path {
    static ATLAS: OnceLock<PathBuf> = OnceLock::new();
    ATLAS.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let traces = folder.join("collect-prompts.jsonl");
        let mut lines: Vec<Value> = Vec::new();
        for line in fixture_lines("traces/ponder-1.jsonl") {
            lines.push(serde_json::from_str(&line).unwrap());
        }
        for line in fixture_lines("traces/ledger-2.jsonl") {
            let row: Value = serde_json::from_str(&line).unwrap();
            let message = &row["response"]["choices"][0]["message"];
            let fields = ["reasoning", "reasoning_content", "content"];
            let text = fields.iter().find_map(|name| message[*name].as_str());
            lines.push(
                json!({"id": row["question_id"], "model": row["model"], "prompt": row["question"],
                "reasoning": text, "meta": {}}),
            );
        }
        for (id, prompt) in prompts() {
            let text = fs::read_to_string(fixture(&format!("traces/quill-3/{id}.txt"))).unwrap();
            lines.push(
                json!({"id": id, "model": RIGHT, "prompt": prompt, "reasoning": text, "meta": {}}),
            );
        }
        let mut file = fs::File::create(&traces).unwrap();
        for line in &mut lines {
            line["source"] = SET.into();
            writeln!(file, "{line}").unwrap();
        }
        let path = folder.join("collect-prompts.atlas");
        let mut command = common::command();
        // A busy machine takes its time to learn.
        command.timeout(Duration::from_secs(3600));
        Run::of(command.arg("fit").arg(&traces).arg("-o").arg(&path).arg("--quiet")).succeeds();
        path
    })
}

/// The program in a folder of its own, with the atlas.
fn cotprint(folder: &TempDir, arguments: &[&str]) -> Run {
    let mut command = common::command();
    command.current_dir(folder).env_clear().env("HOME", folder.path());
    Run::of(command.args(arguments).arg("--atlas").arg(atlas()))
}

fn scrambled(text: &str) -> Vec<u8> {
    text.bytes().zip(KEY.bytes().cycle()).map(|(byte, key)| byte ^ key).collect()
}

/// The file of the set as its project has it, with a prompt that no reference answered.
fn scrambled_file() -> Vec<u8> {
    let mut list: Vec<Value> = prompts()
        .iter()
        .map(
            |(id, prompt)| json!({"prompt_id": id, "prompt": prompt, "criteria": ["It is right."]}),
        )
        .collect();
    list.push(json!({"prompt_id": "other", "prompt": "Nobody was asked this."}));
    scrambled(&json!({"prompts": list}).to_string())
}

fn put(folder: &Path, name: &str, content: impl AsRef<[u8]>) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn cached(folder: &TempDir) -> String {
    fs::read_to_string(folder.path().join(format!(".cache/cotprint/prompts/{SET}.jsonl"))).unwrap()
}

#[test]
fn prompts_are_found_in_a_copy_of_every_shape() {
    let texts: Vec<String> = prompts().into_values().collect();
    let lines = |name: &str| -> String {
        texts.iter().map(|text| format!("{}\n", json!({"id": 1, name: text}))).collect()
    };
    for shape in ["scrambled", "texts", "lines", "results", "lists", "zip"] {
        let (folder, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut from = copy.path().to_owned();
        put(&from, "README.md", "About the project.");
        put(&from, ".git/objects/x.json", "\0\0");
        match shape {
            "scrambled" => put(&from, SCRAMBLED, scrambled_file()),
            // As PM-LLM-Benchmark, SpeechMap, LRM Token Economy and MiP-Overthinking have them.
            "texts" => {
                for (at, text) in texts.iter().enumerate() {
                    put(&from, &format!("questions/cat01_{at:02}.txt"), format!("{text}\n"));
                }
            }
            "lines" => put(&from, "questions/us.jsonl", lines("question")),
            "results" => {
                let results: Vec<Value> = texts
                    .iter()
                    .map(|text| json!({"prompt": text, "output": ["An answer."]}))
                    .collect();
                put(&from, "data/output_queries_x.json", json!({"results": results}).to_string());
            }
            "lists" => {
                let half = texts.len() / 2;
                put(&from, "data/a.json", json!(texts[..half]).to_string());
                put(&from, "data/b.json", json!([{"q": {"text": texts[half..]}}]).to_string());
            }
            _ => {
                from = copy.path().join("project.zip");
                let mut archive = zip::ZipWriter::new(fs::File::create(&from).unwrap());
                let options = zip::write::SimpleFileOptions::default()
                    .compression_method(zip::CompressionMethod::Stored);
                archive.start_file(format!("Project-main/{SCRAMBLED}"), options).unwrap();
                archive.write_all(&scrambled_file()).unwrap();
                archive.finish().unwrap();
            }
        }
        let run = cotprint(&folder, &["probes", "fetch", SET, "--from", from.to_str().unwrap()]);
        let run = run.succeeds();
        assert!(run.stderr.contains("30 of 30 prompts are in"), "{shape}: {}", run.stderr);
        let kept = cached(&folder);
        assert_eq!(kept.lines().count(), 30, "{shape}: no other text is kept");
        assert!(texts.iter().all(|text| kept.contains(&json!(text).to_string())), "{shape}");
    }
}

#[test]
fn prompts_are_fetched_from_their_commit_and_exported_without_fetching_again() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|request, _| match request.path.ends_with(SCRAMBLED) {
        true => Reply::new(200, &[("content-type", "text/plain")], scrambled_file()),
        false => Reply::new(404, &[], "404: Not Found"),
    });
    let fetch = ["probes", "fetch", SET, "--mirror", &server.address];
    let run = cotprint(&folder, &fetch).succeeds();
    for words in [
        "1 file from https://github.com/cpldcpu/MisguidedAttention",
        "about 100 kB",
        "licence CC0-1.0",
    ] {
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
    let path = &server.requests()[0].path;
    assert!(path.starts_with("/cpldcpu/MisguidedAttention/0604680eed112693"), "{path}");
    let export = ["probes", "export", SET, "-o", "out.jsonl"];
    cotprint(&folder, &export).succeeds();
    assert_eq!(fs::read_to_string(folder.path().join("out.jsonl")).unwrap(), cached(&folder));
    assert_eq!(server.requests().len(), 1);
    let first: Value = serde_json::from_str(cached(&folder).lines().next().unwrap()).unwrap();
    assert_eq!(first["set"], SET);
}

#[test]
fn prompts_that_cannot_be_had_are_explained() {
    let folder = tempfile::tempdir().unwrap();
    let gone = Server::start(|_, _| Reply::new(404, &[], "404: Not Found"));
    let other =
        Server::start(|_, _| Reply::new(200, &[], scrambled("{\"prompt\": \"Another one?\"}")));
    let empty = folder.path().display().to_string();
    for (arguments, words) in [
        (["--mirror", &gone.address], &["status 404", "--from PATH"][..]),
        (["--mirror", &other.address], &["1 texts in", "none of them is one of the 30 prompts"]),
        (["--mirror", "http://127.0.0.1:9"], &["cannot be had", "--from PATH"]),
        (["--from", &empty], &["0 texts in", SET]),
        (["--from", "nowhere"], &["cannot read nowhere"]),
    ] {
        let arguments = [&["probes", "fetch", SET][..], &arguments].concat();
        cotprint(&folder, &arguments).fails(2, words);
    }
    cotprint(&folder, &["probes", "fetch", "no-such"]).fails(2, &["no prompt set no-such", SET]);
    assert!(!folder.path().join(".cache").exists(), "nothing is left behind");
}

/// A server that plays the new model of the fixtures: what it wrote on other prompts is its answer to
/// these, since its style is what counts.
fn new_model() -> Server {
    let written = fixture_lines("new-model.jsonl");
    let written = written.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let written = written.map(|record| record["reasoning"].as_str().unwrap().to_owned());
    let traces: BTreeMap<String, String> = prompts().into_values().zip(written).collect();
    Server::with_models(&["new"], move |request, _| match traces.get(request.prompt()) {
        Some(text) => Reply::events(&chat_events("new", text, "An answer.", "stop"), true),
        None => Reply::error(400, "this prompt was not expected"),
    })
}

#[test]
fn from_an_endpoint_to_a_verdict_in_one_command() {
    let (folder, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    put(copy.path(), SCRAMBLED, scrambled_file());
    let server = new_model();
    let endpoint = format!("{}/v1", server.address);
    let from = copy.path().to_str().unwrap();
    let arguments = [
        "collect",
        "--endpoint",
        &endpoint,
        "--model",
        "new",
        "-o",
        "t.jsonl",
        "--from",
        from,
        "--compare",
        "--report",
        "report",
        "--concurrency",
        "2",
    ];
    let run = cotprint(&folder, &arguments).succeeds();
    for words in [
        "the verdict is sure after 20 answers",
        "up to 3 times, each time with an error rate of 2 %: 5 % in all",
    ] {
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
    assert!(run.stdout.contains(RIGHT), "{}", run.stdout);
    let report = fs::read_to_string(folder.path().join("report/report.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!((&report["traces"], &report["verdict"]["kind"]), (&json!(20), &json!("resembles")));
    let text = fs::read_to_string(folder.path().join("t.jsonl")).unwrap();
    assert_eq!(text.lines().count(), 20, "what is compared is what the look saw");
    // The default set is the one that the atlas knows, and the records say so.
    assert!(text.lines().all(|line| line.contains(&format!("\"source\":\"{SET}\""))));
}
