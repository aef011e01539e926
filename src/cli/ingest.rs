//! `cotprint ingest`: any format → canonical records, and a table of what was read.

use super::{
    Common,
    inputs::{next_batch, nothing_usable},
    output::open_report,
    progress::Progress,
    quoted,
    reading::ReadingArguments,
    records::RecordOutput,
};
use crate::{
    ingest::{
        self, Survey,
        cleaning::{DuplicateFinder, examine},
    },
    report::{
        REPORT_FILES, Reading, escaped_json, write_explanations, write_overview,
        write_reading_report,
    },
    trace::{CleaningStep, Marks},
};
use clap::Args;
use rayon::prelude::*;
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
    /// Write the records to this file: .jsonl, .jsonl.gz, .jsonl.zst, .csv or .parquet [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print the summary as JSON instead of the table; records are then written with -o only
    #[arg(long)]
    json: bool,
    /// Show for each file which format was recognized and which field became the reasoning
    #[arg(long)]
    explain: bool,
    /// Write what was read, mended and dropped into this folder as a page: ingest.html and ingest.json
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Leave out traces that repeat an earlier one, word by word or nearly
    #[arg(long)]
    drop_duplicates: bool,
    #[command(flatten)]
    reading: ReadingArguments,
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments, common: &Common) -> anyhow::Result<()> {
    let options = arguments.reading.options()?;
    let (text, cleaning) = (options.text, options.cleaning.clone());
    if arguments.drop_duplicates && !cleaning.does(CleaningStep::Duplicates) {
        anyhow::bail!(
            "--drop-duplicates needs the step `duplicates`, and --skip-cleaning leaves it out; give one \
             of the two"
        );
    }
    // First the inputs: the output may lie in a folder that is read.
    let mut traces = ingest::open(&arguments.inputs, options)?;
    let files = ingest::input_files(&arguments.inputs)?;
    let report = arguments.report.as_deref();
    let report = report.map(|folder| open_report(folder, &REPORT_FILES, &files)).transpose()?;
    let mut writer = match &arguments.output {
        None if arguments.json => RecordOutput::nowhere(),
        path => RecordOutput::open(path.as_deref(), &files)?,
    };
    let progress = Progress::bytes(common, traces.total_bytes());
    progress.stage("reading");
    let mut survey = Survey::default();
    let mut duplicates = DuplicateFinder::default();
    let mut kept = 0;
    loop {
        let mut batch = next_batch(&mut traces)?;
        if batch.is_empty() {
            break;
        }
        let marks: Vec<Marks> = batch
            .par_iter_mut()
            .map(|trace| {
                let marks = examine(trace, text, &cleaning);
                marks.write(trace);
                marks
            })
            .collect();
        for (trace, mut marks) in batch.iter().zip(marks) {
            let repeats = marks.signature.take().is_some_and(|signature| {
                duplicates.add(&trace.id, trace.model.as_deref(), signature)
            });
            if repeats && arguments.drop_duplicates {
                continue;
            }
            kept += 1;
            survey.add(trace, &marks);
            writer.write(trace)?;
        }
        progress.position(traces.bytes_read());
    }
    progress.done();
    survey.finish();
    let explanations = traces.explanations().to_vec();
    let summary = traces.into_summary();
    let duplicates = duplicates.into_found();
    // First the file: a reader of standard output may close it early. Without a trace there is none.
    if kept > 0 {
        writer.finish()?;
    }

    let mut reading = Reading {
        summary: &summary,
        kept,
        survey: &survey,
        duplicates: &duplicates,
        explanations: Some(&explanations),
    };
    if let Some(folder) = report {
        write_reading_report(&reading, &arguments.command_line(), folder.staging())?;
        folder.finish()?;
    }
    if arguments.json {
        reading.explanations = reading.explanations.filter(|_| arguments.explain);
        let mut out = io::stdout().lock();
        out.write_all(escaped_json(&reading)?.as_bytes())?;
        out.flush()?;
    } else if !common.quiet || arguments.explain {
        // The table stands where the records do not.
        let to_file = arguments.output.as_deref().is_some_and(|path| path.as_os_str() != "-");
        let mut out: Box<dyn Write> =
            if to_file { Box::new(io::stdout().lock()) } else { Box::new(anstream::stderr()) };
        if arguments.explain {
            write_explanations(&explanations, &mut out)?;
        }
        if !common.quiet && summary.traces > 0 {
            write_overview(&summary, &survey, &duplicates, kept, &mut out)?;
        }
        out.flush()?;
    }
    if summary.traces == 0 {
        return Err(nothing_usable(&summary, text).into());
    }
    Ok(())
}

impl Arguments {
    /// The command that reads the same again: without what changes only where it goes.
    fn command_line(&self) -> String {
        let mut words = vec!["cotprint".to_owned(), "ingest".to_owned()];
        words.extend(self.inputs.iter().map(|input| quoted(input)));
        words.extend(self.reading.words().iter().map(|word| quoted(word)));
        if self.drop_duplicates {
            words.push("--drop-duplicates".into());
        }
        words.join(" ")
    }
}
