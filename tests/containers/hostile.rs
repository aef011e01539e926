//! Containers that lie about themselves, or were made to fill memory or to run for ever. Each test
//! makes its own file.

use super::kinds::{gzip, tar, tar_member};
use super::*;

#[test]
fn a_name_that_leads_out_of_a_tar_leads_nowhere() {
    let folder = tempdir().unwrap();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    let bytes = tar(&[("../../escaped.jsonl", LINE), ("/etc/absolute.jsonl", LINE)]);
    let path = inner.join("a.tar");
    fs::write(&path, bytes).unwrap();
    let mut traces = ingest::open(&[path.display().to_string()], Options::default()).unwrap();
    assert_eq!(traces.by_ref().filter_map(Result::ok).count(), 2);
    assert!(traces.place().unwrap().file.ends_with("a.tar/etc/absolute.jsonl"));
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing is written");
}

#[test]
fn a_tar_that_lies_gives_a_sentence() {
    let good = tar_member("a.jsonl", b'0', LINE.len() as u64, LINE);
    let mut wrong = good.clone();
    wrong[0] = b'b';
    let read = |bytes: Vec<u8>| read_bytes("a.tar", bytes, Limits::default());
    let sentence = |bytes| read(bytes).unwrap_err().to_string();
    // A member of 4 GB of which a line is there.
    let long = tar_member("b.jsonl", b'0', 4 << 30, LINE);
    let (traces, summary) = read([good.clone(), long].concat()).unwrap();
    assert_eq!(traces.len(), 1, "{:?}", summary.dropped);
    assert!(summary.dropped[&Reason::DamagedMember].detail.contains("middle of a member"));
    let broken = sentence([good.clone(), wrong].concat());
    assert!(broken.contains("after member 1") && broken.contains("checksum"), "{broken}");
    let name = tar_member("x", b'L', 1 << 40, b"name");
    assert!(sentence([name.clone(), good.clone()].concat()).contains("longer than a megabyte"));
    // Headers that say something about a member that never comes.
    let notes = tar_member("x", b'L', 4, b"name").repeat(50);
    let limits = Limits { members: 40, ..Limits::default() };
    let error = read_bytes("a.tar", [good, notes].concat(), limits).unwrap();
    assert_eq!(error.1.dropped[&Reason::OverLimit].count, 1);
}

#[test]
fn archives_in_archives_and_bombs_in_them_are_stopped() {
    let inner = gzip(&tar(&[("a.jsonl", LINE)]));
    let outer = gzip(&tar(&[("inner.tar.gz", &inner), ("b.jsonl", LINE)]));
    let (traces, summary) = read_bytes("a.tar.gz", outer, Limits::default()).unwrap();
    assert_eq!(traces.len(), 1);
    assert!(summary.dropped[&Reason::UnsupportedFile].detail.contains("archive inside an archive"));
    // 70 MB of blanks in a member of a packed archive: the ratio counts for all of it.
    let head = tar_member("a.jsonl", b'0', 70 << 20, LINE);
    let mut packer = zstd::Encoder::new(Vec::new(), 1).unwrap();
    packer.write_all(&head).unwrap();
    std::io::copy(&mut std::io::repeat(b' ').take(70 << 20), &mut packer).unwrap();
    let limits = Limits { record_bytes: 1 << 20, ..Limits::default() };
    let (traces, summary) = read_bytes("a.tar.zst", packer.finish().unwrap(), limits).unwrap();
    assert_eq!((traces.len(), summary.dropped[&Reason::OverLimit].count), (1, 1));
}

#[cfg(feature = "xlsx")]
mod workbooks {
    use super::super::kinds::workbook::workbook;
    use super::*;

    const HEADER: &str = "<row><c t=\"inlineStr\"><is><t>reasoning</t></is></c></row>";

    #[test]
    fn a_bomb_of_texts_is_stopped() {
        // Three megabytes of blanks in one text, with one megabyte as the limit of a record.
        let texts = format!("<si><t>{}</t></si>", " ".repeat(3 << 20));
        let limits = Limits { record_bytes: 1 << 20, ..Limits::default() };
        let error = read_bytes("a.xlsx", workbook(&texts, HEADER), limits).unwrap_err();
        let sentence = error.to_string();
        assert!(sentence.contains("a.xlsx") && sentence.contains("longer than"), "{sentence}");
    }

    #[test]
    fn a_text_that_many_cells_point_to_is_no_way_around_the_limit() {
        let texts = format!("<si><t>{}</t></si>", "so ".repeat(300_000));
        let row = "<row><c t=\"inlineStr\"><is><t>I add.</t></is></c><c t=\"s\"><v>0</v></c></row>";
        let header = "<row><c t=\"inlineStr\"><is><t>reasoning</t></is></c><c t=\"inlineStr\"><is><t>body</t></is></c></row>";
        let sheet = [header, &row.repeat(5000)].concat();
        let (traces, summary) =
            read_bytes("a.xlsx", workbook(&texts, &sheet), Limits::default()).unwrap();
        assert!(traces.len() < 200, "{}", traces.len());
        assert_eq!(summary.dropped[&Reason::OverLimit].count, 1);
    }

    #[test]
    fn entities_and_cells_far_away_cost_nothing() {
        let lol = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
        let sheet = format!(
            "{lol}{HEADER}<row><c t=\"inlineStr\"><is><t>I think &b;.</t></is></c>\
             <c r=\"ZZZZZZ1048576\" t=\"inlineStr\"><is><t>far</t></is></c></row>"
        );
        let (traces, _) = read_bytes("a.xlsx", workbook("", &sheet), Limits::default()).unwrap();
        assert_eq!(reasonings(&traces), ["I think ."]);
    }
}

#[cfg(feature = "sqlite")]
mod databases {
    use super::super::kinds::database::database;
    use super::*;

    #[test]
    fn what_a_hostile_schema_holds_is_not_run() {
        let bytes = database(
            "CREATE TABLE traces (id INTEGER PRIMARY KEY, reasoning TEXT);
             INSERT INTO traces (reasoning) VALUES ('I add two and two.');
             ALTER TABLE traces ADD COLUMN big TEXT AS (hex(zeroblob(900000000)));
             CREATE VIEW endless AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n AS reasoning FROM r;
             CREATE VIEW reasoning AS SELECT hex(zeroblob(900000000)) AS reasoning;
             CREATE TRIGGER every AFTER INSERT ON traces BEGIN INSERT INTO traces (reasoning) VALUES ('more'); END;
             CREATE VIRTUAL TABLE words USING fts5(reasoning);
             CREATE TABLE \"odd \"\" name; DROP TABLE traces\" (reasoning TEXT, rowid TEXT, _rowid_ TEXT, oid TEXT);
             INSERT INTO \"odd \"\" name; DROP TABLE traces\" (reasoning) VALUES ('I name it oddly.');",
        );
        let (traces, summary) = read_bytes("a.db", bytes, Limits::default()).unwrap();
        assert_eq!(reasonings(&traces), ["I name it oddly.", "I add two and two."]);
        assert!(summary.dropped.is_empty(), "{:?}", summary.dropped);
    }

    #[test]
    fn a_row_over_the_limit_costs_itself() {
        let bytes = database(
            "CREATE TABLE t (reasoning TEXT); INSERT INTO t VALUES ('I go first.');
             INSERT INTO t VALUES (hex(zeroblob(3000000))), ('I go last.');",
        );
        let limits = Limits { record_bytes: 1000, ..Limits::default() };
        let (traces, summary) = read_bytes("a.db", bytes, limits).unwrap();
        assert_eq!(reasonings(&traces), ["I go first.", "I go last."]);
        assert_eq!(summary.dropped[&Reason::TooLong].count, 1);
    }

    #[test]
    fn a_damaged_database_gives_sentences() {
        let rows = "INSERT INTO t (reasoning) VALUES ('I add two and two, and so on, and so on.');"
            .repeat(600);
        let bytes =
            database(&format!("CREATE TABLE t (id INTEGER PRIMARY KEY, reasoning TEXT); {rows}"));
        let mut dice = 88_172_645_463_325_252_u64;
        for _ in 0..25 {
            let mut bytes = bytes.clone();
            for _ in 0..60 {
                dice ^= dice << 13;
                dice ^= dice >> 7;
                dice ^= dice << 17;
                let at = dice as usize % (bytes.len() - 100) + 100;
                bytes[at] = (dice >> 40) as u8;
            }
            match read_bytes("a.db", bytes, Limits::default()) {
                Ok((traces, _)) => assert!(traces.len() <= 600),
                Err(error) => assert!(error.to_string().contains("a.db"), "{error}"),
            }
        }
    }
}

#[cfg(feature = "parquet")]
mod columns {
    use std::sync::Arc;

    use super::*;
    use arrow_array::{ArrayRef, DictionaryArray, Int32Array, RecordBatch, StringArray};

    fn stream(batch: &RecordBatch) -> Vec<u8> {
        let mut writer =
            arrow_ipc::writer::StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
        writer.write(batch).unwrap();
        writer.into_inner().unwrap()
    }

    fn texts() -> RecordBatch {
        let texts: ArrayRef = Arc::new(StringArray::from(vec!["I add.", "I check."]));
        RecordBatch::try_from_iter([("reasoning", texts)]).unwrap()
    }

    /// One text of a megabyte, and 300 rows that point to it.
    fn repeated() -> RecordBatch {
        let column = |text: String| -> ArrayRef {
            let keys = Int32Array::from(vec![0; 300]);
            Arc::new(DictionaryArray::new(keys, Arc::new(StringArray::from(vec![text]))))
        };
        let columns = [
            ("reasoning", column("I add two and two.".to_owned())),
            ("body", column("so ".repeat(350_000))),
        ];
        RecordBatch::try_from_iter(columns).unwrap()
    }

    #[test]
    fn a_dictionary_bomb_is_stopped() {
        let batch = repeated();
        let packed = {
            let properties = ::parquet::file::properties::WriterProperties::builder()
                .set_compression(::parquet::basic::Compression::ZSTD(Default::default()))
                .set_dictionary_page_size_limit(1 << 30)
                .build();
            let mut writer = ::parquet::arrow::ArrowWriter::try_new(
                Vec::new(),
                batch.schema(),
                Some(properties),
            )
            .unwrap();
            writer.write(&batch).unwrap();
            writer.into_inner().unwrap()
        };
        assert!(packed.len() < 10_000, "{}", packed.len());
        let (traces, summary) = read_bytes("a.parquet", packed, Limits::default()).unwrap();
        assert!(traces.len() < 200, "{}", traces.len());
        assert_eq!(traces.len() + summary.dropped[&Reason::OverLimit].count, 300);
        let limits = Limits { unpacked_ratio: 50, ..Limits::default() };
        let (traces, summary) = read_bytes("a.arrow", stream(&batch), limits).unwrap();
        assert!(traces.len() < 200, "{}", traces.len());
        assert_eq!(traces.len() + summary.dropped[&Reason::OverLimit].count, 300);
    }

    #[test]
    fn lengths_that_lie_give_sentences() {
        let good = stream(&texts());
        assert_eq!(read_bytes("a.arrow", good.clone(), Limits::default()).unwrap().0.len(), 2);
        // Every number in the descriptions, replaced by ones that are too large, or negative.
        let numbers = [[0xff; 8], *b"\xff\xff\xff\xff\xff\xff\xff\x7f", [0, 0, 0, 0, 1, 0, 0, 0]];
        let mut refused = 0;
        for at in (4..good.len() - 8).step_by(4) {
            for number in numbers {
                for width in [4, 8] {
                    let mut bytes = good.clone();
                    bytes[at..at + width].copy_from_slice(&number[..width]);
                    match read_bytes("a.arrow", bytes, Limits::default()) {
                        Ok((traces, _)) => assert!(traces.len() <= 2),
                        Err(error) => {
                            refused += 1;
                            assert!(error.to_string().contains("a.arrow"), "{error}");
                        }
                    }
                }
            }
        }
        assert!(refused > 100, "{refused}");
    }

    #[test]
    fn damage_of_any_kind_gives_sentences() {
        let mut dice = 88_172_645_463_325_252_u64;
        for name in ["packed.feather", "stream.arrow"] {
            let good = fs::read(fixture("containers").join(name)).unwrap();
            for _ in 0..300 {
                let mut bytes = good.clone();
                for _ in 0..3 {
                    dice ^= dice << 13;
                    dice ^= dice >> 7;
                    dice ^= dice << 17;
                    let at = dice as usize % (bytes.len() - 8) + 8;
                    bytes[at] = (dice >> 40) as u8;
                }
                if let Ok((traces, _)) = read_bytes(name, bytes, Limits::default()) {
                    assert!(traces.len() <= 6);
                }
            }
        }
    }

    #[test]
    fn brotli_is_named() {
        let path = fixture("containers/brotli.parquet");
        Run::of(command().arg("ingest").arg(path)).fails(2, &["packed with Brotli", "zstd"]);
    }
}

#[cfg(feature = "xz")]
#[test]
fn a_dictionary_of_xz_of_four_gigabytes_is_refused() {
    let mut bytes = fs::read(fixture("containers/rows.jsonl.xz")).unwrap();
    // The header of the first block: its size, flags, the filter LZMA2, and the size of its
    // dictionary; then zeros and a checksum.
    let block = 12;
    let size = (usize::from(bytes[block]) + 1) * 4;
    assert_eq!(bytes[block + 2], 0x21);
    bytes[block + 4] = 40;
    let mut sum = flate2::Crc::new();
    sum.update(&bytes[block..block + size - 4]);
    bytes[block + size - 4..block + size].copy_from_slice(&sum.sum().to_le_bytes());
    let sentence = read_bytes("a.xz", bytes, Limits::default()).unwrap_err().to_string();
    assert!(sentence.contains("a.xz") && sentence.contains("memory"), "{sentence}");
}
