//! Inputs whose models are known → traces to learn from.

use super::{Error, Inputs, Progress, reading_messages::no_usable_text};
use crate::{
    ingest::{self, Summary},
    trace::{Trace, share_prompt_ids},
};
use std::collections::{BTreeMap, BTreeSet};

/// Inputs whose records name their models, and inputs that are each of one model.
#[derive(Debug, Clone, Default)]
pub struct LabelledInputs {
    /// Inputs whose records name their models.
    pub inputs: Inputs,
    /// Names of models, each with the input that contains its traces, whatever the records say.
    pub labels: Vec<(String, String)>,
    /// How all of them are read.
    pub reading: ingest::Options,
}

/// What was read.
#[derive(Debug, Default)]
pub struct LabelledTraces {
    /// The traces, first those of the inputs, then those of each label. Equal prompts share an id.
    pub traces: Vec<Trace>,
    /// Records that were dropped, by reason.
    pub dropped: BTreeMap<String, usize>,
}

impl LabelledInputs {
    /// Reads all of them.
    ///
    /// # Errors
    /// Where an input cannot be read, none contains usable text, or a label and a record name the
    /// same model.
    pub fn read(&self, progress: &dyn Progress) -> Result<LabelledTraces, Error> {
        progress.stage("reading traces");
        let mut read = LabelledTraces::default();
        let mut last = None;
        let mut named: BTreeSet<String> = BTreeSet::new();
        if !self.inputs.is_empty() {
            let summary = read.add(self.inputs.names(), self.reading.clone(), progress)?;
            named.extend(summary.models.keys().cloned());
            last = Some(summary);
        }
        for (name, input) in &self.labels {
            if named.contains(name) {
                return Err(Error::NamedTwice { name: name.clone() });
            }
            let reading = ingest::Options {
                model: Some(name.clone()),
                relabel: true,
                ..self.reading.clone()
            };
            last = Some(read.add(std::slice::from_ref(input), reading, progress)?);
        }
        match last {
            Some(summary) if read.traces.is_empty() => {
                Err(no_usable_text(&summary, self.reading.text))
            }
            _ => {
                share_prompt_ids(&mut read.traces);
                Ok(read)
            }
        }
    }
}

impl LabelledTraces {
    fn add(
        &mut self,
        inputs: &[String],
        reading: ingest::Options,
        progress: &dyn Progress,
    ) -> Result<Summary, Error> {
        let mut stream = ingest::open(inputs, reading)?;
        for trace in stream.by_ref() {
            self.traces.push(trace?);
        }
        let summary = stream.into_summary();
        progress.dropped(&summary);
        for (reason, lost) in &summary.dropped {
            let reason = reason.description().trim_end_matches('.').to_owned();
            *self.dropped.entry(reason).or_default() += lost.count;
        }
        Ok(summary)
    }
}
