//! What this process has begun to write and not finished, so that a signal can remove it.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// Everything unfinished in this process. A signal has no other way to find it.
static UNFINISHED: Mutex<Vec<Unfinished>> = Mutex::new(Vec::new());

/// The number of the next hidden name.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// One thing that is not whole yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unfinished {
    /// A file under its hidden name.
    File(PathBuf),
    /// A hidden folder with files of a report.
    Staging(PathBuf),
    /// A folder that this run made; it is removed only where it is empty.
    Folder(PathBuf),
}

impl Unfinished {
    fn remove(&self) {
        // Nothing can be done where it cannot be removed.
        let _ = match self {
            Self::File(path) => fs::remove_file(path),
            Self::Staging(path) => fs::remove_dir_all(path),
            Self::Folder(path) => fs::remove_dir(path),
        };
    }
}

fn list() -> MutexGuard<'static, Vec<Unfinished>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes something under a hidden name in a folder and registers it. The name holds the number of
/// the process, so that two runs into one folder do not meet. `make` must fail with
/// [`io::ErrorKind::AlreadyExists`] where the name is taken.
pub(super) fn begin<T>(
    folder: &Path,
    make: impl Fn(&Path) -> io::Result<T>,
    entry: impl Fn(PathBuf) -> Unfinished,
) -> io::Result<(T, PathBuf)> {
    let mut list = list();
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!(".cotprint-{}-{number}.partial", process::id()));
        match make(&path) {
            // Left by a process of the same number that was killed.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(made) => {
                list.push(entry(path.clone()));
                return Ok((made, path));
            }
        }
    }
}

/// Makes a folder and those above it that are missing, and registers and answers the new ones.
pub(super) fn make_folders(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut list = list();
    let missing: Vec<&Path> = folder
        .ancestors()
        .take_while(|path| !path.as_os_str().is_empty() && path.symlink_metadata().is_err())
        .collect();
    let mut made = Vec::new();
    for path in missing.into_iter().rev() {
        match fs::create_dir(path) {
            Ok(()) => {
                list.push(Unfinished::Folder(path.to_owned()));
                made.push(path.to_owned());
            }
            // Another run made it at this moment.
            Err(_) if path.is_dir() => {}
            Err(error) => {
                drop(list);
                made.into_iter().rev().for_each(|path| discard(&Unfinished::Folder(path)));
                return Err(error);
            }
        }
    }
    if !folder.is_dir() {
        // A file has this name: the system says it better than we could.
        fs::create_dir(folder)?;
    }
    Ok(made)
}

/// Puts what is whole in its place, and forgets it. No signal comes between the two.
pub(super) fn finish<T>(
    entry: &Unfinished,
    put: impl FnOnce() -> Result<T, super::Error>,
) -> Result<T, super::Error> {
    let mut list = list();
    let done = put()?;
    list.retain(|other| other != entry);
    Ok(done)
}

/// Removes something unfinished, and forgets it.
pub(super) fn discard(entry: &Unfinished) {
    let mut list = list();
    entry.remove();
    list.retain(|other| other != entry);
}

/// Removes every unfinished file, and every folder that this run made and that is empty. Call it
/// when a signal stops the program. While the answer lives, no output can be begun or finished; end
/// the process before it is dropped.
pub fn discard_unfinished() -> Stopped {
    let mut list = list();
    // The last first: a folder is empty when what was begun in it is gone.
    for entry in list.drain(..).rev() {
        entry.remove();
    }
    Stopped(list)
}

/// Keeps outputs from being begun or finished ([`discard_unfinished`]).
#[must_use = "outputs can be written again when this is dropped"]
#[derive(Debug)]
pub struct Stopped(
    #[expect(dead_code, reason = "held, never read")] MutexGuard<'static, Vec<Unfinished>>,
);
