//! What the sentence of a verdict says, as data. [`crate::wording`] makes the sentence.

use super::candidate::Unfamiliar;

/// What the sentence of a verdict says, as data. `Display` gives the sentence
/// ([`crate::wording`]), and so does JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct VerdictBasis {
    /// Scored traces that the atlas was learned from: where there are any, the sentence warns first.
    pub seen_before: usize,
    /// Scored traces.
    pub traces: usize,
    /// What they resemble.
    pub finding: VerdictFinding,
}

/// What a verdict found. Shares are shares of the evidence in [0, 1] with 95 % intervals.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum VerdictFinding {
    /// No trace could be scored.
    NoTrace,
    /// Too few traces, prompts or words for a verdict.
    TooLittle {
        /// Different prompts.
        prompts: usize,
        /// Words of all scored traces.
        words: usize,
    },
    /// Many traces are unlike every reference.
    NoneOfThese {
        /// Share of the traces that are, in [0, 1].
        share: f64,
        /// References of the atlas.
        references: usize,
        /// The first reference of the ranking.
        nearest: String,
    },
    /// One reference has enough of the evidence.
    Reference {
        /// The reference.
        reference: String,
        /// Its share.
        share: f64,
        /// Lower end of the interval.
        low: f64,
        /// Upper end of the interval.
        high: f64,
    },
    /// One family has enough of the evidence, none of its members.
    Family {
        /// The family.
        family: String,
        /// Its share.
        share: f64,
        /// Lower end of the interval.
        low: f64,
        /// Upper end of the interval.
        high: f64,
    },
    /// No reference and no family has enough.
    Between {
        /// The first references with their shares.
        references: Vec<NamedShare>,
        /// Whether that is because the first is known from other subject matter only.
        other_domain: bool,
    },
    /// One reference is named by verification.
    Named {
        /// The reference.
        reference: String,
        /// The probability that it wrote the traces, in [0, 1].
        probability: f64,
        /// The share of unknown models that may be named, in [0, 1].
        error_rate: f64,
    },
    /// A family is named by verification, and none of its members.
    NamedFamily {
        /// The family.
        family: String,
        /// The probability that one of its models wrote the traces, in [0, 1].
        probability: f64,
        /// The share of unknown models that may be named, in [0, 1].
        error_rate: f64,
    },
    /// Several references are possible, and none of them sure.
    Possible {
        /// The references, the likeliest first.
        references: Vec<String>,
        /// The probability that a model of the first one's family wrote the traces, in [0, 1].
        probability: f64,
        /// What a name would need.
        bound: f64,
    },
    /// The subject matter is familiar, and no reference writes like this.
    NobodyKnown {
        /// The nearest reference.
        nearest: String,
        /// The probability that a model of its family wrote the traces, in [0, 1].
        probability: f64,
    },
    /// The atlas cannot judge these traces.
    Unfamiliar {
        /// Why.
        why: Unfamiliar,
        /// The nearest reference, as a hint.
        nearest: String,
    },
    /// A sentence, as read from a file.
    Text(String),
}

/// A reference and its share.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedShare {
    /// The reference.
    pub name: String,
    /// Its share, in [0, 1].
    pub share: f64,
}
