//! An evaluation → the data of its figures, as downloads for its page. Every row that the result
//! holds is there.

use crate::evaluation::{Confusion, Estimate, Evaluation};
use crate::report::Error;
use crate::report::downloads::{Cell, DataTable, Downloads, links_to_rows, table};
use serde::Serialize;

/// The links of an evaluation; nothing where there is no row.
#[derive(Serialize)]
pub(super) struct EvaluationData {
    calibration: Option<Downloads>,
    confusion: Option<Downloads>,
    lengths: Option<Downloads>,
    pooled: Option<Downloads>,
    detection: Option<Downloads>,
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
        let verification = evaluation.open_set.iter().filter_map(|set| set.verification.as_ref());
        let corners = verification.flat_map(|own| &own.by_traces).flat_map(|own| {
            own.curve.iter().map(|corner| {
                [
                    Cell::Count(own.traces),
                    Cell::Number(corner.bound),
                    Cell::Number(corner.strangers_named),
                    Cell::Number(corner.named_rightly),
                ]
            })
        });
        let corner_columns = ["traces", "bound", "strangers_named", "named_rightly"];
        Ok(Self {
            calibration: links_to_rows(&table("calibration", bins, calibration))?,
            confusion: links_to_rows(&confusion(&evaluation.confusion))?,
            lengths: links_to_rows(&table("by-length", length_columns, lengths))?,
            pooled: links_to_rows(&table("pooled", pooled_columns, pooled))?,
            detection: links_to_rows(&table("detection", corner_columns, corners))?,
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
        assert!(links_to_rows(&table("none", ["x"], std::iter::empty())).unwrap().is_none());
    }
}
