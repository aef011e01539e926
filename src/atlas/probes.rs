//! The prompt sets that an atlas's references answered: what a lab runs its model on for a paired
//! comparison.
//!
//! Comes in: an [`Atlas`]. Goes out: a [`PromptSet`] for each data set with shared prompts. Called
//! by `cli`. An atlas holds hashes of prompts, no text of them; where the public ones can be had,
//! and how they are stored there, stands in `assets/data-sets.json`, which `docs/corpora.md` is made
//! of too.

use super::opened::Atlas;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Public data sets, as [`PublicDataSet`]s.
const PUBLIC: &str = include_str!("../../assets/data-sets.json");
/// How telling prompts are, by their hashes; `docs/figures/telling.py` measures it.
const TELLING: &str = include_str!("../../assets/telling.json");
/// The figure of a prompt that was not measured: a middling one.
const NOT_MEASURED: f64 = 0.3;

/// What is known of a public data set beside what an atlas says.
#[derive(Debug, Clone, Default, Deserialize)]
struct PublicDataSet {
    name: String,
    about: String,
    licence: String,
    address: String,
    /// The commit at which the prompts stand as `stored` says.
    commit: Option<String>,
    /// In which files the prompts are, and how they are read.
    stored: Option<String>,
    /// The same for a program; `None` where they are not to be had file by file.
    files: Option<PromptFiles>,
}

/// The files that hold the prompts of a public set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromptFiles {
    /// Their size together, roughly.
    pub bytes: u64,
    /// Files that are had alike.
    pub groups: Vec<FileGroup>,
}

/// Files of one repository at one commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileGroup {
    /// The repository, where it is another than that of the set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// A commit at which they stand.
    pub commit: String,
    /// The key with which every byte was XORed, over and over, to keep the file from crawlers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub xor: Option<String>,
    /// Their places in the repository.
    pub paths: Vec<String>,
}

/// Empty only where the file is damaged, which a test rules out.
fn public_data_sets() -> Vec<PublicDataSet> {
    serde_json::from_str(PUBLIC).unwrap_or_default()
}

/// Empty only where the file is damaged, which a test rules out.
fn telling() -> BTreeMap<String, f64> {
    serde_json::from_str(TELLING).unwrap_or_default()
}

/// A data set whose prompts several references answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PromptSet {
    /// The data set's name, as the references' sources have it.
    pub name: String,
    /// What its prompts ask, where it is a public set that is known here.
    pub about: Option<String>,
    /// Its licence.
    pub licence: Option<String>,
    /// Where it can be had.
    pub url: Option<String>,
    /// The commit there at which the prompts stand as `stored` says; `None` where it is not known.
    pub commit: Option<String>,
    /// In which files there the prompts are, and how they are read.
    pub stored: Option<String>,
    /// The same for a program; `None` where they are not to be had file by file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<PromptFiles>,
    /// Prompts that at least [`SHARED_BY`](crate::attribution::panel::SHARED_BY) references
    /// answered.
    pub prompts: usize,
    /// References that can be compared on them.
    pub references: usize,
    /// Their families; a reference without one is its own.
    pub families: usize,
}

impl Atlas {
    /// The prompt sets that the references answered, the most references first. Empty where the
    /// atlas contains no panel of shared prompts.
    pub fn prompt_sets(&self) -> Vec<PromptSet> {
        let public = public_data_sets();
        let mut sets: Vec<PromptSet> = self
            .about
            .data_sets
            .iter()
            .enumerate()
            .map(|(data_set, name)| {
                let known = public.iter().find(|own| own.name == *name).cloned();
                let (about, licence, url, commit, stored, files) =
                    known.map_or_else(Default::default, |own| {
                        (
                            Some(own.about),
                            Some(own.licence),
                            Some(own.address),
                            own.commit,
                            own.stored,
                            own.files,
                        )
                    });
                let on = |member: &usize| self.about.references.get(*member);
                let members: Vec<usize> =
                    self.panel.on(data_set).filter(|m| m.paired).map(|m| m.reference).collect();
                let families: BTreeSet<&str> = members
                    .iter()
                    .filter_map(on)
                    .map(|reference| reference.family.as_deref().unwrap_or(&reference.name))
                    .collect();
                PromptSet {
                    name: name.clone(),
                    about,
                    licence,
                    url,
                    commit,
                    stored,
                    files,
                    prompts: self.panel.prompts.iter().filter(|p| p.data_set == data_set).count(),
                    references: members.len(),
                    families: families.len(),
                }
            })
            .filter(|set| set.prompts > 0)
            .collect();
        sets.sort_by(|a, b| b.references.cmp(&a.references).then_with(|| a.name.cmp(&b.name)));
        sets
    }

    /// The prompts of a set by their hashes, with how much each is worth asking: the number of
    /// references that answered it, times the share of what they differ in there that stays on other
    /// prompts (measured; a middling share where it was not). Empty where there is no such set.
    pub fn shared_prompts(&self, set: &str) -> BTreeMap<u64, f64> {
        let Some(at) = self.about.data_sets.iter().position(|name| name == set) else {
            return BTreeMap::new();
        };
        let telling = telling();
        let worth = |key: u64, references: usize| {
            let share = telling.get(&format!("{key:016x}")).copied().unwrap_or(NOT_MEASURED);
            references as f64 * share.max(0.0)
        };
        let own = self.panel.prompts.iter().filter(|prompt| prompt.data_set == at);
        own.map(|prompt| (prompt.key, worth(prompt.key, prompt.references))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_telling_prompts_are_is_read() {
        let all = telling();
        assert!(all.len() > 100);
        assert!(all.keys().all(|key| key.len() == 16 && u64::from_str_radix(key, 16).is_ok()));
        assert!(all.values().all(|share| (-1.0..=1.0).contains(share)));
    }

    #[test]
    fn public_data_sets_are_read_and_say_how_scrambled_prompts_are_read() {
        let all = public_data_sets();
        let names: BTreeSet<&str> = all.iter().map(|own| own.name.as_str()).collect();
        assert_eq!(names.len(), all.len());
        for own in &all {
            assert!(own.address.starts_with("https://") && !own.licence.is_empty(), "{own:?}");
            assert!(own.commit.as_ref().is_none_or(|commit| commit.len() == 40), "{own:?}");
            // A commit is of the files that hold the prompts.
            assert!(own.commit.is_none() || own.stored.is_some(), "{own:?}");
            for group in own.files.iter().flat_map(|files| &files.groups) {
                assert_eq!(group.commit.len(), 40, "{own:?}");
                let address = group.address.as_ref().unwrap_or(&own.address);
                assert!(address.starts_with("https://github.com/"), "{own:?}");
                let is_plain = |path: &String| !path.contains("..") && !path.starts_with('/');
                assert!(!group.paths.is_empty() && group.paths.iter().all(is_plain), "{own:?}");
            }
        }
        let scrambled = all.iter().find(|own| own.name == "misguided-attention").cloned();
        let stored = scrambled.and_then(|own| own.stored).unwrap_or_default();
        assert!(stored.contains("XOR") && stored.contains("scrambler.py -d"), "{stored}");
    }
}
