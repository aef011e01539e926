//! `cotprint check`: the gate of a release pipeline.
//!
//! Exit codes: 0 passed, 1 a rule failed as an error, 2 wrong usage, unreadable input or any failure of the tool, 3 too
//! little usable text. Only [`CheckFailed`] gives 1, and only the end of [`run`] gives 0: a closed pipe is no
//! pass, so that an output that nobody reads does not change the code.

use super::{
    Common,
    actions::in_actions,
    check_outputs::{Files, OutputArguments, print, write_step_summary},
    controls::ControlArguments,
    inputs::{ScoringArguments, files_behind},
    output::{Output, open_report},
    progress::Progress,
};
use crate::{
    analysis::{CheckResult, Checker, Progress as _, Sections},
    output::InputFiles,
    policy,
    report::{REPORT_FILES, gate::write_check_report},
};
use clap::Args;
use std::{
    io::Write,
    path::{Path, PathBuf},
};

/// Arguments of `check`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    #[command(flatten)]
    scoring: ScoringArguments,
    /// Policy: what the traces must and must not be
    #[arg(long, value_name = "FILE", default_value = "cotprint.toml")]
    policy: PathBuf,
    /// Write an example policy with comments, and check nothing [default: cotprint.toml]
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = "cotprint.toml", exclusive = true)]
    init: Option<PathBuf>,
    /// Older corpus or its profile, for rules about drift; repeat for several
    #[arg(long, value_name = "INPUT")]
    baseline: Vec<String>,
    #[command(flatten)]
    controls: ControlArguments,
    /// Print JSON instead of the table
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    outputs: OutputArguments,
    /// Write a report into this folder: a page with the rules on top, check.json, and what `compare
    /// --report` writes
    #[arg(long, value_name = "DIR", help_heading = "Outputs")]
    report: Option<PathBuf>,
    /// Least number of bootstrap resamples of the prompts; many rules need more
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    resamples: u32,
}

/// A rule failed: exit code 1.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct CheckFailed(String);

/// Runs the verb.
pub(super) fn run(arguments: &Arguments, common: &Common) -> anyhow::Result<()> {
    if let Some(path) = &arguments.init {
        return init(path, common);
    }
    let scoring = &arguments.scoring;
    let policy = policy::open(&arguments.policy)?;
    let mut read = scoring.files_read()?;
    read.join(files_behind(&[&arguments.baseline])?);
    read.join(arguments.controls.files_read()?);
    read.add(&arguments.policy);
    read.add_all(policy.rules.iter().map(|rule| &rule.file));
    let atlas = scoring.open_atlas()?;
    let progress = Progress::new(common);
    let mut options = scoring.options(common, arguments.resamples)?;
    if arguments.report.is_some() {
        options.sections = Sections::REPORT;
    }
    let baseline = (!arguments.baseline.is_empty()).then(|| (&arguments.baseline).into());
    let has_baseline = baseline.is_some();
    let mut checker = Checker::new(&atlas, policy, options, baseline)?.progress(&progress);
    if has_baseline && !checker.policy().needs_baseline() {
        progress.say(&format!(
            "no rule of {} measures against a baseline: --baseline changes nothing",
            checker.policy().file
        ));
    }
    let files = Files::open(&arguments.outputs, arguments.json, &read)?;
    let report = arguments.report.as_deref();
    let report = report.map(|folder| open_report(folder, &REPORT_FILES, &read)).transpose()?;
    for (reference, path) in arguments.controls.iter() {
        checker = checker.control(reference, path)?;
    }
    let CheckResult { checked, comparison } = checker.check(&scoring.inputs)?;

    // First the files: a reader of standard output may close it early.
    files.write(&checked)?;
    if let Some(folder) = report {
        write_check_report(&checked, &comparison, &folder)?;
        folder.finish()?;
    }
    let in_actions = in_actions();
    if in_actions {
        write_step_summary(&checked)?;
    }
    print(&arguments.outputs, arguments.json, &checked, in_actions)?;
    if checked.passed { Ok(()) } else { Err(CheckFailed(checked.sentence()).into()) }
}

/// Writes the example; a policy that is there stays.
fn init(path: &Path, common: &Common) -> anyhow::Result<()> {
    if path.symlink_metadata().is_ok() {
        anyhow::bail!(
            "cannot write {}: it exists already, and is not overwritten; name a file that is not there yet",
            path.display()
        );
    }
    let mut output = Output::open(Some(path), "--init", &InputFiles::default())?;
    output.write_all(policy::EXAMPLE.as_bytes())?;
    output.finish()?;
    if !common.quiet {
        writeln!(anstream::stderr(), "wrote {}: put your own names and bounds in", path.display())?;
    }
    Ok(())
}
