//! One input → a stream of decompressed bytes.
//!
//! Comes in: a file or standard input. Goes out: a [`Source`], whose first bytes can be looked at
//! before it is read (for `detect`), and which counts the bytes it took from the disk (for the
//! progress bar). Called by `mod` for each file in turn.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many decompressed bytes can be looked at before the reading begins.
pub(super) const HEAD: usize = 256 * 1024;

/// The decompressed bytes of one input.
pub(super) struct Source {
    /// The first bytes, at most [`HEAD`], without a byte order mark.
    pub head: Vec<u8>,
    /// Whether `head` is the whole input.
    pub complete: bool,
    rest: Box<dyn Read + Send>,
}

/// Everything that [`Source::into_reader`] gives: the head, then the rest.
pub(super) type Reader = io::Chain<Cursor<Vec<u8>>, BufReader<Box<dyn Read + Send>>>;

/// Why an input cannot be opened.
pub(super) enum Refused {
    Io(io::Error),
    /// Compressed in a way that is not read; the word names it.
    Compression(&'static str),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Source {
    /// Opens a file, or standard input where there is no path. Bytes that are read from it, before
    /// decompression, are added to `counter`.
    pub fn open(path: Option<&Path>, counter: &Arc<AtomicU64>) -> Result<Self, Refused> {
        let raw: Box<dyn Read + Send> = match path {
            Some(path) => Box::new(File::open(path)?),
            None => Box::new(io::stdin()),
        };
        Self::new(Box::new(Counting { inner: raw, counter: counter.clone() }))
    }

    /// Finds the compression by the first bytes and reads the head.
    pub fn new(mut raw: Box<dyn Read + Send>) -> Result<Self, Refused> {
        let mut start = Vec::new();
        (&mut raw).take(6).read_to_end(&mut start)?;
        let magic = |magic: &[u8]| start.starts_with(magic);
        if magic(b"BZh") {
            return Err(Refused::Compression("a bzip2 archive"));
        }
        if magic(b"\xfd7zXZ\0") {
            return Err(Refused::Compression("an xz archive"));
        }
        // niffler refuses inputs of fewer than five bytes; those cannot be compressed.
        let compressed = start.len() >= 5 && (magic(b"\x1f\x8b") || magic(b"\x28\xb5\x2f\xfd"));
        let raw: Box<dyn Read + Send> = Box::new(Cursor::new(start).chain(raw));
        let mut rest = if compressed {
            let buffered = Box::new(BufReader::with_capacity(128 * 1024, raw));
            match niffler::send::get_reader(buffered) {
                Ok((reader, _)) => reader,
                Err(niffler::Error::IOError(error)) => return Err(error.into()),
                Err(error) => return Err(io::Error::other(error).into()),
            }
        } else {
            raw
        };
        let mut head = Vec::new();
        (&mut rest).take(HEAD as u64).read_to_end(&mut head)?;
        let complete = head.len() < HEAD;
        if head.starts_with(b"\xef\xbb\xbf") {
            head.drain(..3);
        }
        Ok(Self { head, complete, rest })
    }

    /// The whole input, head included.
    pub fn into_reader(self) -> Reader {
        Cursor::new(self.head).chain(BufReader::with_capacity(HEAD, self.rest))
    }
}

struct Counting {
    inner: Box<dyn Read + Send>,
    counter: Arc<AtomicU64>,
}

impl Read for Counting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.counter.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Reads everything that is left, or gives `None` once it is more than `limit` bytes.
pub(super) fn read_all(reader: &mut impl BufRead, limit: usize) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    reader.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() <= limit).then_some(bytes))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn all(bytes: Vec<u8>) -> Vec<u8> {
        let Ok(source) = Source::new(Box::new(Cursor::new(bytes))) else { panic!("refused") };
        let mut out = Vec::new();
        source.into_reader().read_to_end(&mut out).unwrap();
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
            assert_eq!(all(text.to_vec()), text);
        }
        assert_eq!(all(b"\xef\xbb\xbf{}".to_vec()), b"{}");
    }

    #[test]
    fn other_archives_are_named() {
        for bytes in [&b"BZh91AY"[..], b"\xfd7zXZ\0\0"] {
            let refused = Source::new(Box::new(Cursor::new(bytes.to_vec())));
            assert!(matches!(refused, Err(Refused::Compression(_))));
        }
    }

    #[test]
    fn bytes_are_counted_before_decompression() {
        let packed = packed(niffler::compression::Format::Gzip, &b"a line\n".repeat(100_000));
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &packed).unwrap();
        let counter = Arc::default();
        let Ok(source) = Source::open(Some(file.path()), &counter) else { panic!("refused") };
        io::copy(&mut source.into_reader(), &mut io::sink()).unwrap();
        assert_eq!(counter.load(Ordering::Relaxed), packed.len() as u64);
    }

    #[test]
    fn reading_everything_stops_at_the_limit() {
        assert_eq!(read_all(&mut &b"1234"[..], 4).unwrap().as_deref(), Some(&b"1234"[..]));
        assert_eq!(read_all(&mut &b"12345"[..], 4).unwrap(), None);
    }
}
