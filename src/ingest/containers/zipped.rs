//! A zip archive → its members, each to be read like a file in a folder.
//!
//! Comes in: the archive as a [`Seekable`]. Goes out: the list of members that may hold records,
//! sorted by name, and the unpacked bytes of each. Called by `kind`, and
//! by `workbook` for the parts of an Excel workbook.
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

use super::limited::{Limited, OverLimit, read_all};
use super::seekable::Seekable;
use super::{Archive, Content, Member, Refused, is_hidden};
use crate::ingest::Limits;
use crate::ingest::json;
use crate::ingest::record::Object;

/// An open archive.
pub(in crate::ingest) struct Zip {
    file: Seekable,
    zip: ZipArchive<BufReader<Seekable>>,
    members: Vec<Entry>,
    /// The member that is given out next.
    next: usize,
    hidden: usize,
    header: Option<Arc<Object>>,
    limits: Limits,
    /// What was unpacked of all members so far.
    unpacked: Arc<AtomicU64>,
}

/// A member, as the table of contents has it.
struct Entry {
    name: String,
    index: usize,
    packed: u64,
    checksum: u32,
    method: CompressionMethod,
    encrypted: bool,
}

/// A document of an office program, which is a zip archive too.
pub(in crate::ingest) enum Office {
    /// An Excel workbook.
    Workbook,
    /// Any other: what it is, and what to do.
    Other(&'static str, &'static str),
}

impl Zip {
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
            if is_hidden(&name) {
                hidden += 1;
                continue;
            }
            members.push(Entry {
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
            next: 0,
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
            |member: &Entry| member.name.starts_with("samples/") && member.name.ends_with(".json");
        if !self.members.iter().any(is_sample) {
            return;
        }
        // A log that was broken off has no header yet, and says the same at its start.
        let header = ["header.json", "_journal/start.json"]
            .into_iter()
            .find_map(|name| self.object(self.place(name)?));
        // Both name what was asked for in `eval`.
        if let Some(header) = header.filter(|header| header.contains_key("eval")) {
            self.header = Some(Arc::new(header));
            self.members.retain(is_sample);
        }
    }

    /// A member that holds a JSON object.
    fn object(&mut self, at: usize) -> Option<Object> {
        let mut reader = BufReader::new(self.unpack(at).ok()?);
        let bytes = read_all(&mut reader, self.limits.record_bytes).ok()??;
        json::parse(&json::text(&bytes).0, self.limits.depth).ok().map(|(object, _)| object)
    }

    /// The document that the archive is, by the names of its members.
    pub fn office(&self) -> Option<Office> {
        let has = |name| self.place(name).is_some();
        let is_open_document =
            has("META-INF/manifest.xml") && has("content.xml") && has("mimetype");
        if has("xl/workbook.xml") {
            Some(Office::Workbook)
        } else if has("xl/workbook.bin") {
            Some(Office::Other(
                "a binary Excel workbook (.xlsb)",
                "Save the sheet as .xlsx or CSV.",
            ))
        } else if has("word/document.xml") {
            let advice = "Save it as plain text, one file for each trace.";
            Some(Office::Other("a Word document", advice))
        } else if has("ppt/presentation.xml") {
            Some(Office::Other("a PowerPoint presentation", "Save its text in .txt files."))
        } else if is_open_document {
            let advice = "Save a sheet as CSV, and a text as .txt.";
            Some(Office::Other("a LibreOffice document", advice))
        } else {
            None
        }
    }

    /// The number of the member of this name.
    fn place(&self, name: &str) -> Option<usize> {
        self.members.binary_search_by(|member| member.name.as_str().cmp(name)).ok()
    }

    /// The bytes of the member of this name, or `None` where there is none.
    #[cfg(feature = "xlsx")]
    pub fn named(&mut self, name: &str) -> Option<Result<Box<dyn Read + Send>, Refused>> {
        self.place(name).map(|at| self.unpack(at))
    }

    /// How many bytes the archive has.
    #[cfg(feature = "xlsx")]
    pub fn length(&self) -> u64 {
        self.file.length()
    }

    /// The bytes of one member.
    ///
    /// # Errors
    ///
    /// Where it is encrypted or packed in a way that is not read, or where its place in the
    /// archive holds something else. Reading fails where the bytes are damaged.
    fn unpack(&mut self, at: usize) -> Result<Box<dyn Read + Send>, Refused> {
        let member = &self.members[at];
        if member.encrypted {
            let advice = "Unpack the archive with its password first.";
            return Err(Refused::Unsupported("encrypted", advice));
        }
        let file =
            self.zip.by_index_raw(member.index).map_err(|error| Refused::Io(broken(error)))?;
        let missing = || io::Error::other("the archive does not say where the member begins");
        let start = file.data_start().ok_or_else(|| Refused::Io(missing()))?;
        let raw = BufReader::with_capacity(64 * 1024, self.file.at(start).take(member.packed));
        let unpacked: Box<dyn Read + Send> = match member.method {
            CompressionMethod::Stored => Box::new(raw),
            CompressionMethod::DEFLATE => Box::new(flate2::bufread::DeflateDecoder::new(raw)),
            CompressionMethod::ZSTD => {
                Box::new(zstd::stream::read::Decoder::with_buffer(raw).map_err(Refused::Io)?)
            }
            _ => {
                return Err(Refused::Unsupported(
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

impl Archive for Zip {
    fn next(&mut self) -> io::Result<Option<Member>> {
        let Some(member) = self.members.get(self.next) else { return Ok(None) };
        let name = member.name.clone();
        let content = self.unpack(self.next).map(Content::Bytes);
        self.next += 1;
        Ok(Some(Member { name, content }))
    }

    fn hidden(&self) -> usize {
        self.hidden
    }

    fn header(&self) -> Option<Arc<Object>> {
        self.header.clone()
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
        let mut archive = Zip::open(file, &Limits::default()).unwrap();
        let names: Vec<_> = archive.members.iter().map(|member| member.name.clone()).collect();
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
