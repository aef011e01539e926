//! Labelled traces → the cases of an evaluation, in an order that does not depend on that of the
//! input.
//!
//! Called by [`super::evaluate`]. What cannot be used is counted. A trace with too few words stays:
//! the program gives no answer to it, and that is part of what is measured.

use super::{Error, FEWEST_PROMPTS, TooLittle};
use crate::{
    atlas::{MINIMUM_TRACES, UNKNOWN_DOMAIN},
    attribution::MINIMUM_WORDS,
    stats::{calibration::Prediction, vectors::argmax},
    text::count_words,
    trace::{PromptGroups, TextKind, Trace},
};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashSet},
};
use xxhash_rust::xxh3::xxh3_128;

/// One labelled trace.
#[derive(Debug)]
pub struct Case<'a> {
    /// The trace.
    pub trace: &'a Trace,
    /// Its text of the kind that is scored.
    pub text: Cow<'a, str>,
    /// Words in the text.
    pub words: usize,
    /// The model that wrote it, an index into [`Cases::models`].
    pub model: usize,
    /// Its prompt, an index below [`Cases::prompts`].
    pub prompt: usize,
    /// The group of prompts that ask nearly the same as its own, an index below [`Cases::groups`].
    pub group: usize,
}

impl Case<'_> {
    /// Its domain, or the placeholder for an unknown one.
    pub fn domain(&self) -> &str {
        self.trace.domain.as_deref().filter(|domain| !domain.is_empty()).unwrap_or(UNKNOWN_DOMAIN)
    }

    /// What these probabilities, one per model, say of it as a whole.
    pub fn prediction(&self, probabilities: &[f32]) -> Prediction {
        let best = argmax(probabilities);
        Prediction {
            confidence: f64::from(probabilities[best]),
            right: best == self.model,
            group: self.group,
        }
    }
}

/// All labelled traces.
#[derive(Debug)]
pub struct Cases<'a> {
    /// The traces, by prompt, model and content.
    pub cases: Vec<Case<'a>>,
    /// The models' names, ascending.
    pub models: Vec<String>,
    /// The number of different prompts.
    pub prompts: usize,
    /// The number of groups of prompts that ask nearly the same
    /// ([`PromptGroups`](crate::trace::PromptGroups)): a group is held out as a whole, and
    /// resampled as a whole.
    pub groups: usize,
    /// Traces that cannot be used, by reason.
    pub dropped: BTreeMap<String, usize>,
}

impl<'a> Cases<'a> {
    /// Takes the traces that name a model and hold text of this kind; a text that one model wrote
    /// twice is taken once, and a model with fewer than [`MINIMUM_TRACES`] traces of
    /// [`MINIMUM_WORDS`] words is left out.
    ///
    /// # Errors
    /// [`Error::TooLittle`] where fewer than two models or two prompts are left.
    pub fn new(traces: &'a [Trace], kind: TextKind) -> Result<Self, Error> {
        let mut dropped = BTreeMap::new();
        let mut drop = |reason: String| *dropped.entry(reason).or_default() += 1;
        let mut found = Vec::new();
        for trace in traces {
            let Some(model) = trace.model.as_deref().filter(|model| !model.is_empty()) else {
                drop("no model named".into());
                continue;
            };
            let Some(text) = trace.text(kind) else {
                drop(format!("no {}", kind.name()));
                continue;
            };
            let key = xxh3_128(text.as_bytes());
            found.push((trace.group_key(), model, key, count_words(&text), text, trace));
        }
        // The id last: of equal texts it decides which prompt's is kept, whatever the order of the
        // input.
        found.sort_by(|a, b| (&a.0, a.1, a.2, &a.5.id).cmp(&(&b.0, b.1, b.2, &b.5.id)));
        let mut seen = HashSet::new();
        found.retain(|(_, model, key, ..)| {
            let new = seen.insert((*model, *key));
            if !new {
                drop("the same text twice from one model".into());
            }
            new
        });
        let mut long_enough: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, model, _, words, ..) in &found {
            *long_enough.entry(model).or_default() += usize::from(*words >= MINIMUM_WORDS);
        }
        found.retain(|(_, model, ..)| {
            let enough = long_enough[model] >= MINIMUM_TRACES;
            if !enough {
                drop(format!("fewer than {MINIMUM_TRACES} traces of {model}"));
            }
            enough
        });
        let models: Vec<String> = found
            .iter()
            .map(|f| f.1)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .map(str::to_owned)
            .collect();
        let items = found.iter().map(|f| (f.0.as_str(), f.5));
        let (numbers, groups) = PromptGroups::from_traces(items, FEWEST_PROMPTS);
        if models.len() < 2 {
            let (only, traces) = (models.into_iter().next(), traces.len());
            return Err(TooLittle::Models { only, traces, dropped }.into());
        }
        if groups.group_of.len() < 2 {
            return Err(TooLittle::Prompts { prompts: groups.group_of.len() }.into());
        }
        let cases = found
            .into_iter()
            .zip(numbers)
            .map(|((_, model, _, words, text, trace), prompt)| Case {
                trace,
                text,
                words,
                model: models.binary_search_by(|name| name.as_str().cmp(model)).unwrap_or_default(),
                prompt: prompt as usize,
                group: groups.group_of[prompt as usize] as usize,
            })
            .collect();
        Ok(Self { cases, models, prompts: groups.group_of.len(), groups: groups.count, dropped })
    }

    /// The family of each model, as numbers, and whether any family holds two models. A model
    /// without a family is one of its own.
    pub fn families(&self, families: &BTreeMap<String, String>) -> (Vec<usize>, bool) {
        let own: Vec<(&str, bool)> = self
            .models
            .iter()
            .map(|model| match families.get(model) {
                Some(family) => (family.as_str(), true),
                // Marked apart: a model may be named like a family that it is not in.
                None => (model.as_str(), false),
            })
            .collect();
        let names: BTreeSet<(&str, bool)> = own.iter().copied().collect();
        let number = |own: &(&str, bool)| names.range(..*own).count();
        (own.iter().map(number).collect(), names.len() < own.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(model: &str, prompt: &str, text: &str) -> Trace {
        Trace {
            id: format!("{model}:{prompt}"),
            model: Some(model.into()),
            prompt_id: Some(prompt.into()),
            reasoning: text.repeat(40),
            ..Trace::default()
        }
    }

    fn traces() -> Vec<Trace> {
        let texts = ["one ", "two ", "three ", "four "];
        ["b", "a"]
            .iter()
            .flat_map(|model| texts.iter().map(move |text| trace(model, text.trim(), text)))
            .collect()
    }

    #[test]
    fn the_order_of_the_input_does_not_matter_and_doubles_are_taken_once() {
        let mut traces = traces();
        traces.push(trace("a", "another", "one "));
        let there = Cases::new(&traces, TextKind::Reasoning).unwrap();
        let backwards: Vec<Trace> = traces.iter().rev().cloned().collect();
        let back = Cases::new(&backwards, TextKind::Reasoning).unwrap();
        let ids = |cases: &Cases<'_>| {
            cases.cases.iter().map(|case| case.trace.id.clone()).collect::<Vec<_>>()
        };
        assert_eq!(ids(&there), ids(&back));
        assert_eq!((there.cases.len(), there.models.len(), there.prompts), (8, 2, 5));
        assert!(!ids(&there).contains(&"a:one".to_owned()), "kept under the first prompt");
        assert_eq!(there.dropped["the same text twice from one model"], 1);
    }

    #[test]
    fn models_with_too_few_traces_are_named() {
        let mut traces = traces();
        traces.truncate(4);
        traces.push(trace("c", "one", "five "));
        let error = Cases::new(&traces, TextKind::Reasoning).unwrap_err().to_string();
        assert!(error.contains("only one model, b") && error.contains("traces of c"), "{error}");
    }

    #[test]
    fn a_model_without_a_family_is_one_of_its_own() {
        let traces = traces();
        let cases = Cases::new(&traces, TextKind::Reasoning).unwrap();
        let of = |pairs: &[(&str, &str)]| {
            let map = pairs.iter().map(|(m, f)| ((*m).to_owned(), (*f).to_owned())).collect();
            cases.families(&map)
        };
        assert_eq!(of(&[("a", "x"), ("b", "x")]), (vec![0, 0], true));
        assert_eq!(of(&[("a", "b")]), (vec![1, 0], false));
    }
}
