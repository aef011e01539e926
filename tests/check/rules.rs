//! The outcome of rules, the policy and failures of the tool.

use super::*;

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
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
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
fn prompts_are_told_apart_by_the_text_that_is_judged() {
    let folder = tempfile::tempdir().unwrap();
    // The texts are answers, and everybody reasons in the same words.
    let answers = |name: &str| {
        let lines: String = fixture_lines(name)
            .iter()
            .map(|line| {
                let mut record: Value = serde_json::from_str(line).unwrap();
                record["answer"] = record["reasoning"].take();
                record["reasoning"] = "I just answer.".into();
                format!("{record}\n")
            })
            .collect();
        write(&folder, &name.replace('/', "-"), lines)
    };
    let atlas = folder.path().join("answers.atlas");
    let known = ["traces/ponder-1.jsonl", "traces/ledger-2.jsonl"].map(answers);
    let mut fit = command();
    Run::of(fit.arg("fit").args(known).args(["--text", "answer", "-q", "-o"]).arg(&atlas))
        .succeeds();
    let policy = write(&folder, "p.toml", "[[require]]\nid = \"a\"\nprompts = 1\n");
    let mut check = command();
    check.arg("check").arg("--policy").arg(policy).arg(answers("new-model.jsonl"));
    check.args(["--text", "answer", "--quiet", "--json", "--atlas"]).arg(&atlas);
    let found = Run::of(&mut check).succeeds().json();
    assert_eq!(rule(&found, "a")["conditions"][0]["value"], 30.0, "{found}");
}

#[test]
fn the_same_seed_gives_the_same_bytes_with_any_number_of_threads() {
    let one = Run::of(&mut check(true, &["--json", "--threads", "1"])).stdout;
    let three = Run::of(&mut check(true, &["--json", "--threads", "3"])).stdout;
    assert_eq!(one, three);
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
    let text = fs::read_to_string(folder.path().join("cotprint.toml")).unwrap();
    assert!(text.contains("[[forbid]]"));
    init().fails(2, &["cotprint.toml", "not there yet"]);
    // It can be used as it is (30 traces are too few for it). The embedded atlas does not know their subject
    // matter, so that likeness decides nothing.
    let used = Run::of(
        command()
            .args(["check", "--quiet", "--json"])
            .arg(fixture("new-model.jsonl"))
            .current_dir(folder.path())
            .env_remove("GITHUB_ACTIONS"),
    );
    let used = used.fails(1, &["enough"]).json();
    let not_r1 = &rule(&used, "not-r1")["conditions"][0];
    assert_eq!(not_r1["outcome"], "cannot_tell", "{used}");
    // It is a policy by the schema.
    let schema: Value =
        serde_json::from_str(include_str!("../../docs/policy.schema.json")).unwrap();
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
fn a_baseline_that_no_rule_asks_for_is_said_to_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let policy = write(&folder, "p.toml", "[[require]]\nid = \"a\"\ntraces = 1\n");
    let mut check = command();
    check.arg("check").arg("--policy").arg(policy).arg(fixture("new-model.jsonl"));
    check.arg("--atlas").arg(atlas()).arg("--baseline").arg(fixture("new-model.jsonl"));
    let run = Run::of(&mut check).succeeds();
    assert!(run.stderr.contains("--baseline changes nothing"), "{}", run.stderr);
}

#[test]
fn controls_are_of_the_atlas_and_are_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("ponder.jsonl");
    fs::copy(fixture("traces/ponder-1.jsonl"), &copy).unwrap();
    let copy = copy.display().to_string();
    let control = format!("acme/ponder-1={copy}");
    // The atlas knows the prompts, and controls change nothing.
    let alone = Run::of(&mut check(false, &["--json"])).succeeds().json();
    let with = Run::of(&mut check(false, &["--json", "--control", &control])).succeeds().json();
    assert_eq!(with["rules"], alone["rules"]);
    assert_eq!(with["verdict"], alone["verdict"]);
    let command = with["provenance"]["command"].as_str().unwrap();
    assert!(command.contains(&format!("--control {control}")), "{command}");

    let stranger = format!("nobody/knows={copy}");
    Run::of(&mut check(false, &["--control", &stranger]))
        .fails(2, &["nobody/knows", "cotprint atlas show"]);
    Run::of(&mut check(false, &["--control", "acme/ponder-1"])).fails(2, &["NAME=PATH"]);
    Run::of(&mut check(false, &["--control", &control, "--junit", &copy]))
        .fails(2, &["is one of the files that this run reads"]);
}
