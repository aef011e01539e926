//! What a pipeline reads: JUnit, SARIF, GitLab, GitHub, Markdown, the report.

use super::*;

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
        "The check failed",
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
    let text = include_str!("../schemas/sarif-2.1.0.json").replace("{2}]?$", "{2}$");
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
    let schema = uppsala::parse(include_str!("../schemas/junit-10.xsd")).unwrap();
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
fn what_a_check_wrote_is_no_trace_of_the_next_run() {
    let (folder, run) = all_outputs(false);
    run.succeeds();
    let card = folder.path().join("card.md");
    let model = fixture("new-model.jsonl");
    fs::copy(&model, folder.path().join("new-model.jsonl")).unwrap();
    Run::of(command().arg("card").arg(&model).arg("--atlas").arg(atlas()).arg("-o").arg(&card))
        .succeeds();
    assert!(card.is_file());
    let found = Run::of(command().arg("ingest").arg(folder.path()).arg("--json")).succeeds().json();
    assert_eq!(found["summary"]["traces"], 30, "{}", found["summary"]);
}
