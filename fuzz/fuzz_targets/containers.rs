//! Archives, Parquet, Arrow, databases, tables and UTF-16: the first byte says which, so that a mutation stays
//! inside the container.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, rest)) = bytes.split_first() else { return };
    let (name, start): (&str, &[u8]) = match kind % 9 {
        0 => ("a.zip", b"PK\x03\x04"),
        1 => ("a.parquet", b"PAR1"),
        2 => ("a.csv", b""),
        3 => ("a.tsv", b""),
        4 => ("a.feather", b"ARROW1\0\0"),
        5 => ("a.arrow", b"\xff\xff\xff\xff"),
        6 => ("a.db", b"SQLite format 3\0"),
        // Archives of tar have no mark of their own.
        7 => ("a.tar", b""),
        _ => ("a.jsonl", b"\xff\xfe"),
    };
    cotprint_fuzz::read(name, &[start, rest].concat(), None);
});
