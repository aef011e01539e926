//! `hf://datasets/NAME` → the folder in the local cache of Hugging Face that holds the data set.
//!
//! Comes in: what the user named. Goes out: a path on the disk; nothing is ever fetched. A data set
//! that is not there gives the command that fetches it. Called by `inputs`.
//!
//! The cache is laid out as `huggingface_hub` does it: `datasets--ORG--NAME/refs/main` names a
//! commit, and `snapshots/COMMIT/` holds its files.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::error::Error;

/// A data set, or a file or folder in it.
struct Address<'a> {
    /// `ORG/NAME`, or `NAME` alone.
    name: String,
    revision: Option<&'a str>,
    /// The path in the data set; empty for all of it.
    path: &'a str,
}

/// The path of a data set that is named as `hf://datasets/ORG/NAME[@REVISION][/PATH]`; `None` where
/// the input is no such address.
///
/// # Errors
///
/// Where the address is not one of a data set, or the data set is not in the cache.
pub(super) fn locate(input: &str) -> Option<Result<PathBuf, Error>> {
    let rest = input.strip_prefix("hf://")?;
    Some(locate_in(&cache(|name| env::var_os(name)), input, rest))
}

fn locate_in(cache: &Path, input: &str, rest: &str) -> Result<PathBuf, Error> {
    let address = Address::of(rest).ok_or_else(|| Error::BadAddress { input: input.to_owned() })?;
    address.find(cache).ok_or_else(|| Error::NotInCache {
        input: input.to_owned(),
        cache: cache.display().to_string(),
        command: address.command(),
    })
}

/// Where the cache is.
fn cache(variable: impl Fn(&str) -> Option<std::ffi::OsString>) -> PathBuf {
    let folder = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || folder("HOME").or_else(|| folder("USERPROFILE")).unwrap_or_default();
    folder("HF_HUB_CACHE").or_else(|| folder("HUGGINGFACE_HUB_CACHE")).unwrap_or_else(|| {
        let all = folder("HF_HOME").unwrap_or_else(|| {
            let cache = folder("XDG_CACHE_HOME").unwrap_or_else(|| home().join(".cache"));
            cache.join("huggingface")
        });
        all.join("hub")
    })
}

impl<'a> Address<'a> {
    fn of(rest: &'a str) -> Option<Self> {
        let rest = rest.strip_prefix("datasets/")?;
        let mut parts = rest.splitn(3, '/');
        let first = parts.next().unwrap_or_default();
        let second = parts.next().unwrap_or_default();
        let path = parts.next().unwrap_or_default().trim_end_matches('/');
        let (name, revision) = match first.split_once('@') {
            // A data set without an organization has its revision here.
            Some((name, revision)) => (name.to_owned(), Some(revision)),
            None if second.is_empty() => (first.to_owned(), None),
            None => match second.split_once('@') {
                Some((name, revision)) => (format!("{first}/{name}"), Some(revision)),
                None => (format!("{first}/{second}"), None),
            },
        };
        let is_word = |word: &str| {
            !word.starts_with('.')
                && !word.is_empty()
                && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        };
        let is_inside = path.split('/').all(|part| part != ".." && part != ".");
        // A revision may be a path itself, such as `refs/convert/parquet`; its slashes are escaped.
        let is_good = name.split('/').all(is_word)
            && is_inside
            && revision.is_none_or(|revision| is_word(&revision.replace("%2F", "-")));
        is_good.then_some(Self { name, revision, path })
    }

    fn find(&self, cache: &Path) -> Option<PathBuf> {
        let folder = cache.join(format!("datasets--{}", self.name.replace('/', "--")));
        let revision = self.revision.unwrap_or("main").replace("%2F", "/");
        let commit = fs::read_to_string(folder.join("refs").join(&revision)).ok();
        let commit = commit.as_deref().map_or(revision.as_str(), str::trim);
        if commit.is_empty() || commit.contains("..") {
            return None;
        }
        let snapshot = folder.join("snapshots").join(commit);
        let path = if self.path.is_empty() { snapshot } else { snapshot.join(self.path) };
        path.exists().then_some(path)
    }

    /// The command that fetches it.
    fn command(&self) -> String {
        let mut command = format!("hf download --repo-type dataset {}", self.name);
        if !self.path.is_empty() {
            // What is no plain word goes into quotes, as a shell takes it.
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/=".contains(&byte);
            let is_plain = self.path.bytes().all(plain);
            let path = match is_plain {
                true => self.path.to_owned(),
                false => format!("'{}'", self.path.replace('\'', r"'\''")),
            };
            command.push_str(&format!(" {path}"));
        }
        if let Some(revision) = self.revision {
            command.push_str(&format!(" --revision {}", revision.replace("%2F", "/")));
        }
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_is_where_the_variables_say() {
        let with = |set: &[(&str, &str)]| {
            cache(|name| set.iter().find(|(own, _)| *own == name).map(|(_, value)| value.into()))
        };
        assert_eq!(with(&[("HOME", "/h")]), Path::new("/h/.cache/huggingface/hub"));
        assert_eq!(with(&[("HOME", "/h"), ("HF_HOME", "/f")]), Path::new("/f/hub"));
        assert_eq!(with(&[("HF_HOME", "/f"), ("HF_HUB_CACHE", "/c")]), Path::new("/c"));
    }

    #[test]
    fn a_data_set_is_found_by_its_branch_or_commit() {
        let cache = tempfile::tempdir().unwrap();
        let folder = cache.path().join("datasets--acme--traces");
        let snapshot = folder.join("snapshots/c0ffee");
        fs::create_dir_all(snapshot.join("data")).unwrap();
        fs::create_dir_all(folder.join("refs/convert")).unwrap();
        fs::write(folder.join("refs/main"), "c0ffee\n").unwrap();
        fs::write(folder.join("refs/convert/parquet"), "c0ffee").unwrap();
        fs::write(snapshot.join("data/a.jsonl"), "{}").unwrap();
        let find = |rest: &str| locate_in(cache.path(), "x", rest);
        for (rest, path) in [
            ("datasets/acme/traces", ""),
            ("datasets/acme/traces/data/", "data"),
            ("datasets/acme/traces@c0ffee/data/a.jsonl", "data/a.jsonl"),
            ("datasets/acme/traces@convert%2Fparquet", ""),
        ] {
            assert_eq!(find(rest).unwrap(), snapshot.join(path), "{rest}");
        }
        for (rest, command) in [
            ("datasets/acme/other", "`hf download --repo-type dataset acme/other`"),
            ("datasets/gsm", "`hf download --repo-type dataset gsm`"),
            ("datasets/acme/traces@v2/a b", "dataset acme/traces 'a b' --revision v2`"),
        ] {
            let error = find(rest).unwrap_err().to_string();
            assert!(error.contains(command), "{error}");
        }
        for rest in ["datasets/", "acme/traces", "datasets/a/../b", "datasets/a/b/../../c"] {
            assert!(matches!(find(rest), Err(Error::BadAddress { .. })), "{rest}");
        }
    }
}
