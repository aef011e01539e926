//! `cotprint ingest`: any format → canonical records, and a table of what was read.

use super::{
    Common,
    actions::{self, Printed},
    advice::about_dropped,
    output::open_report,
    progress::Progress,
    reading::ReadingArguments,
    records::RecordOutput,
};
use crate::{
    analysis::{RecordsFound, read_records},
    ingest,
    report::{
        REPORT_FILES, Reading, escaped_json, write_explanations, write_overview,
        write_reading_report,
    },
};
use clap::Args;
use std::{
    io::{self, Write},
    path::PathBuf,
};

/// Arguments of `ingest`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    /// Files, folders, globs, or - for standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<String>,
    /// File for the records: .jsonl, .jsonl.gz, .jsonl.zst, .csv or .parquet [default: standard
    /// output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print the summary as JSON instead of the table; records then need -o
    #[arg(long)]
    json: bool,
    /// Show the format of each file, and which field became the reasoning
    #[arg(long)]
    explain: bool,
    /// Write a report into this folder: a page and JSON on what was read, mended and dropped
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Drop traces that repeat an earlier one exactly or nearly
    #[arg(long)]
    drop_duplicates: bool,
    #[command(flatten)]
    reading: ReadingArguments,
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments, common: &Common) -> anyhow::Result<()> {
    let options = arguments.reading.options()?;
    let text = options.text;
    let progress = Progress::new(common);
    // First the inputs: the output may lie in a folder that is read.
    let drop_duplicates = arguments.drop_duplicates;
    let mut records = read_records(&arguments.inputs, options, drop_duplicates, &progress)?;
    let files = ingest::input_files(&arguments.inputs)?;
    let report = arguments.report.as_deref();
    let report = report.map(|folder| open_report(folder, &REPORT_FILES, &files)).transpose()?;
    let mut writer = match &arguments.output {
        None if arguments.json => RecordOutput::nowhere(),
        path => RecordOutput::open(path.as_deref(), &files)?,
    };
    for record in records.by_ref() {
        writer.write(&record?)?;
    }
    let found = records.into_found();
    // First the file: a reader of standard output may close it early. Without a trace there is none.
    if found.kept > 0 {
        writer.finish()?;
    }
    if let Some(folder) = report {
        write_reading_report(&reading(&found), &common.invocation.command, &folder)?;
        folder.finish()?;
    }
    print(arguments, common, &found)?;
    Ok(found.require_traces(text)?)
}

/// Prints the summary as JSON, or as a table where the records are not.
fn print(arguments: &Arguments, common: &Common, found: &RecordsFound) -> anyhow::Result<()> {
    let mut reading = reading(found);
    if arguments.json {
        reading.explanations = reading.explanations.filter(|_| arguments.explain);
        let json = escaped_json(&reading)?;
        return actions::print(Printed::Json, |out| Ok(out.write_all(json.as_bytes())?));
    }
    if common.quiet && !arguments.explain {
        return Ok(());
    }
    let to_file = arguments.output.as_deref().is_some_and(|path| path.as_os_str() != "-");
    let mut out: Box<dyn Write> =
        if to_file { Box::new(io::stdout().lock()) } else { Box::new(anstream::stderr()) };
    let printed = actions::print_to(&mut out, Printed::Text, |out| {
        if arguments.explain {
            write_explanations(&found.explanations, out)?;
        }
        if !common.quiet && found.summary.traces > 0 {
            let RecordsFound { summary, survey, duplicates, kept, .. } = found;
            write_overview(summary, survey, duplicates, *kept, &about_dropped, out)?;
        }
        Ok(())
    });
    // What is said on standard error is no result: nothing can be done where it is full or closed.
    if to_file {
        printed?;
        out.flush()?;
    }
    Ok(())
}

/// What was read, as the report takes it.
fn reading(found: &RecordsFound) -> Reading<'_> {
    Reading {
        summary: &found.summary,
        kept: found.kept,
        survey: &found.survey,
        duplicates: &found.duplicates,
        explanations: Some(&found.explanations),
    }
}
