//! `cotprint features`: what the channels measure in each trace, a named number for each.

use super::{
    Common, output::refuse_standard_output, progress::Progress, reading::ReadingArguments,
    records::RecordOutput,
};
use crate::{analysis::FeatureReader, features::Channel, ingest};
use clap::{Args, builder::PossibleValuesParser, builder::TypedValueParser};
use std::path::PathBuf;

/// Arguments of `features`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    /// Files, folders, globs, or - for standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<String>,
    /// Channels to measure by, with commas between them [default: all that have named numbers]
    #[arg(long, value_name = "CHANNEL", value_delimiter = ',', value_parser = channel())]
    channels: Vec<Channel>,
    /// File for the numbers: .jsonl, .jsonl.gz, .jsonl.zst, .csv or .parquet [default: standard
    /// output]; the two tables have a column for each number
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    reading: ReadingArguments,
}

/// Reads the name of a channel that has named numbers.
fn channel() -> impl TypedValueParser<Value = Channel> {
    PossibleValuesParser::new(FeatureReader::channels().map(Channel::name))
        .try_map(|name| Channel::named(&name).ok_or("there is no such channel"))
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments, common: &Common) -> anyhow::Result<()> {
    let progress = Progress::new(common);
    let options = arguments.reading.options()?;
    let reader = FeatureReader::new(&arguments.channels, options)?.progress(&progress);
    let files = ingest::input_files(&arguments.inputs)?;
    refuse_standard_output(&files)?;
    let path = arguments.output.as_deref();
    let mut output = RecordOutput::with_columns(path, &files, &reader.columns())?;
    for record in reader.read(&arguments.inputs)? {
        output.write(&record?)?;
    }
    output.finish()
}
