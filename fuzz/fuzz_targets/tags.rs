//! A text: reasoning and answer are split at the tags.
#![no_main]

use cotprint::ingest::tags;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let split = tags::split(text);
    assert!(split.reasoning.len() <= text.len(), "nothing is added");
    let _ = tags::is_opened(text);
});
