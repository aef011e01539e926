//! What decides → the first screen of a page: the answer with its reasons, and the leading references
//! as rows that are text and bars.

use super::visible;
use crate::lineage::{Comparison, DriftReference, VerdictKind};
use crate::report::escape::name;
use crate::report::numbers::{fixed, interval, share, signed_interval, similarity};
use crate::report::wording;
use serde::Serialize;

/// Rows that are shown at most.
const MOST: usize = 6;

/// What the template sees.
#[derive(Serialize)]
pub(super) struct FirstScreen {
    warning: Option<String>,
    answer: String,
    /// Whether the answer holds a name that needs smaller letters.
    is_long: bool,
    sure: String,
    reasons: Vec<String>,
    compared: String,
    rows: Vec<Row>,
    caption: &'static str,
    /// Whether what moved is the answer.
    is_drift: bool,
}

#[derive(Serialize)]
struct Row {
    name: String,
    named: bool,
    value: String,
    interval: String,
    /// The bar, in hundredths of the axis; `None` where the value is no number.
    bar: Option<Bar>,
}

#[derive(Serialize)]
struct Bar {
    from: String,
    /// Its length.
    to: String,
    low: String,
    high: String,
}

impl FirstScreen {
    pub fn new(comparison: &Comparison) -> Self {
        let brief = wording::brief(comparison);
        let longest = brief.answer.split(' ').map(|word| word.chars().count()).max();
        Self {
            is_long: longest.unwrap_or(0) > 26 || brief.answer.chars().count() > 90,
            warning: brief.warning,
            answer: brief.answer,
            sure: brief.sure,
            reasons: brief.reasons,
            compared: brief.compared,
            rows: match &comparison.drift {
                Some(drift) => drift.references.iter().take(MOST).map(Row::of_drift).collect(),
                None => leading(comparison),
            },
            caption: caption(comparison),
            is_drift: comparison.drift.is_some(),
        }
    }

    pub fn answer(&self) -> &str {
        &self.answer
    }
}

/// The leading references of the ranking, cut where nothing is left to see.
fn leading(comparison: &Comparison) -> Vec<Row> {
    let ranking = &comparison.ranking;
    let visible = visible(ranking);
    let named = &comparison.verdict.references;
    let is_named = |reference: &String| {
        let kind = comparison.verdict.kind;
        matches!(kind, VerdictKind::Resembles | VerdictKind::Family) && named.contains(reference)
    };
    let rows = ranking.iter().take(visible.clamp(2, MOST)).map(|one| Row {
        name: name(&one.reference),
        named: is_named(&one.reference),
        value: share(one.score),
        interval: interval(one.low, one.high),
        bar: Bar::new(0.0, one.score, (one.low, one.high), (0.0, 1.0)),
    });
    rows.collect()
}

impl Row {
    /// The likeness to a reference before and after, on an axis from −1 to 1.
    fn of_drift(one: &DriftReference) -> Self {
        let ends = (one.before + one.low, one.before + one.high);
        Self {
            name: name(&one.reference),
            named: one.is_clear(),
            value: format!("{} → {}", similarity(one.before), similarity(one.after)),
            interval: signed_interval(one.low, one.high),
            bar: Bar::new(one.before, one.after, ends, (-1.0, 1.0)),
        }
    }
}

impl Bar {
    /// A bar between two values with an interval, on an axis with these ends.
    fn new(from: f64, to: f64, interval: (f64, f64), ends: (f64, f64)) -> Option<Self> {
        let place = |value: f64| {
            let part = (value - ends.0) / (ends.1 - ends.0);
            fixed(100.0 * part.clamp(0.0, 1.0), 1)
        };
        [from, to, interval.0, interval.1].iter().all(|value| value.is_finite()).then(|| Self {
            from: place(from.min(to)),
            to: fixed(100.0 * (to - from).abs().min(ends.1 - ends.0) / (ends.1 - ends.0), 1),
            low: place(interval.0),
            high: place(interval.1),
        })
    }
}

/// What the rows show, and why they are no verdict where nobody is named.
fn caption(comparison: &Comparison) -> &'static str {
    if comparison.drift.is_some() {
        return "Likeness before and now; bar: the change; line and last column: its 95 % interval.";
    }
    match comparison.verdict.kind {
        VerdictKind::Resembles | VerdictKind::Family | VerdictKind::Between => {
            "Share of the evidence, with its 95 % interval."
        }
        _ => {
            "Share of the evidence if one of the references wrote this: it says who is likeliest, never \
             whether anybody is."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_stays_on_its_axis() {
        let bar = Bar::new(0.2, 0.7, (0.1, 9.0), (0.0, 1.0)).unwrap();
        assert_eq!([bar.from, bar.to, bar.low, bar.high], ["20.0", "50.0", "10.0", "100.0"]);
        let back = Bar::new(0.5, -0.5, (0.0, 0.0), (-1.0, 1.0)).unwrap();
        assert_eq!([back.from, back.to], ["25.0", "50.0"]);
        assert!(Bar::new(f64::NAN, 0.1, (0.0, 0.1), (0.0, 1.0)).is_none());
    }
}
