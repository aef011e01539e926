//! Where results go: standard output, or a file of the safe writer ([`crate::output`]).

use crate::output::{Error, InputFiles, OutputFile, OutputFolder};
use std::{
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

/// Standard output, or a file that appears only when it is complete.
#[derive(Debug)]
pub(super) enum Output {
    Standard(BufWriter<io::Stdout>),
    File(OutputFile),
}

impl Output {
    /// Opens the place for results before the long run starts: standard output for `None`, `-` and the
    /// names that the system has for it, which only its owner may open again.
    /// Messages name the option.
    pub fn open(path: Option<&Path>, option: &str, inputs: &InputFiles) -> anyhow::Result<Self> {
        let Some(path) = path.filter(|path| !is_standard_output(path)) else {
            refuse_standard_output(inputs)?;
            return Ok(Self::Standard(BufWriter::new(io::stdout())));
        };
        OutputFile::create(path, inputs).map(Self::File).map_err(|error| match error {
            Error::IsFolder { .. } => anyhow::anyhow!("{error}; give {option} the name of a file"),
            Error::Open { .. } => anyhow::anyhow!(
                "{error}; give {option} a file in a folder that exists and may be written"
            ),
            other => other.into(),
        })
    }

    /// Writes what is left and puts a file in its place.
    pub fn finish(self) -> anyhow::Result<()> {
        match self {
            Self::Standard(mut out) => Ok(out.flush().map_err(standard)?),
            Self::File(file) => Ok(file.finish()?),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Standard(out) => out.write(bytes).map_err(standard),
            Self::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Standard(out) => out.flush().map_err(standard),
            Self::File(file) => file.flush(),
        }
    }
}

/// Whether a path names standard output.
fn is_standard_output(path: &Path) -> bool {
    ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].iter().any(|name| path == Path::new(name))
}

/// Refuses standard output where it is one of the inputs (`>> traces.jsonl`).
pub(super) fn refuse_standard_output(inputs: &InputFiles) -> anyhow::Result<()> {
    inputs.refuse(Path::new("/dev/stdout")).map_err(|_| {
        anyhow::anyhow!(
            "standard output is one of the files that this run reads; write to another file"
        )
    })
}

/// Makes the folder of a report before the long run. `names` are the files that it may hold.
pub(super) fn open_report(
    folder: &Path,
    names: &[impl AsRef<str>],
    inputs: &InputFiles,
) -> anyhow::Result<OutputFolder> {
    OutputFolder::create(folder, names, inputs).map_err(|error| match error {
        Error::MakeFolder { source, .. } => anyhow::anyhow!(
            "cannot make the report folder {} ({source}); give --report the name of a folder, not of \
             a file, in a place that may be written",
            folder.display()
        ),
        other => other.into(),
    })
}

/// What is said of the files of a report that were written; the page is the first of them.
pub(super) fn wrote(files: &[PathBuf]) -> String {
    let page = files.first().map(|file| file.display().to_string()).unwrap_or_default();
    format!("wrote {page} and {} more files", files.len().saturating_sub(1))
}

/// Says that standard output failed; a closed pipe stays one.
fn standard(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::BrokenPipe => error,
        kind => io::Error::new(kind, format!("cannot write to standard output: {error}")),
    }
}
