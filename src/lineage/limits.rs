//! What a comparison cannot say, a sentence each: subject matter, mediation, what was not judged.
//!
//! Comes in: the tally, the ranking and the atlas. Goes out: sentences, and whether the first reference is known from what the traces are
//! about, which the verdict asks too. Called by `comparison`; `audit` and `profiles` ask for the sentence on mixed mediation.

use super::{RankedReference, VerdictKind, scored_corpus::ScoredCorpus};
use crate::{
    atlas::{Atlas, UNKNOWN_DOMAIN},
    trace::Mediation,
};
use std::collections::BTreeMap;

/// Whether a reference is known from the subject matter of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overlap {
    Some,
    None,
    Unknown,
}

/// Whether a reference is known from what the traces are about, by their labels and their words.
pub(super) fn overlap(atlas: &Atlas, tally: &ScoredCorpus, reference: &RankedReference) -> Overlap {
    // Traces that were learned from are known subject matter, whatever they call it, and so is what
    // bears the same label.
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

/// Who wrote the traces of a corpus, as far as their mediation tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writer {
    /// The model itself (raw or cut off).
    Model,
    /// Another model, which summarized.
    Summarizer,
    /// Both.
    Both,
    Unknown,
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

    fn words(self) -> &'static str {
        match self {
            Self::Model => "raw reasoning",
            Self::Summarizer => "a provider's summaries",
            Self::Both => "raw reasoning and a provider's summaries",
            Self::Unknown => "of unknown mediation",
        }
    }
}

/// What to say where raw reasoning and summaries are mixed in the input.
pub(super) fn mixed_mediation(mediation: &BTreeMap<String, usize>) -> Option<String> {
    let summaries = mediation.get("summary").copied().unwrap_or(0);
    let others = mediation.values().sum::<usize>() - summaries;
    if summaries == 0 || others == 0 {
        return None;
    }
    let both = Writer::of(mediation) == Writer::Both;
    let what = if both { "raw reasoning" } else { "of unknown mediation" };
    Some(format!(
        "{summaries} of the traces are a provider's summaries and {others} are {what}: two writers \
         are mixed. Compare them apart."
    ))
}

/// What the mediation of the input, and of the first reference, takes from the result.
fn mediation_limits(mediation: &BTreeMap<String, usize>, first: &RankedReference) -> Vec<String> {
    let mut limits = Vec::new();
    let input = Writer::of(mediation);
    limits.extend(mixed_mediation(mediation));
    let reference = Writer::of(&first.mediation);
    if input == Writer::Unknown {
        limits.push(
            "The traces do not say whether they are raw reasoning or a provider's summaries, which \
             are written by another model."
                .into(),
        );
    } else if reference == Writer::Unknown {
        limits.push(format!(
            "It is not known whether {} is known from raw reasoning or from a provider's summaries; \
             the input is {}.",
            first.reference,
            input.words()
        ));
    } else if input != reference {
        limits.push(format!(
            "{} is known from {}, and the input is {}: part of what is compared is the difference \
             between a model and a summarizer.",
            first.reference,
            reference.words(),
            input.words()
        ));
    }
    limits
}

/// What this result cannot say, the most important first.
/// What the result cannot say, the most important first.
pub(super) fn limits(
    atlas: &Atlas,
    tally: &ScoredCorpus,
    ranking: &[RankedReference],
    kind: VerdictKind,
    names_masked: bool,
) -> Vec<String> {
    let mut limits = Vec::new();
    let traces = tally.traces();
    let Some(first) = ranking.first().filter(|_| traces > 0) else {
        return vec!["Nothing could be judged; give more or longer traces.".into()];
    };
    if tally.seen_before > 0 {
        limits.push(format!(
            "{} of the {traces} traces are among those that the atlas was learned from: for them the \
             figures are too sure. Leave them out to test the program.",
            tally.seen_before
        ));
    }
    limits.push(
        "Two models can look alike because they share a teacher, a public data set or a base model: \
         the ranking does not say which."
            .into(),
    );
    if atlas.about.was_added(&first.reference) {
        limits.push(format!(
            "{} was added to the atlas later: it is told from the others by its style alone, its phrases are those that it has \
             more of than the average reference, and the atlas's figures of accuracy are not about it.",
            first.reference
        ));
    }
    limits.extend(mediation_limits(&tally.mediation, first));
    if names_masked != atlas.about.masked_names {
        limits.push(
            "Names of models and vendors were masked in the input and not in what the atlas was \
             learned from: a name that a model often writes counts as missing."
                .into(),
        );
    }
    let overlap = overlap(atlas, tally, first);
    if overlap == Overlap::None {
        let list = |names: Vec<&str>, none: &str| {
            if names.is_empty() { none.to_owned() } else { names.join(", ") }
        };
        let domains = tally.domains.keys().map(String::as_str).collect();
        let measured = atlas.about.cross_validation.new_data_set.as_ref().map_or_else(String::new, |new| {
            format!(
                " On data sets left out the right reference came first for {:.0} % of single traces.",
                100.0 * new.top1
            )
        });
        limits.push(format!(
            "The traces are about {}, and {} is known from {} only. Between domains subject matter and \
             style are mixed up: the ranking is far less certain, and a model that is not in the \
             atlas cannot be told from one that is.{measured}",
            list(domains, "something else, by their words"),
            first.reference,
            list(known_domains(first).collect(), "other subject matter")
        ));
    } else if overlap == Overlap::Unknown {
        limits.push(
            "The traces or the references name no domain, so it could not be checked that both are \
             about the same subject matter; across domains the ranking is far less certain."
                .into(),
        );
    }
    if (first.score - first.score_without_layout).abs() > 0.2 {
        limits.push(format!(
            "Much of it is layout: without the layout channel the share of {} is {:.0} %, not {:.0} %.",
            first.reference,
            100.0 * first.score_without_layout,
            100.0 * first.score
        ));
    }
    let prompts = tally.prompts.len();
    if prompts < 10 && kind != VerdictKind::TooLittleText {
        limits.push(format!(
            "{prompts} prompts are few: the intervals are drawn over prompts and are rough."
        ));
    }
    if tally.untokenized > 0 {
        limits.push(format!(
            "The atlas's tokenizer gave up on {} bytes of the traces, which the channel token did not see.",
            tally.untokenized
        ));
    }
    if atlas.about.vectors.is_some() {
        limits.push(
            "The scores also rest on vectors that the user gave (the channel vectors), which see what a trace is about at least as much as how it is written."
                .into(),
        );
    }
    if tally.without_vector > 0 {
        limits.push(format!(
            "{} traces have no vector, so that the channel vectors says nothing of them.",
            tally.without_vector
        ));
    }
    if tally.too_short > 0 {
        limits.push(format!(
            "{} traces had fewer than {} words and were not judged.",
            tally.too_short,
            crate::attribution::MINIMUM_WORDS
        ));
    }
    limits.push(format!(
        "Only the {} references of this atlas were compared; a model that is not among them cannot \
         be named.",
        atlas.about.references.len()
    ));
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
        mediation_limits(&counts(input), &first).join(" ")
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
        assert!(mixed.contains("a/x is known from raw reasoning, and the input is raw"), "{mixed}");
        let unclear = limits(&[("unknown", 2), ("summary", 3)], &[("summary", 5)]);
        assert!(unclear.contains("2 are of unknown mediation"), "{unclear}");
    }

    #[test]
    fn another_writer_than_the_reference_has_is_told() {
        let raw = limits(&[("raw", 7)], &[("summary", 5)]);
        assert!(raw.contains("known from a provider's summaries, and the input is raw"), "{raw}");
        let summary = limits(&[("summary", 7)], &[("raw", 5), ("summary", 1)]);
        assert!(summary.contains("known from raw reasoning and a provider's"), "{summary}");
        assert!(limits(&[("unknown", 7)], &[("raw", 5)]).contains("do not say"));
        let unknown = limits(&[("raw", 7)], &[("unknown", 5)]);
        assert!(unknown.contains("It is not known whether a/x"), "{unknown}");
    }
}
