//! Archives, workbooks, Parquet, Arrow, databases, tables, ways of packing and UTF-16: the first byte says
//! which, so that a mutation stays inside the container.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, rest)) = bytes.split_first() else { return };
    let (name, start): (&str, &[u8]) = match kind % 14 {
        0 => ("a.zip", b"PK\x03\x04"),
        1 => ("a.parquet", b"PAR1"),
        2 => ("a.csv", b""),
        3 => ("a.tsv", b""),
        4 => ("a.feather", b"ARROW1\0\0"),
        5 => ("a.arrow", b"\xff\xff\xff\xff"),
        6 => ("a.db", b"SQLite format 3\0"),
        // Archives of tar have no mark of their own.
        7 => ("a.tar", b""),
        8 => ("a.jsonl", b"\xff\xfe"),
        9 => ("a.xlsx", b"PK\x03\x04"),
        10 => ("a.jsonl.bz2", b"BZh"),
        11 => ("a.jsonl.xz", b"\xfd7zXZ\0"),
        12 => ("a.jsonl.gz", b"\x1f\x8b"),
        _ => ("a.jsonl.zst", b"\x28\xb5\x2f\xfd"),
    };
    cotprint_fuzz::read(name, &[start, rest].concat(), None);
});
