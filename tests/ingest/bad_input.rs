//! Bad input is an error that says what to do.

use super::*;

fn error(name: &str, content: impl AsRef<[u8]>) -> String {
    let error = read_text(name, content).unwrap_err();
    let sentence = error.to_string();
    assert!(sentence.contains(name), "names the file: {sentence}");
    sentence
}

#[test]
fn what_is_no_file_of_traces_is_refused_in_a_sentence() {
    let sentence = error("a.jsonl", "{\"half\": \"a line\n{\"and\": \n");
    assert!(sentence.contains("line 1") && sentence.contains("not valid JSON"), "{sentence}");
    let sentence = error("a.json", "{\"title\": \"x\", \"pages\": 3}");
    assert!(sentence.contains("`title`, `pages`"), "{sentence}");
    let sentence = error("a.bin", [0_u8, 1, 2, 3, 255, 254, 0, 0, 7].repeat(50));
    assert!(sentence.contains("first bytes are 00 01 02"), "{sentence}");
    assert!(error("a.json", "<!DOCTYPE html><p>404").contains("HTML"));
    assert!(error("a.parquet", "PAR1....").contains("Parquet"));
    assert!(error("a.jsonl", "BZh91AY&SY").contains("cut off or damaged"));
    assert!(error("a.json", "{\"a\": [1, 2").contains("not valid JSON"));
}

#[test]
fn utf_32_is_refused_by_its_name() {
    let text = "\u{feff}{\"reasoning\": \"I add.\"}\n";
    let little: Vec<u8> = text.chars().flat_map(|letter| (letter as u32).to_le_bytes()).collect();
    let big: Vec<u8> = text.chars().flat_map(|letter| (letter as u32).to_be_bytes()).collect();
    for content in [little, big] {
        assert!(error("a.jsonl", content).contains("it is in UTF-32"));
    }
}

#[test]
fn a_number_that_is_too_large_loses_no_trace() {
    let numbers = ["1e999", "-1E400", "1e-999", "7", &"9".repeat(400)];
    let line =
        |number: &&str| format!("{{\"reasoning\": \"I add.\", \"meta\": {{\"n\": {number}}}}}\n");
    let (traces, summary) =
        read_text("a.jsonl", numbers.iter().map(line).collect::<String>()).unwrap();
    assert_eq!((traces.len(), dropped(&summary)), (5, vec![]));
    assert_eq!(summary.notes[&Note::RepairedJson], 3);
    assert_eq!(traces[0].meta["n"], serde_json::Value::Null);
    assert_eq!(traces[3].meta["n"], 7);
}

#[test]
fn a_key_that_stands_twice_is_told() {
    let lines = [
        r#"{"id": "a", "reasoning": "One.", "model": "x/one", "reasoning": "Two."}"#,
        r#"{"thinking": "Three.", "usage": {"n": 1, "n": 2}}"#,
        r#"{"id": "b", "reasoning": "Four.", "meta": {"id": "a"}}"#,
    ];
    let (traces, summary) = read_text("a.jsonl", lines.join("\n")).unwrap();
    assert_eq!(reasonings(&traces), ["Two.", "Three.", "Four."], "the last counts");
    assert_eq!(summary.notes[&Note::RepeatedKey], 2);
}

#[test]
fn an_empty_file_is_counted() {
    for content in ["", " \n\n", "\u{feff}", "[]", "[ ]\n"] {
        let (traces, summary) = read_text("a.jsonl", content).unwrap();
        assert!(traces.is_empty());
        assert_eq!(dropped(&summary), [("empty_file", 1)], "{content:?}");
    }
}

#[test]
fn inputs_that_lead_nowhere_fail_at_once() {
    let fail = |name: &str| ingest::open(&[name.to_owned()], Options::default()).unwrap_err();
    assert!(matches!(fail("nowhere.jsonl"), Error::NotFound { .. }));
    assert!(matches!(fail("nowhere/*.jsonl"), Error::NoMatch { .. }));
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().display().to_string();
    assert!(matches!(fail(&empty), Error::EmptyFolder { .. }));
    assert!(matches!(ingest::open(&[], Options::default()), Err(Error::NoInput)));
}

#[test]
fn a_folder_without_traces_is_refused_at_its_end() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("package.json"), "{\"name\": \"x\"}").unwrap();
    std::fs::write(folder.path().join("run.py"), "import os\n").unwrap();
    let error = read(&[folder.path()], Options::default()).unwrap_err();
    assert!(matches!(error, Error::NothingRecognized { files: 2, .. }), "{error}");
    std::fs::write(folder.path().join("a.jsonl"), "{\"reasoning\": \"I add.\"}").unwrap();
    std::fs::write(folder.path().join("image.png"), [0x89, 0x50, 0, 1, 2, 3, 0, 0]).unwrap();
    let (traces, summary) = read(&[folder.path()], Options::default()).unwrap();
    assert_eq!(traces.len(), 1);
    assert_eq!(dropped(&summary), [("unknown_shape", 1), ("not_text", 1), ("other_file", 1)]);
}

#[test]
fn a_damaged_gzip_file_is_an_error_after_its_good_part() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl.gz");
    let file = std::fs::File::create(&path).unwrap();
    let mut writer =
        niffler::get_writer(Box::new(file), niffler::Format::Gzip, niffler::Level::One).unwrap();
    for n in 0..200_000_u32 {
        writeln!(writer, "{{\"reasoning\": \"{}\"}}", n.wrapping_mul(2_654_435_761)).unwrap();
    }
    drop(writer);
    let whole = std::fs::read(&path).unwrap();
    let (traces, _) = read(&[&path], Options::default()).unwrap();
    assert_eq!(traces.len(), 200_000);
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let mut traces = ingest::open(&[path.display().to_string()], Options::default()).unwrap();
    assert_eq!(traces.total_bytes(), Some(whole.len() as u64 / 2));
    let good = traces.by_ref().take_while(Result::is_ok).count();
    assert!(good > 1000);
    assert!(traces.next().is_none(), "nothing follows a fatal error");
    // The first bytes are read twice, to find out what the file is.
    let half = whole.len() as u64 / 2;
    assert!((half..=half + 1024).contains(&traces.bytes_read()), "{}", traces.bytes_read());
}

#[test]
fn a_document_that_is_cut_off_gives_its_whole_records() {
    let (traces, summary) =
        read_text("a.json", "[{\"reasoning\": \"One.\"}, {\"reasoning\": \"Tw").unwrap();
    assert_eq!(reasonings(&traces), ["One."]);
    assert_eq!(dropped(&summary), [("broken_json", 1)]);
}
