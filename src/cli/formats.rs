//! `cotprint formats`: what is understood.

use crate::ingest::{CONTAINERS, MAPPABLE, formats};
use crate::report::write_formats;
use clap::Args;
use serde_json::json;
use std::io::Write;

/// Arguments of `formats`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if !arguments.json {
        let how = format!(
            "--format NAME forces one format; --map FIELD=/JSON/POINTER says where a field stands. \
             Fields: {}.",
            MAPPABLE.join(", ")
        );
        return Ok(write_formats(&how, &mut out)?);
    }
    let formats: Vec<_> = formats()
        .iter()
        .map(|format| {
            json!({
                "name": format.name,
                "kind": format.kind,
                "about": format.about,
                "no_reasoning": format.no_reasoning,
            })
        })
        .collect();
    let containers: Vec<_> =
        CONTAINERS.iter().map(|(name, about)| json!({"name": name, "about": about})).collect();
    let all = json!({"formats": formats, "containers": containers, "mappable_fields": MAPPABLE});
    serde_json::to_writer_pretty(&mut out, &all)?;
    Ok(writeln!(out)?)
}
