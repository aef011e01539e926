//! What is kept of a corpus while its traces stream by.

use super::{
    prompt_order::PromptOrder,
    readable_measures::{Readable, kept_of},
    style_sums::StyleSums,
    word_counts::WordCounts,
};
use crate::{
    atlas::Atlas,
    attribution::{Scored, pool::log_of},
    features::Channel,
    stats::exact_sum::ExactSum,
    trace::{Mediation, TextKind, Trace, prompt_hash},
};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use xxhash_rust::xxh3::xxh3_64;

/// What is kept of one scored trace.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    /// The number of its prompt.
    pub prompt: u32,
    /// A hash of its text.
    pub text: u64,
    /// The probability that the atlas knows its subject matter.
    pub in_domain: f64,
    /// Calibrated probability per reference.
    pub probabilities: Vec<f32>,
    /// The same without the layout channel.
    pub without_layout: Vec<f32>,
    /// The p-value `unknown`.
    pub unknown: f64,
    /// The word n-grams that it holds, and how often.
    pub words: WordCounts,
    /// Words in it.
    pub length: usize,
    /// The number of its domain ([`ScoredCorpus::domain_numbers`]).
    pub domain: Option<u32>,
    /// How it was shown.
    pub mediation: Mediation,
    /// The values of [`ScoredCorpus::readable`].
    pub habits: Vec<f32>,
}

/// What is known of one word n-gram over the corpus.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Use {
    /// Sum of its weights in the rows.
    pub value: f64,
    /// Occurrences.
    pub count: u64,
    /// Traces that hold it.
    pub traces: u32,
}

/// The traces of one prompt.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    /// [`prompt_hash`] of the prompt, where its text is known and all traces answer it: the later turns
    /// of a session answer other questions, on which nobody else is compared.
    pub key: Option<u64>,
    /// A later turn of a session was added.
    pub(super) has_later_turns: bool,
    /// Traces that were added.
    pub traces: usize,
    /// Sum of the values that the panel compares.
    pub(super) sum: ExactSum,
}

/// By which a profile knows a prompt: a hash of its [`Trace::group_key`].
pub(super) fn key_hash(key: &str) -> u64 {
    xxh3_64(key.as_bytes())
}

impl Cell {
    /// The mean values of its traces.
    pub fn mean(&self) -> Vec<f32> {
        self.sum.over(self.traces)
    }

    /// Adds the traces of another prompt, which has the same text. Of two hashes the smaller stays.
    fn join(&mut self, other: Self) {
        self.sum.join(&other.sum);
        self.traces += other.traces;
        self.key = [self.key, other.key].into_iter().flatten().min();
    }
}

/// The dense values that are read of a trace, each with its factor; empty before the first trace.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// What the panel compares.
    style: Vec<(usize, f32)>,
    /// What verification reads.
    verification: Vec<(usize, f32)>,
}

/// The scored traces of one corpus. Traces are added one at a time, in input order; their texts
/// are not kept.
#[derive(Debug, Default)]
pub struct ScoredCorpus {
    pub(super) kept: Vec<Kept>,
    /// The numbers of the kept traces in an order that their content gives; empty before
    /// [`ScoredCorpus::settle`].
    pub(super) order: Vec<u32>,
    pub(super) prompts: FxHashMap<String, u32>,
    /// The prompts of a tally that was read from a profile, by [`key_hash`]: their names are not kept.
    pub(super) hashed: FxHashMap<u64, u32>,
    /// Traces that a profile holds; their scores are not kept.
    pub(super) profiled: usize,
    /// One per prompt; empty where the atlas has no panel.
    pub(super) cells: Vec<Cell>,
    pub(super) places: Places,
    pub(super) uses: FxHashMap<u32, Use>,
    pub(super) profile: ExactSum,
    /// The models that the traces name.
    pub(super) labels: BTreeSet<String>,
    pub(super) words: usize,
    pub(super) too_short: usize,
    pub(super) seen_before: usize,
    /// Bytes that the atlas's tokenizer gave up on.
    pub(super) untokenized: usize,
    /// Traces that an atlas with the channel `vectors` judged without a vector.
    pub(super) without_vector: usize,
    /// Sum over the traces of the probability that the atlas knows their subject matter.
    pub(super) in_domain: f64,
    /// What verification compares.
    pub(crate) style: StyleSums,
    /// Traces by data set, whether it is theirs or only the nearest.
    pub(super) data_sets: BTreeMap<usize, usize>,
    pub(super) mediation: BTreeMap<String, usize>,
    pub(super) domains: BTreeMap<String, usize>,
    /// Traces by language, where they were told; none of a profile are.
    pub(super) languages: BTreeMap<String, usize>,
    /// Numbers of domains, in the order in which they come up.
    pub(super) domain_numbers: FxHashMap<String, u32>,
    /// Measures that are kept of every trace, because the panel does not have them.
    pub(super) readable: Vec<Readable>,
}

impl ScoredCorpus {
    /// Counts a trace of this language.
    pub fn add_language(&mut self, language: &str) {
        *self.languages.entry(language.to_owned()).or_insert(0) += 1;
    }

    /// Adds a trace that was scored.
    pub fn add(&mut self, atlas: &Atlas, trace: &Trace, kind: TextKind, scored: Scored) {
        if self.kept.is_empty() {
            self.readable = kept_of(&atlas.model.vectorizer, &atlas.panel);
        }
        let next = self.prompts.len() as u32;
        let prompt = *self.prompts.entry(trace.group_key()).or_insert(next);
        self.add_style(atlas, trace, prompt, &scored);
        let features = atlas.model.vectorizer.vocabulary().features();
        let mut words = Vec::new();
        for ((&index, &value), &count) in
            scored.row.indices.iter().zip(&scored.row.values).zip(&scored.row.counts)
        {
            if features[index as usize].channel == Channel::Word {
                words.push((index, count));
                let used = self.uses.entry(index).or_default();
                used.value += f64::from(value);
                used.count += u64::from(count);
                used.traces += 1;
            }
        }
        self.profile.add(scored.row.profile());
        self.words += scored.words;
        if let Some(label) = trace.model.as_ref().filter(|label| !self.labels.contains(*label)) {
            self.labels.insert(label.clone());
        }
        self.in_domain += scored.in_domain;
        *self.data_sets.entry(scored.data_set).or_default() += 1;
        self.untokenized += scored.row.untokenized;
        self.without_vector += usize::from(scored.row.without_vector);
        self.seen_before += usize::from(trace.text(kind).is_some_and(|text| atlas.has_seen(&text)));
        *self.mediation.entry(trace.mediation().name().into()).or_default() += 1;
        let domain = trace.domain.as_ref().map(|domain| {
            *self.domains.entry(domain.clone()).or_default() += 1;
            let next = self.domain_numbers.len() as u32;
            *self.domain_numbers.entry(domain.clone()).or_insert(next)
        });
        let text = trace.text(kind).map_or(0, |text| xxh3_64(text.as_bytes()));
        self.kept.push(Kept {
            prompt,
            text,
            in_domain: scored.in_domain,
            probabilities: scored.probabilities,
            without_layout: scored.without_layout,
            unknown: scored.unknown,
            words: WordCounts::new(words),
            length: scored.words,
            domain,
            mediation: trace.mediation(),
            habits: self.readable.iter().map(|one| one.of(&scored.row.dense)).collect(),
        });
    }

    /// Adds a trace's style values to what the panel and verification compare.
    fn add_style(&mut self, atlas: &Atlas, trace: &Trace, prompt: u32, scored: &Scored) {
        if atlas.panel.width() == 0 && atlas.verification.is_none() {
            return;
        }
        if self.places.style.is_empty() {
            let vectorizer = &atlas.model.vectorizer;
            self.places = Places {
                style: vectorizer.style_places(),
                verification: vectorizer.verification_places(),
            };
        }
        if atlas.verification.is_some() {
            self.style.add(scored, &scored.row.dense_at(&self.places.verification), prompt);
        }
        if atlas.panel.width() == 0 {
            return;
        }
        let values = scored.row.dense_at(&self.places.style);
        self.cells.resize_with(self.prompts.len(), Cell::default);
        let Some(cell) = self.cells.get_mut(prompt as usize) else { return };
        cell.sum.add(&values);
        cell.traces += 1;
        let text = trace.prompt.as_deref().filter(|text| !text.trim().is_empty());
        cell.has_later_turns |= trace.session_prompt().is_some();
        let key = cell.key.or_else(|| text.map(prompt_hash));
        cell.key = key.filter(|_| !cell.has_later_turns);
    }

    /// Numbers prompts and orders traces by what they are, once all are added: what is drawn and summed
    /// from them must not depend on the order of the input. Prompts under which the same text stands
    /// become one: copies say nothing more about other prompts.
    pub fn settle(&mut self) {
        let texts = self.kept.iter().map(|kept| (kept.prompt, kept.text));
        let order = PromptOrder::of(&self.prompts, texts);
        order.renumber(&mut self.prompts);
        self.kept.iter_mut().for_each(|kept| kept.prompt = order.number(kept.prompt));
        self.style.renumber(order.numbers());
        if !self.cells.is_empty() {
            let mut cells = vec![Cell::default(); self.prompts.len()];
            for (old, cell) in std::mem::take(&mut self.cells).into_iter().enumerate() {
                if let Some(own) = cells.get_mut(order.number(old as u32) as usize) {
                    own.join(cell);
                }
            }
            self.cells = cells;
        }
        self.order = (0..self.kept.len() as u32).collect();
        let kept = &self.kept;
        self.order.sort_by_key(|&at| (kept[at as usize].prompt, kept[at as usize].text, at));
        if !self.kept.is_empty() {
            self.in_domain = self.in_order().map(|kept| kept.in_domain).sum();
        }
    }

    /// The kept traces, in the order of their prompts and texts once the corpus is settled.
    pub(super) fn in_order(&self) -> impl Iterator<Item = &Kept> {
        let settled = self.order.len() == self.kept.len();
        (0..self.kept.len())
            .filter_map(move |at| self.kept.get(if settled { self.order[at] as usize } else { at }))
    }

    /// Counts a trace that was too short to score.
    pub fn add_too_short(&mut self) {
        self.too_short += 1;
    }

    /// Traces that were scored.
    pub fn traces(&self) -> usize {
        self.kept.len() + self.profiled
    }

    /// Traces whose text another one has, beyond the first of them.
    pub(super) fn copies(&self) -> usize {
        let mut texts: Vec<u64> = self.kept.iter().map(|kept| kept.text).collect();
        texts.sort_unstable();
        texts.dedup();
        self.kept.len() - texts.len()
    }

    /// Every prompt: the hash of its key, the key where it is kept, and its number. Ordered by key, those of a
    /// profile by hash.
    pub(super) fn keys(&self) -> Vec<(u64, Option<&str>, u32)> {
        let named = self.prompts.iter().map(|(key, &at)| (key_hash(key), Some(key.as_str()), at));
        let hashed = self.hashed.iter().map(|(&hash, &at)| (hash, None, at));
        let mut keys: Vec<_> = named.chain(hashed).collect();
        keys.sort_unstable_by_key(|&(hash, key, _)| (key, hash));
        keys
    }

    /// The calibrated probabilities of the trace that was scored as the one with this number, and the number of its
    /// prompt. `None` where there is no such trace.
    pub fn probabilities(&self, at: usize) -> Option<(&[f32], u32)> {
        self.kept.get(at).map(|kept| (kept.probabilities.as_slice(), kept.prompt))
    }

    /// Whether the atlas probably knows what the traces are about.
    pub(super) fn is_in_domain(&self) -> bool {
        2.0 * self.in_domain >= self.traces() as f64
    }

    /// Per reference the sum over prompts of the mean log probability of each prompt's traces, and the
    /// number of prompts: what [`crate::attribution::pool::Pooling`] makes probabilities of.
    pub(super) fn log_sum(&self) -> (Vec<f32>, usize) {
        let means = self
            .by_prompt(|kept| kept.probabilities.iter().map(|&p| f64::from(log_of(p))).collect());
        let mut sum = vec![0.0_f64; means.first().map_or(0, Vec::len)];
        for mean in &means {
            sum.iter_mut().zip(mean).for_each(|(sum, log)| *sum += log);
        }
        (sum.into_iter().map(|log| log as f32).collect(), means.len())
    }

    /// The mean profile of the corpus, as the atlas's references have them.
    pub(super) fn mean_profile(&self) -> Vec<f32> {
        self.profile.over(self.kept.len())
    }

    /// The mean over each prompt's traces of what `values` gives, a row per prompt.
    pub(super) fn by_prompt(&self, values: impl Fn(&Kept) -> Vec<f64>) -> Vec<Vec<f64>> {
        let mut sums: Vec<(Vec<f64>, f64)> = vec![(Vec::new(), 0.0); self.prompts.len()];
        for kept in self.in_order() {
            let values = values(kept);
            let (sum, count) = &mut sums[kept.prompt as usize];
            sum.resize(values.len(), 0.0);
            sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
            *count += 1.0;
        }
        sums.into_iter()
            .map(|(sum, count)| sum.into_iter().map(|sum| sum / count).collect())
            .collect()
    }
}
