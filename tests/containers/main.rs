//! Traces in archives, tables and Parquet files, in other encodings, and in files made to do harm.
//! `kinds` has the other containers, `hostile` the files that lie about themselves, `damaged` those with
//! bytes changed at random.

#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;
mod damaged;
#[path = "../common/dice.rs"]
mod dice;
mod hostile;
mod kinds;

use std::fs;
use std::io::{Cursor, Read, Write};

use common::{Run, atlas, command, fixture, fixture_lines, real, write};
use cotprint::ingest::{self, Error, Limits, Note, Options, Reason, Summary};
use cotprint::trace::Trace;
use tempfile::tempdir;

/// Reads a fixture in `containers/`.
fn read(name: &str) -> (Vec<Trace>, Summary) {
    let path = fixture("containers").join(name).display().to_string();
    let mut traces = ingest::open(&[path], Options::default()).unwrap();
    let list: Vec<Trace> = traces.by_ref().collect::<Result<_, _>>().unwrap();
    (list, traces.into_summary())
}

/// Reads bytes under a name.
fn read_bytes(name: &str, bytes: Vec<u8>, limits: Limits) -> Result<(Vec<Trace>, Summary), Error> {
    let options = Options { limits, ..Options::default() };
    let mut traces = ingest::read(name, Cursor::new(bytes), options)?;
    let list: Vec<Trace> = traces.by_ref().collect::<Result<_, _>>()?;
    Ok((list, traces.into_summary()))
}

/// The traces that the containers were made of: the shortest six, shortest first.
fn originals() -> Vec<Trace> {
    let mut lines = fixture_lines("traces/ponder-1.jsonl");
    lines.sort_by_key(|line| line.chars().count());
    lines[..6].iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn reasonings(traces: &[Trace]) -> Vec<&str> {
    traces.iter().map(|trace| trace.reasoning.trim()).collect()
}

#[test]
fn tables_are_read_whatever_stands_between_the_cells() {
    let originals = originals();
    for name in ["rows.tsv", "semicolons.csv", "little-endian.csv"] {
        let (traces, summary) = read(name);
        assert_eq!(reasonings(&traces), reasonings(&originals), "{name}");
        assert!(summary.dropped.is_empty(), "{name}");
        assert_eq!(traces[0].model.as_deref(), Some("acme/ponder-1"));
        assert_eq!(traces[0].answer, originals[0].answer);
        assert_eq!(traces[0].domain.as_deref(), Some("puzzles"), "a cell of JSON is read");
    }
}

#[test]
fn a_bad_row_costs_itself() {
    let (traces, summary) = read("rows.csv");
    let originals = originals();
    let expected: Vec<_> = [0, 1, 2, 4, 5].map(|at| originals[at].reasoning.trim()).into();
    assert_eq!(reasonings(&traces), expected);
    let dropped = &summary.dropped[&Reason::BrokenRow];
    assert_eq!((dropped.count, summary.records), (1, 6));
    assert!(dropped.first.to_string().ends_with("rows.csv, row 4"), "{}", dropped.first);
}

#[test]
fn a_table_of_something_else_in_a_folder_says_what_is_missing() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("families.tsv"), "model\tfamily\na/b\tb\na/c\tc\n").unwrap();
    fs::write(folder.path().join("run.csv"), "id,reasoning\n1,I add.\n").unwrap();
    let mut traces =
        ingest::open(&[folder.path().display().to_string()], Options::default()).unwrap();
    assert_eq!(traces.by_ref().filter_map(Result::ok).count(), 1);
    let dropped = &traces.summary().dropped[&Reason::NoReasoningColumn];
    assert_eq!(dropped.count, 2);
    assert!(dropped.first.to_string().ends_with("families.tsv, row 1"), "{}", dropped.first);
    assert_eq!(dropped.detail, "It is a row with the columns `model`, `family`.");
}

#[test]
fn utf16_is_converted() {
    for name in ["big-endian.jsonl", "little-endian.csv"] {
        let (traces, summary) = read(name);
        assert_eq!(reasonings(&traces), reasonings(&originals()), "{name}");
        assert_eq!(summary.notes[&Note::Utf16], 1);
    }
}

#[test]
fn the_members_of_an_archive_are_read_like_the_files_of_a_folder() {
    let (traces, summary) = read("mixed.zip");
    let originals = originals();
    // Members are sorted by name: quill-3/one.txt, then runs/.
    let expected: Vec<_> = [5, 1, 3, 0, 4, 2].map(|at| originals[at].reasoning.trim()).into();
    assert_eq!(reasonings(&traces), expected);
    assert_eq!(traces[0].model.as_deref(), Some("quill-3"), "a text has its folder's name");
    let dropped: Vec<_> =
        summary.dropped.iter().map(|(reason, dropped)| (reason.name(), dropped.count)).collect();
    assert_eq!(
        dropped,
        [("not_text", 1), ("unsupported_file", 1), ("damaged_member", 1), ("other_file", 1)]
    );
    assert_eq!(summary.notes[&Note::HiddenFile], 2);
    let damaged = &summary.dropped[&Reason::DamagedMember];
    assert!(damaged.first.file.ends_with("mixed.zip/damaged.jsonl"), "{}", damaged.first);
    assert!(damaged.detail.contains("checksum"), "{}", damaged.detail);
}

#[test]
fn an_archive_may_come_from_a_pipe() {
    let input = fs::read(fixture("containers/mixed.zip")).unwrap();
    let mut command = command();
    command.args(["score", "-", "--atlas"]).arg(atlas()).write_stdin(input);
    assert_eq!(Run::of(&mut command).succeeds().json_lines().len(), 6);
}

#[test]
fn a_stream_that_finds_no_room_is_not_called_damaged() {
    // Larger than what is kept in memory.
    let large = vec![b' '; 20 << 20];
    let input = small_zip(&[("a.jsonl", &large)]);
    let folder = tempdir().unwrap();
    let nowhere = folder.path().join("nowhere");
    let mut command = command();
    command.args(["score", "-", "--atlas"]).arg(atlas()).env("TMPDIR", &nowhere).write_stdin(input);
    let failed = Run::of(&mut command).fails(2, &["standard input", "nowhere", "TMPDIR"]);
    assert!(!failed.stderr.contains("damaged"), "{}", failed.stderr);
}

#[test]
fn an_archive_in_a_folder_is_one_file_of_it() {
    let folder = tempdir().unwrap();
    fs::copy(fixture("containers/mixed.zip"), folder.path().join("a.zip")).unwrap();
    fs::copy(fixture("new-model.jsonl"), folder.path().join("b.jsonl")).unwrap();
    let input = folder.path().display().to_string();
    let mut traces = ingest::open(&[input], Options::default()).unwrap();
    assert_eq!(traces.by_ref().filter_map(Result::ok).count(), 36);
    assert_eq!(traces.summary().files, 2);
}

#[test]
fn an_archive_without_traces_is_refused() {
    let mut zip =
        small_zip(&[("photo.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\xff\xfe\0\0")]);
    let folder = tempdir().unwrap();
    let path = write(&folder, "pictures.zip", &zip);
    Run::of(command().arg("score").arg(path)).fails(2, &["pictures.zip", "photo.png", "binary"]);
    zip.truncate(zip.len() / 2);
    let path = write(&folder, "half.zip", &zip);
    Run::of(command().arg("score").arg(path)).fails(2, &["half.zip", "damaged"]);
}

/// A zip archive of stored members, put together by hand.
fn small_zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let members = members.iter().map(|(name, data)| (*name, 0, data.to_vec(), *data));
    zip_of(members.map(|(name, method, packed, data)| {
        let mut sum = flate2::Crc::new();
        sum.update(data);
        (name.to_owned(), method, packed, sum.sum(), data.len())
    }))
}

/// A zip archive of members that are packed already: name, method, bytes, checksum, size.
fn zip_of(members: impl Iterator<Item = (String, u16, Vec<u8>, u32, usize)>) -> Vec<u8> {
    let (mut body, mut directory, mut count) = (Vec::new(), Vec::new(), 0_u16);
    for (name, method, packed, checksum, size) in members {
        let mut common = Vec::new();
        for short in [20, 0x800, method, 0, 0x21] {
            common.extend(u16::to_le_bytes(short));
        }
        for long in [checksum, packed.len() as u32, size as u32] {
            common.extend(long.to_le_bytes());
        }
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0; 2]);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend((body.len() as u32).to_le_bytes());
        directory.extend(name.as_bytes());
        body.extend(b"PK\x03\x04");
        body.extend(common);
        body.extend(name.as_bytes());
        body.extend(packed);
        count += 1;
    }
    let start = body.len() as u32;
    body.extend(&directory);
    body.extend(b"PK\x05\x06\0\0\0\0");
    body.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    body.extend((directory.len() as u32).to_le_bytes());
    body.extend(start.to_le_bytes());
    body.extend([0; 2]);
    body
}

fn deflated(data: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(data).unwrap();
    packer.finish().unwrap()
}

const LINE: &[u8] = b"{\"reasoning\":\"I add two and two, and check it.\"}\n";

#[test]
fn a_bomb_in_an_archive_costs_one_member() {
    let mut sum = flate2::Crc::new();
    sum.update(LINE);
    // A member that begins well and goes on for 300 kB, which is over the limit set here.
    let bomb = [LINE, vec![b'\n'; 300_000].as_slice()].concat();
    let zip = zip_of(
        [
            ("a-bomb.jsonl".to_owned(), 8, deflated(&bomb), 0, bomb.len()),
            ("b.jsonl".to_owned(), 8, deflated(LINE), sum.sum(), LINE.len()),
        ]
        .into_iter(),
    );
    let limits = Limits { unpacked_bytes: 270_000, ..Limits::default() };
    let (traces, summary) = read_bytes("bomb.zip", zip, limits).unwrap();
    // The trace at the bomb's beginning is a trace.
    assert_eq!(traces.len(), 2);
    let dropped = &summary.dropped[&Reason::OverLimit];
    assert_eq!((dropped.count, dropped.first.file.as_str()), (1, "bomb.zip/a-bomb.jsonl"));
    assert!(dropped.detail.contains("270000 bytes"), "{}", dropped.detail);
}

#[test]
fn a_compressed_bomb_gives_a_sentence() {
    let folder = tempdir().unwrap();
    let mut packer = zstd::Encoder::new(Vec::new(), 1).unwrap();
    std::io::copy(&mut std::io::repeat(b' ').take(200 << 20), &mut packer).unwrap();
    let path = write(&folder, "bomb.jsonl.zst", packer.finish().unwrap());
    Run::of(command().arg("score").arg(path))
        .fails(2, &["bomb.jsonl.zst", "1000 times its own size", "--max-unpacked-ratio"]);
}

#[test]
fn an_archive_of_too_many_members_gives_a_sentence() {
    let names: Vec<String> = (0..30).map(|n| format!("{n}.jsonl")).collect();
    let members: Vec<_> = names.iter().map(|name| (name.as_str(), LINE)).collect();
    let zip = small_zip(&members);
    assert_eq!(read_bytes("a.zip", zip.clone(), Limits::default()).unwrap().0.len(), 30);
    let error = read_bytes("a.zip", zip, Limits { members: 29, ..Limits::default() }).unwrap_err();
    let sentence = error.to_string();
    assert!(sentence.contains("30 members, and 29 is the limit"), "{sentence}");
    let limit = ingest::UnpackLimit::Members;
    assert!(matches!(error, Error::OverLimit { limit: found, .. } if found == limit));
}

#[test]
fn members_that_lie_over_each_other_are_counted_together() {
    // 40 members of the directory point to the same record and 2 MB of blanks.
    let blanks = [LINE, vec![b'\n'; 2 << 20].as_slice()].concat();
    let mut sum = flate2::Crc::new();
    sum.update(&blanks);
    let one = ("a.jsonl".to_owned(), 8, deflated(&blanks), sum.sum(), blanks.len());
    let whole = zip_of([one].into_iter());
    let end = whole.len() - 22;
    let start = u32::from_le_bytes(whole[end + 16..end + 20].try_into().unwrap()) as usize;
    let mut zip = whole[..start].to_vec();
    for n in 0..40 {
        let mut entry = whole[start..end].to_vec();
        let at = entry.len() - 7;
        entry[at..at + 2].copy_from_slice(format!("{n:02}").as_bytes());
        zip.extend(entry);
    }
    let length = (end - start) as u32 * 40;
    zip.extend(b"PK\x05\x06\0\0\0\0\x28\0\x28\0");
    zip.extend(length.to_le_bytes());
    zip.extend((start as u32).to_le_bytes());
    zip.extend([0; 2]);
    let limits = Limits { unpacked_ratio: 20, ..Limits::default() };
    let (traces, summary) = read_bytes("layers.zip", zip, limits).unwrap();
    // The first 64 MB are free.
    assert_eq!(summary.dropped[&Reason::OverLimit].count, 40 - 31);
    assert!(traces.len() >= 31);
}

#[cfg(feature = "parquet")]
mod parquet {
    use super::*;

    #[test]
    fn every_kind_of_string_is_read() {
        let (traces, summary) = read("strings.parquet");
        assert_eq!(reasonings(&traces), reasonings(&originals()));
        assert!(summary.dropped.is_empty());
        assert_eq!(traces[5].answer, originals()[5].answer);
        assert_eq!(traces[5].model.as_deref(), Some("acme/ponder-1"));
        assert_eq!(traces[5].domain.as_deref(), Some("puzzles"));
    }

    #[test]
    fn nested_columns_are_read() {
        let (traces, _) = read("nested.parquet");
        assert_eq!(reasonings(&traces), reasonings(&originals()));
        assert_eq!(traces[0].prompt, originals()[0].prompt);
    }

    #[test]
    fn parquet_may_come_from_a_pipe_or_from_an_archive() {
        let bytes = fs::read(fixture("containers/strings.parquet")).unwrap();
        let zip = small_zip(&[("a.parquet", &bytes)]);
        for bytes in [bytes, zip] {
            let (traces, _) = read_bytes("a", bytes, Limits::default()).unwrap();
            assert_eq!(traces.len(), 6);
        }
    }

    #[test]
    fn a_damaged_row_group_costs_its_own_rows() {
        let mut bytes = fs::read(fixture("containers/strings.parquet")).unwrap();
        // The second of three row groups, of two rows each, begins after the first third or so.
        let at = bytes.len() * 2 / 5;
        bytes[at..at + 1500].fill(0xff);
        let (traces, summary) = read_bytes("a.parquet", bytes, Limits::default()).unwrap();
        let lost = summary.dropped[&Reason::BrokenRow].count;
        assert_eq!((traces.len() + lost, summary.records), (6, 6));
        assert!(traces.len() >= 2, "{:?}", summary.dropped);
    }

    #[test]
    fn half_a_parquet_file_gives_a_sentence() {
        let folder = tempdir().unwrap();
        let bytes = fs::read(fixture("containers/strings.parquet")).unwrap();
        let path = write(&folder, "half.parquet", &bytes[..bytes.len() / 2]);
        Run::of(command().arg("score").arg(path)).fails(2, &["half.parquet", "cut off or damaged"]);
    }
}

// Real files.

#[test]
fn a_real_log_of_inspect() {
    let Some(path) = real("raw/metr-grug/machine_learning_hard.eval") else { return };
    let mut traces = ingest::open(&[path.display().to_string()], Options::default()).unwrap();
    let list: Vec<Trace> = traces.by_ref().map(Result::unwrap).collect();
    // `header.json` says that 62 samples were run.
    assert_eq!((list.len(), traces.summary().records), (62, 62));
}

#[test]
fn a_real_table() {
    let name = "raw/reasoning-distillation/aime_2024_deepseek_r1_completions.csv";
    let Some(path) = real(name) else { return };
    let mut traces = ingest::open(&[path.display().to_string()], Options::default()).unwrap();
    let list: Vec<Trace> = traces.by_ref().map(Result::unwrap).collect();
    assert_eq!((list.len(), traces.summary().records), (30, 30));
    assert!(list.iter().all(|trace| !trace.reasoning.contains("<think>")));
}
