//! What `--help` shows, as a whole. `INSTA_UPDATE=always cargo test --test help` writes it anew; read it
//! before it is committed.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Run, command, run};

/// Every verb.
const VERBS: [&str; 18] = [
    "compare",
    "audit",
    "explain",
    "check",
    "profile",
    "card",
    "score",
    "features",
    "tree",
    "ingest",
    "formats",
    "probes",
    "collect",
    "fit",
    "evaluate",
    "atlas",
    "completions",
    "man",
];

#[test]
fn the_program_lists_every_verb() {
    let help = run(["--help"]);
    for verb in VERBS {
        assert!(help.stdout.contains(&format!("\n  {verb} ")), "{verb}");
    }
    insta::assert_snapshot!("cotprint", help.seen());
}

#[test]
fn every_verb_has_its_own_options_first() {
    for verb in VERBS {
        insta::assert_snapshot!(verb, run([verb, "--help"]).seen());
        assert_eq!(run([verb, "--help"]).stdout, run([verb, "-h"]).stdout, "{verb}");
        assert_eq!(run(["help", verb]).stdout, run([verb, "--help"]).stdout, "{verb}");
    }
}

#[test]
fn topics_have_the_details() {
    insta::assert_snapshot!("help_reading", run(["help", "reading"]).seen());
    insta::assert_snapshot!("help_methods", run(["help", "methods"]).seen());
    insta::assert_snapshot!("help_profile_merge", run(["help", "profile", "merge"]).seen());
    insta::assert_snapshot!("help_probes_fetch", run(["help", "probes", "fetch"]).seen());
    insta::assert_snapshot!("help_probes_export", run(["help", "probes", "export"]).seen());
    insta::assert_snapshot!("help_nothing", run(["help", "nothing"]).seen());
    assert_eq!(run(["help"]).stdout, run(["--help"]).stdout);
}

#[test]
fn wrong_usage_names_the_option() {
    for (name, arguments) in [
        ("usage_no_input", &["compare"][..]),
        ("usage_unknown_option", &["score", "x.jsonl", "--atlass", "a"]),
        ("usage_unknown_verb", &["compair", "x.jsonl"]),
        ("usage_bad_size", &["ingest", "x.jsonl", "--max-record-bytes", "many"]),
        ("usage_bad_step", &["ingest", "x.jsonl", "--skip-cleaning", "all"]),
    ] {
        insta::assert_snapshot!(name, Run::of(command().args(arguments)).seen());
    }
}
