//! The files of a report: all of them are put in their place together, or none.

use super::{
    Error, InputFiles,
    file::synced,
    unfinished::{self, Unfinished},
};
use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};
use walkdir::WalkDir;

/// A folder that is written. Files go into a hidden folder in it first; [`OutputFolder::finish`]
/// moves them to their places and removes what an older report left there. Dropped before that, it
/// leaves nothing, and takes away the folders that it made, where they are empty.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use cotprint::output::{InputFiles, OutputFolder};
/// # let temporary = tempfile::tempdir()?;
/// # let report = temporary.path().join("report");
///
/// let names = ["report.html", "report.json", "drift.png"];
/// let folder = OutputFolder::create(&report, &names, &InputFiles::default())?;
/// folder.write("report.html", "<!doctype html>")?;
/// assert_eq!(folder.finish()?, [report.join("report.html")]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct OutputFolder {
    folder: PathBuf,
    staging: PathBuf,
    /// The names that a report may hold.
    names: Vec<String>,
    /// The folders that were made, the outermost first.
    made: Vec<PathBuf>,
    is_finished: bool,
}

impl OutputFolder {
    /// Makes a folder, before the long run. `names` are all files that a report in it may hold, with
    /// `/` between the parts of a name; those that are there and not written are removed at the
    /// end, and no other file is.
    ///
    /// # Errors
    /// When the folder cannot be made or written, or one of `names` in it is one of the inputs or a
    /// folder.
    pub fn create(
        folder: &Path,
        names: &[impl AsRef<str>],
        inputs: &InputFiles,
    ) -> Result<Self, Error> {
        let names: Vec<String> = names.iter().map(|name| name.as_ref().to_owned()).collect();
        for name in &names {
            let path = folder.join(name);
            inputs.refuse(&path)?;
            if path.is_dir() {
                return Err(Error::IsFolder { path });
            }
        }
        let failed = |source| Error::MakeFolder { path: folder.to_owned(), source };
        let made = unfinished::make_folders(folder).map_err(failed)?;
        match unfinished::begin(folder, |path| fs::create_dir(path), Unfinished::Staging) {
            Ok(((), staging)) => {
                Ok(Self { folder: folder.to_owned(), staging, names, made, is_finished: false })
            }
            Err(source) => {
                discard_folders(made);
                Err(failed(source))
            }
        }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// Writes a whole file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<(), Error> {
        let mut file = self.file(name)?;
        file.append(bytes)?;
        file.finish()
    }

    /// Opens a file to write piece by piece. A name may be opened once.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn file(&self, name: &str) -> Result<FolderFile, Error> {
        let path = self.folder.join(name);
        let staged = self.staging.join(name);
        let failed = |source| Error::Open { path: path.clone(), source };
        if let Some(parent) = staged.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        let file = File::create_new(&staged).map_err(failed)?;
        Ok(FolderFile { file: BufWriter::new(file), path })
    }

    /// Moves the files to their places, removes what an older report left there, and answers the
    /// files: those of the names that a report may hold in their order, then any others.
    ///
    /// # Errors
    /// When the disk is full, or a file cannot be moved or removed.
    pub fn finish(mut self) -> Result<Vec<PathBuf>, Error> {
        let written = self.written();
        let files = unfinished::finish(&Unfinished::Staging(self.staging.clone()), || {
            let moved = written.iter().map(|name| self.put(name)).collect::<Result<_, _>>()?;
            for name in &self.names {
                if !written.iter().any(|written| written == Path::new(name)) {
                    self.remove_old(name)?;
                }
            }
            Ok(moved)
        })?;
        self.is_finished = true;
        // Nothing but empty folders is left in it.
        let _ = fs::remove_dir_all(&self.staging);
        for path in self.made.drain(..) {
            unfinished::finish(&Unfinished::Folder(path), || Ok(()))?;
        }
        Ok(files)
    }

    /// The names of the files that were written.
    fn written(&self) -> Vec<PathBuf> {
        let mut names = Vec::new();
        for entry in WalkDir::new(&self.staging).sort_by_file_name().into_iter().flatten() {
            if !entry.file_type().is_file() {
                continue;
            }
            let name = entry.path().strip_prefix(&self.staging).unwrap_or(entry.path());
            names.push(name.to_owned());
        }
        let place = |path: &PathBuf| {
            let at = self.names.iter().position(|name| Path::new(name) == path);
            at.unwrap_or(self.names.len())
        };
        names.sort_by_key(place);
        names
    }

    fn put(&self, name: &Path) -> Result<PathBuf, Error> {
        let path = self.folder.join(name);
        let failed = |source| Error::Rename { path: path.clone(), source };
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        fs::rename(self.staging.join(name), &path).map_err(failed)?;
        Ok(path)
    }

    /// Removes a file of an older report, and its folder where nothing else is in it.
    fn remove_old(&self, name: &str) -> Result<(), Error> {
        let path = self.folder.join(name);
        match fs::remove_file(&path) {
            Err(source)
                if !matches!(
                    source.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                return Err(Error::Remove { path, source });
            }
            _ => {}
        }
        if let Some(parent) = path.parent().filter(|parent| *parent != self.folder) {
            // Not empty: something else is in it.
            let _ = fs::remove_dir(parent);
        }
        Ok(())
    }
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        if !self.is_finished {
            unfinished::discard(&Unfinished::Staging(self.staging.clone()));
            discard_folders(std::mem::take(&mut self.made));
        }
    }
}

/// Removes folders that were made, the innermost first, where they are empty.
fn discard_folders(made: Vec<PathBuf>) {
    made.into_iter().rev().for_each(|path| unfinished::discard(&Unfinished::Folder(path)));
}

/// One file of an [`OutputFolder`] while it is written.
#[derive(Debug)]
pub struct FolderFile {
    file: BufWriter<File>,
    path: PathBuf,
}

impl FolderFile {
    /// Writes the next part.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn append(&mut self, bytes: impl AsRef<[u8]>) -> Result<(), Error> {
        let written = self.file.write_all(bytes.as_ref());
        written.map_err(|source| Error::Write { path: self.path.clone(), source })
    }

    /// Writes what is left, and waits until it is on the disk.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn finish(mut self) -> Result<(), Error> {
        let flushed = self.file.flush().and_then(|()| synced(self.file.get_ref()));
        flushed.map_err(|source| Error::Write { path: self.path, source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 3] = ["report.html", "drift.png", "evidence/records.jsonl"];

    fn create(path: &Path) -> OutputFolder {
        OutputFolder::create(path, &NAMES, &InputFiles::default()).unwrap()
    }

    #[test]
    fn a_folder_that_is_used_again_holds_nothing_stale_and_what_is_not_ours() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b");
        let first = create(&path);
        NAMES.iter().for_each(|name| first.write(name, "first").unwrap());
        assert_eq!(first.finish().unwrap(), NAMES.map(|name| path.join(name)));
        fs::write(path.join("notes.txt"), "mine").unwrap();
        let second = create(&path);
        second.write("report.html", "second").unwrap();
        assert_eq!(fs::read_to_string(path.join("report.html")).unwrap(), "first");
        second.finish().unwrap();
        assert_eq!(fs::read_to_string(path.join("report.html")).unwrap(), "second");
        let mut left: Vec<_> =
            fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["notes.txt", "report.html"]);
    }

    #[test]
    fn a_folder_that_is_not_finished_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let begun = create(&folder.path().join("a/b"));
        begun.write("report.html", "x").unwrap();
        drop(begun);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_in_the_place_of_the_folder_and_an_input_in_it_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "x").unwrap();
        for path in [file.clone(), file.join("deeper")] {
            let refused = OutputFolder::create(&path, &NAMES, &InputFiles::default());
            assert!(matches!(refused, Err(Error::MakeFolder { .. })));
        }
        let input = folder.path().join("report.html");
        fs::write(&input, "x").unwrap();
        let mut inputs = InputFiles::default();
        inputs.add(&input);
        let refused = OutputFolder::create(folder.path(), &NAMES, &inputs);
        assert!(matches!(refused, Err(Error::IsInput { .. })));
    }
}
