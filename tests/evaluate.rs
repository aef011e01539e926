//! A person measures how far results can be trusted, on labelled traces of their own.

#![allow(clippy::unwrap_used)]

mod common;

use common::{REFERENCES, Run, command, fixture, labelled_fixtures, run, write};
use cotprint::{
    atlas,
    evaluation::{Classifier, EvaluateOptions, Group, Method, Prediction, evaluate},
    features::NgramCounter,
    ingest,
    trace::Trace,
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, path::Path};
use tempfile::{TempDir, tempdir};

/// Few channels: what is tested here is what is made of the scores.
const QUICK: [&str; 4] = ["--channels", "layout,function", "--resamples", "100"];

fn evaluated(more: &[&str]) -> Run {
    Run::of(command().arg("evaluate").args(labelled_fixtures()).args(QUICK).args(more))
}

fn on(input: &Path, more: &[&str]) -> Run {
    Run::of(command().arg("evaluate").arg(input).args(QUICK).args(more))
}

/// Records of two invented models; `change` gets the model's number, the prompt's number and the record.
fn written(folder: &TempDir, change: impl Fn(usize, usize, &mut Value)) -> std::path::PathBuf {
    let mut lines = String::new();
    for (model, file) in ["ponder-1.jsonl", "ledger-2.jsonl"].iter().enumerate() {
        let name = ["acme/ponder-1", "borealis/ledger-2"][model];
        let path = fixture("traces").join(file).display().to_string();
        for (prompt, trace) in
            ingest::open(&[path], ingest::Options::default()).unwrap().enumerate()
        {
            let trace = trace.unwrap();
            let mut record =
                serde_json::to_value(Trace { model: Some(name.into()), ..trace }).unwrap();
            change(model, prompt, &mut record);
            lines.push_str(&format!("{record}\n"));
        }
    }
    write(folder, "traces.jsonl", lines)
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// Every estimate in a document: an object with a value and an interval.
fn estimates(value: &Value, found: &mut Vec<(f64, f64, f64)>) {
    if let Some(object) = value.as_object() {
        if let (Some(value), Some(low), Some(high)) =
            (object.get("value"), object.get("low"), object.get("high"))
        {
            found.push((number(value), number(low), number(high)));
        }
        object.values().for_each(|value| estimates(value, found));
    }
    value.as_array().into_iter().flatten().for_each(|value| estimates(value, found));
}

#[test]
fn every_trace_is_judged_once_and_the_figures_fit_together() {
    let found = evaluated(&["--json", "--open-set"]).succeeds().json();
    let summary = &found["summary"];
    assert_eq!(summary["traces"], 90);
    assert!(number(&summary["top1"]["value"]) >= 0.9, "{summary}");
    assert!(number(&summary["log_loss"]["value"]) < 0.5, "{summary}");
    assert!((number(&summary["cllr_of_ignorance"]) - 3_f64.log2()).abs() < 1e-12);

    let parts = found["design"]["parts"].as_array().unwrap();
    assert_eq!(parts.len(), 5);
    let sum = |field: &str| parts.iter().map(|part| number(&part[field])).sum::<f64>();
    assert_eq!((sum("held_out"), sum("judged"), sum("training")), (90.0, 90.0, 360.0));

    let counts = found["confusion"]["counts"].as_array().unwrap();
    assert_eq!(found["confusion"]["models"], json!(REFERENCES));
    let of = |i: usize, j: usize| number(&counts[i][j]);
    let right: f64 = (0..3).map(|i| of(i, i)).sum();
    let all: f64 = (0..3).flat_map(|i| (0..3).map(move |j| (i, j))).map(|(i, j)| of(i, j)).sum();
    assert_eq!(all, 90.0);
    assert!((right / all - number(&summary["top1"]["value"])).abs() < 1e-9);
    let traces = |list: &str| {
        found[list].as_array().unwrap().iter().map(|one| number(&one["traces"])).sum::<f64>()
    };
    assert_eq!((traces("calibration"), traces("by_length"), traces("models")), (90.0, 90.0, 90.0));

    let sizes: Vec<&Value> =
        found["pooled"].as_array().unwrap().iter().map(|pool| &pool["traces"]).collect();
    assert_eq!(sizes, [1, 2, 5, 10, 20]);
    let changes: Vec<&str> = found["robustness"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["change"].as_str().unwrap())
        .collect();
    // No fixture has 400 words: the cut to so many has nothing to tell.
    assert_eq!(changes.len(), 10, "{changes:?}");
    // The fixtures' traces are shorter than the longer cuts: what is too short for one is counted, not judged.
    let cut = &found["robustness"][7];
    assert_eq!(cut["change"], "first 50 words only");
    assert_eq!(number(&cut["traces"]) + number(&cut["too_short"]), 90.0);
    assert!(number(&cut["traces"]) > 60.0, "{cut}");
    let open_set = &found["open_set"];
    assert_eq!((number(&open_set["strangers"]), number(&open_set["known"])), (30.0, 60.0));
    // Each of the three models is left out once and known twice; none has a relative, so that a name is a wrong one.
    let verdicts = |of: &str, what: &str| number(&open_set[of][what]);
    let counted = |of: &str| {
        ["itself", "family", "another", "nobody"].iter().map(|what| verdicts(of, what)).sum::<f64>()
    };
    assert_eq!((verdicts("known_verdicts", "corpora"), counted("known_verdicts")), (6.0, 6.0));
    assert_eq!(
        (verdicts("stranger_verdicts", "corpora"), counted("stranger_verdicts")),
        (3.0, 3.0)
    );
    assert_eq!(verdicts("known_verdicts", "itself"), 6.0);
    assert_eq!(verdicts("stranger_verdicts", "itself"), 0.0);
    let left_out: BTreeSet<String> =
        open_set["rounds"].as_array().unwrap().iter().map(|r| r["left_out"].to_string()).collect();
    assert_eq!(left_out.len(), 3);
    assert_eq!(found["planner"].as_array().unwrap().len(), 3);
    for plan in found["planner"].as_array().unwrap() {
        assert!((1..=3).contains(&plan["needed"].as_u64().unwrap()), "{plan}");
    }

    let mut all = Vec::new();
    estimates(&found, &mut all);
    assert!(all.len() > 40, "{}", all.len());
    for (value, low, high) in all {
        assert!(low <= high && value.is_finite(), "{low} {value} {high}");
    }
}

#[test]
fn neither_threads_nor_the_order_of_the_input_change_a_byte() {
    let one = evaluated(&["--json", "--threads", "1", "--seed", "3"]).succeeds().stdout;
    let two = evaluated(&["--json", "--threads", "2", "--seed", "3"]).succeeds().stdout;
    assert_eq!(one, two);
    let mut labels = labelled_fixtures();
    labels.swap(0, 1);
    let mut command = command();
    command.arg("evaluate").args(labels).args(QUICK).args(["--json", "--seed", "3"]);
    let mut other = Run::of(&mut command).succeeds().json();
    let mut one: Value = serde_json::from_str(&one).unwrap();
    // The command that makes it again names the files in the order in which they were given.
    for found in [&mut one, &mut other] {
        found["provenance"]["command"] = Value::Null;
    }
    assert_eq!(one, other);
    let seed = evaluated(&["--json", "--seed", "4"]).succeeds().json();
    assert_ne!(seed["summary"], other["summary"], "another seed draws other folds");
}

#[test]
fn the_report_is_a_page_that_needs_nothing_else() {
    let folder = tempdir().unwrap();
    let report = folder.path().join("report");
    let printed = evaluated(&["--report", &report.display().to_string()]).succeeds();
    let mut files: Vec<String> = fs::read_dir(&report)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let figures = ["confusion", "length", "pooled", "reliability"];
    let mut expected: Vec<String> =
        figures.iter().flat_map(|f| [format!("{f}.png"), format!("{f}.svg")]).collect();
    expected.extend(["evaluation.html".to_owned(), "evaluation.json".to_owned()]);
    expected.sort();
    assert_eq!(files, expected);
    let page = fs::read_to_string(report.join("evaluation.html")).unwrap();
    assert_eq!(page.matches("<svg").count(), 8, "each figure for a wide screen and for a phone");
    assert!(!page.contains("<script") && !page.contains("src=\"http"));
    // The data of its four figures, as CSV and as JSON, and nothing else.
    let links: Vec<&str> = page.split("href=").skip(1).collect();
    assert_eq!(links.len(), 8);
    assert!(links.iter().all(|link| link.starts_with("\"data:")));
    assert!(page.contains("cotprint evaluate") && page.contains("--channels layout,function"));
    let json: Value =
        serde_json::from_slice(&fs::read(report.join("evaluation.json")).unwrap()).unwrap();
    assert_eq!(json["summary"]["traces"], 90);
    for line in printed.stdout.lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
    assert!(printed.stdout.contains("acme/ponder-1"), "{}", printed.stdout);
}

#[test]
fn names_that_are_hostile_are_shown_and_do_nothing() {
    let folder = tempdir().unwrap();
    let names = ["<script>alert(1)</script>\u{1b}[31m", "=cmd|' /C calc'!A0\u{202e}"];
    let input = written(&folder, |model, _, record| record["model"] = names[model].into());
    let report = folder.path().join("report");
    let printed = on(&input, &["--report", &report.display().to_string()]).succeeds().stdout;
    let page = fs::read_to_string(report.join("evaluation.html")).unwrap();
    let json = fs::read_to_string(report.join("evaluation.json")).unwrap();
    assert!(!page.contains("<script>"));
    for text in [&printed, &page, &json] {
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
    }
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["confusion"]["models"], json!(names));
}

#[test]
fn domains_are_left_out_one_at_a_time() {
    let folder = tempdir().unwrap();
    let input = written(&folder, |_, prompt, record| {
        record["domain"] = ["near", "far", "farther"][prompt % 3].into();
    });
    let found = on(&input, &["--group", "domain", "--json"]).succeeds().json();
    let parts = found["design"]["parts"].as_array().unwrap();
    let names: Vec<&str> = parts.iter().map(|part| part["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["far", "farther", "near"]);
    // The models' prompts may stand in two domains: those are not learned from.
    for part in parts {
        assert!(number(&part["training"]) <= 40.0 && number(&part["judged"]) == 20.0, "{part}");
    }
    let shown = on(&input, &["--group", "domain"]).succeeds().stdout;
    assert!(shown.contains("held-out domains") && shown.contains("farther"), "{shown}");
}

#[test]
fn a_model_that_vanishes_from_the_training_is_counted() {
    let folder = tempdir().unwrap();
    let few: Vec<String> = (0..4)
        .map(|i| {
            let text =
                format!("A short stretch of reasoning, number {i}, goes on and on. ").repeat(6);
            json!({ "id": i.to_string(), "prompt_id": format!("own-{i}"), "reasoning": text })
                .to_string()
        })
        .collect();
    let few = write(&folder, "few.jsonl", few.join("\n"));
    let label = format!("drift/few={}", few.display());
    let found = evaluated(&["--label", &label, "--json"]).succeeds().json();
    assert_eq!(found["unjudged"]["vanished"], json!({ "drift/few": 4 }));
    assert_eq!(found["summary"]["traces"], 90);
    let limits = found["limits"].to_string();
    assert!(limits.contains("4 held-out traces could not be scored"), "{limits}");
    assert!(limits.contains("drift/few answered mostly prompts that no other model"), "{limits}");
    let shown = evaluated(&["--label", &label]).succeeds().stdout;
    assert!(shown.contains("drift/few: not learned without them"), "{shown}");
}

#[test]
fn short_traces_are_left_unanswered_and_lower_c_at_1() {
    let folder = tempdir().unwrap();
    let input = written(&folder, |_, prompt, record| {
        if prompt % 3 == 0 {
            record["reasoning"] = format!("Too short to say anything, {prompt}.").into();
        }
    });
    let found = on(&input, &["--json"]).succeeds().json();
    assert_eq!(
        (&found["unjudged"]["too_short"], &found["summary"]["traces"]),
        (&json!(20), &json!(40))
    );
    let (top1, c) = (&found["summary"]["top1"]["value"], &found["summary"]["c_at_1"]["value"]);
    // A third unanswered, the rest right at most: (2/3)·(1 + 1/3).
    assert!(number(c) <= 8.0 / 9.0 + 1e-9 && number(c) < number(top1), "{c} {top1}");
}

#[test]
fn two_models_have_no_open_set_and_it_is_said() {
    let folder = tempdir().unwrap();
    let found = on(&written(&folder, |_, _, _| ()), &["--open-set", "--json"]).succeeds().json();
    assert!(found["open_set"].is_null());
    assert!(found["limits"].to_string().contains("at least 3 models"), "{}", found["limits"]);
}

#[test]
fn families_have_an_accuracy_of_their_own() {
    let folder = tempdir().unwrap();
    let table = "model\tfamily\nacme/ponder-1\tx\ncumulus/quill-3\tx\n";
    let families = write(&folder, "families.tsv", table).display().to_string();
    let found = evaluated(&["--families", &families, "--json"]).succeeds().json();
    let (model, family) = (&found["summary"]["top1"], &found["summary"]["family_accuracy"]);
    assert!(number(&family["value"]) >= number(&model["value"]), "{family} {model}");
    let none = evaluated(&["--json"]).succeeds().json();
    assert!(none["summary"]["family_accuracy"].is_null());
}

#[test]
fn a_pair_is_planned_for_where_it_is_named() {
    let [_, b, c] = REFERENCES;
    let found = evaluated(&["--pair", c, b, "--json"]).succeeds().json();
    let plans = found["planner"].as_array().unwrap();
    assert_eq!(plans.len(), 1);
    let names: Vec<&Value> = (0..2).map(|side| &plans[0]["sides"][side]["model"]).collect();
    assert_eq!(names, [c, b]);
    evaluated(&["--pair", b, "acme/other"]).fails(2, &["--pair", "acme/other", "acme/ponder-1"]);
    evaluated(&["--pair", b, b]).fails(2, &["two different models"]);
}

// What cannot be evaluated: exit code 2 for wrong usage, 3 for too little text.

#[test]
fn one_model_is_too_little() {
    let words = ["two models", "only one model, acme/ponder-1", "--label"];
    on(&fixture("traces/ponder-1.jsonl"), &[]).fails(3, &words);
}

#[test]
fn one_prompt_and_two_prompts_are_too_little() {
    let folder = tempdir().unwrap();
    let input = written(&folder, |_, _, record| record["prompt_id"] = "the-same".into());
    on(&input, &[]).fails(3, &["same prompt", "at least 3 different prompts"]);
    let input = written(&folder, |_, prompt, record| {
        record["prompt_id"] = ["one", "other"][prompt % 2].into();
    });
    on(&input, &["--folds", "2"]).fails(3, &["2 different prompts", "at least 3"]);
}

#[test]
fn more_folds_than_prompts() {
    evaluated(&["--folds", "31"])
        .fails(2, &["31 folds", "30 different prompts", "at most --folds 30"]);
    evaluated(&["--folds", "1"]).fails(2, &["--folds"]);
}

#[test]
fn one_domain_or_source_cannot_be_left_out() {
    let folder = tempdir().unwrap();
    let input = written(&folder, |_, _, record| {
        record["domain"] = "puzzles".into();
        record["source"] = "the-set".into();
    });
    let words = ["--group domain", "one domain", "\"puzzles\"", "--group prompt"];
    on(&input, &["--group", "domain"]).fails(2, &words);
    on(&input, &["--group", "source"]).fails(2, &["one source", "\"the-set\""]);
}

#[test]
fn nothing_is_left_to_learn_from() {
    let folder = tempdir().unwrap();
    // Each model has a domain of its own, with the same prompts in both.
    let input = written(&folder, |model, _, record| record["domain"] = model.to_string().into());
    on(&input, &["--group", "domain"])
        .fails(3, &["nothing could be judged", "at least two models"]);
}

#[test]
fn bad_inputs_are_refused_as_fit_refuses_them() {
    run(["evaluate", "no/such/traces.jsonl"]).fails(2, &["no/such/traces.jsonl"]);
    run(["evaluate", "--label", "nothing"]).fails(2, &["NAME=PATH"]);
    on(&fixture("bad/no-reasoning.jsonl"), &[]).fails(3, &["no usable reasoning"]);
    let blocked = tempdir().unwrap();
    let file = write(&blocked, "file", "x").display().to_string();
    evaluated(&["--report", &file]).fails(2, &["report folder", "file"]);
}

// The seam: another method is measured on the same held-out traces.

/// Always names the model with the most traces.
struct Majority;

struct Constant {
    references: Vec<String>,
    probabilities: Vec<f32>,
}

impl Method for Majority {
    fn name(&self) -> &str {
        "majority"
    }

    fn learn(
        &self,
        training: &[&Trace],
        _: &dyn Fn(&str),
    ) -> Result<Box<dyn Classifier>, atlas::Error> {
        let names: BTreeSet<&String> = training.iter().filter_map(|t| t.model.as_ref()).collect();
        let share = |name: &String| {
            training.iter().filter(|t| t.model.as_ref() == Some(name)).count() as f32
                / training.len() as f32
        };
        let probabilities = names.iter().map(|name| share(name)).collect();
        let references = names.into_iter().cloned().collect();
        Ok(Box::new(Constant { references, probabilities }))
    }
}

impl Classifier for Constant {
    fn references(&self) -> &[String] {
        &self.references
    }

    fn predict(&self, _: &str, _: &mut NgramCounter) -> Option<Prediction> {
        Some(Prediction { probabilities: self.probabilities.clone(), unknown: None })
    }
}

#[test]
fn another_method_stands_beside_the_programs_own() {
    let folder = tempdir().unwrap();
    let input = written(&folder, |_, _, _| ()).display().to_string();
    let traces: Vec<Trace> = ingest::open(&[input], ingest::Options::default())
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let mut options = EvaluateOptions {
        learn: Default::default(),
        group: Group::Prompt,
        folds: 3,
        open_set: false,
        robustness: false,
        pairs: Vec::new(),
        resamples: 100,
        dropped: Default::default(),
        command: String::new(),
    };
    options.learn.fit.channels = "layout,function".parse().unwrap();
    let found = evaluate(&traces, &options, &[&Majority], &|_| ()).unwrap();
    let majority = &found.methods[0].summary;
    assert_eq!((found.methods[0].name.as_str(), majority.traces), ("majority", 60));
    // Who gives each of two models its share says nothing: one bit.
    assert!((majority.cllr.value - 1.0).abs() < 1e-3, "{:?}", majority.cllr);
    assert!((majority.log_loss.value - 2.0_f64.ln()).abs() < 0.01, "{:?}", majority.log_loss);
    assert!(majority.c_at_1.is_none());
    assert!(found.summary.top1.value > majority.top1.value);
}
