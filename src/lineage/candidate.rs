//! Who would be named, and how surely: what [`Verification`](crate::attribution::verification) says of
//! a corpus.
//!
//! A corpus is judged on the data set that most of its traces are like in subject matter, by the
//! references that are known there. Called by `comparison`, `gate` and `audit`.

use super::{
    scored_corpus::ScoredCorpus,
    style_sums::{StyleSum, StyleSums},
};
use crate::{
    atlas::{Atlas, MINIMUM_TRACES, Reference, vendor},
    attribution::verification::{CorpusMean, Judgement, Ratio, Verification},
    text::language_code,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The usual share of unknown models that may be named.
pub const ERROR_RATE: f64 = 0.05;
/// A candidate with this probability is possible, with less it is none of the references.
pub(super) const POSSIBLE: f64 = 0.3;
/// A corpus is in a language where this share of its traces is, as far as the language could be told.
const MOST: f64 = 0.5;

/// Who would be named, and how surely. Probabilities count models that the atlas does not know, which
/// are taken to be as likely beforehand as those that it knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerdictCandidate {
    /// The reference that is nearest in style: `vendor/name`.
    pub reference: String,
    /// Its family, where the atlas knows families.
    pub family: Option<String>,
    /// Its vendor: what its name has before the slash.
    pub vendor: String,
    /// The probability that a model of its family wrote the traces.
    pub probability: f64,
    /// The probability that this very reference did.
    pub reference_probability: f64,
    /// The probability that a model of its vendor did.
    pub vendor_probability: f64,
}

impl VerdictCandidate {
    /// Whether a reference is the candidate or of its family.
    pub(crate) fn is_of_family(&self, other: &Reference) -> bool {
        other.name == self.reference || (other.family.is_some() && other.family == self.family)
    }
}

/// Why the atlas cannot judge a corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfamiliar {
    /// It does not know the subject matter.
    SubjectMatter,
    /// It knows the candidate in other languages only.
    Language {
        /// The language of most traces.
        language: String,
    },
}

/// What verification says of a corpus.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// Who would be named.
    pub candidate: VerdictCandidate,
    /// The probability that a name needs.
    pub bound: f64,
    /// The references that are possible, the likeliest first, one of each family: at most three.
    pub nearest: Vec<String>,
    /// Whether other members of the candidate's family are known on the data set.
    pub has_relatives: bool,
    /// Why nothing can be said; `None` where the ground is familiar.
    pub unfamiliar: Option<Unfamiliar>,
    /// Whether the atlas does not know the subject matter and controls decided in its place.
    pub by_controls: bool,
}

impl Verified {
    /// Whether the candidate's family may be named.
    pub fn names_family(&self) -> bool {
        self.unfamiliar.is_none() && self.candidate.probability >= self.bound
    }

    /// Whether the very reference may be named.
    pub fn names_reference(&self) -> bool {
        self.names_family() && self.candidate.reference_probability >= self.bound
    }
}

/// Traces of a model that the atlas knows, on the prompts of a corpus.
#[derive(Debug, Clone)]
pub struct ControlCorpus {
    /// The model: a reference of the atlas.
    pub reference: String,
    /// Its traces.
    pub(crate) corpus: StyleSums,
}

impl ControlCorpus {
    /// The scored traces of a reference.
    pub fn new(reference: &str, corpus: &ScoredCorpus) -> Self {
        Self { reference: reference.to_owned(), corpus: corpus.style.clone() }
    }
}

/// What verification reads of a corpus.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ground<'a> {
    /// Its style.
    pub style: &'a StyleSums,
    /// Whether the atlas knows the subject matter.
    pub is_familiar: bool,
    /// Traces by language, where it could be told.
    pub languages: &'a BTreeMap<String, usize>,
}

/// Judges a corpus, with the share of unknown models that may be named. `None` where the atlas holds no
/// verification, or nothing was scored.
pub fn verify(
    atlas: &Atlas,
    corpus: &ScoredCorpus,
    controls: &[ControlCorpus],
    error_rate: f64,
) -> Option<Verified> {
    // Traces that the atlas was learned from are familiar.
    let is_familiar = corpus.is_in_domain() || 2 * corpus.seen_before > corpus.traces();
    let ground = Ground { style: &corpus.style, is_familiar, languages: &corpus.languages };
    verify_on(atlas, ground, controls, error_rate)
}

/// The same, of what verification reads of a corpus.
pub(crate) fn verify_on(
    atlas: &Atlas,
    ground: Ground<'_>,
    controls: &[ControlCorpus],
    error_rate: f64,
) -> Option<Verified> {
    let verification = atlas.verification.as_ref()?;
    let families = family_numbers(atlas);
    let family_of = |reference: usize| families.get(reference).copied().unwrap_or(usize::MAX);
    let familiar = ground.is_familiar && recognizes(atlas, verification, controls, family_of);
    let (data_set, sum) = ground.style.on_main_data_set(None)?;
    let on_data_set = || judged_on(verification, data_set, &sum, error_rate, family_of);
    let on_new_prompts = || {
        let all = ground.style.all();
        let mean = all.mean();
        let own = CorpusMean { mean: &mean, traces: all.independent() };
        let controls = controls_by_number(atlas, controls);
        verification.on_new_prompts(own, data_set, &controls, error_rate, family_of)
    };
    // Where the atlas has not learned how models move between data sets, the nearest is a hint only.
    let hint = || {
        let (ratios, judgement) = on_data_set()?;
        Some((ratios, Judgement { bound: f64::INFINITY, ..judgement }))
    };
    let (ratios, judgement) =
        if familiar { on_data_set()? } else { on_new_prompts().or_else(hint)? };
    verified(atlas, &ratios, judgement, familiar, ground.languages)
}

/// Judges the traces that are like each data set, those with the most traces first. Empty where the atlas
/// holds no verification.
pub(crate) fn verify_by_data_set(
    atlas: &Atlas,
    corpus: &ScoredCorpus,
    error_rate: f64,
) -> Vec<(usize, StyleSum, Verified)> {
    let Some(verification) = &atlas.verification else { return Vec::new() };
    let families = family_numbers(atlas);
    let family_of = |reference: usize| families.get(reference).copied().unwrap_or(usize::MAX);
    let seen = 2 * corpus.seen_before > corpus.traces();
    let mut found: Vec<(usize, StyleSum, Verified)> = (corpus.style.by_data_set(None).into_iter())
        .filter_map(|(data_set, sum)| {
            let familiar = seen || sum.is_in_domain();
            let (ratios, judgement) =
                judged_on(verification, data_set, &sum, error_rate, family_of)?;
            // What is not about the data set's subject matter has no bound that it could reach.
            let bound = if familiar { judgement.bound } else { f64::INFINITY };
            let judgement = Judgement { bound, ..judgement };
            let verified = verified(atlas, &ratios, judgement, familiar, &corpus.languages)?;
            Some((data_set, sum, verified))
        })
        .collect();
    found.sort_by_key(|(data_set, sum, _)| (std::cmp::Reverse(sum.traces), *data_set));
    found
}

/// Whether the atlas recognizes at least half of the controls on the data sets that they are like. Where it
/// does not, these prompts are new to it, however familiar their subject matter looks. True without
/// controls.
fn recognizes(
    atlas: &Atlas,
    verification: &Verification,
    controls: &[ControlCorpus],
    family_of: impl Fn(usize) -> usize + Copy,
) -> bool {
    let is_recognized = |control: &&ControlCorpus| {
        let own = atlas.names().position(|name| name == control.reference);
        let judged = control.corpus.on_main_data_set(None).and_then(|(data_set, sum)| {
            judged_on(verification, data_set, &sum, ERROR_RATE, family_of)
        });
        own.zip(judged).is_some_and(|(own, (_, Judgement { candidate, .. }))| {
            family_of(own) == family_of(candidate.reference) && candidate.probability >= POSSIBLE
        })
    };
    2 * controls.iter().filter(is_recognized).count() >= controls.len()
}

/// Judges traces on the data set that they are like.
fn judged_on(
    verification: &Verification,
    data_set: usize,
    sum: &StyleSum,
    error_rate: f64,
    family_of: impl Fn(usize) -> usize,
) -> Option<(Vec<Ratio>, Judgement)> {
    let mean = sum.mean();
    let own = CorpusMean { mean: &mean, traces: sum.independent() };
    let ratios = verification.ratios(own, data_set);
    let judgement = verification.judge(&ratios, own, data_set, error_rate, family_of)?;
    Some((ratios, judgement))
}

/// A judgement with the names of the atlas, and whether the atlas can judge such traces at all.
fn verified(
    atlas: &Atlas,
    ratios: &[Ratio],
    judgement: Judgement,
    familiar: bool,
    languages: &BTreeMap<String, usize>,
) -> Option<Verified> {
    let Judgement { candidate: found, bound } = judgement;
    let families = family_numbers(atlas);
    let family_of = |reference: usize| families.get(reference).copied().unwrap_or(usize::MAX);
    let reference = atlas.about.references.get(found.reference)?;
    let open = !familiar && found.probability < bound;
    let unfamiliar =
        other_language(reference, languages).or(open.then_some(Unfamiliar::SubjectMatter));
    let candidate = VerdictCandidate {
        reference: reference.name.clone(),
        family: reference.family.clone(),
        vendor: vendor(&reference.name).to_owned(),
        probability: found.probability,
        reference_probability: found.reference_probability,
        vendor_probability: found.vendor_probability,
    };
    let relative = |ratio: &Ratio| {
        ratio.reference != found.reference
            && family_of(ratio.reference) == family_of(found.reference)
    };
    Some(Verified {
        candidate,
        bound,
        nearest: nearest(atlas, ratios, family_of),
        has_relatives: ratios.iter().any(relative),
        unfamiliar,
        by_controls: !familiar && !open,
    })
}

/// The number and the mean style values of each control.
fn controls_by_number(atlas: &Atlas, controls: &[ControlCorpus]) -> Vec<(usize, Vec<f32>)> {
    let number = |control: &ControlCorpus| atlas.names().position(|name| name == control.reference);
    controls.iter().filter_map(|own| Some((number(own)?, own.corpus.all().mean()))).collect()
}

/// What verification says of the traces whose first reference is one of `members`: the probability that
/// they are of its family (0 where another family is likelier), and what a name needs. `None` where the
/// atlas holds no verification.
pub(crate) fn support(
    atlas: &Atlas,
    style: &StyleSums,
    members: &[usize],
    error_rate: f64,
) -> Option<Support> {
    let verification = atlas.verification.as_ref()?;
    let families = family_numbers(atlas);
    let family_of = |reference: usize| families.get(reference).copied().unwrap_or(usize::MAX);
    let judged = style
        .on_main_data_set(Some(members))
        .and_then(|(data_set, sum)| judged_on(verification, data_set, &sum, error_rate, family_of));
    let nothing = Support { probability: 0.0, bound: f64::INFINITY };
    Some(judged.map_or(nothing, |(_, Judgement { candidate, bound })| {
        let own = members.iter().any(|&own| family_of(own) == family_of(candidate.reference));
        Support { probability: if own { candidate.probability } else { 0.0 }, bound }
    }))
}

/// How probably some traces are of a family.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Support {
    /// The probability.
    pub probability: f64,
    /// What a name needs.
    pub bound: f64,
}

/// Whether most traces are in a language in which a reference is not known. A few traces do not make it
/// known there: the language of a short text is sometimes taken for another.
fn other_language(
    reference: &Reference,
    languages: &BTreeMap<String, usize>,
) -> Option<Unfamiliar> {
    let language = main_language(languages)?;
    let traces = reference.languages.get(language).copied().unwrap_or(0);
    (!reference.languages.is_empty() && traces < MINIMUM_TRACES)
        .then(|| Unfamiliar::Language { language: language.to_owned() })
}

/// The language of most traces, as an ISO 639-3 code.
fn main_language(languages: &BTreeMap<String, usize>) -> Option<&str> {
    let mut by_code: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, count) in languages {
        *by_code.entry(language_code(name).unwrap_or(name)).or_default() += count;
    }
    let all: usize = by_code.values().sum();
    let (code, count) = by_code.into_iter().max_by_key(|(_, count)| *count)?;
    (count as f64 > MOST * all as f64).then_some(code)
}

/// The first references, one of each family: those whose ratio says that one writer is likelier than
/// two, at least two and at most three.
fn nearest(atlas: &Atlas, ratios: &[Ratio], family_of: impl Fn(usize) -> usize) -> Vec<String> {
    let mut families = Vec::new();
    let mut names = Vec::new();
    for ratio in ratios {
        let family = family_of(ratio.reference);
        if names.len() >= 3 || (names.len() >= 2 && ratio.log_ratio <= 0.0) {
            break;
        }
        if !families.contains(&family) {
            families.push(family);
            names.extend(atlas.about.references.get(ratio.reference).map(|r| r.name.clone()));
        }
    }
    names
}

/// The number of each reference's family; a reference without one is its own.
fn family_numbers(atlas: &Atlas) -> Vec<usize> {
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let references = atlas.about.references.iter();
    references
        .enumerate()
        .map(|(i, own)| {
            own.family.as_deref().map_or(i, |family| *numbers.entry(family).or_insert(i))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_main_language_is_that_of_most_traces_by_any_name() {
        let of = |languages: &[(&str, usize)]| {
            let languages = languages.iter().map(|&(name, n)| (name.to_owned(), n)).collect();
            main_language(&languages).map(str::to_owned)
        };
        assert_eq!(of(&[("eng", 6), ("en", 6), ("cmn", 10)]).as_deref(), Some("eng"));
        assert_eq!(of(&[("eng", 5), ("cmn", 5)]), None);
        assert_eq!(of(&[]), None);
    }
}
