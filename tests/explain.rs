//! A person looks at one trace and asks which model it resembles where, and by what.

#![allow(clippy::unwrap_used)]

mod common;

use common::{RIGHT, Run, atlas, command, fixture, fixture_lines, write};
use serde_json::{Value, json};
use std::{fs, path::Path};
use tempfile::{TempDir, tempdir};

fn explain(input: &Path, more: &[&str]) -> Run {
    Run::of(command().arg("explain").arg(input).arg("--atlas").arg(atlas()).args(more))
}

/// One canonical record with this reasoning.
fn record(folder: &TempDir, reasoning: &str) -> std::path::PathBuf {
    let record = json!({"id": "one", "reasoning": reasoning, "prompt_id": "p", "source": "test",
                        "meta": {"mediation": "raw"}});
    write(folder, "one.jsonl", record.to_string())
}

/// The reasoning of the first `count` traces of a fixture, one after the other.
fn text_of(fixture: &str, count: usize) -> String {
    let texts: Vec<String> = fixture_lines(fixture)
        .iter()
        .take(count)
        .map(|line| {
            let record: Value = serde_json::from_str(line).unwrap();
            record["reasoning"].as_str().unwrap().to_owned()
        })
        .collect();
    texts.join("\n\n")
}

/// Stretches must cover the text without gaps and without overlap.
#[track_caller]
fn covers(found: &Value, text: &str) {
    let ends =
        |value: &Value| (value["bytes"][0].as_u64().unwrap(), value["bytes"][1].as_u64().unwrap());
    let mut at = 0;
    for stretch in found["stretches"].as_array().unwrap() {
        let (start, end) = ends(stretch);
        assert_eq!(start, at);
        assert!(text.get(start as usize..end as usize).is_some());
        at = end;
    }
    assert_eq!(at, text.len() as u64);
}

#[test]
fn a_trace_is_explained_by_what_stands_in_it() {
    let found = explain(&fixture("new-model.jsonl"), &["--json"]).succeeds().json();
    let first: Value = serde_json::from_str(&fixture_lines("new-model.jsonl")[0]).unwrap();
    let text = first["reasoning"].as_str().unwrap();
    assert_eq!(found["id"], first["id"]);
    assert_eq!(found["references"][0]["reference"], RIGHT);
    covers(&found, text);
    let features = found["features"].as_array().unwrap();
    assert!(features.len() > 10);
    let mut places = 0;
    for feature in features.iter().filter(|feature| feature["channel"] == "word") {
        for place in feature["places"].as_array().unwrap() {
            let [start, end] = [0, 1].map(|at| place[at].as_u64().unwrap() as usize);
            let shown: Vec<&str> = text[start..end].split_whitespace().collect();
            let form: Vec<&str> = feature["form"].as_str().unwrap().split_whitespace().collect();
            assert_eq!(shown, form);
            places += 1;
        }
        assert_eq!(feature["places"].as_array().unwrap().len() as u64, feature["count"]);
    }
    assert!(places > 10);
    // Those for it first, strongest first, then those against it.
    let weights: Vec<f64> = features.iter().map(|f| f["weight"].as_f64().unwrap()).collect();
    let against = weights.iter().position(|w| *w < 0.0).unwrap_or(weights.len());
    assert!(weights[..against].is_sorted_by(|a, b| a >= b));
    assert!(weights[against..].iter().all(|w| *w < 0.0) && weights[against..].is_sorted());
}

#[test]
fn a_trace_of_two_writers_is_told_apart_where_it_changes() {
    let folder = tempdir().unwrap();
    let (ponder, new) = (text_of("traces/ponder-1.jsonl", 5), text_of("new-model.jsonl", 5));
    let text = format!("{ponder}\n\n{new}");
    let found = explain(&record(&folder, &text), &["--json"]).succeeds().json();
    covers(&found, &text);
    assert!(found["windows"].as_array().unwrap().len() > 10);
    let stretches = found["stretches"].as_array().unwrap();
    let references: Vec<&str> = stretches.iter().filter_map(|s| s["reference"].as_str()).collect();
    assert_eq!((references[0], *references.last().unwrap()), ("acme/ponder-1", RIGHT));
    // Where it changes is found to a window.
    let change = stretches.iter().find(|s| s["reference"] == RIGHT).unwrap();
    let at = change["bytes"][0].as_u64().unwrap() as usize;
    assert!(at.abs_diff(ponder.len()) < 1500, "{at}, not {}", ponder.len());
}

#[test]
fn a_hundred_words_are_one_window() {
    let folder = tempdir().unwrap();
    let text: Vec<String> =
        text_of("new-model.jsonl", 2).split(' ').take(100).map(str::to_owned).collect();
    let page = folder.path().join("page.html");
    let input = record(&folder, &text.join(" "));
    let done = explain(&input, &["-o", &page.display().to_string()]).succeeds();
    let words = done.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("too short to be scored in windows"), "{}", done.stdout);
    assert!(done.stderr.contains("page.html"), "{}", done.stderr);
    assert!(!fs::read_to_string(page).unwrap().contains("<svg"));
}

#[test]
fn fifty_thousand_words_are_bounded() {
    let folder = tempdir().unwrap();
    let piece = text_of("traces/ponder-1.jsonl", 30);
    let repeats = 50_000 / piece.split_whitespace().count() + 1;
    let text = vec![piece; repeats].join("\n\n");
    let input = record(&folder, &text);
    let page = folder.path().join("page.html");
    let done = explain(&input, &["--json", "-o", &page.display().to_string()]).succeeds();
    let found = done.json();
    assert!(found["words"].as_u64().unwrap() >= 50_000);
    assert!(found["windows"].as_array().unwrap().len() <= 701);
    covers(&found, &text);
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("not shown here"), "what is left out is said");
    assert!(page.len() < 3_000_000, "{}", page.len());
}

#[test]
fn a_trace_is_chosen_by_its_id() {
    let lines = fixture_lines("new-model.jsonl");
    let seventh: Value = serde_json::from_str(&lines[6]).unwrap();
    let id = seventh["id"].as_str().unwrap();
    let input = fixture("new-model.jsonl");
    let found = explain(&input, &["--json", "--id", id]).succeeds().json();
    assert_eq!(found["prompt_id"], seventh["prompt_id"]);
    assert!(found["command"].as_str().unwrap().ends_with(&format!("--id {id}")));
    let first: Value = serde_json::from_str(&lines[0]).unwrap();
    explain(&input, &["--id", "nobody"])
        .fails(2, &["nobody", "new-model.jsonl", "30", first["id"].as_str().unwrap()]);
}

#[test]
fn what_cannot_be_explained_is_said() {
    explain(&fixture("bad/not-json.jsonl"), &[]).fails(2, &["not-json.jsonl", "line 1"]);
    explain(&fixture("bad/no-reasoning.jsonl"), &[]).fails(3, &["no-reasoning.jsonl"]);
    explain(&fixture("bad/few-words.jsonl"), &[]).fails(3, &["short-1", "30", "--id"]);
    explain(Path::new("no/such.jsonl"), &[]).fails(2, &["no/such.jsonl"]);
    let input = fixture("new-model.jsonl");
    explain(&input, &["-o", "no/such/folder/page.html"]).fails(2, &["no/such/folder/page.html"]);
}

#[test]
fn hostile_text_stays_text() {
    let folder = tempdir().unwrap();
    let attack = "<script>alert(1)</script></span></mark><img src=x onerror=alert(2)>\u{1b}[2J\u{1b}]0;owned\u{7}\u{202e}{{ policy }}";
    let text = text_of("new-model.jsonl", 4).replace("The user", &format!("{attack} The user"));
    let record = json!({"id": attack, "reasoning": text, "prompt_id": attack, "source": attack, "model": attack});
    let input = write(&folder, "one.jsonl", record.to_string());
    let page = folder.path().join("page.html");
    let done = explain(&input, &["-o", &page.display().to_string()]).succeeds();
    for text in [&done.stdout, &done.stderr] {
        assert!(!text.contains('\x1b') && !text.contains('\u{202e}') && !text.contains('\u{7}'));
    }
    assert!(done.stdout.lines().all(|line| line.chars().count() <= 80), "{}", done.stdout);
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("default-src &#x27;none&#x27;"));
    assert!(
        !page.contains("<script") && !page.contains("<img") && !page.contains("</mark></mark>")
    );
    assert!(!page.contains('\x1b') && !page.contains('\u{202e}'));
    assert!(page.contains("&lt;script&gt;") && page.contains("{{ policy }}"));
    assert!(page.contains("<mark class=\"for\" title=\""));
    // Every tag that was opened is closed.
    for tag in ["span", "mark", "table", "section"] {
        let count = |what: &str| page.matches(what).count();
        assert_eq!(count(&format!("<{tag}")), count(&format!("</{tag}>")), "{tag}");
    }
    let json = explain(&input, &["--json"]).succeeds();
    assert!(!json.stdout.contains('\x1b'));
    assert_eq!(json.json()["id"], attack);
}

#[test]
fn the_page_may_go_to_standard_output() {
    let done = explain(&fixture("new-model.jsonl"), &["-o", "-"]).succeeds();
    assert!(
        done.stdout.starts_with("<!doctype html>") && done.stdout.trim_end().ends_with("</html>")
    );
}

#[test]
fn colours_are_for_terminals_and_mark_the_features() {
    use cotprint::{
        atlas::Atlas,
        lineage::explain::explain,
        report::{TerminalOptions, write_explanation},
        trace::Trace,
    };
    let plain = self::explain(&fixture("new-model.jsonl"), &[]).succeeds().stdout;
    assert!(!plain.contains('\x1b'));
    let text = text_of("new-model.jsonl", 3) + " \u{1b}[31mred";
    let explanation =
        explain(&Atlas::open(atlas()).unwrap(), &Trace::default(), &text, None, "", "").unwrap();
    let mut out = Vec::new();
    let options = TerminalOptions { color: true, verbose: true, ..TerminalOptions::default() };
    write_explanation(&explanation, &text, options, &mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    assert!(out.contains("\u{1b}[34m") && out.contains("\u{1b}[1m"));
    assert!(!out.contains("\u{1b}[31m"), "only colours of our own");
}
