//! `cotprint card`: the section of a model card on whom the traces resemble.

use super::{
    Common,
    inputs::{ScoringArguments, files_behind},
    output::Output,
    progress::Progress,
};
use crate::{
    analysis::{AnalysisOptions, Comparer, Error, Sections},
    lineage::VerdictKind,
    report::gate::card,
};
use clap::Args;
use std::{io::Write, path::PathBuf};

/// Arguments of `card`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    #[command(flatten)]
    scoring: ScoringArguments,
    /// Older corpus or its profile: also say what changed since
    #[arg(long, value_name = "INPUT")]
    baseline: Vec<String>,
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Number of bootstrap resamples of the prompts
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    resamples: u32,
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments, common: &Common) -> anyhow::Result<()> {
    let scoring = &arguments.scoring;
    let atlas = scoring.open_atlas()?;
    let mut files = scoring.files_read()?;
    files.join(files_behind(&[&arguments.baseline])?);
    let mut output = Output::open(arguments.output.as_deref(), "-o", &files)?;
    let progress = Progress::new(common);
    let options = AnalysisOptions {
        sections: Sections::BRIEF,
        ..scoring.options(common, arguments.resamples)?
    };
    let comparer = Comparer::with_options(&atlas, options)?.progress(&progress);
    let mut read = comparer.read(&scoring.inputs)?;
    if !arguments.baseline.is_empty() {
        read = read.baseline(&arguments.baseline)?;
    }
    let comparison = read.finish()?;
    if comparison.verdict.kind == VerdictKind::TooLittleText {
        return Err(Error::TooLittleText { sentence: comparison.verdict.sentence() }.into());
    }
    output.write_all(card(&comparison).as_bytes())?;
    output.finish()
}
