//! `cotprint audit`: the share of each reference in a data set of mixed or unknown origin.

use super::{
    Common,
    actions::{Printed, print},
    controls::ControlArguments,
    inputs::ScoringArguments,
    output::{open_report, wrote},
    progress::Progress,
    shows_colour,
    width::result_width,
};
use crate::{
    analysis::{Auditor, Error, Progress as _},
    lineage::audit::AuditKind,
    report::{REPORT_FILES, TerminalOptions, escaped_json, write_audit, write_audit_report},
};
use clap::Args;
use std::path::PathBuf;

/// Arguments of `audit`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    #[command(flatten)]
    scoring: ScoringArguments,
    #[command(flatten)]
    controls: ControlArguments,
    /// Write a report into this folder: a page, JSON and a figure
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Print JSON instead of the table
    #[arg(long)]
    json: bool,
    /// Print everything: families, records, what was read, and all limits
    #[arg(long, short)]
    verbose: bool,
    /// Number of bootstrap resamples of the prompts
    #[arg(long, value_name = "N", default_value_t = 400, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    resamples: u32,
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments, common: &Common) -> anyhow::Result<()> {
    let scoring = &arguments.scoring;
    let atlas = scoring.open_atlas()?;
    let mut files = scoring.files_read()?;
    files.join(arguments.controls.files_read()?);
    let report = arguments.report.as_deref();
    let report = report.map(|folder| open_report(folder, &REPORT_FILES, &files)).transpose()?;
    let progress = Progress::new(common);
    let options = scoring.options(common, arguments.resamples)?;
    let mut auditor = Auditor::with_options(&atlas, options)?.progress(&progress);
    for (reference, path) in arguments.controls.iter() {
        auditor = auditor.control(reference, path)?;
    }
    let found = auditor.audit(&scoring.inputs)?;

    // First the files: a reader of standard output may close it early.
    if let Some(folder) = report {
        write_audit_report(&found, &folder)?;
        progress.say(&wrote(&folder.finish()?));
    }
    print(Printed::json_if(arguments.json), |out| {
        if arguments.json {
            return Ok(writeln!(out, "{}", escaped_json(&found)?.trim_end())?);
        }
        let options = TerminalOptions {
            color: shows_colour(),
            rows: if arguments.verbose { 15 } else { 8 },
            width: result_width(),
            verbose: arguments.verbose,
        };
        Ok(write_audit(&found, options, out)?)
    })?;
    if found.kind == AuditKind::TooLittleText {
        return Err(Error::TooLittleText { sentence: found.sentence() }.into());
    }
    Ok(())
}
