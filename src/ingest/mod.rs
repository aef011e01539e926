//! Bytes → traces.
//!
//! Comes in: what the user named (files, folders, globs, `-`). Goes out: a stream of [`Trace`]s in
//! input order, and a [`Summary`] of what was read and what was dropped, by reason.
//!
//! `inputs` finds the files, `source` decompresses, `containers` opens archives and tables, `detect`
//! and `cut` make records of the bytes, `stream` puts the pieces of streamed responses together,
//! `recognize`, `record` and `formats` make traces of the records, `file` holds these together. Only one
//! record is in memory at a time, and a bounded number of unfinished streams. `cleaning` mends and marks traces, `survey` counts what is in them.
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

#[cfg(feature = "zip")]
mod archive_files;
mod catalogue;
mod clean;
pub mod cleaning;
mod containers;
mod counted_keys;
mod cut;
mod detect;
mod dialogue;
mod error;
mod explain;
mod file;
mod finish;
mod formats;
mod hub;
mod inputs;
mod json;
mod limits;
mod map;
mod mediation;
mod options;
mod python;
mod recognize;
mod record;
mod response;
mod rows;
mod session;
mod sessions_seen;
mod source;
mod stream;
mod summary;
mod survey;
pub mod tags;
mod turns;

use std::collections::VecDeque;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::output::InputFiles;
use crate::trace::Trace;
use containers::kind::Container;
use containers::limited::Counting;
use containers::{Archive, Content, Refused};
use detect::Name;
use file::File;
use finish::Collector;
use inputs::Input;
use source::Opened;

pub use crate::trace::{Place, Position};
#[cfg(feature = "zip")]
pub use archive_files::archive_files;
pub use catalogue::CONTAINERS;
pub use clean::clean;
pub use error::Error;
pub use explain::Explanation;
pub use formats::{Format, FormatKind, format_named, formats};
pub use limits::{Limits, UnpackLimit};
pub use map::{FieldMap, MAPPABLE};
pub use options::Options;
pub use response::whole_response;
pub use summary::{Dropped, Note, Reason, Summary, UNNAMED};
pub use survey::{ModelSurvey, Survey};
pub use turns::Turns;

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
    expanded.tell(&mut summary);
    let folders = expanded.folders.into_iter().map(|path| Folder { path, ..Folder::default() });
    let mut traces = Traces::new(options, summary);
    traces.total_bytes = total_bytes(&expanded.list);
    traces.inputs = expanded.list.into();
    traces.folders = folders.collect();
    Ok(traces)
}

/// The files behind the inputs, so that no output is written onto one of them. Standard input counts
/// where it is a file.
///
/// # Errors
///
/// As [`open`] has them.
pub fn input_files(inputs: &[String]) -> Result<InputFiles, Error> {
    let mut files = InputFiles::default();
    for input in inputs::expand(inputs)?.list {
        match input {
            Input::Stdin => files.add_standard_input(),
            Input::Named(path) | Input::Found(path, _) => files.add(&path),
        }
    }
    Ok(files)
}

/// Reads one input that is no file on the disk. `name` is what messages call it; its ending decides
/// where the content leaves a choice.
///
/// ```
/// use cotprint::ingest::{self, Options};
///
/// let text = "id,reasoning\n1,I add.\n";
/// let traces = ingest::read("rows.csv", text.as_bytes(), Options::default())?;
/// assert_eq!(traces.filter_map(Result::ok).count(), 1);
/// # Ok::<(), ingest::Error>(())
/// ```
///
/// # Errors
///
/// Where the beginning cannot be read or is in no known format.
pub fn read(
    name: &str,
    reader: impl Read + Send + 'static,
    options: Options,
) -> Result<Traces, Error> {
    let summary = Summary { inputs: vec![name.to_owned()], files: 1, ..Summary::default() };
    let mut traces = Traces::new(options, summary);
    let counted = Counting { inner: reader, counter: traces.bytes_read.clone() };
    let limits = traces.collector.options.limits;
    let opened = source::unpack(Box::new(counted), &traces.trailing, &limits);
    traces.start(Name::of(Path::new(name), false), opened, None, None)?;
    Ok(traces)
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
    /// The archives that are open, the outer one first.
    archives: Vec<OpenArchive>,
    current: Option<(File, Option<usize>)>,
    collector: Collector,
    /// Where the trace that came last stands.
    place: Option<Place>,
    total_bytes: Option<u64>,
    bytes_read: Arc<AtomicU64>,
    /// Bytes behind the end of packed data, until they are told.
    trailing: Arc<AtomicU64>,
    finished: bool,
}

/// An archive whose members are being read.
struct OpenArchive {
    name: Name,
    archive: Box<dyn Archive>,
    /// Members met so far.
    members: usize,
    /// Hidden members told so far.
    hidden: usize,
    /// The entry in the list of folders under which the members are counted.
    folder: usize,
}

/// What came of the files of one folder, or of the members of one archive.
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
    fn new(options: Options, summary: Summary) -> Self {
        Self {
            inputs: VecDeque::new(),
            folders: Vec::new(),
            archives: Vec::new(),
            current: None,
            collector: Collector::new(options, summary),
            place: None,
            total_bytes: None,
            bytes_read: Arc::default(),
            trailing: Arc::default(),
            finished: false,
        }
    }

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

    /// Where the trace that came last stands: its file, and the line, record or row in it. `None` before
    /// the first.
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref()
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
                self.place = self.collector.places.pop_front();
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
                self.collector.check_strict()?;
                if !more {
                    self.close(folder);
                }
            } else if let Some(open) = self.archives.pop() {
                self.open_member(open)?;
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
        let limits = self.collector.options.limits;
        let opened = source::open(path.as_deref(), &self.bytes_read, &self.trailing, &limits);
        match self.start(name, opened, folder, None) {
            Ok(()) => Ok(()),
            Err(error) => self.pass_over(folder, error),
        }
    }

    /// Begins to read what was opened.
    fn start(
        &mut self,
        name: Name,
        opened: Result<Opened, Refused>,
        folder: Option<usize>,
        shared: Option<Arc<record::Object>>,
    ) -> Result<(), Error> {
        let file = name.display.clone();
        let file = match opened {
            Ok(Opened::Stream(source)) => File::new(name, source, &mut self.collector)?,
            Ok(Opened::Container(Container::Rows(rows))) => File::rows(name, rows),
            Ok(Opened::Container(Container::Archive(archive))) => {
                return self.open_archive(name, archive, folder);
            }
            Err(Refused::Io(source)) => {
                return Err(Error::stopped(file, "at its start".into(), source));
            }
            Err(Refused::Unsupported(what, advice)) => {
                return Err(Error::Unsupported { file, what, advice });
            }
        };
        self.current = Some((file.sharing(shared), folder));
        Ok(())
    }

    /// Opens an archive, whose members count as the files of a folder.
    fn open_archive(
        &mut self,
        name: Name,
        archive: Box<dyn Archive>,
        folder: Option<usize>,
    ) -> Result<(), Error> {
        if !self.archives.is_empty() && !archive.is_one_file() {
            return Err(Error::Unsupported {
                file: name.display,
                what: "an archive inside an archive",
                advice: "Unpack the outer one first.",
            });
        }
        // An archive that was named must hold something known. One in a folder need not.
        let folder = folder.unwrap_or_else(|| {
            self.folders.push(Folder { path: name.display.clone(), ..Folder::default() });
            self.folders.len() - 1
        });
        self.archives.push(OpenArchive { name, archive, members: 0, hidden: 0, folder });
        Ok(())
    }

    /// Begins to read the next member of an archive, or lets go of the archive after the last.
    fn open_member(&mut self, mut open: OpenArchive) -> Result<(), Error> {
        let folder = open.folder;
        let next = open.archive.next();
        let hidden = open.archive.hidden();
        self.collector.summary.note(Note::HiddenFile, hidden - open.hidden);
        open.hidden = hidden;
        let member = match next {
            Ok(Some(member)) => member,
            Ok(None) => {
                if open.members == 0 {
                    let place = || Place { file: open.name.display, position: Position::File };
                    let detail = || "There is no file in the archive.".into();
                    self.collector.summary.drop_one(Reason::EmptyFile, place, detail);
                }
                self.tell_trailing();
                return Ok(());
            }
            Err(error) => {
                let place = match open.members {
                    0 => "at its start".to_owned(),
                    members => format!("after member {members}"),
                };
                let error = Error::stopped(open.name.display, place, error);
                return self.pass_over(Some(folder), error);
            }
        };
        open.members += 1;
        let mut name = Name::of_member(&open.name, &member.name);
        let shared = open.archive.header();
        if shared.is_some() || open.archive.is_one_file() {
            // The samples of a log have one source, the log; the tables of a database have its name.
            name.file.clone_from(&open.name.file);
        }
        if open.archive.is_one_file() {
            name.stem.clone_from(&open.name.stem);
        }
        if let Some(folder) = self.folders.get_mut(folder) {
            folder.files += 1;
        }
        let limits = self.collector.options.limits;
        let opened = match member.content {
            Ok(Content::Bytes(bytes)) => source::unpack(bytes, &self.trailing, &limits),
            Ok(Content::Rows(rows)) => Ok(Opened::Container(Container::Rows(rows))),
            Err(refused) => Err(refused),
        };
        self.archives.push(open);
        match self.start(name, opened, Some(folder), shared) {
            Ok(()) => Ok(()),
            Err(error) => self.pass_over(Some(folder), error),
        }
    }

    /// Tells of bytes behind the end of packed data, which were not read.
    fn tell_trailing(&mut self) {
        let trailing = self.trailing.swap(0, Ordering::Relaxed);
        let trailing = usize::try_from(trailing).unwrap_or(usize::MAX);
        self.collector.summary.note(Note::TrailingBytes, trailing);
    }

    fn close(&mut self, folder: Option<usize>) {
        let known = self.current.take().is_some_and(|(file, _)| file.known > 0);
        self.tell_trailing();
        if let Some(folder) = folder.and_then(|index| self.folders.get_mut(index)) {
            folder.known += usize::from(known);
        }
    }

    /// In a folder, a file of another kind is passed over; one that was named is an error.
    fn pass_over(&mut self, folder: Option<usize>, error: Error) -> Result<(), Error> {
        let Some(folder) = folder.and_then(|index| self.folders.get_mut(index)) else {
            return Err(error);
        };
        // A member that is damaged says nothing about the others. A damaged file in a folder does
        // stop the reading: it was laid there whole, and what is left of it may mislead.
        let is_damaged_member = !self.archives.is_empty() && matches!(error, Error::Read { .. });
        if !error.is_about_content() && !is_damaged_member {
            return Err(error);
        }
        let sentence = error.found();
        let (reason, file) = match &error {
            Error::NotText { file, .. } => (Some(Reason::NotText), file),
            Error::Unsupported { file, .. } => (Some(Reason::UnsupportedFile), file),
            Error::OverLimit { file, .. } => (Some(Reason::OverLimit), file),
            Error::Read { file, .. } => (Some(Reason::DamagedMember), file),
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

    /// A folder or archive that was named and holds nothing known is an error, told at the end.
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
