//! What is in the traces that were kept: a row for each model, and counts of what was marked.
//!
//! Comes in: traces with their [`Marks`], in input order. Goes out: a [`Survey`] for the table of
//! `ingest` and the data notes of `compare`. Called by `cli`. Kept for each trace are its length and a
//! hash of its prompt, never its text.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;
use serde::Serialize;
use xxhash_rust::xxh3::xxh3_64;

use super::summary::{OTHERS, UNNAMED, count, is_listed};
use crate::trace::{Marks, Trace};

/// What is in the traces of a reading.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Survey {
    /// By label; `(none)` for traces without one.
    pub models: BTreeMap<String, ModelSurvey>,
    /// Traces by language (ISO 639-3, or what the record says); those whose language is not told
    /// are in none.
    pub languages: BTreeMap<String, usize>,
    /// Traces by the provider that served them, where the record names one.
    pub providers: BTreeMap<String, usize>,
    /// Traces by finish reason, where the record tells one.
    pub finish_reasons: BTreeMap<String, usize>,
    /// Refusals.
    pub refusals: usize,
    /// Traces that name a model or a vendor.
    pub naming: usize,
    /// Those that name one which their prompt does not.
    pub naming_beyond_prompt: usize,
    /// How many traces name each model and vendor that their prompt does not.
    pub names_beyond_prompt: BTreeMap<String, usize>,
    /// Traces that quote a stretch of their prompt.
    pub quoting_prompt: usize,
}

/// What is in the traces of one model.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ModelSurvey {
    /// Traces.
    pub traces: usize,
    /// Words in them.
    pub words: usize,
    /// The median of the words in a trace; the lower of two.
    pub median_words: usize,
    /// Different prompts.
    pub prompts: usize,
    /// Traces by `meta.mediation`.
    pub mediation: BTreeMap<String, usize>,
    /// Traces by language.
    pub languages: BTreeMap<String, usize>,
    #[serde(skip)]
    lengths: Vec<u32>,
    #[serde(skip)]
    prompt_hashes: FxHashSet<u64>,
}

impl Survey {
    /// Adds a trace.
    pub fn add(&mut self, trace: &Trace, marks: &Marks) {
        let model = trace.model.as_deref().unwrap_or(UNNAMED);
        let model = if is_listed(&self.models, model) { model } else { OTHERS };
        if !self.models.contains_key(model) {
            self.models.insert(model.to_owned(), ModelSurvey::default());
        }
        if let Some(own) = self.models.get_mut(model) {
            own.traces += 1;
            own.words += marks.words;
            own.lengths.push(u32::try_from(marks.words).unwrap_or(u32::MAX));
            own.prompt_hashes.insert(xxh3_64(trace.prompt_key().as_bytes()));
            own.prompts = own.prompt_hashes.len();
            count(&mut own.mediation, trace.mediation().name());
            if let Some(language) = marks.language.as_deref() {
                count(&mut own.languages, language);
                count(&mut self.languages, language);
            }
        }
        let text = |name: &str| trace.meta.get(name).and_then(serde_json::Value::as_str);
        let counted =
            [(&mut self.providers, "provider"), (&mut self.finish_reasons, "finish_reason")];
        for (counts, name) in counted {
            if let Some(value) = text(name) {
                count(counts, value);
            }
        }
        self.refusals += usize::from(marks.refusal);
        self.naming += usize::from(!marks.names.is_empty());
        self.naming_beyond_prompt += usize::from(!marks.names_beyond_prompt.is_empty());
        for name in &marks.names_beyond_prompt {
            count(&mut self.names_beyond_prompt, name);
        }
        self.quoting_prompt += usize::from(!marks.prompt_quotes.is_empty());
    }

    /// Computes what needs all traces: the medians.
    pub fn finish(&mut self) {
        for model in self.models.values_mut() {
            model.lengths.sort_unstable();
            let middle = model.lengths.len().saturating_sub(1) / 2;
            model.median_words = model.lengths.get(middle).map_or(0, |&words| words as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_model_has_its_row() {
        let mut survey = Survey::default();
        for (model, prompt, words, language) in [
            (Some("a/b"), "p", 10, Some("eng")),
            (Some("a/b"), "p", 30, Some("eng")),
            (Some("a/b"), "q", 20, None),
            (None, "p", 5, Some("cmn")),
        ] {
            let mut trace = Trace {
                model: model.map(str::to_owned),
                prompt: Some(prompt.into()),
                ..Trace::default()
            };
            trace.meta.insert("provider".into(), "host".into());
            let language = language.map(str::to_owned);
            let names = vec!["Qwen".to_owned()];
            let marks = Marks { words, language, names: names.clone(), ..Marks::default() };
            survey.add(&trace, &Marks { names_beyond_prompt: names, ..marks });
        }
        survey.finish();
        let model = &survey.models["a/b"];
        assert_eq!((model.traces, model.words, model.median_words, model.prompts), (3, 60, 20, 2));
        assert_eq!(model.languages, BTreeMap::from([("eng".into(), 2)]));
        assert_eq!(survey.models[UNNAMED].median_words, 5);
        assert_eq!(survey.providers["host"], 4);
        assert_eq!(survey.names_beyond_prompt["Qwen"], 4);
    }
}
