//! A zip archive → its members, each to be read like a file in a folder.
//!
//! Comes in: the archive as a [`Seekable`]. Goes out: the list of members that may hold records,
//! sorted by name, and the unpacked bytes of each. Called by [`Traces`](crate::ingest::Traces).
//!
//! An `.eval` log of [Inspect](https://inspect.aisi.org.uk) is such an archive: `header.json` says
//! which model was asked, and each file in `samples/` is one record. It is known by these names and
//! not by its own.
//!
//! The table of contents is read by the crate `zip`; the members are unpacked here, since readers
//! of that crate borrow the archive and could not be handed on.

use std::io::{self, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use zip::read::Config;
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;
use zip::{CompressionMethod, ZipArchive};

use super::limited::{Limited, OverLimit};
use super::seekable::Seekable;
use crate::ingest::Limits;
use crate::ingest::json;
use crate::ingest::record::Object;
use crate::ingest::source;

/// An open archive.
pub(in crate::ingest) struct Archive {
    file: Seekable,
    zip: ZipArchive<BufReader<Seekable>>,
    members: Vec<Member>,
    /// Members that were passed over, since they or a folder around them are hidden.
    pub hidden: usize,
    /// What all records of the archive share: the header of an `.eval` log.
    pub header: Option<Arc<Object>>,
    limits: Limits,
    /// What was unpacked of all members so far.
    unpacked: Arc<AtomicU64>,
}

/// A file in an archive.
pub(in crate::ingest) struct Member {
    /// Its name with its folders.
    pub name: String,
    index: usize,
    packed: u64,
    checksum: u32,
    method: CompressionMethod,
    encrypted: bool,
}

/// Why a member cannot be opened.
pub(in crate::ingest) enum Closed {
    Io(io::Error),
    /// A kind of member that is not read: what it is, and what to do.
    Unsupported(&'static str, &'static str),
}

impl Archive {
    /// Reads the table of contents.
    ///
    /// # Errors
    ///
    /// Where the table is damaged, or where there are more members than the limit.
    pub fn open(file: Seekable, limits: &Limits) -> io::Result<Self> {
        // Only the number of members is read, before memory is taken for all of them.
        let count = ZipIterable::try_new(file.at(0), Config::default()).map_err(broken)?.len();
        if count > limits.members {
            return Err(OverLimit::members(count, limits.members).into());
        }
        let zip = ZipArchive::new(BufReader::new(file.at(0))).map_err(broken)?;
        let mut members = Vec::new();
        let mut hidden = 0;
        for index in 0..zip.len() {
            let entry = zip.by_index_data(index).map_err(broken)?;
            if !entry.is_file() {
                continue;
            }
            let name = match entry.name() {
                Ok(name) => name.into_owned(),
                Err(_) => String::from_utf8_lossy(entry.name_raw()).into_owned(),
            };
            // `__MACOSX` holds what macOS notes about the other members.
            if name.split('/').any(|part| part.starts_with('.') || part == "__MACOSX") {
                hidden += 1;
                continue;
            }
            members.push(Member {
                name,
                index,
                packed: entry.compressed_size(),
                checksum: entry.crc32(),
                method: entry.compression(),
                encrypted: entry.encrypted(),
            });
        }
        members.sort_by(|a, b| a.name.cmp(&b.name));
        let mut archive = Self {
            file,
            zip,
            members,
            hidden,
            header: None,
            limits: *limits,
            unpacked: Arc::default(),
        };
        archive.take_log_apart();
        Ok(archive)
    }

    /// If this is an Inspect log: reads its header, and keeps only the samples.
    fn take_log_apart(&mut self) {
        let is_sample =
            |member: &Member| member.name.starts_with("samples/") && member.name.ends_with(".json");
        if !self.members.iter().any(is_sample) {
            return;
        }
        // A log that was broken off has no header yet, and says the same at its start.
        let header = ["header.json", "_journal/start.json"].into_iter().find_map(|name| {
            let at = self.members.binary_search_by(|member| member.name.as_str().cmp(name)).ok()?;
            self.object(at)
        });
        // Both name what was asked for in `eval`.
        if let Some(header) = header.filter(|header| header.contains_key("eval")) {
            self.header = Some(Arc::new(header));
            self.members.retain(is_sample);
        }
    }

    /// A member that holds a JSON object.
    fn object(&mut self, at: usize) -> Option<Object> {
        let mut reader = BufReader::new(self.unpack(at).ok()?);
        let bytes = source::read_all(&mut reader, self.limits.record_bytes).ok()??;
        json::parse(&json::text(&bytes).0, self.limits.depth).ok().map(|(object, _)| object)
    }

    /// The members that may hold records.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The bytes of one member.
    ///
    /// # Errors
    ///
    /// Where it is encrypted or packed in a way that is not read, or where its place in the
    /// archive holds something else. Reading fails where the bytes are damaged.
    pub fn unpack(&mut self, at: usize) -> Result<Box<dyn Read + Send>, Closed> {
        let member = &self.members[at];
        if member.encrypted {
            let advice = "Unpack the archive with its password first.";
            return Err(Closed::Unsupported("encrypted", advice));
        }
        let file =
            self.zip.by_index_raw(member.index).map_err(|error| Closed::Io(broken(error)))?;
        let missing = || io::Error::other("the archive does not say where the member begins");
        let start = file.data_start().ok_or_else(|| Closed::Io(missing()))?;
        let raw = BufReader::with_capacity(64 * 1024, self.file.at(start).take(member.packed));
        let unpacked: Box<dyn Read + Send> = match member.method {
            CompressionMethod::Stored => Box::new(raw),
            CompressionMethod::DEFLATE => Box::new(flate2::bufread::DeflateDecoder::new(raw)),
            CompressionMethod::ZSTD => {
                Box::new(zstd::stream::read::Decoder::with_buffer(raw).map_err(Closed::Io)?)
            }
            _ => {
                return Err(Closed::Unsupported(
                    "packed in a way other than deflate or zstd",
                    "Unpack the archive first.",
                ));
            }
        };
        let checked = Checked { inner: unpacked, sum: flate2::Crc::new(), wanted: member.checksum };
        let size = |packed| Arc::new(AtomicU64::new(packed));
        let alone = Limited::ratio(checked, size(member.packed), &self.limits);
        let together = Limited::shared(
            alone.and_size(&self.limits),
            self.unpacked.clone(),
            size(self.file.length()),
            &self.limits,
        );
        Ok(Box::new(together))
    }
}

fn broken(error: ZipError) -> io::Error {
    match error {
        ZipError::Io(error) => error,
        other => io::Error::new(
            io::ErrorKind::InvalidData,
            // "EOCD" and the like: the table of contents, which stands at the end of an archive.
            format!("the table of contents of the archive is missing or damaged ({other})"),
        ),
    }
}

/// Compares the checksum once everything was read.
struct Checked<R> {
    inner: R,
    sum: flate2::Crc,
    wanted: u32,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.sum.update(&buffer[..read]);
        if read == 0 && !buffer.is_empty() && self.sum.sum() != self.wanted {
            let what = "its checksum is wrong";
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_log_only_the_samples_are_members() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/containers/log.eval");
        let file = Seekable::spooled(std::fs::File::open(path).unwrap()).unwrap();
        let mut archive = Archive::open(file, &Limits::default()).unwrap();
        let names: Vec<_> = archive.members().iter().map(|member| member.name.clone()).collect();
        assert_eq!(
            names,
            ["samples/1_epoch_1.json", "samples/2_epoch_1.json", "samples/3_epoch_1.json"]
        );
        assert_eq!(archive.header.clone().unwrap()["eval"]["model"], "acme/ponder-1");
        for at in 0..3 {
            assert_eq!(archive.object(at).unwrap()["id"], at + 1, "deflate and zstd");
        }
    }
}
