//! What is kept of a data set while its records stream by.
//!
//! Called by `cli` for each record, in input order, and read by [`super::audit`]. Texts are not kept: for
//! each record a short row of probabilities, its p-value and its name.

use super::mixture::Likelihoods;
use crate::lineage::{prompt_order::PromptOrder, style_sums::StyleSums};
use crate::{
    atlas::Atlas,
    attribution::Scored,
    stats::exact_sum::ExactSum,
    trace::{TextKind, Trace},
};
use rustc_hash::FxHashMap;
use std::{collections::BTreeMap, sync::Arc};
use xxhash_rust::xxh3::xxh3_64;

/// The most characters of an id, a source or a label that are kept.
const NAME_LIMIT: usize = 200;

/// The scored records of a data set.
#[derive(Debug, Default)]
pub struct Records {
    pub(super) likelihoods: Likelihoods,
    /// The p-value `unknown` of each.
    pub(super) unknown: Vec<f64>,
    /// The reference that comes first in each.
    pub(super) first: Vec<u32>,
    /// The number of each one's prompt.
    pub(super) prompts: Vec<u32>,
    /// A hash of each one's text.
    texts_read: Vec<u64>,
    /// The probability that the atlas knows the subject matter of each.
    familiar: Vec<f64>,
    pub(super) lengths: Vec<u32>,
    pub(super) names: Vec<RecordName>,
    pub(super) prompt_numbers: FxHashMap<String, u32>,
    /// For each reference, the sum of the profiles of the records in which it comes first.
    pub(super) profiles: Vec<ExactSum>,
    pub(super) words: usize,
    pub(super) too_short: usize,
    pub(super) seen_before: usize,
    /// Sum over the records of the probability that the atlas knows their subject matter.
    pub(super) in_domain: f64,
    pub(super) mediation: BTreeMap<String, usize>,
    /// What verification compares, and where it stands in a row.
    pub(super) style: StyleSums,
    places: Vec<(usize, f32)>,
    /// Sources and labels, each kept once.
    texts: FxHashMap<String, Arc<str>>,
}

/// How a record is named to a person.
#[derive(Debug, Clone)]
pub(super) struct RecordName {
    pub id: String,
    pub source: Arc<str>,
    pub model: Option<Arc<str>>,
}

impl Records {
    /// Adds a record that was scored.
    pub fn add(&mut self, atlas: &Atlas, trace: &Trace, kind: TextKind, scored: &Scored) {
        let next = self.prompt_numbers.len() as u32;
        let prompt = *self.prompt_numbers.entry(trace.group_key()).or_insert(next);
        self.prompts.push(prompt);
        if atlas.verification.is_some() {
            if self.places.is_empty() {
                self.places = atlas.model.vectorizer.verification_places();
            }
            self.style.add(scored, &scored.row.dense_at(&self.places), prompt);
        }
        self.likelihoods.push(&scored.probabilities);
        self.unknown.push(scored.unknown);
        let first = scored.top();
        self.first.push(first as u32);
        if self.profiles.len() <= first {
            self.profiles.resize(atlas.about.references.len(), ExactSum::default());
        }
        self.profiles[first].add(scored.row.profile());
        self.texts_read.push(trace.text(kind).map_or(0, |text| xxh3_64(text.as_bytes())));
        self.familiar.push(scored.in_domain);
        self.lengths.push(u32::try_from(scored.words).unwrap_or(u32::MAX));
        self.words += scored.words;
        self.in_domain += scored.in_domain;
        self.seen_before += usize::from(trace.text(kind).is_some_and(|text| atlas.has_seen(&text)));
        *self.mediation.entry(trace.mediation().name().into()).or_default() += 1;
        let source = self.shared(&trace.source);
        let model = trace.model.as_deref().map(|model| self.shared(model));
        self.names.push(RecordName { id: cut(&trace.id), source, model });
    }

    /// Numbers prompts and orders records by what they are, once all are added: nothing that is drawn or
    /// summed may depend on the order of the input. Prompts under which the same text stands become one.
    pub fn settle(&mut self) {
        let texts = self.prompts.iter().copied().zip(self.texts_read.iter().copied());
        let order = PromptOrder::of(&self.prompt_numbers, texts);
        order.renumber(&mut self.prompt_numbers);
        self.prompts.iter_mut().for_each(|prompt| *prompt = order.number(*prompt));
        self.style.renumber(order.numbers());
        let mut places: Vec<usize> = (0..self.len()).collect();
        places.sort_by_key(|&at| (self.prompts[at], self.texts_read[at], at));
        self.likelihoods = self.likelihoods.reordered(&places);
        reorder(&mut self.unknown, &places);
        reorder(&mut self.first, &places);
        reorder(&mut self.prompts, &places);
        reorder(&mut self.texts_read, &places);
        reorder(&mut self.familiar, &places);
        reorder(&mut self.lengths, &places);
        reorder(&mut self.names, &places);
        self.in_domain = self.familiar.iter().sum();
    }

    /// Counts a record that was too short to score.
    pub fn add_too_short(&mut self) {
        self.too_short += 1;
    }

    /// Records that were scored.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether no record was scored.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Different prompts.
    pub(super) fn prompt_count(&self) -> usize {
        self.prompt_numbers.len()
    }

    fn shared(&mut self, text: &str) -> Arc<str> {
        let text = cut(text);
        if let Some(known) = self.texts.get(&text) {
            return known.clone();
        }
        let shared: Arc<str> = text.as_str().into();
        self.texts.insert(text, shared.clone());
        shared
    }
}

/// Puts values into another order: `places` has the old place of each.
fn reorder<T: Clone>(values: &mut Vec<T>, places: &[usize]) {
    *values = places.iter().filter_map(|&at| values.get(at).cloned()).collect();
}

/// At most [`NAME_LIMIT`] characters.
fn cut(text: &str) -> String {
    text.chars().take(NAME_LIMIT).collect()
}
