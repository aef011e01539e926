//! JSON Lines: the readers of all formats, and the mending of JSON. The first byte says whether the
//! format is recognized or which one is forced, so that each reader meets every shape.
#![no_main]

use cotprint::ingest::formats;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((way, lines)) = bytes.split_first() else { return };
    let format = usize::from(*way).checked_sub(1).map(|at| &formats()[at % formats().len()]);
    cotprint_fuzz::read("a.jsonl", lines, format);
});
