//! `cotprint collect` against servers that fail, lie or never end, and what it says of them.

#![cfg(feature = "collect")]
#![allow(clippy::unwrap_used)]

#[path = "common/asking.rs"]
mod asking;
mod common;
#[path = "common/server.rs"]
mod server;

use asking::{KEY, collect, folder, good, good_server, reasoning, records, run, v1};
use common::Run;
use serde_json::json;
use server::{Reply, Server, Step, chat, chat_events, chunk};
use std::{fs, time::Duration};

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
