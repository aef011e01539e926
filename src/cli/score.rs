//! `cotprint score`: one line of JSON per trace, in input order, streaming.

use super::{Common, inputs::ScoringArguments, progress::Progress, records::RecordOutput};
use crate::{
    analysis::{Error, WideScore},
    attribution::MINIMUM_WORDS,
};
use clap::Args;
use std::{path::PathBuf, sync::Arc};

/// Arguments of `score`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    #[command(flatten)]
    scoring: ScoringArguments,
    /// File for the scores: .jsonl, .jsonl.gz, .jsonl.zst, .csv or .parquet [default: standard
    /// output]; the two tables have only the largest probability, unless --all is given
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write the K largest probabilities of a trace, and the sum of the rest [default: all, in JSON
    /// Lines]
    #[arg(long, value_name = "K", conflicts_with = "all", value_parser = clap::value_parser!(u16).range(1..))]
    top: Option<u16>,
    /// Write the probability of every reference: in a table, a column for each
    #[arg(long)]
    all: bool,
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
    let references: Arc<[String]> = match arguments.all {
        true => atlas.names().map(str::to_owned).collect(),
        false => Arc::default(),
    };
    let (path, columns) = (arguments.output.as_deref(), WideScore::columns(&references));
    let mut output = RecordOutput::with_columns(path, &scoring.files_read()?, &columns)?;
    let mut scored = 0;
    for record in scorer.read(&scoring.inputs)? {
        let mut record = record?;
        scored += usize::from(record.is_scored());
        if let Some(count) = arguments.top {
            record.keep_largest(usize::from(count));
        }
        output.write(&WideScore { record, references: references.clone() })?;
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
