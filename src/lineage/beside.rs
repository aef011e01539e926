//! Further parts of a [`Comparison`](super::Comparison): where it holds, measured habits, a map of
//! neighbours.
//!
//! Plain data like `verdict`; filled by `holds`, `habits`, `neighbourhood`, drawn by `report`.
//! Fields may be added, none removed.

use serde::{Deserialize, Serialize};

/// Where the first reference holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Breakdown {
    /// The first reference of the ranking.
    pub reference: String,
    /// Groups of traces: all, then without layout, by domain, by length, by mediation, with their texts changed. A group of fewer
    /// than five prompts is left out, and so is the only group of its kind.
    pub groups: Vec<Subgroup>,
    /// Groups that were left out because they have too few prompts, or because there are too many domains.
    pub left_out: usize,
}

/// What the traces of a group have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakdownKind {
    /// Nothing: it is all of them.
    All,
    /// All of them, scored without the layout channel.
    Layout,
    /// Their domain.
    Domain,
    /// Their length.
    Length,
    /// How they were shown.
    Mediation,
    /// Their texts were changed in one way before they were scored; some of the traces.
    Changed,
}

/// A group of traces and the first reference's share there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Subgroup {
    /// What they have in common.
    pub kind: BreakdownKind,
    /// Which of that kind (hostile where it is a domain: escape it).
    pub what: String,
    /// Traces in it.
    pub traces: usize,
    /// Different prompts among them.
    pub prompts: usize,
    /// The share of the reference that is first overall.
    pub share: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end of its 95 % interval.
    pub high: f64,
    /// The reference with the largest share in the group.
    pub first: String,
    /// Its share.
    pub first_share: f64,
}

/// What habits are measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HabitsBasis {
    /// What all references wrote on the same prompts.
    Prompts,
    /// What all references wrote in the same data set.
    DataSet,
    /// All traces that the atlas was learned from: the atlas keeps no values of single references for these.
    Traces,
}

/// Measured habits, in standard deviations of a single trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Habits {
    /// What 0 means.
    pub basis: HabitsBasis,
    /// Prompts of the input that they rest on.
    pub prompts: usize,
    /// The references that are compared with the input, the nearest first. Empty where the basis is
    /// all traces.
    pub references: Vec<String>,
    /// At most twelve, those in which the input deviates most.
    pub habits: Vec<Habit>,
}

impl Habits {
    /// Whether they are moves: what sentences do in the reasoning.
    pub fn is_moves(&self) -> bool {
        self.habits.first().is_some_and(|habit| habit.channel == "moves")
    }
}

/// One habit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Habit {
    /// The channel that measures it.
    pub channel: String,
    /// The channel's name for the measure.
    pub measure: String,
    /// What there is more or less of, in plain words.
    pub what: String,
    /// The mean over the input's prompts.
    pub input: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end of its 95 % interval.
    pub high: f64,
    /// The 5 % quantile over all references; −1, a standard deviation of all traces, where the basis is all traces.
    pub usual_low: f64,
    /// The 95 % quantile; 1 where the basis is all traces.
    pub usual_high: f64,
    /// The values of [`Habits::references`], in their order.
    pub values: Vec<f64>,
}

/// A map by t-SNE: neighbours stand together, and nothing else can be read from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Neighbourhood {
    /// How many neighbours, about, each corpus is held to.
    pub perplexity: f64,
    /// The input first, then the references as ranked.
    pub places: Vec<Neighbour>,
}

/// A corpus on that map; the larger of both coordinates over all corpora is 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Neighbour {
    /// `input` or the reference.
    pub label: String,
    /// Along the first direction, which means nothing.
    pub x: f64,
    /// Along the second.
    pub y: f64,
}
