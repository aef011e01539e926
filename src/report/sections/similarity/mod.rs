//! The similarity of every pair of corpora, and what a similarity means.

pub(in crate::report) mod floors_figure;

use super::floors::{self, FloorRow};
use super::map;
use super::section::{Question, Section, SectionFigure};
use crate::lineage::{Comparison, SimilarityMatrix};
use crate::report::Error;
use crate::report::downloads::{Cell, DataTable, Downloads, rounded};
use crate::report::drawing::heat_map::HeatMap;
use crate::report::escape::name;
use crate::report::markdown::Markdown;
use crate::report::numbers::similarity;
use crate::report::wording;
use floors_figure::FloorsPlot;
use minijinja::{Value, context};
use serde_json::json;

/// The section.
pub(super) struct Similarity;

impl Section for Similarity {
    fn id(&self) -> &'static str {
        "similarity"
    }

    fn question(&self) -> Question {
        Question::Else
    }

    fn template(&self) -> &'static str {
        include_str!("page.html")
    }

    fn figures<'a>(&self, comparison: &'a Comparison) -> Vec<SectionFigure<'a>> {
        vec![
            SectionFigure::new("similarity", move |look| HeatMap::new(comparison, look))
                .in_files_only(),
            SectionFigure::new("floors", move |_| Ok(FloorsPlot::new(comparison))).in_page_only(),
        ]
    }

    fn tables(&self, comparison: &Comparison) -> Result<Vec<Downloads>, Error> {
        let mut tables = Vec::new();
        if !comparison.similarity.labels.is_empty() {
            tables.push(data(&comparison.similarity)?);
        }
        tables.extend(floors::downloads("similarity-floors", &comparison.floors)?);
        Ok(tables)
    }

    fn page(&self, comparison: &Comparison) -> Result<Option<Value>, Error> {
        if comparison.similarity.labels.is_empty() {
            return Ok(None);
        }
        let floors: Vec<FloorRow> = comparison.floors.iter().map(FloorRow::new).collect();
        Ok(Some(context! {
            title => wording::similarity_title(comparison),
            nearest => wording::nearest(comparison).map(|(_, value)| similarity(value)),
            floors,
        }))
    }

    fn markdown(&self, comparison: &Comparison, out: &mut Markdown) {
        if comparison.similarity.labels.is_empty() {
            return;
        }
        out.heading(&wording::similarity_title(comparison));
        out.image(&wording::similarity_title(comparison), "similarity.png");
        map::images(comparison, out);
        floors::markdown(out, &comparison.floors);
    }

    fn needs_no_ranking(&self) -> bool {
        true
    }
}

/// The matrix: a row and a column for each corpus. As JSON its labels stand once, since two of them
/// may be the same.
fn data(matrix: &SimilarityMatrix) -> Result<Downloads, Error> {
    // Labels are in rows and columns: they are cut as in the figure.
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
    let values: Vec<Vec<serde_json::Value>> = places
        .clone()
        .map(|i| places.clone().map(|j| rounded(short(value(i, j))).into()).collect())
        .collect();
    table.downloads_with(&json!({ "labels": labels, "values": values }))
}

/// Four decimals: a hundred corpora have ten thousand of them.
fn short(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}
