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

/// A phrase is shown where it stands in this many times the share of the references' traces.
const LEAST_TIMES: f64 = 1.25;
/// A longer phrase takes the place of a shorter one where it stands in this share of its traces.
const HOLDS: f64 = 0.8;

/// The `most` strongest phrases for a reference, strongest first: each stands more often here than in
/// the references' traces, by its whole interval. Of phrases that share words the longest that holds is
/// shown, once; one that was `shown` for a better reference is left out, as it cannot tell the two
/// apart.
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
        let used = tally.uses[&index];
        let one = Evidence {
            reference: atlas.about.references[reference].name.clone(),
            phrase: feature.form.clone(),
            channel: feature.channel.name().into(),
            weight,
            per_thousand_words: 1000.0 * used.count as f64 / tally.words.max(1) as f64,
            share_of_traces: f64::from(used.traces) / traces,
            share_of_reference_traces: f64::from(feature.traces) / atlas.traces().max(1) as f64,
            prompts: prompts.get(&index).map_or(0, FxHashSet::len),
            lines: Vec::new(),
        };
        let times = one.times_as_often(tally.prompts.len(), atlas.traces());
        let tells = times.low > 1.0 && times.ratio >= LEAST_TIMES;
        if one.prompts < 2 || !tells || shown.iter().any(|own| share_words(own, &one)) {
            continue;
        }
        let number = chosen.len();
        match chosen.iter_mut().find(|own| share_words(own, &one)) {
            // The weight stays that of the stronger one: both stand in the same places.
            Some(own) if is_longer_and_holds(&one, own) => {
                *own = Evidence { weight: own.weight, ..one };
            }
            None if number < most => chosen.push(one),
            _ => {}
        }
    }
    chosen
}

/// How many times as often something stands in one place as in another, with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimesAsOften {
    /// The ratio of the two shares of traces.
    pub ratio: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end of its interval.
    pub high: f64,
}

impl Evidence {
    /// How many times as often the phrase stands in a trace here as in a trace of all references:
    /// the ratio of two proportions with an interval by its logarithm (Katz et al. 1978; a half is
    /// added to each count, Walter 1975). `prompts` counts as the size of the input, since traces
    /// of one prompt are no independent ones.
    pub fn times_as_often(&self, prompts: usize, reference_traces: usize) -> TimesAsOften {
        let (n, m) = (prompts as f64 + 0.5, reference_traces as f64 + 0.5);
        let count = |share: f64, of: usize| (share * of as f64).max(0.0) + 0.5;
        let (x, y) = (
            count(self.share_of_traces, prompts),
            count(self.share_of_reference_traces, reference_traces),
        );
        let ratio = (x / n) / (y / m);
        let deviation = (1.0 / x - 1.0 / n + 1.0 / y - 1.0 / m).max(0.0).sqrt();
        let factor = (1.96 * deviation).exp();
        TimesAsOften { ratio, low: ratio / factor, high: ratio * factor }
    }
}

/// Whether one of two phrases begins, ends or goes on with words of the other.
fn share_words(a: &Evidence, b: &Evidence) -> bool {
    let (a, b) = (words_of(&a.phrase), words_of(&b.phrase));
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    let inside = long.windows(short.len().max(1)).any(|run| run == short.as_slice());
    // Two words in common at an end: "so the user" and "the user wants".
    let overlaps = |first: &[String], second: &[String]| {
        (2..=first.len().min(second.len()))
            .any(|common| first[first.len() - common..] == second[..common])
    };
    inside || overlaps(&a, &b) || overlaps(&b, &a)
}

/// Whether `one` has more words than `own` and stands in most of its traces.
fn is_longer_and_holds(one: &Evidence, own: &Evidence) -> bool {
    words_of(&one.phrase).len() > words_of(&own.phrase).len()
        && one.share_of_traces >= HOLDS * own.share_of_traces
}

/// The words of a phrase in lower case.
fn words_of(form: &str) -> Vec<String> {
    let mut words = Vec::new();
    word_ngrams::for_each_token(form, |start, end| {
        let token = &form[start..end];
        if token.chars().all(char::is_alphabetic) {
            words.push(token.to_lowercase());
        }
    });
    words
}

/// Whether a form is more than a single token and holds a word: "the user wants" tells a reader
/// something, "the", "'s" and ", (" do not.
fn is_phrase(form: &str) -> bool {
    let (mut tokens, mut words) = (0, 0);
    word_ngrams::for_each_token(form, |start, end| {
        tokens += 1;
        let token = &form[start..end];
        let is_word = token.chars().all(char::is_alphabetic);
        // One character is a word in Chinese, and none in English.
        words += usize::from(is_word && (token.chars().nth(1).is_some() || !token.is_ascii()));
    });
    tokens >= 2 && words >= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(text: &str, here: f64, there: f64) -> Evidence {
        Evidence {
            reference: "a/x".into(),
            phrase: text.into(),
            channel: "word".into(),
            weight: 1.0,
            per_thousand_words: 1.0,
            share_of_traces: here,
            share_of_reference_traces: there,
            prompts: 9,
            lines: Vec::new(),
        }
    }

    #[test]
    fn times_as_often_by_hand() {
        // 20 of 40 against 1,000 of 10,000, a half added to each.
        let found = phrase("the user", 0.5, 0.1).times_as_often(40, 10_000);
        let ratio = (20.5 / 40.5) / (1000.5 / 10_000.5);
        let deviation = (1.0_f64 / 20.5 - 1.0 / 40.5 + 1.0 / 1000.5 - 1.0 / 10_000.5).sqrt();
        assert!((found.ratio - ratio).abs() < 1e-12);
        assert!((found.low - ratio / (1.96 * deviation).exp()).abs() < 1e-12);
        assert!(found.low > 1.0 && found.high > found.ratio);
        // A phrase of nobody else, and one that is rarer here.
        assert!(phrase("x y", 0.5, 0.0).times_as_often(40, 10_000).high.is_finite());
        assert!(phrase("x y", 0.1, 0.3).times_as_often(40, 10_000).low < 1.0);
    }

    #[test]
    fn phrases_that_share_words_are_one() {
        let shares = |a, b| share_words(&phrase(a, 0.5, 0.1), &phrase(b, 0.5, 0.1));
        assert!(shares(". The user", "the user"));
        assert!(shares("so the user", "the user wants"));
        assert!(!shares("the user", "the reply"));
        assert!(!shares("let me", "user wants"));
        let longer = |one, own| is_longer_and_holds(&one, &own);
        assert!(longer(phrase("so the user", 0.45, 0.1), phrase("the user", 0.5, 0.1)));
        assert!(!longer(phrase("so the user", 0.2, 0.1), phrase("the user", 0.5, 0.1)));
        assert!(!longer(phrase(". The user", 0.5, 0.1), phrase("the user", 0.5, 0.1)));
    }

    #[test]
    fn a_phrase_is_more_than_one_token_and_holds_a_word() {
        assert!(is_phrase("the user"));
        assert!(is_phrase("\n\nBut"));
        assert!(!is_phrase("the"));
        assert!(!is_phrase(", ("));
        assert!(!is_phrase("3 ."));
        assert!(!is_phrase("'s"));
    }
}
