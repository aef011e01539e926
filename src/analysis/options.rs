//! What an analysis is asked.

use super::Error;
use crate::{
    atlas::Atlas,
    attribution::classic::Method,
    ingest,
    lineage::{CompareOptions, ERROR_RATE},
};

/// Fewest resamples that an interval can be read off.
const LEAST_RESAMPLES: usize = 100;

/// How traces are read and scored. [`Scorer::with_options`](super::Scorer::with_options) checks that
/// the atlas can do it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScoreOptions {
    /// How the inputs are read. `text` must be the kind of text that the atlas was learned from.
    pub reading: ingest::Options,
    /// What gives the scores.
    pub method: Method,
}

impl ScoreOptions {
    /// The default method on the kind of text that an atlas was learned from.
    pub fn for_atlas(atlas: &Atlas) -> Self {
        let reading = ingest::Options { text: atlas.about.text, ..ingest::Options::default() };
        Self { reading, method: Method::default() }
    }
}

/// What a report shows in addition to the verdict. Each part takes extra time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sections {
    /// Lines of the traces in which the phrases of the evidence stand.
    pub concordance: bool,
    /// The map of neighbours (t-SNE).
    pub neighbourhood: bool,
    /// The tree of the input and the references nearest to it.
    pub tree: bool,
    /// Three traces, explained piece by piece.
    pub examples: bool,
    /// The shares of traces whose texts were changed.
    pub changed_texts: bool,
}

impl Sections {
    /// What is printed without a report: the phrases with their lines.
    pub const BRIEF: Self = Self {
        concordance: true,
        neighbourhood: false,
        tree: false,
        examples: false,
        changed_texts: false,
    };
    /// Everything.
    pub const REPORT: Self = Self {
        concordance: true,
        neighbourhood: true,
        tree: true,
        examples: true,
        changed_texts: true,
    };

    /// Whether any part needs texts of the traces.
    pub(super) fn need_texts(self) -> bool {
        self != Self::default()
    }
}

/// How a corpus is compared, checked or audited.
#[derive(Debug, Clone, PartialEq)]
pub struct AnalysisOptions {
    /// How its traces are read and scored.
    pub scoring: ScoreOptions,
    /// Seed of the resamples and of every other draw.
    pub seed: u64,
    /// Bootstrap resamples over prompts, at least 100.
    pub resamples: usize,
    /// The share of models that the atlas does not know that may be named, above 0 and below 1.
    pub error_rate: f64,
    /// What [`Comparer`](super::Comparer) and [`Checker`](super::Checker) add to the comparison.
    pub sections: Sections,
    /// The command that gives the same result again, for the provenance.
    pub command: String,
    /// What the provenance calls the atlas: `embedded` or the name of its file.
    pub atlas_name: String,
}

impl AnalysisOptions {
    /// Seed 0, 1,000 resamples and the default method.
    pub fn for_atlas(atlas: &Atlas) -> Self {
        Self {
            scoring: ScoreOptions::for_atlas(atlas),
            seed: 0,
            resamples: 1000,
            error_rate: ERROR_RATE,
            sections: Sections::BRIEF,
            command: String::new(),
            atlas_name: "unnamed".into(),
        }
    }

    /// The same, if the numbers can be worked with.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.resamples < LEAST_RESAMPLES {
            return Err(Error::TooFewResamples { found: self.resamples, least: LEAST_RESAMPLES });
        }
        Ok(())
    }

    /// What `lineage` takes of them, with this many resamples.
    pub(super) fn for_lineage(&self, resamples: usize) -> CompareOptions {
        CompareOptions {
            seed: self.seed,
            resamples,
            command: self.command.clone(),
            atlas: self.atlas_name.clone(),
            method: self.scoring.method,
            error_rate: self.error_rate,
            controls: Vec::new(),
        }
    }
}
