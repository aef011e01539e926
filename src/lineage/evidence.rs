//! The phrases that speak for a reference.
//!
//! A phrase's weight is its part of the log-odds: the sum over the corpus of its value in the rows
//! times its learned weight for this reference over its mean weight for all, per trace. Phrases
//! that occur in fewer than two prompts, or in few traces, are left out: they are the topic.

use super::{Evidence, log_odds::prompts_of, scored_corpus::ScoredCorpus};
use crate::{atlas::Atlas, features::word_ngrams};
use rustc_hash::FxHashSet;

/// A phrase must occur in this share of the traces, and in two prompts.
const LEAST_SHARE: f64 = 0.1;

/// The `most` strongest phrases for a reference, strongest first. A phrase that only repeats a
/// stronger one that holds it, or is held by it, is left out, as is one that was `shown` for a
/// better reference: it cannot tell the two apart.
pub(super) fn strongest(
    atlas: &Atlas,
    tally: &ScoredCorpus,
    reference: usize,
    most: usize,
    shown: &[Evidence],
) -> Vec<Evidence> {
    let traces = tally.kept.len().max(1) as f64;
    let weights = &atlas.model.weights;
    let features = atlas.model.vectorizer.vocabulary().features();
    let mut candidates: Vec<(f64, u32)> = tally
        .uses
        .iter()
        .filter(|(_, used)| f64::from(used.traces) >= (LEAST_SHARE * traces).max(2.0))
        .map(|(&index, used)| {
            let advantage = f64::from(weights.advantage(index as usize, reference));
            (advantage * used.value / traces, index)
        })
        .filter(|(weight, index)| *weight > 0.0 && is_phrase(&features[*index as usize].form))
        .collect();
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    candidates.truncate(8 * most);
    let prompts = prompts_of(tally, &candidates.iter().map(|&(_, index)| index).collect());

    let mut chosen: Vec<Evidence> = Vec::new();
    for (weight, index) in candidates {
        let feature = &features[index as usize];
        let prompts = prompts.get(&index).map_or(0, FxHashSet::len);
        let repeats = chosen
            .iter()
            .chain(shown)
            .any(|e| e.phrase.contains(&feature.form) || feature.form.contains(&e.phrase));
        if prompts < 2 || repeats {
            continue;
        }
        let used = tally.uses[&index];
        chosen.push(Evidence {
            reference: atlas.about.references[reference].name.clone(),
            phrase: feature.form.clone(),
            channel: feature.channel.name().into(),
            weight,
            per_thousand_words: 1000.0 * used.count as f64 / tally.words.max(1) as f64,
            share_of_traces: f64::from(used.traces) / traces,
            share_of_reference_traces: f64::from(feature.traces) / atlas.traces().max(1) as f64,
            prompts,
            lines: Vec::new(),
        });
        if chosen.len() == most {
            break;
        }
    }
    chosen
}

/// Whether a form is more than a single token and holds a word: "the user wants" tells a reader
/// something, "the" and ", (" do not.
fn is_phrase(form: &str) -> bool {
    let (mut tokens, mut words) = (0, 0);
    word_ngrams::for_each_token(form, |start, end| {
        tokens += 1;
        words += usize::from(form[start..end].chars().all(char::is_alphabetic));
    });
    tokens >= 2 && words >= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_is_more_than_one_token_and_holds_a_word() {
        assert!(is_phrase("the user"));
        assert!(is_phrase("\n\nBut"));
        assert!(!is_phrase("the"));
        assert!(!is_phrase(", ("));
        assert!(!is_phrase("3 ."));
    }
}
