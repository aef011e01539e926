//! What stops a reading altogether, told in sentences that a person can act on.

use std::io;

use super::{
    containers::{limited::OverLimit, seekable::NoTemporary},
    limits::UnpackLimit,
    summary::Reason,
};

/// Why the input cannot be read. A single bad record is not an error: it is dropped and counted
/// in the [`Summary`](super::Summary). The messages name no options of the command line, which adds
/// its own advice.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A named input does not exist.
    #[error(
        "{path}: there is no such file or folder. Check the path, or use `-` to read from standard input"
    )]
    NotFound {
        /// The input as the user wrote it.
        path: String,
    },
    /// A file or folder exists and may not be opened or listed.
    #[error("{path}: cannot be opened: {source}. Check that you may read it")]
    Unreadable {
        /// The file or folder.
        path: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// No input was named at all.
    #[error(
        "no input was named. Name a file, a folder or a pattern such as `traces/*.jsonl`, or `-` for standard input"
    )]
    NoInput,
    /// A pattern matches no file.
    #[error(
        "{pattern}: no file matches this pattern. Check it, and quote it so that the shell leaves it alone"
    )]
    NoMatch {
        /// The pattern as the user wrote it.
        pattern: String,
    },
    /// A pattern that cannot be understood.
    #[error(
        "{pattern}: is not a valid pattern: {detail}. `*` stands for any part of a name and `**` for any folders"
    )]
    BadPattern {
        /// The pattern as the user wrote it.
        pattern: String,
        /// What is wrong with it.
        detail: String,
    },
    /// An address of Hugging Face that is none of a data set.
    #[error(
        "{input}: is no address of a data set. Write `hf://datasets/ORG/NAME`, and behind it `@REVISION` or `/PATH` where needed"
    )]
    BadAddress {
        /// The address as the user wrote it.
        input: String,
    },
    /// A data set of Hugging Face that is not on this machine.
    #[error(
        "{input}: is not in the local cache of Hugging Face ({cache}), and nothing is fetched from here. Fetch it with `{command}`"
    )]
    NotInCache {
        /// The address as the user wrote it.
        input: String,
        /// The folder that was looked in.
        cache: String,
        /// The command that fetches it.
        command: String,
    },
    /// A folder with no file in it, or with hidden files only.
    #[error(
        "{path}: this folder holds no file. Name a folder that holds .jsonl, .json, .txt or .md files (hidden files are not read)"
    )]
    EmptyFolder {
        /// The folder.
        path: String,
    },
    /// A folder or an archive with files, none of which is in a known format.
    #[error(
        "{path}: none of the {files} files in it is in a known format; the first is {first}. {EXPECTED}"
    )]
    NothingRecognized {
        /// The folder or archive.
        path: String,
        /// How many files were tried.
        files: usize,
        /// What was wrong with the first of them, as a sentence.
        first: String,
    },
    /// Reading broke off in the middle: the disk failed, or the compressed data is damaged.
    #[error(
        "{file}: reading stopped {place}: {source}. The file may be cut off or damaged: fetch it again, or decompress it by hand to see how much is left"
    )]
    Read {
        /// The file.
        file: String,
        /// How far the reading came, for example "after line 12".
        place: String,
        /// What went wrong.
        source: io::Error,
    },
    /// A file that should hold JSON and holds no record that can be parsed.
    #[error(
        "{file}, {place}: is not valid JSON ({detail}), and no other record in the file is. {EXPECTED}"
    )]
    NotJson {
        /// The file.
        file: String,
        /// The first bad line or record.
        place: String,
        /// What the parser found.
        detail: String,
    },
    /// Valid JSON in which no record has a known shape.
    #[error("{file}, {place}: has no known shape: it is {found}. {EXPECTED}")]
    UnknownShape {
        /// The file.
        file: String,
        /// The first record of unknown shape.
        place: String,
        /// Which keys or which kind of value it has.
        found: String,
    },
    /// Neither JSON nor text: binary data, or markup.
    #[error("{file}: is neither JSON nor plain text: {found}. {EXPECTED}")]
    NotText {
        /// The file.
        file: String,
        /// What the first bytes show.
        found: String,
    },
    /// A record that cannot be used, where the user asked to be told of the first one.
    #[error("{place}: {}", bad_record(*reason, detail))]
    BadRecord {
        /// The file and the place in it.
        place: String,
        /// What is wrong.
        reason: Reason,
        /// What was found there.
        detail: String,
    },
    /// A format was asked for by a name that no format has.
    #[error("there is no format named {name}; the formats are {known}")]
    UnknownFormat {
        /// The name that was asked for.
        name: String,
        /// All names, for the message.
        known: String,
    },
    /// What should say where a field is ([`FieldMap`](super::FieldMap)) cannot be understood.
    #[error("{argument} does not say where a field is: {detail}")]
    BadMap {
        /// The argument as the user wrote it.
        argument: String,
        /// What is wrong with it.
        detail: String,
    },
    /// What is read from its end comes as a stream, and the temporary file for it cannot be written.
    #[error(
        "{file}: no temporary file could be written in {folder}, which is needed because a file of this kind is read from its end: {found}. Make room there, let TMPDIR name another folder, or give a file on the disk instead of a stream"
    )]
    NoTemporary {
        /// The file.
        file: String,
        /// The folder for temporary files.
        folder: String,
        /// What the system says.
        found: String,
    },
    /// A file that unpacks to more than a limit allows.
    #[error("{file}: reading stopped {place}: {found}")]
    OverLimit {
        /// The file.
        file: String,
        /// How far the reading came, for example "after line 12".
        place: String,
        /// What was found.
        found: String,
        /// Which limit was met.
        limit: UnpackLimit,
    },
    /// A kind of file that this version does not open.
    #[error("{file}: is {what}, which this version does not read. {advice}")]
    Unsupported {
        /// The file.
        file: String,
        /// The kind of file, with its article: "a Parquet file".
        what: &'static str,
        /// What to do instead, as a sentence.
        advice: &'static str,
    },
}

/// What every refusal of a file's content ends with.
const EXPECTED: &str = "Expected JSON or JSON Lines whose records hold `reasoning` (the canonical form), a chat completion, or a field such as `reasoning_trace` or `thinking`; or a table or Parquet file with such columns; or plain text, one trace in each .txt or .md file";

/// What is wrong with a record, and what was found there in parentheses.
fn bad_record(reason: Reason, detail: &str) -> String {
    let what = reason.description().trim_end_matches('.');
    if detail.is_empty() { what.to_owned() } else { format!("{what} ({detail})") }
}

impl Error {
    /// Reading broke off: over a limit, or because of what the system or the decompressor says.
    pub(super) fn stopped(file: String, place: String, source: io::Error) -> Self {
        if let Some(failed) = NoTemporary::of(&source) {
            let folder = failed.folder.display().to_string();
            return Self::NoTemporary { file, folder, found: failed.source.to_string() };
        }
        match OverLimit::of(&source).cloned() {
            Some(OverLimit { found, limit }) => Self::OverLimit { file, place, found, limit },
            None => Self::Read { file, place, source },
        }
    }

    /// Whether the error speaks of one file's content, so that a folder can pass over that file.
    pub(super) fn is_about_content(&self) -> bool {
        matches!(
            self,
            Self::NotJson { .. }
                | Self::UnknownShape { .. }
                | Self::NotText { .. }
                | Self::Unsupported { .. }
                | Self::OverLimit { .. }
        )
    }

    /// What was found, without the file's name and the advice.
    pub(super) fn found(&self) -> String {
        match self {
            Self::NotJson { file, place, detail } => {
                format!("{file}, {place}, which is not valid JSON ({detail})")
            }
            Self::UnknownShape { file, place, found } => {
                format!("{file}, whose {place} is {found}")
            }
            Self::NotText { file, found } => format!("{file}: {found}"),
            Self::Unsupported { file, what, .. } => format!("{file}, which is {what}"),
            Self::OverLimit { file, place, found, .. } => {
                format!("{file}, where reading stopped {place}: {found}")
            }
            Self::Read { file, place, source } => {
                format!("{file}, where reading stopped {place}: {source}")
            }
            other => other.to_string(),
        }
    }
}
