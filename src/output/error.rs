//! Why a file or folder cannot be written.

use std::{io, path::PathBuf};

/// Why a file or folder cannot be written. What was at the place before is still there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The output is one of the files that the run reads.
    #[error(
        "{} is one of the files that this run reads, and is not overwritten; write to another file",
        path.display()
    )]
    IsInput {
        /// The output as it was named.
        path: PathBuf,
    },
    /// A file is to be written where a folder is.
    #[error("{} is a folder, not a file", path.display())]
    IsFolder {
        /// The folder.
        path: PathBuf,
    },
    /// The file that is there may not be changed.
    #[error("{} is read-only, and is not overwritten", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// Another run is appending to the file.
    #[error("another run is writing {}; wait for it, or write to another file", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The folder is missing or may not be written, or the name is not possible.
    #[error("cannot write {}: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The disk is full, or writing failed for another reason.
    #[error("cannot write {}: {source}; check that the disk has room", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is whole, but cannot be moved to its place.
    #[error("cannot put the result at {}: {source}", path.display())]
    Rename {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A folder cannot be made.
    #[error("cannot make the folder {}: {source}", path.display())]
    MakeFolder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file of an older report cannot be removed.
    #[error("cannot remove {}, which is left from an older report: {source}", path.display())]
    Remove {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Error {
    /// The same as an error of input and output, of the same kind: a closed pipe stays one.
    pub(super) fn into_io(self) -> io::Error {
        let kind = match &self {
            Self::Open { source, .. }
            | Self::Write { source, .. }
            | Self::Rename { source, .. }
            | Self::MakeFolder { source, .. }
            | Self::Remove { source, .. } => source.kind(),
            Self::IsInput { .. }
            | Self::IsFolder { .. }
            | Self::ReadOnly { .. }
            | Self::InUse { .. } => io::ErrorKind::InvalidInput,
        };
        io::Error::new(kind, self)
    }
}
