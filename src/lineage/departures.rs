//! How a corpus departs from what the references wrote on the same prompts.
//!
//! Comes in: the cells of a [`Tally`] (the mean values of its traces, prompt by prompt) and the atlas's
//! panel. Goes out: [`Departures`], which `pairing` compares with those of the references and `drift`
//! with those of an older corpus.

use super::tally::Tally;
use crate::attribution::panel::{Member, Panel, Spread, alike};
use std::collections::BTreeMap;

/// What the similarities of unrelated references are called.
pub(super) const UNRELATED: &str = "two unrelated models";
/// With so many shared prompts the others are left out.
pub(super) const ENOUGH_SHARED: usize = 10;

/// A corpus beside the panel.
#[derive(Debug, Clone, Default)]
pub(super) struct Departures {
    /// Whether the prompts are shared with the panel; else a mean over a ground was taken off.
    pub paired: bool,
    /// The ground and the departure of each prompt, in the order of the tally's prompts.
    pub prompts: Vec<Departure>,
}

/// A corpus on one prompt.
#[derive(Debug, Clone)]
pub(super) struct Departure {
    /// The number of the prompt in its tally.
    pub prompt: usize,
    /// The ground that it is compared on.
    pub ground: usize,
    /// What is left when the others' mean is taken off.
    pub values: Vec<f32>,
}

impl Departures {
    /// Those of a tally: from the means of its shared prompts where there are enough of them, else
    /// of all its prompts from the mean over the ground that its words say it is on.
    pub fn of(panel: &Panel, tally: &Tally) -> Self {
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
                Some(Departure { prompt, ground: known.ground, values })
            })
            .collect();
        if shared.len() >= ENOUGH_SHARED {
            return Self { paired: true, prompts: shared };
        }
        let (ground, centre) = nearest_centre(panel, tally);
        let prompts = tally
            .cells
            .iter()
            .enumerate()
            .filter(|(_, cell)| cell.traces > 0 && !centre.is_empty())
            .map(|(prompt, cell)| Departure {
                prompt,
                ground,
                values: minus(&cell.mean(), &centre),
            })
            .collect();
        Self { paired: false, prompts }
    }

    /// The prompts on each ground.
    pub fn by_ground(&self) -> BTreeMap<usize, Vec<&Departure>> {
        let mut grounds: BTreeMap<usize, Vec<&Departure>> = BTreeMap::new();
        for departure in &self.prompts {
            grounds.entry(departure.ground).or_default().push(departure);
        }
        grounds
    }
}

/// The ground that most traces are on by their words, with its centre; where none is familiar, the
/// mean of all centres.
fn nearest_centre(panel: &Panel, tally: &Tally) -> (usize, Vec<f32>) {
    let with_centre = |ground: &usize| panel.centres.get(*ground).is_some_and(|c| !c.is_empty());
    let most = tally.grounds.iter().filter(|(ground, _)| with_centre(ground));
    let nearest = most.max_by_key(|(ground, count)| (**count, usize::MAX - **ground));
    let ground = nearest.map_or(0, |(&ground, _)| ground);
    if tally.is_familiar() && with_centre(&ground) {
        return (ground, panel.centres[ground].clone());
    }
    let mut all = Spread::default();
    panel.centres.iter().filter(|centre| !centre.is_empty()).for_each(|centre| all.add(centre));
    (ground, all.finish().0)
}

/// The place of a reference in the panel that is compared with prompts on a ground: there where it is
/// known there, else where it is known from most prompts.
pub(super) fn member_for(panel: &Panel, reference: usize, ground: usize) -> Option<&Member> {
    let own = || panel.members.iter().filter(|member| member.reference == reference);
    own()
        .find(|member| member.ground == ground)
        .or_else(|| own().max_by_key(|member| (member.prompts, usize::MAX - member.ground)))
}

/// What a similarity in the panel means: the values between two halves of one reference's prompts cannot
/// be had from the panel, but those of one reference on two grounds, of one family, and of unrelated
/// references can. `families[r]` is the family of reference r.
pub(super) fn known_similarities(
    panel: &Panel,
    families: &[Option<&str>],
) -> [(&'static str, Vec<f64>); 3] {
    let of = |a: &Member, b: &Member| {
        alike((&a.departure, f64::from(a.noise)), (&b.departure, f64::from(b.noise)))
    };
    let (mut two_grounds, mut family, mut unrelated) = (Vec::new(), Vec::new(), Vec::new());
    for (at, a) in panel.members.iter().enumerate() {
        for b in &panel.members[at + 1..] {
            let related =
                families[a.reference].is_some() && families[a.reference] == families[b.reference];
            if a.reference == b.reference {
                two_grounds.push(of(a, b));
            } else if a.ground == b.ground && related {
                family.push(of(a, b));
            } else if a.ground == b.ground {
                unrelated.push(of(a, b));
            }
        }
    }
    [
        ("one model in two data sets of different domains", two_grounds),
        ("two models of one family", family),
        (UNRELATED, unrelated),
    ]
}
