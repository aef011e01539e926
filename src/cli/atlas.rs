//! `cotprint atlas show` and `cotprint atlas verify`.

use super::inputs::open_atlas;
use crate::{
    atlas::Atlas,
    report::{escape, write_atlas},
};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::{io::Write, path::PathBuf};

/// Arguments of `atlas`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Clone, Subcommand)]
enum What {
    /// Show the models: their traces, data sets, subjects and languages
    Show(Which),
    /// Read the whole atlas and verify its checksum
    Verify(Which),
}

#[derive(Debug, Clone, Args)]
struct Which {
    /// Atlas [default: the atlas that is built in]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Atlas, named as for the other verbs
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    atlas: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Which {
    fn open(&self) -> anyhow::Result<(Atlas, String)> {
        let path = self.file.as_deref().or(self.atlas.as_deref());
        let name =
            path.map_or_else(|| "the embedded atlas".into(), |path| path.display().to_string());
        Ok((open_atlas(path)?, name))
    }
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match &arguments.what {
        What::Show(which) => {
            let (atlas, name) = which.open()?;
            if which.json {
                show_json(&atlas, &mut out)
            } else {
                Ok(write_atlas(&atlas, &name, &mut out)?)
            }
        }
        What::Verify(which) => {
            let (atlas, name) = which.open()?;
            if which.json {
                let answer = json!({ "atlas": name, "checksum": atlas.checksum, "ok": true });
                return Ok(writeln!(out, "{answer}")?);
            }
            writeln!(
                out,
                "{}: sound. {} references, {} traces, checksum {}",
                escape::name(&name),
                atlas.about.references.len(),
                atlas.traces(),
                atlas.checksum
            )?;
            Ok(())
        }
    }
}

fn show_json(atlas: &Atlas, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut about = serde_json::to_value(&atlas.about)?;
    about["checksum"] = Value::from(atlas.checksum.clone());
    about["features"] = atlas.model.vectorizer.vocabulary().len().into();
    serde_json::to_writer_pretty(&mut *out, &about)?;
    Ok(writeln!(out)?)
}
