//! Damage that is drawn from a seed, so that a failure comes back.

// Every test binary uses its own part of this.
#![allow(dead_code)]

use cotprint::ingest::{self, Limits, Options};
use rand_pcg::Pcg64;
use rand_pcg::rand_core::{RngCore, SeedableRng};
use std::io::Cursor;

/// A source of chance.
pub struct Dice(Pcg64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(Pcg64::seed_from_u64(seed))
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.0.next_u64() % end.max(1) as u64) as usize
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// What is put into a file where it hurts.
const ODD: &[&[u8]] = &[
    b"\"",
    b"{",
    b"]",
    b"\\",
    b"\\ud800",
    b"\0",
    b"\xff",
    b"<think>",
    b"</think>",
    b"NaN",
    b"```",
    b"data: ",
    b"null",
    b"1e999",
    b"[[[[[[[[",
];

/// The bytes with some changed, cut out, repeated, or put in from another file.
pub fn damaged(bytes: &[u8], others: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len());
        let end = (at + dice.below(40)).min(bytes.len());
        match dice.below(6) {
            0 if at < bytes.len() => bytes[at] = dice.below(256) as u8,
            1 => bytes.truncate(at),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece.repeat(1 + dice.below(20)));
            }
            4 => {
                let other = dice.pick(others).clone();
                let from = dice.below(other.len());
                let to = (from + dice.below(80)).min(other.len());
                bytes.splice(at..end, other[from..to].iter().copied());
            }
            _ => {
                bytes.splice(at..at, dice.pick(ODD).iter().copied());
            }
        }
    }
    bytes
}

/// Reads bytes as a file and checks what must hold of any: no panic, no trace without reasoning, no
/// trace uncounted, and of every record a trace or a word why not. The number of traces.
pub fn check(name: &str, bytes: Vec<u8>) -> usize {
    let limits = Limits {
        record_bytes: 256 << 10,
        unpacked_bytes: 4 << 20,
        members: 50,
        ..Limits::default()
    };
    let options = Options { limits, ..Options::default() };
    let Ok(mut traces) = ingest::read(name, Cursor::new(bytes), options) else { return 0 };
    let (mut read, mut ended_well) = (0, true);
    for trace in traces.by_ref() {
        match trace {
            Ok(trace) => {
                assert!(!trace.reasoning.trim().is_empty(), "{name}: {trace:?}");
                read += 1;
            }
            Err(_) => ended_well = false,
        }
    }
    let summary = traces.into_summary();
    assert_eq!(read, summary.traces, "{name}: traces are counted");
    let told = summary.traces + summary.dropped_total();
    assert!(summary.records <= told || !ended_well, "{name}: a record without a word: {summary:?}");
    read
}
