//! The sections of a comparison's report, each in a place of its own.
//!
//! A new section is a file or folder here that implements [`Section`], and one line in
//! [`SECTIONS`].

pub(super) mod breakdown;
mod by_data_set;
pub(super) mod drift;
mod evidence;
mod examples;
mod families;
mod floors;
pub(super) mod habits;
mod input;
pub(super) mod likeness;
mod limits;
pub(super) mod map;
mod method;
mod provenance;
mod ranking;
pub(super) mod section;
pub(super) mod similarity;
mod tree;

use section::Section;

/// All sections in the order of the page: by question. Every writer of the report walks this table.
pub(super) const SECTIONS: [&dyn Section; 16] = [
    &drift::Drift,
    &ranking::Ranking,
    &breakdown::Breakdown,
    &by_data_set::ByDataSet,
    &limits::Limits,
    &likeness::Likeness,
    &families::Families,
    &tree::Tree,
    &similarity::Similarity,
    &map::Map,
    &evidence::Evidence,
    &habits::Habits,
    &examples::Examples,
    &input::Input,
    &method::Method,
    &provenance::Provenance,
];
