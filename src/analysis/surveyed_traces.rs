//! Inputs → scored traces with what cleaning marks, and the summary of what was read.

use super::{
    Error, Inputs, Scorer,
    scored_traces::{Look, ScoredTrace, ScoredTraces},
};
use crate::{
    ingest::{self, Summary, Survey, Traces, cleaning::DuplicateFinder},
    lineage::InputSummary,
    trace::{CleaningStep, Duplicates},
};

/// A scored trace, and whether it repeats an earlier one.
pub(super) struct SurveyedTrace {
    pub trace: ScoredTrace,
    pub repeats: bool,
}

/// A stream of scored traces that counts what is in them as they pass.
pub(super) struct SurveyedTraces<'a> {
    traces: ScoredTraces<'a>,
    survey: Survey,
    duplicates: DuplicateFinder,
    names_masked: bool,
}

impl<'a> SurveyedTraces<'a> {
    pub fn open(scorer: &'a Scorer<'a>, inputs: &Inputs) -> Result<Self, Error> {
        let traces = ingest::open(inputs.names(), scorer.options().reading.clone())?;
        Ok(Self::new(scorer, traces))
    }

    pub fn new(scorer: &'a Scorer<'a>, traces: Traces) -> Self {
        let mut cleaning = scorer.options().reading.cleaning.clone();
        let names_masked = cleaning.mask_names;
        // No result shows them.
        cleaning.skip.push(CleaningStep::PromptQuotes);
        Self {
            traces: scorer.scored(traces, Look::Marks(cleaning)),
            survey: Survey::default(),
            duplicates: DuplicateFinder::default(),
            names_masked,
        }
    }

    /// The summary of what was read; for after the stream has ended.
    pub fn into_input_summary(self) -> InputSummary {
        input_summary(
            self.traces.summary(),
            self.survey,
            self.duplicates.into_found(),
            self.names_masked,
        )
    }
}

impl Iterator for SurveyedTraces<'_> {
    type Item = Result<SurveyedTrace, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut trace = match self.traces.next()? {
            Ok(trace) => trace,
            Err(error) => return Some(Err(error)),
        };
        let record = &trace.trace;
        let repeats = trace.marks.signature.take().is_some_and(|signature| {
            self.duplicates.add(&record.id, record.model.as_deref(), signature)
        });
        self.survey.add(record, &trace.marks);
        Some(Ok(SurveyedTrace { trace, repeats }))
    }
}

fn input_summary(
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
