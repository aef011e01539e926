//! Reading traces, through the public interface: the fixtures of every format, bad input, and the
//! original files of other projects where they are at hand.

// Helpers stand outside `#[test]` functions, where clippy does not know them for tests.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod bad_input;
mod fixtures;
mod hostile;
mod options;
mod real_files;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use cotprint::ingest::{self, Error, Limits, Note, Options, Position, Reason, Summary};
use cotprint::trace::{TextKind, Trace};

fn read(inputs: &[&Path], options: Options) -> Result<(Vec<Trace>, Summary), Error> {
    let names: Vec<_> = inputs.iter().map(|path| path.display().to_string()).collect();
    let mut traces = ingest::open(&names, options)?;
    let all = traces.by_ref().collect::<Result<Vec<_>, _>>()?;
    let summary = traces.into_summary();
    assert_eq!(summary.traces, all.len());
    assert!(summary.records >= summary.dropped.get(&Reason::BrokenJson).map_or(0, |d| d.count));
    Ok((all, summary))
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/formats").join(name)
}

fn read_fixture(name: &str) -> (Vec<Trace>, Summary) {
    read(&[&fixture(name)], Options::default()).unwrap()
}

/// Writes a file of this name and content and reads it.
fn read_text(name: &str, content: impl AsRef<[u8]>) -> Result<(Vec<Trace>, Summary), Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    read(&[&path], Options::default())
}

fn dropped(summary: &Summary) -> Vec<(&'static str, usize)> {
    summary.dropped.iter().map(|(reason, dropped)| (reason.name(), dropped.count)).collect()
}

fn reasonings(traces: &[Trace]) -> Vec<&str> {
    traces.iter().map(|trace| trace.reasoning.as_str()).collect()
}

fn by_id(traces: &[Trace]) -> HashMap<&str, &Trace> {
    traces.iter().map(|trace| (trace.id.as_str(), trace)).collect()
}
