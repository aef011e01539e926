//! Results → the sentences that a person reads about them.
//!
//! Comes in: the data that `lineage`, `evaluation` and `gate` found. Goes out: text, the same for the
//! terminal, the page, Markdown and JSON. No other stage makes sentences about a result. Called by
//! `analysis`, `report` and `cli`; needs no feature of the crate.
//!
//! One file per noun. A sentence says what the numbers show and no more: none speaks of how a model
//! was made. [`numbers`] rounds, [`escape`] makes hostile text safe to look at.

mod audit;
mod breakdown;
mod brief;
mod brief_answer;
mod brief_reasons;
mod drift;
pub mod escape;
pub mod evaluation;
mod examples;
mod explain;
pub mod gate;
mod glossary;
mod habits;
mod how_sure;
mod json;
mod likeness;
mod limits;
mod method;
pub mod numbers;
mod profiles;
mod questions;
mod similarity;
mod tree;
mod verdict;

pub use audit::{
    audit_interval, audit_kind, audit_record, audit_rests_on, audit_share, audit_warnings,
};
pub use breakdown::{holds_kind, holds_shown, holds_title};
pub use brief::{Brief, brief};
pub use brief_answer::{BY_DATA_SET, answer, needed, verdict_in_short, verdict_probability};
pub use drift::{drift_shown, drift_size, drift_title, shift_basis};
pub use examples::example_title;
pub use glossary::GLOSSARY;
pub use habits::{habits_shown, habits_title, habits_usual};
pub use how_sure::{how_sure, kind, ranking_title, rests_on, unknown, verdict};
pub use likeness::{likeness_shown, pairing_basis, pairing_title};
pub use method::{STYLE_IS_EVIDENCE, method};
pub use questions::{else_lines, read_lines, sure_lines, text_lines};
pub use similarity::{
    map_shown, map_title, nearest, neighbours_shown, neighbours_title, similarity_title,
};
pub use tree::{STYLE_IS_NOT_DESCENT, SUPPORT_IS_OF_FEATURES, TREE_IS_NESTED, tree_basis};
pub use verdict::known_text;

/// A reason as a sentence: a capital at its beginning, a full stop at its end.
pub(crate) fn as_sentence(reason: &str) -> String {
    let mut characters = reason.chars();
    let first: String = characters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", characters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_becomes_a_sentence() {
        assert_eq!(as_sentence("the end"), "The end.");
        assert_eq!(as_sentence(""), ".");
    }
}
