//! `cotprint collect` against a scripted server: asking, keeping and resuming.

#![cfg(feature = "collect")]
#![allow(clippy::unwrap_used)]

#[path = "common/asking.rs"]
mod asking;
mod common;
#[path = "common/server.rs"]
mod server;

use asking::{KEY, PROMPTS, collect, folder, good, good_server, reasoning, records, run, v1};
use common::{Run, write};
use serde_json::{Value, json};
use server::{Reply, Server, Step};
use std::{fs, time::Duration};

#[test]
fn every_prompt_is_asked_and_what_is_kept_is_read_as_it_is() {
    let (folder, server) = (folder(), good_server());
    let run =
        run(&folder, &v1(&server), &["--temperature", "0.6", "--max-tokens", "900"]).succeeds();
    assert!(
        run.stderr.contains("t.jsonl: 6 of 6 answers of made-up; 6 requests, 180 tokens"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("0 of 6 prompts are known to the references"), "{}", run.stderr);
    assert!(run.stderr.contains("next: cotprint compare t.jsonl"), "{}", run.stderr);
    let asked = server.requests();
    assert_eq!(asked[0].path, "/v1/models");
    for request in &asked[1..] {
        assert_eq!(request.header("authorization"), Some(format!("Bearer {KEY}").as_str()));
        assert_eq!(request.path, "/v1/chat/completions");
        assert_eq!(request.body["temperature"], 0.6);
        assert_eq!(request.body["max_tokens"], 900);
        assert_eq!(request.body["stream_options"]["include_usage"], true);
    }
    let records = records(&folder);
    for (record, prompt) in records.iter().zip(PROMPTS) {
        assert_eq!(record["prompt"], prompt, "in the order of the prompts");
        assert_eq!(record["reasoning"], reasoning(prompt));
        assert_eq!(record["answer"], "An answer.");
        assert_eq!(record["model"], "made-up");
        assert_eq!(record["request"]["messages"][0]["content"], prompt);
        assert_eq!(record["response"]["choices"][0]["message"]["content"], "An answer.");
        let collect = &record["meta"]["collect"];
        assert_eq!(collect["answered_by"], "made-up-7b");
        assert_eq!(collect["tokens"]["completion"], 20);
        assert_eq!(collect["settings"]["temperature"], 0.6);
    }
    // The other verbs read it without being told how.
    let read = common::run(["ingest", folder.path().join("t.jsonl").to_str().unwrap()]).succeeds();
    assert!(read.seen().contains("made-up") && !read.seen().contains("dropped"), "{}", read.seen());
    // A second run asks nothing.
    let again = self::run(&folder, &v1(&server), &["--temperature", "0.6", "--max-tokens", "900"])
        .succeeds();
    assert!(again.stderr.contains("6 of them from earlier runs; 0 requests"), "{}", again.stderr);
    assert_eq!(server.requests().len(), asked.len());
}

/// A record without what differs from run to run.
fn timeless(mut record: Value) -> Value {
    let collect = &mut record["meta"]["collect"];
    for name in ["time", "seconds", "endpoint"] {
        collect[name] = Value::Null;
    }
    record
}

#[test]
fn a_killed_run_is_resumed_without_asking_twice_and_ends_the_same() {
    let (whole, broken) = (folder(), folder());
    let server = good_server();
    run(&whole, &v1(&server), &["--samples", "2"]).succeeds();
    // The fourth answer never comes; the run is killed while it waits.
    let slow = Server::with_models(&["made-up"], |request, number| match number {
        0..=2 => good(request.prompt()),
        _ => Reply(vec![Step::Pause(Duration::from_secs(60))]),
    });
    let arguments = collect(broken.path(), &v1(&slow), &["--samples", "2", "--concurrency", "2"]);
    let mut child = std::process::Command::new(arguments.get_program())
        .args(arguments.get_args())
        .current_dir(broken.path())
        .env_clear()
        .env("MY_KEY", KEY)
        .spawn()
        .unwrap();
    let begun = std::time::Instant::now();
    while records(&broken).len() < 3 {
        assert!(begun.elapsed() < Duration::from_secs(60), "three answers do not come");
        std::thread::sleep(Duration::from_millis(50));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // A crash in the middle of a line.
    let path = broken.path().join("t.jsonl");
    let text = fs::read_to_string(&path).unwrap() + "{\"id\":\"half";
    fs::write(&path, text).unwrap();
    let server = good_server();
    let resumed = run(&broken, &v1(&server), &["--samples", "2"]).succeeds();
    for words in ["12 of 12 answers", "3 of them from earlier runs; 9 requests", "was not whole"] {
        assert!(resumed.stderr.contains(words), "{words}: {}", resumed.stderr);
    }
    assert_eq!(server.prompts().len(), 9);
    let timeless = |folder| records(folder).into_iter().map(timeless).collect::<Vec<_>>();
    assert_eq!(timeless(&broken), timeless(&whole));
}

#[test]
fn keys_are_named_and_never_given() {
    let folder = folder();
    let server = good_server();
    let plain = |more: &[&str]| {
        let mut command = common::command();
        command
            .current_dir(folder.path())
            .env_clear()
            .env("OPENAI_API_KEY", KEY)
            .env("OTHER", "o-0123456789");
        command.args([
            "collect",
            "--endpoint",
            &v1(&server),
            "--model",
            "made-up",
            "--prompts",
            "prompts.jsonl",
        ]);
        Run::of(command.args(["-o", "k.jsonl", "--limit", "1"]).args(more))
    };
    plain(&["--key-env", "NOT_SET"]).fails(2, &["NOT_SET is not set"]);
    let given = plain(&["--key-env", "sk-given-by-mistake"]).fails(2, &["name of a variable"]);
    assert!(!given.stderr.contains("sk-given"), "{}", given.stderr);
    plain(&["--header", "X-Api-Key: secret-value"]).fails(2, &["env:VARIABLE"]);
    assert!(server.requests().is_empty());
    plain(&["--header", "X-Api-Key: env:OTHER", "--header", "x-title: mine"]).succeeds();
    for request in server.requests() {
        assert_eq!(request.header("x-api-key"), Some("o-0123456789"));
        assert_eq!(request.header("x-title"), Some("mine"));
        assert_eq!(request.header("authorization"), Some(format!("Bearer {KEY}").as_str()));
    }
    let text = fs::read_to_string(folder.path().join("k.jsonl")).unwrap();
    assert!(!text.contains(KEY) && !text.contains("o-0123456789"));
}

#[test]
fn another_file_is_not_written_on() {
    let (folder, server) = (folder(), good_server());
    run(&folder, &v1(&server), &["--limit", "1"]).succeeds();
    let before = fs::read(folder.path().join("t.jsonl")).unwrap();
    let more = ["--temperature", "1"];
    run(&folder, &v1(&server), &more)
        .fails(2, &["t.jsonl holds answers with other settings: temperature", "-o"]);
    write(&folder, "system.txt", "Be brief.");
    let told = run(&folder, &v1(&server), &["--system", "system.txt"])
        .fails(2, &["other settings: system"]);
    assert!(told.stderr.contains("changes the style"), "{}", told.stderr);
    assert_eq!(fs::read(folder.path().join("t.jsonl")).unwrap(), before);
    let asked = server.requests().len();
    fs::copy(folder.path().join("prompts.jsonl"), folder.path().join("t.jsonl")).unwrap();
    run(&folder, &v1(&server), &[]).fails(2, &["line 1", "no record that `collect` wrote"]);
    for (more, words) in [
        (["--prompts", "t.jsonl"], "is one of the files"),
        (["-o", "t.parquet"], "cannot be used multiple times"),
        (["--extra", "{oops"], "--extra is no JSON object"),
        (["--extra", "{\"model\": \"x\"}"], "may not set `model`"),
        (["--prompts", "no-such-set"], "there is no prompt set no-such-set"),
    ] {
        run(&folder, &v1(&server), &more).fails(2, &[words]);
    }
    assert_eq!(server.requests().len(), asked, "nothing is asked that cannot be kept");
}

#[test]
fn a_budget_ends_a_run_that_can_go_on() {
    let (folder, server) = (folder(), good_server());
    let first =
        run(&folder, &v1(&server), &["--max-requests", "4", "--concurrency", "1"]).succeeds();
    assert!(first.stderr.contains("the budget of 4 requests is spent"), "{}", first.stderr);
    assert_eq!((records(&folder).len(), server.prompts().len()), (4, 4));
    let second =
        run(&folder, &v1(&server), &["--max-cost-tokens", "25", "--concurrency", "1"]).succeeds();
    assert!(second.stderr.contains("the budget of 25 tokens is spent"), "{}", second.stderr);
    run(&folder, &v1(&server), &[]).succeeds();
    assert_eq!((records(&folder).len(), server.prompts().len()), (6, 6));
}

#[cfg(unix)]
#[test]
fn other_kinds_of_servers_are_asked_in_their_own_way() {
    for (api, list, operation, answer) in [
        (
            "anthropic",
            "/v1/models",
            "/v1/messages",
            json!({"type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn",
                "content": [{"type": "thinking", "thinking": "I add."}, {"type": "text", "text": "4"}],
                "usage": {"input_tokens": 1, "output_tokens": 2}}),
        ),
        (
            "gemini",
            "/v1beta/models",
            "/v1beta/models/made-up:streamGenerateContent?alt=sse",
            json!({"modelVersion": "m", "candidates": [{"finishReason": "STOP",
                "content": {"role": "model", "parts": [{"text": "I add.", "thought": true}, {"text": "4"}]}}],
                "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 2}}),
        ),
        (
            "ollama",
            "/api/tags",
            "/api/chat",
            json!({"model": "m", "done": true, "done_reason": "stop", "prompt_eval_count": 1, "eval_count": 2,
                "message": {"role": "assistant", "content": "4", "thinking": "I add."}}),
        ),
        (
            "responses",
            "/v1/models",
            "/v1/responses",
            json!({"object": "response", "id": "r", "model": "m", "status": "completed", "output": [
                {"type": "reasoning", "summary": [{"type": "summary_text", "text": "I add."}]},
                {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "4"}]}],
                "usage": {"input_tokens": 1, "output_tokens": 2}}),
        ),
    ] {
        let folder = folder();
        let server = Server::start(move |request, _| {
            if request.path == list {
                let name = if api == "ollama" { "made-up:latest" } else { "made-up" };
                return Reply::json(200, &json!({"models": [{"name": name}]}));
            }
            if request.path == operation {
                return Reply::json(200, &answer);
            }
            Reply::error(404, "Not Found")
        });
        let run = run(&folder, &server.address, &["--api", api, "--limit", "2"]).succeeds();
        assert!(run.stderr.contains("2 requests, 6 tokens"), "{api}: {}", run.stderr);
        for record in records(&folder) {
            assert_eq!(
                (&record["reasoning"], &record["answer"]),
                (&json!("I add."), &json!("4")),
                "{api}"
            );
        }
        let header = match api {
            "anthropic" => "x-api-key",
            "gemini" => "x-goog-api-key",
            _ => "authorization",
        };
        let asked = server.requests();
        assert!(
            asked.iter().all(|request| request.header(header).unwrap().ends_with(KEY)),
            "{api}"
        );
    }
}
