//! One JSON value, copied from a stream without being parsed.
//!
//! Comes in: a reader that stands in front of a value, or inside one. Goes out: its bytes, where
//! they are no more than the limit. Only brackets and strings are understood, so that broken JSON
//! is handed on and the parser says what is wrong. Called by [`Cutter`](super::Cutter).

use std::io::{self, BufRead};

/// What became of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Copied {
    /// It is in the buffer.
    Whole,
    /// It is longer than the limit; the buffer is empty.
    TooLong,
    /// The input ends in the middle of it.
    Unfinished,
}

/// Copies bytes until the value that begins here ends. `depth` is how many brackets are open.
pub(super) fn copy(
    reader: &mut impl BufRead,
    buffer: &mut Vec<u8>,
    limit: usize,
    mut depth: usize,
) -> io::Result<Copied> {
    let mut too_long = false;
    let mut in_string = false;
    let mut escaped = false;
    let mut started = depth > 0;
    loop {
        let available = reader.fill_buf()?;
        if available.is_empty() {
            // A bare number or word may end with the input.
            let whole = started && !in_string && depth == 0;
            return Ok(if whole { Copied::Whole } else { Copied::Unfinished });
        }
        let mut end = None;
        for (at, &byte) in available.iter().enumerate() {
            if in_string {
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' => escaped = true,
                    b'"' => {
                        in_string = false;
                        if depth == 0 {
                            end = Some(at + 1);
                            break;
                        }
                    }
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => {
                    in_string = true;
                    started = true;
                }
                b'{' | b'[' => {
                    depth += 1;
                    started = true;
                }
                b'}' | b']' if depth > 0 => {
                    depth -= 1;
                    if depth == 0 {
                        end = Some(at + 1);
                        break;
                    }
                }
                // A bare number or word ends in front of these. A bracket that closes nothing is
                // taken, or the reading would not get past it.
                b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r' if depth == 0 => {
                    end = Some(if started { at } else { at + 1 });
                    break;
                }
                _ => started = true,
            }
        }
        let taken = end.unwrap_or(available.len());
        if !too_long && buffer.len() + taken > limit {
            too_long = true;
            buffer.clear();
        }
        if !too_long {
            buffer.extend_from_slice(&available[..taken]);
        }
        reader.consume(taken);
        if end.is_some() {
            return Ok(if too_long { Copied::TooLong } else { Copied::Whole });
        }
    }
}
