//! Kinds of files that are known and not read: each is named for what it is, with the way out.
//!
//! Comes in: the first bytes of an input. Goes out: what it is, and what to do. Called by
//! `detect`, so that nobody is told "binary" or, worse, gets such a file as one trace of plain text.

/// What a file is, with its article, and what to do instead, as a sentence.
pub(in crate::ingest) type Named = (&'static str, &'static str);

/// Kinds that are known by the first bytes.
const BY_START: &[(&[u8], Named)] = &[
    (b"%PDF-", ("a PDF document", "Save its text as .txt, one file for each trace.")),
    (
        b"version https://git-lfs.github.com/spec/",
        (
            "a Git LFS pointer, which stands for the file and is not the file itself",
            "Fetch the file with `git lfs pull`, or download it again.",
        ),
    ),
    (
        b"WARC/",
        (
            "a WARC archive, the record of a crawl",
            "Take the bodies of the responses out first, for instance with `warcio extract --payload`.",
        ),
    ),
    (b"%YAML", YAML),
    (b"\x89HDF\r\n\x1a\n", ("an HDF5 file", TO_PARQUET)),
    (b"\x93NUMPY", ("a NumPy file", TO_PARQUET)),
    (b"Obj\x01", ("an Avro file", TO_PARQUET)),
    (b"ORC", ("an ORC file", TO_PARQUET)),
    (b"GGUF", ("a file of a model's weights (GGUF)", "Name the texts that the model wrote.")),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        ("an old document of Excel or Word", "Save the sheet as .xlsx or CSV, and a text as .txt."),
    ),
];

const TO_PARQUET: &str =
    "Turn it into Parquet, or into JSON Lines with the fields `reasoning`, `model` and `prompt`.";
/// What is said of YAML, which has no mark of its own and goes by its name.
pub(in crate::ingest) const YAML: Named = (
    "a YAML file",
    "Turn it into JSON, for instance with `yq -o json FILE`, and see that the answers in it are JSON themselves and not text.",
);

/// Names a kind that is not read, or gives `None` for all others.
pub(in crate::ingest) fn named(head: &[u8]) -> Option<Named> {
    // The letters ORC and Obj may begin a text; what follows them does not.
    let is_text = |mark: &[u8]| mark == b"ORC" && head.get(3).is_none_or(|byte| *byte >= 0x20);
    let mut kinds = BY_START.iter();
    if let Some((_, named)) = kinds.find(|(mark, _)| head.starts_with(mark) && !is_text(mark)) {
        return Some(*named);
    }
    if head.get(8..12) == Some(b"DUCK") {
        let advice = "Write its table to Parquet: `COPY table TO 'traces.parquet'`.";
        return Some(("a DuckDB database", advice));
    }
    // A protocol of 2 to 5 and the operation that begins a frame, a list or an object.
    if matches!(head, [0x80, 2..=5, 0x95 | b']' | b'}' | b'c' | b'(', ..]) {
        let advice =
            "Reading it would run what is in it. Write the texts as JSON Lines or Parquet.";
        return Some(("a Python pickle", advice));
    }
    document(head)
}

/// Notebooks and records of a browser, which are JSON with the texts deep inside.
fn document(head: &[u8]) -> Option<Named> {
    let start: Vec<u8> = head.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let has = |word: &[u8]| memchr::memmem::find(&start, word).is_some();
    if start.starts_with(b"{\"cells\":[") && (has(b"\"cell_type\":") || has(b"\"nbformat\":")) {
        let advice =
            "Save what its cells print as JSON Lines, or as .txt, one file for each trace.";
        return Some(("a Jupyter notebook", advice));
    }
    if start.starts_with(b"{\"log\":{") && has(b"\"creator\":{") && has(b"\"version\":") {
        let advice = "Take the bodies of the responses out first: `jq -r '.log.entries[].response.content.text' FILE` prints them.";
        return Some(("a HAR file, what a browser recorded", advice));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_named_and_texts_are_left_alone() {
        let of = |head: &str| named(head.as_bytes()).map(|(what, _)| what);
        for (head, word) in [
            ("%PDF-1.7\n", "PDF"),
            ("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS"),
            ("WARC/1.0\r\nWARC-Type: response\r\n", "WARC"),
            ("{\n \"cells\": [\n {\"cell_type\": \"code\"}]}", "Jupyter"),
            ("{\"log\": {\"version\": \"1.2\", \"creator\": {\"name\": \"x\"}}}", "HAR"),
            ("%YAML 1.2\n---\na: 1\n", "YAML"),
        ] {
            assert!(of(head).is_some_and(|what| what.contains(word)), "{head}");
        }
        for head in
            ["ORCs are no elves.", "{\"log\": {\"a\": 1}}", "{\"cells\": [1]}", "Version 2", ""]
        {
            assert_eq!(of(head), None, "{head}");
        }
        assert!(named(b"\x80\x04\x95\x10\0").is_some_and(|(what, _)| what.contains("pickle")));
    }
}
