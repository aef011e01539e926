//! An explanation of one trace, in sentences.

use super::json::sentences;
use super::numbers::counted;
use crate::lineage::explain::{Explanation, ExplanationFinding, TraceLimit};
use std::fmt::{Display, Formatter, Result};

sentences!(ExplanationFinding, TraceLimit);

impl Explanation {
    /// The answer in one or two sentences.
    pub fn sentence(&self) -> String {
        self.finding.to_string()
    }
}

impl Display for ExplanationFinding {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let (first, second, has_half, words, stretches) = match self {
            Self::Resembles { first, second, has_half, words, stretches } => {
                (first, second, *has_half, *words, stretches)
            }
            Self::Text(sentence) => return f.write_str(sentence),
        };
        let probability = probability(first.share);
        let next = second.as_ref().map_or_else(String::new, |second| {
            format!(", the next is {} with {}", second.name, self::probability(second.share))
        });
        if has_half {
            write!(
                f,
                "Of the references, {} comes first for the trace as a whole (probability {probability}{next}).",
                first.name
            )?;
        } else {
            write!(
                f,
                "No reference has half of the probability for the trace as a whole: {} comes first \
                 with {probability}{next}.",
                first.name
            )?;
        }
        let Some(stretches) = stretches else {
            return f.write_str(" The trace is too short to be scored in windows.");
        };
        let share = |part: usize| format!("{:.0} %", 100.0 * part as f64 / words.max(1) as f64);
        write!(
            f,
            " By windows, {} has at least half of the probability on {} of the words, another \
             reference on {}, and none on {}.",
            first.name,
            share(stretches.first),
            share(stretches.others),
            share(stretches.none)
        )
    }
}

impl Display for TraceLimit {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::SeenBefore => f.write_str(
                "The atlas was learned from this very trace, so its probabilities are over-confident.",
            ),
            Self::UnlikeAll { p_value } => write!(
                f,
                "The trace is unlike every reference (p = {p_value:.3}): the first one is only the \
                 nearest."
            ),
            Self::OutOfDomain => f.write_str(
                "Judging by its words, the trace is out of domain. There the first reference is wrong \
                 more often than right.",
            ),
            Self::Windows { words } => write!(
                f,
                "A window of {words} words tells far less than the whole trace. Expect some windows \
                 with another reference first; they do not mean that another model wrote them."
            ),
            Self::WeightsOfRegression => f.write_str(
                "Weights are parts of the regression's log-odds. The probability also rests on the \
                 style embedding and on the calibration. N-grams of a topic count like n-grams of a \
                 habit.",
            ),
            Self::Untokenized { bytes } => write!(
                f,
                "The atlas's tokenizer failed on {} of the trace.",
                counted(*bytes, "byte", "bytes")
            ),
            Self::WithoutVector => f.write_str(
                "The trace has no vector, so the channel vectors says nothing about it.",
            ),
            Self::WindowsWithoutVectors => f.write_str(
                "The vector of the trace comes from a file that has none for its windows, so the \
                 windows are scored without the channel vectors.",
            ),
            Self::Text(sentence) => f.write_str(sentence),
        }
    }
}

/// A probability with two decimals; never 0.00 or 1.00.
fn probability(value: f64) -> String {
    match value {
        p if p < 0.005 => "<0.01".into(),
        p if p >= 0.995 => ">0.99".into(),
        p => format!("{p:.2}"),
    }
}
