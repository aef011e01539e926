//! A person reads what an agent logged: which turns are read, and that a session counts as one prompt,
//! however many thoughts it holds.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use common::{REFERENCES, Run, atlas, command, fixture, write};
use cotprint::atlas as atlases;
use cotprint::evaluation::{Classifier, EvaluateOptions, Group, Method, Prediction, evaluate};
use cotprint::features::NgramCounter;
use cotprint::ingest::{self, Options};
use cotprint::trace::Trace;
use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};

fn fixture_traces(name: &str) -> Vec<Trace> {
    let path = fixture(name).display().to_string();
    ingest::open(&[path], Options::default()).unwrap().map(Result::unwrap).collect()
}

/// The traces as a log of Claude Code, each in the session that `session` gives to its number.
fn log(traces: &[Trace], session: impl Fn(usize) -> String) -> String {
    let mut lines = String::new();
    for (at, trace) in traces.iter().enumerate() {
        let entry = |role: &str, content: Value| {
            json!({"sessionId": session(at), "type": role, "uuid": format!("{role}-{at}"),
                "message": {"id": format!("m{at}"), "role": role, "model": trace.model, "content": content}})
        };
        let asked = trace.prompt.as_deref().unwrap_or("And now?");
        let said = json!([{"type": "thinking", "thinking": trace.reasoning},
            {"type": "text", "text": trace.answer.as_deref().unwrap_or("Done.")}]);
        lines += &format!("{}\n{}\n", entry("user", json!(asked)), entry("assistant", said));
    }
    lines
}

/// A file for each session.
fn logs(folder: &TempDir, traces: &[Trace], of_session: usize) {
    for (number, traces) in traces.chunks(of_session).enumerate() {
        write(folder, &format!("s{number:03}.jsonl"), log(traces, |_| format!("s-{number}")));
    }
}

fn verb(verb: &str, input: &Path, more: &[&str]) -> Value {
    let mut command = command();
    command.arg(verb).arg(input).arg("--atlas").arg(atlas()).args(["--json", "-q"]).args(more);
    let run = Run::of(&mut command);
    // 3: read, and too little for a verdict.
    assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
    run.json()
}

fn width(found: &Value) -> f64 {
    found["ranking"][0]["high"].as_f64().unwrap() - found["ranking"][0]["low"].as_f64().unwrap()
}

#[test]
fn the_thoughts_of_one_session_narrow_no_interval() {
    let traces = fixture_traces("new-model.jsonl");
    let (apart, whole, parts) = (tempdir().unwrap(), tempdir().unwrap(), tempdir().unwrap());
    logs(&apart, &traces, 1);
    logs(&whole, &traces, traces.len());
    logs(&parts, &traces, 5);

    let each = verb("compare", apart.path(), &[]);
    assert_eq!((&each["traces"], &each["prompts"]), (&json!(30), &json!(30)));
    assert_eq!(each["verdict"]["kind"], "resembles", "{}", each["verdict"]);
    assert!(width(&each) < 0.5, "{}", each["ranking"][0]);

    let one = verb("compare", whole.path(), &[]);
    assert_eq!((&one["traces"], &one["prompts"]), (&json!(30), &json!(1)));
    assert_eq!(one["verdict"]["kind"], "too_little_text", "{}", one["verdict"]);
    assert_eq!(width(&one), 1.0, "nothing is known of other sessions: {}", one["ranking"][0]);

    let six = verb("compare", parts.path(), &[]);
    assert_eq!((&six["traces"], &six["prompts"]), (&json!(30), &json!(6)));
    let same = |found: &Value| found["ranking"][0]["reference"].clone();
    assert_eq!(same(&six), same(&each));
}

#[test]
fn an_audit_counts_a_session_once() {
    let traces = fixture_traces("new-model.jsonl");
    let folder = tempdir().unwrap();
    logs(&folder, &traces, 3);
    let found = verb("audit", folder.path(), &["--resamples", "100"]);
    assert_eq!((&found["traces"], &found["prompts"]), (&json!(30), &json!(10)));
}

#[test]
fn a_session_is_the_same_in_the_records_that_come_out() {
    let traces = fixture_traces("new-model.jsonl");
    let folder = tempdir().unwrap();
    logs(&folder, &traces, 5);
    let out = folder.path().join("records.parquet");
    Run::of(command().args(["ingest", "-q", "-o"]).arg(&out).arg(folder.path())).succeeds();
    let read = fixture_traces(out.to_str().unwrap());
    let keys: BTreeSet<String> = read.iter().map(Trace::group_key).collect();
    let prompts: BTreeSet<String> = read.iter().map(Trace::prompt_key).collect();
    assert_eq!((read.len(), keys.len(), prompts.len()), (30, 6, 30));
    assert_eq!(verb("compare", &out, &[])["prompts"], 6);
}

#[test]
fn rows_tell_their_conversation() {
    let folder = tempdir().unwrap();
    let row = |id: Value, asked: &str| {
        json!({"conversation_id": id, "question": asked, "model": "acme/m", "answer": "So.",
            "reasoning_content": format!("I think about {asked}")})
    };
    let rows = [
        row(json!("a"), "2+2?"),
        row(json!("b"), "2+2?"),
        row(json!("a"), "And 3?"),
        row(json!("b"), "And 4?"),
        row(json!("c"), "5+5?"),
        row(json!(null), "6+6?"),
    ];
    let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
    let path = write(&folder, "rows.jsonl", lines);
    let run = Run::of(command().arg("ingest").arg(&path)).succeeds();
    let records: Vec<Trace> =
        run.stdout.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let keys: BTreeSet<String> = records.iter().map(Trace::group_key).collect();
    // `a` and `b` begin with the same question.
    assert_eq!(keys.len(), 3, "{keys:?}");
    assert!(run.stderr.contains("a session counts as one prompt"), "{}", run.stderr);
}

/// Remembers what it learns from, and must not be asked about a session of it.
struct Watcher;

struct Watched(Vec<String>, BTreeSet<String>);

impl Method for Watcher {
    fn name(&self) -> &str {
        "watcher"
    }

    fn learn(
        &self,
        training: &[&Trace],
        _: &dyn Fn(&str),
    ) -> Result<Box<dyn Classifier>, atlases::Error> {
        let models: BTreeSet<String> = training.iter().filter_map(|t| t.model.clone()).collect();
        let texts = training.iter().map(|trace| session_of(&trace.reasoning)).collect();
        Ok(Box::new(Watched(models.into_iter().collect(), texts)))
    }
}

impl Classifier for Watched {
    fn references(&self) -> &[String] {
        &self.0
    }

    fn predict(&self, text: &str, _: &mut NgramCounter) -> Option<Prediction> {
        assert!(!self.1.contains(&session_of(text)), "a session is on both sides of a fold");
        let even = 1.0 / self.0.len() as f32;
        Some(Prediction { probabilities: vec![even; self.0.len()], unknown: None })
    }
}

/// The session that a text names at its start.
fn session_of(text: &str) -> String {
    text.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_fold_never_splits_a_session() {
    let folder = tempdir().unwrap();
    for (model, name) in [("ponder-1", REFERENCES[0]), ("ledger-2", REFERENCES[1])] {
        let traces: Vec<Trace> = fixture_traces(&format!("traces/{model}.jsonl"))
            .into_iter()
            .enumerate()
            .map(|(at, trace)| Trace {
                model: Some(name.into()),
                prompt: trace.prompt.as_ref().map(|own| format!("{model}: {own}")),
                reasoning: format!("{model} {} {}", at / 3, trace.reasoning),
                ..trace
            })
            .collect();
        for (number, traces) in traces.chunks(3).enumerate() {
            let name = format!("{model}-{number}");
            write(&folder, &format!("{name}.jsonl"), log(traces, |_| name.clone()));
        }
    }
    let read = fixture_traces(folder.path().to_str().unwrap());
    assert_eq!(read.len(), 60);
    let mut options = EvaluateOptions {
        learn: Default::default(),
        group: Group::Prompt,
        folds: 3,
        open_set: false,
        robustness: false,
        pairs: Vec::new(),
        resamples: 20,
        dropped: Default::default(),
        command: String::new(),
    };
    options.learn.fit.channels = "layout,function".parse().unwrap();
    let found = evaluate(&read, &options, &[&Watcher], &|_| ()).unwrap();
    assert_eq!((found.design.traces, found.design.prompts), (60, 20));
}

#[test]
fn which_turns_are_read_is_the_users_choice() {
    let folder = tempdir().unwrap();
    let turn = |role: &str, text: &str| json!({"role": role, "content": text});
    let says = |thought: &str| turn("assistant", &format!("<think>{thought}</think>So."));
    let row = json!({"model": "acme/m", "messages": [
        turn("user", "2+2?"), says("First I add."), says("Then I check."),
        turn("user", "And 3+3?"), says("Again I add."), turn("tool", "6"), says("Again I check.")]});
    let row = write(&folder, "row.jsonl", format!("{row}\n"));
    let traces = fixture_traces("new-model.jsonl");
    let one = Trace { prompt: Some("2+2?".into()), ..traces[0].clone() };
    let more = Trace { prompt: None, ..traces[1].clone() };
    let log = log(&[one, traces[2].clone()], |_| "s".into());
    let log = write(&folder, "log.jsonl", log + &self::log(&[more], |_| "s".into()));
    let inspect = fixture("formats/inspect.json");
    let read = |path: &Path, turns: &[&str]| {
        let run = Run::of(command().args(["ingest", "-q"]).arg(path).args(turns)).succeeds();
        let lines = run.json_lines();
        lines.iter().map(|line| line["reasoning"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let of_row = |turns: &[&str]| read(&row, turns);
    assert_eq!(of_row(&[]), ["Again I add.", "Again I check."]);
    assert_eq!(of_row(&["--turns", "run"]), of_row(&[]));
    assert_eq!(of_row(&["--turns", "last"]), ["Again I check."]);
    assert_eq!(
        of_row(&["--turns", "all"]),
        ["First I add.", "Then I check.", "Again I add.", "Again I check."]
    );
    assert_eq!(read(&log, &["--turns", "last"]).len(), 3, "each question of a log is a run");
    assert!(read(&inspect, &["--turns", "last"]).len() == read(&inspect, &[]).len());
    // The command of a result says which turns were read.
    let found = verb("compare", &fixture("new-model.jsonl"), &["--turns", "all"]);
    let again = found["provenance"]["command"].as_str().unwrap();
    assert!(again.contains("--turns all"), "{again}");
    let rows: BTreeMap<&str, usize> = ["last", "run", "all"]
        .iter()
        .map(|turns| (*turns, of_row(&["--turns", turns]).len()))
        .collect();
    assert!(rows["last"] < rows["run"] && rows["run"] < rows["all"]);
    Run::of(command().args(["ingest", "--turns", "some"]).arg(&row)).fails(2, &["--turns", "last"]);
}
