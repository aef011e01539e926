//! A journal: a file that grows line by line, and is kept when a run stops.

use super::{Error, InputFiles};
use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, BufReader, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// A file to which whole lines are added. Each is on the disk before [`AppendedFile::append`] returns;
/// a line that could not be written whole is taken back. While it is open, no other run can open it.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use cotprint::output::{AppendedFile, InputFiles};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("answers.jsonl");
///
/// let mut file = AppendedFile::open(&path, &InputFiles::default())?;
/// file.append("{}")?;
/// assert!(AppendedFile::open(&path, &InputFiles::default()).is_err());
/// assert_eq!(std::fs::read(&path)?, b"{}\n");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct AppendedFile {
    file: File,
    path: PathBuf,
    /// Bytes of whole lines.
    length: u64,
}

impl AppendedFile {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// When the path is one of the inputs, a folder, a read-only file, no regular file, in a folder
    /// that is missing, or open in another run.
    pub fn open(path: &Path, inputs: &InputFiles) -> Result<Self, Error> {
        inputs.refuse(path)?;
        let named = || path.to_owned();
        let opened = |source| Error::Open { path: named(), source };
        if let Ok(old) = path.metadata() {
            if old.is_dir() {
                return Err(Error::IsFolder { path: named() });
            }
            if !old.is_file() {
                let kind = io::ErrorKind::InvalidInput;
                return Err(opened(io::Error::new(kind, "it is no regular file")));
            }
            if old.permissions().readonly() {
                return Err(Error::ReadOnly { path: named() });
            }
        }
        let options =
            || OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let file = options().map_err(opened)?;
        match file.try_lock() {
            // Some file systems have no locks: two runs at once are then the user's business.
            Ok(()) | Err(TryLockError::Error(_)) => {}
            Err(TryLockError::WouldBlock) => return Err(Error::InUse { path: named() }),
        }
        let length = file.metadata().map_err(opened)?.len();
        Ok(Self { file, path: named(), length })
    }

    /// The path as it was named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads what is there from its beginning.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn reader(&mut self) -> io::Result<BufReader<&File>> {
        self.file.seek(SeekFrom::Start(0))?;
        Ok(BufReader::new(&self.file))
    }

    /// Takes everything from this byte on away: a line that a crash left unfinished.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn cut(&mut self, length: u64) -> Result<(), Error> {
        let cut = self.file.set_len(length).and_then(|()| self.file.sync_all());
        cut.map_err(|source| Error::Write { path: self.path.clone(), source })?;
        self.length = length;
        Ok(())
    }

    /// Adds a line; answers the byte at which it begins.
    ///
    /// # Errors
    /// When the disk is full or fails. What was there before is still there, without a half line.
    pub fn append(&mut self, line: &str) -> Result<u64, Error> {
        let start = self.length;
        let write = |file: &mut File| {
            file.seek(SeekFrom::Start(start))?;
            file.write_all(format!("{line}\n").as_bytes())?;
            file.sync_data()
        };
        match write(&mut self.file) {
            Ok(()) => {
                self.length = start + line.len() as u64 + 1;
                Ok(start)
            }
            Err(source) => {
                // The first failure is what the user is told of.
                let _ = self.file.set_len(start);
                Err(Error::Write { path: self.path.clone(), source })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, io::Read};

    #[test]
    fn lines_are_added_and_a_half_line_can_be_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        fs::write(&path, "one\ntw").unwrap();
        let mut file = AppendedFile::open(&path, &InputFiles::default()).unwrap();
        let mut text = String::new();
        file.reader().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "one\ntw");
        file.cut(4).unwrap();
        assert_eq!((file.append("two").unwrap(), file.append("three").unwrap()), (4, 8));
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\nthree\n");
    }

    #[test]
    fn what_is_no_file_of_ones_own_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        let open = |path: &Path| AppendedFile::open(path, &InputFiles::default());
        assert!(matches!(open(folder.path()), Err(Error::IsFolder { .. })));
        assert!(matches!(open(&folder.path().join("no/a.jsonl")), Err(Error::Open { .. })));
        let first = open(&path).unwrap();
        assert!(matches!(open(&path), Err(Error::InUse { .. })));
        drop(first);
        let mut inputs = InputFiles::default();
        inputs.add(&path);
        assert!(matches!(AppendedFile::open(&path, &inputs), Err(Error::IsInput { .. })));
    }
}
