//! One file that is written as a whole or not at all.

use super::{
    Error, InputFiles,
    unfinished::{self, Unfinished},
};
use std::{
    fs::{self, File, Metadata, OpenOptions},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

/// A file that is written. [`OutputFile::finish`] puts it in its place; dropped before that, it
/// leaves nothing, and what was there before is still there.
///
/// Pipes, devices and the files of `/dev/fd` are written directly, as they cannot be replaced.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use cotprint::output::{InputFiles, OutputFile};
/// use std::io::Write;
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("scores.jsonl");
///
/// let mut file = OutputFile::create(&path, &InputFiles::default())?;
/// file.write_all(b"{}\n")?;
/// assert!(!path.exists());
/// file.finish()?;
/// assert_eq!(std::fs::read(&path)?, b"{}\n");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct OutputFile {
    file: BufWriter<File>,
    /// As it was named.
    path: PathBuf,
    /// The hidden name and the place; `None` for what is written directly.
    beside: Option<Beside>,
}

#[derive(Debug)]
struct Beside {
    partial: PathBuf,
    target: PathBuf,
}

impl OutputFile {
    /// Opens a file to write, before the long run. A link is followed: the file that it leads to is
    /// replaced, and keeps its permissions.
    ///
    /// # Errors
    /// When the path is one of the inputs, a folder, a read-only file, or in a folder that is
    /// missing or may not be written.
    pub fn create(path: &Path, inputs: &InputFiles) -> Result<Self, Error> {
        inputs.refuse(path)?;
        let named = || path.to_owned();
        let opened = |source| Error::Open { path: named(), source };
        let old = path.metadata().ok();
        if old.as_ref().is_some_and(Metadata::is_dir) {
            return Err(Error::IsFolder { path: named() });
        }
        if old.as_ref().is_some_and(|old| !old.is_file()) || is_descriptor(path) {
            // Appending: `> file` with /dev/stdout must not write over what is there.
            let file = OpenOptions::new().append(true).open(path).map_err(opened)?;
            return Ok(Self { file: BufWriter::new(file), path: named(), beside: None });
        }
        if old.as_ref().is_some_and(|old| old.permissions().readonly()) {
            return Err(Error::ReadOnly { path: named() });
        }
        let target = followed(path);
        let folder = match target.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let create = |path: &Path| OpenOptions::new().write(true).create_new(true).open(path);
        let (file, partial) =
            unfinished::begin(folder, create, Unfinished::File).map_err(opened)?;
        if let Some(old) = &old {
            keep_owner_and_permissions(&file, &partial, old);
        }
        let beside = Some(Beside { partial, target });
        Ok(Self { file: BufWriter::new(file), path: named(), beside })
    }

    /// The path as it was named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes what is left and puts the file in its place.
    ///
    /// # Errors
    /// When the disk is full or the file cannot be put there.
    pub fn finish(mut self) -> Result<(), Error> {
        let failed = |source| Error::Write { path: self.path.clone(), source };
        self.file.flush().map_err(failed)?;
        let Some(Beside { partial, target }) = &self.beside else { return Ok(()) };
        synced(self.file.get_ref()).map_err(failed)?;
        unfinished::finish(&Unfinished::File(partial.clone()), || {
            fs::rename(partial, target)
                .map_err(|source| Error::Rename { path: self.path.clone(), source })
        })?;
        self.beside = None;
        Ok(())
    }
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes);
        written.map_err(|source| Error::Write { path: self.path.clone(), source }.into_io())
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.file.flush();
        flushed.map_err(|source| Error::Write { path: self.path.clone(), source }.into_io())
    }
}

impl Drop for OutputFile {
    fn drop(&mut self) {
        if let Some(Beside { partial, .. }) = self.beside.take() {
            unfinished::discard(&Unfinished::File(partial));
        }
    }
}

/// Waits until the bytes are on the disk: a full disk may say so only here. Some file systems cannot
/// do it, which is no fault of the file.
pub(super) fn synced(file: &File) -> io::Result<()> {
    match file.sync_all() {
        Err(error)
            if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) =>
        {
            Ok(())
        }
        synced => synced,
    }
}

/// Whether a path names something that this process or another has open (`/dev/stdout`).
fn is_descriptor(path: &Path) -> bool {
    ["/dev/stdout", "/dev/stderr"].iter().any(|name| path == Path::new(name))
        || path.starts_with("/dev/fd")
        || path.starts_with("/proc")
}

/// Where a link leads, even if nothing is there yet.
fn followed(path: &Path) -> PathBuf {
    if let Ok(path) = path.canonicalize() {
        return path;
    }
    let mut at = path.to_owned();
    // The most links that Linux follows.
    for _ in 0..40 {
        let Ok(next) = fs::read_link(&at) else { break };
        at = at.parent().map(|folder| folder.join(&next)).unwrap_or(next);
    }
    at
}

#[cfg(unix)]
fn keep_owner_and_permissions(file: &File, partial: &Path, old: &Metadata) {
    use std::os::unix::fs::MetadataExt;
    // Only root may give a file away; the permissions come last, as a new owner may clear some.
    let _ = std::os::unix::fs::fchown(file, Some(old.uid()), Some(old.gid()));
    let _ = fs::set_permissions(partial, old.permissions());
}

#[cfg(not(unix))]
fn keep_owner_and_permissions(_: &File, partial: &Path, old: &Metadata) {
    let _ = fs::set_permissions(partial, old.permissions());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_that_is_not_finished_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.jsonl");
        fs::write(&path, "old").unwrap();
        let mut file = OutputFile::create(&path, &InputFiles::default()).unwrap();
        file.write_all(b"new").unwrap();
        assert_eq!(names(folder.path()).len(), 2);
        drop(file);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(folder.path()), ["x.jsonl"]);
    }

    #[test]
    fn two_files_at_one_place_do_not_mix() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.jsonl");
        let open = || OutputFile::create(&path, &InputFiles::default()).unwrap();
        let (mut one, mut two) = (open(), open());
        one.write_all(b"one").unwrap();
        two.write_all(b"two").unwrap();
        two.finish().unwrap();
        one.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        assert_eq!(names(folder.path()), ["x.jsonl"]);
    }

    #[test]
    fn places_that_cannot_be_written_are_refused_before_anything_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), "x").unwrap();
        let create = |path: &Path| OutputFile::create(path, &InputFiles::default()).unwrap_err();
        assert!(matches!(create(folder.path()), Error::IsFolder { .. }));
        assert!(matches!(create(&at("file/x.jsonl")), Error::Open { .. }));
        assert!(matches!(create(&at("nowhere/x.jsonl")), Error::Open { .. }));
        let mut permissions = fs::metadata(at("file")).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(at("file"), permissions).unwrap();
        assert!(matches!(create(&at("file")), Error::ReadOnly { .. }));
        assert_eq!(names(folder.path()), ["file"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_and_permissions_are_kept() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("real"), "old").unwrap();
        fs::set_permissions(at("real"), fs::Permissions::from_mode(0o600)).unwrap();
        std::os::unix::fs::symlink("real", at("link")).unwrap();
        std::os::unix::fs::symlink("later", at("dangling")).unwrap();
        for name in ["link", "dangling"] {
            let mut file = OutputFile::create(&at(name), &InputFiles::default()).unwrap();
            file.write_all(b"new").unwrap();
            file.finish().unwrap();
            assert!(at(name).is_symlink());
        }
        assert_eq!(fs::read_to_string(at("real")).unwrap(), "new");
        assert_eq!(fs::metadata(at("real")).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_to_string(at("later")).unwrap(), "new");
    }
}
