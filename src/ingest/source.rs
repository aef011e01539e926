//! One input → a stream of decompressed bytes, or a container to look into.
//!
//! Comes in: a file, standard input, or a member of an archive. Goes out: a [`Source`], whose first
//! bytes can be looked at before it is read (for `detect`), or a [`Container`], open. Compression
//! and encoding are found by content. Called by `mod` for each file in turn.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::Limits;
use super::containers::Refused;
use super::containers::kind::{Container, Kind, START};
use super::containers::limited::{Counting, Limited};
use super::containers::packed::Packing;
use super::containers::seekable::Seekable;
use super::detect::UTF_32;

/// How many decompressed bytes can be looked at before the reading begins.
pub(super) const HEAD: usize = 256 * 1024;

/// What an input turned out to be.
pub(super) enum Opened {
    /// Bytes to be read from front to end.
    Stream(Source),
    /// An archive, or a file of rows.
    Container(Container),
}

/// The decompressed bytes of one input.
pub(super) struct Source {
    /// The first bytes, at most [`HEAD`], without a byte order mark.
    pub head: Vec<u8>,
    /// Whether `head` is the whole input.
    pub complete: bool,
    /// Whether the bytes were UTF-16 and are now UTF-8.
    pub converted: bool,
    rest: Box<dyn Read + Send>,
}

/// Everything that [`Source::into_reader`] gives: the head, then the rest.
pub(super) type Reader = io::Chain<Cursor<Vec<u8>>, BufReader<Box<dyn Read + Send>>>;

/// Opens a file, or standard input where there is no path. Bytes that are read from it, before
/// decompression, are added to `counter`; bytes behind the end of packed data to `trailing`.
pub(super) fn open(
    path: Option<&Path>,
    counter: &Arc<AtomicU64>,
    trailing: &Arc<AtomicU64>,
    limits: &Limits,
) -> Result<Opened, Refused> {
    let stream: Box<dyn Read + Send> = match path {
        // A pipe (`<(zcat …)`) is read like standard input: it has only one direction.
        Some(path) if path.is_file() => {
            let file = Seekable::file(path, counter.clone())?;
            let start = first_bytes(&mut file.at(0))?;
            match Kind::of(&start).filter(|kind| !kind.is_stream()) {
                Some(kind) => return kind.open(file, limits).map(Opened::Container),
                None => Box::new(file),
            }
        }
        Some(path) => Box::new(Counting { inner: File::open(path)?, counter: counter.clone() }),
        None => Box::new(Counting { inner: io::stdin(), counter: counter.clone() }),
    };
    unpack(stream, trailing, limits)
}

/// Finds out by the first bytes how a stream is packed, and unpacks it. Bytes behind the end of
/// packed data are added to `trailing`.
pub(super) fn unpack(
    mut raw: Box<dyn Read + Send>,
    trailing: &Arc<AtomicU64>,
    limits: &Limits,
) -> Result<Opened, Refused> {
    let start = first_bytes(&mut raw)?;
    let packing = Packing::of(&start)?;
    let kind = Kind::of(&start);
    let raw: Box<dyn Read + Send> = Box::new(Cursor::new(start).chain(raw));
    let Some(packing) = packing else {
        return match kind {
            Some(kind) if kind.is_stream() => Ok(Opened::Container(kind.open_stream(raw, limits))),
            Some(kind) => kind.open(Seekable::spooled(raw)?, limits).map(Opened::Container),
            None => Ok(Opened::Stream(Source::new(raw)?)),
        };
    };
    let packed = Arc::default();
    let counted = Counting { inner: raw, counter: Arc::clone(&packed) };
    let buffered = BufReader::with_capacity(128 * 1024, counted);
    let mut unpacked = Limited::ratio(packing.unpack(buffered, trailing)?, packed, limits);
    let start = first_bytes(&mut unpacked)?;
    let kind = Kind::of(&start);
    let start = Cursor::new(start);
    match kind {
        Some(kind) if kind.is_stream() => {
            let whole = Box::new(start.chain(unpacked));
            Ok(Opened::Container(kind.open_stream(whole, limits)))
        }
        // What is spooled takes room on the disk, so here the size counts as well.
        Some(kind) => {
            let whole = start.chain(unpacked.and_size(limits));
            kind.open(Seekable::spooled(whole)?, limits).map(Opened::Container)
        }
        None => Ok(Opened::Stream(Source::new(Box::new(start.chain(unpacked)))?)),
    }
}

fn first_bytes(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    reader.take(START as u64).read_to_end(&mut start)?;
    Ok(start)
}

impl Source {
    /// Reads the head, and takes a byte order mark for what it says.
    pub fn new(mut raw: Box<dyn Read + Send>) -> io::Result<Self> {
        let mut mark = Vec::new();
        (&mut raw).take(4).read_to_end(&mut mark)?;
        let in_utf16 = mark.starts_with(b"\xff\xfe") || mark.starts_with(b"\xfe\xff");
        // What is in UTF-32 is refused by name later.
        let converted = in_utf16 && !UTF_32.contains(&mark.as_slice());
        if mark.starts_with(b"\xef\xbb\xbf") {
            mark.drain(..3);
        }
        let mut rest: Box<dyn Read + Send> = Box::new(Cursor::new(mark).chain(raw));
        if converted {
            rest = decode_utf16(rest)?;
        }
        let mut head = Vec::new();
        (&mut rest).take(HEAD as u64).read_to_end(&mut head)?;
        let complete = head.len() < HEAD;
        Ok(Self { head, complete, converted, rest })
    }

    /// The whole input, head included.
    pub fn into_reader(self) -> Reader {
        Cursor::new(self.head).chain(BufReader::with_capacity(HEAD, self.rest))
    }
}

/// UTF-16 with a byte order mark → UTF-8.
#[cfg(feature = "utf16")]
fn decode_utf16(utf16: Box<dyn Read + Send>) -> io::Result<Box<dyn Read + Send>> {
    let decoder = encoding_rs_io::DecodeReaderBytesBuilder::new().bom_sniffing(true).build(utf16);
    Ok(Box::new(decoder))
}

#[cfg(not(feature = "utf16"))]
fn decode_utf16(_: Box<dyn Read + Send>) -> io::Result<Box<dyn Read + Send>> {
    Err(io::Error::other(
        "it is in UTF-16, which this build does not read: the feature `utf16` is off",
    ))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn opened(bytes: &[u8]) -> Result<Opened, Refused> {
        unpack(Box::new(Cursor::new(bytes.to_vec())), &Arc::default(), &Limits::default())
    }

    fn stream(bytes: &[u8]) -> Source {
        let Ok(Opened::Stream(source)) = opened(bytes) else { panic!("no stream") };
        source
    }

    fn all(bytes: impl AsRef<[u8]>) -> Vec<u8> {
        let mut out = Vec::new();
        stream(bytes.as_ref()).into_reader().read_to_end(&mut out).unwrap();
        out
    }

    fn packed(format: niffler::compression::Format, text: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut writer =
            niffler::get_writer(Box::new(&mut out), format, niffler::Level::One).unwrap();
        writer.write_all(text).unwrap();
        drop(writer);
        out
    }

    #[test]
    fn compression_is_found_by_content() {
        use niffler::compression::Format;
        let text = b"a line\n".repeat(100_000);
        for format in [Format::Gzip, Format::Zstd] {
            assert_eq!(all(packed(format, &text)), text);
        }
        let mut two = packed(Format::Gzip, b"one\n");
        two.extend(packed(Format::Gzip, b"two\n"));
        assert_eq!(all(two), b"one\ntwo\n", "members of a gzip file follow each other");
        let mut frames = packed(Format::Zstd, b"one\n");
        frames.extend(packed(Format::Zstd, b"two\n"));
        assert_eq!(all(frames), b"one\ntwo\n");
    }

    #[test]
    fn short_inputs_and_byte_order_marks_are_no_trouble() {
        for text in [&b""[..], b"a", b"{}", b"\x1f\x8b"] {
            assert_eq!(all(text), text);
        }
        assert_eq!(all(b"\xef\xbb\xbf{}"), b"{}");
    }

    #[cfg(feature = "utf16")]
    #[test]
    fn utf16_becomes_utf8() {
        let text = "{\"reasoning\": \"naïve 😀\"}\n".repeat(20_000);
        let units = || std::iter::once(0xfeff).chain(text.encode_utf16());
        let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
        for bytes in [little, big] {
            assert!(stream(&bytes).converted);
            assert_eq!(all(&bytes), text.as_bytes());
            assert_eq!(all(packed(niffler::Format::Gzip, &bytes)), text.as_bytes());
        }
        assert!(!stream(text.as_bytes()).converted);
        assert_eq!(all(b"\xff\xfea\0\x00\xd8b\0"), "a\u{fffd}b".as_bytes());
    }

    #[test]
    fn a_frame_to_be_skipped_is_skipped() {
        // So pzstd begins: a frame of four bytes that says how long the next one is.
        let frame = packed(niffler::Format::Zstd, b"one\n");
        let skipped = [&b"\x50\x2a\x4d\x18\x04\0\0\0"[..], &(frame.len() as u32).to_le_bytes()];
        let both = [&skipped.concat()[..], &frame, &skipped.concat(), &frame].concat();
        assert_eq!(all(both), b"one\none\n");
    }

    #[test]
    fn what_stands_behind_packed_data_is_counted() {
        let bytes = [packed(niffler::Format::Gzip, b"{}\n"), b"rubbish".to_vec()].concat();
        let trailing = Arc::default();
        let opened = unpack(Box::new(Cursor::new(bytes)), &trailing, &Limits::default());
        let Ok(Opened::Stream(source)) = opened else { panic!("no stream") };
        let mut out = Vec::new();
        source.into_reader().read_to_end(&mut out).unwrap();
        assert_eq!(
            (&out[..], trailing.load(std::sync::atomic::Ordering::Relaxed)),
            (&b"{}\n"[..], 7)
        );
    }

    #[cfg(feature = "zip")]
    #[test]
    fn containers_are_found_in_streams_and_under_compression() {
        let empty = b"PK\x05\x06".iter().copied().chain([0; 18]).collect::<Vec<_>>();
        for bytes in [empty.clone(), packed(niffler::Format::Zstd, &empty)] {
            let Ok(Opened::Container(Container::Archive(mut archive))) = opened(&bytes) else {
                panic!("not found")
            };
            assert!(archive.next().unwrap().is_none());
        }
        assert!(matches!(opened(b"PK\x05\x06"), Err(Refused::Io(_))));
    }

    #[test]
    fn bytes_are_counted_before_decompression() {
        use std::sync::atomic::Ordering;
        let packed = packed(niffler::compression::Format::Gzip, &b"a line\n".repeat(100_000));
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &packed).unwrap();
        let counter = Arc::default();
        let opened = open(Some(file.path()), &counter, &Arc::default(), &Limits::default());
        let Ok(Opened::Stream(source)) = opened else { panic!("no stream") };
        io::copy(&mut source.into_reader(), &mut io::sink()).unwrap();
        // The first bytes are looked at once more than the rest.
        assert_eq!(counter.load(Ordering::Relaxed), packed.len() as u64 + START as u64);
    }
}
