//! Profiles: a small file in the place of an older corpus.

use super::*;

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
