//! Any bytes under any name: the kind of a file is found and the file is read to its end.
#![no_main]

use libfuzzer_sys::fuzz_target;

const NAMES: &[&str] = &[
    "a", "a.jsonl", "a.json", "a.txt", "a.csv", "m/a.md", "a.parquet", "a.log", "a.har", "a.ipynb", "a.yaml",
];

fuzz_target!(|bytes: &[u8]| {
    let Some((name, bytes)) = bytes.split_first() else { return };
    cotprint_fuzz::read(NAMES[usize::from(*name) % NAMES.len()], bytes, None);
});
