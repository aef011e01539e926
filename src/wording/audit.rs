//! An audit of a mixed data set, in sentences.

use super::escape;
use super::json::sentences;
use super::numbers::{self, count, counted, uncertain_percent as percent};
use crate::lineage::audit::{
    Audit, AuditFinding, AuditKind, Checks, Doubt, Estimated, EstimatedShare, RecordShares,
};
use std::fmt::{Display, Formatter, Result};

/// What is smaller than this is not worth naming in a sentence.
const LEAST_SHARE: f64 = 0.005;

sentences!(AuditFinding, Doubt);

impl Audit {
    /// The audit in one sentence.
    pub fn sentence(&self) -> String {
        self.finding.to_string()
    }
}

impl Display for AuditFinding {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::TooLittle(doubt) => doubt.fmt(f),
            Self::NotJudged => f.write_str(
                "A rough picture only: the atlas cannot judge such traces, and names nobody.",
            ),
            Self::Rough(named) if named.is_empty() => {
                f.write_str("A rough picture only: no reference stands out.")
            }
            Self::Rough(named) => {
                let named: Vec<String> = (named.iter())
                    .map(|one| format!("{} ({})", one.name, in_words(one.share)))
                    .collect();
                write!(f, "A rough picture only: the traces resemble {}.", named.join(", "))
            }
            Self::Shares { references, others, none, traces } => {
                let traces = counted(*traces, "trace", "traces");
                let mut parts: Vec<String> = references
                    .iter()
                    .map(|EstimatedShare { reference, share }| format!("{reference} {share}"))
                    .collect();
                if *others >= LEAST_SHARE {
                    parts.push(format!("all other references together {}", percent(*others)));
                }
                if none.share >= LEAST_SHARE {
                    parts.push(format!("none of these {none}"));
                }
                if parts.is_empty() {
                    return write!(f, "No reference has a share of the {traces}.");
                }
                write!(
                    f,
                    "What the {traces} resemble, by share (95 % interval): {}.",
                    parts.join("; ")
                )
            }
            Self::Text(sentence) => f.write_str(sentence),
        }
    }
}

impl Display for Estimated {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(&percent(self.share))?;
        self.interval
            .map_or(Ok(()), |[low, high]| write!(f, " ({} to {})", percent(low), percent(high)))
    }
}

impl Display for Doubt {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::NoTrace { words } => write!(
                f,
                "Too little text for shares: no trace has the {words} words that a score needs."
            ),
            Self::FewPrompts { traces, prompts, needed } => write!(
                f,
                "Too little text for shares: {} on {}, but {needed} different prompts are needed, \
                 because traces of one prompt are alike, whatever model wrote them. Give traces of \
                 more prompts, with `prompt_id` or `prompt` in the records.",
                counted(*traces, "trace", "traces"),
                counted(*prompts, "prompt", "prompts")
            ),
            Self::ShortTraces { median } => write!(
                f,
                "Half of the traces have {median} words or fewer, which is too few to tell \
                 references apart."
            ),
            Self::OnePrompt { share } => write!(
                f,
                "One prompt has {:.0} % of the traces: together they say little more than one of \
                 them.",
                100.0 * share
            ),
            Self::OutOfDomain => f.write_str(
                "Judging by their words, the traces are out of domain. There the first reference is \
                 wrong more often than right.",
            ),
            Self::ByControls => f.write_str(
                "The atlas does not know the subject matter of these traces. By the controls, one family \
                 is likely enough to be named; all other shares count as none of these.",
            ),
            Self::OtherLanguage(other) => other.fmt(f),
            Self::Text(sentence) => f.write_str(sentence),
        }
    }
}

/// The kind of an audit's answer in a few words.
pub fn audit_kind(kind: AuditKind) -> &'static str {
    match kind {
        AuditKind::Shares => "Shares with intervals",
        AuditKind::Rough => "A rough picture",
        AuditKind::TooLittleText => "Too little text",
    }
}

/// What to know before any share: traces that the atlas was learned from, and repeated ones.
pub fn audit_warnings(checks: &Checks, traces: usize) -> Vec<String> {
    let mut lines = Vec::new();
    if checks.seen_before > 0 {
        lines.push(format!(
            "The atlas was learned from {} of the {}.",
            count(checks.seen_before),
            counted(traces, "trace", "traces"),
        ));
    }
    if checks.repeated > 0 {
        lines.push(format!(
            "{} an earlier one, word by word or nearly.",
            counted(checks.repeated, "trace repeats", "traces repeat")
        ));
    }
    lines
}

/// A share as a person reads it: a number, or words where a number would claim too much.
pub fn audit_share(kind: AuditKind, share: f64) -> String {
    match kind {
        AuditKind::Rough => in_words(share).into(),
        _ => numbers::share(share),
    }
}

/// An interval as a person reads it; empty where there is none.
pub fn audit_interval(low: Option<f64>, high: Option<f64>) -> String {
    low.zip(high).map_or_else(String::new, |(low, high)| numbers::interval(low, high))
}

/// The references that a record may come from: `a/x 0.41, b/y 0.39, none of these 0.12`.
pub fn audit_record(kind: AuditKind, record: &RecordShares) -> String {
    let mut parts: Vec<(f64, String)> = record
        .references
        .iter()
        .map(|one| (one.probability, escape::name(&one.reference)))
        .collect();
    parts.push((record.none, "none of these".into()));
    // Stable: references come largest first.
    parts.sort_by(|a, b| b.0.total_cmp(&a.0));
    let named = parts.into_iter().filter(|(p, _)| *p >= 0.05).map(|(p, name)| match kind {
        AuditKind::Rough => name,
        _ => format!("{name} {}", numbers::share(p)),
    });
    named.collect::<Vec<_>>().join(", ")
}

/// A share in words, where a figure would claim too much.
fn in_words(share: f64) -> &'static str {
    match share {
        share if share >= 0.9 => "nearly all",
        share if share >= 0.5 => "most",
        share if share >= 0.25 => "a large part",
        share if share >= 0.1 => "some",
        _ => "few or none",
    }
}

/// What an audit rests on: traces, prompts and words.
pub fn audit_rests_on(audit: &Audit) -> String {
    format!(
        "{} of {} with {}",
        counted(audit.traces, "trace", "traces"),
        counted(audit.prompts, "prompt", "prompts"),
        counted(audit.words, "word", "words")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_have_words() {
        let words = [0.95, 0.5, 0.3, 0.1, 0.01].map(in_words);
        assert_eq!(words, ["nearly all", "most", "a large part", "some", "few or none"]);
    }
}
