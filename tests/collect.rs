//! `cotprint collect` against a scripted server: asking, resuming, and everything that goes wrong.

#![cfg(feature = "collect")]
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/server.rs"]
mod server;

use common::{Run, write};
use serde_json::{Value, json};
use server::{Reply, Server, Step, chat, chat_events, chunk};
use std::{fs, path::Path, time::Duration};
use tempfile::TempDir;

/// A key that must not be found anywhere.
const KEY: &str = "sk-made-up-0123456789";

const PROMPTS: [&str; 6] = [
    "How many legs do seven spiders have?",
    "Which is heavier, a litre of oil or a litre of water?",
    "Name a month with six letters.",
    "A rope of nine metres is cut in three. How long is a piece?",
    "What comes after Tuesday, two days later?",
    "How many corners has a cube?",
];

fn reasoning(prompt: &str) -> String {
    format!(
        "Let me think about it. The question is: {prompt} I go through it step by step, and then I check it."
    )
}

/// The answer that a good server gives.
fn good(prompt: &str) -> Reply {
    Reply::events(&chat_events("made-up-7b", &reasoning(prompt), "An answer.", "stop"), true)
}

/// A folder with a file of prompts.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<String> =
        PROMPTS.iter().map(|prompt| json!({"prompt": prompt}).to_string()).collect();
    write(&folder, "prompts.jsonl", lines.join("\n"));
    folder
}

/// The program in a folder, with a key in its environment.
fn collect(folder: &Path, endpoint: &str, more: &[&str]) -> assert_cmd::Command {
    let mut command = common::command();
    command.current_dir(folder).env_clear().env("MY_KEY", KEY).env("HOME", folder);
    command.args(["collect", "--endpoint", endpoint, "--model", "made-up", "-o", "t.jsonl"]);
    command.args(["--prompts", "prompts.jsonl", "--key-env", "MY_KEY"]).args(more);
    command
}

fn run(folder: &TempDir, endpoint: &str, more: &[&str]) -> Run {
    let run = Run::of(&mut collect(folder.path(), endpoint, more));
    assert!(!run.seen().contains(KEY), "the key is shown: {}", run.seen());
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            assert!(!text.contains(KEY), "the key is in {}", path.display());
        }
    }
    run
}

fn records(folder: &TempDir) -> Vec<Value> {
    let text = fs::read_to_string(folder.path().join("t.jsonl")).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A server that answers `/v1` well.
fn good_server() -> Server {
    Server::with_models(&["made-up", "other"], |request, _| good(request.prompt()))
}

fn v1(server: &Server) -> String {
    format!("{}/v1", server.address)
}

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
fn what_goes_wrong_for_a_while_is_asked_again() {
    let folder = folder();
    let events = chat_events("m", &reasoning("x"), "An answer.", "stop");
    let server = Server::with_models(&["made-up"], move |request, number| match number {
        0 => Reply::new(429, &[("retry-after", "1")], "slow down"),
        1 => Reply::error(429, "slow down"),
        2 => Reply::new(503, &[], "<html>busy</html>"),
        // A stream that breaks off in its middle, and one that just ends.
        3 => Reply::events(&events[..3], false),
        4 => Reply::new(200, &[], format!("data: {}\n\n", events[1])),
        5 => Reply(vec![Step::Send(b"HTTP/1.1 200 OK\r\ncontent-le".to_vec())]),
        6 => Reply::new(200, &[], ""),
        7 => Reply::new(200, &[], r#"{"error": {"code": 502, "message": "upstream is gone"}}"#),
        8 => Reply(vec![]),
        _ => good(request.prompt()),
    });
    let begun = std::time::Instant::now();
    run(
        &folder,
        &v1(&server),
        &["--concurrency", "1", "--limit", "2", "--retries", "9", "--backoff", "0.02"],
    )
    .succeeds();
    assert!(begun.elapsed() > Duration::from_secs(1), "the server asked to wait a second");
    assert_eq!(server.prompts().len(), 11);
    assert_eq!(records(&folder).len(), 2);
}

#[test]
fn odd_answers_are_read() {
    let folder = folder();
    let server = Server::with_models(&["made-up"], |request, number| {
        let text = reasoning(request.prompt());
        match number {
            // A wrong type, and no stream although one was asked for.
            0 => Reply::new(
                200,
                &[("content-type", "text/html")],
                chat(json!({"role": "assistant", "content": "4", "reasoning": text})).to_string(),
            ),
            // Half of the tags.
            1 => Reply::json(
                200,
                &chat(json!({"role": "assistant", "content": format!("{text}</think>4")})),
            ),
            // Ten megabytes.
            2 => Reply::json(
                200,
                &chat(
                    json!({"role": "assistant", "content": "4", "reasoning": format!("{text} ").repeat(80_000)}),
                ),
            ),
            // Slowly, with keep-alives, and with a connection that stays open after the last event.
            3 => {
                let mut steps = vec![Step::Send(server::STREAM.to_vec())];
                for event in chat_events("m", &text, "4", "stop") {
                    steps.push(Step::Send(chunk(": keep-alive\n\n")));
                    steps.push(Step::Pause(Duration::from_millis(100)));
                    steps.push(Step::Send(chunk(&format!("data: {event}\n\n"))));
                }
                steps.push(Step::Send(chunk("data: [DONE]\n\n")));
                steps.push(Step::Forever(chunk(": keep-alive\n\n"), Duration::from_millis(200)));
                Reply(steps)
            }
            // The limit of tokens.
            4 => Reply::events(&chat_events("m", &text, "", "length"), true),
            // Any line ends, no space behind `data:`.
            _ => {
                let events = chat_events("m", &text, "4", "stop");
                let lines: Vec<String> =
                    events.iter().map(|event| format!("data:{event}\r\n\r\n")).collect();
                Reply::new(200, &[], lines.concat())
            }
        }
    });
    let run = run(&folder, &v1(&server), &["--concurrency", "1"]).succeeds();
    assert!(run.stderr.contains("1 answers ended at the limit of tokens"), "{}", run.stderr);
    let records = records(&folder);
    assert_eq!(records.len(), 6);
    for record in &records {
        let text = record["reasoning"].as_str().unwrap();
        assert!(text.starts_with("Let me think") && !text.contains("think>"), "{text}");
    }
    assert!(records[2]["reasoning"].as_str().unwrap().len() > 8 << 20);
}

#[test]
fn an_answer_that_never_ends_is_given_up() {
    let folder = folder();
    let server = Server::with_models(&["made-up"], |_, _| {
        let keep_alive = Step::Forever(chunk(": keep-alive\n\n"), Duration::from_millis(50));
        Reply(vec![Step::Send(server::STREAM.to_vec()), keep_alive])
    });
    let more = ["--limit", "1", "--timeout", "1", "--retries", "1", "--backoff", "0.1"];
    run(&folder, &v1(&server), &more)
        .fails(2, &["1 of 1 answers of made-up are missing", "asks for the rest"]);
    assert!(records(&folder).is_empty());
}

#[test]
fn answers_without_reasoning_cost_three_requests_and_are_explained() {
    let folder = folder();
    let server = Server::start(|request, _| match request.method.as_str() {
        "GET" => Reply::json(200, &json!({"data": [{"id": "made-up", "owned_by": "vllm"}]})),
        _ => Reply::json(200, &chat(json!({"role": "assistant", "content": "An answer."}))),
    });
    run(&folder, &v1(&server), &["--concurrency", "6"]).fails(
        2,
        &[
            "first 3 answers of made-up hold no reasoning",
            "vLLM",
            "--reasoning-parser",
            "--without-reasoning",
        ],
    );
    assert_eq!(server.prompts().len(), 3);
    assert!(records(&folder).is_empty(), "they are asked again once the server is set right");
    let kept = run(&folder, &v1(&server), &["--without-reasoning"]).succeeds();
    assert!(kept.stderr.contains("6 answers hold no reasoning"), "{}", kept.stderr);
    let path = folder.path().join("t.jsonl");
    let read = common::run(["ingest", "--text", "answer", path.to_str().unwrap()]).succeeds();
    assert!(read.seen().contains("made-up"), "{}", read.seen());
}

#[test]
fn what_will_not_go_well_ends_in_a_sentence() {
    let folder = folder();
    let other = good_server();
    let elsewhere = format!("{}/v1/chat/completions", other.address);
    for (script, words) in [
        (
            Reply::error(401, &format!("Incorrect API key provided: {KEY}")),
            &["status 401", "came from MY_KEY", "[key]"][..],
        ),
        (Reply::error(402, "no credit"), &["status 402", "no credit"]),
        (
            Reply::error(404, "The model `made-up` does not exist"),
            &["has no model made-up", "it has made-up, b"],
        ),
        (Reply::error(429, "You exceeded your current quota"), &["status 429", "quota"]),
        (
            Reply::new(200, &[], "<!doctype html><title>Sign in</title>"),
            &["page for browsers", "--endpoint"],
        ),
        (Reply::new(404, &[], "Not Found"), &["it answers 404", "/chat/completions"]),
        (
            Reply::new(307, &[("location", &elsewhere)], ""),
            &["another server", "keys are not sent there"],
        ),
        (Reply::new(308, &[("location", "/v2/x")], ""), &["sends requests on to", "/v2/x"]),
        (Reply::new(429, &[("retry-after", "86400")], "tomorrow"), &["asks to wait 86400 seconds"]),
    ] {
        let script = std::sync::Mutex::new(Some(script));
        let server = Server::with_models(&["made-up", "b"], move |_, _| {
            script.lock().unwrap().take().unwrap_or_else(|| Reply::new(500, &[], "once only"))
        });
        let more = ["--concurrency", "1", "--backoff", "0.1"];
        run(&folder, &v1(&server), &more).fails(2, words);
        assert_eq!(server.prompts().len(), 1, "{words:?}");
    }
    assert!(other.requests().is_empty(), "nothing was sent to the other server");
}

#[test]
fn addresses_and_models_that_are_wrong_are_put_right_or_named() {
    let folder = folder();
    let server = good_server();
    // The prefix is missing, or there twice, or the whole path of the operation is given.
    for given in ["", "/v1/v1", "/v1/chat/completions"] {
        let endpoint = format!("{}{given}", server.address);
        let run = run(&folder, &endpoint, &["--limit", "1"]).succeeds();
        fs::remove_file(folder.path().join("t.jsonl")).unwrap();
        if given != "/v1/chat/completions" {
            assert!(
                run.stderr.contains(&format!("{}/v1 has one and is asked", server.address)),
                "{}",
                run.stderr
            );
        }
    }
    let server = Server::with_models(&["a/b", "c"], |request, _| good(request.prompt()));
    run(&folder, &v1(&server), &[])
        .fails(2, &["has no model made-up; it has a/b, c", "--unlisted"]);
    assert!(server.prompts().is_empty());
    run(&folder, &v1(&server), &["--unlisted", "--limit", "1"]).succeeds();

    for (endpoint, words) in [
        ("127.0.0.1:8000/v1", &["no scheme", "http://127.0.0.1:8000/v1"][..]),
        ("http://127.0.0.1:9/v1", &["does not answer", "--endpoint"]),
        ("http://no-such-host.invalid/v1", &["does not answer"]),
        (&server.address.replace("http", "https"), &["does not answer"]),
        (&format!("http://me:{KEY}@h/v1"), &["name and password"]),
    ] {
        run(&folder, endpoint, &["--retries", "0"]).fails(2, words);
    }
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

#[test]
fn what_one_prompt_cannot_have_the_others_get() {
    let folder = folder();
    let server = Server::with_models(&["made-up"], |request, _| match request.prompt() {
        "Name a month with six letters." => Reply::error(400, "maximum context length is 8 tokens"),
        prompt => good(prompt),
    });
    run(&folder, &v1(&server), &[])
        .fails(2, &["1 of 6 answers", "maximum context length", "asks for the rest"]);
    assert_eq!(records(&folder).len(), 5);
    // Where nothing goes well, not all is tried.
    let server = Server::with_models(&["made-up"], |_, _| Reply::error(400, "no"));
    let other = self::folder();
    run(&other, &v1(&server), &["--concurrency", "1"])
        .fails(2, &["5 requests in a row failed", "status 400: no"]);
    assert_eq!(server.prompts().len(), 5);
}

#[test]
fn requests_are_made_without_what_a_server_refuses() {
    let folder = folder();
    let server = Server::with_models(&["made-up"], |request, _| {
        let has = |name: &str| request.body.get(name).is_some();
        match () {
            () if has("stream_options") => Reply::error(400, "Unknown parameter: 'stream_options'"),
            () if has("max_tokens") => Reply::error(
                400,
                "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
            ),
            () if has("temperature") => Reply::error(400, "'temperature' does not support 0.5"),
            () => good(request.prompt()),
        }
    });
    let more = ["--concurrency", "1", "--max-tokens", "99", "--temperature", "0.5"];
    run(&folder, &v1(&server), &more).succeeds();
    assert_eq!(server.prompts().len(), 9);
    assert_eq!(records(&folder)[5]["request"]["max_completion_tokens"], 99);
}

#[cfg(unix)]
#[test]
fn a_full_disk_keeps_what_is_whole() {
    let (folder, server) = (folder(), good_server());
    let arguments = collect(folder.path(), &v1(&server), &["--concurrency", "1"]);
    // A file may have 4 blocks of 512 or 1024 bytes: a few records.
    let script = "trap '' XFSZ; ulimit -f 4; exec \"$0\" \"$@\"";
    let run = Run::of(
        assert_cmd::Command::new("sh")
            .args(["-c", script])
            .arg(arguments.get_program())
            .args(arguments.get_args())
            .current_dir(folder.path())
            .env("MY_KEY", KEY),
    );
    run.fails(2, &["cannot write", "disk has room"]);
    let kept = records(&folder).len();
    assert!((1..6).contains(&kept), "{kept}");
    self::run(&folder, &v1(&server), &[]).succeeds();
    assert_eq!(records(&folder).len(), 6);
}

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
