//! An explanation and its text → the text in pieces, each with the stretch and the feature that it
//! belongs to.
//!
//! Called by the page and the terminal, so that both show the same. Features overlap; where they
//! do, the one that weighs more at that place is shown.

use crate::{
    lineage::explain::{Explanation, FeatureWeight, Stretch},
    report::escape,
};
use std::{collections::BTreeMap, ops::Range};

/// A piece of the text.
pub(super) struct Piece<'a> {
    /// It as it may be shown.
    pub text: String,
    /// The feature that is marked there.
    pub feature: Option<&'a FeatureWeight>,
}

/// Where features are marked in a text: by begin, the end and the feature; none overlap.
pub(super) struct Marks<'a> {
    places: BTreeMap<usize, (usize, &'a FeatureWeight)>,
}

impl<'a> Marks<'a> {
    /// Chooses the places. Those that are no places in `text` are left out.
    pub fn new(explanation: &'a Explanation, text: &str) -> Self {
        let mut all: Vec<(f64, Range<usize>, &FeatureWeight)> = Vec::new();
        for feature in &explanation.features {
            let weight = feature.weight.abs() / f64::from(feature.count.max(1));
            for &[start, end] in &feature.places {
                if start < end && text.get(start..end).is_some() {
                    all.push((weight, start..end, feature));
                }
            }
        }
        all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.start.cmp(&b.1.start)));
        let mut places: BTreeMap<usize, (usize, &FeatureWeight)> = BTreeMap::new();
        for (_, range, feature) in all {
            let before = places.range(..range.end).next_back();
            if before.is_none_or(|(_, (end, _))| *end <= range.start) {
                places.insert(range.start, (range.end, feature));
            }
        }
        Self { places }
    }

    /// The pieces of a range of the text, in order. `escape` makes each fit to be shown.
    pub fn pieces(
        &self,
        text: &str,
        range: Range<usize>,
        escape: fn(&str) -> String,
    ) -> Vec<Piece<'a>> {
        let mut pieces = Vec::new();
        let mut push = |range: Range<usize>, feature| {
            if let Some(own) = text.get(range).filter(|own| !own.is_empty()) {
                pieces.push(Piece { text: escape(own), feature });
            }
        };
        let mut at = range.start;
        // One that began before the range may reach into it.
        let before = self.places.range(..range.start).next_back();
        let within = self.places.range(range.clone());
        for (&start, &(end, feature)) in before.into_iter().chain(within) {
            let (start, end) = (start.max(at), end.min(range.end));
            if start < end {
                push(at..start, None);
                push(start..end, Some(feature));
                at = end;
            }
        }
        push(at..range.end, None);
        pieces
    }
}

/// What a stretch is said to resemble: `acme/m-1 0.83`, or `no reference; acme/m-1 0.41, b/n 0.30`.
pub(super) fn stretch_text(stretch: &Stretch) -> String {
    let told: Vec<String> = (stretch.references.iter())
        .map(|one| {
            let share = crate::report::numbers::share(one.probability);
            format!("{} {share}", escape::name(&one.reference))
        })
        .collect();
    match stretch.reference {
        Some(_) => told.join(", "),
        None => format!("no reference has half: {}", told.join(", ")),
    }
}

/// The place of a stretch's reference among those that have a colour, in the order of their
/// courses.
pub(super) fn colour_of(explanation: &Explanation, reference: Option<&str>) -> Option<usize> {
    let reference = reference?;
    explanation.courses.iter().position(|course| course.reference == reference)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explanation(features: &[(&str, f64, &[[usize; 2]])]) -> Explanation {
        let features: Vec<serde_json::Value> = features
            .iter()
            .map(|(form, weight, places)| {
                serde_json::json!({
                    "channel": "word", "form": form, "weight": weight, "over_average": 0.0,
                    "count": places.len(), "share_of_reference_traces": 0.1, "places": places
                })
            })
            .collect();
        serde_json::from_value(serde_json::json!({
            "sentence": "", "id": "", "source": "", "prompt_id": null, "model": null,
            "mediation": "raw", "words": 3, "references": [], "unknown": 0.5, "familiar": 1.0,
            "seen_before": false, "window_words": 150, "windows": [], "stretches": [],
            "courses": [], "features": features, "measures": [], "channels": [], "limits": [],
            "program": "", "command": "", "atlas": "", "atlas_checksum": ""
        }))
        .unwrap()
    }

    #[test]
    fn the_heavier_of_two_that_overlap_is_shown_and_nothing_is_lost() {
        let text = "so the user wants it";
        let explanation =
            explanation(&[("the user", 1.0, &[[3, 11]]), ("user wants it", 2.0, &[[7, 20]])]);
        let marks = Marks::new(&explanation, text);
        let pieces = marks.pieces(text, 0..text.len(), escape::passage);
        let shown: Vec<(&str, bool)> =
            pieces.iter().map(|p| (p.text.as_str(), p.feature.is_some())).collect();
        assert_eq!(shown, [("so the ", false), ("user wants it", true)]);
        // A range that cuts a mark in two shows its part.
        let pieces = marks.pieces(text, 12..text.len(), escape::passage);
        assert_eq!((pieces.len(), pieces[0].text.as_str()), (1, "wants it"));
        assert!(pieces[0].feature.is_some());
    }

    #[test]
    fn places_that_are_none_are_left_out() {
        let explanation =
            explanation(&[("x", 1.0, &[[0, 99], [2, 1], [1, 2], [5, 5]]), ("y", 3.0, &[])]);
        let marks = Marks::new(&explanation, "ä b");
        let pieces = marks.pieces("ä b", 0..4, escape::passage);
        assert_eq!(pieces.len(), 1);
        assert_eq!(pieces[0].text, "ä b");
    }
}
