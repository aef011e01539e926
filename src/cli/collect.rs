//! `cotprint collect`: ask an endpoint the prompts that the references answered.

use super::{
    Common,
    choices::error_rate,
    collect_options::{Asking, Reaching},
    collect_verdict::{Looks, Verdict, Watched},
    probes::{self, FetchArguments},
    progress::Progress,
};
use crate::{
    atlas::Atlas,
    collect::{self, Collected, Prompt, Settings},
    lineage::ERROR_RATE,
    output::InputFiles,
    report::numbers::percent,
};
use clap::Args;
use std::{
    cell::Cell,
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// Arguments of `collect`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    #[command(flatten)]
    reaching: Reaching,
    #[command(flatten)]
    asking: Asking,
    /// Set of the atlas (`cotprint probes` lists them), or file of your own prompts; repeat for several
    /// [default: the set that most references answered]
    #[arg(long, value_name = "SET|FILE")]
    prompts: Vec<String>,
    /// Ask so many prompts, the most telling first
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    #[command(flatten)]
    fetch: FetchArguments,
    /// File that the answers are added to, or with several models the folder for their files
    /// [default: the model's name with .jsonl]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Atlas whose prompts are asked [default: the atlas that is built in]
    #[arg(long, value_name = "FILE")]
    atlas: Option<PathBuf>,
    /// End with the verdict, and stop asking once it names somebody for sure
    #[arg(long)]
    compare: bool,
    /// Write a report of the verdict into this folder
    #[arg(long, value_name = "DIR", requires = "compare")]
    report: Option<PathBuf>,
    /// Share of unknown models that may be named, by all looks together
    #[arg(long, value_name = "RATE", default_value_t = ERROR_RATE, value_parser = error_rate, requires = "compare")]
    error_rate: f64,
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments, common: &Common) -> anyhow::Result<()> {
    let progress = Progress::new(common);
    // What can be wrong on the command line is said before anything is fetched.
    let (connection, api) = arguments.reaching.connection()?;
    let files = files(&arguments.asking.models, arguments.output.as_deref())?;
    if arguments.compare && files.len() > 1 {
        anyhow::bail!("--compare takes one model; `cotprint compare` takes the files of several");
    }
    let mut inputs = InputFiles::default();
    arguments.asking.system.iter().for_each(|path| inputs.add(path));
    let atlas = super::inputs::open_atlas(arguments.atlas.as_deref())?;
    let prompts = prompts(arguments, &atlas, &mut inputs, &progress)?;
    let mut settings = arguments.asking.settings(api)?;
    if settings.system.is_some() {
        progress.note(
            "a system prompt stands in front of every prompt. The references were asked without one, \
             and it changes the style",
        );
    }
    for (model, file) in &files {
        settings.model.clone_from(model);
        let options = collect::CollectOptions {
            connection: connection.clone(),
            settings: settings.clone(),
            samples: arguments.asking.samples,
            concurrency: usize::from(arguments.asking.concurrency),
            unlisted: arguments.asking.unlisted,
            without_reasoning: arguments.asking.without_reasoning,
        };
        let verdict = arguments.compare.then(|| {
            let wanted = prompts.iter().map(|prompt| prompt.hash).collect::<BTreeSet<u64>>().len();
            let wanted = wanted * arguments.asking.samples as usize;
            Verdict {
                atlas: &atlas,
                atlas_name: arguments.atlas_name(),
                file,
                looks: Looks::plan(wanted, arguments.error_rate),
                taken: Cell::new(0),
            }
        });
        let watch = Watched { progress: &progress, verdict };
        progress.counting(&format!("asking {model}"), 0);
        let collected = collect::collect(&prompts, &options, file, &inputs, &watch);
        progress.finished();
        match collected {
            Ok(collected) => {
                told(&collected, file, &settings, arguments.compare)
                    .iter()
                    .for_each(|line| progress.note(line));
            }
            // A verdict can do without the answers that are missing.
            Err(error @ collect::Error::Incomplete { .. }) if arguments.compare => {
                progress.note(&error.to_string());
            }
            Err(error) => return Err(error.into()),
        }
        if let Some(verdict) = &watch.verdict {
            return arguments.finish(verdict, common, &progress);
        }
    }
    progress.note(&next(&files));
    Ok(())
}

impl Arguments {
    /// What to call the atlas.
    fn atlas_name(&self) -> String {
        self.atlas.as_ref().map_or_else(|| "embedded".into(), |path| path.display().to_string())
    }

    /// The comparison of all answers, as the last look.
    fn finish(
        &self,
        verdict: &Verdict<'_>,
        common: &Common,
        progress: &Progress,
    ) -> anyhow::Result<()> {
        let Looks { at, rate } = &verdict.looks;
        if at.len() > 1 {
            progress.note(&format!(
                "the verdict is looked at up to {} times, each time with an error rate of {}: {} in all",
                at.len(),
                percent(*rate),
                percent(self.error_rate)
            ));
        }
        let mut words =
            vec!["cotprint".into(), "compare".into(), verdict.file.display().to_string()];
        words.extend(["--error-rate".into(), rate.to_string()]);
        for (option, path) in [("--atlas", &self.atlas), ("--report", &self.report)] {
            if let Some(path) = path {
                words.extend([option.to_owned(), path.display().to_string()]);
            }
        }
        super::run_words(&words, common)
    }
}

/// The file of each model.
fn files(models: &[String], output: Option<&Path>) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let name = |model: &str| {
        let safe = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' };
        let name: String = model.chars().map(safe).collect();
        format!("{}.jsonl", name.trim_start_matches('.'))
    };
    if let [model] = models {
        let file = match output {
            Some(folder) if folder.is_dir() => folder.join(name(model)),
            Some(file) => file.to_owned(),
            None => name(model).into(),
        };
        let ending = file.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        if !["jsonl", "ndjson"].contains(&ending.as_str()) {
            anyhow::bail!(
                "-o {}: answers are added line by line, which this kind of file cannot take; name a file \
                 that ends in .jsonl. `cotprint ingest` turns it into others",
                file.display()
            );
        }
        return Ok(vec![(model.clone(), file)]);
    }
    let folder = output.unwrap_or(Path::new("."));
    if folder.is_file() {
        anyhow::bail!("-o {} is a file; with several models name a folder", folder.display());
    }
    std::fs::create_dir_all(folder)
        .map_err(|error| anyhow::anyhow!("cannot make the folder {}: {error}", folder.display()))?;
    let files: Vec<(String, PathBuf)> =
        models.iter().map(|model| (model.clone(), folder.join(name(model)))).collect();
    let different: BTreeSet<&Path> = files.iter().map(|(_, file)| file.as_path()).collect();
    if different.len() < files.len() {
        anyhow::bail!("two of the models would have the same file; ask them one by one with -o");
    }
    Ok(files)
}

/// The prompts that are asked, in the order in which they are: the first of each set, the second, …
fn prompts(
    arguments: &Arguments,
    atlas: &Atlas,
    inputs: &mut InputFiles,
    progress: &Progress,
) -> anyhow::Result<Vec<Prompt>> {
    let mut sets: Vec<Vec<Prompt>> = Vec::new();
    let mut own = 0;
    for name in &arguments.prompts {
        let path = Path::new(name);
        if probes::is_set(atlas, name) {
            sets.push(probes::prompts(atlas, name, &arguments.fetch, progress)?);
        } else if path.exists() {
            inputs.add(path);
            let read = collect::prompts::read_prompts(path)?;
            own += read.len();
            sets.push(read);
        } else {
            return Err(probes::no_set(atlas, name).into());
        }
    }
    if sets.is_empty() {
        let name = probes::default_set(atlas)?;
        sets.push(probes::prompts(atlas, &name, &arguments.fetch, progress)?);
    }
    let longest = sets.iter().map(Vec::len).max().unwrap_or(0);
    let mut prompts: Vec<Prompt> = (0..longest)
        .flat_map(|at| sets.iter().filter_map(move |set| set.get(at)))
        .cloned()
        .collect();
    let all = prompts.len();
    if own > 0 {
        let known = prompts.iter().filter(|p| atlas.panel.prompt(p.hash).is_some()).count();
        let mut line = format!("{known} of {all} prompts are known to the references");
        if known == 0 {
            line.push_str(
                ". Without known prompts the answer is often that nobody can be named: `cotprint probes` \
                 lists prompts that they answered",
            );
        }
        progress.note(&line);
    }
    prompts.truncate(arguments.limit as usize);
    if own > 0 && prompts.len() < all {
        progress
            .note(&format!("{} of {all} prompts are asked; --limit sets how many", prompts.len()));
    }
    Ok(prompts)
}

/// What a run came to, in sentences.
fn told(collected: &Collected, file: &Path, settings: &Settings, compare: bool) -> Vec<String> {
    let Collected { answers, wanted, resumed, requests, tokens, .. } = collected;
    let mut lines = Vec::new();
    let mut line =
        format!("{}: {answers} of {wanted} answers of {}", file.display(), settings.model);
    if *resumed > 0 {
        line.push_str(&format!(", {resumed} of them from earlier runs"));
    }
    line.push_str(&format!("; {requests} requests, {tokens} tokens"));
    lines.push(line);
    if let Some(why) = &collected.ended {
        let more = if compare { "" } else { ". The same command goes on" };
        lines.push(format!("not all was asked: {why}{more}"));
    }
    if collected.without_reasoning > 0 {
        lines.push(format!(
            "{} answers hold no reasoning; `compare` passes them over",
            collected.without_reasoning
        ));
    }
    if collected.at_limit > 0 {
        lines.push(format!(
            "{} answers ended at the limit of tokens; a larger --max-tokens gives whole ones, in another file",
            collected.at_limit
        ));
    }
    lines
}

/// The command that follows.
fn next(files: &[(String, PathBuf)]) -> String {
    let quoted: Vec<String> = files.iter().map(|(_, file)| file.display().to_string()).collect();
    match quoted.as_slice() {
        [new, controls @ ..] if !controls.is_empty() => format!(
            "next: cotprint compare {new} --control KNOWN/MODEL={}, with the name that the atlas has for the model",
            controls.join(" --control KNOWN/MODEL=")
        ),
        _ => format!("next: cotprint compare {}", quoted.join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_has_a_file_of_its_own() {
        let names = |models: &[&str], output: Option<&str>| {
            let models: Vec<String> = models.iter().map(|name| (*name).to_owned()).collect();
            let files = files(&models, output.map(Path::new)).map_err(|error| error.to_string())?;
            Ok::<_, String>(
                files.into_iter().map(|(_, file)| file.display().to_string()).collect::<Vec<_>>(),
            )
        };
        assert_eq!(names(&["a/b:7"], None).unwrap(), ["a_b_7.jsonl"]);
        assert_eq!(names(&["../x"], None).unwrap(), ["_x.jsonl"]);
        assert_eq!(names(&["a"], Some("t.jsonl")).unwrap(), ["t.jsonl"]);
        assert!(names(&["a"], Some("t.parquet")).unwrap_err().contains("ends in .jsonl"));
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().display().to_string();
        assert_eq!(names(&["a", "b"], Some(&at)).unwrap().len(), 2);
        assert!(names(&["a/b", "a_b"], Some(&at)).unwrap_err().contains("same file"));
    }
}
