//! What verbs that learn share: labelled inputs, and how atlases are learned from them.

use super::{
    Common, output::refuse_standard_output, progress::Progress, reading::ReadingArguments,
};
use crate::{
    analysis::{LabelledInputs, LabelledTraces},
    atlas::{LearnOptions, read_families},
    attribution::FitOptions,
    features::{Channel, ChannelSet, embed::Source, token_ngrams::TokenNgrams},
    ingest,
    output::InputFiles,
};
use anyhow::Context;
use clap::Args;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Arguments of verbs that learn from labelled traces.
#[derive(Debug, Clone, Args)]
pub struct LabelledArguments {
    /// Files, folders, globs, or - for standard input; each record names its model
    #[arg(value_name = "INPUT", required_unless_present = "label")]
    inputs: Vec<String>,
    /// Traces of one model, whatever their records say; repeat for several
    #[arg(long, value_name = "NAME=PATH")]
    label: Vec<String>,
    /// Table of families: a model, a tab and its family in each line [default: models that are
    /// confused on new prompts form a family]
    #[arg(long, value_name = "FILE")]
    families: Option<PathBuf>,
    /// Channels of features to learn from [default: word,layout,function,rhythm,embed]
    ///
    /// A name may carry numbers: word:40000+3000@1+0.5 keeps 40,000 n-grams with weight 1, and adds
    /// the z-scores of the 3,000 most widespread with weight 0.5. The channel embed is a style
    /// embedding that is learned from the traces. docs/channels.md describes all channels.
    #[arg(long, value_name = "NAME,…", value_parser = clap::value_parser!(ChannelSet))]
    channels: Option<ChannelSet>,
    /// Tokenizer (tokenizer.json) for the channel token; the atlas keeps it
    #[arg(long, value_name = "FILE")]
    tokenizer: Option<PathBuf>,
    /// Source of vectors for the channel vectors: the folder of a model2vec or
    /// sentence-transformers model, or a file with a vector for each trace (.npy, .parquet or
    /// .jsonl)
    #[arg(long, value_name = "SOURCE")]
    embed: Option<String>,
    #[command(flatten)]
    pub reading: ReadingArguments,
}

impl LabelledArguments {
    /// Inputs whose records name their models, and perhaps a source of vectors, with nothing else said.
    pub fn of(inputs: &[String], reading: &ReadingArguments, embed: Option<&str>) -> Self {
        Self {
            inputs: inputs.to_vec(),
            label: Vec::new(),
            families: None,
            channels: None,
            tokenizer: None,
            embed: embed.map(str::to_owned),
            reading: reading.clone(),
        }
    }

    /// How atlases are learned.
    pub fn options(&self, common: &Common) -> anyhow::Result<LearnOptions> {
        let families = match &self.families {
            Some(path) => {
                let name = path.display().to_string();
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("cannot read the families {name}"))?;
                read_families(&text, &name)?
            }
            None => Default::default(),
        };
        let tokens = match &self.tokenizer {
            Some(path) => Some(Arc::new(TokenNgrams::from_path(path)?)),
            None => None,
        };
        let vectors = self.embed.as_deref().map(Source::open).transpose()?;
        let channels = match &self.channels {
            Some(channels) => channels.clone(),
            None => [(tokens.is_some(), Channel::Token), (vectors.is_some(), Channel::Vectors)]
                .into_iter()
                .filter_map(|(given, channel)| given.then_some(channel))
                .fold(ChannelSet::default(), ChannelSet::with),
        };
        Ok(LearnOptions {
            text: self.reading.text,
            masked_names: self.reading.mask_names,
            families,
            fit: FitOptions { channels, seed: common.seed, extendable: false },
            tokens,
            vectors,
            classic: false,
        })
    }

    /// Reads all labelled traces. A source of vectors in `learn` gets to know them, in their order:
    /// first those of the inputs, then those of each label.
    pub fn read(
        &self,
        learn: &mut LearnOptions,
        progress: &Progress,
    ) -> anyhow::Result<LabelledTraces> {
        let inputs = LabelledInputs {
            inputs: (&self.inputs).into(),
            labels: labels(&self.label)?,
            reading: self.reading.options()?,
        };
        let read = inputs.read(progress)?;
        if let Some(source) = learn.vectors.take() {
            learn.vectors = Some(source.for_traces(&read.traces)?);
        }
        Ok(read)
    }

    /// The files that a run reads, and must not write.
    pub fn files_read(&self) -> anyhow::Result<InputFiles> {
        let labels = labels(&self.label)?;
        let inputs: Vec<String> =
            self.inputs.iter().cloned().chain(labels.into_iter().map(|(_, path)| path)).collect();
        let mut files = ingest::input_files(&inputs)?;
        self.families.iter().chain(&self.tokenizer).for_each(|path| files.add(path));
        self.embed.iter().for_each(|path| files.add(Path::new(path)));
        refuse_standard_output(&files)?;
        Ok(files)
    }
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
