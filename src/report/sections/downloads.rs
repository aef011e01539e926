//! A comparison → the data of each of its figures, as downloads for the page.
//!
//! Called by [`super::page`]. Every row that the result holds is there, not only what the figure has room for.

use super::habits::figure::file_name as habits_file_name;
use super::map::figure::places;
use crate::lineage::{
    Breakdown, Comparison, Drift, Floor, Habits, Neighbourhood, Pairing, SimilarityMatrix,
};
use crate::report::Error;
use crate::report::downloads::{Cell, DataTable, Downloads, rounded, table};
use crate::report::escape::name;
use crate::report::wording;
use serde::Serialize;
use serde_json::{Value, json};

/// The links of every figure; nothing where there is no figure.
#[derive(Serialize)]
pub(in crate::report) struct FigureData {
    ranking: Downloads,
    map: Option<Downloads>,
    similarity: Option<Downloads>,
    floors: Option<Downloads>,
    drift: Option<Downloads>,
    likeness: Option<Downloads>,
    likeness_floors: Option<Downloads>,
    holds: Option<Downloads>,
    neighbours: Option<Downloads>,
}

impl FigureData {
    /// The links of a comparison's figures.
    ///
    /// # Errors
    /// None of today's types can cause one.
    pub fn new(comparison: &Comparison) -> Result<Self, Error> {
        let floors = |name, floors: &[Floor]| {
            (!floors.is_empty()).then(|| self::floors(name, floors).downloads()).transpose()
        };
        let pairing = comparison.pairing.as_ref();
        Ok(Self {
            ranking: ranking(comparison).downloads()?,
            map: map(comparison).map(|table| table.downloads()).transpose()?,
            similarity: (!comparison.similarity.labels.is_empty())
                .then(|| similarity(&comparison.similarity))
                .transpose()?,
            floors: floors("similarity-floors", &comparison.floors)?,
            drift: comparison.drift.as_ref().map(|d| drift(d).downloads()).transpose()?,
            likeness: pairing.map(|p| likeness(p).downloads()).transpose()?,
            likeness_floors: match pairing {
                Some(pairing) => floors("likeness-floors", &pairing.floors)?,
                None => None,
            },
            holds: comparison.holds.as_ref().map(|own| holds(own).downloads()).transpose()?,
            neighbours: (comparison.neighbourhood.as_ref())
                .map(|own| neighbours(own).downloads())
                .transpose()?,
        })
    }
}

fn ranking(comparison: &Comparison) -> DataTable {
    let rows = comparison.ranking.iter().map(|one| {
        [
            Cell::Text(one.reference.clone()),
            Cell::optional(one.family.as_deref()),
            Cell::Number(one.score),
            Cell::Number(one.low),
            Cell::Number(one.high),
            Cell::Number(one.score_without_layout),
            Cell::Number(one.similarity),
            Cell::Count(one.reference_traces),
        ]
    });
    let columns = [
        "reference",
        "family",
        "share",
        "share_low",
        "share_high",
        "share_without_layout",
        "similarity",
        "reference_traces",
    ];
    table("ranking", columns, rows)
}

fn drift(drift: &Drift) -> DataTable {
    let rows = drift.references.iter().map(|one| {
        [
            Cell::Text(one.reference.clone()),
            Cell::optional(one.family.as_deref()),
            Cell::Number(one.before),
            Cell::Number(one.after),
            Cell::Number(one.change),
            Cell::Number(one.low),
            Cell::Number(one.high),
            Cell::Number(one.p_value),
            Cell::Number(one.corrected_p_value),
            Cell::Number(one.share),
            Cell::Flag(one.is_clear()),
        ]
    });
    let columns = [
        "reference",
        "family",
        "before",
        "after",
        "change",
        "change_low",
        "change_high",
        "p_value",
        "corrected_p_value",
        "part_of_the_shift",
        "clear",
    ];
    table("drift", columns, rows)
}

fn likeness(pairing: &Pairing) -> DataTable {
    let rows = pairing.similarities.iter().map(|one| {
        [
            Cell::Text(one.reference.clone()),
            Cell::optional(one.family.as_deref()),
            Cell::Number(one.similarity),
            Cell::Number(one.low),
            Cell::Number(one.high),
            Cell::Number(one.p_value),
            Cell::Number(one.corrected_p_value),
            Cell::Flag(one.same_data_set),
        ]
    });
    let columns = [
        "reference",
        "family",
        "likeness",
        "low",
        "high",
        "p_value",
        "corrected_p_value",
        "known_from_the_same_data_set",
    ];
    table("likeness", columns, rows)
}

fn floors(name: &'static str, floors: &[Floor]) -> DataTable {
    let rows = floors.iter().map(|floor| {
        [
            Cell::Text(floor.what.clone()),
            Cell::Count(floor.pairs),
            Cell::Number(floor.low),
            Cell::Number(floor.median),
            Cell::Number(floor.high),
        ]
    });
    table(name, ["relation", "pairs", "low", "median", "high"], rows)
}

fn holds(holds: &Breakdown) -> DataTable {
    let rows = holds.groups.iter().map(|one| {
        [
            Cell::Text(wording::holds_kind(one.kind).into()),
            Cell::Text(one.what.clone()),
            Cell::Count(one.traces),
            Cell::Count(one.prompts),
            Cell::Number(one.share),
            Cell::Number(one.low),
            Cell::Number(one.high),
            Cell::Text(one.first.clone()),
            Cell::Number(one.first_share),
        ]
    });
    let columns = [
        "kind",
        "group",
        "traces",
        "prompts",
        "share",
        "low",
        "high",
        "first",
        "share_of_the_first",
    ];
    table("holds", columns, rows)
}

/// Habits of one basis: a row for each, a column for each reference.
pub(in crate::report) fn habits(habits: &Habits) -> DataTable {
    let rows = habits.habits.iter().map(|one| {
        let mut row = vec![
            Cell::Text(one.what.clone()),
            Cell::Text(one.channel.clone()),
            Cell::Text(one.measure.clone()),
            Cell::Number(one.input),
            Cell::Number(one.low),
            Cell::Number(one.high),
            Cell::Number(one.usual_low),
            Cell::Number(one.usual_high),
        ];
        // As many as there are columns, whatever the result holds.
        let value = |at: usize| one.values.get(at).map_or(Cell::Nothing, |v| Cell::Number(*v));
        row.extend((0..habits.references.len()).map(value));
        row
    });
    let own = ["habit", "channel", "measure", "input", "low", "high", "usual_low", "usual_high"];
    // Numbered: two references may have one name, and a row of JSON needs names that differ.
    let named = habits.references.iter().enumerate();
    let columns = named.map(|(at, one)| format!("{}. {}", at + 1, name(one)));
    DataTable {
        name: habits_file_name(habits),
        columns: own.map(str::to_owned).into_iter().chain(columns).collect(),
        rows: rows.collect(),
    }
}

fn neighbours(neighbourhood: &Neighbourhood) -> DataTable {
    let rows = neighbourhood
        .places
        .iter()
        .map(|one| [Cell::Text(one.label.clone()), Cell::Number(one.x), Cell::Number(one.y)]);
    table("neighbours", ["corpus", "x", "y"], rows)
}

/// Where each corpus stands on the map, the input first.
fn map(comparison: &Comparison) -> Option<DataTable> {
    let (places, _) = places(&comparison.similarity)?;
    let rows = places
        .into_iter()
        .map(|place| [Cell::Text(place.label), Cell::Number(place.x), Cell::Number(place.y)]);
    Some(table("map", ["corpus", "x", "y"], rows))
}

/// The matrix: a row and a column for each corpus. As JSON its labels stand once, since two of them may be the same.
fn similarity(matrix: &SimilarityMatrix) -> Result<Downloads, Error> {
    // Labels stand in rows and columns: they are cut as in the figure.
    let labels: Vec<String> = matrix.labels.iter().map(|label| name(label)).collect();
    let value = |i: usize, j: usize| -> f64 {
        matrix.values.get(i).and_then(|row| row.get(j)).copied().unwrap_or(f64::NAN)
    };
    let places = 0..labels.len();
    let rows = places.clone().map(|i| {
        let mut row = vec![Cell::Text(labels[i].clone())];
        row.extend(places.clone().map(|j| Cell::Number(short(value(i, j)))));
        row
    });
    let table = DataTable {
        name: "similarity",
        rows: rows.collect(),
        columns: std::iter::once("corpus".to_owned()).chain(labels.iter().cloned()).collect(),
    };
    let values: Vec<Vec<Value>> = places
        .clone()
        .map(|i| places.clone().map(|j| rounded(short(value(i, j))).into()).collect())
        .collect();
    table.downloads_with(&json!({ "labels": labels, "values": values }))
}

/// Four decimals: a hundred corpora have ten thousand of them.
fn short(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}
