//! What the user named → a list of files.
//!
//! Comes in: paths, patterns and `-`. Goes out: the files in a fixed order, each with how it was
//! found. Called once by [`open`](super::open), before anything is read, so that a wrong path is
//! told before the long run.

use std::collections::HashSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::summary::{Note, Reason, Summary};
use super::{error::Error, hub};
use crate::trace::{Place, Position};

/// One thing to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Input {
    /// Standard input.
    Stdin,
    /// A file that the user named, by path or by pattern.
    Named(PathBuf),
    /// A file in a folder that the user named (given by its index in the list of folders).
    Found(PathBuf, usize),
}

/// All that is to be read.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    pub list: Vec<Input>,
    /// The folders that were named, as the user wrote them.
    pub folders: Vec<String>,
    /// Hidden files and folders that were passed over.
    pub hidden: usize,
    /// Folders with a report of this program, which were passed over.
    pub reports: usize,
    /// Files that were given, or found, again; they are read once.
    pub again: usize,
    /// Links in folders that lead nowhere, which were passed over.
    pub dead_links: Vec<PathBuf>,
}

/// Finds the files behind the inputs. Fails on the first input that leads to none.
pub(super) fn expand(inputs: &[String]) -> Result<Inputs, Error> {
    if inputs.is_empty() {
        return Err(Error::NoInput);
    }
    let mut all = Inputs::default();
    for input in inputs {
        let located = hub::locate(input).transpose()?;
        let path = located.as_deref().unwrap_or(Path::new(input));
        if input == "-" {
            all.list.push(Input::Stdin);
        } else if path.is_dir() {
            all.add_folder(path)?;
        } else if path.exists() {
            all.add_file(path)?;
        } else if input.contains(['*', '?', '[']) {
            all.add_pattern(input)?;
        } else {
            return Err(missing(path));
        }
    }
    all.read_once();
    Ok(all)
}

impl Inputs {
    /// Says in the summary what was passed over.
    pub fn tell(&self, summary: &mut Summary) {
        summary.note(Note::HiddenFile, self.hidden);
        summary.note(Note::OwnReport, self.reports);
        summary.note(Note::FileAgain, self.again);
        for link in &self.dead_links {
            let place = || Place { file: link.display().to_string(), position: Position::File };
            let detail = || "It leads to no file.".to_owned();
            summary.drop_one(Reason::DeadLink, place, detail);
        }
    }

    /// Leaves of a file that is given several times, or that a folder has under several names, the first:
    /// what a corpus says must not depend on how often it was named.
    fn read_once(&mut self) {
        let mut seen = HashSet::new();
        let before = self.list.len();
        self.list.retain(|input| match input {
            // The second time it is told to be empty. A pipe is another one each time that it is named.
            Input::Stdin => true,
            Input::Named(path) | Input::Found(path, _) if !path.is_file() => true,
            Input::Named(path) | Input::Found(path, _) => {
                path.canonicalize().map_or(true, |path| seen.insert(path))
            }
        });
        self.again = before - self.list.len();
    }

    fn add_file(&mut self, path: &Path) -> Result<(), Error> {
        check_readable(path)?;
        self.list.push(Input::Named(path.to_owned()));
        Ok(())
    }

    /// Adds the files of a folder and of the folders in it, sorted by name, level by level.
    fn add_folder(&mut self, folder: &Path) -> Result<(), Error> {
        let index = self.folders.len();
        self.folders.push(folder.display().to_string());
        let before = self.list.len();
        let (mut hidden, mut reports) = (0, 0);
        let walk = WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter();
        for entry in walk.filter_entry(|entry| {
            let keep = entry.depth() == 0 || !is_hidden(entry.path());
            hidden += usize::from(!keep);
            let report = keep && entry.depth() > 0 && is_report(entry.path());
            reports += usize::from(report);
            keep && !report
        }) {
            match entry {
                Ok(entry) if entry.file_type().is_file() => {
                    check_readable(entry.path())?;
                    self.list.push(Input::Found(entry.into_path(), index));
                }
                Ok(_) => {}
                // A link back to a folder above leads to files that are read already.
                Err(error) if error.loop_ancestor().is_some() => {}
                Err(error) if is_dead_link(&error) => {
                    self.dead_links.extend(error.path().map(Path::to_owned));
                }
                Err(error) => {
                    let path = error.path().unwrap_or(folder).display().to_string();
                    return Err(Error::Unreadable { path, source: error.into() });
                }
            }
        }
        self.hidden += hidden;
        self.reports += reports;
        if self.list.len() == before {
            return Err(Error::EmptyFolder { path: folder.display().to_string() });
        }
        Ok(())
    }

    /// Adds what a pattern matches: files, and the files of folders, each once.
    fn add_pattern(&mut self, pattern: &str) -> Result<(), Error> {
        let options =
            glob::MatchOptions { require_literal_leading_dot: true, ..Default::default() };
        let paths = glob::glob_with(pattern, options).map_err(|error| Error::BadPattern {
            pattern: pattern.to_owned(),
            detail: error.to_string(),
        })?;
        let mut seen = HashSet::new();
        let before = self.list.len();
        for path in paths {
            let path = path.map_err(|error| Error::Unreadable {
                path: error.path().display().to_string(),
                source: error.into(),
            })?;
            if path.is_file() {
                self.add_file(&path)?;
            } else if path.is_dir() {
                match self.add_folder(&path) {
                    Ok(()) | Err(Error::EmptyFolder { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        let added = self.list.split_off(before);
        self.list.extend(added.into_iter().filter(|input| match input {
            Input::Stdin => true,
            Input::Named(path) | Input::Found(path, _) => seen.insert(path.clone()),
        }));
        if self.list.len() == before {
            return Err(Error::NoMatch { pattern: pattern.to_owned() });
        }
        Ok(())
    }
}

/// Whether this is a link whose target is not there, or that leads to itself.
fn is_dead_link(error: &walkdir::Error) -> bool {
    let may_enter = (error.io_error())
        .is_some_and(|error| error.kind() != std::io::ErrorKind::PermissionDenied);
    may_enter && error.path().is_some_and(Path::is_symlink)
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

/// The pages of this program's reports, each with the data that stands next to it.
const REPORTS: [(&str, &str); 5] = [
    ("report.html", "report.json"),
    ("report.html", "check.json"),
    ("audit.html", "audit.json"),
    ("evaluation.html", "evaluation.json"),
    ("ingest.html", "ingest.json"),
];

/// What all of the pages have in their first bytes: they allow themselves nothing.
const PAGE: &[u8] =
    b"http-equiv=\"Content-Security-Policy\" content=\"default-src &#x27;none&#x27;";

/// Whether a folder holds a report of this program. A report quotes traces and holds none of its own. A
/// run may write its report into the folder that it reads; the next run must not read that report.
fn is_report(folder: &Path) -> bool {
    let is_page = |name: &str| {
        let mut head = Vec::new();
        let read = std::fs::File::open(folder.join(name))
            .and_then(|file| file.take(512).read_to_end(&mut head));
        read.is_ok() && memchr::memmem::find(&head, PAGE).is_some()
    };
    folder.is_dir()
        && REPORTS.iter().any(|(page, data)| folder.join(data).is_file() && is_page(page))
}

fn check_readable(path: &Path) -> Result<(), Error> {
    // A pipe (`<(zcat …)`) must not be opened twice, so only regular files are tried.
    if !path.is_file() {
        return Ok(());
    }
    std::fs::File::open(path)
        .map(drop)
        .map_err(|source| Error::Unreadable { path: path.display().to_string(), source })
}

/// A path that does not exist, or that leads through a folder which may not be entered.
fn missing(path: &Path) -> Error {
    let name = path.display().to_string();
    match path.metadata() {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Error::Unreadable { path: name, source }
        }
        _ => Error::NotFound { path: name },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.jsonl", "a.jsonl", ".hidden.jsonl", "sub/c.txt", "sub/.git/config"] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        folder
    }

    fn names(inputs: &Inputs) -> Vec<String> {
        inputs
            .list
            .iter()
            .map(|input| match input {
                Input::Stdin => "-".to_owned(),
                Input::Named(path) | Input::Found(path, _) => {
                    path.file_name().unwrap().to_string_lossy().into_owned()
                }
            })
            .collect()
    }

    fn at(folder: &tempfile::TempDir, name: &str) -> String {
        folder.path().join(name).display().to_string()
    }

    #[test]
    fn a_folder_is_read_in_order_without_hidden_files() {
        let folder = folder();
        let inputs = expand(&[at(&folder, "")]).unwrap();
        assert_eq!(names(&inputs), ["a.jsonl", "b.jsonl", "c.txt"]);
        assert_eq!(inputs.hidden, 2);
    }

    #[test]
    fn a_report_of_this_program_in_a_folder_is_no_input() {
        let folder = folder();
        let write = |name: &str, content: &[u8]| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        };
        let page = [b"<!doctype html><meta ".as_slice(), PAGE].concat();
        write("out/report.html", &page);
        write("out/report.json", b"{}");
        write("out/evidence/records.jsonl", b"{}");
        write("theirs/report.html", b"<p>");
        write("theirs/report.json", b"{}");
        let inputs = expand(&[at(&folder, "")]).unwrap();
        assert_eq!(names(&inputs), ["a.jsonl", "b.jsonl", "c.txt", "report.html", "report.json"]);
        assert_eq!(inputs.reports, 1);
    }

    #[test]
    fn patterns_files_and_standard_input_can_be_mixed() {
        let folder = folder();
        let inputs =
            expand(&[at(&folder, "*.jsonl"), "-".into(), at(&folder, "sub/c.txt")]).unwrap();
        assert_eq!(names(&inputs), ["a.jsonl", "b.jsonl", "-", "c.txt"]);
        let deep = expand(&[at(&folder, "**")]).unwrap();
        assert_eq!(names(&deep).iter().filter(|name| *name == "c.txt").count(), 1);
    }

    #[test]
    fn inputs_that_lead_nowhere_are_errors() {
        let folder = folder();
        let error = |input: &str| expand(&[at(&folder, input)]).unwrap_err();
        assert!(matches!(error("nowhere.jsonl"), Error::NotFound { .. }));
        assert!(matches!(error("*.parquet"), Error::NoMatch { .. }));
        assert!(matches!(error("a***"), Error::BadPattern { .. }));
        std::fs::create_dir(folder.path().join("empty")).unwrap();
        assert!(matches!(error("empty"), Error::EmptyFolder { .. }));
        assert!(matches!(expand(&[]), Err(Error::NoInput)));
    }

    #[test]
    fn a_file_that_is_given_several_times_is_read_once() {
        let folder = folder();
        let (a, sub) = (at(&folder, "a.jsonl"), at(&folder, "sub/../sub/c.txt"));
        let given = [a.clone(), a, at(&folder, ""), sub, "-".into()];
        let inputs = expand(&given).unwrap();
        assert_eq!(names(&inputs), ["a.jsonl", "b.jsonl", "c.txt", "-"]);
        assert_eq!(inputs.again, 3);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_one_with_their_file_and_dead_ones_are_told() {
        use std::os::unix::fs::symlink;
        let folder = folder();
        symlink("b.jsonl", folder.path().join("link.jsonl")).unwrap();
        symlink("nowhere.jsonl", folder.path().join("dead.jsonl")).unwrap();
        symlink("self.jsonl", folder.path().join("self.jsonl")).unwrap();
        let inputs = expand(&[at(&folder, "")]).unwrap();
        assert_eq!(names(&inputs), ["a.jsonl", "b.jsonl", "c.txt"]);
        let mut summary = Summary::default();
        inputs.tell(&mut summary);
        assert_eq!(summary.notes[&Note::FileAgain], 1);
        let dead = &summary.dropped[&Reason::DeadLink];
        assert_eq!(dead.count, 2);
        assert!(dead.first.file.ends_with("dead.jsonl"), "{}", dead.first);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_folder_above_does_not_loop() {
        let folder = folder();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("sub/up")).unwrap();
        assert_eq!(names(&expand(&[at(&folder, "")]).unwrap()).len(), 3);
    }
}
