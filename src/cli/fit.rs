//! `cotprint fit`: learns an atlas from labelled traces.

use super::{
    Common,
    inputs::{dropped_lines, nothing_usable},
    output::Output,
    progress::Progress,
    reading::ReadingArguments,
};
use crate::{
    atlas::{Atlas, LearnOptions, learn, read_families},
    attribution::FitOptions,
    features::{Channel, ChannelSet, token_ngrams::TokenNgrams},
    ingest::{self, Summary},
    trace::{Trace, share_prompt_ids},
};
use anyhow::Context;
use clap::Args;
use std::{collections::BTreeSet, io::Write, path::PathBuf, sync::Arc};

/// Arguments of `fit`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    /// Files, folders, globs, or - for standard input; each record names its model
    #[arg(value_name = "INPUT", required_unless_present = "label")]
    inputs: Vec<String>,
    /// Traces of one model, whatever their records say; may be given several times
    #[arg(long, value_name = "NAME=PATH")]
    label: Vec<String>,
    /// The atlas to write
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// A table of families: a line per model, the model and its family with a tab between them
    #[arg(long, value_name = "FILE")]
    families: Option<PathBuf>,
    /// The families of features to learn from, for example char,word,layout; a name may carry its
    /// numbers: word:40000+3000@1+0.5 keeps 40,000 n-grams with weight 1 and also z-scores the 3,000
    /// most widespread with weight 0.5. By default word,layout,function,rhythm,embed; embed is a style
    /// embedding that is learned from the traces
    #[arg(long, value_name = "NAME,…")]
    channels: Option<ChannelSet>,
    /// A tokenizer.json, for the channel token: n-grams of its tokens. The atlas holds it, so that scoring
    /// needs nothing else. Without --channels the channel is added to the default ones
    #[arg(long, value_name = "FILE")]
    tokenizer: Option<PathBuf>,
    /// Print what was learned as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reading: ReadingArguments,
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments, common: &Common) -> anyhow::Result<()> {
    let labels = labels(&arguments.label)?;
    let families = match &arguments.families {
        Some(path) => {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("cannot read the families {name}"))?;
            read_families(&text, &name)?
        }
        None => Default::default(),
    };
    let tokens = match &arguments.tokenizer {
        Some(path) => Some(Arc::new(TokenNgrams::from_path(path)?)),
        None => None,
    };
    let channels = match &arguments.channels {
        Some(channels) => channels.clone(),
        None if tokens.is_some() => ChannelSet::default().with(Channel::Token),
        None => ChannelSet::default(),
    };
    let mut output = Output::open(Some(&arguments.output))?;
    let progress = Progress::stages(common);
    let traces = read(arguments, &labels, &progress)?;
    let options = LearnOptions {
        text: arguments.reading.text,
        masked_names: arguments.reading.mask_names,
        families,
        fit: FitOptions { channels, seed: common.seed },
        tokens,
    };
    let learned = learn(&traces, &options, &|stage| progress.stage(stage))?;
    output.write_all(&learned.bytes)?;
    output.finish()?;
    progress.done();
    for (reason, count) in &learned.dropped {
        progress.say(&format!("not learned from: {count} × {reason}"));
    }
    if arguments.json {
        let mut out = std::io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &learned.atlas.about)?;
        writeln!(out)?;
    } else {
        progress.say(&summary(&learned.atlas, learned.bytes.len(), arguments));
    }
    Ok(())
}

/// `NAME=PATH` pairs, each name once.
fn labels(given: &[String]) -> anyhow::Result<Vec<(String, String)>> {
    let mut seen = BTreeSet::new();
    given
        .iter()
        .map(|label| {
            let pair = label.split_once('=').filter(|(name, path)| !name.is_empty() && !path.is_empty());
            let Some((name, path)) = pair else {
                anyhow::bail!("--label {label}: expected NAME=PATH, for example --label acme/m-1=traces.jsonl");
            };
            if !seen.insert(name) {
                anyhow::bail!(
                    "--label names {name} twice; a reference has one name and one label: give a folder \
                     or a glob as its PATH, or another name"
                );
            }
            Ok((name.to_owned(), path.to_owned()))
        })
        .collect()
}

fn read(
    arguments: &Arguments,
    labels: &[(String, String)],
    progress: &Progress,
) -> anyhow::Result<Vec<Trace>> {
    progress.stage("reading traces");
    let mut traces = Vec::new();
    let mut named: BTreeSet<String> = BTreeSet::new();
    let mut read_one = |inputs: &[String], options: ingest::Options| -> anyhow::Result<Summary> {
        let mut stream = ingest::open(inputs, options)?;
        for trace in stream.by_ref() {
            traces.push(trace?);
        }
        let summary = stream.summary().clone();
        for line in dropped_lines(&summary) {
            progress.say(&line);
        }
        Ok(summary)
    };
    let options = arguments.reading.options()?;
    let mut last = None;
    if !arguments.inputs.is_empty() {
        let summary = read_one(&arguments.inputs, options.clone())?;
        named.extend(summary.models.keys().cloned());
        last = Some(summary);
    }
    for (name, path) in labels {
        if named.contains(name) {
            anyhow::bail!(
                "two references are named {name}: one from --label, one from the records of the \
                 inputs; give all of its traces with --label, or give one of the two another name"
            );
        }
        let options =
            ingest::Options { model: Some(name.clone()), relabel: true, ..options.clone() };
        last = Some(read_one(std::slice::from_ref(path), options)?);
    }
    match last {
        Some(summary) if traces.is_empty() => {
            Err(nothing_usable(&summary, arguments.reading.text).into())
        }
        _ => {
            share_prompt_ids(&mut traces);
            Ok(traces)
        }
    }
}

fn summary(atlas: &Atlas, bytes: usize, arguments: &Arguments) -> String {
    let about = &atlas.about;
    let validation = &about.cross_validation;
    format!(
        "learned {} references from {} traces → {} ({:.1} MB). On prompts held out ({} folds): the \
         right reference first for {:.1} % of traces, among the first five for {:.1} %; log loss {:.2}, \
         calibration error {:.3}",
        about.references.len(),
        atlas.traces(),
        arguments.output.display(),
        bytes as f64 / 1e6,
        validation.folds,
        100.0 * validation.top1,
        100.0 * validation.top5,
        validation.log_loss,
        validation.calibration_error
    )
}
