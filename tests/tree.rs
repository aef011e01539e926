//! A person wants to see among which known models a new one stands, and takes the tree to other tools.

#![allow(clippy::unwrap_used)]

mod common;

use common::{REFERENCES, RIGHT, Run, atlas, command, fixture, fixture_lines, write};
use serde_json::Value;
use std::{fs, path::Path};

fn tree(arguments: &[&str]) -> Run {
    Run::of(command().arg("tree").args(arguments).arg("--atlas").arg(atlas()))
}

fn path(path: &Path) -> String {
    path.display().to_string()
}

/// The new model's traces under another label than the file's.
fn relabelled(folder: &tempfile::TempDir, name: &str, label: Option<&str>) -> String {
    let lines: Vec<String> = fixture_lines("new-model.jsonl")
        .iter()
        .map(|line| {
            let mut record: Value = serde_json::from_str(line).unwrap();
            record["model"] = label.map_or(Value::Null, Value::from);
            record.to_string()
        })
        .collect();
    path(&write(folder, name, lines.join("\n")))
}

#[test]
fn the_new_model_stands_nearest_to_the_one_it_writes_like() {
    let folder = tempfile::tempdir().unwrap();
    let input = relabelled(&folder, "new.jsonl", None);
    let found = tree(&[&input, "--json"]).succeeds().json();
    let tips = found["tips"].as_array().unwrap();
    let names: Vec<&str> = tips.iter().map(|tip| tip["name"].as_str().unwrap()).collect();
    assert_eq!(names, [REFERENCES[0], REFERENCES[1], REFERENCES[2], "new.jsonl"]);
    assert!(tips[3]["input"] == true && tips[0]["input"] == false, "{tips:?}");
    assert_eq!(tips[3]["label"].as_str().unwrap().split(' ').next_back(), Some("*input*"));
    assert_eq!(tips[3]["traces"], 30);
    let row: Vec<f64> =
        found["distances"][3].as_array().unwrap().iter().map(|d| d.as_f64().unwrap()).collect();
    assert!(row[2] < row[0] && row[2] < row[1] && row[3] == 0.0, "{row:?}");
    // One group: the new model with that reference, or the two others.
    let groups = found["groups"].as_array().unwrap();
    assert_eq!(groups.len(), 1, "{groups:?}");
    assert_eq!(groups[0]["tips"], serde_json::json!([2, 3]), "{RIGHT} and the input");
    assert!(groups[0]["support"].as_f64().unwrap() > 0.9, "{groups:?}");
    assert!(found["command"].as_str().unwrap().starts_with("cotprint tree "));
}

#[test]
fn labelled_inputs_are_a_corpus_for_each_model() {
    let folder = tempfile::tempdir().unwrap();
    let one = relabelled(&folder, "one.jsonl", Some("o'neill/m (1)"));
    let two = relabelled(&folder, "two.jsonl", Some("b/y"));
    let newick = tree(&[&one, &two]).succeeds().stdout;
    assert!(newick.ends_with(");\n") && newick.lines().count() == 1, "{newick}");
    assert!(newick.contains("'o''neill/m (1) *input*':"), "{newick}");
    assert!(newick.contains("'b/y *input*':"), "{newick}");
    // The same traces twice: nothing lies between them.
    let found = tree(&[&one, &two, "--json", "--method", "average"]).succeeds().json();
    assert_eq!(found["rooted"], true);
    assert!(found["distances"][3][4].as_f64().unwrap() < 1e-9, "{}", found["distances"]);
}

#[test]
fn every_format_is_chosen_by_the_files_ending() {
    let folder = tempfile::tempdir().unwrap();
    let input = path(&fixture("new-model.jsonl"));
    let written = |name: &str| {
        let file = folder.path().join(name);
        let done = tree(&[&input, "-o", &path(&file)]).succeeds();
        assert!(done.stdout.is_empty(), "{}", done.stdout);
        fs::read(file).unwrap()
    };
    let text = |name: &str| String::from_utf8(written(name)).unwrap();
    assert!(text("t.nwk").starts_with('('));
    let nexus = text("t.nex");
    assert!(nexus.starts_with("#NEXUS") && nexus.contains("BEGIN DISTANCES;"), "{nexus}");
    assert!(nexus.contains("TREE styles = [&U] ("), "{nexus}");
    let phylip = text("t.phy");
    assert_eq!(phylip.lines().count(), 5, "{phylip}");
    assert!(phylip.lines().skip(1).all(|line| line.split(' ').count() == 5), "{phylip}");
    assert!(text("t.svg").starts_with("<svg") && text("t.svg").contains(RIGHT));
    assert!(written("t.PNG").starts_with(b"\x89PNG"));
    let drawn = text("t.txt");
    assert!(drawn.contains('┬') && REFERENCES.iter().all(|name| drawn.contains(name)), "{drawn}");
    assert!(drawn.lines().all(|line| line.chars().count() <= 80), "{drawn}");
    assert!(drawn.contains("does not say which model"), "{drawn}");
    assert!(text("t.json").contains("\"newick\""));
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(names.len(), 7, "nothing half done is left: {names:?}");
}

#[test]
fn the_same_seed_gives_the_same_bytes_with_any_number_of_threads() {
    let input = path(&fixture("new-model.jsonl"));
    for format in ["json", "svg"] {
        let grown = ["1", "2", "2"].map(|threads| {
            tree(&[&input, "--as", format, "--seed", "7", "--threads", threads]).succeeds().stdout
        });
        assert!(grown[0] == grown[1] && grown[1] == grown[2], "{format} differs");
    }
}

#[test]
fn the_references_of_the_embedded_atlas_fit_a_terminal_and_a_figure() {
    let folder = tempfile::tempdir().unwrap();
    let figure = folder.path().join("all.svg");
    Run::of(command().args(["tree", "--resamples", "20", "-o"]).arg(&figure)).succeeds();
    let drawn = fs::read_to_string(figure).unwrap();
    assert!(drawn.contains("deepseek/deepseek-r1-0528"));
    let consensus = ["tree", "--resamples", "20", "--consensus=majority", "--as", "text"];
    let text = Run::of(command().args(consensus)).succeeds().stdout;
    assert!(text.lines().count() > common::embedded_references());
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(text.contains("majority-rule consensus"), "{text}");
}

#[test]
fn a_tree_can_be_kept_small() {
    let input = path(&fixture("new-model.jsonl"));
    let found = tree(&[&input, "--references", "2", "--json"]).succeeds().json();
    let tips = found["tips"].as_array().unwrap();
    assert_eq!(tips.len(), 3);
    assert!(tips.iter().any(|tip| tip["name"] == RIGHT), "{tips:?}");
    tree(&["--references", "2"]).fails(2, &["INPUT"]);
}

#[test]
fn what_cannot_be_a_tree_is_said_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let input = path(&fixture("new-model.jsonl"));
    tree(&[&input, "--references", "1"])
        .fails(2, &["at least 3 corpora", "there are 2", "Keep more references"]);
    tree(&[&input, "-o", "tree.doc"]).fails(2, &["tree.doc", ".nwk", ".png", "--as"]);
    tree(&[&input, "-o", "tree"]).fails(2, &["ending", ".svg"]);
    tree(&[&input, "--as", "png"]).fails(2, &["-o FILE.png"]);
    tree(&[&input, "no-such-file.jsonl"]).fails(2, &["no-such-file.jsonl"]);

    let few = path(&write(&folder, "few.jsonl", fixture_lines("new-model.jsonl").remove(0)));
    let asked = tree(&[&few, "--text", "reasoning"]);
    asked.fails(3, &["too little text for a tree", "1 trace on 1 prompt", "300 words"]);
    // Beside a corpus that is large enough it is left out, and said to be.
    let both = tree(&[&few, &input, "--model", "a/b", "--json"]);
    assert_eq!(both.code, 0, "{}", both.stderr);
    let mut small: Value = serde_json::from_str(&fixture_lines("new-model.jsonl")[0]).unwrap();
    small["model"] = "tiny/m\u{1b}[2J".into();
    let small = path(&write(&folder, "small.jsonl", small.to_string()));
    let left = tree(&[&small, &input, "--json"]).succeeds();
    assert!(left.stderr.contains("tiny/m") && !left.stderr.contains('\u{1b}'), "{}", left.stderr);
    assert!(left.json()["left_out"][0].as_str().unwrap().contains("1 trace"));
    tree(&[&path(&fixture("bad/few-words.jsonl"))]).fails(3, &["too little text"]);
}

#[test]
fn the_page_has_the_figure_groups_and_distances_and_asks_for_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let input = relabelled(&folder, "new.jsonl", Some("<script>alert(1)</script>"));
    let page = path(&folder.path().join("tree.html"));
    tree(&[&input, "-o", &page]).succeeds();
    let page = fs::read_to_string(page).unwrap();
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;alert(1)"));
    assert!(page.contains("default-src &#x27;none&#x27;") && !page.contains("http://127"));
    for part in [
        "id=\"tree-figure\"",
        "Groups that occur in at least half of the resamples",
        "id=\"h-nearest\"",
        "text/csv",
        RIGHT,
    ] {
        assert!(page.contains(part), "the page lacks {part}");
    }
}
