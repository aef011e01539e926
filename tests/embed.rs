//! A person brings an embedding model, or vectors that one made: `fit --embed`, and scoring with the same source.

#![allow(clippy::unwrap_used)]

mod common;

use common::{REFERENCES, Run, command, fit, fixture, run};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// What is scored: 30 traces that write like the third reference.
const NEW: &str = "new-model.jsonl";

/// Ids and models of the traces that `fit` reads, in their order.
fn known() -> Vec<(String, usize)> {
    let of = |(model, input): (usize, &str)| {
        let read = run(["ingest", &fixture(input).display().to_string(), "-q"]).succeeds();
        let ids = read.json_lines().into_iter().map(move |line| (id(&line), model));
        ids.collect::<Vec<_>>()
    };
    let inputs = ["traces/ponder-1.jsonl", "traces/ledger-2.jsonl", "traces/quill-3"];
    inputs.into_iter().enumerate().flat_map(of).collect()
}

/// Ids of the traces that are scored, in their order; all of them are given to this model.
fn new(model: usize) -> Vec<(String, usize)> {
    let read = run(["ingest", &fixture(NEW).display().to_string(), "-q"]).succeeds();
    read.json_lines().iter().map(|line| (id(line), model)).collect()
}

fn id(line: &Value) -> String {
    line["id"].as_str().unwrap().to_owned()
}

/// A vector that names the model, whatever the text: nothing but vectors can know it.
fn vector((number, (_, model)): (usize, &(String, usize))) -> [f32; 3] {
    let mut vector = [0.01 * (number % 7) as f32; 3];
    vector[*model] += 1.0;
    vector
}

/// JSON Lines with ids, backwards: nothing but the ids says whose they are.
fn lines(folder: &TempDir, name: &str, traces: &[(String, usize)]) -> String {
    let line = |(number, trace): (usize, &(String, usize))| {
        json!({ "id": trace.0, "embedding": vector((number, trace)) }).to_string() + "\n"
    };
    let lines: Vec<String> = traces.iter().enumerate().map(line).collect();
    let content: String = lines.into_iter().rev().collect();
    common::write(folder, name, content).display().to_string()
}

/// What `numpy.save` writes.
fn npy(folder: &TempDir, name: &str, traces: &[(String, usize)]) -> String {
    let rows = traces.len();
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, 3), }}");
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    for value in traces.iter().enumerate().flat_map(vector) {
        bytes.extend(value.to_le_bytes());
    }
    common::write(folder, name, bytes).display().to_string()
}

/// A copy of a model in a folder of its own.
fn model(folder: &TempDir, name: &str, of: &str) -> String {
    let path = folder.path().join(name);
    fs::create_dir(&path).unwrap();
    for file in fs::read_dir(fixture("embedding").join(of)).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), path.join(file.file_name())).unwrap();
    }
    path.display().to_string()
}

/// The path of a new atlas, as text.
fn learned(folder: &TempDir, name: &str, more: &[&str]) -> (PathBuf, String) {
    let path = folder.path().join(name);
    fit(&path, more).succeeds();
    let text = path.display().to_string();
    (path, text)
}

fn score(atlas: &str, more: &[&str]) -> Run {
    let mut score = command();
    score.arg("score").arg(fixture(NEW)).args(["--atlas", atlas]).args(more);
    Run::of(&mut score)
}

/// How many of the traces have this reference first.
fn first(scored: &Run, reference: &str) -> usize {
    scored.json_lines().iter().filter(|line| line["top"] == reference).count()
}

#[test]
fn an_atlas_knows_its_model_again() {
    let folder = tempfile::tempdir().unwrap();
    let source = model(&folder, "model", "plain");
    let more =
        |threads| ["--embed", &source, "--channels", "rhythm,embed,vectors", "--threads", threads];
    let (one, atlas) = learned(&folder, "1.atlas", &more("1"));
    let (two, _) = learned(&folder, "2.atlas", &more("2"));
    assert!(fs::read(&one).unwrap() == fs::read(two).unwrap(), "it depends on the threads");

    let about = run(["atlas", "show", &atlas, "--json"]).succeeds().json();
    let vectors = &about["vectors"];
    assert_eq!((&vectors["kind"], &vectors["dimensions"]), (&json!("model2vec"), &json!(8)));
    assert_eq!(
        (&vectors["folder"], vectors["checksum"].as_str().unwrap().len()),
        (&json!(source), 32)
    );
    let channels = about["options"]["channels"].as_array().unwrap();
    assert_eq!(channels.last().unwrap()["channel"], "vectors");
    assert_eq!(channels.last().unwrap()["features"], 8);
    let shown = run(["atlas", "show", &atlas]).succeeds().stdout;
    assert!(shown.contains("vectors of a model2vec model (8 dimensions"), "{shown}");

    // From where `fit` found it, and from elsewhere.
    let found = score(&atlas, &["--threads", "1"]).succeeds();
    let elsewhere = model(&folder, "elsewhere", "plain");
    let named = score(&atlas, &["--embed", &elsewhere, "--threads", "2"]).succeeds();
    assert_eq!(found.stdout, named.stdout);
    assert!(found.json_lines().iter().all(|line| line["without_vector"].is_null()));
    // The vectors count.
    let (_, bare) = learned(&folder, "bare.atlas", &["--channels", "rhythm,embed"]);
    assert_ne!(score(&bare, &[]).succeeds().stdout, found.stdout);

    // Another model, a model that is not there any more, and a file are refused.
    fs::remove_dir_all(&source).unwrap();
    score(&atlas, &[]).fails(2, &["model2vec model (8 dimensions", &source, "--embed"]);
    let other = fixture("embedding/shared").display().to_string();
    score(&atlas, &["--embed", &other]).fails(2, &["8 dimensions", "two sources", &atlas]);
    let config = Path::new(&elsewhere).join("config.json");
    let changed = fs::read_to_string(&config).unwrap().replace("true", "false");
    fs::write(config, changed).unwrap();
    score(&atlas, &["--embed", &elsewhere]).fails(2, &["checksum", "two sources"]);
    let file = lines(&folder, "v.jsonl", &new(0));
    score(&atlas, &["--embed", &file]).fails(2, &["a file of vectors (3 dimensions)"]);
    score(&atlas, &["--embed", "no/such/model"]).fails(2, &["no/such/model", "cannot be read"]);
}

#[test]
fn vectors_of_a_file_find_their_traces_by_id_or_by_order() {
    let folder = tempfile::tempdir().unwrap();
    let known = known();
    let by_id = lines(&folder, "known.jsonl", &known);
    let by_order = npy(&folder, "known.npy", &known);
    let (one, atlas) = learned(&folder, "1.atlas", &["--embed", &by_id, "--channels", "vectors"]);
    let (two, _) = learned(&folder, "2.atlas", &["--embed", &by_order, "--channels", "vectors"]);
    assert!(fs::read(one).unwrap() == fs::read(two).unwrap(), "the kind of file matters");

    // The text says the third reference, the vectors say the first: only vectors are asked.
    let of_first = lines(&folder, "new.jsonl", &new(0));
    let of_second = npy(&folder, "new.npy", &new(1));
    let scored = score(&atlas, &["--embed", &of_first, "--threads", "1"]).succeeds();
    assert_eq!(first(&scored, REFERENCES[0]), 30);
    let again = score(&atlas, &["--embed", &of_first, "--threads", "2"]).succeeds();
    assert_eq!(scored.stdout, again.stdout);
    let scored = score(&atlas, &["--embed", &of_second]).succeeds();
    assert_eq!(first(&scored, REFERENCES[1]), 30);

    score(&atlas, &[]).fails(2, &["a file of vectors (3 dimensions)", "--embed FILE"]);
    let plain = fixture("embedding/plain").display().to_string();
    score(&atlas, &["--embed", &plain]).fails(2, &["model2vec", "two sources"]);
    // Every trace has a vector, and every row by order a trace.
    let lacking = lines(&folder, "lacking.jsonl", &new(0)[1..]);
    score(&atlas, &["--embed", &lacking]).fails(2, &["lacking.jsonl", "no vector", "new:"]);
    for (rows, found) in [(&new(0)[1..], "29 rows"), (&[new(0), new(0)].concat()[..], "60 rows")] {
        let wrong = npy(&folder, "wrong.npy", rows);
        score(&atlas, &["--embed", &wrong]).fails(2, &["wrong.npy", found]);
    }
    let path = folder.path().join("refused.atlas");
    let wrong = npy(&folder, "wrong.npy", &known[..89]);
    fit(&path, &["--embed", &wrong]).fails(2, &["wrong.npy", "89 rows"]);
    let lacking = lines(&folder, "lacking.jsonl", &known[..89]);
    fit(&path, &["--embed", &lacking]).fails(2, &["no vector", &known[89].0]);
    assert!(!path.exists());
}

#[test]
fn the_channel_and_its_source_go_together() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.atlas");
    fit(&path, &["--channels", "word,vectors"]).fails(2, &["--embed"]);
    let plain = fixture("embedding/plain").display().to_string();
    fit(&path, &["--channels", "word", "--embed", &plain]).fails(2, &["Add vectors to --channels"]);
    fit(&path, &["--embed", "no/such/model"]).fails(2, &["no/such/model"]);
    assert!(!path.exists());
    score(&common::atlas().display().to_string(), &["--embed", &plain])
        .fails(2, &["learned without vectors", "Leave --embed out"]);

    let (_, atlas) = learned(&folder, "b.atlas", &["--embed", &plain]);
    let about = run(["atlas", "show", &atlas, "--json"]).succeeds().json();
    let channels = about["options"]["channels"].as_array().unwrap();
    let names: Vec<&str> = channels.iter().map(|c| c["channel"].as_str().unwrap()).collect();
    assert_eq!(names, ["word", "layout", "function", "rhythm", "embed", "vectors"]);
}

#[test]
fn every_verb_that_scores_takes_the_vectors() {
    let folder = tempfile::tempdir().unwrap();
    let of_known = lines(&folder, "known.jsonl", &known());
    let (_, atlas) = learned(&folder, "a.atlas", &["--embed", &of_known]);
    let input = fixture(NEW).display().to_string();
    let by_id = lines(&folder, "new.jsonl", &new(2));
    let by_order = npy(&folder, "new.npy", &new(2));
    let place = |name: &str| folder.path().join(name).display().to_string();
    let verb = |verb: &str, embed: &str, more: &[&str]| {
        run([&[verb, &input, "--atlas", &atlas, "--embed", embed][..], more].concat())
    };

    let (report, profile) = (place("report"), place("new.profile"));
    let compared = verb("compare", &by_id, &["--json", "--report", &report]).succeeds().json();
    assert_eq!(compared["ranking"][0]["reference"], REFERENCES[2]);
    let command = compared["provenance"]["command"].as_str().unwrap();
    assert!(command.contains("--embed") && command.contains("new.jsonl"), "{command}");
    let limits = compared["limits"].to_string();
    assert!(limits.contains("the channel vectors"), "{limits}");
    // What changed texts would show is that they have no vector.
    let groups = compared["holds"]["groups"].as_array().unwrap();
    assert!(!groups.is_empty() && groups.iter().all(|group| group["kind"] != "changed"));
    let parameters = fs::read_to_string(place("report/evidence/parameters.json")).unwrap();
    assert!(parameters.contains("new.jsonl"), "{parameters}");

    // One trace has its vector, whether by id or by place, and its windows have none.
    let id = &new(2)[7].0;
    let explained = [&by_id, &by_order].map(|source| {
        let mut found = verb("explain", source, &["--json", "--id", id]).succeeds().json();
        found["command"] = Value::Null;
        found
    });
    assert_eq!(explained[0], explained[1]);
    let scored = score(&atlas, &["--embed", &by_id]).succeeds().json_lines();
    let own = &scored[7]["scores"][REFERENCES[2]].as_f64().unwrap();
    let told = explained[0]["references"][0]["probability"].as_f64().unwrap();
    assert!((told - own).abs() < 1e-5, "{told} is not {own}");
    // The numbers of a vector mean nothing to a reader; their sum does.
    assert!(!explained[0]["measures"].to_string().contains("vectors"));
    let channels = explained[0]["channels"].as_array().unwrap();
    let sum = channels.iter().find(|channel| channel["name"] == "vectors").unwrap();
    assert!(sum["weight"].as_f64().unwrap() > 0.0, "{sum}");

    verb("audit", &by_order, &["--json"]).succeeds();
    let made = run(["profile", &input, "--atlas", &atlas, "--embed", &by_id, "-o", &profile]);
    made.succeeds();
    // Profiles hold what traces were measured as, and need no vectors any more.
    run(["compare", &profile, "--atlas", &atlas, "--json"]).succeeds();
    let card = verb("card", &by_id, &["--baseline", &profile]).succeeds().stdout;
    assert!(card.contains("--embed"), "{card}");
    verb("tree", &by_order, &["--as", "newick"]).succeeds();
    verb("tree", &by_order, &[&input]).fails(2, &["several inputs", "ids"]);
    verb("compare", &by_order, &["--baseline", &input]).fails(2, &["a baseline", "ids"]);
    let policy = common::write(
        &folder,
        "p.toml",
        format!("[[expect]]\nid = \"e\"\nreference = \"{}\"\nshare = 0.5\n", REFERENCES[2]),
    );
    let checked = verb("check", &by_id, &["--policy", &policy.display().to_string(), "--json"]);
    assert!(checked.code < 2, "{}", checked.stderr);
}

#[test]
fn an_evaluation_judges_held_out_traces_with_their_vectors() {
    let folder = tempfile::tempdir().unwrap();
    let source = npy(&folder, "known.npy", &known());
    let mut evaluate = command();
    evaluate.arg("evaluate").args(common::labelled_fixtures());
    evaluate.args(["--embed", &source, "--channels", "vectors", "--folds", "2", "--json"]);
    let found = Run::of(evaluate.args(["--method", "default"])).succeeds().json();
    assert_eq!(found["summary"]["top1"]["value"], 1.0, "{}", found["summary"]);
    assert_eq!(found["robustness"], json!([]));
    assert!(found["limits"].to_string().contains("Changed texts were not scored"));
    assert!(found["provenance"]["command"].as_str().unwrap().contains("--embed"));
}
