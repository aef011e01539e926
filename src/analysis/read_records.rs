//! Any format → canonical records with their marks, and what is in them. No atlas is needed.

use super::{Error, Inputs, Progress, reading_messages::no_usable_text, trace_batches::next_batch};
use crate::{
    ingest::{
        self, Explanation, Summary, Survey, Traces,
        cleaning::{DuplicateFinder, examine},
    },
    trace::{CleaningStep, Duplicates, Marks, Trace},
};
use rayon::prelude::*;
use std::collections::VecDeque;

/// Opens inputs as a stream of canonical records: each trace with what cleaning marked written into
/// its `meta`. With `drop_duplicates` traces that repeat an earlier one are left out.
///
/// # Errors
/// Where an input does not exist or cannot be opened, or repeated traces are to be dropped and
/// `options` leave out the search for them.
pub fn read_records<'a>(
    inputs: impl Into<Inputs>,
    options: ingest::Options,
    drop_duplicates: bool,
    progress: &'a dyn Progress,
) -> Result<ReadRecords<'a>, Error> {
    if drop_duplicates && !options.cleaning.does(CleaningStep::Duplicates) {
        return Err(Error::SkippedDuplicates);
    }
    let traces = ingest::open(inputs.into().names(), options.clone())?;
    progress.reading("reading", traces.total_bytes());
    Ok(ReadRecords {
        traces,
        options,
        drop_duplicates,
        progress,
        ready: VecDeque::new(),
        survey: Survey::default(),
        duplicates: DuplicateFinder::default(),
        kept: 0,
        has_ended: false,
    })
}

/// A stream of records in input order. An error is the last item.
pub struct ReadRecords<'a> {
    traces: Traces,
    options: ingest::Options,
    drop_duplicates: bool,
    progress: &'a dyn Progress,
    ready: VecDeque<(Trace, Marks)>,
    survey: Survey,
    duplicates: DuplicateFinder,
    kept: usize,
    has_ended: bool,
}

/// What was read, once the stream has ended.
#[derive(Debug)]
pub struct RecordsFound {
    /// Files, records, traces, drops.
    pub summary: Summary,
    /// Traces that were not left out as repeated.
    pub kept: usize,
    /// What is in the traces, by model.
    pub survey: Survey,
    /// Traces that repeat others.
    pub duplicates: Duplicates,
    /// How the first record of each file was understood.
    pub explanations: Vec<Explanation>,
}

impl ReadRecords<'_> {
    /// What was read; for after the stream has ended.
    pub fn into_found(mut self) -> RecordsFound {
        self.survey.finish();
        RecordsFound {
            explanations: self.traces.explanations().to_vec(),
            summary: self.traces.into_summary(),
            kept: self.kept,
            survey: self.survey,
            duplicates: self.duplicates.into_found(),
        }
    }

    /// Marks the next batch by all threads. False at the end of the input.
    fn mark_batch(&mut self) -> Result<bool, Error> {
        self.progress.position(self.traces.bytes_read());
        let batch = next_batch(&mut self.traces)?;
        if batch.is_empty() {
            self.progress.done();
            return Ok(false);
        }
        let (text, cleaning) = (self.options.text, &self.options.cleaning);
        let marked: Vec<(Trace, Marks)> = batch
            .into_par_iter()
            .map(|(mut trace, _)| {
                let marks = examine(&trace, text, cleaning);
                marks.write(&mut trace);
                (trace, marks)
            })
            .collect();
        self.ready = marked.into();
        Ok(true)
    }
}

impl RecordsFound {
    /// The same, where there is a trace.
    ///
    /// # Errors
    /// Where no record held usable text of this kind.
    pub fn require_traces(&self, text: crate::trace::TextKind) -> Result<(), Error> {
        match self.summary.traces {
            0 => Err(no_usable_text(&self.summary, text)),
            _ => Ok(()),
        }
    }
}

impl Iterator for ReadRecords<'_> {
    type Item = Result<Trace, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            while let Some((trace, mut marks)) = self.ready.pop_front() {
                let repeats = marks.signature.take().is_some_and(|signature| {
                    self.duplicates.add(&trace.id, trace.model.as_deref(), signature)
                });
                if repeats && self.drop_duplicates {
                    continue;
                }
                self.kept += 1;
                self.survey.add(&trace, &marks);
                return Some(Ok(trace));
            }
            if self.has_ended {
                return None;
            }
            match self.mark_batch() {
                Ok(more) => self.has_ended = !more,
                Err(error) => {
                    self.has_ended = true;
                    return Some(Err(error));
                }
            }
        }
    }
}

impl std::fmt::Debug for ReadRecords<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReadRecords").field("kept", &self.kept).finish_non_exhaustive()
    }
}
