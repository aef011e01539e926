//! Labelled traces → what can be learned from, and how the learner wants it.
//!
//! What is dropped is counted by reason. Called by [`super::learn()`] and [`super::extend()`].

use super::{about::MINIMUM_TRACES, learning::LearnOptions};
use crate::{
    attribution::{Example, MINIMUM_WORDS, folds::FEWEST, panel::Observed},
    features::Row,
    text::{count_words, language},
    trace::{PromptGroups, Trace, prompt_hash},
};
use std::{
    borrow::Borrow,
    collections::{BTreeMap, HashSet},
};
use xxhash_rust::xxh3::xxh3_128;

/// One trace that can be learned from.
pub(super) struct TrainingTrace<'a> {
    pub trace: &'a Trace,
    pub model: &'a str,
    pub text: std::borrow::Cow<'a, str>,
    pub words: usize,
    pub prompt: String,
    /// ISO 639-3; `None` where it cannot be told.
    pub language: Option<&'static str>,
    /// Places the trace in an order that does not depend on the order of the input.
    key: u128,
}

/// The traces that can be learned from, by prompt; what is dropped is counted by reason.
pub(super) fn usable<'a, T: Borrow<Trace>>(
    traces: &'a [T],
    options: &LearnOptions,
    dropped: &mut BTreeMap<String, usize>,
) -> Vec<TrainingTrace<'a>> {
    let mut drop = |reason: String, count: usize| *dropped.entry(reason).or_default() += count;
    let mut usable = Vec::new();
    let mut seen = HashSet::new();
    for trace in traces {
        let trace = trace.borrow();
        let Some(model) = trace.model.as_deref().filter(|model| !model.is_empty()) else {
            drop("no model named".into(), 1);
            continue;
        };
        let Some(text) = trace.text(options.text) else {
            drop(format!("no {}", options.text.name()), 1);
            continue;
        };
        let words = count_words(&text);
        if words < MINIMUM_WORDS {
            drop(format!("fewer than {MINIMUM_WORDS} words"), 1);
            continue;
        }
        let key = xxh3_128(text.as_bytes());
        if !seen.insert((model, key)) {
            drop("the same text twice from one model".into(), 1);
            continue;
        }
        let (prompt, language) = (trace.group_key(), language(&text));
        usable.push(TrainingTrace { trace, model, text, words, prompt, language, key });
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for u in &usable {
        *counts.entry(u.model).or_default() += 1;
    }
    for (model, count) in counts.iter().filter(|(_, count)| **count < MINIMUM_TRACES) {
        drop(format!("fewer than {MINIMUM_TRACES} traces of {model}"), *count);
    }
    usable.retain(|u| counts[u.model] >= MINIMUM_TRACES);
    // By prompt first, as the learner wants it, then by content.
    usable.sort_by(|a, b| (&a.prompt, a.model, a.key).cmp(&(&b.prompt, b.model, b.key)));
    usable
}

/// An example of each trace, and how many prompts ask nearly the same as another. `names` are the
/// references', ascending; `data_set_of` gives the data set of each trace.
pub(super) fn examples<'a>(
    usable: &[TrainingTrace<'a>],
    names: &[&str],
    data_set_of: &[usize],
) -> (Vec<Example<'a>>, usize) {
    let items = usable.iter().map(|u| (u.prompt.as_str(), u.trace));
    let (numbers, groups) = PromptGroups::from_traces(items, FEWEST);
    let examples = usable
        .iter()
        .zip(numbers)
        .zip(data_set_of)
        .map(|((u, prompt), &data_set)| Example {
            text: u.text.clone(),
            words: u.words,
            label: names.binary_search(&u.model).unwrap_or_default(),
            prompt,
            group: groups.group_of[prompt as usize],
            data_set,
            vector: None,
        })
        .collect();
    (examples, groups.repeated())
}

/// What the panel of shared prompts learns from: the values at `places` of each trace's row.
/// `place` gives the number of its reference and its data set.
pub(super) fn observed(
    usable: &[TrainingTrace<'_>],
    examples: &[Example<'_>],
    rows: &[Row],
    places: &[(usize, f32)],
    place: impl Fn(usize) -> (usize, usize),
) -> Vec<Observed> {
    // Traces come in the order of their prompts, and one prompt has many.
    let mut last: Option<(&str, u64)> = None;
    let mut key_of = |text| match last {
        Some((known, key)) if known == text => key,
        _ => last.insert((text, prompt_hash(text))).1,
    };
    (0..usable.len())
        .map(|i| {
            let (reference, data_set) = place(i);
            // A later turn of a session answers another question than the one it is counted with.
            let trace = usable[i].trace;
            let is_first = trace.session_prompt().is_none();
            let text = trace.prompt.as_deref().filter(|text| is_first && !text.trim().is_empty());
            Observed {
                reference,
                data_set,
                prompt: examples[i].prompt,
                key: text.map(&mut key_of),
                values: rows[i].dense_at(places),
            }
        })
        .collect()
}
