//! `cotprint score`: one line of JSON per trace, in input order, streaming.

use super::{Common, inputs::ScoringArguments, progress::Progress, records::RecordOutput};
use crate::{analysis::Error, attribution::MINIMUM_WORDS};
use clap::Args;
use std::path::PathBuf;

/// Arguments of `score`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    #[command(flatten)]
    scoring: ScoringArguments,
    /// File for the scores: .jsonl, .jsonl.gz, .jsonl.zst, .csv or .parquet [default: standard
    /// output]; the two tables have only the largest probability
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Accepted for uniformity: the output is JSON with or without it
    #[arg(long, hide = true)]
    json: bool,
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments, common: &Common) -> anyhow::Result<()> {
    let scoring = &arguments.scoring;
    let atlas = scoring.open_atlas()?;
    let progress = Progress::new(common);
    let scorer = scoring.scorer(&atlas)?.progress(&progress);
    let mut output = RecordOutput::open(arguments.output.as_deref(), &scoring.files_read()?)?;
    let mut scored = 0;
    for record in scorer.read(&scoring.inputs)? {
        let record = record?;
        scored += usize::from(record.is_scored());
        output.write(&record)?;
    }
    output.finish()?;
    if scored == 0 {
        let sentence = format!(
            "no trace has the {MINIMUM_WORDS} words that a score needs; give longer traces"
        );
        return Err(Error::TooLittleText { sentence }.into());
    }
    Ok(())
}
