//! Bytes → traces.
//!
//! Comes in: what the user named (files, folders, globs, `-`). Goes out: a stream of [`Trace`]s in
//! input order, and a [`Summary`] of what was read and what was dropped, by reason. Called by the
//! verbs in `cli`.
//!
//! `inputs` finds the files, `source` decompresses, `detect` and `cut` make records of the bytes,
//! `stream` puts the pieces of streamed responses together, `record` and `formats` make traces of the
//! records, `file` holds these together. Only one record is in memory at a time, and a bounded number
//! of unfinished streams.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use cotprint::ingest::{self, Options};
//!
//! # let folder = tempfile::tempdir()?;
//! # let file = folder.path().join("run.jsonl").display().to_string();
//! # std::fs::write(&file, r#"{"question":"2+2?","model":"a/b","response":{"choices":[{"message":{"content":"<think>I add.</think>4"}}]}}"#)?;
//! let mut traces = ingest::open(&[file], Options::default())?;
//! for trace in traces.by_ref() {
//!     assert_eq!(trace?.reasoning, "I add.");
//! }
//! assert_eq!(traces.summary().traces, 1);
//! # Ok(())
//! # }
//! ```

mod clean;
mod cut;
mod detect;
mod error;
mod explain;
mod file;
mod finish;
mod formats;
mod inputs;
mod json;
mod map;
mod mediation;
mod record;
mod source;
mod stream;
mod summary;
pub mod tags;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::trace::{TextKind, Trace};
use detect::Name;
use file::File;
use finish::Collector;
use inputs::Input;
use source::{Refused, Source};

pub use clean::clean;
pub use error::Error;
pub use explain::Explanation;
pub use formats::{Format, format_named, formats};
pub use map::{FieldMap, MAPPABLE};
pub use summary::{Dropped, Note, Place, Position, Reason, Summary, UNNAMED};

/// How inputs are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The label of traces that name no model.
    pub model: Option<String>,
    /// Whether `model` replaces even the label in a record (`fit --label NAME=PATH`).
    pub relabel: bool,
    /// How much one record may demand.
    pub limits: Limits,
    /// The text that is wanted. A trace that lacks it is dropped and counted.
    pub text: TextKind,
    /// The only format that is tried ([`format_named`]); `None` to recognize it by its shape.
    pub format: Option<&'static Format>,
    /// Where fields stand that are not to be looked for.
    pub map: FieldMap,
}

/// What one record may demand. A record over a limit is dropped and counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of a line, of an element of an array, or of a file of plain text.
    pub record_bytes: usize,
    /// A record whose brackets are nested this deeply is dropped. More than 128 counts as 128,
    /// the limit of the JSON parser.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { record_bytes: 64 << 20, depth: 128 }
    }
}

/// Finds the inputs and makes ready to read them, in the order in which they are named; the files
/// of a folder and of a pattern are sorted by name.
///
/// # Errors
///
/// At once, before anything is read: a path that does not exist, a file or folder that may not be
/// read, a pattern that matches nothing, a folder without files.
pub fn open(inputs: &[String], options: Options) -> Result<Traces, Error> {
    let expanded = inputs::expand(inputs)?;
    let mut summary = Summary { inputs: inputs.to_vec(), ..Summary::default() };
    summary.note(Note::HiddenFile, expanded.hidden);
    let folders = expanded.folders.into_iter().map(|path| Folder { path, ..Folder::default() });
    Ok(Traces {
        total_bytes: total_bytes(&expanded.list),
        inputs: expanded.list.into(),
        folders: folders.collect(),
        current: None,
        collector: Collector { options, summary, ready: VecDeque::new(), explanations: Vec::new() },
        bytes_read: Arc::default(),
        finished: false,
    })
}

/// The size of all files as they lie on the disk, or `None` if one of them has no size.
fn total_bytes(inputs: &[Input]) -> Option<u64> {
    let size = |input: &Input| match input {
        Input::Stdin => None,
        Input::Named(path) | Input::Found(path, _) => {
            path.metadata().ok().filter(|meta| meta.is_file()).map(|meta| meta.len())
        }
    };
    inputs.iter().map(size).sum()
}

/// A stream of traces, in input order.
///
/// An `Err` is fatal and the last item: reading failed, or a file is in no known format. A bad
/// record is no error; it is dropped and counted in the [`Summary`].
pub struct Traces {
    inputs: VecDeque<Input>,
    folders: Vec<Folder>,
    current: Option<(File, Option<usize>)>,
    collector: Collector,
    total_bytes: Option<u64>,
    bytes_read: Arc<AtomicU64>,
    finished: bool,
}

/// What came of the files of one folder.
#[derive(Default)]
struct Folder {
    path: String,
    files: usize,
    /// Files with at least one record of a known shape.
    known: usize,
    /// Why the first of the others is none.
    first: Option<String>,
}

impl Traces {
    /// What was read so far; complete once the iterator has ended.
    pub fn summary(&self) -> &Summary {
        &self.collector.summary
    }

    /// The summary, without the iterator.
    pub fn into_summary(self) -> Summary {
        self.collector.summary
    }

    /// How each file was understood, in the order of the files; those whose records are all unknown
    /// or broken are left out, and so is everything after the first thousand.
    pub fn explanations(&self) -> &[Explanation] {
        &self.collector.explanations
    }

    /// The size of all files in bytes, as they lie on the disk. `None` with standard input.
    pub fn total_bytes(&self) -> Option<u64> {
        self.total_bytes
    }

    /// How many of these bytes were read so far.
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read.load(Ordering::Relaxed)
    }

    /// Reads on until a trace is ready, or nothing is left.
    fn advance(&mut self) -> Result<Option<Trace>, Error> {
        loop {
            if let Some(trace) = self.collector.ready.pop_front() {
                return Ok(Some(trace));
            }
            if let Some((file, folder)) = &mut self.current {
                let folder = *folder;
                let more = match file.step(&mut self.collector) {
                    Ok(more) => more,
                    Err(error) => {
                        self.pass_over(folder, error)?;
                        false
                    }
                };
                if !more {
                    self.close(folder);
                }
            } else if let Some(input) = self.inputs.pop_front() {
                self.open_next(input)?;
            } else {
                return self.check_folders().map(|()| None);
            }
        }
    }

    fn open_next(&mut self, input: Input) -> Result<(), Error> {
        let (path, folder): (Option<PathBuf>, _) = match input {
            Input::Stdin => (None, None),
            Input::Named(path) => (Some(path), None),
            Input::Found(path, folder) => (Some(path), Some(folder)),
        };
        self.collector.summary.files += 1;
        if let Some(folder) = folder.and_then(|index| self.folders.get_mut(index)) {
            folder.files += 1;
        }
        let name = match &path {
            Some(path) => Name::of(path, folder.is_some()),
            None => Name::stdin(),
        };
        let file = name.display.clone();
        let opened = match Source::open(path.as_deref(), &self.bytes_read) {
            Ok(source) => File::new(name, source, &mut self.collector),
            Err(Refused::Io(source)) => {
                Err(Error::Read { file, place: "at its start".into(), source })
            }
            Err(Refused::Compression(what)) => Err(Error::Unsupported {
                file,
                what,
                advice: "Decompress it first, or use gzip or zstd.",
            }),
        };
        match opened {
            Ok(file) => self.current = Some((file, folder)),
            Err(error) => self.pass_over(folder, error)?,
        }
        Ok(())
    }

    fn close(&mut self, folder: Option<usize>) {
        let known = self.current.take().is_some_and(|(file, _)| file.known > 0);
        if let Some(folder) = folder.and_then(|index| self.folders.get_mut(index)) {
            folder.known += usize::from(known);
        }
    }

    /// In a folder, a file of another kind is passed over; one that was named is an error.
    fn pass_over(&mut self, folder: Option<usize>, error: Error) -> Result<(), Error> {
        let Some(folder) = folder.and_then(|index| self.folders.get_mut(index)) else {
            return Err(error);
        };
        if !error.is_about_content() {
            return Err(error);
        }
        let sentence = error.found();
        let (reason, file) = match &error {
            Error::NotText { file, .. } => (Some(Reason::NotText), file),
            Error::Unsupported { file, .. } => (Some(Reason::UnsupportedFile), file),
            // Its records are counted one by one already.
            Error::NotJson { file, .. } | Error::UnknownShape { file, .. } => (None, file),
            _ => return Err(error),
        };
        if let Some(reason) = reason {
            let place = || Place { file: file.clone(), position: Position::File };
            self.collector.summary.drop_one(reason, place, || sentence.clone());
        }
        folder.first.get_or_insert(sentence);
        Ok(())
    }

    /// A folder that was named and holds nothing known is an error, told at the end.
    fn check_folders(&mut self) -> Result<(), Error> {
        let unknown = |folder: &&mut Folder| folder.known == 0 && folder.files > 0;
        match self.folders.iter_mut().find(unknown) {
            Some(folder) => {
                let first = folder.first.take().unwrap_or_else(|| "empty or no trace".into());
                Err(Error::NothingRecognized {
                    path: folder.path.clone(),
                    files: folder.files,
                    first,
                })
            }
            None => Ok(()),
        }
    }
}

impl Iterator for Traces {
    type Item = Result<Trace, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.finished {
            return None;
        }
        let item = self.advance().transpose();
        self.finished = !matches!(item, Some(Ok(_)));
        item
    }
}

impl std::fmt::Debug for Traces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Traces")
            .field("left", &self.inputs.len())
            .field("summary", &self.collector.summary)
            .finish_non_exhaustive()
    }
}
