//! `cotprint compare`: the verdict on a corpus.

use super::{
    Common, TooLittleText,
    baseline::tally_baseline,
    inputs::{ScoringArguments, input_summary},
    labelled::LabelledArguments,
    make_report_folder,
    progress::Progress,
    quoted, shows_colour,
};
use crate::{
    atlas::{Atlas, learn},
    ingest::{
        Survey,
        cleaning::{DuplicateFinder, Step, examine},
    },
    lineage::{
        CompareOptions, Comparison, Sample, Tally, VerdictKind, add_concordance, add_drift, compare,
    },
    report::{TerminalOptions, to_json, write_report, write_terminal},
    trace::Trace,
};
use clap::Args;
use std::{io::Write, path::PathBuf};

/// Arguments of `compare`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    #[command(flatten)]
    scoring: ScoringArguments,
    /// An older corpus, or its profile: also tell what moved from it to the input, and towards whom. May be
    /// given several times; best on the same prompts
    #[arg(long, value_name = "INPUT")]
    baseline: Vec<String>,
    /// Known models of your own to compare with instead of an atlas: files or folders whose records name
    /// their model, from which an atlas is learned first. May be given several times
    #[arg(long, value_name = "INPUT", conflicts_with = "atlas")]
    refs: Vec<String>,
    /// Write the report into this folder: report.html, report.json, report.md and the plots as PNG and SVG
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Print JSON instead of the table
    #[arg(long)]
    json: bool,
    /// Bootstrap resamples over prompts
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    resamples: u32,
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments, common: &Common) -> anyhow::Result<()> {
    let scoring = &arguments.scoring;
    let atlas = references(arguments, common)?;
    if let Some(folder) = &arguments.report {
        make_report_folder(folder)?;
    }
    let options = CompareOptions {
        seed: common.seed,
        resamples: arguments.resamples as usize,
        command: command_line(arguments, common),
        atlas: if arguments.refs.is_empty() {
            scoring.atlas_name()
        } else {
            "learned from --refs".into()
        },
        method: scoring.method,
    };
    let Compared { mut comparison, tally, .. } = compared(scoring, &atlas, common, &options)?;
    if !arguments.baseline.is_empty() {
        let baseline = tally_baseline(scoring, &arguments.baseline, &atlas, common)?;
        add_drift(&mut comparison, &atlas, &tally, &baseline, &options).map_err(TooLittleText)?;
    }

    // First the files: a reader of standard output may close it early.
    if let Some(folder) = &arguments.report {
        let files = write_report(&comparison, folder)?;
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
        writeln!(out, "{}", to_json(&comparison)?.trim_end())?;
    } else {
        write_terminal(
            &comparison,
            TerminalOptions { color: shows_colour(), ..TerminalOptions::default() },
            &mut out,
        )?;
    }
    out.flush()?;
    if comparison.verdict.kind == VerdictKind::TooLittleText {
        return Err(TooLittleText(comparison.verdict.sentence).into());
    }
    Ok(())
}

/// The atlas that was named, or one that is learned from the references that were given.
fn references(arguments: &Arguments, common: &Common) -> anyhow::Result<Atlas> {
    if arguments.refs.is_empty() {
        return arguments.scoring.open_atlas();
    }
    let labelled = LabelledArguments::of(&arguments.refs, &arguments.scoring.reading);
    let options = labelled.options(common)?;
    let progress = Progress::stages(common);
    let traces = labelled.read(&progress)?.traces;
    let learned = learn(&traces, &options, &|stage| progress.stage(stage))?;
    progress.done();
    for (reason, count) in &learned.dropped {
        progress.say(&format!("not learned from: {count} × {reason}"));
    }
    Ok(learned.atlas)
}

/// What came of reading, scoring and comparing the inputs.
pub(super) struct Compared {
    /// The comparison.
    pub comparison: Comparison,
    /// For what else is to be measured.
    pub tally: Tally,
    /// Some of the texts.
    pub sample: Sample,
}

/// Reads and scores the inputs, and compares them.
pub(super) fn compared(
    scoring: &ScoringArguments,
    atlas: &Atlas,
    common: &Common,
    options: &CompareOptions,
) -> anyhow::Result<Compared> {
    let text = scoring.reading.text;
    let mut cleaning = scoring.options(atlas)?.cleaning;
    let names_masked = cleaning.mask_names;
    // Nothing in a comparison shows them.
    cleaning.skip.push(Step::PromptQuotes);
    let mut tally = Tally::default();
    let mut sample = Sample::new(common.seed);
    let mut survey = Survey::default();
    let mut duplicates = DuplicateFinder::default();
    let look = |trace: &Trace| examine(trace, text, &cleaning);
    let summary = scoring.score(atlas, common, look, |trace, scored, mut marks| {
        if let Some(signature) = marks.signature.take() {
            duplicates.add(&trace.id, trace.model.as_deref(), signature);
        }
        survey.add(trace, &marks);
        match scored {
            Ok(scored) => {
                sample.add(tally.traces(), trace, text);
                tally.add(atlas, trace, text, scored);
            }
            Err(_) => tally.add_too_short(),
        }
        Ok(())
    })?;
    let input = input_summary(&summary, survey, duplicates.into_found(), names_masked);
    let mut comparison = compare(atlas, &tally, input, options);
    add_concordance(&mut comparison, &sample);
    Ok(Compared { comparison, tally, sample })
}

/// The command that gives the same result: without what changes only speed, noise or place.
fn command_line(arguments: &Arguments, common: &Common) -> String {
    let mut words = arguments.scoring.command("compare");
    for refs in &arguments.refs {
        words.extend(["--refs".into(), refs.clone()]);
    }
    for baseline in &arguments.baseline {
        words.extend(["--baseline".into(), baseline.clone()]);
    }
    words.extend(["--seed".into(), common.seed.to_string()]);
    words.extend(["--resamples".into(), arguments.resamples.to_string()]);
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}
