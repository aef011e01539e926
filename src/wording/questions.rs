//! What a page says first under each of its questions.

use super::escape::name;
use super::how_sure::{how_sure, verdict};
use super::numbers::{count, counted, share};
use crate::lineage::{Comparison, VerdictKind};

/// Others that are named.
const OTHERS: usize = 3;

/// How sure the answer is: the whole verdict, and the figures behind it.
pub fn sure_lines(comparison: &Comparison) -> Vec<String> {
    let mut lines = vec![verdict(comparison)];
    lines.extend(how_sure(comparison));
    lines
}

/// What else it could be: the next references, and what makes models alike.
pub fn else_lines(comparison: &Comparison) -> Vec<String> {
    let verdict = &comparison.verdict;
    let is_named = matches!(verdict.kind, VerdictKind::Resembles | VerdictKind::Family);
    let skip = |reference: &String| is_named && verdict.references.contains(reference);
    let others = comparison.ranking.iter().filter(|one| !skip(&one.reference)).take(OTHERS);
    let others: Vec<String> =
        others.map(|one| format!("{} ({})", name(&one.reference), share(one.score))).collect();
    if others.is_empty() {
        return vec!["There is nothing to compare with.".into()];
    }
    let which = if is_named { "The next references" } else { "The first references" };
    vec![
        format!("{which} by share of the evidence: {}.", others.join(", ")),
        "Two models can look alike because they share a teacher, a public data set or a base model."
            .into(),
    ]
}

/// What in the text says so.
pub fn text_lines(comparison: &Comparison) -> Vec<String> {
    vec![match comparison.evidence.len() {
        0 => "No phrase speaks clearly for one reference.".into(),
        n => format!(
            "{} more frequent here than in the references, with the places where they stand.",
            counted(n, "phrase is", "phrases are")
        ),
    }]
}

/// What was read.
pub fn read_lines(comparison: &Comparison) -> Vec<String> {
    let input = &comparison.input;
    vec![format!(
        "{} read, {} kept, {} dropped; {} compared with {}.",
        counted(input.records, "record", "records"),
        counted(input.traces, "trace", "traces"),
        count(input.dropped.values().sum()),
        count(comparison.traces),
        counted(comparison.provenance.atlas_references, "reference", "references"),
    )]
}
