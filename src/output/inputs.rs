//! The files that a run reads.

use super::Error;
use std::{
    collections::HashSet,
    fs::Metadata,
    path::{Path, PathBuf},
};
use walkdir::WalkDir;

/// The files that a run reads. An output that is one of them, by whatever name, is refused.
///
/// Files are compared by their canonical path and, on Unix, by device and inode, so that `./x`, a
/// symbolic link and a hard link are all found.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use cotprint::output::{InputFiles, OutputFile};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("traces.jsonl");
/// # std::fs::write(&path, "{}")?;
///
/// let mut inputs = InputFiles::default();
/// inputs.add(&path);
/// assert!(OutputFile::create(&path, &inputs).is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct InputFiles {
    paths: HashSet<PathBuf>,
    ids: HashSet<FileId>,
}

/// Device and inode.
type FileId = (u64, u64);

impl InputFiles {
    /// Adds a file, or every file in a folder. Pipes and devices are not protected, and a path that
    /// does not exist is passed over: whoever reads it says so.
    pub fn add(&mut self, path: &Path) {
        let Ok(metadata) = path.metadata() else { return };
        if metadata.is_dir() {
            for entry in WalkDir::new(path).follow_links(true).into_iter().flatten() {
                if entry.file_type().is_file() {
                    self.add(entry.path());
                }
            }
        } else if metadata.is_file() {
            self.paths.extend(path.canonicalize());
            self.ids.extend(id(&metadata));
        }
    }

    /// Adds several files or folders.
    pub fn add_all(&mut self, paths: impl IntoIterator<Item = impl AsRef<Path>>) {
        paths.into_iter().for_each(|path| self.add(path.as_ref()));
    }

    /// Adds all files of another list.
    pub fn join(&mut self, other: Self) {
        self.paths.extend(other.paths);
        self.ids.extend(other.ids);
    }

    /// Adds the file that standard input is read from, where it is one (`< traces.jsonl`).
    pub fn add_standard_input(&mut self) {
        self.add(Path::new("/dev/stdin"));
    }

    /// Refuses an output that is one of the files.
    ///
    /// # Errors
    /// [`Error::IsInput`].
    pub fn refuse(&self, output: &Path) -> Result<(), Error> {
        let Ok(metadata) = output.metadata() else { return Ok(()) };
        if !metadata.is_file() {
            return Ok(());
        }
        let by_id = id(&metadata).is_some_and(|id| self.ids.contains(&id));
        let by_path = || output.canonicalize().is_ok_and(|path| self.paths.contains(&path));
        if by_id || by_path() {
            return Err(Error::IsInput { path: output.to_owned() });
        }
        Ok(())
    }
}

#[cfg(unix)]
fn id(metadata: &Metadata) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn id(_: &Metadata) -> Option<FileId> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn an_input_is_found_by_each_of_its_names() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("in")).unwrap();
        fs::write(at("in/x.jsonl"), "x").unwrap();
        fs::write(at("other.jsonl"), "x").unwrap();
        let mut inputs = InputFiles::default();
        inputs.add(&at("in"));
        inputs.add(&at("nowhere"));
        assert!(inputs.refuse(&at("in/x.jsonl")).is_err());
        assert!(inputs.refuse(&at("in/../in/./x.jsonl")).is_err());
        assert!(inputs.refuse(&at("other.jsonl")).is_ok());
        assert!(inputs.refuse(&at("in/new.jsonl")).is_ok());
        assert!(inputs.refuse(&at("in")).is_ok());
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(at("in/x.jsonl"), at("soft")).unwrap();
            fs::hard_link(at("in/x.jsonl"), at("hard")).unwrap();
            assert!(inputs.refuse(&at("soft")).is_err());
            assert!(inputs.refuse(&at("hard")).is_err());
        }
    }
}
