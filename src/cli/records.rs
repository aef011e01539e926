//! Canonical records → a file of the kind that its name says, or standard output.

use super::output::Output;
use crate::{export::ParquetWriter, trace::Trace};
use anyhow::Context;
use std::{
    io::{self, Write},
    path::Path,
};

/// What the name of an output says of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Lines,
    Gzip,
    Zstd,
    Parquet,
}

impl Kind {
    fn of(path: &Path) -> anyhow::Result<Self> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let is = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        if path == Path::new("-") || is(&[".jsonl", ".ndjson"]) {
            Ok(Self::Lines)
        } else if is(&[".jsonl.gz", ".ndjson.gz"]) {
            Ok(Self::Gzip)
        } else if is(&[".jsonl.zst", ".ndjson.zst"]) {
            Ok(Self::Zstd)
        } else if is(&[".parquet"]) {
            Ok(Self::Parquet)
        } else {
            anyhow::bail!(
                "-o {}: the end of the name says how records are written, and this one is not known; \
                 name a file that ends in .jsonl, .jsonl.gz, .jsonl.zst or .parquet, or - for standard output",
                path.display()
            )
        }
    }
}

/// Where records go. Nothing is at the place of a file before [`RecordWriter::finish`].
pub(super) enum RecordWriter {
    /// Records are only counted.
    Nowhere,
    Lines(Output),
    Gzip(flate2::write::GzEncoder<Output>),
    Zstd(zstd::Encoder<'static, Output>),
    Parquet(Box<ParquetWriter<Output>>),
}

impl RecordWriter {
    /// Opens a file, or standard output where none is named.
    pub fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let kind = path.map_or(Ok(Kind::Lines), Kind::of)?;
        let output = Output::open(path)?;
        Ok(match kind {
            Kind::Lines => Self::Lines(output),
            Kind::Gzip => {
                Self::Gzip(flate2::write::GzEncoder::new(output, flate2::Compression::default()))
            }
            Kind::Zstd => Self::Zstd(zstd::Encoder::new(output, zstd::DEFAULT_COMPRESSION_LEVEL)?),
            Kind::Parquet => Self::Parquet(Box::new(ParquetWriter::new(output)?)),
        })
    }

    /// Writes one record.
    pub fn write(&mut self, trace: &Trace) -> anyhow::Result<()> {
        match self {
            Self::Nowhere => Ok(()),
            Self::Lines(out) => line(out, trace),
            Self::Gzip(out) => line(out, trace),
            Self::Zstd(out) => line(out, trace),
            Self::Parquet(out) => Ok(out.write(trace)?),
        }
    }

    /// Writes what is left and puts a file in its place.
    pub fn finish(self) -> anyhow::Result<()> {
        let broken = "cannot finish the compressed output; check that the disk has room";
        match self {
            Self::Nowhere => Ok(()),
            Self::Lines(out) => out.finish(),
            Self::Gzip(out) => out.finish().context(broken)?.finish(),
            Self::Zstd(out) => out.finish().context(broken)?.finish(),
            Self::Parquet(out) => out.finish()?.finish(),
        }
    }
}

fn line(out: &mut impl Write, trace: &Trace) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *out, trace).map_err(io::Error::from)?;
    Ok(out.write_all(b"\n")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_name_says_the_kind() {
        for (name, kind) in [
            ("a.jsonl", Kind::Lines),
            ("-", Kind::Lines),
            ("A.JSONL.GZ", Kind::Gzip),
            ("x/y.ndjson.zst", Kind::Zstd),
            ("a.parquet", Kind::Parquet),
        ] {
            assert_eq!(Kind::of(Path::new(name)).unwrap(), kind, "{name}");
        }
        for name in ["a.json", "a", "a.gz", "parquet", ".."] {
            let error = Kind::of(Path::new(name)).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains(".jsonl.zst"), "{error}");
        }
    }
}
