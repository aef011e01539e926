//! A public prompt set → its prompts, from its address or from a copy.
//!
//! Comes in: a [`PromptSet`] of an atlas with the hashes of its prompts. Goes out: [`Fetched`], with
//! exactly the prompts whose hash the atlas knows, the most telling first. Called by `cli`.

use super::{Prompt, harvest::Harvest};
use crate::{
    atlas::{FileGroup, PromptFiles, PromptSet},
    collect::{Error, http::Http},
    ingest::{Limits, archive_files},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::Read,
    path::Path,
    time::Duration,
};
use walkdir::WalkDir;

/// Where GitHub has single files.
const FILES: &str = "https://raw.githubusercontent.com";
/// The most bytes of one file.
const MOST_BYTES: usize = 256 << 20;
/// How long one file may take.
const TIMEOUT: Duration = Duration::from_secs(300);
/// Endings of files that may hold prompts, in a clone or an archive.
const ENDINGS: [&str; 8] = ["json", "jsonl", "ndjson", "txt", "md", "scr", "yaml", "yml"];

/// The prompts of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// In the order in which they are asked: the most telling first.
    pub prompts: Vec<Prompt>,
    /// Prompts that the atlas knows and that were not found.
    pub missing: usize,
}

/// Fetches the prompts of a set. `known` are its hashes, with how much each is
/// worth asking;
/// `mirror` stands in for the address of GitHub's files; `say` is told what is fetched.
///
/// # Errors
/// Where the set cannot be fetched file by file, nothing answers, or none of the prompts is there.
pub fn fetch(
    set: &PromptSet,
    known: &BTreeMap<u64, f64>,
    mirror: Option<&str>,
    say: &dyn Fn(&str),
) -> Result<Fetched, Error> {
    let failed = |why: String| Error::NotFetched { name: set.name.clone(), why };
    let address = set.url.as_deref().unwrap_or_default();
    let Some(files) = &set.files else {
        let mut why = "they are not to be had file by file".to_owned();
        if !address.is_empty() {
            why.push_str(&format!("; clone {address}"));
        }
        return Err(failed(why));
    };
    say(&what_is_fetched(set, files));
    let wanted: BTreeSet<u64> = known.keys().copied().collect();
    let mut harvest = Harvest::new(&wanted);
    let http = Http::new(TIMEOUT);
    let mut problem = None;
    for (group, path) in
        files.groups.iter().flat_map(|group| group.paths.iter().map(move |p| (group, p)))
    {
        if harvest.is_complete() {
            break;
        }
        let url = url(mirror.unwrap_or(FILES), group, address, path);
        match http.send(&url, &[], None, MOST_BYTES) {
            Ok(reply) if reply.status == 200 && !reply.too_long && reply.cut.is_none() => {
                harvest.file(reply.bytes, group.xor.as_deref());
            }
            Ok(reply) => problem = Some(format!("{url} answers with status {}", reply.status)),
            Err(broken) => {
                return Err(failed(format!("{url} cannot be had: {}", broken.sentence())));
            }
        }
    }
    if harvest.found.is_empty()
        && let Some(problem) = problem
    {
        return Err(failed(problem));
    }
    fetched(set, known, harvest, address)
}

/// Finds the prompts of a set in a clone, an unpacked or packed archive, or a single file.
///
/// # Errors
/// Where it cannot be read, or none of the prompts is there.
pub fn from_copy(
    set: &PromptSet,
    known: &BTreeMap<u64, f64>,
    copy: &Path,
) -> Result<Fetched, Error> {
    let wanted: BTreeSet<u64> = known.keys().copied().collect();
    let mut harvest = Harvest::new(&wanted);
    let place = copy.display().to_string();
    let unreadable = |source| Error::Read { file: copy.to_owned(), source };
    if copy.is_dir() {
        // The folders of git hold no files of the project.
        let entries = WalkDir::new(copy).sort_by_file_name().into_iter();
        let entries = entries.filter_entry(|entry| entry.file_name() != ".git");
        for entry in entries.flatten().filter(|entry| entry.file_type().is_file()) {
            let name = entry.path().to_string_lossy().replace('\\', "/");
            if harvest.is_complete() {
                break;
            }
            if wants(&name)
                && let Ok(Some(bytes)) = content(entry.path())
            {
                harvest.file(bytes, key(set, &name));
            }
        }
        return fetched(set, known, harvest, &place);
    }
    let mut start = [0_u8; 2];
    let read =
        File::open(copy).and_then(|file| file.take(2).read(&mut start)).map_err(unreadable)?;
    if read == 2 && start == *b"PK" {
        let limits = Limits { record_bytes: MOST_BYTES, ..Limits::default() };
        let mut visit = |name: &str, bytes| harvest.file(bytes, key(set, name));
        archive_files(copy, &limits, &wants, &mut visit).map_err(|error| Error::NotFetched {
            name: set.name.clone(),
            why: error.to_string(),
        })?;
    } else if let Some(bytes) = content(copy).map_err(unreadable)? {
        harvest.file(bytes, key(set, &place));
    }
    fetched(set, known, harvest, &place)
}

/// The prompts in the order in which they are asked.
pub(super) fn in_order(
    set: &str,
    known: &BTreeMap<u64, f64>,
    found: impl IntoIterator<Item = (u64, String)>,
) -> Vec<Prompt> {
    let mut prompts: Vec<Prompt> = found
        .into_iter()
        .filter(|(hash, _)| known.contains_key(hash))
        .map(|(hash, text)| Prompt { text, hash, set: set.to_owned(), id: None })
        .collect();
    let worth = |prompt: &Prompt| known.get(&prompt.hash).copied().unwrap_or_default();
    prompts.sort_by(|a, b| worth(b).total_cmp(&worth(a)).then(a.hash.cmp(&b.hash)));
    prompts.dedup_by_key(|prompt| prompt.hash);
    prompts
}

fn fetched(
    set: &PromptSet,
    known: &BTreeMap<u64, f64>,
    harvest: Harvest<'_>,
    place: &str,
) -> Result<Fetched, Error> {
    if harvest.found.is_empty() {
        return Err(Error::NoPrompts {
            name: set.name.clone(),
            place: place.to_owned(),
            found: harvest.looked,
            known: known.len(),
        });
    }
    let prompts = in_order(&set.name, known, harvest.found);
    Ok(Fetched { missing: known.len() - prompts.len(), prompts })
}

/// What is fetched from where, before it is.
fn what_is_fetched(set: &PromptSet, files: &PromptFiles) -> String {
    let count: usize = files.groups.iter().map(|group| group.paths.len()).sum();
    let from = files.groups.iter().find_map(|group| group.address.as_deref());
    format!(
        "fetching the prompts of {}: {count} {} from {}, about {} kB, licence {}",
        set.name,
        if count == 1 { "file" } else { "files" },
        from.or(set.url.as_deref()).unwrap_or_default(),
        files.bytes.div_ceil(1000),
        set.licence.as_deref().unwrap_or("not known"),
    )
}

/// The address of one file at its commit.
fn url(files: &str, group: &FileGroup, address: &str, path: &str) -> String {
    let address = group.address.as_deref().unwrap_or(address);
    let repository = address.trim_start_matches("https://github.com/").trim_matches('/');
    let path: String =
        path.chars().map(|c| if c == ' ' { "%20".into() } else { c.to_string() }).collect();
    format!("{}/{repository}/{}/{path}", files.trim_end_matches('/'), group.commit)
}

/// The key of a file that is scrambled, by its name.
fn key<'a>(set: &'a PromptSet, name: &str) -> Option<&'a str> {
    let groups = set.files.iter().flat_map(|files| &files.groups);
    let is_it = |group: &&FileGroup| {
        let file = |path: &String| path.rsplit('/').next().unwrap_or_default().to_owned();
        group.xor.is_some() && group.paths.iter().any(|path| name.ends_with(&file(path)))
    };
    groups.into_iter().find(is_it)?.xor.as_deref()
}

fn wants(name: &str) -> bool {
    let ending = name.rsplit('.').next().unwrap_or_default().to_lowercase();
    ENDINGS.contains(&ending.as_str())
}

/// The bytes of a file; `None` where there are too many.
fn content(path: &Path) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes).filter(|bytes| bytes.len() <= MOST_BYTES))
}
