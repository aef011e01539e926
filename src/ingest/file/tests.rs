use std::io::Cursor;

use super::*;
use crate::ingest::{Options, Summary};
use crate::trace::Trace;

/// Reads bytes as if they came from standard input.
fn stdin(bytes: &[u8]) -> Result<(Vec<Trace>, Summary), Error> {
    let source = Source::new(Box::new(Cursor::new(bytes.to_vec()))).unwrap();
    let mut collector = Collector::new(Options::default(), Summary::default());
    let mut file = File::new(Name::stdin(), source, &mut collector)?;
    while file.step(&mut collector)? {}
    Ok((collector.ready.into(), collector.summary))
}

#[test]
fn standard_input_may_be_json_lines_or_one_text() {
    let (traces, _) = stdin(b"{\"reasoning\":\"One.\"}\n{\"reasoning\":\"Two.\"}\n").unwrap();
    assert_eq!(traces.len(), 2);
    assert_eq!((traces[1].id.as_str(), traces[1].source.as_str()), ("stdin:2", "stdin"));
    let (traces, _) = stdin(b"<think>I add.</think>4").unwrap();
    assert_eq!((traces[0].reasoning.as_str(), &traces[0].model), ("I add.", &None));
    assert!(stdin(&[0, 159, 146, 150, 0, 0, 1, 2]).is_err());
}

#[test]
fn a_row_without_a_label_is_not_labelled_with_standard_input() {
    let (traces, summary) = stdin(b"{\"thinking\":\"I add.\",\"output\":\"4\"}").unwrap();
    assert_eq!(traces[0].model, None);
    assert!(summary.notes.is_empty());
}

#[test]
fn formats_may_be_mixed_in_one_file() {
    let rows = [
        r#"{"reasoning":"One."}"#,
        r#"{"response":{"choices":[{"message":{"content":"x","reasoning":"Two."}}]}}"#,
        r#"{"reasoning":"Three.","id":1}"#,
        r#"[{"cot":"Four is here.","output":"4"}]"#,
        r#"{"results":[{"cot":"Five is here."}]}"#,
    ];
    let (traces, summary) = stdin(rows.join("\n").as_bytes()).unwrap();
    let texts: Vec<_> = traces.iter().map(|trace| trace.reasoning.as_str()).collect();
    assert_eq!(texts, ["One.", "Two.", "Three.", "Four is here.", "Five is here."]);
    assert_eq!(summary.formats.len(), 3);
}

#[test]
fn a_list_without_records_is_one_unknown_record() {
    let (_, summary) = stdin(b"{\"reasoning\":\"One.\"}\n[1, 2, 3]\n").unwrap();
    assert_eq!(summary.dropped[&Reason::UnknownShape].count, 1);
}
