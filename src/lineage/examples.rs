//! A sample of traces → three of them, piece by piece: the one that is most like the first reference, one in the middle, and
//! the one that speaks most against it.
//!
//! Called by `analysis` for reports. Each is explained as `cotprint explain` would ([`super::explain`]), so that a reader sees by rolling
//! attribution where in the trace the resemblance is.

use super::{
    Comparison, SampledText, ScoredCorpus, TextReservoir, VerdictKind,
    explain::{Explanation, explain},
};
use crate::{atlas::Atlas, text::count_words, trace::Trace};

/// Traces of this many words are chosen from, where there are enough of them: shorter ones are one
/// window, of longer ones little can be shown.
const WORDS: std::ops::RangeInclusive<usize> = 150..=4_000;

/// N-grams that are marked for the trace's first reference, and against it: all that `explain` has would cover a short trace.
const MARKED: (usize, usize) = (12, 6);

/// Why a trace was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExampleKind {
    /// It has the largest probability for the first reference.
    Typical,
    /// Its probability is the median.
    Middling,
    /// It has the smallest probability for the first reference.
    Against,
}

/// A trace that was chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// Why.
    pub kind: ExampleKind,
    /// Its probability for the first reference.
    pub probability: f64,
    /// Its text (hostile: escape it).
    pub text: String,
    /// What each piece of it resembles.
    pub explanation: Explanation,
}

/// Adds three examples to a comparison, fewer where the sample has fewer traces; none where nothing was ranked or there is too little text
/// for a verdict.
pub(crate) fn add_examples(
    comparison: &mut Comparison,
    atlas: &Atlas,
    tally: &ScoredCorpus,
    sample: &TextReservoir,
) {
    let has_verdict = comparison.verdict.kind != VerdictKind::TooLittleText;
    let Some(first) = comparison.ranking.first().filter(|_| has_verdict) else { return };
    let Some(place) = atlas.names().position(|name| name == first.reference) else { return };
    let probability = |one: &SampledText| {
        tally.probabilities(one.at).and_then(|(all, _)| all.get(place).copied())
    };
    let mut known: Vec<(f32, &SampledText)> =
        sample.traces().filter_map(|one| Some((probability(one)?, one))).collect();
    let fit: Vec<(f32, &SampledText)> = (known.iter().copied())
        .filter(|(_, one)| !one.is_cut && WORDS.contains(&count_words(&one.text)))
        .collect();
    if fit.len() >= 3 {
        known = fit;
    }
    known.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.at.cmp(&b.1.at)));
    let chosen = match known.len() {
        0 => Vec::new(),
        1 => vec![(ExampleKind::Typical, 0)],
        2 => vec![(ExampleKind::Typical, 0), (ExampleKind::Against, 1)],
        n => vec![
            (ExampleKind::Typical, 0),
            (ExampleKind::Middling, n / 2),
            (ExampleKind::Against, n - 1),
        ],
    };
    let atlas_name = comparison.provenance.atlas.clone();
    let command = comparison.provenance.command.clone();
    let explained = chosen.into_iter().filter_map(|(kind, at)| {
        let (probability, one) = known[at];
        let trace = Trace { id: one.id.clone(), ..Trace::default() };
        // Too short to be scored: it would not be in the sample.
        let vector = one.vector.as_deref();
        let mut explanation =
            explain(atlas, &trace, &one.text, vector, &command, &atlas_name).ok()?;
        keep_strongest(&mut explanation);
        Some(Example {
            kind,
            probability: f64::from(probability),
            text: one.text.clone(),
            explanation,
        })
    });
    comparison.examples = explained.collect();
}

/// Leaves the strongest n-grams that contain a word on either side, in the order of their weights.
fn keep_strongest(explanation: &mut Explanation) {
    let mut kept = (0, 0);
    explanation.features.retain(|feature| {
        let (count, most) = match feature.weight > 0.0 {
            true => (&mut kept.0, MARKED.0),
            false => (&mut kept.1, MARKED.1),
        };
        let holds_word = feature.form.chars().any(char::is_alphabetic);
        *count += usize::from(holds_word);
        holds_word && *count <= most
    });
}
