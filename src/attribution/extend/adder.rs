//! A model and what adding references to it needs → the model with more references.

use super::new_traces::NewTraces;
use crate::attribution::{
    added::{Added, Extendable},
    error::ExtendError,
    model::Model,
    pieces::PIECE_WORDS,
    style::{Basis, Directions, Head, Place, StyleEmbedding},
};
use ndarray::{Array2, Axis};
use std::collections::BTreeSet;

/// Adds references to a model.
pub(super) struct ReferenceAdder<'a> {
    model: &'a Model,
    style: &'a StyleEmbedding,
    extendable: &'a Extendable,
    /// The dense values that the style embedding reads, with their factors.
    places: &'a [(usize, f32)],
    data_sets: usize,
    /// How many references are added.
    count: usize,
    whole: Directions<'a>,
    pieces: Directions<'a>,
}

impl<'a> ReferenceAdder<'a> {
    /// Prepares to add `count` references.
    ///
    /// # Errors
    /// [`ExtendError::Mismatch`] where the model has no style embedding, or `extendable` does not
    /// belong to it or is damaged.
    pub fn new(
        model: &'a Model,
        extendable: &'a Extendable,
        places: &'a [(usize, f32)],
        count: usize,
    ) -> Result<Self, ExtendError> {
        let style = model.style.as_ref().ok_or(ExtendError::Mismatch)?;
        let data_sets = style.whole.centres.len() - 1;
        let fits = |basis: &Basis, blocks: usize| {
            basis.places() == places.len() && basis.data_sets() == data_sets * blocks
        };
        if !fits(&extendable.whole, 1) || !fits(&extendable.pieces, PIECE_WORDS.len()) {
            return Err(ExtendError::Mismatch);
        }
        let whole = extendable.whole.directions(data_sets).ok_or(ExtendError::Mismatch)?;
        let pieces = extendable.pieces.directions(data_sets).ok_or(ExtendError::Mismatch)?;
        Ok(Self { model, style, extendable, places, data_sets, count, whole, pieces })
    }

    /// The model with the directions that the traces of `members` give. What else belongs to a
    /// reference is left as if its traces were average.
    pub fn model(&self, traces: &NewTraces, members: &[usize], labels: &[usize]) -> Model {
        let model = self.model;
        let features = Array2::zeros((model.weights.features(), self.count));
        let dense = Array2::zeros((model.weights.dense_values(), self.count));
        let older = model.added.as_ref().map_or(&[][..], |added| &added.own_coordinates);
        let new = (0..self.count).map(|_| Default::default());
        Model {
            vectorizer: model.vectorizer.clone(),
            weights: model.weights.with_columns(&features, &dense),
            style: Some(self.style(traces, members, labels)),
            data_sets: model.data_sets.clone(),
            known: model.known.clone(),
            new: model.new.clone(),
            added: Some(Added {
                stack: self.extendable.stack.clone(),
                own_coordinates: older.iter().cloned().chain(new).collect(),
            }),
            pooling: model.pooling.clone(),
            sharpness: model.sharpness,
            open_set: model.open_set.clone(),
            open_set_new: model.open_set_new.clone(),
            profiles: model.profiles.clone(),
        }
    }

    /// The style embedding with the directions that the traces of `members` give.
    fn style(&self, traces: &NewTraces, members: &[usize], labels: &[usize]) -> StyleEmbedding {
        let own: Vec<usize> = members.iter().map(|&i| labels[i]).collect();
        let at: Vec<Place> = members.iter().map(|&i| Place::new(0, traces.data_sets[i])).collect();
        let values = traces.whole.select(Axis(0), members);
        let whole = self.whole.of(&values, &own, &at, self.count);

        let kept: BTreeSet<usize> = members.iter().copied().collect();
        let pieces: Vec<usize> = (0..traces.piece_of.len())
            .filter(|&i| kept.contains(&traces.piece_of[i].trace))
            .collect();
        let own: Vec<usize> = pieces.iter().map(|&i| labels[traces.piece_of[i].trace]).collect();
        let at: Vec<Place> = pieces.iter().map(|&i| traces.piece_of[i].place).collect();
        let values = traces.pieces.select(Axis(0), &pieces);
        let pieces = self.pieces.of(&values, &own, &at, self.count);

        let head = |head: &Head, directions: &Array2<f32>, basis: &Basis, blocks: usize| {
            head.with(directions, basis, self.places, blocks, self.data_sets)
        };
        StyleEmbedding {
            whole: head(&self.style.whole, &whole, &self.extendable.whole, 1),
            pieces: head(&self.style.pieces, &pieces, &self.extendable.pieces, PIECE_WORDS.len()),
        }
    }
}
