//! A comparison in short: the answer, how sure it is, three reasons, and what was compared.
//!
//! The page and the terminal begin with it, in the same words.

use super::brief_answer::{answer, drift_answer};
use super::brief_reasons::reasons;
use super::escape::{name, sentence};
use super::how_sure::rests_on;
use super::numbers::uncertain_percent as percent;
use super::verdict::{fixed, known_text};
use crate::ingest::UNNAMED;
use crate::lineage::{
    Comparison, InputSummary, VerdictFinding,
    verdict_rules::{LEAST_PROMPTS, LEAST_TRACES, LEAST_WORDS},
};
use crate::text::language_name;

/// Inputs, languages and subjects that are listed before the rest is counted.
const LISTED: usize = 2;

/// What a reader needs to decide, one sentence or a few each. Names are escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    /// What stands above the answer: that the atlas was learned from these very traces.
    pub warning: Option<String>,
    /// The answer in at most twelve words, a name counted as one.
    pub answer: String,
    /// Its probability and the error rate that it keeps, as far as they are known.
    pub sure: String,
    /// At most three reasons.
    pub reasons: Vec<String>,
    /// What was compared: the input, traces, prompts, words, language, subject.
    pub compared: String,
}

/// The comparison in short. Where it has a baseline, what moved is the answer, and the verdict on the
/// input is its first reason.
pub fn brief(comparison: &Comparison) -> Brief {
    let basis = &comparison.verdict.basis;
    let (answer, sure) = match &comparison.drift {
        Some(drift) => (drift_answer(&drift.finding), super::drift::drift_sure(drift)),
        None => (answer(comparison), sure(comparison)),
    };
    Brief {
        warning: known_text(basis.seen_before, basis.traces).map(|text| sentence(&text)),
        answer: if answer.trim().is_empty() { "No verdict was given.".into() } else { answer },
        sure,
        reasons: reasons(comparison),
        compared: compared(comparison),
    }
}

/// How sure the verdict is: its probability, and the error rate that it keeps.
fn sure(comparison: &Comparison) -> String {
    let verdict = &comparison.verdict;
    match &verdict.basis.finding {
        VerdictFinding::Named { probability, error_rate, .. }
        | VerdictFinding::NamedFamily { probability, error_rate, .. } => format!(
            "Probability {}. Of models that were left out of the atlas to set the bound, {} would be \
             named.",
            fixed(*probability),
            percent(*error_rate)
        ),
        VerdictFinding::Possible { probability, bound, .. } if bound.is_finite() => format!(
            "The first one's family has a probability of {}; a name needs {}.",
            fixed(*probability),
            fixed(*bound)
        ),
        VerdictFinding::Possible { probability, .. } => {
            format!("The first one's family has a probability of {}.", fixed(*probability))
        }
        VerdictFinding::NobodyKnown { nearest, probability } => {
            format!(
                "The nearest is {}, with a probability of {}.",
                name(nearest),
                fixed(*probability)
            )
        }
        VerdictFinding::Unfamiliar { nearest, .. } => format!(
            "There is no probability here. As a hint only: {} is the nearest in style.",
            name(nearest)
        ),
        VerdictFinding::Reference { share, low, high, .. }
        | VerdictFinding::Family { share, low, high, .. } => format!(
            "It holds {} of the evidence (95 % interval {} to {}); no probability was calibrated.",
            percent(*share),
            percent(*low),
            percent(*high)
        ),
        VerdictFinding::Between { references, .. } => {
            let shares = references.iter();
            let shares = shares.map(|one| format!("{} {}", name(&one.name), percent(one.share)));
            let shares: Vec<String> = shares.collect();
            format!("Shares of the evidence: {}. None holds enough alone.", shares.join(", "))
        }
        VerdictFinding::NoneOfThese { share, nearest, .. } => format!(
            "{} of the traces are unlike every reference (about 5 % of a known model's own are). The \
             nearest is {}.",
            percent(*share),
            name(nearest)
        ),
        VerdictFinding::NoTrace => "No trace was long enough to be judged.".into(),
        VerdictFinding::TooLittle { .. } => format!(
            "{}, where {LEAST_TRACES} traces of {LEAST_PROMPTS} prompts with {LEAST_WORDS} words are \
             needed.",
            rests_on(comparison)
        ),
        VerdictFinding::Text(text) => match &verdict.candidate {
            Some(candidate) if candidate.probability.is_finite() => {
                format!("Probability {}.", fixed(candidate.probability))
            }
            _ => sentence(text),
        },
    }
}

/// What was compared.
fn compared(comparison: &Comparison) -> String {
    let input = &comparison.input;
    let mut parts = vec![inputs(input), rests_on(comparison)];
    if let Some(languages) = most(input.languages.iter().map(|(code, n)| (language_name(code), *n)))
    {
        parts.push(format!("language {languages}"));
    }
    let named = input.domains.iter().filter(|(domain, _)| *domain != UNNAMED);
    if let Some(domains) = most(named.map(|(domain, n)| (domain.as_str(), *n))) {
        parts.push(format!("subject {domains}"));
    }
    parts.join("; ")
}

/// The inputs by the last part of their paths.
fn inputs(input: &InputSummary) -> String {
    let short = |path: &String| match path.as_str() {
        "-" => "standard input".to_owned(),
        path => name(path.trim_end_matches('/').rsplit('/').next().unwrap_or(path)),
    };
    let names: Vec<String> = input.inputs.iter().take(LISTED).map(short).collect();
    match (names.is_empty(), input.inputs.len().saturating_sub(LISTED)) {
        (true, _) => "The input".into(),
        (false, 0) => names.join(", "),
        (false, more) => format!("{} and {more} more", names.join(", ")),
    }
}

/// The most frequent keys, the first first.
fn most<'a>(counts: impl Iterator<Item = (&'a str, usize)>) -> Option<String> {
    let mut entries: Vec<(&str, usize)> = counts.collect();
    entries.sort_by_key(|(key, n)| (std::cmp::Reverse(*n), *key));
    let names: Vec<String> = entries.iter().take(LISTED).map(|(key, _)| name(key)).collect();
    let more = entries.len().saturating_sub(LISTED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!names.is_empty()).then(|| names.join(", ") + &rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_named_by_their_files() {
        let of = |paths: &[&str]| InputSummary {
            inputs: paths.iter().map(|&path| path.to_owned()).collect(),
            ..InputSummary::default()
        };
        assert_eq!(inputs(&of(&["a/b/c.jsonl", "-"])), "c.jsonl, standard input");
        assert_eq!(inputs(&of(&["a/", "b", "c"])), "a, b and 1 more");
        assert_eq!(inputs(&of(&[])), "The input");
    }
}
