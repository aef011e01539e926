//! An explanation → the data of its figure and of its n-grams, as downloads for its page.

use crate::lineage::explain::Explanation;
use crate::report::Error;
use crate::report::downloads::{Cell, Downloads, links_to_rows, table};
use serde::Serialize;

/// The links of an explanation; nothing where there is no row.
#[derive(Serialize)]
pub(super) struct ExplanationData {
    course: Option<Downloads>,
    features: Option<Downloads>,
}

impl ExplanationData {
    /// The links of an explanation's figure and of its n-grams.
    ///
    /// # Errors
    /// None of today's types can cause one.
    pub fn new(explanation: &Explanation) -> Result<Self, Error> {
        let course = explanation.courses.iter().flat_map(|course| {
            course.pieces.iter().map(|&(first_word, words, probability)| {
                [
                    Cell::Text(course.reference.clone()),
                    Cell::Count(first_word),
                    Cell::Count(words),
                    Cell::Number(probability),
                ]
            })
        });
        let features = explanation.features.iter().map(|one| {
            [
                Cell::Text(one.channel.clone()),
                Cell::Text(one.form.clone()),
                Cell::Number(one.weight),
                Cell::Number(one.over_average),
                Cell::Count(one.count as usize),
                Cell::Number(one.share_of_reference_traces),
            ]
        });
        let columns =
            ["channel", "form", "weight", "over_average", "count", "share_of_reference_traces"];
        Ok(Self {
            course: links_to_rows(&table(
                "course",
                ["reference", "first_word", "words", "probability"],
                course,
            ))?,
            features: links_to_rows(&table("features", columns, features))?,
        })
    }
}
