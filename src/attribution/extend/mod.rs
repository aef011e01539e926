//! Adds references to a learned model, without the traces that it was learned from.
//!
//! Comes in: a [`Model`], what it keeps for this ([`Extendable`]), and labelled traces of the new
//! references. Goes out: a model with the new references after the others ([`Extended`]), and how
//! well their traces are recognized on prompts that were held out. Called by `atlas`. Probabilities
//! of the older references among themselves stay what they were, up to the rounding of weights.

mod adder;
mod new_traces;
mod phrases;

use super::{
    added::Extendable, delta::mean_profile, error::ExtendError, example::Example, fit::Recognition,
    folds::Folds, model::Model,
};
use crate::features::Row;
use adder::ReferenceAdder;
use ndarray::Array2;
use new_traces::NewTraces;
use phrases::phrases;
use serde::{Deserialize, Serialize};

/// Labelled traces of references to add.
#[derive(Debug, Clone, Copy)]
pub struct NewReferences<'a> {
    /// The traces. `data_set` is the number of the data set that a trace comes from.
    pub examples: &'a [Example<'a>],
    /// The number of references.
    pub count: usize,
    /// Seed of the folds.
    pub seed: u64,
}

/// What adding references gives.
#[derive(Debug)]
pub struct Extended {
    /// The model.
    pub model: Model,
    /// The row of each trace, in their order.
    pub rows: Vec<Row>,
    /// The data set of each trace; `None` where its subject matter is not known.
    pub data_sets: Vec<Option<usize>>,
    /// How well the traces are recognized; `None` where they all have one prompt.
    pub held_out: Option<AddedFigures>,
}

/// How well traces of added references are recognized on prompts that were held out when their
/// directions were learned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AddedFigures {
    /// Folds, grouped by prompt.
    pub folds: usize,
    /// Traces that were held out.
    pub traces: usize,
    /// Share of them whose reference has the largest probability among all references.
    pub top1: f64,
    /// Share of them whose reference is among the five largest.
    pub top5: f64,
    /// Mean logarithmic loss, in nats.
    pub log_loss: f64,
}

/// The coordinates of held-out traces in the direction of their own reference.
struct OwnCoordinates {
    /// By reference, on known data sets.
    known: Vec<Vec<f32>>,
    /// By reference, on unseen data sets.
    unseen: Vec<Vec<f32>>,
}

/// Adds references to a model that was learned from `learned_from` traces.
///
/// # Errors
/// [`ExtendError::Mismatch`] where the model has no style embedding, or `extendable` does not
/// belong to it or is damaged.
pub fn extend(
    model: &Model,
    extendable: &Extendable,
    learned_from: usize,
    new: NewReferences<'_>,
) -> Result<Extended, ExtendError> {
    let NewReferences { examples, count, seed } = new;
    let places = model.vectorizer.style_places();
    let adder = ReferenceAdder::new(model, extendable, &places, count)?;
    let traces = NewTraces::read(model, examples, &places);
    let labels: Vec<usize> = examples.iter().map(|example| example.label).collect();

    let older = model.profiles.references().len();
    let mut own =
        OwnCoordinates { known: vec![Vec::new(); count], unseen: vec![Vec::new(); count] };
    let groups: Vec<u32> = examples.iter().map(|example| example.group).collect();
    let held_out = Folds::by_prompt(&groups, seed).map(|folds| {
        let mut recognized = Vec::new();
        for fold in 0..folds.count {
            let (train, test) = folds.split(fold);
            let without = adder.model(&traces, &train, &labels);
            let Some(style) = &without.style else { break };
            for i in test {
                let Example { words, label, .. } = examples[i];
                let row = &traces.rows[i];
                let placed = style.place(row, &(0..0)).0;
                let data_set = Some(without.data_sets.find(row).data_set);
                let coordinate =
                    |data_set| style.vectors(&placed, data_set, words)[0][older + label];
                own.known[label].push(coordinate(data_set));
                own.unseen[label].push(coordinate(None));
                let probabilities = without.score_row(row.clone()).probabilities;
                recognized.push(Recognition::new(&probabilities, older + label));
            }
        }
        AddedFigures::new(folds.count, &recognized)
    });

    let all: Vec<usize> = (0..examples.len()).collect();
    let mut extended = adder.model(&traces, &all, &labels);
    if let Some(added) = &mut extended.added {
        let last = added.own_coordinates.len() - count;
        let both = own.known.into_iter().zip(own.unseen);
        for (target, (known, unseen)) in added.own_coordinates[last..].iter_mut().zip(both) {
            *target = [known, unseen];
            target.iter_mut().for_each(|values| values.sort_by(f32::total_cmp));
        }
    }
    extended.profiles = model.profiles.clone().with(&profiles(&traces.rows, &labels, count));
    let phrases = phrases(model, &traces.rows, &labels, count, learned_from, extendable.own_logit);
    let dense = Array2::zeros((model.weights.dense_values(), count));
    extended.weights = model.weights.with_columns(&phrases, &dense);
    let NewTraces { rows, data_sets, .. } = traces;
    Ok(Extended { model: extended, rows, data_sets, held_out })
}

impl AddedFigures {
    fn new(folds: usize, recognized: &[Recognition]) -> Self {
        let mean = |of: fn(&Recognition) -> f64| {
            recognized.iter().map(of).sum::<f64>() / recognized.len().max(1) as f64
        };
        Self {
            folds,
            traces: recognized.len(),
            top1: mean(|one| f64::from(u8::from(one.first))),
            top5: mean(|one| f64::from(u8::from(one.among_five))),
            log_loss: mean(|one| one.loss),
        }
    }
}

/// The mean profile of each reference.
fn profiles(rows: &[Row], labels: &[usize], count: usize) -> Vec<Vec<f32>> {
    (0..count)
        .map(|reference| {
            let own = rows.iter().zip(labels).filter(|(_, label)| **label == reference);
            mean_profile(own.map(|(row, _)| row.profile()))
        })
        .collect()
}
