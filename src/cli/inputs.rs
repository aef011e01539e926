//! What verbs that score traces share: the inputs, the atlas, and how the library is asked.

use super::{Common, output::refuse_standard_output, reading::ReadingArguments, vectors};
use crate::{
    analysis::{AnalysisOptions, ScoreOptions, Scorer, Sections},
    atlas::Atlas,
    attribution::classic::Method,
    ingest,
    lineage::ERROR_RATE,
    output::InputFiles,
};
use clap::Args;
use std::path::{Path, PathBuf};

/// Arguments of verbs that score traces with an atlas.
#[derive(Debug, Clone, Args)]
pub struct ScoringArguments {
    /// Files, folders, globs, or - for standard input
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<String>,
    /// Atlas to compare with [default: the atlas that is built in]
    #[arg(long, value_name = "FILE")]
    pub atlas: Option<PathBuf>,
    /// Method that gives the scores (more: cotprint help methods)
    ///
    /// The default model, or a classic measure of stylometry on the most frequent words, calibrated
    /// on prompts held out. The figures `unknown` and `familiar` always come from the default
    /// model. An atlas of your own needs `fit --classic` for the classic measures.
    #[arg(long, value_name = "NAME", value_enum, default_value_t)]
    pub method: Method,
    /// Source of vectors, for an atlas that was learned with `fit --embed`: the folder of the same
    /// model [default: the folder that `fit` used], or a file with a vector for each trace
    #[arg(long, value_name = "SOURCE")]
    pub embed: Option<String>,
    #[command(flatten)]
    pub reading: ReadingArguments,
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
    /// Opens the atlas and the source of vectors that it may need.
    pub fn open_atlas(&self) -> anyhow::Result<Atlas> {
        let mut atlas = open_atlas(self.atlas.as_deref())?;
        // Before the long run, not in it.
        self.scorer(&atlas)?;
        vectors::attach(&mut atlas, self.embed.as_deref(), &self.atlas_name())?;
        Ok(atlas)
    }

    /// Scores with the atlas as the arguments say.
    pub fn scorer<'a>(&self, atlas: &'a Atlas) -> anyhow::Result<Scorer<'a>> {
        Ok(Scorer::with_options(atlas, &self.atlas_name(), self.score_options()?)?)
    }

    /// How traces are read and scored.
    pub fn score_options(&self) -> anyhow::Result<ScoreOptions> {
        Ok(ScoreOptions { reading: self.reading.options()?, method: self.method })
    }

    /// How a corpus is analysed, without any section of a report.
    pub fn options(&self, common: &Common, resamples: u32) -> anyhow::Result<AnalysisOptions> {
        Ok(AnalysisOptions {
            error_rate: ERROR_RATE,
            scoring: self.score_options()?,
            seed: common.seed,
            resamples: resamples as usize,
            sections: Sections::default(),
            command: common.invocation.command.clone(),
            atlas_name: self.atlas_name(),
        })
    }

    /// What to call the atlas in reports.
    pub fn atlas_name(&self) -> String {
        self.atlas.as_ref().map_or_else(|| "embedded".into(), |path| path.display().to_string())
    }

    /// The files that a run of this verb reads, and must not write.
    pub fn files_read(&self) -> anyhow::Result<InputFiles> {
        let mut files = ingest::input_files(&self.inputs)?;
        self.atlas.iter().for_each(|path| files.add(path));
        self.embed.iter().for_each(|path| files.add(Path::new(path)));
        refuse_standard_output(&files)?;
        Ok(files)
    }
}
