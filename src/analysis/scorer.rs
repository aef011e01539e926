//! An atlas and how texts are scored with it.

use super::{
    Error, Inputs, Progress, ScoreOptions, ScoreRecord, ScoredTraces, score_record::RecordMaker,
    scored_traces::Look, trace_scorer::TraceScorer,
};
use crate::{
    atlas::Atlas,
    features::NgramCounter,
    ingest::{self, Summary, Traces},
    trace::Trace,
};

/// Scores traces with an atlas.
///
/// ```
/// use cotprint::{analysis::Scorer, atlas::Atlas};
///
/// let atlas = Atlas::embedded()?;
/// for record in Scorer::new(&atlas).read("fixtures/new-model.jsonl")?.take(3) {
///     let record = record?;
///     println!("{}: {:?}", record.id, record.top);
/// }
/// # Ok::<(), cotprint::analysis::Error>(())
/// ```
pub struct Scorer<'a>(TraceScorer<'a>);

impl<'a> Scorer<'a> {
    /// Scores by the default method the kind of text that the atlas was learned from.
    pub fn new(atlas: &'a Atlas) -> Self {
        Self(TraceScorer::new(atlas))
    }

    /// Scores as the options say. Names of models are masked where the atlas was learned so. error
    /// messages contain `atlas_name`.
    ///
    /// # Errors
    /// Where the atlas was learned from another kind of text, or does not hold what the method
    /// needs.
    pub fn with_options(
        atlas: &'a Atlas,
        atlas_name: &str,
        options: ScoreOptions,
    ) -> Result<Self, Error> {
        Ok(Self(TraceScorer::with_options(atlas, atlas_name, options)?))
    }

    /// Tells `progress` how far each reading is.
    #[must_use]
    pub fn progress(mut self, progress: &'a dyn Progress) -> Self {
        self.0.progress = progress;
        self
    }

    /// Scores the traces of the inputs: a record for each trace, in input order.
    ///
    /// # Errors
    /// Where an input does not exist or cannot be opened. What cannot be read later is an item of
    /// the iterator, its last.
    pub fn read(&self, inputs: impl Into<Inputs>) -> Result<ScoreRecords<'_>, Error> {
        let traces = ingest::open(inputs.into().names(), self.options().reading.clone())?;
        Ok(self.read_traces(traces))
    }

    /// Scores traces that are being read, from memory for example ([`ingest::read`]), by the options
    /// of [`ScoreOptions::reading`].
    ///
    /// ```
    /// use cotprint::{analysis::{ScoreOptions, Scorer}, atlas::Atlas, ingest};
    ///
    /// let atlas = Atlas::embedded()?;
    /// let record = r#"{"id":"1","reasoning":"I add two and two."}"#;
    /// let reading = ScoreOptions::for_atlas(&atlas).reading;
    /// let traces = ingest::read("memory.jsonl", record.as_bytes(), reading)?;
    /// let scorer = Scorer::new(&atlas);
    /// assert!(scorer.read_traces(traces).all(|record| record.is_ok_and(|record| record.why.is_some())));
    /// # Ok::<(), cotprint::analysis::Error>(())
    /// ```
    pub fn read_traces(&self, traces: Traces) -> ScoreRecords<'_> {
        let traces = self.scored(traces, Look::Nothing);
        ScoreRecords { traces, maker: RecordMaker::new(self.atlas()) }
    }

    /// Scores one trace, whatever it was read from.
    ///
    /// # Errors
    /// Where the atlas needs the vector of the trace and its source does not have it.
    pub fn score(&self, trace: &Trace) -> Result<ScoreRecord, Error> {
        let vector = match self.atlas().vectors() {
            Some(source) => source.vector_of(trace)?,
            None => None,
        };
        let scored = self.0.scored(trace, vector, &mut NgramCounter::default());
        Ok(RecordMaker::new(self.atlas()).record(trace, &scored))
    }

    /// Opens inputs as a stream of scored traces, each with what `look` asks for.
    pub(super) fn scored_traces(
        &self,
        inputs: &Inputs,
        look: Look,
    ) -> Result<ScoredTraces<'_>, Error> {
        let traces = ingest::open(inputs.names(), self.options().reading.clone())?;
        Ok(self.scored(traces, look))
    }

    /// Traces that are being read as a stream of scored traces.
    pub(super) fn scored(&self, traces: Traces, look: Look) -> ScoredTraces<'_> {
        ScoredTraces::new(&self.0, traces, look)
    }

    pub(super) fn atlas(&self) -> &'a Atlas {
        self.0.atlas
    }

    pub(super) fn options(&self) -> &ScoreOptions {
        &self.0.options
    }
}

impl std::fmt::Debug for Scorer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scorer").field("options", self.options()).finish_non_exhaustive()
    }
}

/// The records of [`Scorer::read`], in input order. An error is the last item.
#[derive(Debug)]
pub struct ScoreRecords<'a> {
    traces: ScoredTraces<'a>,
    maker: RecordMaker<'a>,
}

impl ScoreRecords<'_> {
    /// What was read so far; complete once the records have ended.
    pub fn summary(&self) -> &Summary {
        self.traces.summary()
    }
}

impl Iterator for ScoreRecords<'_> {
    type Item = Result<ScoreRecord, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let one = self.traces.next()?;
        Some(one.map(|one| self.maker.record(&one.trace, &one.scored)))
    }
}
