//! A learned model: text in, calibrated probabilities out.

use super::{
    added::Added,
    delta::Profiles,
    lengths::TextLength,
    open_set::{Judged, OpenSet},
    pool::Pooling,
    stack::Stack,
    style::{DataSets, OutOfSample, StyleCoordinates, StyleEmbedding},
    weights::Weights,
};
use crate::{
    features::{Channel, NgramCounter, Row, Vectorizer},
    stats::vectors::argmax,
    text::count_words,
};
use ndarray::Array2;
use rayon::prelude::*;

/// A trace with fewer words is not judged.
pub const MINIMUM_WORDS: usize = 30;

/// Everything that scoring needs. Learned by [`super::fit()`], stored in an atlas.
#[derive(Debug, Clone)]
pub struct Model {
    /// Text → row.
    pub vectorizer: Vectorizer,
    /// Row → logits of the regression.
    pub weights: Weights,
    /// Row → place between the references; `None` where the channels do not allow for it.
    pub style: Option<StyleEmbedding>,
    /// Row → data set, and whether it is known.
    pub data_sets: DataSets,
    /// Logits and place → probabilities on known data set.
    pub known: Stack,
    /// Place → probabilities on new data set; `None` where all traces to learn from were of one data set.
    pub new: Option<Stack>,
    /// The last references, where they were added without the traces of the others; `None` where all were learned together.
    pub added: Option<Added>,
    /// Probabilities of several traces of one writer → those of the writer.
    pub pooling: Pooling,
    /// Probabilities, logits and place → `unknown` on known data set.
    pub open_set: OpenSet,
    /// The same on new data set, where a known model's traces look stranger than at home; there where
    /// `new` is.
    pub open_set_new: Option<OpenSet>,
    /// The references' profiles for Cosine Delta.
    pub profiles: Profiles,
}

/// What a model says of one text.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// Words in the text.
    pub words: usize,
    /// Calibrated probability per reference; sums to one.
    pub probabilities: Vec<f32>,
    /// The same when the layout measures are left out.
    pub without_layout: Vec<f32>,
    /// Conformal p-value that some reference wrote it; small means that none writes like this.
    pub unknown: f64,
    /// Probability that its subject matter is that of one of the data sets learned from.
    pub in_domain: f64,
    /// Which of them, an index into the atlas's data sets, if it is one.
    pub data_set: usize,
    /// The row that the scores rest on.
    pub row: Row,
    /// The vector that was given with the text, for whoever judges or explains it again.
    pub vector: Option<Vec<f32>>,
}

impl Scored {
    /// The index of the reference with the largest probability.
    pub fn top(&self) -> usize {
        argmax(&self.probabilities)
    }
}

impl Model {
    /// Judges a text, or returns the number of its words where they are fewer than
    /// [`MINIMUM_WORDS`].
    ///
    /// A model that was learned with vectors ([`crate::atlas::Atlas::needs_vectors`]) is to be given their
    /// source first ([`crate::atlas::Atlas::set_vectors`]). Without a vector the channel `vectors` says nothing of the
    /// text, whose row tells so ([`Row::without_vector`]): the scores are then not those that the model was
    /// measured with.
    ///
    /// # Errors
    /// The number of words, where there are too few.
    pub fn score(&self, text: &str, counter: &mut NgramCounter) -> Result<Scored, usize> {
        self.score_with(text, None, counter)
    }

    /// The same with the vector of the text, which has to be given where vectors come from a file and
    /// is not asked for where a model makes them ([`Vectorizer::row_with`]).
    ///
    /// # Errors
    /// As [`Model::score`].
    pub fn score_with(
        &self,
        text: &str,
        vector: Option<&[f32]>,
        counter: &mut NgramCounter,
    ) -> Result<Scored, usize> {
        let words = count_words(text);
        if words < MINIMUM_WORDS {
            return Err(words);
        }
        let row = self.vectorizer.row_with(text, vector, counter);
        Ok(Scored { vector: vector.map(<[f32]>::to_vec), ..self.score_row(row) })
    }

    /// Judges a text by its row.
    pub(super) fn score_row(&self, row: Row) -> Scored {
        let layout = self.vectorizer.measures_of(Channel::Layout);
        let found = self.data_sets.find(&row);
        let (bare, layout_logits) = self.weights.logits(&row, &layout);
        let regression: Vec<f32> = bare.iter().zip(&layout_logits).map(|(a, b)| a + b).collect();
        let placed = self.style.as_ref().map(|style| (style, style.place(&row, &layout)));
        let bare_place = placed.as_ref().map(|(style, places)| (*style, &places.0));
        let extent = TextLength::of(&row);
        let without_layout = self.judge(&bare, bare_place, found, extent).probabilities;
        let full = placed.map(|(style, (most, rest))| (style, most.plus(&rest)));
        let full = full.as_ref().map(|(style, place)| (*style, place));
        let judgement = self.judge(&regression, full, found, extent);
        let unknown = self.unknown(&judgement, &regression, found.1, extent.words);
        let probabilities = judgement.probabilities;
        let (data_set, in_domain) = found;
        let vector = None;
        let words = extent.words;
        Scored { words, probabilities, without_layout, unknown, in_domain, data_set, row, vector }
    }

    /// Judges by the regression's logits, the place, and the data set with the probability that it is
    /// known.
    fn judge(
        &self,
        regression: &[f32],
        placed: Option<(&StyleEmbedding, &StyleCoordinates)>,
        (data_set, in_domain): (usize, f64),
        extent: TextLength,
    ) -> Judgement {
        let Some((style, placed)) = placed else {
            let probabilities = self.known.probabilities(&[regression], extent, Some(data_set));
            return Judgement { probabilities, place: Vec::new(), new: None };
        };
        let own = style.vectors(placed, Some(data_set), extent.words);
        let on_new = || style.vectors(placed, None, extent.words);
        self.mix(regression, own, on_new, (data_set, in_domain), extent)
    }

    /// The probabilities on known data set and on new data set, weighed by how likely either is. `own` and
    /// `on_new` are the vectors by whole traces and by pieces.
    fn mix(
        &self,
        regression: &[f32],
        own: [Vec<f32>; 2],
        on_new: impl FnOnce() -> [Vec<f32>; 2],
        (data_set, in_domain): (usize, f64),
        extent: TextLength,
    ) -> Judgement {
        let [whole, pieces] = own;
        let mut probabilities = match &self.added {
            None => {
                self.known.probabilities(&[regression, &whole, &pieces], extent, Some(data_set))
            }
            Some(added) => {
                let older = regression.len() - added.references();
                let said = [&regression[..older], &whole[..older], &pieces[..older]];
                let older = self.known.probabilities(&said, extent, Some(data_set));
                added.probabilities(older, &whole, &pieces, extent, data_set)
            }
        };
        let new = self.new.as_ref().filter(|_| in_domain < 1.0).map(|stack| {
            let [whole, pieces] = on_new();
            (stack.probabilities(&[&whole, &pieces], extent, None), whole)
        });
        if let Some((other, _)) = &new {
            let in_domain = in_domain as f32;
            for (p, other) in probabilities.iter_mut().zip(other) {
                *p = in_domain * *p + (1.0 - in_domain) * other;
            }
        }
        Judgement { probabilities, place: whole, new }
    }

    /// The p-value where an added reference comes first; else `None`.
    fn of_added(&self, probabilities: &[f32], place: &[f32], on_new_data_set: bool) -> Option<f64> {
        let added = self.added.as_ref()?;
        let best = argmax(probabilities);
        let number = best.checked_sub(probabilities.len() - added.references())?;
        Some(added.unknown(number, *place.get(best)?, on_new_data_set))
    }

    /// The p-values on known data set and on new data set, weighed by how likely either is.
    fn unknown(
        &self,
        judgement: &Judgement,
        regression: &[f32],
        in_domain: f64,
        words: usize,
    ) -> f64 {
        let Judgement { probabilities, place, new } = judgement;
        let known = self.of_added(probabilities, place, false).unwrap_or_else(|| {
            self.open_set.unknown(Judged { probabilities, regression, style: place, words })
        });
        match (&self.open_set_new, new) {
            (Some(open_set), Some((probabilities, place))) => {
                let new = self.of_added(probabilities, place, true).unwrap_or_else(|| {
                    let regression = place;
                    open_set.unknown(Judged { probabilities, regression, style: place, words })
                });
                in_domain * known + (1.0 - in_domain) * new
            }
            _ => known,
        }
    }
}

/// What is made of one trace.
struct Judgement {
    probabilities: Vec<f32>,
    /// The vector by whole traces on the data set; empty without a style embedding.
    place: Vec<f32>,
    /// Probabilities and vector if the data set is new; `None` where it surely is not.
    new: Option<(Vec<f32>, Vec<f32>)>,
}

/// What learners that had not seen their prompts said of the traces to learn from.
pub(super) struct Opinions<'a> {
    regression: &'a Array2<f32>,
    /// By the heads of whole traces and of pieces; a row per trace.
    style: Option<[Array2<f32>; 2]>,
    extents: &'a [TextLength],
    data_sets: &'a [usize],
    /// The data set that each is found on and how likely it is known, by data sets that had not seen its prompt.
    found: &'a [(usize, f64)],
}

impl<'a> Opinions<'a> {
    /// Puts the regression's logits beside what the style embedding said of the same traces.
    pub fn of_traces(
        regression: &'a Array2<f32>,
        style: Option<&OutOfSample>,
        extents: &'a [TextLength],
        data_sets: &'a [usize],
        found: &'a [(usize, f64)],
    ) -> Self {
        let in_order = |values: &Array2<f32>, of: &[usize]| {
            let mut ordered = Array2::zeros(regression.dim());
            for (row, &i) in values.outer_iter().zip(of).filter(|(_, i)| **i < extents.len()) {
                ordered.row_mut(i).assign(&row);
            }
            ordered
        };
        let style = style.map(|s| [in_order(&s.whole, &s.of), in_order(&s.pieces, &s.of)]);
        Self { regression, style, extents, data_sets, found }
    }

    /// The probabilities that `model`'s stacks make of them.
    pub fn probabilities(&self, model: &Model) -> Vec<Vec<f32>> {
        (0..self.extents.len())
            .into_par_iter()
            .map(|i| {
                let regression = self.regression.row(i).to_vec();
                let found = self.found[i];
                let (Some([whole, pieces]), Some(style)) = (&self.style, &model.style) else {
                    return model.known.probabilities(
                        &[&regression],
                        self.extents[i],
                        Some(found.0),
                    );
                };
                let own = [whole.row(i).to_vec(), pieces.row(i).to_vec()];
                let on_new = || style.moved_to_new(&own, self.data_sets[i], self.extents[i].words);
                model.mix(&regression, own.clone(), on_new, found, self.extents[i]).probabilities
            })
            .collect()
    }

    /// The open set, learned from them and the probabilities that were made of them.
    pub fn open_set(&self, probabilities: &[Vec<f32>], labels: &[usize]) -> OpenSet {
        let regression: Vec<Vec<f32>> =
            self.regression.outer_iter().map(|row| row.to_vec()).collect();
        let style: Vec<Vec<f32>> = match &self.style {
            Some([whole, _]) => whole.outer_iter().map(|row| row.to_vec()).collect(),
            None => vec![Vec::new(); regression.len()],
        };
        let judged: Vec<Judged<'_>> = (0..regression.len())
            .map(|i| Judged {
                probabilities: &probabilities[i],
                regression: &regression[i],
                style: &style[i],
                words: self.extents[i].words,
            })
            .collect();
        OpenSet::fit(&judged, labels, &[])
    }
}
