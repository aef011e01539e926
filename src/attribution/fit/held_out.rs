//! The learners' predictions for the training traces, each by learners that had not seen its
//! prompt.

use crate::attribution::{
    data_sets::DataSetEstimate,
    lengths::TextLength,
    model::Model,
    open_set::{OpenSet, OpenSetInput},
    style::OutOfSample,
    training_set::TrainingSet,
};
use ndarray::Array2;
use rayon::prelude::*;

/// Predictions for the training traces, in their order.
pub(super) struct HeldOutPredictions<'a> {
    set: &'a TrainingSet<'a>,
    /// The regression's logits; a row per trace.
    regression: &'a Array2<f32>,
    /// The vectors by the heads of whole traces and of pieces; a row per trace.
    style: Option<[Array2<f32>; 2]>,
    lengths: &'a [TextLength],
    /// The data set that each seems to be of.
    found: &'a [DataSetEstimate],
}

impl<'a> HeldOutPredictions<'a> {
    /// Puts the regression's logits beside the style embedding's vectors of the same traces.
    pub fn new(
        set: &'a TrainingSet<'a>,
        regression: &'a Array2<f32>,
        style: Option<&OutOfSample>,
        lengths: &'a [TextLength],
        found: &'a [DataSetEstimate],
    ) -> Self {
        let in_order = |values: &Array2<f32>, of: &[usize]| {
            let mut ordered = Array2::zeros(regression.dim());
            for (row, &i) in values.outer_iter().zip(of).filter(|(_, i)| **i < lengths.len()) {
                ordered.row_mut(i).assign(&row);
            }
            ordered
        };
        let style = style.map(|s| [in_order(&s.whole, &s.of), in_order(&s.pieces, &s.of)]);
        Self { set, regression, style, lengths, found }
    }

    /// The probabilities that `model`'s stacks make of them.
    pub fn probabilities(&self, model: &Model) -> Vec<Vec<f32>> {
        (0..self.lengths.len()).into_par_iter().map(|i| self.probabilities_of(i, model)).collect()
    }

    fn probabilities_of(&self, i: usize, model: &Model) -> Vec<f32> {
        let regression = self.regression.row(i).to_vec();
        let (found, length) = (self.found[i], self.lengths[i]);
        let (Some([whole, pieces]), Some(style)) = (&self.style, &model.style) else {
            return model.known.probabilities(&[&regression], length, Some(found.data_set));
        };
        let own = [whole.row(i).to_vec(), pieces.row(i).to_vec()];
        let on_unseen = || style.moved_to_unseen(&own, self.set.data_sets[i], length.words);
        model.combine(&regression, own.clone(), on_unseen, found, length).probabilities
    }

    /// The open set, learned from them and the probabilities that were made of them.
    pub fn open_set(&self, probabilities: &[Vec<f32>]) -> OpenSet {
        let rows = |values: &Array2<f32>| -> Vec<Vec<f32>> {
            values.outer_iter().map(|row| row.to_vec()).collect()
        };
        let regression = rows(self.regression);
        let style = match &self.style {
            Some([whole, _]) => rows(whole),
            None => vec![Vec::new(); regression.len()],
        };
        let inputs: Vec<OpenSetInput<'_>> = (0..regression.len())
            .map(|i| OpenSetInput {
                probabilities: &probabilities[i],
                regression: &regression[i],
                style: &style[i],
                words: self.lengths[i].words,
            })
            .collect();
        OpenSet::fit(&inputs, &self.set.labels, &[])
    }
}
