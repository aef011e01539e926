//! The first bytes of an input → the container that it is, opened.
//!
//! Comes in: the first [`START`] bytes, then the input. Goes out: an [`Archive`] or [`Rows`]. A
//! kind that this build does not read is refused in a sentence. Called by `source`.

use std::io::Read;

use super::seekable::Seekable;
use super::{Archive, Refused, Rows, tar};
use crate::ingest::Limits;

/// How many bytes are looked at: a header of tar.
pub(in crate::ingest) const START: usize = 512;

/// An open container.
pub(in crate::ingest) enum Container {
    Archive(Box<dyn Archive>),
    Rows(Box<dyn Rows>),
}

/// A kind of container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) enum Kind {
    Zip,
    Tar,
    Parquet,
    Arrow,
    Sqlite,
}

impl Kind {
    /// The kind of container that begins with these bytes.
    pub fn of(start: &[u8]) -> Option<Self> {
        // The second is an archive without members.
        if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
            Some(Self::Zip)
        } else if start.starts_with(b"PAR1") {
            Some(Self::Parquet)
        } else if start.starts_with(b"ARROW1\0\0") || begins_like_messages(start) {
            Some(Self::Arrow)
        } else if start.starts_with(b"SQLite format 3\0") {
            Some(Self::Sqlite)
        } else if tar::begins_like_tar(start) {
            Some(Self::Tar)
        } else {
            None
        }
    }

    /// Whether it can be read from front to end. The others are read from any place.
    pub fn is_stream(self) -> bool {
        self == Self::Tar
    }

    /// Opens a container that is read from front to end.
    pub fn open_stream(self, bytes: Box<dyn Read + Send>, limits: &Limits) -> Container {
        Container::Archive(Box::new(tar::Tar::new(bytes, limits)))
    }

    /// Opens any other container.
    ///
    /// # Errors
    ///
    /// Where its table of contents is damaged or over a limit, or where this build or this version
    /// does not read it.
    pub fn open(self, file: Seekable, limits: &Limits) -> Result<Container, Refused> {
        match self {
            Self::Tar => Ok(self.open_stream(Box::new(file), limits)),
            #[cfg(feature = "zip")]
            Self::Zip => open_zip(file, limits),
            #[cfg(feature = "parquet")]
            Self::Parquet => super::parquet::rows(file, limits).map(Container::Rows),
            #[cfg(feature = "parquet")]
            Self::Arrow => super::arrow::rows(file, limits).map(Container::Rows),
            #[cfg(feature = "sqlite")]
            Self::Sqlite => {
                let database = super::sqlite::Database::open(&file, limits)?;
                Ok(Container::Archive(Box::new(database)))
            }
            #[allow(unreachable_patterns)]
            other => Err(other.not_built()),
        }
    }

    /// What is said of a kind that this build does not read.
    #[allow(dead_code)]
    fn not_built(self) -> Refused {
        let (what, advice) = match self {
            Self::Zip => (
                "a zip archive",
                "This program was built without it: build it with the feature `zip`, or unpack the archive first.",
            ),
            Self::Tar => ("a tar archive", "Unpack it first."),
            Self::Parquet => (
                "a Parquet file",
                "This program was built without it: build it with the feature `parquet`, or turn the file into JSON Lines.",
            ),
            Self::Arrow => (
                "an Arrow file",
                "This program was built without it: build it with the feature `parquet`, or turn the file into JSON Lines.",
            ),
            Self::Sqlite => (
                "an SQLite database",
                "This program was built without it: build it with the feature `sqlite`, or export its table as JSON or CSV.",
            ),
        };
        Refused::Unsupported(what, advice)
    }
}

/// Whether this is how the messages of an Arrow stream begin: a mark, and the length of the schema.
fn begins_like_messages(start: &[u8]) -> bool {
    let Some((mark, rest)) = start.split_first_chunk::<4>() else { return false };
    let Some(length) = rest.first_chunk::<4>().map(|bytes| u32::from_le_bytes(*bytes)) else {
        return false;
    };
    *mark == [0xff; 4] && length.is_multiple_of(4) && (16..=64 << 20).contains(&length)
}

#[cfg(feature = "zip")]
fn open_zip(file: Seekable, limits: &Limits) -> Result<Container, Refused> {
    let zip = super::zipped::Zip::open(file, limits)?;
    match zip.office() {
        None => Ok(Container::Archive(Box::new(zip))),
        Some(super::zipped::Office::Other(what, advice)) => Err(Refused::Unsupported(what, advice)),
        #[cfg(feature = "xlsx")]
        Some(super::zipped::Office::Workbook) => {
            let workbook = super::workbook::Workbook::open(zip, limits)?;
            Ok(Container::Archive(Box::new(workbook)))
        }
        #[cfg(not(feature = "xlsx"))]
        Some(super::zipped::Office::Workbook) => Err(Refused::Unsupported(
            "an Excel workbook (.xlsx)",
            "This program was built without it: build it with the feature `xlsx`, or save the sheet as CSV.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_are_known_by_their_first_bytes() {
        for (start, kind) in [
            (&b"PK\x03\x04\x14\0"[..], Some(Kind::Zip)),
            (b"PK\x05\x06", Some(Kind::Zip)),
            (b"PAR1 and so on", Some(Kind::Parquet)),
            (b"ARROW1\0\0\xff\xff\xff\xff", Some(Kind::Arrow)),
            (b"\xff\xff\xff\xff\x90\x01\0\0\x10\0", Some(Kind::Arrow)),
            (b"\xff\xff\xff\xff\xff\xff\xff\xff", None),
            (b"SQLite format 3\0\x10", Some(Kind::Sqlite)),
            (b"SQLite format is a file", None),
            (b"{\"a\":1}", None),
        ] {
            assert_eq!(Kind::of(start), kind, "{start:?}");
        }
    }
}
