//! What verbs that read traces share: the inputs, the atlas, scoring in batches.

use super::{Common, TooLittleText, progress::Progress, reading::ReadingArguments, vectors};
use crate::{
    atlas::Atlas,
    attribution::{Scored, TooShort, classic::Method},
    features::{NgramCounter, embed::Cursor},
    ingest::{self, Summary, Survey, Traces},
    lineage::InputSummary,
    output::InputFiles,
    trace::{Duplicates, Place, Position, TextKind, Trace},
};
use clap::Args;
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// Traces that are worked on at a time.
const BATCH: usize = 256;
/// Bytes of text after which a batch is full: few long traces are as much work as many short ones.
const BATCH_BYTES: usize = 4 << 20;

/// Arguments of verbs that score traces with an atlas.
#[derive(Debug, Clone, Args)]
pub struct ScoringArguments {
    /// Files, folders, globs, or - for standard input
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<String>,
    /// The atlas to compare with [default: the one that is built in]
    #[arg(long, value_name = "FILE")]
    pub atlas: Option<PathBuf>,
    /// What gives the scores: the default model, or a classic measure of stylometry on the most frequent
    /// words, with probabilities calibrated on prompts held out (docs/methods.md). `unknown` and
    /// `in_domain` are the default model's whatever the method. An atlas of your own needs `fit --classic`
    #[arg(long, value_name = "NAME", value_enum, default_value_t)]
    pub method: Method,
    /// Where the vectors of the traces come from, for an atlas that was learned with `fit --embed`: the folder of the
    /// same model [default: where `fit` found it], or a file with the vectors of these traces
    #[arg(long, value_name = "SOURCE")]
    pub embed: Option<String>,
    #[command(flatten)]
    pub reading: ReadingArguments,
}

/// The next traces, at most [`BATCH`]; none at the end.
pub(super) fn next_batch(traces: &mut Traces) -> Result<Vec<Trace>, ingest::Error> {
    Ok(next_batch_with_places(traces)?.0)
}

/// The next traces, at most [`BATCH`], and where each of them stands.
fn next_batch_with_places(traces: &mut Traces) -> Result<(Vec<Trace>, Vec<Place>), ingest::Error> {
    let (mut batch, mut places) = (Vec::new(), Vec::new());
    let mut bytes = 0;
    while batch.len() < BATCH && bytes < BATCH_BYTES {
        let Some(trace) = traces.next().transpose()? else { break };
        let texts = [Some(&trace.reasoning), trace.answer.as_ref(), trace.prompt.as_ref()];
        bytes += texts.into_iter().flatten().map(String::len).sum::<usize>();
        batch.push(trace);
        let unknown = || Place { file: String::new(), position: Position::File };
        places.push(traces.place().cloned().unwrap_or_else(unknown));
    }
    Ok((batch, places))
}

/// Opens the atlas that was asked for, or the embedded one.
pub(super) fn open_atlas(path: Option<&Path>) -> anyhow::Result<Atlas> {
    Ok(match path {
        Some(path) => Atlas::open(path)?,
        None => Atlas::embedded()?,
    })
}

/// The files behind several options that name inputs, each of which may be empty.
pub(super) fn files_behind(options: &[&[String]]) -> Result<InputFiles, ingest::Error> {
    let mut files = InputFiles::default();
    for inputs in options.iter().filter(|inputs| !inputs.is_empty()) {
        files.join(ingest::input_files(inputs)?);
    }
    Ok(files)
}

impl ScoringArguments {
    /// Opens the atlas, sees that it was learned from the same kind of text, and opens the source of vectors
    /// that it may need.
    pub fn open_atlas(&self) -> anyhow::Result<Atlas> {
        let mut atlas = self.open_atlas_for_profiles()?;
        vectors::attach(&mut atlas, self.embed.as_deref(), &self.atlas_name())?;
        Ok(atlas)
    }

    /// The same without a source of vectors, which profiles do without.
    pub fn open_atlas_for_profiles(&self) -> anyhow::Result<Atlas> {
        let atlas = open_atlas(self.atlas.as_deref())?;
        let learned = atlas.about.text;
        let asked = self.reading.text;
        if learned != asked {
            anyhow::bail!(
                "the atlas ({}) was learned from {}, and --text asks to score {}: the two are written \
                 differently, and a score would mean nothing. Give --text {}, or learn another atlas \
                 with `cotprint fit --text {}`.",
                self.atlas_name(),
                learned.name(),
                asked.name(),
                learned.name(),
                asked.name()
            );
        }
        // Before the long run, not in it.
        atlas.judge(self.method, &self.atlas_name())?;
        Ok(atlas)
    }

    /// The files that a run of this verb reads, and must not write.
    pub fn files_read(&self) -> anyhow::Result<InputFiles> {
        let mut files = ingest::input_files(&self.inputs)?;
        self.atlas.iter().for_each(|path| files.add(path));
        self.embed.iter().for_each(|path| files.add(Path::new(path)));
        Ok(files)
    }

    /// The method that was asked for, as words of a command; none for the default.
    pub fn method_words(&self) -> Vec<String> {
        match self.method {
            Method::Default => Vec::new(),
            method => vec!["--method".into(), method.name().into()],
        }
    }

    /// The source of vectors, as words of a command; none where none was named.
    pub fn embed_words(&self) -> Vec<String> {
        let words = self.embed.iter().flat_map(|source| ["--embed".into(), source.clone()]);
        words.collect()
    }

    /// What to call the atlas in reports.
    pub fn atlas_name(&self) -> String {
        self.atlas.as_ref().map_or_else(|| "embedded".into(), |path| path.display().to_string())
    }

    /// The words of a command of this verb that reads the same inputs in the same way.
    pub fn command(&self, verb: &str) -> Vec<String> {
        let mut words = vec!["cotprint".to_owned(), verb.to_owned()];
        words.extend(self.inputs.iter().cloned());
        if let Some(atlas) = &self.atlas {
            words.extend(["--atlas".into(), atlas.display().to_string()]);
        }
        words.extend(self.method_words());
        words.extend(self.embed_words());
        words.extend(self.reading.words());
        words
    }

    /// How the inputs are read: as asked, and with masked names where the atlas was learned so.
    pub fn options(&self, atlas: &Atlas) -> anyhow::Result<ingest::Options> {
        let mut options = self.reading.options()?;
        options.cleaning.mask_names |= atlas.about.masked_names;
        Ok(options)
    }

    /// Reads the inputs and scores their traces by all threads; `each` gets every trace in input
    /// order, with its score by the method that was asked for, or with the number of its words where they are too few, and with what
    /// `look` found in it, which runs by all threads, too.
    pub fn score<T: Send>(
        &self,
        atlas: &Atlas,
        common: &Common,
        look: impl Fn(&Trace) -> T + Sync,
        mut each: impl FnMut(&Trace, Result<Scored, TooShort>, T) -> anyhow::Result<()>,
    ) -> anyhow::Result<Summary> {
        self.score_with_places(atlas, common, look, |trace, _, scored, found| {
            each(trace, scored, found)
        })
    }

    /// The same; `each` also gets the place of every trace.
    pub fn score_with_places<T: Send>(
        &self,
        atlas: &Atlas,
        common: &Common,
        look: impl Fn(&Trace) -> T + Sync,
        mut each: impl FnMut(&Trace, Place, Result<Scored, TooShort>, T) -> anyhow::Result<()>,
    ) -> anyhow::Result<Summary> {
        let text = self.reading.text;
        let judge = atlas.judge(self.method, &self.atlas_name())?;
        let mut traces = ingest::open(&self.inputs, self.options(atlas)?)?;
        let mut cursor = atlas.vectors().map(Cursor::new);
        let progress = Progress::bytes(common, traces.total_bytes());
        progress.stage("scoring");
        loop {
            let (batch, places) = next_batch_with_places(&mut traces)?;
            if batch.is_empty() {
                break;
            }
            let mut given: Vec<Option<&[f32]>> = vec![None; batch.len()];
            if let Some(cursor) = &mut cursor {
                for (given, trace) in given.iter_mut().zip(&batch) {
                    *given = cursor.next(trace)?;
                }
            }
            let scored: Vec<(Result<Scored, TooShort>, T)> = batch
                .par_iter()
                .zip(given)
                .map_init(NgramCounter::default, |counter, (trace, vector)| {
                    let text = trace.text(text).unwrap_or_default();
                    let mut scored = atlas.model.score_with(&text, vector, counter);
                    if let (Some(judge), Ok(scored)) = (&judge, &mut scored) {
                        scored.probabilities = judge.probabilities(&text);
                        // A classic measure sees words only.
                        scored.without_layout.clone_from(&scored.probabilities);
                    }
                    (scored, look(trace))
                })
                .collect();
            for ((trace, place), (scored, found)) in batch.iter().zip(places).zip(scored) {
                each(trace, place, scored, found)?;
            }
            progress.position(traces.bytes_read());
        }
        progress.done();
        let summary = traces.summary().clone();
        if summary.traces == 0 {
            return Err(nothing_usable(&summary, text).into());
        }
        if let Some(cursor) = cursor {
            cursor.finish()?;
        }
        for line in dropped_lines(&summary) {
            progress.say(&line);
        }
        Ok(summary)
    }
}

/// A line for each reason why records were dropped.
pub(super) fn dropped_lines(summary: &Summary) -> Vec<String> {
    let plain = |sentence: &str| sentence.trim_end_matches('.').to_owned();
    summary
        .dropped
        .iter()
        .map(|(reason, dropped)| {
            let first = format!("first {}", dropped.first);
            let detail = match plain(&dropped.detail) {
                detail if detail.is_empty() => first,
                detail => format!("{first}: {detail}"),
            };
            format!("dropped {} × \"{}\" ({detail})", dropped.count, plain(reason.description()))
        })
        .collect()
}

/// What to say where no trace could be used.
pub(super) fn nothing_usable(summary: &Summary, text: TextKind) -> TooLittleText {
    let mut reasons = dropped_lines(summary).join("; ");
    if !reasons.is_empty() {
        reasons.insert_str(0, ": ");
    }
    TooLittleText(format!(
        "no usable {} in {}{reasons}. Give files whose records hold the {}; `cotprint formats` \
         lists what is understood",
        text.name(),
        summary.inputs.join(", "),
        text.name()
    ))
}

/// The summary of what was read, as a comparison shows it.
pub(super) fn input_summary(
    summary: &Summary,
    survey: Survey,
    duplicates: Duplicates,
    names_masked: bool,
) -> InputSummary {
    InputSummary {
        inputs: summary.inputs.clone(),
        files: summary.files,
        records: summary.records,
        traces: summary.traces,
        dropped: summary
            .dropped
            .iter()
            .map(|(reason, dropped)| (reason.description().to_owned(), dropped.count))
            .collect(),
        formats: summary.formats.iter().map(|(name, &count)| ((*name).to_owned(), count)).collect(),
        mediation: summary.mediation.clone(),
        domains: summary.domains.clone(),
        models: summary.models.clone(),
        languages: survey.languages,
        providers: survey.providers,
        finish_reasons: survey.finish_reasons,
        refusals: survey.refusals,
        naming: survey.naming,
        naming_beyond_prompt: survey.naming_beyond_prompt,
        names_beyond_prompt: survey.names_beyond_prompt,
        names_masked,
        duplicates,
    }
}
