//! The safe writer: every file that a verb writes goes through here.
//!
//! Comes in: a path and bytes. Goes out: a whole file at that path, or nothing. A file is written
//! under a hidden name in the same folder and renamed when it is whole, so that a run that fails
//! or is stopped leaves what was there before. A path is opened before the long run starts, and
//! refused where it is one of the files that the run reads.
//!
//! - [`InputFiles`] are the files that a run reads and must not write;
//! - [`OutputFile`] is one file, [`OutputFolder`] the files of a report;
//! - [`AppendedFile`] is the exception: a journal that grows line by line and is kept when a run stops;
//! - [`discard_unfinished`] removes what is not whole when the program is stopped.
//!
//! This stage is at the bottom: it knows nothing of traces. Called by `collect`, `report` and `cli`.

mod appended;
mod error;
mod file;
mod folder;
mod inputs;
mod unfinished;

pub use appended::AppendedFile;
pub use error::Error;
pub use file::OutputFile;
pub use folder::{FolderFile, OutputFolder};
pub use inputs::InputFiles;
pub use unfinished::{Stopped, discard_unfinished};
