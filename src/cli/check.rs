//! `cotprint check`: the gate of a release pipeline.
//!
//! Exit codes: 0 passed, 1 a rule failed as an error, 2 wrong usage, unreadable input or any failure of the tool, 3 too
//! little usable text. Only [`CheckFailed`] gives 1, and only the end of [`run`] gives 0: a closed pipe is no
//! pass, so that an output that nobody reads does not change the code.

use super::{
    Common, TooLittleText,
    baseline::tally_baseline,
    compare::{Texts, add_what_reports_show},
    inputs::{ScoringArguments, files_behind, input_summary},
    output::{Output, open_report},
    quoted, shows_colour,
};
use crate::{
    atlas::Atlas,
    gate::{CheckOptions, Checked, CheckedRecords, Seen, check},
    ingest::{
        Survey,
        cleaning::{DuplicateFinder, examine},
    },
    lineage::{
        CompareOptions, Comparison, Limit, ScoredCorpus, VerdictKind, add_drift, compare,
        drift_across_languages,
    },
    output::InputFiles,
    policy::{self, Policy},
    report::{
        REPORT_FILES, escape, escaped_json,
        gate::{github, gitlab, junit, markdown, sarif, write_check, write_check_report},
    },
    trace::{CleaningStep, Trace},
};
use anyhow::Context;
use clap::Args;
use std::{
    fs::OpenOptions,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Arguments of `check`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    #[command(flatten)]
    scoring: ScoringArguments,
    /// The policy: what the traces must and must not be
    #[arg(long, value_name = "FILE", default_value = "cotprint.toml")]
    policy: PathBuf,
    /// Write a policy with comments and a rule of each kind, and check nothing [default: cotprint.toml]
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = "cotprint.toml", exclusive = true)]
    init: Option<PathBuf>,
    /// What rules on drift measure against: a profile, or traces; may be given several times
    #[arg(long, value_name = "INPUT")]
    baseline: Vec<String>,
    /// Print JSON instead of the table
    #[arg(long)]
    json: bool,
    /// Write JUnit XML: a rule is a test case. Like each of these it may be -, which prints it in place of the table
    #[arg(long, value_name = "FILE", help_heading = "Outputs")]
    junit: Option<PathBuf>,
    /// Write SARIF 2.1.0
    #[arg(long, value_name = "FILE", help_heading = "Outputs")]
    sarif: Option<PathBuf>,
    /// Write a code-quality report of GitLab
    #[arg(long, value_name = "FILE", help_heading = "Outputs")]
    gitlab: Option<PathBuf>,
    /// Write Markdown, for a comment
    #[arg(long, value_name = "FILE", help_heading = "Outputs")]
    markdown: Option<PathBuf>,
    /// Write the report into this folder: report.html with the rules on top, check.json, and what `compare --report` writes
    #[arg(long, value_name = "DIR", help_heading = "Outputs")]
    report: Option<PathBuf>,
    /// Fewest bootstrap resamples over prompts; more are drawn where many rules ask for more
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    resamples: u32,
}

/// A rule failed: exit code 1.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct CheckFailed(String);

/// The files that were asked for, open before the long run.
struct Files {
    junit: Option<Output>,
    sarif: Option<Output>,
    gitlab: Option<Output>,
    markdown: Option<Output>,
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments, common: &Common) -> anyhow::Result<()> {
    if let Some(path) = &arguments.init {
        return init(path, common);
    }
    let scoring = &arguments.scoring;
    let mut policy = policy::open(&arguments.policy)?;
    let atlas = scoring.open_atlas()?;
    let references: Vec<(&str, Option<&str>)> = (atlas.about.references.iter())
        .map(|reference| (reference.name.as_str(), reference.family.as_deref()))
        .collect();
    policy::validate(&mut policy, &references, !arguments.baseline.is_empty())?;
    for step in &scoring.options(&atlas)?.cleaning.skip {
        if let Some(rule) = policy.rule_that_needs(*step) {
            anyhow::bail!(
                "--skip-cleaning leaves out what the rule {} ({}, line {}) measures by, so that it would pass \
                 whatever the traces are; leave one of the two out",
                rule.id,
                rule.file,
                rule.line
            );
        }
    }
    if !policy.needs_baseline() && !arguments.baseline.is_empty() && !common.quiet {
        writeln!(
            anstream::stderr(),
            "no rule of {} measures against a baseline: --baseline changes nothing",
            escape::sentence(&policy.file)
        )?;
    }
    if atlas.panel.width() == 0 && policy.needs_baseline() {
        anyhow::bail!(
            "the policy asks for what moved from the baseline, and the atlas ({}) holds no panel of shared \
             prompts to measure it with: name an atlas that does with --atlas, or learn one with `cotprint fit`",
            scoring.atlas_name()
        );
    }
    let mut read_files = scoring.files_read()?;
    read_files.join(files_behind(&[&arguments.baseline])?);
    read_files.add(&arguments.policy);
    read_files.add_all(policy.rules.iter().map(|rule| &rule.file));
    let files = Files::open(arguments, &read_files)?;
    let report = arguments.report.as_deref();
    let report =
        report.map(|folder| open_report(folder, &REPORT_FILES, &read_files)).transpose()?;
    let baseline = match arguments.baseline.as_slice() {
        [] => None,
        inputs => Some(tally_baseline(scoring, inputs, &atlas, common)?),
    };
    let Read { sample, tally, texts, mut comparison, compared } =
        read(arguments, common, &policy, &atlas)?;
    if comparison.verdict.kind == VerdictKind::TooLittleText {
        return Err(TooLittleText(comparison.verdict.sentence()).into());
    }
    let options = CheckOptions { seed: common.seed, resamples: arguments.resamples as usize };
    if let Some(why) =
        baseline.as_ref().and_then(|old| drift_across_languages(&comparison.input.languages, old))
    {
        return Err(TooLittleText(why).into());
    }
    let mut checked = check(&policy, &atlas, &sample, &tally, baseline.as_ref(), options);
    checked.verdict = Some(comparison.verdict.clone());
    checked.limits.clone_from(&comparison.limits);
    checked.provenance = Some(comparison.provenance.clone());
    checked.baseline = baseline.as_ref().map(|_| arguments.baseline.join(", "));
    if let Some(texts) = &texts {
        texts.add_lines(&mut comparison);
        add_what_reports_show(&mut comparison, &atlas, &tally, texts, &compared);
        // The rules have said what they could not measure; the page goes without the part.
        if let Some(baseline) = &baseline
            && let Err(why) = add_drift(&mut comparison, &atlas, &tally, baseline, &compared)
        {
            comparison.limits.push(Limit::Text(why));
        }
    }

    // First the files: a reader of standard output may close it early.
    files.write(&checked)?;
    if let Some(folder) = report {
        write_check_report(&checked, &comparison, folder.staging())?;
        folder.finish()?;
    }
    let in_actions = std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
    if in_actions {
        write_step_summary(&checked)?;
    }
    print(arguments, &checked, in_actions)?;
    if checked.passed { Ok(()) } else { Err(CheckFailed(checked.sentence()).into()) }
}

/// What came of reading the inputs.
struct Read {
    /// For the rules.
    sample: CheckedRecords,
    tally: ScoredCorpus,
    /// For what a report shows, where one is written.
    texts: Option<Texts>,
    comparison: Comparison,
    /// How it was compared.
    compared: CompareOptions,
}

/// Reads and scores the inputs.
fn read(
    arguments: &Arguments,
    common: &Common,
    policy: &Policy,
    atlas: &Atlas,
) -> anyhow::Result<Read> {
    let scoring = &arguments.scoring;
    let text = scoring.reading.text;
    let mut cleaning = scoring.options(atlas)?.cleaning;
    let names_masked = cleaning.mask_names;
    // No rule asks for them.
    cleaning.skip.push(CleaningStep::PromptQuotes);
    let mut sample = CheckedRecords::new(policy, atlas);
    let mut tally = ScoredCorpus::default();
    let mut texts = arguments.report.is_some().then(|| Texts::new(common.seed));
    let mut survey = Survey::default();
    let mut duplicates = DuplicateFinder::default();
    let look = |trace: &Trace| examine(trace, text, &cleaning);
    let summary =
        scoring.score_with_places(atlas, common, look, |trace, place, scored, mut marks| {
            let repeats = marks.signature.take().is_some_and(|signature| {
                duplicates.add(&trace.id, trace.model.as_deref(), signature)
            });
            survey.add(trace, &marks);
            let scored = scored.ok();
            sample.add(Seen { trace, place, marks: &marks, repeats, scored: scored.as_ref() });
            match scored {
                Some(scored) => {
                    if let Some(texts) = &mut texts {
                        texts.add(tally.traces(), trace, text, &scored)?;
                    }
                    tally.add(atlas, trace, text, scored);
                }
                None => tally.add_too_short(),
            }
            Ok(())
        })?;
    let compared = CompareOptions {
        seed: common.seed,
        resamples: 1000,
        command: command_line(arguments, common),
        atlas: scoring.atlas_name(),
        method: scoring.method,
    };
    let input = input_summary(&summary, survey, duplicates.into_found(), names_masked);
    let comparison = compare(atlas, &tally, input, &compared);
    Ok(Read { sample, tally, texts, comparison, compared })
}

impl Arguments {
    /// The files that are asked for, with their options.
    fn files(&self) -> Vec<(&'static str, &Path)> {
        let all = [
            ("--junit", &self.junit),
            ("--sarif", &self.sarif),
            ("--gitlab", &self.gitlab),
            ("--markdown", &self.markdown),
        ];
        all.into_iter().filter_map(|(option, path)| Some((option, path.as_deref()?))).collect()
    }

    /// Whether one of them is standard output.
    fn prints_file(&self) -> bool {
        self.files().iter().any(|(_, path)| *path == Path::new("-"))
    }
}

impl Files {
    fn open(arguments: &Arguments, inputs: &InputFiles) -> anyhow::Result<Self> {
        // Two in one file would be neither.
        let files = arguments.files();
        for (at, (option, path)) in files.iter().enumerate() {
            if let Some((other, _)) = files[at + 1..].iter().find(|(_, other)| other == path) {
                anyhow::bail!(
                    "{option} and {other} both name {}; give each a file of its own",
                    path.display()
                );
            }
            if arguments.json && *path == Path::new("-") {
                anyhow::bail!(
                    "{option} - and --json both print to standard output; give {option} a file"
                );
            }
        }
        let open = |path: &Option<PathBuf>, option: &str| {
            path.as_deref().map(|path| Output::open(Some(path), option, inputs)).transpose()
        };
        Ok(Self {
            junit: open(&arguments.junit, "--junit")?,
            sarif: open(&arguments.sarif, "--sarif")?,
            gitlab: open(&arguments.gitlab, "--gitlab")?,
            markdown: open(&arguments.markdown, "--markdown")?,
        })
    }

    fn write(self, checked: &Checked) -> anyhow::Result<()> {
        let put = |output: Option<Output>, text: &dyn Fn() -> anyhow::Result<String>| {
            let Some(mut output) = output else { return Ok(()) };
            output.write_all(text()?.as_bytes())?;
            output.finish()
        };
        put(self.junit, &|| Ok(junit(checked)?))?;
        put(self.sarif, &|| Ok(sarif(checked)?))?;
        put(self.gitlab, &|| Ok(gitlab(checked)?))?;
        put(self.markdown, &|| Ok(markdown(checked)))
    }
}

/// Prints the table or the JSON, and annotations where they are read. A reader that has gone away changes
/// nothing.
fn print(arguments: &Arguments, checked: &Checked, in_actions: bool) -> anyhow::Result<()> {
    let mut text = String::new();
    if arguments.json {
        text = escaped_json(checked)?;
        if in_actions {
            text = github::defused(&text);
        }
    } else if !arguments.prints_file() {
        let mut table = Vec::new();
        write_check(checked, shows_colour(), &mut table)?;
        text.push_str(&String::from_utf8_lossy(&table));
        if in_actions {
            text = github::fenced(&text);
        }
    }
    let printed = io::stdout().lock().write_all(text.as_bytes());
    still_open(printed.and_then(|()| io::stdout().flush()))?;
    if in_actions {
        // Standard error, so that JSON on standard output stays JSON; the runner reads both.
        still_open(io::stderr().lock().write_all(github::annotations(checked).as_bytes()))?;
    }
    Ok(())
}

/// Passes over a closed pipe.
fn still_open(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Adds the rules to the summary of the step, where GitHub Actions names a file for it.
fn write_step_summary(checked: &Checked) -> anyhow::Result<()> {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else {
        return Ok(());
    };
    let path = Path::new(&path);
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .and_then(|mut file| file.write_all(markdown(checked).as_bytes()))
        .with_context(|| format!("cannot write the step summary {}", path.display()))
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

/// The command that gives the same result: without what changes only speed, noise or place.
fn command_line(arguments: &Arguments, common: &Common) -> String {
    let scoring = &arguments.scoring;
    let mut words = vec!["cotprint".to_owned(), "check".to_owned()];
    words.extend(["--policy".into(), quoted(&arguments.policy.display().to_string())]);
    words.extend(scoring.inputs.iter().map(|input| quoted(input)));
    if let Some(atlas) = &scoring.atlas {
        words.extend(["--atlas".into(), quoted(&atlas.display().to_string())]);
    }
    for baseline in &arguments.baseline {
        words.extend(["--baseline".into(), quoted(baseline)]);
    }
    words.extend(scoring.method_words());
    words.extend(scoring.embed_words().iter().map(|word| quoted(word)));
    words.extend(scoring.reading.words().iter().map(|word| quoted(word)));
    words.extend(["--seed".into(), common.seed.to_string()]);
    words.extend(["--resamples".into(), arguments.resamples.to_string()]);
    words.join(" ")
}
