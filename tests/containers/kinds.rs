//! Arrow, SQLite, Excel, tar and the other ways of packing; what pandas writes; joined files.

use super::*;

/// The records of the six shortest traces, as JSON Lines.
fn lines() -> String {
    let mut lines = fixture_lines("traces/ponder-1.jsonl");
    lines.sort_by_key(|line| line.chars().count());
    lines[..6].iter().map(|line| format!("{line}\n")).collect()
}

fn assert_all(found: &(Vec<Trace>, Summary), what: &str) {
    assert_eq!(reasonings(&found.0), reasonings(&originals()), "{what}");
    assert!(found.1.dropped.is_empty(), "{what}: {:?}", found.1.dropped);
    assert_eq!(found.0[0].model.as_deref(), Some("acme/ponder-1"), "{what}");
}

/// A member of a tar archive: a header of 512 bytes, and the bytes filled up.
pub(super) fn tar_member(name: &str, kind: u8, size: u64, bytes: &[u8]) -> Vec<u8> {
    let mut header = [0_u8; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    if size < 1 << 33 {
        header[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
    } else {
        // What has more than eleven digits is written in binary, as GNU tar does it.
        header[124] = 0x80;
        header[128..136].copy_from_slice(&size.to_be_bytes());
    }
    header[156] = kind;
    header[257..265].copy_from_slice(b"ustar\x0000");
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut member = header.to_vec();
    member.extend(bytes);
    member.resize(member.len().next_multiple_of(512), 0);
    member
}

pub(super) fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let members = members.iter();
    let mut tar: Vec<u8> = members
        .flat_map(|(name, bytes)| tar_member(name, b'0', bytes.len() as u64, bytes))
        .collect();
    tar.extend([0; 1024]);
    tar
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

#[test]
fn tar_is_read_packed_or_not_from_a_file_or_a_pipe() {
    let lines = lines();
    let parts = lines.split_inclusive('\n').collect::<Vec<_>>();
    let (first, rest) = (parts[..2].concat(), parts[2..].concat());
    // `tar c .` puts `./` before every name, and macOS a hidden file beside every file.
    let archive = tar(&[
        ("./runs/._a.jsonl", b"\0\x05\x16\x07"),
        ("./runs/a.jsonl", first.as_bytes()),
        ("./runs/b.jsonl.gz", &gzip(rest.as_bytes())),
    ]);
    for bytes in [archive.clone(), gzip(&archive), zstd::encode_all(&archive[..], 1).unwrap()] {
        let found = read_bytes("runs.tar", bytes.clone(), Limits::default()).unwrap();
        assert_all(&found, "tar");
        assert_eq!(found.1.notes[&Note::HiddenFile], 1);
        let folder = tempdir().unwrap();
        let path = write(&folder, "runs.tar.gz", bytes);
        let mut traces = ingest::open(&[path.display().to_string()], Options::default()).unwrap();
        let list: Vec<Trace> = traces.by_ref().map(Result::unwrap).collect();
        assert_eq!(reasonings(&list), reasonings(&originals()));
        assert!(traces.place().unwrap().file.ends_with("runs.tar.gz/runs/b.jsonl.gz"));
    }
}

#[test]
fn the_headers_of_gnu_and_pax_are_understood() {
    let name = format!("{}/a.jsonl", "n".repeat(150));
    let long = [
        tar_member("././@LongLink", b'L', name.len() as u64, name.as_bytes()),
        tar_member("short", b'0', LINE.len() as u64, LINE),
        [0; 1024].to_vec(),
    ]
    .concat();
    let record = format!("path={name}\n");
    let record = format!("{} {record}", record.len() + 4);
    let pax = [
        tar_member("g", b'g', 20, b"20 comment=whatever\n"),
        tar_member("x", b'x', record.len() as u64, record.as_bytes()),
        tar_member("link", b'2', 0, b""),
        tar_member("short", b'0', LINE.len() as u64, LINE),
    ]
    .concat();
    for (bytes, place) in [(long, format!("a.tar/{name}")), (pax, "a.tar/short".to_owned())] {
        let options = Options::default();
        let mut traces = ingest::read("a.tar", Cursor::new(bytes), options).unwrap();
        assert_eq!(traces.by_ref().filter_map(Result::ok).count(), 1);
        assert_eq!(traces.place().unwrap().file, place);
    }
}

#[cfg(feature = "bzip2")]
#[test]
fn bzip2_is_unpacked() {
    assert_all(&read("rows.jsonl.bz2"), "two streams in a row");
}

#[cfg(feature = "xz")]
#[test]
fn xz_is_unpacked() {
    assert_all(&read("rows.jsonl.xz"), "two streams in a row");
}

#[cfg(feature = "parquet")]
#[test]
fn arrow_is_read_as_a_file_and_as_a_stream() {
    for name in ["packed.feather", "stream.arrow"] {
        let found = read(name);
        assert_all(&found, name);
        assert_eq!(found.0[5].prompt, originals()[5].prompt);
        assert_eq!(found.0[5].answer, originals()[5].answer);
    }
    // A folder as `save_to_disk` leaves it.
    let folder = tempdir().unwrap();
    fs::copy(fixture("containers/stream.arrow"), folder.path().join("data-00000-of-00001.arrow"))
        .unwrap();
    write(&folder, "state.json", "{\"_data_files\": [{\"filename\": \"x\"}], \"_split\": null}");
    let input = folder.path().display().to_string();
    let mut traces = ingest::open(&[input], Options::default()).unwrap();
    assert_eq!(traces.by_ref().filter_map(Result::ok).count(), 6);
}

#[cfg(feature = "parquet")]
#[test]
fn an_arrow_file_that_was_cut_off_is_read_as_far_as_it_goes() {
    let bytes = fs::read(fixture("containers/packed.feather")).unwrap();
    let cut = bytes[..bytes.len() * 3 / 4].to_vec();
    let mut traces = ingest::read("a.feather", Cursor::new(cut), Options::default()).unwrap();
    let (good, bad): (Vec<_>, Vec<_>) = traces.by_ref().partition(Result::is_ok);
    // Batches of four rows and of two.
    assert_eq!((good.len(), bad.len()), (4, 1));
    let sentence = bad[0].as_ref().unwrap_err().to_string();
    assert!(
        sentence.contains("after row 4") && sentence.contains("left of the file"),
        "{sentence}"
    );
}

#[cfg(feature = "xlsx")]
pub(super) mod workbook {
    use super::*;

    /// A workbook with one sheet, out of its XML.
    pub fn workbook(texts: &str, sheet: &str) -> Vec<u8> {
        let relations = "<Relationships><Relationship Id=\"rId1\" Target=\"worksheets/sheet1.xml\"/></Relationships>";
        let book = "<workbook><sheets><sheet name=\"Runs &amp; more\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";
        let parts = [
            ("[Content_Types].xml", "<Types/>".to_owned()),
            ("xl/_rels/workbook.xml.rels", relations.to_owned()),
            ("xl/sharedStrings.xml", format!("<sst>{texts}</sst>")),
            ("xl/workbook.xml", book.to_owned()),
            (
                "xl/worksheets/sheet1.xml",
                format!("<worksheet><sheetData>{sheet}</sheetData></worksheet>"),
            ),
        ];
        zip_of(parts.into_iter().map(|(name, xml)| {
            let mut sum = flate2::Crc::new();
            sum.update(xml.as_bytes());
            (name.to_owned(), 8, deflated(xml.as_bytes()), sum.sum(), xml.len())
        }))
    }

    #[test]
    fn a_sheet_is_a_table() {
        let texts = "<si><t>reasoning</t></si><si><t>model</t></si><si><t>n</t></si>\
            <si><r><t xml:space=\"preserve\">I add, </t></r><r><t>then I &lt;check&gt;._x000D_\nDone.</t></r><rPh><t>x</t></rPh></si>";
        let sheet = "<row r=\"1\"/><row r=\"2\"><c r=\"B2\" t=\"s\"><v>0</v></c><c r=\"C2\" t=\"s\"><v>1</v></c><c r=\"D2\" t=\"s\"><v>2</v></c></row>\
            <row r=\"3\"><c r=\"B3\" t=\"s\"><v>3</v></c><c r=\"C3\" t=\"inlineStr\"><is><t>acme/m</t></is></c><c r=\"D3\"><v>7</v></c></row>\
            <row r=\"4\"><c r=\"D4\" t=\"e\"><v>#N/A</v></c></row>\
            <row r=\"5\"><c r=\"C5\" t=\"str\"><f>A1</f><v>acme/o</v></c><c r=\"B5\" t=\"inlineStr\"><is><t>So it is.</t></is></c></row>";
        let bytes = workbook(texts, sheet);
        let inner = small_zip(&[("runs/book.xlsx", &bytes)]);
        for (name, bytes, place) in [
            ("book.xlsx", bytes, "book.xlsx/Runs & more"),
            ("all.zip", inner, "all.zip/runs/book.xlsx/Runs & more"),
        ] {
            let mut traces = ingest::read(name, Cursor::new(bytes), Options::default()).unwrap();
            let list: Vec<Trace> = traces.by_ref().map(Result::unwrap).collect();
            assert_eq!(reasonings(&list), ["I add, then I <check>.\nDone.", "So it is."]);
            assert_eq!(list[0].model.as_deref(), Some("acme/m"));
            assert_eq!(traces.place().unwrap().to_string(), format!("{place}, row 2"));
        }
    }

    #[test]
    fn other_documents_are_named() {
        let folder = tempdir().unwrap();
        for (member, word) in
            [("word/document.xml", "a Word document"), ("ppt/presentation.xml", "a PowerPoint")]
        {
            let path = write(&folder, "a.docx", small_zip(&[(member, b"<x/>")]));
            Run::of(command().arg("ingest").arg(path)).fails(2, &["a.docx", word]);
        }
    }
}

#[cfg(feature = "sqlite")]
pub(super) mod database {
    use super::*;

    /// A database that some statements make.
    pub fn database(statements: &str) -> Vec<u8> {
        let folder = tempdir().unwrap();
        let path = folder.path().join("a.db");
        rusqlite::Connection::open(&path).unwrap().execute_batch(statements).unwrap();
        fs::read(path).unwrap()
    }

    fn all(statements: &str) -> (Vec<Trace>, Summary) {
        read_bytes("a.db", database(statements), Limits::default()).unwrap()
    }

    #[test]
    fn a_table_is_a_file_of_rows() {
        let rows: String = originals()
            .iter()
            .map(|trace| {
                let text = trace.reasoning.replace('\'', "''");
                format!("INSERT INTO responses VALUES ('{}', 'acme/ponder-1', '{text}');", trace.id)
            })
            .collect();
        let found = all(&format!(
            "CREATE TABLE responses (id TEXT PRIMARY KEY, model TEXT, reasoning TEXT);
             CREATE TABLE without_rows (a); {rows}"
        ));
        assert_all(&found, "a table");
    }

    #[test]
    fn the_log_of_llm_is_put_together() {
        let (traces, summary) = all("
            CREATE TABLE responses (id TEXT PRIMARY KEY, model TEXT, prompt TEXT, response TEXT, reasoning TEXT);
            INSERT INTO responses VALUES ('t1', 'acme/m', 'How many?', 'Four.', 'Two and two.'),
                ('t0', 'acme/m', 'How few?', 'One.', 'One less than two.');
            CREATE TABLE threads (id TEXT);
            INSERT INTO threads VALUES ('c');
            CREATE TABLE messages (hash TEXT PRIMARY KEY, parent_hash TEXT, role TEXT);
            INSERT INTO messages VALUES ('a', NULL, 'user'), ('b', 'a', 'assistant'), ('c', 'b', 'tool'),
                ('d', 'c', 'assistant'), ('e', 'd', 'user'), ('f', 'e', 'assistant'), ('g', 'g', 'assistant');
            CREATE TABLE parts (id INTEGER PRIMARY KEY, message_hash TEXT, position INTEGER, type TEXT, text TEXT);
            INSERT INTO parts (message_hash, position, type, text) VALUES ('a', 0, 'text', 'How many?'),
                ('b', 0, 'reasoning', 'I ask the tool.'), ('c', 0, 'text', 'tool says four'),
                ('d', 1, 'text', 'Four.'), ('d', 0, 'reasoning', 'It says four.'),
                ('e', 0, 'text', 'And why?'), ('f', 0, 'reasoning', 'Since two and two.'), ('f', 1, 'text', 'So.');
            CREATE TABLE turns (id TEXT PRIMARY KEY, parent_message_hash TEXT, tip_message_hash TEXT, model TEXT);
            INSERT INTO turns VALUES ('t1', 'a', 'd', 'acme/m'), ('t2', 'e', 'f', 'acme/m'), ('t3', NULL, 'g', 'acme/m');
        ");
        let texts = reasonings(&traces);
        assert!(texts.contains(&"Since two and two.") && texts.contains(&"One less than two."));
        assert!(!texts.iter().any(|text| text.contains("tool says") || *text == "Two and two."));
        assert!(texts.iter().any(|text| text.contains("It says four.")), "{texts:?}");
        let why = traces.iter().find(|trace| trace.reasoning.starts_with("Since")).unwrap();
        assert_eq!((why.prompt.as_deref(), why.answer.as_deref()), (Some("And why?"), Some("So.")));
        assert_eq!(why.model.as_deref(), Some("acme/m"));
        let dropped: Vec<_> = summary.dropped.keys().collect();
        let expected = [Reason::NoReasoning, Reason::NoReasoningColumn];
        assert!(dropped.iter().all(|reason| expected.contains(reason)), "{dropped:?}");
    }

    #[test]
    fn the_sessions_of_open_code_are_put_together() {
        let (traces, _) = all(r#"
            CREATE TABLE session (id TEXT PRIMARY KEY, title TEXT);
            INSERT INTO session VALUES ('s', 'Seeds');
            CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT, time_created INTEGER, data TEXT);
            INSERT INTO message VALUES ('m1', 's', 1, '{"role":"user"}'),
                ('m2', 's', 2, '{"role":"assistant","modelID":"ponder-1","providerID":"acme"}'),
                ('m3', 's', 3, '{"role":"user"}'), ('m4', 's', 4, '{"role":"assistant","modelID":"ponder-1"}');
            CREATE TABLE part (id TEXT PRIMARY KEY, message_id TEXT, session_id TEXT, data TEXT);
            INSERT INTO part VALUES ('p1', 'm1', 's', '{"type":"text","text":"Which seed?"}'),
                ('p0', 'm1', 's', '{"type":"text","text":"You are in a folder.","synthetic":true}'),
                ('p2', 'm2', 's', '{"type":"reasoning","text":"Peas stand the cold."}'),
                ('p3', 'm2', 's', '{"type":"tool","state":{"output":"eight degrees"}}'),
                ('p4', 'm2', 's', '{"type":"text","text":"Peas."}'),
                ('p5', 'm3', 's', '{"type":"text","text":"And then?"}'),
                ('p6', 'm4', 's', '{"type":"reasoning","text":"Beans wait for May."}'),
                ('p7', 'm4', 's', '{"type":"text","text":"Beans."}');
        "#);
        assert_eq!(reasonings(&traces), ["Peas stand the cold.", "Beans wait for May."]);
        assert_eq!(traces[0].prompt.as_deref(), Some("Which seed?"));
        assert_eq!(traces[1].prompt.as_deref(), Some("And then?"));
        assert_eq!(traces[1].answer.as_deref(), Some("Beans."));
        assert_eq!(traces[0].model.as_deref(), Some("ponder-1"));
    }

    #[test]
    fn the_bubbles_of_cursor_are_put_together() {
        let (traces, summary) = all(r#"
            CREATE TABLE ItemTable (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB);
            CREATE TABLE cursorDiskKV (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB);
            INSERT INTO cursorDiskKV VALUES ('bubbleId:c:b2', '{"type":2,"thinking":{"text":"I try small divisors."},"modelInfo":{"modelName":"ponder-1"}}'),
                ('bubbleId:c:b1', CAST('{"type":1,"text":"Is 221 a prime?"}' AS BLOB)),
                ('bubbleId:c:b3', '{"type":2,"text":"No."}'),
                ('composerData:c', '{"composerId":"c","fullConversationHeadersOnly":[{"bubbleId":"b1"},{"bubbleId":"b2"},{"bubbleId":"gone"},{"bubbleId":"b3"}]}'),
                ('composerData:old', '{"conversation":[{"type":1,"text":"Why?"},{"type":2,"thinking":"Thirteen times seventeen.","text":"So."}],"modelConfig":{"modelName":"ponder-1"}}');
        "#);
        let texts = reasonings(&traces);
        assert!(texts.contains(&"Thirteen times seventeen."), "{texts:?} {:?}", summary.dropped);
        assert!(traces.iter().all(|trace| trace.model.as_deref() == Some("ponder-1")));
    }
}

#[test]
fn what_pandas_writes_is_read() {
    let records: Vec<serde_json::Map<String, serde_json::Value>> =
        lines().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names = ["id", "model", "prompt", "reasoning", "answer"];
    let rows: Vec<Vec<_>> = records
        .iter()
        .map(|record| names.iter().map(|name| record[*name].clone()).collect())
        .collect();
    let split = serde_json::json!({"columns": names, "index": [0, 1, 2, 3, 4, 5], "data": rows});
    let columns: serde_json::Map<String, serde_json::Value> = names
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let cells =
                rows.iter().enumerate().map(|(row, cells)| (row.to_string(), cells[at].clone()));
            ((*name).to_owned(), serde_json::Value::Object(cells.collect()))
        })
        .collect();
    let columns = serde_json::Value::Object(columns);
    let quoted: String =
        lines().lines().map(|line| format!("{}\n", serde_json::json!(line))).collect();
    for text in [
        split.to_string(),
        serde_json::to_string_pretty(&split).unwrap(),
        columns.to_string(),
        serde_json::to_string_pretty(&columns).unwrap(),
        quoted,
    ] {
        let found = read_bytes("a.json", text.clone().into_bytes(), Limits::default()).unwrap();
        assert_all(&found, &text[..40]);
    }
}

#[test]
fn joined_files_and_text_sequences_are_read() {
    let lines = lines();
    let (first, rest) = lines.split_at(lines.find('\n').unwrap() + 1);
    let without_end = first.trim_end();
    let sequence: String = lines.lines().map(|line| format!("\u{1e}{line}\n")).collect();
    for text in [
        format!("\u{feff}{first}\u{feff}{rest}"),
        format!("\u{feff}{without_end}\u{feff}{rest}"),
        sequence,
    ] {
        let found = read_bytes("a.jsonl", text.into_bytes(), Limits::default()).unwrap();
        assert_all(&found, "joined");
        assert_eq!(found.1.records, 6);
    }
    let tables = "\u{feff}id,reasoning\n1,I add.\n\u{feff}id,reasoning\n2,I check.\n";
    let (traces, summary) = read_bytes("a.csv", tables.into(), Limits::default()).unwrap();
    assert_eq!((reasonings(&traces), summary.records), (vec!["I add.", "I check."], 2));
}

#[test]
fn what_stands_behind_gzip_is_told_and_does_no_harm() {
    let bytes = [gzip(lines().as_bytes()), b"rubbish".to_vec()].concat();
    let found = read_bytes("a.jsonl.gz", bytes, Limits::default()).unwrap();
    assert_all(&found, "gzip");
    assert_eq!(found.1.notes[&Note::TrailingBytes], 7);
    let frame = zstd::encode_all(lines().as_bytes(), 1).unwrap();
    let skipped = [b"\x51\x2a\x4d\x18\x03\0\0\0abc".to_vec(), frame].concat();
    assert_all(&read_bytes("a.jsonl.zst", skipped, Limits::default()).unwrap(), "skippable");
}

#[test]
fn a_data_set_of_the_hub_is_read_from_the_cache() {
    let home = tempdir().unwrap();
    let folder = home.path().join("hub/datasets--acme--traces");
    fs::create_dir_all(folder.join("snapshots/c0ffee")).unwrap();
    fs::create_dir_all(folder.join("refs")).unwrap();
    fs::write(folder.join("refs/main"), "c0ffee").unwrap();
    fs::write(folder.join("snapshots/c0ffee/train.jsonl"), lines()).unwrap();
    let ingest = |input: &str| {
        let mut command = command();
        let out = home.path().join("out.jsonl");
        command.env_remove("HF_HUB_CACHE").env_remove("HUGGINGFACE_HUB_CACHE");
        command.env("HF_HOME", home.path()).args(["ingest", input, "-o"]).arg(out);
        Run::of(&mut command)
    };
    ingest("hf://datasets/acme/traces").succeeds();
    let fetch = "hf download --repo-type dataset acme/other";
    ingest("hf://datasets/acme/other").fails(2, &["local cache of Hugging Face", fetch]);
    ingest("hf://acme").fails(2, &["hf://datasets/ORG/NAME"]);
}
