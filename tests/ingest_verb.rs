//! A user turns whatever a stack wrote into canonical records, and sees what is in them.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Run, command, fixture, run, write};
use serde_json::{Value, json};
use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};
use tempfile::{TempDir, tempdir};
use unicode_width::UnicodeWidthStr;

/// `ingest` with these arguments.
fn ingest<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Run {
    Run::of(command().arg("ingest").args(arguments))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn lines(records: &[Value]) -> String {
    records.iter().map(|record| format!("{record}\n")).collect()
}

/// Rows of two models with one that lacks its reasoning and one that is no JSON.
fn rows(folder: &TempDir) -> PathBuf {
    let row = |model: &str, question: &str, words: &str| {
        json!({"model": model, "question": question, "response": {"choices": [{"message":
            {"content": "Five.", "reasoning": words}}]}})
    };
    let long = "I count the eggs in the basket, then those in the bowl, and add both numbers.";
    let mut content = lines(&[
        row("example/owl-1", "How many eggs?", long),
        row("example/owl-1", "How many hens?", "I count the hens once more."),
        row("example/finch-2", "How many eggs?", "The eggs were counted by the farmer."),
        row("example/finch-2", "How many hens?", ""),
    ]);
    content.push_str("{\"model\": \"example/owl-1\", \n");
    write(folder, "rows.jsonl", content)
}

#[test]
fn records_go_to_standard_output_and_the_table_to_standard_error() {
    let folder = tempdir().unwrap();
    rows(&folder);
    let run = Run::of(command().current_dir(&folder).args(["ingest", "rows.jsonl"])).succeeds();
    let records = run.json_lines();
    assert_eq!(records.len(), 3);
    let fields: Vec<&String> = records[0].as_object().unwrap().keys().collect();
    assert_eq!(
        fields,
        ["id", "model", "prompt_id", "prompt", "reasoning", "answer", "source", "domain", "meta"]
    );
    insta::assert_snapshot!(run.stderr, @r#"
    model                        traces   words median prompts  mediation   language
    example/finch-2                   1       7      7       1  raw         eng
    example/owl-1                     2      22      6       2  raw         eng 50%

    Read 1 file with 5 records: 3 traces (vllm 3).

    Dropped
      - 1 × "The record holds no reasoning" (first rows.jsonl, line 4:
        `choices[].message.reasoning` is empty and the content has no tags: the
        model was asked without thinking, or the server was started without
        `--reasoning-parser` and the template swallowed the tags). If another field
        holds the reasoning, name it with --map reasoning=/FIELD; --text answer
        reads answers instead
      - 1 × "The line or record is not valid JSON" (first rows.jsonl, line 5: EOF
        while parsing a value at column 0)
    "#);
}

#[test]
fn with_an_output_the_table_is_on_standard_output() {
    let folder = tempdir().unwrap();
    let out = folder.path().join("out.jsonl");
    let run = ingest([text(&rows(&folder)), "-o", text(&out)]).succeeds();
    assert!(run.stdout.starts_with("model ") && run.stderr.is_empty(), "{}", run.stderr);
    assert_eq!(fs::read_to_string(&out).unwrap().lines().count(), 3);
    let quiet = ingest([text(&rows(&folder)), "-q", "-o", text(&out)]).succeeds();
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
}

#[test]
fn every_kind_of_output_is_read_back_to_the_same_records() {
    let folder = tempdir().unwrap();
    let records = ingest([text(&fixture("new-model.jsonl")), "-q"]).succeeds().stdout;
    for name in ["out.jsonl", "out.ndjson", "out.jsonl.gz", "out.jsonl.zst", "out.parquet"] {
        let out = folder.path().join(name);
        ingest([text(&fixture("new-model.jsonl")), "-q", "-o", text(&out)]).succeeds();
        assert_eq!(ingest([text(&out), "-q"]).succeeds().stdout, records, "{name}");
    }
    let begins = |name: &str, magic: &[u8]| {
        let mut first = vec![0; magic.len()];
        fs::File::open(folder.path().join(name)).unwrap().read_exact(&mut first).unwrap();
        assert_eq!(first, magic, "{name}");
    };
    begins("out.jsonl.gz", &[0x1f, 0x8b]);
    begins("out.jsonl.zst", &[0x28, 0xb5, 0x2f, 0xfd]);
    begins("out.parquet", b"PAR1");
}

#[test]
fn its_own_output_is_a_fixed_point() {
    let folder = tempdir().unwrap();
    let mut inputs: Vec<PathBuf> = ["formats", "containers"]
        .iter()
        .flat_map(|part| fs::read_dir(fixture(part)).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    inputs.push(fixture("new-model.jsonl"));
    inputs.push(fixture("traces"));
    inputs.sort();
    let mut tried = 0;
    for input in &inputs {
        for more in [&[][..], &["--mask-names"], &["--text", "answer"]] {
            let out = folder.path().join("first.jsonl");
            let _ = fs::remove_file(&out);
            let mut first = command();
            first.arg("ingest").arg(input).args(["-q", "-o"]).arg(&out).args(more);
            if Run::of(&mut first).code != 0 {
                assert!(!out.exists(), "a run that failed left {}", out.display());
                continue;
            }
            let mut second = command();
            second.arg("ingest").arg(&out).arg("-q").args(more);
            let again = Run::of(&mut second).succeeds().stdout;
            assert_eq!(again, fs::read_to_string(&out).unwrap(), "{} {more:?}", input.display());
            tried += 1;
        }
    }
    assert!(tried > inputs.len(), "only {tried} of the fixtures could be read");
}

#[test]
fn the_summary_is_there_for_machines() {
    let folder = tempdir().unwrap();
    let input = rows(&folder);
    let whole = ingest([text(&input), "--json"]).succeeds().json();
    assert_eq!(whole["summary"]["traces"], 3);
    assert_eq!(whole["summary"]["dropped"]["no_reasoning"]["count"], 1);
    assert_eq!(whole["summary"]["dropped"]["broken_json"]["first"]["position"], json!({"line": 5}));
    let owl = &whole["survey"]["models"]["example/owl-1"];
    assert_eq!(owl["traces"], 2);
    assert_eq!(owl["words"], 22);
    assert_eq!(owl["median_words"], 6);
    assert_eq!(owl["prompts"], 2);
    assert_eq!(owl["mediation"], json!({"raw": 2}));
    assert!(whole.get("explanations").is_none());

    let out = folder.path().join("out.jsonl");
    let run = ingest([text(&input), "--json", "--explain", "-o", text(&out)]).succeeds();
    let field = &run.json()["explanations"][0]["reasoning_field"];
    assert_eq!(field, "response.choices[0].message.reasoning");
    assert_eq!(fs::read_to_string(out).unwrap().lines().count(), 3);
}

#[test]
fn the_reading_of_each_file_is_explained() {
    let folder = tempdir().unwrap();
    let run = ingest([text(&rows(&folder)), "--explain", "-q"]).succeeds();
    let said = run.stderr;
    for words in
        ["rows.jsonl, line 1", "format    vllm", "choices[0].message.reasoning", "model     model"]
    {
        assert!(said.contains(words), "{words} is missing in {said}");
    }
    let folder = ingest([text(&fixture("traces/quill-3")), "--explain", "-q"]).succeeds();
    assert!(folder.stderr.contains("files are read like this one"), "{}", folder.stderr);
}

#[test]
fn fields_can_be_mapped_and_a_format_forced() {
    let folder = tempdir().unwrap();
    let row = json!({"log": {"steps": [{"t": "I weigh both stones."}]}, "who": "example/owl-1"});
    let input = write(&folder, "odd.jsonl", row.to_string());
    ingest([text(&input)]).fails(2, &["odd.jsonl", "no known shape"]);
    let arguments =
        [text(&input), "-q", "--map", "reasoning=/log/steps/0/t", "--map", "model=/who"];
    let record = &ingest(arguments).succeeds().json_lines()[0];
    assert_eq!(record["reasoning"], "I weigh both stones.");
    assert_eq!(record["model"], "example/owl-1");
    let named = ingest([text(&input), "-q", "--map", "reasoning=/log/steps/0/t", "--model", "a/b"]);
    assert_eq!(named.succeeds().json_lines()[0]["model"], "a/b");
    let plain = ingest([text(&rows(&folder)), "-q", "--format", "plain-text"]).succeeds();
    assert!(plain.json_lines()[0]["reasoning"].as_str().unwrap().starts_with('{'));
}

#[test]
fn strict_stops_at_the_first_bad_record_and_names_it() {
    let folder = tempdir().unwrap();
    let out = folder.path().join("out.jsonl");
    ingest([text(&rows(&folder)), "--strict", "-o", text(&out)])
        .fails(2, &["rows.jsonl, line 4", "no reasoning", "--strict"]);
    assert!(!out.exists());
    let readme = write(&folder, "README", "What this folder holds.");
    let good = write(&folder, "good.jsonl", "{\"reasoning\": \"I add two and three.\"}\n");
    fs::remove_file(folder.path().join("rows.jsonl")).unwrap();
    ingest([text(folder.path()), "--strict", "-q"]).succeeds();
    assert!(readme.exists() && good.exists());
}

#[test]
fn limits_can_be_changed() {
    let folder = tempdir().unwrap();
    let input = write(
        &folder,
        "long.jsonl",
        lines(&[
            json!({"reasoning": "Short and good."}),
            json!({"reasoning": "word ".repeat(1000)}),
            json!({"reasoning": "Deep.", "meta": {"a": {"b": {"c": {}}}}}),
        ]),
    );
    assert_eq!(ingest([text(&input), "-q"]).succeeds().json_lines().len(), 3);
    let limited = ingest([text(&input), "--json", "--max-record-bytes", "1K", "--max-depth", "4"]);
    let dropped = &limited.succeeds().json()["summary"]["dropped"];
    assert_eq!(
        (&dropped["too_long"]["count"], &dropped["too_deep"]["count"]),
        (&json!(1), &json!(1))
    );
    ingest([text(&input), "--max-record-bytes", "much"]).fails(2, &["--max-record-bytes", "64M"]);
}

#[test]
fn bad_usage_is_told_in_a_sentence_before_anything_is_written() {
    let folder = tempdir().unwrap();
    let input = rows(&folder);
    let input = text(&input);
    let place = |name: &str| folder.path().join(name).display().to_string();
    ingest([input, "--format", "nonsense"]).fails(2, &["nonsense", "canonical", "plain-text"]);
    ingest([input, "--map", "thoughts=/a"])
        .fails(2, &["thoughts=/a", "reasoning, answer", "Write --map"]);
    ingest([input, "--map", "reasoning=a"]).fails(2, &["reasoning=/a"]);
    ingest([input, "-o", &place("out.txt")]).fails(2, &["out.txt", ".jsonl.zst", ".parquet"]);
    ingest([input, "-o", &place("no/such/out.jsonl")])
        .fails(2, &["out.jsonl", "folder that exists"]);
    ingest([input, "--skip-cleaning", "soap"]).fails(2, &["soap", "unicode", "duplicates"]);
    ingest([input, "--skip-cleaning", "duplicates", "--drop-duplicates"])
        .fails(2, &["--drop-duplicates", "--skip-cleaning"]);
    ingest([place("nowhere.jsonl").as_str()]).fails(2, &["nowhere.jsonl"]);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "something was left behind");
}

#[test]
fn where_there_is_no_reasoning_the_place_and_the_usual_cause_are_told() {
    let folder = tempdir().unwrap();
    let row = json!({"object": "chat.completion", "choices": [{"message": {"content": "Four."}}],
        "usage": {"completion_tokens_details": {"reasoning_tokens": 128}}});
    let input = write(&folder, "counted.jsonl", format!("{row}\n"));
    ingest([text(&input)])
        .fails(3, &["no usable reasoning", "counted.jsonl, line 1", "128 reasoning tokens"]);
}

#[test]
fn hostile_names_are_escaped_and_fit_the_table() {
    let folder = tempdir().unwrap();
    let name = format!("\u{1b}[31mred\u{202e}{}", "中".repeat(70));
    let record = |id: usize| json!({"id": format!("\u{1b}]0;x\u{7}{id}"), "model": name, "reasoning": "I add both numbers."});
    let input = write(&folder, "hostile.jsonl", lines(&[record(1), record(2)]));
    let out = folder.path().join("out.jsonl");
    let run = ingest([text(&input), "--explain", "-o", text(&out)]).succeeds();
    assert!(!run.stdout.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{}", run.stdout);
    assert!(run.stdout.contains("‹U+001B›"), "{}", run.stdout);
    for line in run.stdout.lines() {
        assert!(line.width() <= 80, "{} columns: {line}", line.width());
    }
}

#[test]
fn a_folder_is_read_before_its_output_is_made() {
    let folder = tempdir().unwrap();
    rows(&folder);
    let out = folder.path().join("all.jsonl");
    let run = ingest([text(folder.path()), "--json", "-o", text(&out)]).succeeds();
    assert_eq!(run.json()["summary"]["files"], 1);
    assert_eq!(fs::read_to_string(out).unwrap().lines().count(), 3);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let input = fixture("traces");
    let one = ingest([text(&input), "--threads", "1"]).succeeds();
    let four = ingest([text(&input), "--threads", "4"]).succeeds();
    assert!(one.stdout == four.stdout && one.stderr == four.stderr);
}

#[test]
fn formats_lists_what_is_understood() {
    let listed = run(["formats"]).succeeds().stdout;
    for words in ["canonical", "plain-text", "gzip", "zip", "parquet", "--map FIELD=/JSON/POINTER"]
    {
        assert!(listed.contains(words), "{words} is missing in {listed}");
    }
    assert!(listed.lines().all(|line| line.width() <= 80), "{listed}");
    let listed = run(["formats", "--json"]).succeeds().json();
    let names: Vec<&str> = listed["formats"]
        .as_array()
        .unwrap()
        .iter()
        .map(|format| format["name"].as_str().unwrap())
        .collect();
    assert!(names.contains(&"canonical") && names.contains(&"plain-text"));
    assert!(listed["formats"][0]["no_reasoning"].as_str().is_some_and(|text| !text.is_empty()));
    assert!(listed["containers"].as_array().is_some_and(|list| list.len() >= 8));
}

#[test]
fn the_report_is_a_page_and_the_json_that_is_printed() {
    let folder = tempdir().unwrap();
    rows(&folder);
    let mut ingest = command();
    ingest.current_dir(&folder).args([
        "ingest",
        "rows.jsonl",
        "--json",
        "--explain",
        "--report",
        "r",
    ]);
    let printed = Run::of(&mut ingest).succeeds().json();
    let read = |name: &str| fs::read_to_string(folder.path().join("r").join(name)).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&read("ingest.json")).unwrap(), printed);
    let page = read("ingest.html");
    for part in [
        "Read 5 records: 3 traces of 2 models can be used",
        "owl-1",
        "The record holds no reasoning",
        "rows.jsonl, line 4",
        "choices[0].message.reasoning",
        "cotprint ingest rows.jsonl",
    ] {
        assert!(page.contains(part), "the page lacks {part}");
    }
    // Nothing that the input holds is markup, and where nothing can be used the page says so.
    let hostile = json!({"model": "<script>alert(1)</script>", "reasoning": ""}).to_string();
    write(&folder, "hostile.jsonl", hostile);
    let mut ingest = command();
    Run::of(ingest.current_dir(&folder).args(["ingest", "hostile.jsonl", "--report", "r"]))
        .fails(3, &[]);
    let page = read("ingest.html");
    assert!(page.contains("no trace can be used") && !page.contains("<script"), "{page}");
}
