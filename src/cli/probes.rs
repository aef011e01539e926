//! `cotprint probes`: the prompts to run a new model on.

use super::inputs::open_atlas;
use crate::report::write_prompt_sets;
use clap::Args;
use std::{io::Write, path::PathBuf};

/// Arguments of `probes`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    /// Atlas whose prompts are listed [default: the atlas that is built in]
    #[arg(long, value_name = "FILE")]
    atlas: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let sets = open_atlas(arguments.atlas.as_deref())?.prompt_sets();
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &sets)?;
        return Ok(writeln!(out)?);
    }
    Ok(write_prompt_sets(&sets, &mut out)?)
}
