//! `cotprint fit`: learns an atlas from labelled traces.

use super::{Common, labelled::LabelledArguments, output::Output, progress::Progress};
use crate::atlas::{Atlas, LearnOptions, learn};
use clap::Args;
use std::{io::Write, path::PathBuf};

/// Arguments of `fit`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    #[command(flatten)]
    labelled: LabelledArguments,
    /// The atlas to write
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// Learn the word frequencies of the classic measures of stylometry too, for --method
    #[arg(long)]
    classic: bool,
    /// Print what was learned as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments, common: &Common) -> anyhow::Result<()> {
    let mut options =
        LearnOptions { classic: arguments.classic, ..arguments.labelled.options(common)? };
    let mut output = Output::open(Some(&arguments.output))?;
    let progress = Progress::stages(common);
    let traces = arguments.labelled.read(&mut options, &progress)?.traces;
    let learned = learn(&traces, &options, &|stage| progress.stage(stage))?;
    output.write_all(&learned.bytes)?;
    output.finish()?;
    progress.done();
    for (reason, count) in &learned.dropped {
        progress.say(&format!("not learned from: {count} × {reason}"));
    }
    if arguments.json {
        let mut out = std::io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &learned.atlas.about)?;
        writeln!(out)?;
    } else {
        progress.say(&summary(&learned.atlas, learned.bytes.len(), arguments));
    }
    Ok(())
}

fn summary(atlas: &Atlas, bytes: usize, arguments: &Arguments) -> String {
    let about = &atlas.about;
    let validation = &about.cross_validation;
    format!(
        "learned {} references from {} traces → {} ({:.1} MB). On prompts held out ({} folds): the \
         right reference first for {:.1} % of traces, among the first five for {:.1} %; log loss {:.2}, \
         calibration error {:.3}",
        about.references.len(),
        atlas.traces(),
        arguments.output.display(),
        bytes as f64 / 1e6,
        validation.folds,
        100.0 * validation.top1,
        100.0 * validation.top5,
        validation.log_loss,
        validation.calibration_error
    )
}
