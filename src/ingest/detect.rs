//! The first bytes of an input → how to cut it into records.
//!
//! Goes by content. The name of a file decides only where the content leaves a choice: whether a
//! text may be a trace, and whether something that is not JSON was meant to be. Called by `file`.

use std::path::Path;

use serde::de::IgnoredAny;
use serde_json::Value;

use super::containers::{table, unread};
use super::cut::{Cut, Cutter};
use super::stream::{self, begins_like_events};
use super::turns::Turns;
use super::{json, recognize};

/// How many bytes the drafts of a record in the first bytes may copy; they are only looked at.
const HEAD_COPIES: usize = 16 << 20;

/// How an input is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing but white space.
    Empty,
    /// One JSON value in each line.
    Lines,
    /// JSON values over several lines, or an array of records.
    Document,
    /// A recorded stream of server-sent events.
    Events,
    /// A row of cells in each line or so, with this character between the cells.
    Table(u8),
    /// One trace of plain text.
    Text,
}

/// Why an input is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Neither JSON nor text; what the first bytes show.
    NotText(String),
    /// A kind of file that is known and not read: what it is, and what to do.
    Unsupported(&'static str, &'static str),
    /// A text in a folder that is not meant to be a trace.
    NoTrace,
}

const STDIN: &str = "standard input";

/// The name of an input, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// As the user would name it.
    pub display: String,
    /// The file's name without its folders.
    pub file: String,
    /// The file's name without its extensions.
    pub stem: String,
    /// Its last extension in lower case, that of a compression aside.
    pub extension: String,
    /// The name of the folder that it is in.
    pub folder: Option<String>,
    /// Whether it was found in a folder, and not named by the user.
    pub found: bool,
}

impl Name {
    pub fn stdin() -> Self {
        Self {
            display: STDIN.into(),
            file: "stdin".into(),
            stem: "stdin".into(),
            extension: String::new(),
            folder: None,
            found: false,
        }
    }

    pub fn of(path: &Path, found: bool) -> Self {
        let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let (stem, extension) = stem_and_extension(&file);
        // `trace.txt` is in the current folder, whose name only the system knows.
        let parent = path.parent().filter(|parent| parent.file_name().is_some());
        let folder = match parent {
            Some(parent) => parent.file_name().map(|name| name.to_string_lossy().into_owned()),
            None => path
                .canonicalize()
                .ok()
                .and_then(|path| Some(path.parent()?.file_name()?.to_string_lossy().into_owned())),
        };
        Self {
            display: path.display().to_string(),
            stem: stem.to_owned(),
            extension,
            folder,
            found,
            file,
        }
    }

    /// The name of a member of an archive. A member that is in no folder is in the archive.
    pub fn of_member(archive: &Self, member: &str) -> Self {
        let mut parts = member.rsplit('/');
        let file = parts.next().unwrap_or(member);
        let folder = parts.next().filter(|folder| !folder.is_empty()).unwrap_or(&archive.stem);
        let (stem, extension) = stem_and_extension(file);
        Self {
            display: format!("{}/{member}", archive.display),
            stem: stem.to_owned(),
            extension,
            folder: Some(folder.to_owned()),
            found: true,
            file: file.to_owned(),
        }
    }

    /// The file's name without its extensions, if it is a file.
    pub fn stem(&self) -> Option<&str> {
        (self.display != STDIN).then_some(self.stem.as_str())
    }

    fn is_json(&self) -> bool {
        ["json", "jsonl", "ndjson", "jl"].contains(&self.extension.as_str())
    }

    fn is_text(&self) -> bool {
        ["txt", "md", "text", "markdown"].contains(&self.extension.as_str())
    }

    /// What stands beside traces in a repository and is none.
    fn is_about_others(&self) -> bool {
        let stem = self.stem.to_ascii_lowercase();
        ["readme", "license", "licence", "notice", "changelog", "contributing", "copying"]
            .iter()
            .any(|name| stem.starts_with(name))
    }
}

fn stem_and_extension(file: &str) -> (&str, String) {
    let mut stem = file;
    for compression in [".gz", ".zst", ".zstd", ".bz2", ".xz"] {
        stem = stem.strip_suffix(compression).unwrap_or(stem);
    }
    match stem.rsplit_once('.') {
        Some((before, extension)) if !before.is_empty() && extension.len() <= 10 => {
            (before, extension.to_ascii_lowercase())
        }
        _ => (stem, String::new()),
    }
}

/// Decides how to read an input whose first bytes are `head`; `complete` tells that there are no
/// others.
pub(super) fn detect(head: &[u8], complete: bool, name: &Name) -> Result<Kind, Refusal> {
    if let Some((what, advice)) = unread::named(head) {
        return Err(Refusal::Unsupported(what, advice));
    }
    let solid = without_marks(head);
    if solid.is_empty() && complete {
        return Ok(Kind::Empty);
    }
    // What Python prints is cut at line ends: its quotation marks are not those of JSON.
    if json::begins_like_python(solid) && (!name.is_text() || first_is_known(solid, complete)) {
        return Ok(Kind::Lines);
    }
    if name.extension == "toml" && !name.found {
        return Err(Refusal::Unsupported(
            "a TOML file",
            "Turn it into JSON, for instance with `yq -p toml -o json FILE`.",
        ));
    }
    let looks_like_json = begins_like_json(solid);
    if looks_like_json && (!name.is_text() || first_is_known(solid, complete)) {
        return Ok(lines_or_document(solid, complete));
    }
    check_text(head, solid)?;
    if begins_like_events(solid) {
        return Ok(Kind::Events);
    }
    if !name.is_json()
        && let Some(delimiter) = table_delimiter(solid, complete, name)
    {
        return Ok(Kind::Table(delimiter));
    }
    if name.is_json() || some_line_is_known(solid) || is_log_of_records(solid) {
        return Ok(Kind::Lines);
    }
    match name.extension.as_str() {
        "html" | "htm" | "xml" => return Err(Refusal::NotText("it is named as markup".into())),
        "yaml" | "yml" if !name.found => {
            return Err(Refusal::Unsupported(unread::YAML.0, unread::YAML.1));
        }
        "rs" | "py" | "toml" | "c" | "h" | "cpp" | "js" | "ts" | "sh" | "go" | "java" | "lock"
        | "css" | "ini" | "cfg" | "log"
            if !name.found =>
        {
            return Err(Refusal::Unsupported(
                "a file of code, settings or logs by its name",
                "If it really is one trace of plain text, name it .txt.",
            ));
        }
        "msgpack" | "mpk" | "cbor" | "pb" | "parquet" | "arrow" | "feather" | "avro" | "orc"
        | "xlsx" | "xls" | "db" | "sqlite" | "pkl" | "npy" | "npz" | "h5" | "safetensors"
        | "bin" => {
            return Err(Refusal::Unsupported(
                "a text, though its name promises something else",
                "Look into it: it may be the message of a download that failed.",
            ));
        }
        _ => {}
    }
    if name.found && (!name.is_text() || name.is_about_others() || is_own_page(solid)) {
        return Err(Refusal::NoTrace);
    }
    Ok(Kind::Text)
}

/// Lines of the Markdown that this program writes by itself into a file: of a check, and of a model card.
const OWN_LINES: [&str; 2] =
    ["| outcome | rule | found | asked |", "## Style of the reasoning traces"];

/// Whether a text is Markdown that this program wrote. One of such lines stands at its begin.
fn is_own_page(solid: &[u8]) -> bool {
    let lines = solid.split(|&byte| byte == b'\n').take(4).map(<[u8]>::trim_ascii_end);
    lines.into_iter().any(|line| OWN_LINES.iter().any(|own| own.as_bytes() == line))
}

/// The text without white space and the marks that may stand before the first record.
fn without_marks(mut head: &[u8]) -> &[u8] {
    loop {
        head = head.trim_ascii_start();
        match head.strip_prefix(b"\x1e").or_else(|| head.strip_prefix(b"\xef\xbb\xbf")) {
            Some(rest) => head = rest,
            None => return head,
        }
    }
}

/// What stands between the cells, if the text is a table: one that is named so, or one with a row
/// of a known shape. A text that only has a comma in each line is none.
fn table_delimiter(solid: &[u8], complete: bool, name: &Name) -> Option<u8> {
    let sniffed = table::sniff(solid, complete);
    let by_name = match name.extension.as_str() {
        "csv" => Some(b','),
        "tsv" => Some(b'\t'),
        _ => None,
    };
    if by_name.is_some() {
        return sniffed.map(|sniffed| sniffed.delimiter).or(by_name);
    }
    let sniffed = sniffed.filter(|sniffed| sniffed.even)?;
    let is_known = |row| recognize::recognize(None, Turns::Run, row, None, HEAD_COPIES).is_some();
    sniffed.rows.iter().any(is_known).then_some(sniffed.delimiter)
}

/// Whether this is how a JSON object or array begins. `[THINK]` and `[1] So` are text.
fn begins_like_json(solid: &[u8]) -> bool {
    let next = |rest: &[u8]| rest.trim_ascii_start().first().copied();
    match solid {
        [b'{', rest @ ..] => matches!(next(rest), Some(b'"' | b'}') | None),
        [b'[', rest @ ..] => matches!(next(rest), Some(b'{' | b'[' | b']' | b'"')),
        _ => false,
    }
}

/// How a text in UTF-32 begins. No text in UTF-16 does: the first would hold a NUL as its first letter.
pub(super) const UTF_32: [&[u8]; 2] = [b"\xff\xfe\0\0", b"\0\0\xfe\xff"];

/// Refuses what is not text at all.
fn check_text(head: &[u8], solid: &[u8]) -> Result<(), Refusal> {
    if head.starts_with(UTF_32[0]) || head.starts_with(UTF_32[1]) {
        let found = "it is in UTF-32, which is not read; `iconv -f UTF-32 -t UTF-8` converts it";
        return Err(Refusal::NotText(found.into()));
    }
    let start = &head[..head.len().min(8192)];
    let odd = |byte: &&u8| **byte < 0x20 && !matches!(**byte, b'\n' | b'\r' | b'\t' | 0x0c | 0x1b);
    let controls = start.iter().filter(odd).count();
    let broken = String::from_utf8_lossy(start).matches('\u{fffd}').count();
    // A few NULs or broken letters happen in real texts; binary data is full of them.
    if controls * 20 > start.len() || broken * 5 > start.len() {
        let bytes: Vec<_> = solid.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        return Err(Refusal::NotText(format!(
            "it is binary, its first bytes are {}",
            bytes.join(" ")
        )));
    }
    let begins = |tag: &str| {
        solid.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes()))
    };
    if begins("<!doctype") || begins("<html") {
        return Err(Refusal::NotText("it is an HTML page (was the download refused?)".into()));
    }
    if begins("<?xml") {
        return Err(Refusal::NotText("it is XML".into()));
    }
    Ok(())
}

fn lines_or_document(solid: &[u8], complete: bool) -> Kind {
    if solid.starts_with(b"[") || holds_record_array(solid) {
        return Kind::Document;
    }
    let Some(end) = solid.iter().position(|byte| *byte == b'\n') else {
        // One long line: cut at line ends, since a broken line then costs only itself.
        return Kind::Lines;
    };
    let (first, rest) = (solid[..end].trim_ascii_end(), solid[end..].trim_ascii_start());
    if serde_json::from_slice::<IgnoredAny>(first).is_ok() {
        return Kind::Lines;
    }
    // Either the object goes on in the next line, or the first of many lines is broken.
    let goes_on = match first.last() {
        Some(b'{' | b'[' | b':') => true,
        Some(b',') => rest.first() != Some(&b'{'),
        _ => matches!(rest.first(), Some(b',' | b'}' | b']' | b'"')),
    };
    if goes_on || (rest.is_empty() && complete) { Kind::Document } else { Kind::Lines }
}

fn holds_record_array(solid: &[u8]) -> bool {
    let mut cutter = Cutter::document(solid, solid.len());
    let first = cutter.next(&mut Vec::new());
    matches!(first, Ok(cut) if cut != Cut::End) && cutter.header().is_some()
}

/// Whether the first record has a known shape. Asked of .txt and .md files, which may hold a JSON
/// text that is itself the trace.
fn first_is_known(solid: &[u8], complete: bool) -> bool {
    let line = solid.split(|byte| *byte == b'\n').next().unwrap_or_default();
    is_known(line) || (complete && is_known(solid)) || {
        let mut cutter = Cutter::document(solid, solid.len());
        let mut buffer = Vec::new();
        matches!(cutter.next(&mut buffer), Ok(Cut::Record(_))) && is_known(&buffer)
    }
}

/// Whether one of the first lines has a known shape: JSON Lines whose first line is broken.
fn some_line_is_known(solid: &[u8]) -> bool {
    solid
        .split(|byte| *byte == b'\n')
        .skip(1)
        .take(4)
        .any(|line| begins_like_json(line.trim_ascii_start()) && is_known(line))
}

/// Whether the first line is a record behind a time or a level, as programs log it.
fn is_log_of_records(solid: &[u8]) -> bool {
    let line = solid.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let (line, _) = json::text(line);
    json::behind_prefix(&line).is_some_and(|record| is_known(record.as_bytes()))
}

fn is_known(bytes: &[u8]) -> bool {
    let (text, _) = json::text(bytes);
    match json::parse::<Value>(&text, 128) {
        Ok((Value::Object(object), _)) => {
            stream::is_piece(&object)
                || recognize::recognize(None, Turns::Run, &object, None, HEAD_COPIES).is_some()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(head: &str, name: &str) -> Result<Kind, Refusal> {
        detect(head.as_bytes(), true, &Name::of(Path::new(name), false))
    }

    fn found(head: &str, name: &str) -> Result<Kind, Refusal> {
        detect(head.as_bytes(), true, &Name::of(Path::new(name), true))
    }

    #[test]
    fn json_is_found_by_content() {
        for name in ["a.jsonl", "a.json", "a.log", "a"] {
            assert_eq!(kind("{\"a\":1}\n{\"b\":2}\n", name), Ok(Kind::Lines));
            assert_eq!(kind("{\"a\":1}", name), Ok(Kind::Lines));
            assert_eq!(kind(" [ {\"a\":1} ]", name), Ok(Kind::Document));
            assert_eq!(kind("{\n  \"a\": 1\n}\n", name), Ok(Kind::Document));
            assert_eq!(kind("{\"results\": [{\"a\":1}]}", name), Ok(Kind::Document));
            assert_eq!(
                kind("{\"model\": \"m\",\n \"results\": [\n{\"a\":1}]}", name),
                Ok(Kind::Document)
            );
            assert_eq!(kind(" \n\t", name), Ok(Kind::Empty));
        }
    }

    #[test]
    fn marks_before_the_first_record_are_passed_over() {
        assert_eq!(kind("\u{1e}{\"a\":1}\n\u{1e}{\"b\":2}\n", "a"), Ok(Kind::Lines));
        assert_eq!(kind("\u{feff}\u{feff}{\"a\":1}\n", "a"), Ok(Kind::Lines));
    }

    #[test]
    fn a_broken_first_line_does_not_make_a_document() {
        for first in ["{\"a\": \"cut", "{\"a\": 1,", "{\"a\":1}}"] {
            let text = format!("{first}\n{{\"a\":1}}\n");
            assert_eq!(kind(&text, "a.jsonl"), Ok(Kind::Lines), "{first}");
        }
        let text = "oops\n{\"reasoning\": \"I add.\"}\n";
        assert_eq!(kind(text, "a"), Ok(Kind::Lines));
        assert_eq!(kind("not json\n", "a.jsonl"), Ok(Kind::Lines));
    }

    #[test]
    fn text_is_what_is_neither_json_nor_binary() {
        for text in ["Hmm, so.", "[THINK] So", "[1] So", "{so}", "<think>So</think>", "{\"a\": 1}"]
        {
            assert_eq!(kind(text, "a.txt"), Ok(Kind::Text), "{text}");
        }
        assert_eq!(kind("{\"reasoning\": \"I add.\"}", "a.txt"), Ok(Kind::Lines));
        assert_eq!(kind("Hmm, so.", "a"), Ok(Kind::Text));
        assert_eq!(kind("Hmm\0, so I think about it for a while.", "a"), Ok(Kind::Text));
    }

    #[test]
    fn other_kinds_of_files_are_refused_by_name() {
        assert_eq!(kind("data: {\"id\":1}\n", "a.txt"), Ok(Kind::Events));
        for (head, name) in [("a:\n- b: 1\n", "a.yaml"), ("%PDF-1.7\n", "a")] {
            assert!(matches!(kind(head, name), Err(Refusal::Unsupported(..))), "{name}");
        }
        assert!(matches!(
            kind("[package]\nname = 1\n", "Cargo.toml"),
            Err(Refusal::Unsupported(..))
        ));
        for head in [
            "<!DOCTYPE html>",
            "<html>",
            "<?xml version='1.0'?>",
            "\x7fELF\x02\x01\x01\0\0\0\0\0\0",
        ] {
            assert!(matches!(kind(head, "a"), Err(Refusal::NotText(_))), "{head}");
        }
    }

    #[test]
    fn tables_are_found_by_name_or_by_a_known_row() {
        assert_eq!(kind("id,text\n1,x\n", "a.csv"), Ok(Kind::Table(b',')));
        assert_eq!(kind("id\ttext\n1\tx\n", "a.csv"), Ok(Kind::Table(b'\t')));
        assert_eq!(kind("thinking\nHmm, so.\n", "a.tsv"), Ok(Kind::Table(b'\t')));
        let known = "id;thinking;output\n1;I add, then check.;4\n";
        assert_eq!(kind(known, "a.txt"), Ok(Kind::Table(b';')));
        assert_eq!(found(known, "m/a"), Ok(Kind::Table(b';')));
        assert_eq!(kind("Hmm, so\nI add, then check\n", "a.txt"), Ok(Kind::Text));
    }

    #[test]
    fn in_a_folder_only_texts_are_traces() {
        assert_eq!(found("Hmm, so.", "m/a.txt"), Ok(Kind::Text));
        assert_eq!(found("Hmm, so.", "m/README.md"), Err(Refusal::NoTrace));
        assert_eq!(found("import os", "m/run.py"), Err(Refusal::NoTrace));
        let own = "### The check failed.\n\n| outcome | rule | found | asked |\n| --- |";
        assert_eq!(found(own, "m/check.md"), Err(Refusal::NoTrace));
        assert_eq!(kind(own, "check.md"), Ok(Kind::Text), "where it is asked for by its name");
        assert_eq!(found("{\"a\":1}", "m/a.cfg"), Ok(Kind::Lines));
    }

    #[test]
    fn names_are_taken_apart() {
        let name = Name::of(Path::new("runs/deepseek_r1/a.b.jsonl.gz"), false);
        assert_eq!((name.stem.as_str(), name.extension.as_str()), ("a.b", "jsonl"));
        assert_eq!(
            (name.folder.as_deref(), name.file.as_str()),
            (Some("deepseek_r1"), "a.b.jsonl.gz")
        );
        let archive = Name::of(Path::new("runs/all.zip"), false);
        let member = Name::of_member(&archive, "m-1/a.jsonl.gz");
        assert_eq!(member.display, "runs/all.zip/m-1/a.jsonl.gz");
        assert_eq!((member.stem.as_str(), member.folder.as_deref()), ("a", Some("m-1")));
        assert_eq!(Name::of_member(&archive, "a.txt").folder.as_deref(), Some("all"));
    }
}
