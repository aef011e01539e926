//! What a comparison cannot say: subject matter, mediation, what was not scored.
//!
//! Comes in: the scored corpus, the ranking and the atlas. Goes out: [`Limit`]s, and whether the first
//! reference is known from the input's subject matter, which the verdict needs too. Called by
//! `comparison`; `audit` and `profiles` use the limit on mixed mediation.

use super::{Limit, RankedReference, VerdictKind, Writer, scored_corpus::ScoredCorpus};
use crate::{
    atlas::{Atlas, UNKNOWN_DOMAIN},
    attribution::MINIMUM_WORDS,
    trace::Mediation,
};
use std::collections::BTreeMap;

/// With fewer prompts the intervals are rough.
const FEW_PROMPTS: usize = 10;
/// Copies are told where one trace in so many, or more, is one.
const MOST_COPIES: usize = 10;
/// A share that changes by more than this without layout depends on it.
const LAYOUT_CHANGE: f64 = 0.2;

/// Whether a reference is known from the subject matter of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overlap {
    Some,
    None,
    Unknown,
}

/// Whether the atlas knows a reference from the input's subject matter, by labels and by words.
pub(super) fn overlap(atlas: &Atlas, tally: &ScoredCorpus, reference: &RankedReference) -> Overlap {
    // Training traces have known subject matter, whatever their label. So have traces with a label
    // that the reference has.
    if 2 * tally.seen_before > tally.traces()
        || known_domains(reference).any(|known| tally.domains.contains_key(known))
    {
        return Overlap::Some;
    }
    if atlas.model.new.is_some() {
        // What the traces' words say.
        let own = atlas.about.references.iter().find(|r| r.name == reference.reference);
        let nearest = tally.data_sets.iter().max_by_key(|(_, count)| **count);
        let known = own.zip(nearest).is_some_and(|(own, (&data_set, _))| {
            tally.is_in_domain() && atlas.about.is_known_on(own, data_set)
        });
        if known {
            return Overlap::Some;
        }
        return Overlap::None;
    }
    if tally.domains.is_empty() || known_domains(reference).next().is_none() {
        Overlap::Unknown
    } else {
        Overlap::None
    }
}

fn known_domains(reference: &RankedReference) -> impl Iterator<Item = &str> {
    reference.domains.iter().map(String::as_str).filter(|domain| *domain != UNKNOWN_DOMAIN)
}

impl Writer {
    fn of(mediation: &BTreeMap<String, usize>) -> Self {
        let count = |kind: Mediation| mediation.get(kind.name()).copied().unwrap_or(0);
        let own = count(Mediation::Raw) + count(Mediation::Truncated);
        match (own > 0, count(Mediation::Summary) > 0) {
            (true, true) => Self::Both,
            (true, false) => Self::Model,
            (false, true) => Self::Summarizer,
            (false, false) => Self::Unknown,
        }
    }
}

/// The limit of an input that mixes summaries with other traces.
pub(super) fn mixed_mediation(mediation: &BTreeMap<String, usize>) -> Option<Limit> {
    let summaries = mediation.get(Mediation::Summary.name()).copied().unwrap_or(0);
    let others = mediation.values().sum::<usize>() - summaries;
    if summaries == 0 || others == 0 {
        return None;
    }
    let both = Writer::of(mediation) == Writer::Both;
    let by = if both { Writer::Model } else { Writer::Unknown };
    Some(Limit::MixedMediation { summaries, others, by })
}

/// What the mediation of the input and of the first reference takes from the result.
fn mediation_limits(mediation: &BTreeMap<String, usize>, first: &RankedReference) -> Vec<Limit> {
    let mut limits: Vec<Limit> = mixed_mediation(mediation).into_iter().collect();
    let input = Writer::of(mediation);
    let known_from = Writer::of(&first.mediation);
    let reference = first.reference.clone();
    if input == Writer::Unknown {
        limits.push(Limit::UnknownMediation);
    } else if known_from == Writer::Unknown {
        limits.push(Limit::ReferenceMediationUnknown { reference, input });
    } else if input != known_from {
        limits.push(Limit::OtherMediation { reference, known_from, input });
    }
    limits
}

/// What the result cannot say, the most important first.
pub(super) fn limits(
    atlas: &Atlas,
    tally: &ScoredCorpus,
    ranking: &[RankedReference],
    kind: VerdictKind,
    names_masked: bool,
) -> Vec<Limit> {
    let traces = tally.traces();
    let Some(first) = ranking.first().filter(|_| traces > 0) else {
        return vec![Limit::NothingScored];
    };
    let reference = || first.reference.clone();
    let mut limits = Vec::new();
    if tally.seen_before > 0 {
        limits.push(Limit::SeenBefore { traces: tally.seen_before, of: traces });
    }
    let copies = tally.copies();
    if copies * MOST_COPIES >= traces {
        limits.push(Limit::Copies { traces: copies, of: traces });
    }
    limits.push(Limit::CommonOrigin);
    if atlas.about.was_added(&first.reference) {
        limits.push(Limit::AddedLater { reference: reference() });
    }
    limits.extend(mediation_limits(&tally.mediation, first));
    if names_masked != atlas.about.masked_names {
        limits.push(Limit::NamesMasked { in_input: names_masked });
    }
    match overlap(atlas, tally, first) {
        Overlap::Some => {}
        Overlap::None => limits.push(Limit::OtherDomain {
            domains: tally.domains.keys().cloned().collect(),
            reference: reference(),
            known_from: known_domains(first).map(str::to_owned).collect(),
            top1: atlas.about.cross_validation.new_data_set.as_ref().map(|new| new.top1),
        }),
        Overlap::Unknown => limits.push(Limit::DomainUnknown),
    }
    if (first.score - first.score_without_layout).abs() > LAYOUT_CHANGE {
        limits.push(Limit::Layout {
            reference: reference(),
            without: first.score_without_layout,
            with: first.score,
        });
    }
    let prompts = tally.prompts.len();
    if prompts < FEW_PROMPTS && kind != VerdictKind::TooLittleText {
        limits.push(Limit::FewPrompts { prompts });
    }
    if tally.untokenized > 0 {
        limits.push(Limit::Untokenized { bytes: tally.untokenized });
    }
    if atlas.about.vectors.is_some() {
        limits.push(Limit::UserVectors);
    }
    if tally.without_vector > 0 {
        limits.push(Limit::WithoutVector { traces: tally.without_vector });
    }
    if tally.too_short > 0 {
        limits.push(Limit::TooShort { traces: tally.too_short, words: MINIMUM_WORDS });
    }
    limits.push(Limit::OnlyReferences { references: atlas.about.references.len() });
    limits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(input: &[(&str, usize)], reference: &[(&str, usize)]) -> String {
        let counts = |counts: &[(&str, usize)]| {
            counts.iter().map(|&(kind, n)| (kind.to_owned(), n)).collect::<BTreeMap<_, _>>()
        };
        let first = RankedReference {
            reference: "a/x".into(),
            family: None,
            score: 0.5,
            low: 0.4,
            high: 0.6,
            pooled: None,
            score_without_layout: 0.5,
            similarity: 0.5,
            reference_traces: 10,
            domains: vec![],
            mediation: counts(reference),
        };
        let limits: Vec<String> =
            mediation_limits(&counts(input), &first).iter().map(ToString::to_string).collect();
        limits.join(" ")
    }

    #[test]
    fn raw_and_summarized_reasoning_are_never_mixed_without_a_word() {
        assert_eq!(limits(&[("raw", 9), ("truncated", 1)], &[("raw", 5)]), "");
        assert_eq!(limits(&[("summary", 3)], &[("summary", 5)]), "");
        let mixed = limits(&[("raw", 7), ("summary", 3)], &[("raw", 5)]);
        assert!(
            mixed.contains("3 of the traces are a provider's summaries and 7 are raw"),
            "{mixed}"
        );
        assert!(
            mixed.contains("a/x was learned from raw reasoning, and the input is raw"),
            "{mixed}"
        );
        let unclear = limits(&[("unknown", 2), ("summary", 3)], &[("summary", 5)]);
        assert!(unclear.contains("2 are of unknown mediation"), "{unclear}");
    }

    #[test]
    fn another_writer_than_the_reference_has_is_told() {
        let raw = limits(&[("raw", 7)], &[("summary", 5)]);
        assert!(raw.contains("learned from a provider's summaries, and the input is raw"), "{raw}");
        let summary = limits(&[("summary", 7)], &[("raw", 5), ("summary", 1)]);
        assert!(summary.contains("learned from raw reasoning and a provider's"), "{summary}");
        assert!(limits(&[("unknown", 7)], &[("raw", 5)]).contains("do not say"));
        let unknown = limits(&[("raw", 7)], &[("unknown", 5)]);
        assert!(unknown.contains("does not say whether a/x"), "{unknown}");
    }
}
