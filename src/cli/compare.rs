//! `cotprint compare`: the verdict on a corpus.

use super::{
    Common,
    actions::{Printed, print},
    advice,
    choices::error_rate,
    controls::ControlArguments,
    inputs::{ScoringArguments, files_behind},
    labelled::LabelledArguments,
    output::{open_report, wrote},
    profiles::{self, ProfileRequest},
    progress::Progress,
    shows_colour,
    width::result_width,
};
use crate::{
    analysis::{
        AnalysisOptions, BoxError, Comparer, CorpusRole, Error, Progress as _, ScoredTrace,
        Sections, compare_by, refuse_vectors_by_order,
    },
    atlas::{Atlas, LearnOptions, learn},
    attribution::{MINIMUM_WORDS, classic::Method},
    lineage::{ERROR_RATE, VerdictKind},
    report::{
        EvidencePack, Parameters, REPORT_FILES, RecordsOf, TerminalOptions, escaped_json, to_json,
        write_groups, write_report, write_terminal,
    },
    text::count_words,
};
use clap::Args;
use std::path::PathBuf;

/// Arguments of `compare`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    #[command(flatten)]
    scoring: ScoringArguments,
    /// Older corpus or its profile: also show what changed since, and towards which models; repeat
    /// for several. The same prompts give the best answer
    #[arg(long, value_name = "INPUT")]
    baseline: Vec<String>,
    #[command(flatten)]
    controls: ControlArguments,
    /// Traces of known models to compare with instead of an atlas; their records name the model.
    /// Repeat for several
    #[arg(long, value_name = "INPUT", conflicts_with = "atlas")]
    refs: Vec<String>,
    /// Write a report into this folder: a page, JSON, Markdown, figures, and the evidence behind
    /// them
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Write the texts of all traces into the evidence, not only their hashes
    #[arg(long, requires = "report")]
    evidence_texts: bool,
    /// Print JSON instead of the table
    #[arg(long)]
    json: bool,
    /// Print everything: subgroups, phrases with their places, what was read, and all limits
    #[arg(long, short)]
    verbose: bool,
    /// Give one line for each value of this field of the records: model, source, domain, or any field
    /// of meta
    #[arg(long, value_name = "FIELD", conflicts_with_all = ["report", "baseline", "control"])]
    by: Option<String>,
    /// Share of unknown models that may be named: the bound is set by models left out of the atlas
    #[arg(long, value_name = "RATE", default_value_t = ERROR_RATE, value_parser = error_rate)]
    error_rate: f64,
    /// Number of bootstrap resamples of the prompts
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    resamples: u32,
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments, common: &Common) -> anyhow::Result<()> {
    let scoring = &arguments.scoring;
    if profiles::are_profiles(&scoring.inputs)? {
        return profiles::run(&arguments.profile_request(), common);
    }
    let mut files = scoring.files_read()?;
    files.join(files_behind(&[&arguments.baseline, &arguments.refs])?);
    files.join(arguments.controls.files_read()?);
    let report = arguments.report.as_deref();
    let report = report.map(|folder| open_report(folder, &REPORT_FILES, &files)).transpose()?;
    let mut pack = (report.as_ref())
        .map(|folder| EvidencePack::new(folder, scoring.reading.text, arguments.evidence_texts));
    let progress = Progress::new(common);
    let atlas = references(arguments, common, &progress, pack.as_mut())?;
    if let Some(field) = &arguments.by {
        return by_group(arguments, common, &atlas, field, &progress);
    }
    let comparer = Comparer::with_options(&atlas, options(arguments, common)?)?;
    let mut read = comparer
        .progress(&progress)
        .watch(|role, trace| note(pack.as_mut(), role, trace))
        .read(&scoring.inputs)?;
    if !arguments.baseline.is_empty() {
        read = read.baseline(&arguments.baseline)?;
    }
    for (reference, path) in arguments.controls.iter() {
        read = read.control(reference, path)?;
    }
    let comparison = read.finish()?;

    // First the files: a reader of standard output may close it early.
    if let Some(folder) = &report {
        write_report(&comparison, folder)?;
    }
    if let Some(pack) = pack {
        pack.finish(&comparison, &parameters(arguments, common))?;
    }
    if let Some(folder) = report {
        progress.say(&wrote(&folder.finish()?));
    }
    print(Printed::json_if(arguments.json), |out| {
        if arguments.json {
            return Ok(writeln!(out, "{}", to_json(&comparison)?.trim_end())?);
        }
        write_terminal(&comparison, look(arguments), out)?;
        if !arguments.verbose {
            writeln!(out, "{}", advice::MORE)?;
        }
        Ok(())
    })?;
    if comparison.verdict.kind == VerdictKind::TooLittleText {
        return Err(Error::TooLittleText { sentence: comparison.verdict.sentence() }.into());
    }
    Ok(())
}

/// Prints a verdict for each value of a field.
fn by_group(
    arguments: &Arguments,
    common: &Common,
    atlas: &Atlas,
    field: &str,
    progress: &Progress,
) -> anyhow::Result<()> {
    let options = options(arguments, common)?;
    let groups = compare_by(atlas, &options, &arguments.scoring.inputs, field, progress)?;
    progress.done();
    print(Printed::json_if(arguments.json), |out| {
        if arguments.json {
            return Ok(writeln!(out, "{}", escaped_json(&groups)?.trim_end())?);
        }
        Ok(write_groups(&groups, look(arguments), out)?)
    })
}

/// How standard output looks.
fn look(arguments: &Arguments) -> TerminalOptions {
    TerminalOptions {
        color: shows_colour(),
        width: result_width(),
        verbose: arguments.verbose,
        ..TerminalOptions::default()
    }
}

impl Arguments {
    /// What is asked where the inputs are profiles.
    fn profile_request(&self) -> ProfileRequest<'_> {
        ProfileRequest {
            scoring: &self.scoring,
            baseline: &self.baseline,
            resamples: self.resamples,
            json: self.json,
            has_report: self.report.is_some(),
            has_refs: !self.refs.is_empty(),
            has_groups: self.by.is_some(),
        }
    }
}

/// How the library compares.
fn options(arguments: &Arguments, common: &Common) -> anyhow::Result<AnalysisOptions> {
    let mut options = arguments.scoring.options(common, arguments.resamples)?;
    options.sections = if arguments.report.is_some() { Sections::REPORT } else { Sections::BRIEF };
    if !arguments.refs.is_empty() {
        options.atlas_name = "learned from --refs".into();
    }
    options.error_rate = arguments.error_rate;
    Ok(options)
}

/// The atlas that was named, or one that is learned from the references that were given.
fn references(
    arguments: &Arguments,
    common: &Common,
    progress: &Progress,
    pack: Option<&mut EvidencePack>,
) -> anyhow::Result<Atlas> {
    if arguments.refs.is_empty() {
        return arguments.scoring.open_atlas();
    }
    let ScoringArguments { reading, embed, method, .. } = &arguments.scoring;
    let labelled = LabelledArguments::of(&arguments.refs, reading, embed.as_deref());
    let classic = *method != Method::Default;
    let mut options = LearnOptions { classic, ..labelled.options(common)? };
    refuse_vectors_by_order(options.vectors.as_ref(), "a comparison with --refs")?;
    let traces = labelled.read(&mut options, progress)?.traces;
    if let Some(pack) = pack {
        let text = arguments.scoring.reading.text;
        for trace in &traces {
            let words = count_words(&trace.text(text).unwrap_or_default());
            pack.add(RecordsOf::References, trace, None, words, words >= MINIMUM_WORDS)?;
        }
    }
    let learned = learn(&traces, &options, &|stage| progress.stage(stage))?;
    progress.done();
    for (reason, count) in &learned.dropped {
        progress.say(&format!("not learned from: {count} × {reason}"));
    }
    Ok(learned.atlas)
}

/// Writes a trace down, where there is a pack.
fn note(
    pack: Option<&mut EvidencePack>,
    role: CorpusRole,
    trace: &ScoredTrace,
) -> Result<(), BoxError> {
    let Some(pack) = pack else { return Ok(()) };
    let of = match role {
        CorpusRole::Input => RecordsOf::Input,
        CorpusRole::Baseline => RecordsOf::Baseline,
    };
    Ok(pack.add(of, &trace.trace, Some(&trace.place), trace.words(), trace.is_scored())?)
}

/// The options that the evidence pack names.
fn parameters(arguments: &Arguments, common: &Common) -> Parameters {
    let scoring = &arguments.scoring;
    Parameters {
        inputs: scoring.inputs.clone(),
        baseline: arguments.baseline.clone(),
        refs: arguments.refs.clone(),
        method: scoring.method.name().into(),
        embed: scoring.embed.clone(),
        reading: common.invocation.reading.clone(),
    }
}
