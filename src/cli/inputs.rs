//! What verbs that read traces share: the inputs, the atlas, scoring in batches.

use super::{Common, TooLittleText, progress::Progress};
use crate::{
    atlas::Atlas,
    attribution::Scored,
    features::NgramCounter,
    ingest::{self, Summary},
    lineage::InputSummary,
    trace::{TextKind, Trace},
};
use clap::Args;
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// Traces that are scored at a time.
const BATCH: usize = 256;

/// Arguments of verbs that score traces with an atlas.
#[derive(Debug, Clone, Args)]
pub struct ScoringArguments {
    /// Files, folders, globs, or - for standard input
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<String>,
    /// The atlas to compare with [default: the one that is built in]
    #[arg(long, value_name = "FILE")]
    pub atlas: Option<PathBuf>,
    /// Which text of a trace is read: the one that the atlas was learned from (see `atlas show`)
    #[arg(long, value_enum, default_value_t)]
    pub text: TextKind,
}

/// Opens the atlas that was asked for, or the embedded one.
pub(super) fn open_atlas(path: Option<&Path>) -> anyhow::Result<Atlas> {
    Ok(match path {
        Some(path) => Atlas::open(path)?,
        None => Atlas::embedded()?,
    })
}

impl ScoringArguments {
    /// Opens the atlas and sees that it was learned from the same kind of text.
    pub fn open_atlas(&self) -> anyhow::Result<Atlas> {
        let atlas = open_atlas(self.atlas.as_deref())?;
        let learned = atlas.about.text;
        if learned != self.text {
            anyhow::bail!(
                "the atlas ({}) was learned from {}, and --text asks to score {}: the two are written \
                 differently, and a score would mean nothing. Give --text {}, or learn another atlas \
                 with `cotprint fit --text {}`.",
                self.atlas_name(),
                learned.name(),
                self.text.name(),
                learned.name(),
                self.text.name()
            );
        }
        Ok(atlas)
    }

    /// What to call the atlas in reports.
    pub fn atlas_name(&self) -> String {
        self.atlas.as_ref().map_or_else(|| "embedded".into(), |path| path.display().to_string())
    }

    /// Reads the inputs and scores their traces by all threads; `each` gets every trace with its
    /// score, or with the number of its words where they are too few, in input order.
    pub fn score(
        &self,
        atlas: &Atlas,
        common: &Common,
        mut each: impl FnMut(&Trace, Result<Scored, usize>) -> anyhow::Result<()>,
    ) -> anyhow::Result<Summary> {
        let options = ingest::Options { text: self.text, ..ingest::Options::default() };
        let mut traces = ingest::open(&self.inputs, options)?;
        let progress = Progress::bytes(common, traces.total_bytes());
        progress.stage("scoring");
        loop {
            let batch: Vec<Trace> = traces.by_ref().take(BATCH).collect::<Result<_, _>>()?;
            if batch.is_empty() {
                break;
            }
            let scored: Vec<Result<Scored, usize>> = batch
                .par_iter()
                .map_init(NgramCounter::default, |counter, trace| {
                    let text = trace.text(self.text).unwrap_or_default();
                    atlas.model.score(&text, counter)
                })
                .collect();
            for (trace, scored) in batch.iter().zip(scored) {
                each(trace, scored)?;
            }
            progress.position(traces.bytes_read());
        }
        progress.done();
        let summary = traces.summary().clone();
        if summary.traces == 0 {
            return Err(nothing_usable(&summary, self.text).into());
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
        "no usable {} in {}{reasons}. Give files whose records hold the {}; the README lists the \
         formats that are understood",
        text.name(),
        summary.inputs.join(", "),
        text.name()
    ))
}

/// The summary of what was read, as a comparison shows it.
pub(super) fn input_summary(summary: &Summary) -> InputSummary {
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
    }
}
