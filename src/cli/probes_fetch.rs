//! `cotprint probes fetch` and `export`: the texts of the prompts of a set. `collect` gets them the same
//! way.

use super::{Common, inputs::open_atlas, output::Output, progress::Progress};
use crate::{
    atlas::{Atlas, PromptSet},
    collect::{
        Error, Prompt,
        prompts::{self, Fetched},
    },
    output::InputFiles,
};
use clap::Args;
use std::{
    io::Write,
    path::{Path, PathBuf},
};

/// Where prompts come from and are kept.
#[derive(Debug, Clone, Args)]
pub(super) struct FetchArguments {
    /// Clone or zip archive of the set's project, instead of the network
    #[arg(long, value_name = "PATH")]
    from: Option<PathBuf>,
    /// Address that stands in for https://raw.githubusercontent.com
    #[arg(long, value_name = "URL")]
    mirror: Option<String>,
    /// Folder for fetched prompts [default: cotprint in the user's cache]
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
}

/// Arguments of `probes fetch`.
#[derive(Debug, Clone, Args)]
pub(super) struct Fetch {
    /// Name of the set
    #[arg(value_name = "SET")]
    set: String,
    #[command(flatten)]
    fetch: FetchArguments,
    /// Atlas that knows the set [default: the atlas that is built in]
    #[arg(long, value_name = "FILE")]
    atlas: Option<PathBuf>,
}

/// Arguments of `probes export`.
#[derive(Debug, Clone, Args)]
pub(super) struct Export {
    /// Name of the set
    #[arg(value_name = "SET")]
    set: String,
    #[command(flatten)]
    fetch: FetchArguments,
    /// File for the prompts, a line of JSON for each [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Atlas that knows the set [default: the atlas that is built in]
    #[arg(long, value_name = "FILE")]
    atlas: Option<PathBuf>,
}

/// Fetches a set into the cache, whether it is there or not.
pub(super) fn fetch(arguments: &Fetch, common: &Common) -> anyhow::Result<()> {
    let progress = Progress::new(common);
    let atlas = open_atlas(arguments.atlas.as_deref())?;
    fresh(&atlas, &arguments.set, &arguments.fetch, &progress)?;
    Ok(())
}

/// Writes the prompts of a set, fetched where they are not there.
pub(super) fn export(arguments: &Export, common: &Common) -> anyhow::Result<()> {
    let progress = Progress::new(common);
    let atlas = open_atlas(arguments.atlas.as_deref())?;
    let mut inputs = InputFiles::default();
    arguments.fetch.from.iter().for_each(|path| inputs.add(path));
    let mut output = Output::open(arguments.output.as_deref(), "-o", &inputs)?;
    let prompts = prompts(&atlas, &arguments.set, &arguments.fetch, &progress)?;
    for line in prompts::lines(&prompts) {
        writeln!(output, "{line}")?;
    }
    output.finish()
}

/// The prompts of a set: those of the cache, else fetched. The most telling first.
pub(super) fn prompts(
    atlas: &Atlas,
    name: &str,
    fetch: &FetchArguments,
    progress: &Progress,
) -> anyhow::Result<Vec<Prompt>> {
    let cached = prompts::cached(&fetch.cache()?, name, &atlas.shared_prompts(name));
    match cached.filter(|_| fetch.from.is_none()) {
        Some(prompts) => Ok(prompts),
        None => fresh(atlas, name, fetch, progress),
    }
}

/// Fetches the prompts of a set and stores them.
fn fresh(
    atlas: &Atlas,
    name: &str,
    fetch: &FetchArguments,
    progress: &Progress,
) -> anyhow::Result<Vec<Prompt>> {
    let set = atlas.prompt_sets().into_iter().find(|set| set.name == name);
    let set = set.ok_or_else(|| no_set(atlas, name))?;
    let known = atlas.shared_prompts(name);
    // Before anything is fetched that could not be kept.
    let cache = fetch.cache()?;
    let Fetched { prompts, missing } = match &fetch.from {
        Some(copy) => prompts::from_copy(&set, &known, copy)?,
        None => {
            let mirror = fetch.mirror.as_deref();
            prompts::fetch(&set, &known, mirror, &|line| progress.note(line))?
        }
    };
    let path = prompts::store(&cache, name, &prompts)?;
    let all = known.len();
    let mut line = format!("{name}: {} of {all} prompts are in {}", prompts.len(), path.display());
    if missing > 0 {
        line.push_str(&format!("; {missing} were not found"));
    }
    progress.note(&line);
    Ok(prompts)
}

/// Whether the atlas has a set of this name.
pub(super) fn is_set(atlas: &Atlas, name: &str) -> bool {
    !atlas.shared_prompts(name).is_empty()
}

/// The error for a name that the atlas has no set for.
pub(super) fn no_set(atlas: &Atlas, name: &str) -> Error {
    let known = atlas.prompt_sets().into_iter().map(|set| set.name).collect();
    Error::NoSet { name: name.to_owned(), known }
}

/// The set that most references answered, of those that can be fetched.
pub(super) fn default_set(atlas: &Atlas) -> anyhow::Result<String> {
    let sets: Vec<PromptSet> = atlas.prompt_sets();
    let best = sets.iter().find(|set| set.files.is_some()).or_else(|| sets.first());
    best.map(|set| set.name.clone()).ok_or_else(|| {
        anyhow::anyhow!(
            "the atlas knows no prompts that several references answered; name a file of prompts with --prompts"
        )
    })
}

impl FetchArguments {
    /// The folder of the cache.
    fn cache(&self) -> anyhow::Result<PathBuf> {
        if let Some(folder) = &self.cache {
            return Ok(folder.clone());
        }
        let variable = |name: &str| {
            std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute())
        };
        let home = || variable("HOME").or_else(|| variable("USERPROFILE"));
        let folder = variable("XDG_CACHE_HOME").or_else(|| match std::env::consts::OS {
            "windows" => variable("LOCALAPPDATA"),
            "macos" => home().map(|home| home.join("Library/Caches")),
            _ => home().map(|home| home.join(Path::new(".cache"))),
        });
        let folder = folder.map(|folder| folder.join("cotprint"));
        folder.ok_or_else(|| {
            anyhow::anyhow!("there is no folder for the user's cache; name one with --cache")
        })
    }
}
