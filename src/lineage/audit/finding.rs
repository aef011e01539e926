//! What the sentences of an audit say, as data. [`crate::wording`] makes the sentences.

use crate::lineage::{NamedShare, OtherLanguage};

/// What an audit found. `Display` gives the sentence, and so does JSON.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum AuditFinding {
    /// There are no shares.
    TooLittle(Doubt),
    /// The shares are rough: the references with the largest ones.
    Rough(Vec<NamedShare>),
    /// The shares are estimates.
    Shares {
        /// The largest.
        references: Vec<EstimatedShare>,
        /// The sum of all others, in [0, 1].
        others: f64,
        /// The share of records that no reference wrote.
        none: Estimated,
        /// Scored traces.
        traces: usize,
    },
    /// The atlas does not know the subject matter or the language of the traces, and names nobody.
    NotJudged,
    /// A sentence, as read from a file.
    Text(String),
}

/// A reference and its share.
#[derive(Debug, Clone, PartialEq)]
pub struct EstimatedShare {
    /// `vendor/name`.
    pub reference: String,
    /// Its share.
    pub share: Estimated,
}

/// A share in [0, 1].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimated {
    /// The estimate.
    pub share: f64,
    /// Its 95 % interval, where there is one.
    pub interval: Option<[f64; 2]>,
}

/// Why shares are rough, or why there are none. `Display` gives the sentence, and so does JSON.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Doubt {
    /// No trace has enough words to be scored.
    NoTrace {
        /// Words that a score needs.
        words: usize,
    },
    /// There are too few prompts for shares.
    FewPrompts {
        /// Scored traces.
        traces: usize,
        /// Different prompts of them.
        prompts: usize,
        /// Prompts that are needed.
        needed: usize,
    },
    /// The traces are short.
    ShortTraces {
        /// The median of their words.
        median: usize,
    },
    /// One prompt has most of the traces.
    OnePrompt {
        /// Its share of the traces, in [0, 1].
        share: f64,
    },
    /// The traces are out of domain.
    OutOfDomain,
    /// The traces are out of domain, and controls on the same prompts verify one family.
    ByControls,
    /// Many traces are in another language than the atlas's.
    OtherLanguage(OtherLanguage),
    /// A sentence, as read from a file.
    Text(String),
}
