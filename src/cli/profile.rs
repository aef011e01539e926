//! `cotprint profile`: a small file that stands for a corpus where a later one is measured against it.

use super::{Common, inputs::ScoringArguments, output::Output, progress::Progress};
use crate::{
    analysis::{merged_profiles, profile},
    lineage::Profile,
    output::InputFiles,
    report::numbers::counted,
};
use clap::{Args, Subcommand};
use std::{io::Write, path::PathBuf};

/// Arguments of `profile`.
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Arguments {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    scoring: ScoringArguments,
    /// Profile to write
    #[arg(long, short, value_name = "FILE", required = true)]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Subcommand)]
enum Verb {
    /// Add profiles up to one profile of all their traces
    Merge(Merge),
}

/// Arguments of `profile merge`.
#[derive(Debug, Clone, Args)]
struct Merge {
    /// Profiles that were made with the same atlas
    #[arg(required = true, num_args = 2.., value_name = "PROFILE")]
    profiles: Vec<String>,
    /// Profile to write
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments, common: &Common) -> anyhow::Result<()> {
    if let Some(Verb::Merge(merge)) = &arguments.verb {
        let mut files = InputFiles::default();
        files.add_all(&merge.profiles);
        let output = Output::open(Some(&merge.output), "-o", &files)?;
        return write(&merged_profiles(&merge.profiles)?, output, common);
    }
    let scoring = &arguments.scoring;
    let atlas = scoring.open_atlas()?;
    let output = Output::open(arguments.output.as_deref(), "-o", &scoring.files_read()?)?;
    let progress = Progress::new(common);
    let scorer = scoring.scorer(&atlas)?.progress(&progress);
    write(&profile(&scorer, &scoring.inputs)?, output, common)
}

fn write(profile: &Profile, mut output: Output, common: &Common) -> anyhow::Result<()> {
    let bytes = profile.to_bytes()?;
    output.write_all(&bytes)?;
    output.finish()?;
    if !common.quiet {
        writeln!(
            anstream::stderr(),
            "a profile of {} on {}: {}",
            counted(profile.head.traces, "trace", "traces"),
            counted(profile.prompts(), "prompt", "prompts"),
            counted(bytes.len(), "byte", "bytes")
        )?;
    }
    Ok(())
}
