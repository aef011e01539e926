//! Adds references to a learned model, without the traces that it was learned from.
//!
//! Comes in: a [`Model`], what it keeps for this ([`Extendable`]) and labelled traces of the new references. Goes out: a model with
//! the new references behind the others ([`Extended`]), and how well their traces are recognized on prompts that were held out.
//! Called by `atlas`. What is said of the older references among themselves stays what it was, up to the rounding of weights.

use super::{
    added::{Added, Extendable},
    delta::mean_profile,
    fit::{Example, judged},
    folds::Folds,
    model::Model,
    pieces::pieces,
    style::{Basis, Head, PIECE_WORDS, Place, StyleEmbedding},
};
use crate::features::{NgramCounter, Row};
use ndarray::{Array2, Axis};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

/// Pieces that are drawn from each trace: new references have few traces.
const PIECES: usize = 6;
/// From this probability on that its subject matter is known, a trace is set against the centre of its data set.
const FAMILIAR: f64 = 0.5;

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

/// How well traces of added references are recognized on prompts that were held out when their directions were learned.
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

/// Adds `count` references, whose traces `examples` are (their `data_set` is the number of the data set that they come from), to a model that was learned from `traces` traces.
///
/// # Errors
/// A sentence, where the model has no style embedding or what it keeps does not fit it.
pub fn extend(
    model: &Model,
    extendable: &Extendable,
    examples: &[Example<'_>],
    count: usize,
    (traces, seed): (usize, u64),
) -> Result<Extended, String> {
    let damaged =
        || "what it keeps for adding references does not fit its style embedding".to_owned();
    let style = model.style.as_ref().ok_or_else(damaged)?;
    let places = model.vectorizer.style_places();
    let data_sets = style.whole.centres.len() - 1;
    if extendable.whole.places() != places.len()
        || extendable.pieces.places() != places.len()
        || extendable.whole.data_sets() != data_sets
        || extendable.pieces.data_sets() != data_sets * PIECE_WORDS.len()
    {
        return Err(damaged());
    }
    let read = Read::all(model, examples, &places);
    let widening = ReferenceAdder {
        model,
        style,
        extendable,
        places: &places,
        data_sets,
        count,
        whole: extendable.whole.directions(data_sets).ok_or_else(damaged)?,
        pieces: extendable.pieces.directions(data_sets).ok_or_else(damaged)?,
    };
    let all: Vec<usize> = (0..examples.len()).collect();
    let labels: Vec<usize> = examples.iter().map(|example| example.label).collect();

    let groups: Vec<u32> = examples.iter().map(|example| example.group).collect();
    let older = model.profiles.references().len();
    let mut own = [vec![Vec::new(); count], vec![Vec::new(); count]];
    let mut found = Vec::new();
    let folds = Folds::by_prompt(&groups, seed);
    for fold in 0..folds.as_ref().map_or(0, |folds| folds.count) {
        let Some((train, test)) = folds.as_ref().map(|folds| folds.split(fold)) else { break };
        let without = widening.model(&read, &train, &labels);
        let Some(style) = &without.style else { break };
        for i in test {
            let Example { words, label, .. } = examples[i];
            let placed = style.place(&read.rows[i], &(0..0)).0;
            let data_set = without.data_sets.find(&read.rows[i]).0;
            own[0][label].push(style.vectors(&placed, Some(data_set), words)[0][older + label]);
            own[1][label].push(style.vectors(&placed, None, words)[0][older + label]);
            let scored = without.score_row(read.rows[i].clone());
            found.push(judged(&scored.probabilities, older + label));
        }
    }
    let held_out = folds.map(|folds| {
        let share = |of: fn(&(f64, bool, bool, f64)) -> f64| {
            found.iter().map(of).sum::<f64>() / found.len().max(1) as f64
        };
        AddedFigures {
            folds: folds.count,
            traces: found.len(),
            top1: share(|judged| f64::from(u8::from(judged.1))),
            top5: share(|judged| f64::from(u8::from(judged.2))),
            log_loss: share(|judged| judged.3),
        }
    });
    let mut extended = widening.model(&read, &all, &labels);
    if let Some(added) = &mut extended.added {
        let last = added.own.len() - count;
        for (number, target) in added.own[last..].iter_mut().enumerate() {
            *target = [own[0][number].clone(), own[1][number].clone()];
            target.iter_mut().for_each(|values| values.sort_by(f32::total_cmp));
        }
    }
    extended.profiles = model.profiles.clone().with(&profiles(&read.rows, &labels, count));
    let phrases = phrases(model, &read.rows, &labels, (count, traces), extendable.own_logit);
    let dense = Array2::zeros((model.weights.dense_values(), count));
    extended.weights = model.weights.with_columns(&phrases, &dense);
    Ok(Extended { model: extended, rows: read.rows, data_sets: read.data_sets, held_out })
}

/// The traces as the style embedding reads them.
struct Read {
    rows: Vec<Row>,
    data_sets: Vec<Option<usize>>,
    /// A row per trace.
    whole: Array2<f32>,
    /// A row per piece.
    pieces: Array2<f32>,
    /// The trace and the place of each piece.
    piece_of: Vec<(usize, Place)>,
}

impl Read {
    fn all(model: &Model, examples: &[Example<'_>], places: &[(usize, f32)]) -> Self {
        type One = (Row, Vec<(Vec<f32>, usize)>);
        let values = |row: &Row| -> Vec<f32> { row.dense_at(places) };
        let read: Vec<One> = examples
            .par_iter()
            .enumerate()
            .map_init(NgramCounter::default, |counter, (i, example)| {
                let mut row = model.vectorizer.row(&example.text, counter);
                row.counts = Vec::new();
                let mut seen = BTreeSet::new();
                let pieces = (0..PIECES).flat_map(|j| pieces(&example.text, PIECES * i + j));
                let pieces = pieces
                    .filter(|piece| seen.insert((piece.text.as_ptr() as usize, piece.length)))
                    .map(|piece| (values(&model.vectorizer.row(piece.text, counter)), piece.length))
                    .collect();
                (row, pieces)
            })
            .collect();
        let found: Vec<Option<usize>> = read
            .iter()
            .map(|(row, _)| model.data_sets.find(row))
            .map(|(data_set, in_domain)| (in_domain >= FAMILIAR).then_some(data_set))
            .collect();
        let data_sets = by_source(examples, &found);
        let count = read.iter().map(|one| one.1.len()).sum();
        let mut whole = Array2::zeros((read.len(), places.len()));
        let mut pieces = Array2::zeros((count, places.len()));
        let mut piece_of = Vec::new();
        for (i, (row, own)) in read.iter().enumerate() {
            whole
                .row_mut(i)
                .iter_mut()
                .zip(values(row))
                .for_each(|(target, value)| *target = value);
            for (values, length) in own {
                let mut target = pieces.row_mut(piece_of.len());
                target.iter_mut().zip(values).for_each(|(target, value)| *target = *value);
                piece_of.push((i, (*length, data_sets[i])));
            }
        }
        let rows = read.into_iter().map(|one| one.0).collect();
        Self { rows, data_sets, whole, pieces, piece_of }
    }
}

/// The data set of each trace: that which most traces of its reference and source are found on. A few that look like another one
/// would make a mean of their own there, which counts as much as that of all the rest.
fn by_source(examples: &[Example<'_>], found: &[Option<usize>]) -> Vec<Option<usize>> {
    let mut counts: BTreeMap<(usize, usize), BTreeMap<Option<usize>, usize>> = BTreeMap::new();
    let key = |example: &Example<'_>| (example.label, example.data_set);
    for (example, &data_set) in examples.iter().zip(found) {
        *counts.entry(key(example)).or_default().entry(data_set).or_default() += 1;
    }
    let most = |example: &Example<'_>| {
        let own = counts.get(&key(example))?;
        own.iter()
            .max_by_key(|(data_set, count)| (**count, Reverse(**data_set)))?
            .0
            .as_ref()
            .copied()
    };
    examples.iter().map(most).collect()
}

/// A model, and what it takes to add references to it.
struct ReferenceAdder<'a> {
    model: &'a Model,
    style: &'a StyleEmbedding,
    extendable: &'a Extendable,
    places: &'a [(usize, f32)],
    data_sets: usize,
    count: usize,
    whole: super::style::Directions<'a>,
    pieces: super::style::Directions<'a>,
}

impl ReferenceAdder<'_> {
    /// The model with the directions that the traces of `members` give. What else belongs to a reference is left as if its
    /// traces were average.
    fn model(&self, read: &Read, members: &[usize], labels: &[usize]) -> Model {
        let own: Vec<usize> = members.iter().map(|&i| labels[i]).collect();
        let at: Vec<Place> = members.iter().map(|&i| (0, read.data_sets[i])).collect();
        let whole = self.whole.of(&read.whole.select(Axis(0), members), &own, &at, self.count);
        let kept: BTreeSet<usize> = members.iter().copied().collect();
        let pieces: Vec<usize> =
            (0..read.piece_of.len()).filter(|&i| kept.contains(&read.piece_of[i].0)).collect();
        let own: Vec<usize> = pieces.iter().map(|&i| labels[read.piece_of[i].0]).collect();
        let at: Vec<Place> = pieces.iter().map(|&i| read.piece_of[i].1).collect();
        let pieces = self.pieces.of(&read.pieces.select(Axis(0), &pieces), &own, &at, self.count);
        let head = |head: &Head, directions: &Array2<f32>, basis: &Basis, blocks: usize| {
            head.with(directions, basis, self.places, (blocks, self.data_sets))
        };
        let Extendable { whole: whole_basis, pieces: piece_basis, stack, .. } = self.extendable;
        let style = StyleEmbedding {
            whole: head(&self.style.whole, &whole, whole_basis, 1),
            pieces: head(&self.style.pieces, &pieces, piece_basis, PIECE_WORDS.len()),
        };
        let model = self.model;
        let features = Array2::zeros((model.weights.features(), self.count));
        let dense = Array2::zeros((model.weights.dense_values(), self.count));
        let before = model.added.as_ref().map_or(&[][..], |added| &added.own);
        let own = (0..self.count).map(|_| Default::default());
        Model {
            vectorizer: model.vectorizer.clone(),
            weights: model.weights.with_columns(&features, &dense),
            style: Some(style),
            data_sets: model.data_sets.clone(),
            known: model.known.clone(),
            new: model.new.clone(),
            added: Some(Added {
                stack: stack.clone(),
                own: before.iter().cloned().chain(own).collect(),
            }),
            pooling: model.pooling.clone(),
            open_set: model.open_set.clone(),
            open_set_new: model.open_set_new.clone(),
            profiles: model.profiles.clone(),
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

/// Weights of n-grams for each reference, which only say what to show as evidence: how much more widespread an n-gram is
/// in its traces than in those that the atlas was learned from, times its mean value where it stands. (The direction of
/// Rocchio 1971.) Scaled so that its own traces get what the regression gives to a reference's own traces on average.
fn phrases(
    model: &Model,
    rows: &[Row],
    labels: &[usize],
    (count, traces): (usize, usize),
    own_logit: f64,
) -> Array2<f32> {
    let features = model.vectorizer.vocabulary().features();
    let mut weights = Array2::<f32>::zeros((features.len(), count));
    for (reference, mut column) in weights.axis_iter_mut(Axis(1)).enumerate() {
        let own: Vec<&Row> =
            rows.iter().zip(labels).filter(|(_, l)| **l == reference).map(|(row, _)| row).collect();
        let mut sums = vec![(0.0_f32, 0_usize); features.len()];
        for row in &own {
            for (&index, &value) in row.indices.iter().zip(&row.values) {
                let sum = &mut sums[index as usize];
                *sum = (sum.0 + value, sum.1 + 1);
            }
        }
        let mut own_value = 0.0_f64;
        for ((weight, &(sum, holding)), feature) in column.iter_mut().zip(&sums).zip(features) {
            if holding == 0 {
                continue;
            }
            let share = holding as f32 / own.len() as f32;
            let usual = (feature.traces as f32 / traces.max(1) as f32).min(1.0);
            *weight = sum / holding as f32 * (share - usual);
            own_value += f64::from(*weight * sum / own.len() as f32);
        }
        let scale = if own_value > 1e-9 { (own_logit.max(0.0) / own_value) as f32 } else { 0.0 };
        column.mapv_inplace(|weight| weight * scale);
    }
    weights
}
