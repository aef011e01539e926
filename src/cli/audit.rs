//! `cotprint audit`: the share of each reference in a data set of mixed or unknown origin.

use super::{
    Common, TooLittleText,
    inputs::{ScoringArguments, input_summary},
    output::open_report,
    quoted, shows_colour,
};
use crate::{
    ingest::{
        Survey,
        cleaning::{DuplicateFinder, examine},
    },
    lineage::{
        CompareOptions,
        audit::{AuditKind, Records, audit},
    },
    report::{REPORT_FILES, TerminalOptions, escaped_json, write_audit, write_audit_report},
    trace::{CleaningStep, Trace},
};
use clap::Args;
use std::{io::Write, path::PathBuf};

/// Arguments of `audit`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    #[command(flatten)]
    scoring: ScoringArguments,
    /// Write the report into this folder: audit.html, audit.json and the shares as PNG and SVG
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Print JSON instead of the table
    #[arg(long)]
    json: bool,
    /// Bootstrap resamples over prompts
    #[arg(long, value_name = "N", default_value_t = 400, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    resamples: u32,
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments, common: &Common) -> anyhow::Result<()> {
    let scoring = &arguments.scoring;
    let atlas = scoring.open_atlas()?;
    let files = scoring.files_read()?;
    let report = arguments.report.as_deref();
    let report = report.map(|folder| open_report(folder, &REPORT_FILES, &files)).transpose()?;
    let text = scoring.reading.text;
    let mut cleaning = scoring.options(&atlas)?.cleaning;
    let names_masked = cleaning.mask_names;
    // Nothing in an audit shows them.
    cleaning.skip.push(CleaningStep::PromptQuotes);
    let mut records = Records::default();
    let mut survey = Survey::default();
    let mut duplicates = DuplicateFinder::default();
    let look = |trace: &Trace| examine(trace, text, &cleaning);
    let summary = scoring.score(&atlas, common, look, |trace, scored, mut marks| {
        if let Some(signature) = marks.signature.take() {
            duplicates.add(&trace.id, trace.model.as_deref(), signature);
        }
        survey.add(trace, &marks);
        match scored {
            Ok(scored) => records.add(&atlas, trace, text, &scored),
            Err(_) => records.add_too_short(),
        }
        Ok(())
    })?;
    let options = CompareOptions {
        seed: common.seed,
        resamples: arguments.resamples as usize,
        command: command_line(arguments, common),
        atlas: scoring.atlas_name(),
        method: scoring.method,
    };
    let input = input_summary(&summary, survey, duplicates.into_found(), names_masked);
    let found = audit(&atlas, &records, input, &options);

    // First the files: a reader of standard output may close it early.
    if let Some(folder) = report {
        write_audit_report(&found, folder.staging())?;
        let files = folder.finish()?;
        if !common.quiet {
            let page = files.first().map(|file| file.display().to_string()).unwrap_or_default();
            writeln!(
                anstream::stderr(),
                "wrote {page} and {} more files",
                files.len().saturating_sub(1)
            )?;
        }
    }
    let mut out = std::io::stdout().lock();
    if arguments.json {
        writeln!(out, "{}", escaped_json(&found)?.trim_end())?;
    } else {
        let options = TerminalOptions { color: shows_colour(), rows: 15 };
        write_audit(&found, options, &mut out)?;
    }
    out.flush()?;
    if found.kind == AuditKind::TooLittleText {
        return Err(TooLittleText(found.sentence()).into());
    }
    Ok(())
}

/// The command that gives the same result: without what changes only speed, noise or place.
fn command_line(arguments: &Arguments, common: &Common) -> String {
    let mut words = arguments.scoring.command("audit");
    words.extend(["--seed".into(), common.seed.to_string()]);
    words.extend(["--resamples".into(), arguments.resamples.to_string()]);
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}
