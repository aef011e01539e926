//! A stream of traces → batches that all threads can share.

use crate::{
    ingest::{self, Traces},
    trace::{Place, Position, Trace},
};

/// Most traces of a batch.
const TRACES: usize = 256;
/// Bytes after which a batch is full, `meta` and names included: few long traces are as much work as
/// many short ones, and take as much memory.
const BYTES: usize = 4 << 20;

/// The next traces with their places; none at the end.
pub(super) fn next_batch(traces: &mut Traces) -> Result<Vec<(Trace, Place)>, ingest::Error> {
    let mut batch = Vec::new();
    let mut bytes = 0;
    while batch.len() < TRACES && bytes < BYTES {
        let Some(trace) = traces.next().transpose()? else { break };
        bytes += trace.bytes();
        let unknown = || Place { file: String::new(), position: Position::File };
        let place = traces.place().cloned().unwrap_or_else(unknown);
        batch.push((trace, place));
    }
    Ok(batch)
}
