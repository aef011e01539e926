//! Inputs → scored traces in input order.
//!
//! The one loop that reads, batches and scores. Every analysis takes its traces from here.

use super::{
    Error, reading_messages::no_usable_text, trace_batches::next_batch, trace_scorer::TraceScorer,
};
use crate::{
    attribution::{Scored, TooShort},
    features::{NgramCounter, embed::Cursor},
    ingest::{
        Summary, Traces,
        cleaning::{Cleaning, examine},
    },
    trace::{Marks, Place, Trace},
};
use rayon::prelude::*;
use std::collections::VecDeque;

/// What is looked for in each trace besides its score.
#[derive(Debug, Clone)]
pub(super) enum Look {
    /// Nothing.
    Nothing,
    /// Its language.
    Language,
    /// Everything that cleaning marks.
    Marks(Cleaning),
}

/// One trace with its score.
#[derive(Debug, Clone)]
pub struct ScoredTrace {
    /// The trace.
    pub trace: Trace,
    /// Its place in the input.
    pub place: Place,
    /// Its score; [`TooShort`] where it has too few words.
    pub scored: Result<Scored, TooShort>,
    /// What cleaning marked, as far as it was asked.
    pub(super) marks: Marks,
}

impl ScoredTrace {
    /// The words of its text.
    pub fn words(&self) -> usize {
        match &self.scored {
            Ok(scored) => scored.words,
            Err(short) => short.words,
        }
    }

    /// Whether it has words enough for a score.
    pub fn is_scored(&self) -> bool {
        self.scored.is_ok()
    }
}

/// A stream of scored traces. An error is the last item; so is the want of any usable text.
pub struct ScoredTraces<'a> {
    scorer: &'a TraceScorer<'a>,
    traces: Traces,
    cursor: Option<Cursor<'a>>,
    look: Look,
    ready: VecDeque<ScoredTrace>,
    has_ended: bool,
}

impl<'a> ScoredTraces<'a> {
    pub(super) fn new(scorer: &'a TraceScorer<'a>, traces: Traces, look: Look) -> Self {
        scorer.progress.reading("scoring", traces.total_bytes());
        let cursor = scorer.atlas.vectors().map(Cursor::new);
        Self { scorer, traces, cursor, look, ready: VecDeque::new(), has_ended: false }
    }

    /// What was read so far; complete once the stream has ended.
    pub fn summary(&self) -> &Summary {
        self.traces.summary()
    }

    /// Scores the next batch by all threads. False at the end of the input.
    fn score_batch(&mut self) -> Result<bool, Error> {
        self.scorer.progress.position(self.traces.bytes_read());
        let batch = next_batch(&mut self.traces)?;
        if batch.is_empty() {
            return Ok(false);
        }
        // Before the threads begin: vectors may be matched by the order of the traces.
        let mut vectors: Vec<Option<&[f32]>> = vec![None; batch.len()];
        if let Some(cursor) = &mut self.cursor {
            for (vector, (trace, _)) in vectors.iter_mut().zip(&batch) {
                *vector = cursor.next(trace)?;
            }
        }
        let (scorer, look) = (self.scorer, &self.look);
        let scored: Vec<ScoredTrace> = batch
            .into_par_iter()
            .zip(vectors)
            .map_init(NgramCounter::default, |counter, ((trace, place), vector)| {
                let scored = scorer.scored(&trace, vector, counter);
                let marks = look.marks(&trace, scorer);
                ScoredTrace { trace, place, scored, marks }
            })
            .collect();
        self.ready = scored.into();
        Ok(true)
    }

    /// Sees that something was read and that every vector found its trace.
    fn end(&mut self) -> Result<(), Error> {
        self.scorer.progress.done();
        let summary = self.traces.summary();
        if summary.traces == 0 {
            return Err(no_usable_text(summary, self.scorer.options.reading.text));
        }
        if let Some(cursor) = self.cursor.take() {
            cursor.finish()?;
        }
        self.scorer.progress.dropped(summary);
        Ok(())
    }
}

impl Look {
    fn marks(&self, trace: &Trace, scorer: &TraceScorer<'_>) -> Marks {
        let kind = scorer.options.reading.text;
        match self {
            Self::Nothing => Marks::default(),
            Self::Language => {
                let language = trace.language(&trace.text(kind).unwrap_or_default());
                Marks { language, ..Marks::default() }
            }
            Self::Marks(cleaning) => examine(trace, kind, cleaning),
        }
    }
}

impl Iterator for ScoredTraces<'_> {
    type Item = Result<ScoredTrace, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(one) = self.ready.pop_front() {
            return Some(Ok(one));
        }
        if self.has_ended {
            return None;
        }
        match self.score_batch() {
            Ok(true) => self.ready.pop_front().map(Ok),
            Ok(false) => {
                self.has_ended = true;
                self.end().err().map(Err)
            }
            Err(error) => {
                self.has_ended = true;
                Some(Err(error))
            }
        }
    }
}

impl std::fmt::Debug for ScoredTraces<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScoredTraces").field("look", &self.look).finish_non_exhaustive()
    }
}
