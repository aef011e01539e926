//! A person has a data set of mixed or unknown origin and asks how much of it resembles which model.

#![allow(clippy::unwrap_used)]

mod common;

use common::{REFERENCES, Run, command, fixture, write};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};
use tempfile::{TempDir, tempdir};

/// The traces of the three models as canonical records, in the order of [`REFERENCES`].
fn traces() -> &'static [Vec<Value>; 3] {
    static TRACES: OnceLock<[Vec<Value>; 3]> = OnceLock::new();
    TRACES.get_or_init(|| {
        let mut at = 0;
        ["traces/ponder-1.jsonl", "traces/ledger-2.jsonl", "traces/quill-3"].map(|name| {
            let mut ingest = command();
            ingest.arg("ingest").arg(fixture(name)).args(["-o", "-", "--quiet"]);
            let mut records = Run::of(&mut ingest).succeeds().json_lines();
            records.iter_mut().for_each(|record| record["model"] = REFERENCES[at].into());
            at += 1;
            records.sort_by_key(|record| record["prompt_id"].as_str().unwrap().to_owned());
            assert_eq!(records.len(), 30, "{name}");
            records
        })
    })
}

/// Writes records, a line each.
fn lines<'a>(
    folder: &TempDir,
    name: &str,
    records: impl IntoIterator<Item = &'a Value>,
) -> PathBuf {
    let lines: Vec<String> = records.into_iter().map(Value::to_string).collect();
    write(folder, name, lines.join("\n"))
}

/// An atlas that was learned from the first half of the prompts.
fn half_atlas() -> &'static Path {
    static ATLAS: OnceLock<PathBuf> = OnceLock::new();
    ATLAS.get_or_init(|| {
        let folder = tempdir().unwrap();
        let training = traces().iter().flat_map(|records| &records[..15]);
        let input = lines(&folder, "training.jsonl", training);
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("half.atlas");
        Run::of(command().arg("fit").arg(input).arg("-o").arg(&path).arg("--quiet")).succeeds();
        path
    })
}

fn audit(input: &Path, more: &[&str]) -> Run {
    Run::of(command().arg("audit").arg(input).arg("--atlas").arg(half_atlas()).args(more))
}

/// Records of prompts that the atlas does not know, so many of each model, without their labels.
fn mixture(counts: [usize; 3]) -> Vec<Value> {
    let taken = traces().iter().zip(counts).flat_map(|(records, n)| records[15..].iter().take(n));
    let mut taken: Vec<Value> = taken.cloned().collect();
    taken.iter_mut().for_each(|record| record["model"] = Value::Null);
    taken
}

fn share<'a>(found: &'a Value, reference: &str) -> &'a Value {
    let shares = found["shares"].as_array().unwrap();
    shares.iter().find(|share| share["reference"] == reference).unwrap()
}

#[test]
fn the_shares_of_a_mixture_are_found() {
    let folder = tempdir().unwrap();
    let input = lines(&folder, "mixed.jsonl", &mixture([15, 9, 3]));
    let found = audit(&input, &["--json"]).succeeds().json();
    assert_eq!(found["kind"], "shares", "{}", found["reasons"]);
    assert_eq!((&found["traces"], &found["prompts"]), (&27.into(), &15.into()));
    for (reference, count) in REFERENCES.into_iter().zip([15.0, 9.0, 3.0]) {
        let own = share(&found, reference);
        let number = |key: &str| own[key].as_f64().unwrap();
        assert!((number("share") - count / 27.0).abs() < 0.05, "{own}");
        assert!(number("low") <= number("share") && number("share") <= number("high"), "{own}");
        assert!(number("low") > 0.0 && number("high") < 1.0, "{own}");
    }
    let sum: f64 =
        found["shares"].as_array().unwrap().iter().map(|s| s["share"].as_f64().unwrap()).sum();
    assert!((sum + found["none"]["share"].as_f64().unwrap() - 1.0).abs() < 1e-9, "{sum}");
    assert_eq!(found["checks"]["seen_before"], 0);
    assert_eq!(found["checks"]["mediation"]["raw"], 27);
    // Three of each reference at most; every one is right.
    let certain = found["certain"].as_array().unwrap();
    assert_eq!(certain.len(), 9);
    for record in certain {
        let id = record["id"].as_str().unwrap();
        let mixed = mixture([15, 9, 3]);
        assert!(mixed.iter().any(|own| own["id"] == id), "{id}");
        assert!(record["references"][0]["probability"].as_f64().unwrap() > 0.9, "{record}");
    }
    let sentence = found["sentence"].as_str().unwrap();
    assert!(!sentence.contains("trained") && !sentence.contains("distilled"), "{sentence}");
}

#[test]
fn families_are_summed() {
    let folder = tempdir().unwrap();
    let training = lines(&folder, "t.jsonl", traces().iter().flat_map(|records| &records[..15]));
    let families = format!("{}\tpair\n{}\tpair\n", REFERENCES[0], REFERENCES[1]);
    let families = write(&folder, "families.tsv", families);
    let atlas = folder.path().join("families.atlas");
    Run::of(
        command().arg("fit").arg(training).arg("--families").arg(families).arg("-o").arg(&atlas),
    )
    .succeeds();
    let input = lines(&folder, "mixed.jsonl", &mixture([6, 9, 15]));
    let mut audit = command();
    audit.arg("audit").arg(input).arg("--atlas").arg(atlas).arg("--json");
    let found = Run::of(&mut audit).succeeds().json();
    let families = found["families"].as_array().unwrap();
    assert_eq!(families.len(), 1);
    assert!((families[0]["share"].as_f64().unwrap() - 0.5).abs() < 0.05, "{families:?}");
    assert_eq!(families[0]["members"].as_array().unwrap().len(), 2);
}

#[test]
fn what_the_atlas_knows_and_what_stands_twice_is_said_first() {
    let folder = tempdir().unwrap();
    let mut records = mixture([12, 10, 8]);
    records.extend(traces()[0][..5].iter().cloned());
    let mut twice = records[0].clone();
    twice["id"] = "again".into();
    records.push(twice);
    let input = lines(&folder, "known.jsonl", &records);
    let done = audit(&input, &[]).succeeds();
    assert!(
        done.stdout.starts_with("The atlas was learned from 5 of the 36 traces."),
        "{}",
        done.stdout
    );
    let found = audit(&input, &["--json"]).succeeds().json();
    assert_eq!(found["checks"]["seen_before"], 5);
    assert_eq!(found["checks"]["repeated"], 1);
    assert!(found["limits"][0].as_str().unwrap().starts_with("5 of the 36 traces"));
}

#[test]
fn mixed_mediation_is_said() {
    let folder = tempdir().unwrap();
    let mut records = mixture([15, 5, 0]);
    for record in records.iter_mut().take(8) {
        record["meta"]["mediation"] = "summary".into();
    }
    let found = audit(&lines(&folder, "m.jsonl", &records), &["--json"]).succeeds().json();
    let limits = found["limits"].to_string();
    assert!(
        limits.contains("8 of the traces are a provider's summaries and 12 are raw"),
        "{limits}"
    );
}

// What cannot bear a figure gets words.

#[test]
fn few_prompts_and_one_prompt_repeated_have_no_shares() {
    let folder = tempdir().unwrap();
    let few = lines(&folder, "few.jsonl", &mixture([9, 9, 9]));
    let done = audit(&few, &["--json"]).fails(3, &["9 prompts", "10"]);
    let found = done.json();
    assert_eq!(found["kind"], "too_little_text");
    assert_eq!(found["shares"], Value::Array(vec![]));

    let mut one = mixture([15, 15, 15]);
    for (number, record) in one.iter_mut().enumerate() {
        record["prompt_id"] = "the-same".into();
        record["id"] = number.into();
        record["id"] = number.to_string().into();
    }
    let done = audit(&lines(&folder, "one.jsonl", &one), &[]).fails(3, &["45 traces", "1 prompt,"]);
    assert!(!done.stdout.contains("0."), "no figure: {}", done.stdout);
}

/// A rough answer: no interval, and no figure for a person.
#[track_caller]
fn is_rough(input: &Path, why: &str) {
    let found = audit(input, &["--json"]).succeeds().json();
    assert_eq!(found["kind"], "rough", "{found}");
    assert!(found["reasons"].to_string().contains(why), "{}", found["reasons"]);
    for share in found["shares"].as_array().unwrap() {
        assert_eq!((&share["low"], &share["high"]), (&Value::Null, &Value::Null));
    }
    let told = audit(input, &[]).succeeds().stdout;
    assert!(told.contains("A rough picture only"), "{told}");
    let before_data = &told[..told.find("Based on").unwrap()];
    assert!(!before_data.contains("0.") && !before_data.contains("interval"), "{told}");
    let folder = tempdir().unwrap();
    let report = folder.path().join("report");
    audit(input, &["--report", &report.display().to_string()]).succeeds();
    let page = fs::read_to_string(report.join("audit.html")).unwrap();
    assert!(page.contains("A rough picture") && !page.contains("<svg"));
    assert!(!report.join("shares.png").exists());
}

#[test]
fn traces_of_thirty_words_give_a_rough_picture() {
    let folder = tempdir().unwrap();
    let mut records = mixture([15, 15, 0]);
    for record in &mut records {
        let text = record["reasoning"].as_str().unwrap();
        let words: Vec<&str> = text.split(' ').take(36).collect();
        record["reasoning"] = words.join(" ").into();
    }
    is_rough(&lines(&folder, "short.jsonl", &records), "words or fewer");
}

#[test]
fn another_language_gives_a_rough_picture() {
    let folder = tempdir().unwrap();
    let mut records = mixture([15, 10, 0]);
    for (number, record) in records.iter_mut().enumerate() {
        let sentence = format!(
            "Zuerst muss ich herausfinden, was in der Aufgabe {number} eigentlich gefragt ist, und dann \
             rechne ich die einzelnen Schritte der Reihe nach durch, bis das Ergebnis feststeht. "
        );
        record["reasoning"] = sentence.repeat(6).into();
        // What a record says of its language is believed.
        record["meta"]["language"] = Value::Null;
    }
    is_rough(&lines(&folder, "german.jsonl", &records), "another language (deu)");
}

#[test]
fn one_prompt_with_most_of_the_traces_gives_a_rough_picture() {
    let folder = tempdir().unwrap();
    let mut records = mixture([15, 15, 15]);
    for (number, record) in records.iter_mut().enumerate().skip(15) {
        record["prompt_id"] = "the-same".into();
        record["id"] = number.to_string().into();
    }
    is_rough(&lines(&folder, "skewed.jsonl", &records), "One prompt has 67 %");
}

#[test]
fn where_shares_are_withheld_none_of_these_has_none_either() {
    let folder = tempdir().unwrap();
    let few = lines(&folder, "few.jsonl", &mixture([9, 9, 9]));
    assert_eq!(audit(&few, &["--json"]).fails(3, &[]).json()["none"]["share"], Value::Null);
    let enough = lines(&folder, "enough.jsonl", &mixture([15, 9, 3]));
    assert!(audit(&enough, &["--json"]).succeeds().json()["none"]["share"].is_number());
}

#[test]
fn controls_are_of_the_atlas_and_are_read() {
    let folder = tempdir().unwrap();
    let input = lines(&folder, "mixed.jsonl", &mixture([15, 9, 3]));
    let known = lines(&folder, "known.jsonl", &traces()[0][15..]);
    let known = known.display().to_string();
    let of = |name: &str| format!("{name}={known}");
    // The atlas knows the prompts, and controls change nothing.
    let alone = audit(&input, &["--json"]).succeeds().json();
    let with = audit(&input, &["--json", "--control", &of(REFERENCES[0])]).succeeds().json();
    assert_eq!(with["shares"], alone["shares"]);
    audit(&input, &["--control", &of("nobody/knows")]).fails(2, &["nobody/knows", "atlas show"]);
}

#[test]
fn what_cannot_be_read_is_said() {
    for (name, code) in
        [("bad/not-json.jsonl", 2), ("bad/unknown-shape.jsonl", 2), ("bad/no-reasoning.jsonl", 3)]
    {
        audit(&fixture(name), &[])
            .fails(code, &[Path::new(name).file_name().unwrap().to_str().unwrap()]);
    }
    audit(Path::new("no/such.jsonl"), &[]).fails(2, &["no/such.jsonl"]);
    let done = audit(&fixture("bad/few-words.jsonl"), &["--json"]).fails(3, &["30 words"]);
    assert_eq!(done.json()["traces"], 0);
    let taken = fixture("new-model.jsonl").display().to_string();
    audit(&fixture("new-model.jsonl"), &["--report", &taken]).fails(2, &["--report", "folder"]);
}

#[test]
fn the_same_bytes_with_any_number_of_threads() {
    let folder = tempdir().unwrap();
    let input = lines(&folder, "mixed.jsonl", &mixture([15, 9, 12]));
    let one = audit(&input, &["--json", "--threads", "1"]).succeeds().stdout;
    assert_eq!(one, audit(&input, &["--json", "--threads", "4"]).succeeds().stdout);
    let other = audit(&input, &["--json", "--seed", "7"]).succeeds().json();
    let first: Value = serde_json::from_str(&one).unwrap();
    assert_eq!(first["shares"][0]["share"], other["shares"][0]["share"]);
    assert_ne!(first["shares"][0]["low"], other["shares"][0]["low"]);
}

#[test]
fn the_report_is_one_page_and_hostile_records_stay_text() {
    let folder = tempdir().unwrap();
    let attack =
        "<img src=x onerror=alert(1)><script>alert(2)</script>\u{1b}[31m\u{1b}]0;owned\u{7} =cmd()";
    let mut records = mixture([15, 9, 12]);
    for (number, record) in records.iter_mut().enumerate() {
        record["id"] = format!("{number} {attack}").into();
        for key in ["model", "source", "domain"] {
            record[key] = attack.into();
        }
        record["reasoning"] = format!("{attack} {}", record["reasoning"].as_str().unwrap()).into();
    }
    let input = lines(&folder, "<img src=x onerror=alert(3)>.jsonl", &records);
    let report = folder.path().join("report");
    let done = audit(&input, &["--report", &report.display().to_string()]).succeeds();
    assert!(!done.stdout.contains('\x1b') && !done.stderr.contains('\x1b'));
    assert!(done.stdout.lines().all(|line| line.chars().count() <= 100), "{}", done.stdout);
    let page = fs::read_to_string(report.join("audit.html")).unwrap();
    assert!(!page.contains("<img") && !page.contains("<script") && !page.contains('\x1b'));
    assert!(page.contains("Content-Security-Policy") && page.contains("<svg"));
    assert!(fs::read(report.join("shares.png")).unwrap().starts_with(b"\x89PNG"));
    let json = fs::read_to_string(report.join("audit.json")).unwrap();
    assert!(!json.contains('\x1b'));
    let found: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(found["certain"][0]["model"], attack);
}

#[test]
fn one_known_model_alone_is_not_taken_for_a_stranger() {
    // Learned from half of a real data set's prompts; the other half of each model is then asked for.
    // With fewer than 20 families a name needs more than nearly every left-out corpus has.
    let Some(corpora) = common::real("corpora/misguided-attention") else { return };
    let folder = tempdir().unwrap();
    let mut ingest = command();
    ingest.arg("ingest").arg(corpora).args(["-o", "-", "--quiet"]);
    let records = Run::of(&mut ingest).succeeds().json_lines();
    let key = |record: &Value| record["prompt_id"].as_str().unwrap().to_owned();
    let prompts: std::collections::BTreeSet<String> = records.iter().map(key).collect();
    let learned: Vec<&String> = prompts.iter().skip(1).step_by(2).collect();
    let is_learned = |record: &&Value| learned.binary_search(&&key(record)).is_ok();
    // Nobody among the others writes like this one.
    let left_out = "microsoft/phi-4-reasoning-plus";
    let known = records.iter().filter(|record| record["model"] != left_out);
    let training = lines(&folder, "training.jsonl", known.filter(is_learned));
    let atlas = folder.path().join("half.atlas");
    Run::of(command().arg("fit").arg(training).arg("-o").arg(&atlas).arg("--quiet")).succeeds();
    let mut models: std::collections::BTreeMap<&str, Vec<&Value>> = Default::default();
    for record in records.iter().filter(|record| !is_learned(record)) {
        models.entry(record["model"].as_str().unwrap()).or_default().push(record);
    }
    let (mut strangers, all) = (Vec::new(), models.len());
    for (model, own) in models {
        let input = lines(&folder, "one.jsonl", own);
        let mut audit = command();
        audit.arg("audit").arg(&input).arg("--atlas").arg(&atlas);
        let found = Run::of(audit.args(["--json", "--resamples", "100"])).succeeds().json();
        let none = found["none"]["share"].as_f64().unwrap();
        if model == left_out {
            assert!(none > 0.8, "{none}");
        } else if none >= 0.15 {
            strangers.push(model);
        }
    }
    // Verification doubts a model whose next relatives write alike.
    println!("taken for strangers: {strangers:?} of {all}");
    assert!(4 * strangers.len() <= all, "{strangers:?}");
}
