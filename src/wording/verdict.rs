//! The sentence of a verdict. It is part of the stored format: its words do not change.

use super::numbers::uncertain_percent as percent;
use crate::lineage::{
    NamedShare, Unfamiliar, Verdict, VerdictBasis, VerdictFinding,
    verdict_rules::{LEAST_PROMPTS, LEAST_TRACES, LEAST_WORDS},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt::{Display, Formatter, Result};

/// Why nothing is named alone where the subject matter is new to the first reference.
const OTHER_DOMAIN: &str = ": the first is known from other subject matter only, and across domains \
                            the first place is wrong more often than right, however large its share.";
/// Why nothing is named alone else.
const NO_SHARE: &str = ": no single reference or family holds enough of the evidence.";

impl Verdict {
    /// The verdict in one sentence. Where the atlas was learned from some of the traces, one more
    /// sentence says so first.
    pub fn sentence(&self) -> String {
        self.basis.to_string()
    }
}

impl Display for Verdict {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        self.basis.fmt(f)
    }
}

impl Display for VerdictBasis {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        if let Some(known) = known_text(self.seen_before, self.traces) {
            write!(f, "{known} ")?;
        }
        let traces = self.traces;
        match &self.finding {
            VerdictFinding::NoTrace => {
                f.write_str("Too little text: no trace was long enough to be judged.")
            }
            VerdictFinding::TooLittle { prompts, words } => write!(
                f,
                "Too little text for a verdict: {} on {} with {}, where {LEAST_TRACES} traces on \
                 {LEAST_PROMPTS} prompts with {LEAST_WORDS} words are needed.",
                plain_count(traces, "trace"),
                plain_count(*prompts, "prompt"),
                plain_count(*words, "word"),
            ),
            VerdictFinding::NoneOfThese { share, references, nearest } => write!(
                f,
                "None of these: {} of the traces are unlike every one of the {references} references \
                 (about 5 % of a known model's own traces are). The nearest is {nearest}.",
                percent(*share),
            ),
            VerdictFinding::Reference { reference, share, low, high } => write!(
                f,
                "The traces resemble {reference}: it holds {} of the evidence (95 % interval {} to {}).",
                percent(*share),
                percent(*low),
                percent(*high)
            ),
            VerdictFinding::Family { family, share, low, high } => write!(
                f,
                "The traces resemble the family {family}: it holds {} of the evidence (95 % interval \
                 {} to {}), and its members cannot be told apart with certainty here.",
                percent(*share),
                percent(*low),
                percent(*high)
            ),
            VerdictFinding::Between { references, other_domain } => {
                let named = |one: &NamedShare| format!("{} ({})", one.name, percent(one.share));
                let names: Vec<String> = references.iter().map(named).collect();
                let why = if *other_domain { OTHER_DOMAIN } else { NO_SHARE };
                write!(f, "The traces stand between {}{why}", names.join(" and "))
            }
            VerdictFinding::Named { reference, probability, error_rate } => write!(
                f,
                "The traces resemble {reference}, with a probability of {}. (Of models that were left out \
                 of the atlas to set the bound, {} would be named.)",
                fixed(*probability),
                percent(*error_rate)
            ),
            VerdictFinding::NamedFamily { family, probability, error_rate } => write!(
                f,
                "The traces resemble the family {family}, with a probability of {}; its members \
                 cannot be told apart here. (Of models that were left out of the atlas to set the \
                 bound, {} would be named.)",
                fixed(*probability),
                percent(*error_rate)
            ),
            VerdictFinding::Possible { references, probability, bound } => write!(
                f,
                "Several references are possible, and none is sure: {}. The probability of the \
                 first one's family is {}, and a name needs {}.",
                references.join(", "),
                fixed(*probability),
                fixed(*bound)
            ),
            VerdictFinding::NobodyKnown { nearest, probability } => write!(
                f,
                "None of these: the atlas knows the subject matter, and no reference writes like \
                 this. The nearest is {nearest}, with a probability of {}.",
                fixed(*probability)
            ),
            VerdictFinding::Unfamiliar { why, nearest } => match why {
                Unfamiliar::SubjectMatter => write!(
                    f,
                    "Unfamiliar: the atlas does not know the subject matter of these traces, and \
                     names nobody there. As a hint only: {nearest} is the nearest in style."
                ),
                Unfamiliar::Language { language } => write!(
                    f,
                    "Unfamiliar: most of these traces are in a language ({language}) in which the \
                     atlas does not know the nearest reference, and it names nobody. As a hint \
                     only: {nearest} is the nearest in style."
                ),
            },
            VerdictFinding::Text(sentence) => f.write_str(sentence),
        }
    }
}

/// A warning where the atlas was learned from some of the traces: the verdict says nothing about a
/// new model then. `None` where it was learned from none of them.
pub fn known_text(seen_before: usize, traces: usize) -> Option<String> {
    let which = match (seen_before, traces) {
        (0, _) => return None,
        (1, 1) => "The only trace is one of those".to_owned(),
        (seen, all) if seen == all => format!("All {all} traces are among those"),
        (1, all) => format!("1 of the {all} traces is among those"),
        (seen, all) => format!("{seen} of the {all} traces are among those"),
    };
    Some(format!(
        "First of all: {which} that the atlas was learned from, and the figures are too sure."
    ))
}

/// A probability with two decimals, never as sure as 0 or 1.
pub(super) fn fixed(probability: f64) -> String {
    if probability > 0.99 {
        "over 0.99".into()
    } else if probability < 0.01 {
        "under 0.01".into()
    } else {
        format!("{probability:.2}")
    }
}

/// A number with its noun; without the commas of [`super::numbers::counted`], as the stored sentence
/// has none.
fn plain_count(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

impl Serialize for VerdictBasis {
    fn serialize<S: Serializer>(&self, writer: S) -> std::result::Result<S::Ok, S::Error> {
        writer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for VerdictBasis {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(reader).map(Self::from)
    }
}

impl From<&str> for VerdictBasis {
    fn from(sentence: &str) -> Self {
        Self::from(sentence.to_owned())
    }
}

impl From<String> for VerdictBasis {
    fn from(sentence: String) -> Self {
        Self { seen_before: 0, traces: 0, finding: VerdictFinding::Text(sentence) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_text_is_named_first_in_every_number() {
        let said = |seen_before, traces| {
            VerdictBasis { seen_before, traces, finding: VerdictFinding::NoTrace }.to_string()
        };
        assert!(said(0, 9).starts_with("Too little text: "));
        assert!(said(1, 1).starts_with("First of all: The only trace is one of those that"));
        assert!(said(9, 9).starts_with("First of all: All 9 traces are"));
        assert!(said(1, 9).starts_with("First of all: 1 of the 9 traces is"));
        assert!(said(2, 9).starts_with("First of all: 2 of the 9 traces are"));
        assert!(said(2, 9).contains("too sure. Too little text"));
    }
}
