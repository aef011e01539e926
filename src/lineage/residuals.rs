//! How a corpus departs from what the references wrote on the same prompts.
//!
//! Comes in: the cells of a [`ScoredCorpus`] (the mean values of its traces, prompt by prompt) and the atlas's
//! panel. Goes out: [`Residuals`], which `pairing` compares with those of the references and `drift`
//! with those of an older corpus.

use super::scored_corpus::ScoredCorpus;
use crate::attribution::panel::{Member, Panel, Spread, alike};
use std::collections::BTreeMap;

/// What the similarities of unrelated references are called.
pub(super) const UNRELATED: &str = "two unrelated models";
/// With this many shared prompts the others are left out.
pub(super) const ENOUGH_SHARED: usize = 10;

/// A corpus next to the panel.
#[derive(Debug, Clone, Default)]
pub(super) struct Residuals {
    /// Whether the prompts are shared with the panel; else a mean over a data set was taken off.
    pub paired: bool,
    /// The data set and the departure of each prompt, in the order of the tally's prompts.
    pub prompts: Vec<Departure>,
}

/// A corpus on one prompt.
#[derive(Debug, Clone)]
pub(super) struct Departure {
    /// The number of the prompt in its tally.
    pub prompt: usize,
    /// The data set that it is compared on.
    pub data_set: usize,
    /// What is left when the others' mean is taken off.
    pub values: Vec<f32>,
}

impl Residuals {
    /// Those of a tally: from the means of its shared prompts where there are enough of them, else
    /// of all its prompts from the mean over the data set that its words say it is on.
    pub fn of(panel: &Panel, tally: &ScoredCorpus) -> Self {
        let minus = |values: &[f32], mean: &[f32]| -> Vec<f32> {
            values.iter().zip(mean).map(|(value, mean)| value - mean).collect()
        };
        let shared: Vec<Departure> = tally
            .cells
            .iter()
            .enumerate()
            .filter_map(|(prompt, cell)| {
                let known = panel.prompt(cell.key?)?;
                let values = minus(&cell.mean(), &known.mean);
                Some(Departure { prompt, data_set: known.data_set, values })
            })
            .collect();
        if shared.len() >= ENOUGH_SHARED {
            return Self { paired: true, prompts: shared };
        }
        let (data_set, centre) = nearest_centre(panel, tally);
        let prompts = tally
            .cells
            .iter()
            .enumerate()
            .filter(|(_, cell)| cell.traces > 0 && !centre.is_empty())
            .map(|(prompt, cell)| Departure {
                prompt,
                data_set,
                values: minus(&cell.mean(), &centre),
            })
            .collect();
        Self { paired: false, prompts }
    }

    /// The prompts on each data set.
    pub fn by_data_set(&self) -> BTreeMap<usize, Vec<&Departure>> {
        let mut data_sets: BTreeMap<usize, Vec<&Departure>> = BTreeMap::new();
        for departure in &self.prompts {
            data_sets.entry(departure.data_set).or_default().push(departure);
        }
        data_sets
    }
}

/// The data set that most traces are on by their words, with its centre; where none is familiar, the
/// mean of all centres.
fn nearest_centre(panel: &Panel, tally: &ScoredCorpus) -> (usize, Vec<f32>) {
    let with_centre =
        |data_set: &usize| panel.centres.get(*data_set).is_some_and(|c| !c.is_empty());
    let most = tally.data_sets.iter().filter(|(data_set, _)| with_centre(data_set));
    let nearest = most.max_by_key(|(data_set, count)| (**count, usize::MAX - **data_set));
    let data_set = nearest.map_or(0, |(&data_set, _)| data_set);
    if tally.is_in_domain() && with_centre(&data_set) {
        return (data_set, panel.centres[data_set].clone());
    }
    let mut all = Spread::default();
    panel.centres.iter().filter(|centre| !centre.is_empty()).for_each(|centre| all.add(centre));
    (data_set, all.finish().0)
}

/// The place of a reference in the panel that is compared with prompts on a data set: there where it is
/// known there, else where it is known from most prompts.
pub(super) fn member_for(panel: &Panel, reference: usize, data_set: usize) -> Option<&Member> {
    let own = || panel.members.iter().filter(|member| member.reference == reference);
    own()
        .find(|member| member.data_set == data_set)
        .or_else(|| own().max_by_key(|member| (member.prompts, usize::MAX - member.data_set)))
}

/// What a similarity in the panel means: the values between two halves of one reference's prompts cannot
/// be had from the panel, but those of one reference on two data sets, of one family, and of unrelated
/// references can. `families[r]` is the family of reference r.
pub(super) fn known_similarities(
    panel: &Panel,
    families: &[Option<&str>],
) -> [(&'static str, Vec<f64>); 3] {
    let of = |a: &Member, b: &Member| {
        alike((&a.departure, f64::from(a.noise)), (&b.departure, f64::from(b.noise)))
    };
    let (mut two_data_sets, mut family, mut unrelated) = (Vec::new(), Vec::new(), Vec::new());
    for (at, a) in panel.members.iter().enumerate() {
        for b in &panel.members[at + 1..] {
            let related =
                families[a.reference].is_some() && families[a.reference] == families[b.reference];
            if a.reference == b.reference {
                two_data_sets.push(of(a, b));
            } else if a.data_set == b.data_set && related {
                family.push(of(a, b));
            } else if a.data_set == b.data_set {
                unrelated.push(of(a, b));
            }
        }
    }
    [
        ("one model in two data sets of different domains", two_data_sets),
        ("two models of one family", family),
        (UNRELATED, unrelated),
    ]
}
