//! Similarities and the two maps, in sentences.

use super::numbers::{percent, similarity};
use crate::lineage::{Comparison, Neighbourhood};

/// The similarity matrix's finding in one sentence: the title of its figure.
pub fn similarity_title(comparison: &Comparison) -> String {
    match nearest(comparison) {
        Some((_, value)) => {
            format!("The nearest reference has a similarity of {}", similarity(value))
        }
        None => "No similarities were computed".into(),
    }
}

/// The reference that is most similar to the input, by the first row of the matrix.
pub fn nearest(comparison: &Comparison) -> Option<(&str, f64)> {
    let matrix = &comparison.similarity;
    let row = matrix.values.first()?.iter().zip(&matrix.labels).skip(1);
    let known = row.filter(|(value, _)| value.is_finite());
    known.max_by(|a, b| a.0.total_cmp(b.0)).map(|(value, label)| (label.as_str(), *value))
}

/// The title of the map.
pub fn map_title(comparison: &Comparison) -> String {
    let references = comparison.similarity.labels.len().saturating_sub(1);
    format!("The input among the {references} references that it was compared with")
}

/// What the map shows. `held`: the share of all differences in its two directions.
pub fn map_shown(held: f64) -> String {
    format!(
        "Near: alike by Cosine Delta. Two directions show {} of all differences; differences in other \
         directions are not visible.",
        percent(held)
    )
}

/// The title of the map that keeps neighbours.
pub fn neighbours_title(neighbourhood: &Neighbourhood) -> String {
    let references = neighbourhood.places.len().saturating_sub(1);
    format!("The input’s neighbours among {references} references")
}

/// What that map shows.
pub fn neighbours_shown() -> &'static str {
    "By t-SNE: neighbours are alike by Cosine Delta. The distance between groups and their size \
     mean nothing."
}
