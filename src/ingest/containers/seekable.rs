//! An input that can be read from any place in it.
//!
//! Comes in: a file, or a stream (standard input, a pipe, a member of an archive). Goes out: a
//! [`Seekable`], of which clones share the file and have a place of their own. Archives and Parquet
//! keep their tables of contents at the end, so a stream is first written to memory and, once it is
//! larger than [`IN_MEMORY`], to a temporary file that the system removes. Called by `source`.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::SpooledTempFile;

/// How many bytes of a stream are kept in memory.
const IN_MEMORY: usize = 16 << 20;

/// A file, or what a stream was written to, with a place in it.
#[derive(Clone)]
pub(in crate::ingest) struct Seekable {
    shared: Arc<Shared>,
    place: u64,
}

struct Shared {
    content: Mutex<Content>,
    length: u64,
    /// Counts the bytes that are read from the disk, for the progress bar.
    counter: Option<Arc<AtomicU64>>,
    /// Where the file lies on the disk.
    #[cfg_attr(not(feature = "sqlite"), allow(dead_code))]
    path: Option<PathBuf>,
}

enum Content {
    File(File),
    Spooled(SpooledTempFile),
}

/// The temporary file for a stream cannot be made or written.
#[derive(Debug, thiserror::Error)]
#[error("the temporary file in {}: {source}", .folder.display())]
pub(in crate::ingest) struct NoTemporary {
    /// The folder for temporary files.
    pub folder: PathBuf,
    /// What the system says.
    pub source: io::Error,
}

impl NoTemporary {
    /// The failure that an error speaks of, if it is one of these.
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

/// What a stream is written to; its failures are told apart from those of the stream.
struct Spool(SpooledTempFile);

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(|source| {
            let folder = std::env::temp_dir();
            io::Error::new(source.kind(), NoTemporary { folder, source })
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Seekable {
    /// A file on the disk. Bytes that are read from it are added to `counter`.
    pub fn file(path: &Path, counter: Arc<AtomicU64>) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok(Self::new(Content::File(file), length, Some(counter), Some(path.to_owned())))
    }

    /// A stream, read to its end.
    pub fn spooled(mut stream: impl Read) -> io::Result<Self> {
        let mut spool = Spool(SpooledTempFile::new(IN_MEMORY));
        let length = io::copy(&mut stream, &mut spool)?;
        Ok(Self::new(Content::Spooled(spool.0), length, None, None))
    }

    fn new(
        content: Content,
        length: u64,
        counter: Option<Arc<AtomicU64>>,
        path: Option<PathBuf>,
    ) -> Self {
        let shared = Shared { content: Mutex::new(content), length, counter, path };
        Self { shared: Arc::new(shared), place: 0 }
    }

    /// How many bytes there are.
    pub fn length(&self) -> u64 {
        self.shared.length
    }

    /// Where the file lies on the disk; `None` for a stream.
    #[cfg(feature = "sqlite")]
    pub fn path(&self) -> Option<&Path> {
        self.shared.path.as_deref()
    }

    /// Counts the file as read: SQLite reads it by its path.
    #[cfg(feature = "sqlite")]
    pub fn count_all(&self) {
        if let Some(counter) = &self.shared.counter {
            counter.fetch_add(self.length(), Ordering::Relaxed);
        }
    }

    /// The same input from another place on.
    pub fn at(&self, place: u64) -> Self {
        Self { shared: self.shared.clone(), place }
    }
}

impl Read for Seekable {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let from = SeekFrom::Start(self.place);
        // Whoever panicked while holding the lock has left no half-done work: every read seeks.
        let mut content = self.shared.content.lock().unwrap_or_else(PoisonError::into_inner);
        let read = match &mut *content {
            Content::File(file) => file.seek(from).and_then(|_| file.read(buffer)),
            Content::Spooled(file) => file.seek(from).and_then(|_| file.read(buffer)),
        }?;
        self.place += read as u64;
        if let Some(counter) = &self.shared.counter {
            counter.fetch_add(read as u64, Ordering::Relaxed);
        }
        Ok(read)
    }
}

impl Seek for Seekable {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(by) => self.length().checked_add_signed(by),
            SeekFrom::Current(by) => self.place.checked_add_signed(by),
        };
        self.place = place.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_have_places_of_their_own() {
        let text: Vec<u8> = (0..100).collect();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &text).unwrap();
        let counter = Arc::default();
        let on_disk = Seekable::file(file.path(), Arc::clone(&counter)).unwrap();
        for mut whole in [on_disk, Seekable::spooled(&text[..]).unwrap()] {
            let mut part = whole.at(90);
            let mut bytes = Vec::new();
            whole.seek(SeekFrom::End(-3)).unwrap();
            part.read_to_end(&mut bytes).unwrap();
            whole.read_to_end(&mut bytes).unwrap();
            assert_eq!(bytes, [&text[90..], &text[97..]].concat());
            assert!(whole.seek(SeekFrom::End(-101)).is_err());
        }
        assert_eq!(counter.load(Ordering::Relaxed), 13);
    }
}
