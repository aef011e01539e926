//! A person adds a model of their own to an atlas, without the traces that it was learned from: `fit --extend`.

#![allow(clippy::unwrap_used)]

mod common;

use common::{REFERENCES, RIGHT, Run, command, fixture, fixture_lines, real, run, write};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

/// An atlas of the first two models, learned to be extendable; once per test binary.
fn base() -> &'static Path {
    static BASE: OnceLock<PathBuf> = OnceLock::new();
    BASE.get_or_init(|| {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("extendable.atlas");
        let two = ["traces/ponder-1.jsonl", "traces/ledger-2.jsonl"].map(fixture);
        let mut fit = command();
        fit.arg("fit").args(two).arg("-o").arg(&path).args([
            "--extendable",
            "--classic",
            "--quiet",
        ]);
        Run::of(&mut fit).succeeds();
        path
    })
}

fn third() -> String {
    format!("{RIGHT}={}", fixture("traces/quill-3").display())
}

fn extended(base: &Path, to: &Path, more: &[&str]) -> Run {
    let mut fit = command();
    fit.arg("fit").arg("--extend").arg(base).arg("-o").arg(to).args(more);
    Run::of(&mut fit)
}

fn scores(atlas: &Path, input: &Path) -> Vec<Value> {
    let mut score = command();
    score.arg("score").arg(input).arg("--atlas").arg(atlas);
    Run::of(&mut score).succeeds().json_lines()
}

#[test]
fn an_added_model_is_recognized_and_the_others_keep_their_shares() {
    let folder = tempfile::tempdir().unwrap();
    let written = ["1", "2"].map(|threads| {
        let path = folder.path().join(format!("{threads}.atlas"));
        let run = extended(base(), &path, &["--label", &third(), "--threads", threads]).succeeds();
        assert!(
            run.stderr.contains("added cumulus/quill-3 from 30 traces to 2 references"),
            "{}",
            run.stderr
        );
        assert!(run.stderr.contains("On prompts held out"), "{}", run.stderr);
        path
    });
    let [one, two] = written.clone().map(|path| fs::read(path).unwrap());
    assert!(one == two, "the atlas depends on the number of threads");
    let [wide, _] = written;

    let new = fixture("new-model.jsonl");
    let after = scores(&wide, &new);
    let right = after.iter().filter(|line| line["top"] == RIGHT).count();
    assert!(right * 10 >= after.len() * 9, "{right} of {} traces", after.len());
    // What is said of the older two among themselves is what it was.
    for (before, after) in scores(base(), &new).iter().zip(&after) {
        let share = |line: &Value| {
            let of = |name: &str| line["scores"][name].as_f64().unwrap();
            of(REFERENCES[0]) / (of(REFERENCES[0]) + of(REFERENCES[1]))
        };
        let rest: f64 =
            REFERENCES[..2].iter().map(|name| after["scores"][name].as_f64().unwrap()).sum();
        // Six digits are printed: of very little nothing is left to compare.
        if rest > 0.01 {
            assert!((share(before) - share(after)).abs() < 0.01, "{before}\n{after}");
        }
    }
    // Nor do their own traces go over to the new one.
    let own = scores(&wide, &fixture("traces/ponder-1.jsonl"));
    assert!(own.iter().all(|line| line["top"] == REFERENCES[0]));

    let about = run(["atlas", "show", &wide.display().to_string(), "--json"]).succeeds().json();
    assert_eq!(about["references"][2]["name"], RIGHT);
    let extension = &about["extensions"][0];
    assert_eq!(extension["references"][0], RIGHT);
    let base_about =
        run(["atlas", "show", &base().display().to_string(), "--json"]).succeeds().json();
    assert_eq!(extension["base"], base_about["checksum"]);
    assert!(extension["held_out"]["top1"].as_f64().unwrap() >= 0.9, "{extension}");

    let mut compare = command();
    compare.arg("compare").arg(&new).arg("--atlas").arg(&wide).arg("--json");
    let comparison = Run::of(&mut compare).succeeds().json();
    assert_eq!(comparison["ranking"][0]["reference"], RIGHT);
    assert!(comparison["evidence"].as_array().unwrap().iter().any(|e| e["reference"] == RIGHT));
    let limits = comparison["limits"].to_string();
    assert!(limits.contains("cumulus/quill-3 was added to the atlas later"), "{limits}");
}

#[test]
fn an_extended_atlas_can_be_extended_again() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first.atlas"), folder.path().join("second.atlas"));
    extended(base(), &first, &["--label", &third()]).succeeds();
    let new = fixture("new-model.jsonl").display().to_string();
    extended(&first, &second, &["--label", &format!("delta/quill-like={new}")]).succeeds();
    let about = run(["atlas", "show", &second.display().to_string(), "--json"]).succeeds().json();
    assert_eq!(about["references"].as_array().unwrap().len(), 4);
    let shown = run(["atlas", "show", &second.display().to_string()]).succeeds().stdout;
    assert!(shown.contains("delta/quill-like added later, from 30 traces"), "{shown}");
    for line in scores(&second, Path::new(&new)) {
        let sum: f64 = line["scores"].as_object().unwrap().values().filter_map(Value::as_f64).sum();
        assert!((sum - 1.0).abs() < 1e-4, "{line}");
        // The other two are out of the question; which of its two likenesses wrote it is not.
        let rest = ["acme/ponder-1", "borealis/ledger-2"]
            .map(|name| line["scores"][name].as_f64().unwrap());
        assert!(rest.iter().sum::<f64>() < 0.5, "{line}");
    }
}

#[test]
fn what_cannot_be_added_is_refused_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("a.atlas");
    // Learned without what it takes.
    let plain = common::atlas();
    let new = fixture("new-model.jsonl").display().to_string();
    let label = format!("delta/new={new}");
    extended(plain, &to, &["--label", &label]).fails(2, &["fit --extendable"]);
    // A name that is there already.
    let twin = format!("{}={new}", REFERENCES[0]);
    extended(base(), &to, &["--label", &twin]).fails(2, &["acme/ponder-1 already", "--label"]);
    // Answers beside reasoning.
    extended(base(), &to, &["--label", &label, "--text", "both"])
        .fails(2, &["learned from reasoning", "--text"]);
    // Too few traces.
    let few = write(&folder, "few.jsonl", fixture_lines("new-model.jsonl")[..3].join("\n"));
    let few = format!("delta/new={}", few.display());
    extended(base(), &to, &["--label", &few])
        .fails(3, &["at least one model", "fewer than 4 traces"]);
    // The very traces that the atlas was learned from, under another name.
    let known = format!("delta/new={}", fixture("traces/ponder-1.jsonl").display());
    extended(base(), &to, &["--label", &known])
        .fails(3, &["at least one model", "a text that the atlas was learned from"]);
    // What the atlas was learned with cannot be chosen again.
    extended(base(), &to, &["--label", &label, "--channels", "word"]).fails(2, &["--channels"]);
    assert!(!to.exists());
}

#[test]
fn the_embedded_atlas_takes_in_a_model_that_was_made_up() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("a.atlas");
    extended(Path::new("embedded"), &to, &["--label", &third()]).succeeds();
    let lines = scores(&to, &fixture("new-model.jsonl"));
    let right = lines.iter().filter(|line| line["top"] == RIGHT).count();
    assert!(right * 10 >= lines.len() * 9, "{right} of {} traces", lines.len());
    // Nor does what it is sure of look like nobody's.
    let mut unknown: Vec<f64> =
        lines.iter().map(|line| line["unknown"].as_f64().unwrap()).collect();
    unknown.sort_by(f64::total_cmp);
    assert!(unknown[unknown.len() / 2] > 0.1, "{unknown:?}");
}

#[test]
fn with_the_real_corpora_known_text_is_not_added() {
    let Some(known) = real("corpora/speechmap/qwen_qwen3-14b.jsonl.gz") else { return };
    let folder = tempfile::tempdir().unwrap();
    let label = format!("delta/known={}", known.display());
    // The corpora may have grown since the atlas was learned: only what it knows is left out.
    let run = extended(Path::new("embedded"), &folder.path().join("a.atlas"), &["--label", &label]);
    assert!(run.stderr.contains("a text that the atlas was learned from"), "{}", run.stderr);
}
