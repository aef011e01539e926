//! What is kept of each trace to decide rules by.
//!
//! Comes in: scored traces with their marks, in input order. Goes out: a [`CheckedRecords`], which
//! [`super::check`] measures. Called by `cli`. Of the probabilities only those that a rule asks for
//! are kept, and of the text nothing.

use super::mixture_rows::MixtureRows;
use crate::{
    atlas::Atlas,
    attribution::Scored,
    lineage::prompt_order::PromptOrder,
    policy::{Policy, Quantity, Slice, Target},
    text::language_code,
    trace::{Marks, Mediation, Place, Position, TextKind, Trace},
};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use xxhash_rust::xxh3::xxh3_64;

/// The most characters of an id that are kept.
const ID_LIMIT: usize = 200;

/// A trace and what was found in it.
#[derive(Debug)]
pub struct Seen<'a> {
    /// The trace.
    pub trace: &'a Trace,
    /// Which of its texts is judged.
    pub text: TextKind,
    /// Where it stands.
    pub place: Place,
    /// What cleaning marked.
    pub marks: &'a Marks,
    /// Whether it repeats an earlier one.
    pub repeats: bool,
    /// Its score; `None` where it was too short.
    pub scored: Option<&'a Scored>,
}

/// One trace.
#[derive(Debug)]
pub(super) struct Record {
    pub id: Box<str>,
    /// The number of its file, and where in it.
    pub file: u32,
    pub position: Position,
    /// The number of its prompt.
    pub prompt: u32,
    /// The number of what it is drawn with: the first prompt of its session ([`Trace::group_key`]), and
    /// prompts that are copies of it.
    pub drawn_with: u32,
    /// A hash of the text that is judged.
    pub text: u64,
    pub domain: Option<u32>,
    pub language: Option<u32>,
    pub mediation: Mediation,
    pub words: usize,
    pub repeats: bool,
    pub refusal: bool,
    pub names: bool,
    pub cut_off: bool,
    /// Whether it was scored.
    pub scored: bool,
    /// Its row in [`MixtureRows`], where it was and a rule asks for a mixture.
    pub row: Option<u32>,
    /// The probability of each target, where it was.
    pub probabilities: Box<[f32]>,
    /// Whether its first reference is one of a target's.
    pub first: Box<[bool]>,
}

/// Texts by number.
#[derive(Debug, Default)]
struct Names {
    numbers: FxHashMap<String, u32>,
    texts: Vec<String>,
}

impl Names {
    fn number(&mut self, text: &str) -> u32 {
        if let Some(&number) = self.numbers.get(text) {
            return number;
        }
        let number = self.texts.len() as u32;
        self.numbers.insert(text.to_owned(), number);
        self.texts.push(text.to_owned());
        number
    }

    fn text(&self, number: u32) -> &str {
        self.texts.get(number as usize).map_or("", String::as_str)
    }
}

/// The traces of a check.
#[derive(Debug, Default)]
pub struct CheckedRecords {
    pub(super) records: Vec<Record>,
    /// Members of each target, by number in the atlas.
    targets: BTreeMap<Target, (usize, Vec<usize>)>,
    /// Kept where a rule asks for a mixture.
    mixture_rows: Option<MixtureRows>,
    files: Names,
    prompts: Names,
    domains: Names,
    languages: Names,
    /// The domain of each prompt's first trace.
    domain_of_prompt: Vec<Option<u32>>,
}

impl CheckedRecords {
    /// An empty sample for the rules of a policy whose names are known
    /// ([`crate::policy::validate`]).
    pub fn new(policy: &Policy, atlas: &Atlas) -> Self {
        let mut sample = Self::default();
        let conditions = || policy.rules.iter().flat_map(|rule| &rule.conditions);
        let asks = conditions().any(|one| matches!(one.quantity, Quantity::Mixture(_)));
        sample.mixture_rows = asks.then(MixtureRows::default);
        for target in conditions().filter_map(|condition| condition.quantity.target()) {
            let next = sample.targets.len();
            sample.targets.entry(target.clone()).or_insert_with(|| {
                let members = (atlas.about.references.iter().enumerate())
                    .filter(|(_, reference)| {
                        target.references.contains(&reference.name)
                            || (reference.family.as_ref())
                                .is_some_and(|family| target.families.contains(family))
                    })
                    .map(|(index, _)| index)
                    .collect();
                (next, members)
            });
        }
        sample
    }

    /// Adds a trace.
    pub fn add(&mut self, seen: Seen<'_>) {
        let Seen { trace, text, place, marks, repeats, scored } = seen;
        let domain = trace.domain.as_deref().map(|domain| self.domains.number(domain));
        let group = self.prompts.number(&trace.group_key());
        let prompt = self.prompts.number(&trace.prompt_key());
        while self.domain_of_prompt.len() <= prompt.max(group) as usize {
            self.domain_of_prompt.push(domain);
        }
        let mut probabilities = vec![0.0; self.targets.len()].into_boxed_slice();
        let mut first = vec![false; self.targets.len()].into_boxed_slice();
        if let Some(scored) = scored {
            let top = scored.top();
            for (at, members) in self.targets.values() {
                let all = members.iter().filter_map(|&index| scored.probabilities.get(index));
                probabilities[*at] = all.sum();
                first[*at] = members.contains(&top);
            }
        }
        let row = self.mixture_rows.as_mut().zip(scored).map(|(rows, scored)| {
            rows.likelihoods.push(&scored.probabilities);
            rows.in_domain.push(scored.in_domain);
            rows.in_domain.len() as u32 - 1
        });
        let mediation = trace.mediation();
        self.records.push(Record {
            id: trace.id.chars().take(ID_LIMIT).collect::<String>().into_boxed_str(),
            file: self.files.number(&place.file),
            position: place.position,
            prompt,
            drawn_with: group,
            text: trace.text(text).map_or(0, |text| xxh3_64(text.as_bytes())),
            domain,
            // A record may declare its language by another code.
            language: (marks.language.as_deref())
                .map(|own| self.languages.number(language_code(own).unwrap_or(own))),
            mediation,
            words: marks.words,
            repeats,
            refusal: marks.refusal,
            names: !marks.names_beyond_prompt.is_empty(),
            cut_off: mediation == Mediation::Truncated || trace.is_cut_off(),
            scored: scored.is_some(),
            row,
            probabilities,
            first,
        });
    }

    /// Numbers prompts by what they are, once all traces are added, so that what is drawn from them does
    /// not depend on the order of the input. Prompts under which the same text stands are drawn as one.
    pub fn settle(&mut self) {
        // Short ones are refusals and the like, which many prompts get word for word.
        let long = self.records.iter().filter(|record| record.scored);
        let texts = long.map(|record| (record.drawn_with, record.text));
        let order = PromptOrder::of(&self.prompts.numbers, texts);
        for record in &mut self.records {
            record.drawn_with = order.number(record.drawn_with);
        }
    }

    /// Traces that were scored.
    pub fn scored(&self) -> usize {
        self.records.iter().filter(|record| record.scored).count()
    }

    /// Different prompts of them; a session counts as one.
    pub fn prompts(&self) -> usize {
        let mut prompts: Vec<u32> =
            self.records.iter().filter(|r| r.scored).map(|r| r.drawn_with).collect();
        prompts.sort_unstable();
        prompts.dedup();
        prompts.len()
    }

    /// Words in them.
    pub fn words(&self) -> usize {
        self.records.iter().filter(|record| record.scored).map(|record| record.words).sum()
    }

    /// Whether a slice holds the prompt with this key.
    pub(super) fn holds(&self, slice: &Slice, key: &str) -> bool {
        let number = self.prompts.numbers.get(key);
        let domain = number.and_then(|&at| *self.domain_of_prompt.get(at as usize)?);
        slice.holds(domain.map(|domain| self.domains.text(domain)), key)
    }

    /// The records of a slice.
    pub(super) fn of<'a>(&'a self, slice: &'a Slice) -> impl Iterator<Item = &'a Record> {
        self.records.iter().filter(move |record| {
            let domain = record.domain.map(|domain| self.domains.text(domain));
            slice.is_everything() || slice.holds(domain, self.prompts.text(record.prompt))
        })
    }

    /// The number of a target among the probabilities of a record, and its members in the atlas.
    pub(super) fn target(&self, target: &Target) -> Option<(usize, &[usize])> {
        self.targets.get(target).map(|(at, members)| (*at, members.as_slice()))
    }

    /// What rules on a mixture need; `None` where there is no such rule.
    pub(super) fn mixture_rows(&self) -> Option<&MixtureRows> {
        self.mixture_rows.as_ref()
    }

    /// The language of a record as ISO 639-3, where it could be told or the record says it.
    pub(super) fn language(&self, record: &Record) -> Option<&str> {
        record.language.map(|language| self.languages.text(language))
    }

    pub(super) fn language_is(&self, record: &Record, language: &str) -> bool {
        self.language(record) == Some(language)
    }

    pub(super) fn file(&self, record: &Record) -> &str {
        self.files.text(record.file)
    }

    pub(super) fn prompt(&self, record: &Record) -> &str {
        self.prompts.text(record.prompt)
    }
}
