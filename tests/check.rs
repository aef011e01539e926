//! A release pipeline checks a checkpoint's traces by a policy.

#![allow(clippy::unwrap_used)]

mod common;

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

#[test]
fn the_clean_checkpoint_passes_and_the_contaminated_one_fails() {
    let clean = Run::of(&mut check(false, &["--json"])).succeeds().json();
    assert_eq!(clean["passed"], true, "{clean}");
    assert_eq!(rule(&clean, "not-ponder")["outcome"], "passed", "{clean}");
    assert_eq!(rule(&clean, "enough")["outcome"], "passed");

    let failed =
        Run::of(&mut check(true, &["--json"])).fails(1, &["The check failed", "not-ponder"]);
    let found = failed.json();
    assert_eq!(found["passed"], false);
    let broken = rule(&found, "not-ponder");
    assert_eq!(
        (broken["outcome"].as_str(), broken["level"].as_str()),
        (Some("failed"), Some("error"))
    );
    let condition = &broken["conditions"][0];
    assert!(condition["low"].as_f64().unwrap() > 0.20, "{condition}");
    let first = &condition["offenders"][0];
    assert!(first["id"].as_str().unwrap().starts_with("mixed:"), "{first}");
    let lines = fixture_lines("gate/contamination.jsonl");
    let line = lines[first["line"].as_u64().unwrap() as usize - 1].clone();
    assert!(line.contains(first["id"].as_str().unwrap()), "the line is that of the record");
}

#[test]
fn a_person_reads_a_table_of_eighty_columns() {
    let clean = Run::of(&mut check(false, &[])).succeeds().stdout;
    assert!(clean.starts_with("The check passed"), "{clean}");
    let failed = Run::of(&mut check(true, &[])).fails(1, &[]).stdout;
    for words in
        ["failed", "not-ponder", "share of acme/ponder-1", "The data set of ponder-1", "line "]
    {
        assert!(failed.contains(words), "{words}: {failed}");
    }
    assert!(failed.lines().all(|line| line.chars().count() <= 80), "{failed}");
}

/// Checks with every output into a folder.
fn all_outputs(contaminated: bool) -> (tempfile::TempDir, Run) {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (junit, sarif, gitlab, markdown, report) =
        (at("a.xml"), at("a.sarif"), at("a.gitlab.json"), at("a.md"), at("report"));
    let more = [
        "--junit",
        &junit,
        "--sarif",
        &sarif,
        "--gitlab",
        &gitlab,
        "--markdown",
        &markdown,
        "--report",
        &report,
        "--json",
    ];
    let run = Run::of(&mut check(contaminated, &more));
    (folder, run)
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

fn json(folder: &Path, name: &str) -> Value {
    serde_json::from_str(&read(folder, name)).unwrap()
}

#[test]
fn every_output_passes_on_the_clean_one() {
    let (folder, run) = all_outputs(false);
    run.succeeds();
    let at = folder.path();
    let xml = read(at, "a.xml");
    assert!(xml.contains("failures=\"0\"") && !xml.contains("<failure"), "{xml}");
    let sarif = json(at, "a.sarif");
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert!(results.iter().all(|result| result["level"] != "error"), "{sarif}");
    let gitlab = json(at, "a.gitlab.json");
    assert!(gitlab.as_array().unwrap().iter().all(|f| f["severity"] != "critical"), "{gitlab}");
    assert!(read(at, "a.md").contains("The check passed"));
    let page = read(at, "report/report.html");
    assert!(page.contains("The check passed") && page.contains("cumulus/quill-3"));
}

#[test]
fn every_output_fails_on_the_contaminated_one() {
    let (folder, run) = all_outputs(true);
    let stdout = run.fails(1, &[]).json();
    let at = folder.path();
    assert_eq!(json(at, "report/check.json"), stdout);

    let xml = read(at, "a.xml");
    assert!(xml.contains("failures=\"1\""), "{xml}");
    assert!(xml.contains("<testcase name=\"not-ponder\" classname=\"cotprint.forbid\""), "{xml}");
    assert!(!xml.contains("timestamp"), "a report with a time in it differs from run to run");

    let gitlab = json(at, "a.gitlab.json");
    let finding = gitlab.as_array().unwrap().iter().find(|f| f["severity"] == "critical").unwrap();
    assert_eq!(finding["check_name"], "cotprint/not-ponder");
    assert!(finding["location"]["path"].as_str().unwrap().ends_with("contamination.jsonl"));
    assert!(finding["location"]["lines"]["begin"].as_u64().unwrap() >= 1);
    assert_eq!(finding["fingerprint"].as_str().unwrap().len(), 32);

    let markdown = read(at, "a.md");
    assert!(markdown.contains("| **failed** | `not-ponder` (error) |"), "{markdown}");
    // One page: the rules, then the comparison with all that a report shows.
    let page = read(at, "report/report.html");
    let places = [
        "<h1>The check failed",
        "id=\"h-rules\"",
        "<th scope=\"row\">not-ponder",
        "id=\"h-ranking\"",
        "id=\"h-examples\"",
        "cotprint check --policy",
    ]
    .map(|part| page.find(part).unwrap_or_else(|| panic!("the page lacks {part}")));
    assert!(places.is_sorted(), "{places:?}");
    assert!(!at.join("report/check.html").exists());
    assert!(
        !page.contains("<script") && page.contains("default-src &#x27;none&#x27;"),
        "a policy against scripts"
    );
    // No part of a run is left over.
    let left: Vec<PathBuf> = fs::read_dir(at).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!left.iter().any(|path| path.display().to_string().contains("partial")), "{left:?}");
}

#[test]
fn sarif_is_valid_and_its_fingerprints_stay() {
    // A pattern of the published schema has a bracket too many, which is no regular expression.
    let text = include_str!("schemas/sarif-2.1.0.json").replace("{2}]?$", "{2}$");
    let schema: Value = serde_json::from_str(&text).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for contaminated in [false, true] {
        let (folder, _) = all_outputs(contaminated);
        let log = json(folder.path(), "a.sarif");
        let errors: Vec<String> = schema.iter_errors(&log).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}\n{log}");
        let (again, _) = all_outputs(contaminated);
        assert_eq!(read(folder.path(), "a.sarif"), read(again.path(), "a.sarif"));
    }
    // A run over other records has other figures and the same fingerprint.
    let (folder, _) = all_outputs(true);
    let found = |log: &Value| {
        let results = log["runs"][0]["results"].as_array().unwrap().clone();
        results.into_iter().find(|result| result["ruleId"] == "not-ponder").unwrap()
    };
    let one = found(&json(folder.path(), "a.sarif"));
    let sarif = folder.path().join("b.sarif");
    let mut other = check(true, &["--sarif"]);
    Run::of(other.arg(&sarif).arg(fixture("traces/ponder-1.jsonl"))).fails(1, &[]);
    let other = found(&json(folder.path(), "b.sarif"));
    assert_ne!(one["message"], other["message"]);
    assert_eq!(one["partialFingerprints"], other["partialFingerprints"]);
    assert_eq!(one["level"], "error");
    let place = &one["locations"][0]["physicalLocation"];
    assert!(place["region"]["startLine"].as_u64().unwrap() >= 1, "{one}");
    assert!(place["artifactLocation"]["uri"].as_str().unwrap().ends_with("contamination.jsonl"));
}

#[test]
fn junit_is_valid_by_the_schema_that_jenkins_enforces() {
    let schema = uppsala::parse(include_str!("schemas/junit-10.xsd")).unwrap();
    let schema = uppsala::XsdValidator::from_schema(&schema).unwrap();
    let errors = |xml: &str| {
        let errors = schema.validate(&uppsala::parse(xml).unwrap());
        errors.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    for contaminated in [false, true] {
        let (folder, _) = all_outputs(contaminated);
        let xml = read(folder.path(), "a.xml");
        assert_eq!(errors(&xml), [""; 0], "{xml}");
        // What is counted is there.
        assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"), "{xml}");
        assert_eq!(xml.matches("<testcase ").count(), 4);
        assert!(xml.contains("tests=\"4\" "), "{xml}");
        assert_eq!(xml.matches("<failure ").count(), usize::from(contaminated));
        // The schema is no empty one.
        assert_ne!(errors(&xml.replace("<testcase name=", "<testcase title=")), [""; 0]);
        assert_ne!(
            errors(&xml.replace("<system-out>", "<output>").replace("</system-out>", "</output>")),
            [""; 0]
        );
    }
    // A rule that is skipped, and hostile text in a message of the policy.
    let folder = tempfile::tempdir().unwrap();
    let junit = folder.path().join("a.xml").display().to_string();
    let policy = "[[forbid]]\nid = \"near\"\nreference = \"cumulus/quill-3\"\nshare = 0.9\nseverity = \"note\"\nmessage = \"</failure>]]>\\u0007&\"\n\
                  [[forbid]]\nid = \"gone\"\nreference = \"cumulus/quill-3\"\nshare = 0.01\nmessage = \"]]></failure>\\u0007&\"\n";
    with_policy(policy, &["--junit", &junit]).fails(1, &["gone"]);
    let xml = read(folder.path(), "a.xml");
    assert!(xml.contains("<skipped ") && xml.contains("<failure "), "{xml}");
    assert_eq!(errors(&xml), [""; 0], "{xml}");
}

#[test]
fn gitlab_gets_what_it_asks_for() {
    for contaminated in [false, true] {
        let (folder, _) = all_outputs(contaminated);
        let findings = json(folder.path(), "a.gitlab.json");
        let findings = findings.as_array().unwrap();
        assert_eq!(findings.iter().any(|one| one["severity"] == "critical"), contaminated);
        let mut fingerprints: Vec<&str> = Vec::new();
        for one in findings {
            let text = |pointer: &str| one.pointer(pointer).and_then(Value::as_str).unwrap();
            for pointer in ["/description", "/check_name", "/location/path"] {
                assert!(!text(pointer).trim().is_empty(), "{pointer}: {one}");
            }
            let severities = ["info", "minor", "major", "critical", "blocker"];
            assert!(severities.contains(&text("/severity")), "{one}");
            assert!(!text("/location/path").starts_with("./"), "{one}");
            assert!(one["location"]["lines"]["begin"].as_u64().unwrap() >= 1, "{one}");
            fingerprints.push(text("/fingerprint"));
        }
        fingerprints.sort_unstable();
        fingerprints.dedup();
        assert_eq!(fingerprints.len(), findings.len(), "a fingerprint is of one finding");
    }
}

#[test]
fn github_gets_annotations_and_a_summary_and_no_commands_from_traces() {
    let folder = tempfile::tempdir().unwrap();
    let summary = folder.path().join("summary.md");
    let mut run = check(true, &[]);
    run.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary);
    let failed =
        Run::of(&mut run).fails(1, &["::error file=", "title=cotprint%3A not-ponder failed::"]);
    assert!(failed.stdout.starts_with("::stop-commands::"), "{}", failed.stdout);
    let token = failed.stdout.lines().next().unwrap().strip_prefix("::stop-commands::").unwrap();
    assert_eq!(failed.stdout.lines().last().unwrap(), format!("::{token}::"));
    assert!(fs::read_to_string(summary).unwrap().contains("not-ponder"));
}

#[test]
fn hostile_names_stay_text_in_every_output() {
    let folder = tempfile::tempdir().unwrap();
    let lines = fixture_lines("gate/contamination.jsonl");
    let hostile = "x|`<script>alert(1)</script>`\u{1b}[31m\n::error::a @someone [b](http://c)";
    let records: Vec<String> = lines
        .iter()
        .map(|line| {
            let mut record: Value = serde_json::from_str(line).unwrap();
            record["id"] = hostile.into();
            record.to_string()
        })
        .collect();
    let input = write(&folder, "in.jsonl", records.join("\n"));
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (junit, sarif, gitlab, markdown, report) =
        (at("a.xml"), at("a.sarif"), at("a.gl"), at("a.md"), at("r"));
    let mut run = check(
        true,
        &[
            "--junit",
            &junit,
            "--sarif",
            &sarif,
            "--gitlab",
            &gitlab,
            "--markdown",
            &markdown,
            "--report",
            &report,
        ],
    );
    let failed = Run::of(run.arg(input).env("GITHUB_ACTIONS", "true")).fails(1, &[]);
    for (name, text) in [
        ("stdout", failed.stdout.clone()),
        ("stderr", failed.stderr.clone()),
        ("junit", read(folder.path(), "a.xml")),
        ("sarif", read(folder.path(), "a.sarif")),
        ("markdown", read(folder.path(), "a.md")),
        ("page", read(folder.path(), "r/report.html")),
    ] {
        assert!(!text.contains('\u{1b}'), "{name}");
        // The runner reads no commands between the fences of standard output.
        if name == "stdout" {
            continue;
        }
        let commands =
            text.lines().filter(|line| line.trim_start().starts_with("::error::")).count();
        assert_eq!(commands, 0, "{name}");
        if ["junit", "page"].contains(&name) {
            assert!(!text.contains("<script"), "{name}");
        }
    }
    let markdown = read(folder.path(), "a.md");
    assert!(markdown.contains("alert(1)"), "{markdown}");
    // What names the record is one code span: no second backtick opens HTML or a mention.
    let line = markdown.lines().find(|line| line.contains("alert(1)")).unwrap();
    assert_eq!(line.matches('`').count(), 2, "{line}");
}

#[test]
fn what_cannot_be_told_says_so_and_the_policy_says_what_comes_of_it() {
    // Where two models are mixed, the share of one is well within the interval of itself.
    let mixed = fixture("gate/contamination.jsonl").display().to_string();
    let share = {
        let found = Run::of(&mut check(true, &["--json"])).json();
        rule(&found, "still-quill")["conditions"][0]["value"].as_f64().unwrap()
    };
    let policy = |how: &str| {
        let bound = share - 0.01;
        format!(
            "[[expect]]\nid = \"near\"\nreference = \"cumulus/quill-3\"\nshare = {bound}\non_inconclusive = \"{how}\"\n"
        )
    };
    let warned = with_policy(&policy("warn"), &[&mixed, "--json"]).succeeds().json();
    let near = rule(&warned, "near");
    assert_eq!(
        (near["outcome"].as_str(), near["level"].as_str()),
        (Some("cannot_tell"), Some("warning"))
    );
    assert_eq!(
        rule(&with_policy(&policy("pass"), &[&mixed, "--json"]).succeeds().json(), "near")["level"],
        Value::Null
    );
    with_policy(&policy("fail"), &[&mixed]).fails(1, &["near"]);
    let text = with_policy(&policy("warn"), &[&mixed]).succeeds().stdout;
    assert!(text.contains("would decide") || text.contains("too close to its bound"), "{text}");
}

#[test]
fn a_rule_may_be_about_some_prompts_only() {
    let some = with_policy(
        "[[require]]\nid = \"a\"\nprompts = 1\nonly = { domain = \"arithmetic\" }\n\
         [[require]]\nid = \"b\"\ntraces = 1\nonly = { prompts = \"handsha*\" }\n\
         [[require]]\nid = \"c\"\ntraces = 1\nonly = { prompts = \"none-*\" }\nseverity = \"note\"\n",
        &["--json"],
    )
    .succeeds()
    .json();
    let value = |id: &str| rule(&some, id)["conditions"][0]["value"].as_f64().unwrap();
    assert!((1.0..30.0).contains(&value("a")), "{some}");
    assert_eq!((value("b"), value("c")), (1.0, 0.0));
    assert_eq!(rule(&some, "c")["level"], "note");
}

#[test]
fn the_same_seed_gives_the_same_bytes_with_any_number_of_threads() {
    let one = Run::of(&mut check(true, &["--json", "--threads", "1"])).stdout;
    let three = Run::of(&mut check(true, &["--json", "--threads", "3"])).stdout;
    assert_eq!(one, three);
}

#[test]
fn a_profile_stands_for_the_baseline() {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("release.profile");
    let policy = write(
        &folder,
        "p.toml",
        "[[drift]]\nid = \"steady\"\nsize = 0.5\nnot_towards = \"acme/ponder-1\"\nchange = 0.3\n\
         [[expect]]\nid = \"us\"\nsimilarity = 0.3\n",
    );
    let make = |input: &str, to: &Path| {
        Run::of(
            command()
                .args(["profile", "--quiet", "--atlas"])
                .arg(atlas())
                .arg(fixture(input))
                .arg("-o")
                .arg(to),
        )
    };
    make("new-model.jsonl", &profile).succeeds();
    let text = fs::read(&profile).unwrap();
    assert!(!String::from_utf8_lossy(&text).contains("handshakes"), "no prompt's name is in it");
    let run = |input: &str, baseline: &Path| {
        Run::of(
            command()
                .arg("check")
                .arg("--policy")
                .arg(&policy)
                .arg(fixture(input))
                .arg("--atlas")
                .arg(atlas())
                .arg("--baseline")
                .arg(baseline)
                .args(["--json", "--quiet"]),
        )
    };
    // The profile and the traces that it was made of give the same figures, up to rounding.
    let by_profile = run("new-model.jsonl", &profile).succeeds().json();
    let by_traces = run("new-model.jsonl", &fixture("new-model.jsonl")).succeeds().json();
    for (id, at) in [("steady", 0), ("steady", 1), ("us", 0)] {
        let value = |found: &Value| rule(found, id)["conditions"][at]["value"].as_f64().unwrap();
        let (one, two) = (value(&by_profile), value(&by_traces));
        assert!((one - two).abs() < 0.05, "{id} {at}: {one} {two}");
    }
    assert_eq!(rule(&by_profile, "steady")["outcome"], "passed", "{by_profile}");
    // Another model is far away.
    let ponder = run("traces/ponder-1.jsonl", &profile);
    let found = ponder.json();
    assert_eq!(rule(&found, "steady")["outcome"], "failed", "{found}");

    // Profiles add up to that of all traces.
    let other = folder.path().join("other.profile");
    make("gate/contamination.jsonl", &other).succeeds();
    let both = folder.path().join("both.profile");
    let merged = Run::of(
        command().args(["profile", "merge"]).arg(&profile).arg(&other).arg("-o").arg(&both),
    )
    .succeeds();
    assert!(
        merged.stderr.contains("50 traces on 30 prompts") || merged.stderr.contains("50 traces on"),
        "{}",
        merged.stderr
    );
    run("new-model.jsonl", &both);

    // A damaged one is refused: exit code 2.
    let mut bytes = fs::read(&profile).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    let damaged = write(&folder, "bad.profile", bytes);
    run("new-model.jsonl", &damaged).fails(2, &["bad.profile", "checksum"]);
    // One of another atlas, too.
    let size = write(&folder, "size.toml", "[[drift]]\nid = \"a\"\nsize = 0.5\n");
    let mut embedded = command();
    embedded.args(["check", "--quiet", "--policy"]).arg(size).arg(fixture("new-model.jsonl"));
    Run::of(embedded.arg("--baseline").arg(&profile))
        .fails(2, &["release.profile", "cotprint profile"]);
}

#[test]
fn a_card_tells_the_verdict_and_its_limits() {
    let card = Run::of(
        command()
            .arg("card")
            .arg(fixture("new-model.jsonl"))
            .arg("--atlas")
            .arg(atlas())
            .arg("--quiet"),
    )
    .succeeds()
    .stdout;
    for words in [
        "## Style of the reasoning traces",
        "| `cumulus/quill-3` |",
        "What this cannot say",
        "Style is evidence",
    ] {
        assert!(card.contains(words), "{words}: {card}");
    }
    assert!(!card.contains("trained on") && !card.contains("distilled"), "{card}");
}

#[test]
fn a_policy_is_written_to_begin_with_and_none_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let init = || Run::of(command().args(["check", "--init"]).current_dir(folder.path()));
    init().succeeds();
    let text = read(folder.path(), "cotprint.toml");
    assert!(text.contains("[[forbid]]"));
    init().fails(2, &["cotprint.toml", "not there yet"]);
    // It can be used as it is: with the embedded atlas it decides (30 traces are too few for it).
    let used = Run::of(
        command()
            .args(["check", "--quiet", "--json"])
            .arg(fixture("new-model.jsonl"))
            .current_dir(folder.path())
            .env_remove("GITHUB_ACTIONS"),
    );
    let used = used.fails(1, &["enough"]).json();
    let not_r1 = &rule(&used, "not-r1")["conditions"][0];
    assert_eq!(not_r1["outcome"], "passed", "{used}");
    // It is a policy by the schema.
    let schema: Value = serde_json::from_str(include_str!("../docs/policy.schema.json")).unwrap();
    let table: toml::Table = toml::from_str(&text).unwrap();
    let value = serde_json::to_value(table).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&value).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    assert!(!validator.is_valid(&serde_json::json!({ "forbit": [] })));
}

#[test]
fn a_failure_of_the_tool_is_neither_passed_nor_failed() {
    let folder = tempfile::tempdir().unwrap();
    let empty = write(&folder, "empty.jsonl", "");
    let forbid =
        |name: &str| format!("[[forbid]]\nid = \"a\"\nreference = \"{name}\"\nshare = 0.1\n");
    with_policy(&forbid("acme/ponder-2"), &[]).fails(2, &["line 1", "did you mean acme/ponder-1"]);
    with_policy("[[forbit]]\n", &[]).fails(2, &["`forbit`", "`forbid`"]);
    with_policy(
        "[[forbid]]\nid = \"a\"\nreference = \"cumulus/quill-3\"\nshare = 0.1\n\
         [[expect]]\nid = \"b\"\nreference = \"cumulus/quill-3\"\nshare = 0.5\n",
        &[],
    )
    .fails(2, &["contradict"]);
    with_policy("[[drift]]\nid = \"a\"\nsize = 0.5\n", &[]).fails(2, &["--baseline"]);
    let missing = Run::of(
        command().args(["check", "--policy", "nowhere.toml"]).arg(fixture("new-model.jsonl")),
    );
    missing.fails(2, &["nowhere.toml", "--init"]);
    // Places that cannot be written, before the long run.
    let under_a_file = empty.join("a.xml").display().to_string();
    for option in ["--junit", "--sarif", "--gitlab", "--markdown"] {
        Run::of(&mut check(false, &[option, &under_a_file])).fails(2, &["cannot write", option]);
    }
    Run::of(&mut check(false, &["--report", &under_a_file])).fails(2, &["report folder"]);
    // Too little to judge is a code of its own.
    let only = |input: &Path| {
        let mut run = command();
        run.arg("check").arg("--policy").arg(fixture("gate/cotprint.toml")).arg(input);
        Run::of(run.arg("--atlas").arg(atlas()))
    };
    let nothing = only(&empty);
    assert!([2, 3].contains(&nothing.code), "{}", nothing.stderr);
    assert!(nothing.stderr.contains("empty.jsonl"), "{}", nothing.stderr);
    let two = fixture_lines("new-model.jsonl")[..2].join("\n");
    only(&write(&folder, "two.jsonl", two)).fails(3, &["Too little text"]);
}

#[test]
fn two_runs_at_once_in_one_folder_leave_whole_files() {
    let folder = tempfile::tempdir().unwrap();
    let sarif = folder.path().join("a.sarif").display().to_string();
    // Learned before, so that both begin together.
    atlas();
    std::thread::scope(|scope| {
        for contaminated in [false, true] {
            let sarif = &sarif;
            scope.spawn(move || Run::of(&mut check(contaminated, &["--sarif", sarif])));
        }
    });
    let log = json(folder.path(), "a.sarif");
    assert_eq!(log["version"], "2.1.0");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_rule_never_passes_because_what_it_measures_by_was_left_out() {
    for (rule, step) in [
        ("[[quality]]\nid = \"q\"\nduplicates = 0.1\n", "duplicates"),
        ("[[quality]]\nid = \"q\"\nrefusals = 0.1\n", "refusals"),
        ("[[quality]]\nid = \"q\"\nself_naming = 0.1\n", "names"),
        ("[[require]]\nid = \"q\"\nlanguages = { eng = 1 }\n", "language"),
    ] {
        with_policy(rule, &["--skip-cleaning", step])
            .fails(2, &["--skip-cleaning", "rule q", "line 1"]);
        with_policy(rule, &["--skip-cleaning", "prompt-quotes"]).succeeds();
    }
}

#[test]
fn languages_count_whatever_code_a_record_declares_them_by() {
    let folder = tempfile::tempdir().unwrap();
    let records: Vec<String> = fixture_lines("new-model.jsonl")
        .iter()
        .map(|line| {
            let mut record: Value = serde_json::from_str(line).unwrap();
            record["meta"]["language"] = "en-GB".into();
            record.to_string()
        })
        .collect();
    let input = write(&folder, "in.jsonl", records.join("\n"));
    let policy = write(
        &folder,
        "p.toml",
        "[[require]]\nid = \"a\"\nlanguages = { eng = 25 }\n\
         [[quality]]\nid = \"b\"\nlanguages = { English = 0.1 }\n",
    );
    let mut check = command();
    check.arg("check").arg("--policy").arg(policy).arg(input);
    let found =
        Run::of(check.arg("--atlas").arg(atlas()).args(["--quiet", "--json"])).fails(1, &[]);
    let found = found.json();
    assert_eq!(rule(&found, "a")["outcome"], "passed", "{found}");
    assert_eq!(rule(&found, "b")["outcome"], "failed", "{found}");
}

#[test]
fn outputs_never_share_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let one = folder.path().join("one").display().to_string();
    Run::of(&mut check(false, &["--junit", &one, "--sarif", &one]))
        .fails(2, &["--junit and --sarif", "a file of its own"]);
    Run::of(&mut check(false, &["--sarif", "-", "--json"])).fails(2, &["--json"]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    // One of them may be printed, and then stands alone.
    let printed = Run::of(&mut check(true, &["--sarif", "-"])).fails(1, &[]);
    assert_eq!(printed.json()["version"], "2.1.0");
}

#[test]
fn a_baseline_that_no_rule_asks_for_is_said_to_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let policy = write(&folder, "p.toml", "[[require]]\nid = \"a\"\ntraces = 1\n");
    let mut check = command();
    check.arg("check").arg("--policy").arg(policy).arg(fixture("new-model.jsonl"));
    check.arg("--atlas").arg(atlas()).arg("--baseline").arg(fixture("new-model.jsonl"));
    let run = Run::of(&mut check).succeeds();
    assert!(run.stderr.contains("--baseline changes nothing"), "{}", run.stderr);
}

/// A policy of one `[[mixture]]` rule.
fn mixture(reference: &str, share: f64, more: &str) -> String {
    format!("[[mixture]]\nid = \"m\"\nreference = \"{reference}\"\nshare = {share}\n{more}")
}

#[test]
fn a_mixture_is_estimated_as_by_audit_and_not_by_a_mean() {
    // 30 traces of the new model, 20 of ponder-1: two fifths.
    let mixed = fixture("gate/contamination.jsonl").display().to_string();
    let found =
        with_policy(&mixture("acme/ponder-1", 0.2, ""), &[&mixed, "--json"]).fails(1, &["m"]);
    let found = found.json();
    let condition = &rule(&found, "m")["conditions"][0];
    let number = |name: &str| condition[name].as_f64().unwrap();
    assert!((number("value") - 0.4).abs() < 0.05, "{condition}");
    assert!(number("low") > 0.2 && number("low") < 0.4 && number("high") > 0.4, "{condition}");
    let audit = Run::of(
        command()
            .arg("audit")
            .arg(fixture("new-model.jsonl"))
            .arg(&mixed)
            .arg("--atlas")
            .arg(atlas())
            .args(["--json", "--quiet"]),
    )
    .json();
    let share =
        audit["shares"].as_array().unwrap().iter().find(|one| one["reference"] == "acme/ponder-1");
    // `audit` also takes off what looks like none of the references; the gate asks among the references.
    let none = audit["none"]["share"].as_f64().unwrap();
    let share = share.unwrap()["share"].as_f64().unwrap() / (1.0 - none);
    assert!((share - number("value")).abs() < 0.05, "{share} {condition}");
    // The records that speak against it are those that were mixed in.
    let offenders = condition["offenders"].as_array().unwrap();
    assert!(!offenders.is_empty());
    for one in offenders {
        assert!(one["id"].as_str().unwrap().starts_with("mixed:"), "{one}");
        assert!(one["probability"].as_f64().unwrap() >= 0.5, "{one}");
    }
    // Without them nothing is found, and 30 prompts are too few to be sure of a small part.
    let clean = with_policy(&mixture("acme/ponder-1", 0.3, ""), &["--json"]).succeeds().json();
    assert_eq!(rule(&clean, "m")["outcome"], "passed", "{clean}");
    let small = with_policy(&mixture("acme/ponder-1", 0.03, ""), &["--json"]).succeeds().json();
    let small = rule(&small, "m");
    assert_eq!(small["outcome"], "cannot_tell", "{small}");
    assert!(small["conditions"][0]["more_prompts"].as_u64().unwrap() > 10, "{small}");
}

#[test]
fn a_rough_mixture_decides_nothing_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    // One prompt for nearly all traces.
    let records: Vec<String> = fixture_lines("new-model.jsonl")
        .iter()
        .enumerate()
        .map(|(at, line)| {
            let mut record: Value = serde_json::from_str(line).unwrap();
            if at > 12 {
                record["prompt_id"] = "the-same".into();
            }
            record.to_string()
        })
        .collect();
    let input = write(&folder, "in.jsonl", records.join("\n"));
    let policy = write(&folder, "p.toml", mixture("acme/ponder-1", 0.9, ""));
    let mut check = command();
    check.arg("check").arg("--policy").arg(policy).arg(input);
    let found = Run::of(check.arg("--atlas").arg(atlas()).args(["--quiet", "--json"])).succeeds();
    let found = found.json();
    let condition = &rule(&found, "m")["conditions"][0];
    assert_eq!(condition["outcome"], "cannot_tell", "{found}");
    assert_eq!(condition["low"], Value::Null);
    assert!(condition["note"].as_str().unwrap().contains("One prompt has"), "{condition}");
}

/// Makes a profile of fixtures.
fn profile(folder: &tempfile::TempDir, name: &str, inputs: &[&str]) -> PathBuf {
    let path = folder.path().join(name);
    let mut make = command();
    make.args(["profile", "--quiet", "--atlas"]).arg(atlas());
    make.args(inputs.iter().map(|input| fixture(input))).arg("-o").arg(&path);
    Run::of(&mut make).succeeds();
    path
}

/// `compare` with the fixture atlas.
fn compare<'a>(inputs: impl IntoIterator<Item = &'a Path>, more: &[&str]) -> Run {
    let mut compare = command();
    compare.arg("compare").args(inputs).arg("--atlas").arg(atlas()).arg("--quiet").args(more);
    Run::of(&mut compare)
}

#[test]
fn two_profiles_are_compared_as_far_as_they_tell() {
    let folder = tempfile::tempdir().unwrap();
    let quill = profile(&folder, "quill.profile", &["traces/quill-3"]);
    let ponder = profile(&folder, "ponder.profile", &["traces/ponder-1.jsonl"]);
    let both = || [quill.as_path(), ponder.as_path()];
    let found = compare(both(), &["--json"]).succeeds().json();
    let number = |found: &Value, pointer: &str| found.pointer(pointer).unwrap().as_f64().unwrap();
    // All 30 prompts are shared; two models that were written to differ are far from each other.
    assert_eq!(found["likeness"]["paired"], true, "{found}");
    assert_eq!(found["likeness"]["prompts"], 30);
    assert!(number(&found, "/likeness/similarity/high") < 0.5, "{found}");
    assert!(number(&found, "/likeness/size/low") > 0.1, "{found}");
    // What moved came nearer to the model that it became.
    let changed = found["drift"]["references"].as_array().unwrap();
    let ponder_1 = changed.iter().find(|one| one["reference"] == "acme/ponder-1").unwrap();
    assert!(number(ponder_1, "/change") > 0.0, "{ponder_1}");
    // It says what it cannot, and gives no verdict and no phrase.
    assert_eq!(found["verdict"], Value::Null);
    assert_eq!(found["ranking"].as_array().unwrap().len(), 0);
    assert_eq!(found["drift"]["came"].as_array().unwrap().len(), 0);
    let text = compare(both(), &[]).succeeds().stdout;
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in
        ["similarity", "two halves of the older corpus", "keeps no scores", "keeps no text"]
    {
        assert!(flat.contains(words), "{words}: {text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");

    // The same, where the older one is the baseline, and where it is the traces themselves.
    let by_profile =
        compare([ponder.as_path()], &["--json", "--baseline", quill.to_str().unwrap()]);
    let by_profile = by_profile.succeeds().json();
    assert_eq!(by_profile["likeness"], found["likeness"]);
    let traces = fixture("traces/quill-3").display().to_string();
    let by_traces =
        compare([ponder.as_path()], &["--json", "--baseline", &traces]).succeeds().json();
    for pointer in ["/likeness/similarity/value", "/likeness/size/value"] {
        let (one, two) = (number(&found, pointer), number(&by_traces, pointer));
        assert!((one - two).abs() < 0.05, "{pointer}: {one} {two}");
    }
    // A profile is like itself.
    let same = compare([quill.as_path(), quill.as_path()], &["--json"]).succeeds().json();
    assert!(number(&same, "/likeness/similarity/value") > 0.999, "{same}");
    assert_eq!(number(&same, "/likeness/size/value"), 0.0);
    // Alone it is compared with the references.
    let alone = compare([quill.as_path()], &["--json"]).succeeds().json();
    assert_eq!(alone["pairing"]["similarities"][0]["reference"], "cumulus/quill-3");
    assert_eq!(alone["likeness"], Value::Null);

    // The traces of a release, measured against a profile.
    let release = fixture("traces/ponder-1.jsonl");
    let drift = compare([release.as_path()], &["--json", "--baseline", quill.to_str().unwrap()]);
    let drift = drift.succeeds().json();
    let size = number(&drift, "/drift/size");
    assert!((size - number(&found, "/likeness/size/value")).abs() < 0.05, "{drift}");
}

#[test]
fn profiles_that_do_not_fit_are_refused_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let own = profile(&folder, "own.profile", &["new-model.jsonl"]);
    let other = profile(&folder, "other.profile", &["traces/quill-3"]);
    let path = |path: &Path| path.display().to_string();
    // Another atlas, and another channel set.
    Run::of(command().arg("compare").arg(&own)).fails(2, &["own.profile", "--atlas"]);
    let words_only = folder.path().join("words.atlas");
    common::fit(&words_only, &["--quiet", "--channels", "word,function,embed"]).succeeds();
    let with = |verb: &str, more: &[&str]| {
        Run::of(command().arg(verb).args(more).arg("--quiet").arg("--atlas").arg(&words_only))
    };
    with("compare", &[&path(&own)]).fails(2, &["own.profile", "channels", "cotprint profile"]);
    let policy = write(&folder, "d.toml", "[[drift]]\nid = \"a\"\nsize = 0.5\n");
    let traces = path(&fixture("new-model.jsonl"));
    with("check", &["--policy", &path(&policy), &traces, "--baseline", &path(&own)])
        .fails(2, &["own.profile", "channels"]);
    // What is no pair, what is mixed, and options that profiles cannot serve.
    let traces = fixture("new-model.jsonl");
    compare([own.as_path(), &traces], &[]).fails(2, &["own.profile is a profile", "--baseline"]);
    compare([own.as_path(), &other, &own], &[]).fails(2, &["too many", "profile merge"]);
    compare([own.as_path(), &other], &["--baseline", &path(&own)]).fails(2, &["too many"]);
    compare([own.as_path()], &["--report", &path(folder.path())]).fails(2, &["--report is not"]);
    compare([own.as_path()], &["--method", "cosine"]).fails(2, &["--method is not for profiles"]);
    compare([traces.as_path()], &["--baseline", &path(&own), "--baseline", &path(&traces)])
        .fails(2, &["profiles and traces"]);
    // A check reads traces.
    let gate = fixture("gate/cotprint.toml");
    let mut check = command();
    check.arg("check").arg("--policy").arg(gate).arg(&own).arg("--atlas").arg(atlas());
    Run::of(&mut check).fails(2, &["own.profile"]);
    // Too little in common with a profile of two other prompts.
    let two = write(&folder, "two.jsonl", fixture_lines("new-model.jsonl")[..2].join("\n"));
    let small = folder.path().join("small.profile");
    let mut make = command();
    make.args(["profile", "--quiet", "--atlas"]).arg(atlas()).arg(two).arg("-o").arg(&small);
    Run::of(&mut make).succeeds();
    compare([own.as_path(), &small], &[]).fails(3, &["are needed", "same prompts"]);
}
