//! `cotprint compare`: the verdict on a corpus.

use super::{
    Common, TooLittleText,
    baseline::{EachTrace, tally_baseline_with, words_of},
    inputs::{ScoringArguments, files_behind, input_summary},
    labelled::LabelledArguments,
    output::open_report,
    profiles::are_profiles,
    progress::Progress,
    quoted, shows_colour, vectors,
};
use crate::{
    atlas::{Atlas, LearnOptions, learn},
    attribution::{MINIMUM_WORDS, Scored, classic::Method},
    evaluation::add_changed_texts,
    ingest::{
        Survey,
        cleaning::{DuplicateFinder, examine},
    },
    lineage::{
        CompareOptions, Comparison, ScoredCorpus, TextReservoir, VerdictKind, add_concordance,
        add_drift, add_examples, add_neighbourhood, compare,
        tree::{Corpora, THE_INPUT, add_tree},
    },
    report::{
        EvidencePack, Parameters, REPORT_FILES, RecordsOf, TerminalOptions, to_json, write_report,
        write_terminal,
    },
    text::count_words,
    trace::{CleaningStep, Place, TextKind, Trace},
};
use clap::Args;
use std::{io::Write, path::PathBuf};

/// Arguments of `compare`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub(super) scoring: ScoringArguments,
    /// An older corpus, or its profile: also tell what moved from it to the input, and towards whom. May be
    /// given several times; best on the same prompts
    #[arg(long, value_name = "INPUT")]
    pub(super) baseline: Vec<String>,
    /// Known models of your own to compare with instead of an atlas: files or folders whose records name
    /// their model, from which an atlas is learned first. May be given several times
    #[arg(long, value_name = "INPUT", conflicts_with = "atlas")]
    pub(super) refs: Vec<String>,
    /// Write the report into this folder: report.html, report.json, report.md, the plots as PNG and SVG, and
    /// evidence/, which says what it rests on and how to make it again
    #[arg(long, value_name = "DIR")]
    pub(super) report: Option<PathBuf>,
    /// Also write the texts of all traces into the report's evidence folder, not only their hashes
    #[arg(long, requires = "report")]
    evidence_texts: bool,
    /// Print JSON instead of the table
    #[arg(long)]
    pub(super) json: bool,
    /// Bootstrap resamples over prompts
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    resamples: u32,
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments, common: &Common) -> anyhow::Result<()> {
    let scoring = &arguments.scoring;
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
    if are_profiles(&scoring.inputs)? {
        return super::profiles::run(arguments, common, &options);
    }
    let mut files = scoring.files_read()?;
    files.join(files_behind(&[&arguments.baseline, &arguments.refs])?);
    let report = arguments.report.as_deref();
    let report = report.map(|folder| open_report(folder, &REPORT_FILES, &files)).transpose()?;
    let mut pack = (report.as_ref())
        .map(|folder| {
            let (text, with_texts) = (scoring.reading.text, arguments.evidence_texts);
            EvidencePack::create(folder.staging(), text, with_texts)
        })
        .transpose()?;
    let atlas = references(arguments, common, pack.as_mut())?;
    let Compared { mut comparison, tally, texts } =
        compared(scoring, &atlas, common, &options, &mut noted(pack.as_mut(), RecordsOf::Input))?;
    if !arguments.baseline.is_empty() {
        let mut each = noted(pack.as_mut(), RecordsOf::Baseline);
        let baseline =
            tally_baseline_with(scoring, &arguments.baseline, &atlas, common, &mut each)?;
        drop(each);
        add_drift(&mut comparison, &atlas, &tally, &baseline, &options).map_err(TooLittleText)?;
    }

    if arguments.report.is_some() {
        add_what_reports_show(&mut comparison, &atlas, &tally, &texts, &options);
    }

    // First the files: a reader of standard output may close it early.
    if let Some(folder) = report {
        write_report(&comparison, folder.staging())?;
        if let Some(pack) = pack {
            pack.finish(&comparison, &parameters(arguments))?;
        }
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
        return Err(TooLittleText(comparison.verdict.sentence()).into());
    }
    Ok(())
}

/// What is kept of the traces for a report.
pub(super) struct Texts {
    /// Some of the texts.
    sample: TextReservoir,
    /// The fingerprints of all, as one corpus.
    corpora: Corpora,
}

impl Texts {
    /// Nothing yet.
    pub fn new(seed: u64) -> Self {
        Self { sample: TextReservoir::new(seed), corpora: Corpora::default() }
    }

    /// Adds a trace that was scored as the one with the number `at`.
    ///
    /// # Errors
    /// None: there is but one corpus.
    pub fn add(
        &mut self,
        at: usize,
        trace: &Trace,
        text: TextKind,
        scored: &Scored,
    ) -> anyhow::Result<()> {
        self.sample.add(at, trace, text, scored.vector.as_deref());
        let profile = scored.row.profile();
        Ok(self.corpora.add(THE_INPUT, &trace.prompt_key(), scored.words, profile)?)
    }

    /// Adds the lines in which the phrases stand.
    pub fn add_lines(&self, comparison: &mut Comparison) {
        add_concordance(comparison, &self.sample);
    }
}

/// Adds what only a report shows: the neighbours, the tree, three example traces, the shares of changed texts.
pub(super) fn add_what_reports_show(
    comparison: &mut Comparison,
    atlas: &Atlas,
    tally: &ScoredCorpus,
    texts: &Texts,
    options: &CompareOptions,
) {
    add_neighbourhood(comparison, atlas, tally, options.seed);
    add_tree(comparison, atlas, &texts.corpora, options.seed);
    // What is scored again is scored by the default model.
    if options.method == Method::Default {
        add_examples(comparison, atlas, tally, &texts.sample);
        add_changed_texts(comparison, atlas, tally, &texts.sample, options);
    }
}

/// The atlas that was named, or one that is learned from the references that were given.
fn references(
    arguments: &Arguments,
    common: &Common,
    pack: Option<&mut EvidencePack>,
) -> anyhow::Result<Atlas> {
    if arguments.refs.is_empty() {
        return arguments.scoring.open_atlas();
    }
    let ScoringArguments { reading, embed, method, .. } = &arguments.scoring;
    let labelled = LabelledArguments::of(&arguments.refs, reading, embed.as_deref());
    let classic = *method != Method::Default;
    let mut options = LearnOptions { classic, ..labelled.options(common)? };
    vectors::read_once(options.vectors.as_ref(), "a comparison with --refs")?;
    let progress = Progress::stages(common);
    let traces = labelled.read(&mut options, &progress)?.traces;
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

/// What came of reading, scoring and comparing the inputs.
pub(super) struct Compared {
    /// The comparison.
    pub comparison: Comparison,
    /// For what else is to be measured.
    pub tally: ScoredCorpus,
    /// For what a report shows.
    pub texts: Texts,
}

/// Reads and scores the inputs, and compares them; `each` gets every trace that is read.
pub(super) fn compared(
    scoring: &ScoringArguments,
    atlas: &Atlas,
    common: &Common,
    options: &CompareOptions,
    each: &mut EachTrace<'_>,
) -> anyhow::Result<Compared> {
    let text = scoring.reading.text;
    let mut cleaning = scoring.options(atlas)?.cleaning;
    let names_masked = cleaning.mask_names;
    // Nothing in a comparison shows them.
    cleaning.skip.push(CleaningStep::PromptQuotes);
    let mut tally = ScoredCorpus::default();
    let mut texts = Texts::new(common.seed);
    let mut survey = Survey::default();
    let mut duplicates = DuplicateFinder::default();
    let look = |trace: &Trace| examine(trace, text, &cleaning);
    let summary =
        scoring.score_with_places(atlas, common, look, |trace, place, scored, mut marks| {
            let (words, is_scored) = words_of(&scored);
            if let Some(signature) = marks.signature.take() {
                duplicates.add(&trace.id, trace.model.as_deref(), signature);
            }
            survey.add(trace, &marks);
            match scored {
                Ok(scored) => {
                    texts.add(tally.traces(), trace, text, &scored)?;
                    tally.add(atlas, trace, text, scored);
                }
                Err(_) => tally.add_too_short(),
            }
            each(trace, &place, words, is_scored)
        })?;
    let input = input_summary(&summary, survey, duplicates.into_found(), names_masked);
    let mut comparison = compare(atlas, &tally, input, options);
    texts.add_lines(&mut comparison);
    Ok(Compared { comparison, tally, texts })
}

/// Writes every trace down, where there is a pack.
fn noted<'a>(
    mut pack: Option<&'a mut EvidencePack>,
    of: RecordsOf,
) -> impl FnMut(&Trace, &Place, usize, bool) -> anyhow::Result<()> + 'a {
    move |trace, place, words, scored| match &mut pack {
        Some(pack) => Ok(pack.add(of, trace, Some(place), words, scored)?),
        None => Ok(()),
    }
}

/// The options that the evidence pack names.
fn parameters(arguments: &Arguments) -> Parameters {
    let scoring = &arguments.scoring;
    Parameters {
        inputs: scoring.inputs.clone(),
        baseline: arguments.baseline.clone(),
        refs: arguments.refs.clone(),
        method: scoring.method.name().into(),
        embed: scoring.embed.clone(),
        reading: scoring.reading.words(),
    }
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
