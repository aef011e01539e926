//! An audit, an evaluation, an explanation → the data of their figures, as downloads for their pages.
//!
//! Called by the pages of these verbs; what [`super::figure_data`] is for a comparison. Every row that the result holds
//! is there, not only what the page has room for.

use super::Error;
use super::data_table::{Cell, DataTable, Downloads};
use super::figure_data::table;
use crate::evaluation::{Confusion, Estimate, Evaluation};
use crate::lineage::audit::{Audit, AuditKind};
use crate::lineage::explain::Explanation;
use serde::Serialize;

/// The links of an audit.
#[derive(Serialize)]
pub(super) struct AuditData {
    shares: Downloads,
    families: Option<Downloads>,
}

/// The links of an evaluation; nothing where there is no row.
#[derive(Serialize)]
pub(super) struct EvaluationData {
    calibration: Option<Downloads>,
    confusion: Option<Downloads>,
    lengths: Option<Downloads>,
    pooled: Option<Downloads>,
}

/// The links of an explanation; nothing where there is no row.
#[derive(Serialize)]
pub(super) struct ExplanationData {
    course: Option<Downloads>,
    features: Option<Downloads>,
}

impl AuditData {
    /// The links of an audit's shares; "none of these" is the last row, without a family.
    ///
    /// # Errors
    /// None of today's types can cause one.
    pub fn new(audit: &Audit) -> Result<Self, Error> {
        let optional = |value: Option<f64>| value.map_or(Cell::Nothing, Cell::Number);
        let shares = audit.shares.iter().map(|one| {
            [
                Cell::Text(one.reference.clone()),
                Cell::optional(one.family.as_deref()),
                Cell::Number(one.share),
                optional(one.low),
                optional(one.high),
                Cell::Number(one.counted),
                optional(one.similarity),
            ]
        });
        let none = (audit.kind == AuditKind::Shares).then(|| {
            let none = &audit.none;
            [
                Cell::Text("none of these".into()),
                Cell::Nothing,
                Cell::Number(none.share),
                optional(none.low),
                optional(none.high),
                Cell::Nothing,
                Cell::Nothing,
            ]
        });
        let columns = [
            "reference",
            "family",
            "share",
            "share_low",
            "share_high",
            "counted_first",
            "similarity",
        ];
        let families = audit.families.iter().map(|one| {
            [
                Cell::Text(one.family.clone()),
                Cell::Number(one.share),
                optional(one.low),
                optional(one.high),
                Cell::Text(one.members.join("; ")),
            ]
        });
        let family_columns = ["family", "share", "share_low", "share_high", "members"];
        Ok(Self {
            shares: table("shares", columns, shares.chain(none)).downloads()?,
            families: links(&table("family-shares", family_columns, families))?,
        })
    }
}

impl EvaluationData {
    /// The links of an evaluation's figures.
    ///
    /// # Errors
    /// None of today's types can cause one.
    pub fn new(evaluation: &Evaluation) -> Result<Self, Error> {
        let calibration = evaluation.calibration.iter().map(|bin| {
            let [right, low, high] = estimate(&bin.right);
            [
                Cell::Number(bin.from),
                Cell::Number(bin.to),
                Cell::Count(bin.traces),
                Cell::Number(bin.confidence),
                right,
                low,
                high,
            ]
        });
        let bins = ["from", "to", "traces", "mean_probability", "right", "right_low", "right_high"];
        let lengths = evaluation.by_length.iter().map(|bin| {
            let [top1, low, high] = estimate(&bin.top1);
            let below = bin.below.map_or(Cell::Nothing, Cell::Count);
            let loss = Cell::Number(bin.log_loss.value);
            [Cell::Count(bin.from), below, Cell::Count(bin.traces), top1, low, high, loss]
        });
        let length_columns =
            ["words_from", "words_below", "traces", "top1", "top1_low", "top1_high", "log_loss"];
        let pooled = evaluation.pooled.iter().map(|pool| {
            let [top1, low, high] = estimate(&pool.top1);
            let loss = Cell::Number(pool.log_loss.value);
            let error = Cell::Number(pool.calibration_error.value);
            [Cell::Count(pool.traces), Cell::Count(pool.models), top1, low, high, loss, error]
        });
        let pooled_columns =
            ["traces", "models", "top1", "top1_low", "top1_high", "log_loss", "calibration_error"];
        Ok(Self {
            calibration: links(&table("calibration", bins, calibration))?,
            confusion: links(&confusion(&evaluation.confusion))?,
            lengths: links(&table("by-length", length_columns, lengths))?,
            pooled: links(&table("pooled", pooled_columns, pooled))?,
        })
    }
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
            course: links(&table(
                "course",
                ["reference", "first_word", "words", "probability"],
                course,
            ))?,
            features: links(&table("features", columns, features))?,
        })
    }
}

/// A row for each pair of models of which any trace was given from one to the other.
fn confusion(confusion: &Confusion) -> DataTable {
    let models = &confusion.models;
    let rows = models.iter().zip(&confusion.counts).flat_map(|(wrote, counts)| {
        models.iter().zip(counts).filter(|(_, count)| **count > 0).map(|(given, &count)| {
            [Cell::Text(wrote.clone()), Cell::Text(given.clone()), Cell::Count(count)]
        })
    });
    table("confusion", ["wrote", "given_to", "traces"], rows)
}

fn estimate(estimate: &Estimate) -> [Cell; 3] {
    [estimate.value, estimate.low, estimate.high].map(Cell::Number)
}

fn links(table: &DataTable) -> Result<Option<Downloads>, Error> {
    (!table.rows.is_empty()).then(|| table.downloads()).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confusions_are_the_pairs_that_have_any_trace() {
        let own = Confusion {
            models: vec!["a/one".into(), "=b/two".into()],
            counts: vec![vec![3, 0], vec![1, 2]],
        };
        let csv = confusion(&own).csv().unwrap();
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(
            lines,
            ["wrote,given_to,traces", "a/one,a/one,3", "'=b/two,a/one,1", "'=b/two,'=b/two,2"]
        );
        assert!(links(&table("none", ["x"], std::iter::empty())).unwrap().is_none());
    }
}
