//! The classic measures of stylometry next to the program's own method, on the same folds.
//!
//! Comes in: a measure ([`classic::Method`]). Goes out: a [`Method`] for [`super::evaluate`].
//! Called by `cli`.

use super::classifier::{Classifier, Method, Prediction};
use crate::{
    atlas,
    attribution::{Example, MINIMUM_WORDS, classic, folds::FEWEST},
    features::NgramCounter,
    text::count_words,
    trace::{PromptGroups, TextKind, Trace},
};
use std::collections::BTreeSet;

/// One of the classic measures.
#[derive(Debug, Clone, Copy)]
pub struct ClassicMethod {
    /// Which.
    pub method: classic::Method,
    /// Which text of a trace it compares.
    pub text: TextKind,
    /// Seed of its folds and draws.
    pub seed: u64,
}

impl ClassicMethod {
    /// The measures that are cheap enough for every evaluation.
    pub const USUAL: [classic::Method; 5] = [
        classic::Method::Burrows,
        classic::Method::Cosine,
        classic::Method::Eder,
        classic::Method::Argamon,
        classic::Method::Ruzicka,
    ];
}

struct ClassicClassifier {
    references: Vec<String>,
    model: classic::ClassicModel,
}

impl Method for ClassicMethod {
    fn name(&self) -> &str {
        self.method.name()
    }

    fn learn(
        &self,
        training: &[&Trace],
        stage: &dyn Fn(&str),
    ) -> Result<Box<dyn Classifier>, atlas::Error> {
        let usable = |trace: &&&Trace| {
            let text = trace.text(self.text);
            trace.model.is_some() && text.is_some_and(|text| count_words(&text) >= MINIMUM_WORDS)
        };
        let mut usable: Vec<&Trace> = training.iter().filter(usable).copied().collect();
        // By prompt, as learners want it, in an order that does not depend on the input's.
        usable
            .sort_by_cached_key(|trace| (trace.group_key(), trace.model.clone(), trace.id.clone()));
        let names: BTreeSet<&str> = usable.iter().filter_map(|t| t.model.as_deref()).collect();
        let names: Vec<&str> = names.into_iter().collect();
        let keys: Vec<String> = usable.iter().map(|trace| trace.group_key()).collect();
        let items = keys.iter().zip(&usable).map(|(key, trace)| (key.as_str(), *trace));
        let (numbers, groups) = PromptGroups::from_traces(items, FEWEST);
        let examples: Vec<Example<'_>> = usable
            .iter()
            .zip(numbers)
            .map(|(trace, prompt)| {
                let text = trace.text(self.text).unwrap_or_default();
                let model = trace.model.as_deref().unwrap_or_default();
                Example {
                    words: count_words(&text),
                    text,
                    label: names.binary_search(&model).unwrap_or(0),
                    prompt,
                    group: groups.group_of[prompt as usize],
                    data_set: 0,
                    vector: None,
                }
            })
            .collect();
        let model = classic::learn(self.method, &examples, names.len(), self.seed, stage)
            .map_err(atlas::Error::Fit)?;
        let references = names.into_iter().map(str::to_owned).collect();
        Ok(Box::new(ClassicClassifier { references, model }))
    }
}

impl Classifier for ClassicClassifier {
    fn references(&self) -> &[String] {
        &self.references
    }

    fn predict(&self, text: &str, _: &mut NgramCounter) -> Option<Prediction> {
        (count_words(text) >= MINIMUM_WORDS)
            .then(|| Prediction { probabilities: self.model.probabilities(text), unknown: None })
    }
}
