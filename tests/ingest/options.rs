//! Options of reading.

use super::*;

#[test]
fn a_label_fills_gaps_or_replaces() {
    let label = |relabel| Options { model: Some("me/new".into()), relabel, ..Options::default() };
    let models = |options| {
        let (traces, _) = read(&[&fixture("canonical.jsonl")], options).unwrap();
        traces.into_iter().map(|trace| trace.model.unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(models(label(false)), ["example/owl-1", "example/finch-2", "me/new"]);
    assert_eq!(models(label(true)), ["me/new"; 3]);
    let folder = read(&[&fixture("plain-text")], label(false)).unwrap().0;
    assert_eq!(folder[0].model.as_deref(), Some("me/new"));
}

#[test]
fn answers_can_be_asked_for() {
    let options = |text| Options { text, ..Options::default() };
    let (answers, summary) =
        read(&[&fixture("canonical.jsonl")], options(TextKind::Answer)).unwrap();
    assert_eq!((answers.len(), dropped(&summary)), (3, vec![("no_answer", 1)]));
    let (both, summary) = read(&[&fixture("canonical.jsonl")], options(TextKind::Both)).unwrap();
    assert_eq!((both.len(), dropped(&summary)), (2, vec![("no_reasoning", 1), ("no_answer", 1)]));
}

#[test]
fn limits_drop_one_record_and_go_on() {
    let limits = Limits { record_bytes: 400, ..Limits::default() };
    let options = Options { limits, ..Options::default() };
    let long = format!("{{\"reasoning\": \"{}\"}}\n", "long ".repeat(200_000));
    let text = format!("{{\"reasoning\": \"One.\"}}\n{long}{{\"reasoning\": \"Two.\"}}\n");
    for content in [text.clone(), format!("[{}]", text.trim_end().replace("}\n", "},\n"))] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        std::fs::write(&path, content).unwrap();
        let (traces, summary) = read(&[&path], options.clone()).unwrap();
        assert_eq!(reasonings(&traces), ["One.", "Two."]);
        assert_eq!(dropped(&summary), [("too_long", 1)]);
    }
    // A list that may hold records, and holds none, in an object over several lines.
    let numbers =
        format!("{{\n\"data\": [{}1], \"reasoning\": \"Three.\"}}\n", "1,".repeat(200_000));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    std::fs::write(&path, format!("{numbers}{{\"reasoning\": \"One.\"}}")).unwrap();
    let (traces, summary) = read(&[&path], options).unwrap();
    assert_eq!((reasonings(&traces), dropped(&summary)), (vec!["One."], vec![("too_long", 1)]));
    let shallow =
        Options { limits: Limits { depth: 3, ..Limits::default() }, ..Options::default() };
    let (_, summary) = read(&[&fixture("canonical.jsonl"), &fixture("tags.jsonl")], shallow)
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(summary.dropped[&Reason::TooDeep].count, 13);
}
