//! A person measures how far the verdict can be trusted, on labelled traces of models of several families.

#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/dice.rs"]
mod dice;

use common::{Run, command, labelled_fixtures, write};
use dice::Dice;
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, path::PathBuf};
use tempfile::{TempDir, tempdir};

/// Invented models with their families. Two vendors have two families each.
const MODELS: [(&str, &str); 9] = [
    ("acme/brief-1", "brief"),
    ("acme/ponder-1", "ponder"),
    ("acme/ponder-2", "ponder"),
    ("borealis/ledger-2", "ledger"),
    ("borealis/sum-1", "sum"),
    ("cumulus/quill-3", "quill"),
    ("drift/anchor-1", "anchor"),
    ("ember/spark-1", "spark"),
    ("fjord/deep-1", "deep"),
];
/// Prompts; each model answers each of them once.
const PROMPTS: usize = 48;

/// What a sentence may begin with, how its parts are joined and how it may end.
const STARTS: [&str; 9] = [
    "Okay, so",
    "First,",
    "Hmm, perhaps",
    "Let me see:",
    "Now then,",
    "Right, and",
    "Well, it seems",
    "Therefore",
    "- Note that",
];
const JOINTS: [&str; 9] =
    ["because", "since", "while", "although", "unless", "whereas", "if", "until", "after"];
const ENDS: [&str; 9] =
    [".", "!", "?", "...", ";", ", right?", " as well.", " in any case.\n", " to be sure.\n\n"];
const PARTS: [&str; 8] = [
    "the box on the left holds the red ball",
    "nobody has counted the coins yet",
    "there were seven of them in the garden",
    "this has to be checked by hand",
    "the second guard cannot have been there",
    "they would both be wrong about it",
    "the train leaves at noon from the old station",
    "what we know is not enough for an answer",
];

/// A trace of a model, which mostly writes in its own way: members of a family share it.
fn reasoning(habit: usize, dice: &mut Dice) -> String {
    let mut own = |of: &[&'static str], place: usize| match dice.below(10) {
        0..=6 => of[(habit + place) % of.len()],
        _ => *dice.pick(of),
    };
    let mut text = String::new();
    for _ in 0..5 {
        let (start, joint, end) = (own(&STARTS, 0), own(&JOINTS, 3 * habit), own(&ENDS, 5));
        text += &format!("{start} PART {joint} PART{end} ");
    }
    while text.contains("PART") {
        text = text.replacen("PART", dice.pick::<&str>(&PARTS), 1);
    }
    text
}

/// The traces and the table of families.
fn written(folder: &TempDir) -> (PathBuf, PathBuf) {
    let mut lines = String::new();
    let mut dice = Dice::new(11);
    for (name, family) in MODELS {
        let habit = MODELS.iter().position(|own| own.1 == family).unwrap();
        for prompt in 0..PROMPTS {
            let record = json!({
                "id": format!("{name}:{prompt}"),
                "prompt_id": format!("p{prompt}"),
                "model": name,
                "source": "invented",
                "domain": "riddles",
                "reasoning": reasoning(habit, &mut dice),
            });
            lines.push_str(&format!("{record}\n"));
        }
    }
    let table: String = MODELS.iter().map(|(name, family)| format!("{name}\t{family}\n")).collect();
    (write(folder, "traces.jsonl", lines), write(folder, "families.tsv", table))
}

fn evaluated(inputs: &[String], more: &[&str]) -> Run {
    let quick = ["--resamples", "100", "--folds", "2"];
    let less = ["--open-set", "--no-robustness", "--method", "default"];
    Run::of(command().arg("evaluate").args(inputs).args(quick).args(less).args(more))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The figures of one number of traces fit together.
fn fit_together(own: &Value) {
    let value = |what: &str| number(&own[what]["value"]);
    let count = |what: &str| own[what].as_u64().unwrap();
    for what in ["named_rightly", "named_wrongly", "strangers_named", "auroc"] {
        assert!((0.0..=1.0).contains(&value(what)), "{what}: {own}");
        // Sums of weights are not exact.
        assert!(number(&own[what]["low"]) <= value(what) + 1e-9, "{what}: {own}");
        assert!(number(&own[what]["high"]) >= value(what) - 1e-9, "{what}: {own}");
    }
    assert!(value("named_rightly") + value("named_wrongly") <= 1.0 + 1e-9);
    assert_eq!((count("known_models"), count("strangers") + count("relatives") > 0), (9, true));
    let shares: Vec<f64> =
        list(&own["at"]).iter().map(|at| number(&at["named_rightly"]["value"])).collect();
    assert!(shares.len() == 3 && shares.is_sorted(), "{shares:?}");
    // Of too little text no probability is stated.
    if !own["cllr"].is_null() {
        assert!(value("min_cllr") <= value("cllr") + 1e-9, "{own}");
    }
    let curve = list(&own["curve"]);
    let column = |what: &str| curve.iter().map(|corner| number(&corner[what])).collect::<Vec<_>>();
    assert!(column("strangers_named").is_sorted() && column("named_rightly").is_sorted());
    assert!(column("bound").is_sorted_by(|a, b| a > b));
    let in_bins: u64 =
        list(&own["calibration"]).iter().map(|b| b["corpora"].as_u64().unwrap()).sum();
    assert_eq!(in_bins, count("known") + count("strangers") - count("unfamiliar"));
}

#[test]
fn the_verdict_is_measured_on_families_that_were_left_out() {
    let folder = tempdir().unwrap();
    let (traces, families) = written(&folder);
    let report = folder.path().join("report");
    let inputs = [traces, "--families".into(), families].map(|path| path.display().to_string());
    let printed =
        evaluated(&inputs, &["--threads", "2", "--report", &report.display().to_string()]);
    let printed = printed.succeeds().stdout;
    let found: Value =
        serde_json::from_slice(&fs::read(report.join("evaluation.json")).unwrap()).unwrap();
    let open_set = &found["open_set"];

    // A family is left out as a whole, each in one round; six families are left.
    let family_of: BTreeMap<&str, &str> = MODELS.into_iter().collect();
    let rounds: Vec<Vec<&str>> = list(&open_set["rounds"])
        .iter()
        .map(|round| list(&round["left_out"]).iter().map(|own| own.as_str().unwrap()).collect())
        .collect();
    assert_eq!(rounds.iter().map(Vec::len).sum::<usize>(), MODELS.len());
    for round in &rounds {
        assert!(round.len() <= 3, "{round:?}");
        let has = |model: &str| round.contains(&model);
        assert_eq!(has("acme/ponder-1"), has("acme/ponder-2"), "{round:?}");
        let families: std::collections::BTreeSet<&str> =
            round.iter().map(|own| family_of[own]).collect();
        assert!(families.len() <= 2, "{families:?}");
    }

    let verification = &open_set["verification"];
    assert_eq!(number(&verification["error_rate"]), 0.05);
    let by_traces = list(&verification["by_traces"]);
    let sizes: Vec<&Value> = by_traces.iter().map(|own| &own["traces"]).collect();
    assert_eq!(sizes, [1, 5, 10], "a fold has twelve traces of a model");
    by_traces.iter().for_each(fit_together);
    // One trace is too little for a name; ten tell these writers apart.
    let right = |at: usize| number(&by_traces[at]["named_rightly"]["value"]);
    assert_eq!(right(0), 0.0);
    assert!(number(&by_traces[2]["auroc"]["value"]) > 0.6, "{}", by_traces[2]);

    let models = list(&verification["models"]);
    let names: Vec<&str> = models.iter().map(|own| own["model"].as_str().unwrap()).collect();
    assert_eq!(names, MODELS.map(|(name, _)| name));
    for plan in models {
        assert_eq!(
            (&plan["family"], &plan["most"]),
            (&json!(family_of[plan["model"].as_str().unwrap()]), &json!(10))
        );
        let enough = |own: &&Value| number(&own["named_rightly"]) >= 0.8 - 1e-9;
        let needed = list(&plan["by_traces"]).iter().find(enough).map(|own| &own["traces"]);
        assert_eq!(plan["needed"], needed.cloned().unwrap_or_default(), "{plan}");
    }
    // The rule for atlases without a verification is not measured.
    assert_eq!(open_set["known_verdicts"]["corpora"], 0);

    let page = fs::read_to_string(report.join("evaluation.html")).unwrap();
    assert!(page.contains("id=\"detection-figure\"") && page.contains("minCllr"));
    assert!(report.join("detection.svg").exists() && report.join("detection.png").exists());
    assert!(printed.contains("The verdict, by number of traces"), "{printed}");
    assert!(printed.contains("80 % of a model’s corpora"), "{printed}");
    for line in printed.lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }

    // Neither threads nor a second run change it.
    let again = evaluated(&inputs, &["--threads", "1", "--json"]).succeeds().json();
    assert_eq!(again["open_set"], *open_set);
}

#[test]
fn without_families_it_is_said_that_the_verdict_was_not_measured() {
    let found = evaluated(&labelled_fixtures(), &["--json"]).succeeds().json();
    assert!(found["open_set"]["verification"].is_null());
    let limits = found["limits"].to_string();
    assert!(limits.contains("The verdict was not measured: the families"), "{limits}");
    assert!(number(&found["open_set"]["known_verdicts"]["corpora"]) > 0.0);
}

#[test]
fn with_few_families_it_is_said_how_many_are_needed() {
    let folder = tempdir().unwrap();
    let table = "acme/ponder-1\tponder\nborealis/ledger-2\tledger\n";
    let table = write(&folder, "families.tsv", table).display().to_string();
    let found =
        evaluated(&labelled_fixtures(), &["--json", "--families", &table]).succeeds().json();
    assert!(found["open_set"]["verification"].is_null());
    let limits = found["limits"].to_string();
    assert!(limits.contains("needs 6 families"), "{limits}");
}
