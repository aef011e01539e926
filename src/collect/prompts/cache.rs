//! Prompts that were fetched once, for the next time.
//!
//! A file for each set in the folder of the user's cache, readable by the user alone where the system
//! can say so. It holds prompts of public projects and no answers.

use super::{Prompt, fetch::in_order, read_prompts};
use crate::{
    collect::Error,
    output::{InputFiles, OutputFile},
};
use serde_json::json;
use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

/// The file of a set.
pub fn cached_at(cache: &Path, set: &str) -> PathBuf {
    let safe = |c: char| if c.is_alphanumeric() || "-_".contains(c) { c } else { '_' };
    cache.join("prompts").join(format!("{}.jsonl", set.chars().map(safe).collect::<String>()))
}

/// The prompts of a set that are stored, those that the atlas knows; `None` where there are none.
pub fn cached(cache: &Path, set: &str, known: &BTreeMap<u64, f64>) -> Option<Vec<Prompt>> {
    let stored = read_prompts(&cached_at(cache, set)).ok()?;
    let found = stored.into_iter().map(|prompt| (prompt.hash, prompt.text));
    Some(in_order(set, known, found)).filter(|prompts| !prompts.is_empty())
}

/// Stores the prompts of a set; answers the file.
///
/// # Errors
/// Where the folder cannot be made or the file cannot be written.
pub fn store(cache: &Path, set: &str, prompts: &[Prompt]) -> Result<PathBuf, Error> {
    let path = cached_at(cache, set);
    let folder = path.parent().unwrap_or(cache);
    fs::create_dir_all(folder)
        .map_err(|source| crate::output::Error::MakeFolder { path: folder.to_owned(), source })?;
    write_prompts(prompts, OutputFile::create(&path, &InputFiles::default())?)?;
    Ok(path)
}

/// Writes prompts as JSON Lines, for this program and for others.
///
/// # Errors
/// Where the file cannot be written.
pub fn write_prompts(prompts: &[Prompt], mut to: OutputFile) -> Result<(), Error> {
    for line in lines(prompts) {
        let path = to.path().to_owned();
        writeln!(to, "{line}").map_err(|source| crate::output::Error::Write { path, source })?;
    }
    Ok(to.finish()?)
}

/// A line of JSON for each prompt.
pub fn lines(prompts: &[Prompt]) -> impl Iterator<Item = String> + '_ {
    prompts.iter().map(|prompt| {
        let id = format!("{}:{:016x}", prompt.set, prompt.hash);
        json!({"prompt_id": id, "set": prompt.set, "prompt": prompt.text}).to_string()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_read_again_as_far_as_the_atlas_knows_it() {
        let folder = tempfile::tempdir().unwrap();
        let prompts = ["one duck?", "two\nducks?", "three ducks?"]
            .map(|text| Prompt::new(text, "my/set", None));
        let path = store(folder.path(), "my/set", &prompts).unwrap();
        assert!(path.ends_with("prompts/my_set.jsonl"));
        let known = BTreeMap::from([(prompts[0].hash, 3.0), (prompts[1].hash, 9.5)]);
        let read = cached(folder.path(), "my/set", &known).unwrap();
        let texts: Vec<&str> = read.iter().map(|prompt| prompt.text.as_str()).collect();
        assert_eq!(texts, ["two\nducks?", "one duck?"], "the most telling first");
        assert!(cached(folder.path(), "my/set", &BTreeMap::new()).is_none());
        assert!(cached(folder.path(), "other", &known).is_none());
    }
}
