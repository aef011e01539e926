//! A corpus against the references of an atlas.

use super::{
    AnalysisOptions, BoxError, Error, Inputs, Progress, ScoredTrace, Scorer,
    baseline::read_baseline, controls::read_control, corpus_texts::CorpusTexts,
    surveyed_traces::SurveyedTraces,
};
use crate::{
    atlas::Atlas,
    ingest::{self, Traces},
    lineage::{
        CompareOptions, Comparison, ControlCorpus, InputSummary, ScoredCorpus, add_drift, compare,
    },
};

/// Which corpus a trace belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CorpusRole {
    /// The corpus that is compared.
    Input,
    /// The older corpus.
    Baseline,
}

/// What gets every trace as it is scored.
type Watcher<'a> = Box<dyn FnMut(CorpusRole, &ScoredTrace) -> Result<(), BoxError> + 'a>;

/// Compares a corpus with the references of an atlas.
///
/// ```
/// use cotprint::{analysis::Comparer, atlas::Atlas};
///
/// let atlas = Atlas::embedded()?;
/// let comparison = Comparer::new(&atlas).read("fixtures/new-model.jsonl")?.finish()?;
/// assert_eq!(comparison.traces, 30);
/// # Ok::<(), cotprint::analysis::Error>(())
/// ```
pub struct Comparer<'a> {
    scorer: Scorer<'a>,
    options: AnalysisOptions,
    watcher: Option<Watcher<'a>>,
}

impl<'a> Comparer<'a> {
    /// Compares with [`AnalysisOptions::for_atlas`].
    pub fn new(atlas: &'a Atlas) -> Self {
        let options = AnalysisOptions::for_atlas(atlas);
        Self { scorer: Scorer::new(atlas), options, watcher: None }
    }

    /// Compares as the options say.
    ///
    /// # Errors
    /// Where the atlas cannot score so ([`Scorer::with_options`]), or the resamples are too few.
    pub fn with_options(atlas: &'a Atlas, options: AnalysisOptions) -> Result<Self, Error> {
        options.check()?;
        let scorer = Scorer::with_options(atlas, &options.atlas_name, options.scoring.clone())?;
        Ok(Self { scorer, options, watcher: None })
    }

    /// Tells `progress` how far each reading is.
    #[must_use]
    pub fn progress(self, progress: &'a dyn Progress) -> Self {
        Self { scorer: self.scorer.progress(progress), ..self }
    }

    /// Gives every trace that is read to `watcher`. An error of its ends the reading.
    #[must_use]
    pub fn watch(
        self,
        watcher: impl FnMut(CorpusRole, &ScoredTrace) -> Result<(), BoxError> + 'a,
    ) -> Self {
        Self { watcher: Some(Box::new(watcher)), ..self }
    }

    /// Reads and scores the corpus.
    ///
    /// # Errors
    /// Where the inputs cannot be read or hold no usable text.
    pub fn read(self, inputs: impl Into<Inputs>) -> Result<ReadComparison<'a>, Error> {
        let reading = self.options.scoring.reading.clone();
        self.read_traces(ingest::open(inputs.into().names(), reading)?)
    }

    /// Reads and scores a corpus that is already open, in memory for example ([`ingest::read`]), by the
    /// options of [`ScoreOptions::reading`](super::ScoreOptions::reading).
    ///
    /// # Errors
    /// Where the traces cannot be read or hold no usable text.
    pub fn read_traces(mut self, traces: Traces) -> Result<ReadComparison<'a>, Error> {
        let (atlas, text) = (self.scorer.atlas(), self.options.scoring.reading.text);
        let mut texts =
            self.options.sections.need_texts().then(|| CorpusTexts::new(self.options.seed));
        let mut corpus = ScoredCorpus::default();
        let mut traces = SurveyedTraces::new(&self.scorer, traces);
        for one in traces.by_ref() {
            let one = one?.trace;
            if let Some(watcher) = &mut self.watcher {
                watcher(CorpusRole::Input, &one).map_err(Error::Watcher)?;
            }
            if let Some(language) = &one.marks.language {
                corpus.add_language(language);
            }
            match one.scored {
                Ok(scored) => {
                    if let Some(texts) = &mut texts {
                        texts.add(corpus.traces(), &one.trace, text, &scored)?;
                    }
                    corpus.add(atlas, &one.trace, text, scored);
                }
                Err(_) => corpus.add_too_short(),
            }
        }
        corpus.settle();
        let input = traces.into_input_summary();
        let (baseline, controls) = (None, Vec::new());
        Ok(ReadComparison { comparer: self, corpus, texts, input, baseline, controls })
    }
}

impl std::fmt::Debug for Comparer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Comparer").field("options", &self.options).finish_non_exhaustive()
    }
}

/// A corpus that was read and is to be compared.
pub struct ReadComparison<'a> {
    comparer: Comparer<'a>,
    corpus: ScoredCorpus,
    texts: Option<CorpusTexts>,
    input: InputSummary,
    baseline: Option<ScoredCorpus>,
    controls: Vec<ControlCorpus>,
}

impl ReadComparison<'_> {
    /// Reads an older corpus, traces or profiles of them, so that the comparison says what moved
    /// since.
    ///
    /// # Errors
    /// Where it cannot be read, or the atlas has no panel of shared prompts to measure with.
    pub fn baseline(mut self, inputs: impl Into<Inputs>) -> Result<Self, Error> {
        let Comparer { scorer, options, watcher } = &mut self.comparer;
        let mut each = |one: &ScoredTrace| match watcher {
            Some(watcher) => watcher(CorpusRole::Baseline, one).map_err(Error::Watcher),
            None => Ok(()),
        };
        let corpus = read_baseline(scorer, &inputs.into(), &options.atlas_name, &mut each)?;
        self.baseline = Some(corpus);
        Ok(self)
    }

    /// Reads traces of a model that the atlas knows, on the same prompts as the corpus: a control. Where
    /// the atlas does not know the prompts, controls tell how everybody writes on them.
    ///
    /// # Errors
    /// Where the atlas has no reference of this name, or the traces cannot be read.
    pub fn control(mut self, reference: &str, inputs: impl Into<Inputs>) -> Result<Self, Error> {
        let (scorer, reading) = (&self.comparer.scorer, "a comparison with controls");
        self.controls.push(read_control(scorer, reference, &inputs.into(), reading)?);
        Ok(self)
    }

    /// Compares. A corpus of too little text gives a verdict that says so.
    ///
    /// # Errors
    /// Where the corpus and the baseline cannot be compared.
    pub fn finish(self) -> Result<Comparison, Error> {
        let Comparer { scorer, options, .. } = &self.comparer;
        let atlas = scorer.atlas();
        let asked =
            CompareOptions { controls: self.controls, ..options.for_lineage(options.resamples) };
        let mut comparison = compare(atlas, &self.corpus, self.input, &asked);
        if let Some(baseline) = &self.baseline {
            add_drift(&mut comparison, atlas, &self.corpus, baseline, &asked)
                .map_err(|why| Error::TooLittleText { sentence: why.to_string() })?;
        }
        if let Some(texts) = &self.texts {
            texts.add_sections(&mut comparison, atlas, &self.corpus, options.sections, options);
        }
        Ok(comparison)
    }
}

impl std::fmt::Debug for ReadComparison<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReadComparison").field("comparer", &self.comparer).finish_non_exhaustive()
    }
}
