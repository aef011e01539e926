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
    atlas::{Atlas, vendor},
    attribution::verification::Ratio,
    text::language_code,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The usual share of unknown models that may be named.
pub const ERROR_RATE: f64 = 0.05;
/// Traces of one prompt are not independent: at most this many of each count in the mean.
const TRACES_OF_PROMPT: usize = 3;
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

/// Judges a corpus, so that at most `error_rate` of unknown models are named. `None` where the atlas
/// holds no verification, or nothing was scored.
pub fn verify(
    atlas: &Atlas,
    corpus: &ScoredCorpus,
    controls: &[ControlCorpus],
    error_rate: f64,
) -> Option<Verified> {
    let verification = atlas.verification.as_ref()?;
    let (data_set, sum) = corpus.style.on_main_data_set(None)?;
    let ratios = verification.ratios(&sum.values, sum.traces, data_set);
    let traces = independent(&sum);
    let families = family_numbers(atlas);
    let family_of = |reference: usize| families.get(reference).copied().unwrap_or(usize::MAX);
    let found = verification.candidate(&ratios, traces, family_of)?;
    let reference = atlas.about.references.get(found.reference)?;
    let unfamiliar = unfamiliar(atlas, corpus, found.reference);
    if unfamiliar == Some(Unfamiliar::SubjectMatter)
        && let Some(verified) = verify_new_prompts(atlas, corpus, data_set, controls, error_rate)
    {
        return Some(verified);
    }
    // What was calibrated on familiar ground holds as far as the ground is familiar.
    let familiar = match unfamiliar {
        Some(_) => (corpus.in_domain / corpus.traces().max(1) as f64).min(0.5),
        None => 1.0,
    };
    Some(Verified {
        candidate: VerdictCandidate {
            reference: reference.name.clone(),
            family: reference.family.clone(),
            vendor: vendor(&reference.name).to_owned(),
            probability: found.probability * familiar,
            reference_probability: found.reference_probability * familiar,
            vendor_probability: found.vendor_probability * familiar,
        },
        bound: verification.bound(traces, error_rate),
        nearest: nearest(atlas, &ratios, family_of),
        has_relatives: ratios.iter().any(|r| {
            r.reference != found.reference && family_of(r.reference) == family_of(found.reference)
        }),
        unfamiliar,
    })
}

/// Judges a corpus on subject matter that the atlas does not know. Only controls can make a name possible
/// there. `None` where the atlas has not learned how models move between data sets.
fn verify_new_prompts(
    atlas: &Atlas,
    corpus: &ScoredCorpus,
    data_set: usize,
    controls: &[ControlCorpus],
    error_rate: f64,
) -> Option<Verified> {
    let all = corpus.style.all();
    let known: Vec<(usize, Vec<f32>, usize)> = controls
        .iter()
        .filter_map(|control| {
            let reference = atlas.names().position(|name| name == control.reference)?;
            let sum = control.corpus.all();
            Some((reference, sum.values, sum.traces))
        })
        .collect();
    let families = family_numbers(atlas);
    let family_of = |reference: usize| families.get(reference).copied().unwrap_or(usize::MAX);
    let (ratios, found, bound) = atlas.verification.as_ref()?.on_new_prompts(
        (&all.values, all.traces),
        data_set,
        &known,
        error_rate,
        family_of,
    )?;
    let reference = atlas.about.references.get(found.reference)?;
    let named = !known.is_empty() && found.probability >= bound;
    Some(Verified {
        candidate: VerdictCandidate {
            reference: reference.name.clone(),
            family: reference.family.clone(),
            vendor: vendor(&reference.name).to_owned(),
            probability: found.probability,
            reference_probability: found.reference_probability,
            vendor_probability: found.vendor_probability,
        },
        bound,
        nearest: nearest(atlas, &ratios, family_of),
        has_relatives: ratios.iter().any(|r| {
            r.reference != found.reference && family_of(r.reference) == family_of(found.reference)
        }),
        unfamiliar: (!named).then_some(Unfamiliar::SubjectMatter),
    })
}

/// How probably the traces whose first reference is one of `members` are of their family.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Support {
    /// The probability; 0 where another family is likelier.
    pub probability: f64,
    /// What a name needs.
    pub bound: f64,
}

/// What verification says of the traces whose first reference is one of `members`. `None` where the
/// atlas holds no verification.
pub(crate) fn support(
    atlas: &Atlas,
    style: &StyleSums,
    members: &[usize],
    error_rate: f64,
) -> Option<Support> {
    let verification = atlas.verification.as_ref()?;
    let nothing = Support { probability: 0.0, bound: 1.0 };
    let Some((data_set, sum)) = style.on_main_data_set(Some(members)) else { return Some(nothing) };
    let ratios = verification.ratios(&sum.values, sum.traces, data_set);
    let traces = independent(&sum);
    let families = family_numbers(atlas);
    let family_of = |reference: usize| families.get(reference).copied().unwrap_or(usize::MAX);
    let Some(found) = verification.candidate(&ratios, traces, family_of) else {
        return Some(nothing);
    };
    let own = members.iter().any(|&own| family_of(own) == family_of(found.reference));
    Some(Support {
        probability: if own { found.probability } else { 0.0 },
        bound: verification.bound(traces, error_rate),
    })
}

/// Traces, of each prompt a few at most.
fn independent(sum: &StyleSum) -> usize {
    sum.traces.min(TRACES_OF_PROMPT * sum.prompts.len()).max(1)
}

/// Why the atlas cannot judge a corpus by a reference. Traces that it was learned from are familiar.
fn unfamiliar(atlas: &Atlas, corpus: &ScoredCorpus, reference: usize) -> Option<Unfamiliar> {
    if 2 * corpus.seen_before > corpus.traces() {
        return None;
    }
    if !corpus.is_in_domain() {
        return Some(Unfamiliar::SubjectMatter);
    }
    let known = &atlas.about.references.get(reference)?.languages;
    let language = main_language(&corpus.languages)?;
    (!known.is_empty() && !known.contains_key(language))
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
