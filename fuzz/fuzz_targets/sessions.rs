//! Logs of sessions, exports of chats, transcripts and what pandas writes: lines of the seeds in any order,
//! read as one file with each choice of turns, and read again from the records that came out.
#![no_main]

use cotprint::ingest::Turns;
use libfuzzer_sys::fuzz_target;

const NAMES: &[&str] = &["a.jsonl", "a.json", "a.md"];

fuzz_target!(|bytes: &[u8]| {
    let Some((way, bytes)) = bytes.split_first() else { return };
    let name = NAMES[usize::from(*way) % NAMES.len()];
    let turns = Turns::ALL[usize::from(*way) / NAMES.len() % Turns::ALL.len()];
    let traces = cotprint_fuzz::read_turns(name, bytes, turns);
    let lines: Vec<_> = traces.iter().filter_map(|trace| serde_json::to_string(trace).ok()).collect();
    let again = cotprint_fuzz::read_turns("a.jsonl", lines.join("\n").as_bytes(), turns);
    let keys = |traces: &[cotprint::trace::Trace]| -> Vec<_> {
        traces.iter().map(|trace| trace.group_key()).collect()
    };
    // A record over the limit of a run is lost on the way back.
    if again.len() == traces.len() {
        assert_eq!(keys(&again), keys(&traces), "a session is the same when it is read again");
    }
});
