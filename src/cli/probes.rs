//! `cotprint probes`: the prompts to run a new model on.

use super::{Common, inputs::open_atlas};
use crate::report::write_prompt_sets;
use clap::{Args, Subcommand};
use std::{io::Write, path::PathBuf};

#[cfg(feature = "collect")]
pub(super) use super::probes_fetch::{FetchArguments, default_set, is_set, no_set, prompts};

/// Arguments of `probes`.
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// Atlas whose prompts are listed [default: the atlas that is built in]
    #[arg(long, value_name = "FILE")]
    atlas: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Subcommand)]
enum Verb {
    /// Fetch the prompts of a set into the cache
    #[cfg(feature = "collect")]
    Fetch(super::probes_fetch::Fetch),
    /// Write the prompts of a set for a client of your own
    #[cfg(feature = "collect")]
    Export(super::probes_fetch::Export),
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments, common: &Common) -> anyhow::Result<()> {
    match &arguments.verb {
        #[cfg(feature = "collect")]
        Some(Verb::Fetch(fetch)) => return super::probes_fetch::fetch(fetch, common),
        #[cfg(feature = "collect")]
        Some(Verb::Export(export)) => return super::probes_fetch::export(export, common),
        _ => {
            let _ = common;
        }
    }
    let sets = open_atlas(arguments.atlas.as_deref())?.prompt_sets();
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &sets)?;
        return Ok(writeln!(out)?);
    }
    Ok(write_prompt_sets(&sets, &mut out)?)
}
