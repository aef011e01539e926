//! A release pipeline checks a checkpoint's traces by a policy.

#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;
mod mixtures;
mod outputs;
mod profiles;
mod rules;

use common::{Run, atlas, command, fixture, fixture_lines, write};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// `check` with the example's policy; contaminated or clean.
fn check(contaminated: bool, more: &[&str]) -> assert_cmd::Command {
    let mut check = command();
    // What the machine that runs the tests says of itself is not the test's.
    check.env_remove("GITHUB_ACTIONS").env_remove("GITHUB_STEP_SUMMARY");
    check.arg("check").arg("--policy").arg(fixture("gate/cotprint.toml"));
    check.arg(fixture("new-model.jsonl"));
    if contaminated {
        check.arg(fixture("gate/contamination.jsonl"));
    }
    check.arg("--atlas").arg(atlas()).arg("--quiet").args(more);
    check
}

fn with_policy(text: &str, more: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let policy = write(&folder, "p.toml", text);
    let mut check = command();
    check.env_remove("GITHUB_ACTIONS");
    check.arg("check").arg("--policy").arg(policy).arg(fixture("new-model.jsonl"));
    check.arg("--atlas").arg(atlas()).arg("--quiet").args(more);
    Run::of(&mut check)
}

fn rule<'a>(checked: &'a Value, id: &str) -> &'a Value {
    checked["rules"].as_array().unwrap().iter().find(|rule| rule["id"] == id).unwrap()
}
