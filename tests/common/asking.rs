//! What the tests of `collect` share: prompts, a folder, the program with a key, and a server that
//! answers well.

// Every test binary uses its own part of this.
#![allow(dead_code, clippy::unwrap_used)]

use crate::{
    common::{self, Run, write},
    server::{Reply, Server, chat_events},
};
use serde_json::{Value, json};
use std::{fs, path::Path};
use tempfile::TempDir;

/// A key that must not be found anywhere.
pub const KEY: &str = "sk-made-up-0123456789";

pub const PROMPTS: [&str; 6] = [
    "How many legs do seven spiders have?",
    "Which is heavier, a litre of oil or a litre of water?",
    "Name a month with six letters.",
    "A rope of nine metres is cut in three. How long is a piece?",
    "What comes after Tuesday, two days later?",
    "How many corners has a cube?",
];

pub fn reasoning(prompt: &str) -> String {
    format!(
        "Let me think about it. The question is: {prompt} I go through it step by step, and then I check it."
    )
}

/// The answer that a good server gives.
pub fn good(prompt: &str) -> Reply {
    Reply::events(&chat_events("made-up-7b", &reasoning(prompt), "An answer.", "stop"), true)
}

/// A folder with a file of prompts.
pub fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<String> =
        PROMPTS.iter().map(|prompt| json!({"prompt": prompt}).to_string()).collect();
    write(&folder, "prompts.jsonl", lines.join("\n"));
    folder
}

/// The program in a folder, with a key in its environment.
pub fn collect(folder: &Path, endpoint: &str, more: &[&str]) -> assert_cmd::Command {
    let mut command = common::command();
    command.current_dir(folder).env_clear().env("MY_KEY", KEY).env("HOME", folder);
    command.args(["collect", "--endpoint", endpoint, "--model", "made-up", "-o", "t.jsonl"]);
    command.args(["--prompts", "prompts.jsonl", "--key-env", "MY_KEY"]).args(more);
    command
}

pub fn run(folder: &TempDir, endpoint: &str, more: &[&str]) -> Run {
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

pub fn records(folder: &TempDir) -> Vec<Value> {
    let text = fs::read_to_string(folder.path().join("t.jsonl")).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A server that answers `/v1` well.
pub fn good_server() -> Server {
    Server::with_models(&["made-up", "other"], |request, _| good(request.prompt()))
}

pub fn v1(server: &Server) -> String {
    format!("{}/v1", server.address)
}
