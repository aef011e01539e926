//! Maps of the input among the references: principal coordinates, and one that keeps neighbours.

pub(in crate::report) mod figure;

use super::section::{Question, Section, SectionFigure};
use crate::lineage::{Comparison, Neighbourhood, principal_coordinates};
use crate::report::Error;
use crate::report::downloads::{Cell, DataTable, Downloads, table};
use crate::report::markdown::Markdown;
use crate::report::wording;
use figure::MapPlot;
use minijinja::{Value, context};

/// The section. In Markdown its figures stand with the similarities.
pub(super) struct Map;

impl Section for Map {
    fn id(&self) -> &'static str {
        "map"
    }

    fn question(&self) -> Question {
        Question::Else
    }

    fn template(&self) -> &'static str {
        include_str!("page.html")
    }

    fn figures<'a>(&self, comparison: &'a Comparison) -> Vec<SectionFigure<'a>> {
        let mut figures = Vec::new();
        if let Some(found) = principal_coordinates(&comparison.similarity) {
            let figure = move |look| MapPlot::of_coordinates(comparison, &found, look);
            figures.push(SectionFigure::new("map", figure).in_files_only());
        }
        if let Some(known) = &comparison.neighbourhood {
            let figure = move |look| MapPlot::of_neighbours(comparison, known, look);
            figures.push(SectionFigure::new("neighbours", figure).in_files_only());
        }
        figures
    }

    fn tables(&self, comparison: &Comparison) -> Result<Vec<Downloads>, Error> {
        let map = map(comparison);
        let known = comparison.neighbourhood.as_ref().map(neighbours);
        map.iter().chain(&known).map(DataTable::downloads).collect()
    }

    fn page(&self, comparison: &Comparison) -> Result<Option<Value>, Error> {
        let known = comparison.neighbourhood.as_ref();
        if known.is_none() && principal_coordinates(&comparison.similarity).is_none() {
            return Ok(None);
        }
        Ok(Some(context! {
            title => wording::map_title(comparison),
            neighbours => known.is_some(),
        }))
    }
}

/// The figures in Markdown.
pub(super) fn images(comparison: &Comparison, out: &mut Markdown) {
    if principal_coordinates(&comparison.similarity).is_some() {
        out.image(&wording::map_title(comparison), "map.png");
    }
    if let Some(known) = &comparison.neighbourhood {
        out.image(&wording::neighbours_title(known), "neighbours.png");
    }
}

fn neighbours(neighbourhood: &Neighbourhood) -> DataTable {
    let rows = neighbourhood
        .places
        .iter()
        .map(|one| [Cell::Text(one.label.clone()), Cell::Number(one.x), Cell::Number(one.y)]);
    table("neighbours", ["corpus", "x", "y"], rows)
}

/// Where each corpus is on the map, the input first.
fn map(comparison: &Comparison) -> Option<DataTable> {
    let places = principal_coordinates(&comparison.similarity)?.places;
    let rows = places
        .into_iter()
        .map(|place| [Cell::Text(place.label), Cell::Number(place.x), Cell::Number(place.y)]);
    Some(table("map", ["corpus", "x", "y"], rows))
}
