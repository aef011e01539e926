//! JSON Lines: every reader of a format, and the mending of JSON.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| cotprint_fuzz::read("a.jsonl", bytes));
