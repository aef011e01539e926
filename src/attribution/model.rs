//! A learned model: text in, calibrated probabilities out.

use super::{
    added::Added,
    data_sets::{DataSetEstimate, DataSets},
    delta::Profiles,
    error::TooShort,
    lengths::TextLength,
    open_set::{OpenSet, OpenSetInput},
    pool::Pooling,
    sharpness::sharpen,
    stack::Stack,
    style::{StyleCoordinates, StyleEmbedding},
    weights::Weights,
};
use crate::{
    features::{Channel, NgramCounter, Row, Vectorizer},
    stats::vectors::argmax,
    text::count_words,
};

/// A trace with fewer words is not scored.
pub const MINIMUM_WORDS: usize = 30;

/// Everything that scoring needs. Learned by [`super::fit()`], stored in an atlas.
#[derive(Debug, Clone)]
pub struct Model {
    /// Text → row.
    pub vectorizer: Vectorizer,
    /// Row → logits of the regression.
    pub weights: Weights,
    /// Row → coordinates between the references; `None` where the channels do not allow for it.
    pub style: Option<StyleEmbedding>,
    /// Row → data set, and the probability that it is a known one.
    pub data_sets: DataSets,
    /// Logits and vectors → probabilities on known data sets.
    pub known: Stack,
    /// Vectors → probabilities on unseen data sets; `None` where all training traces were of one
    /// data set.
    pub new: Option<Stack>,
    /// The last references, where they were added without the traces of the others; `None` where
    /// all were learned together.
    pub added: Option<Added>,
    /// Probabilities of several traces of one writer → those of the writer.
    pub pooling: Pooling,
    /// How much sharper the probabilities on a known data set are than the mixture with those on an
    /// unseen one: a power.
    pub sharpness: f64,
    /// Probabilities, logits and vector → `unknown` on known data sets.
    pub open_set: OpenSet,
    /// The same on unseen data sets, where a known model's traces look more unusual than elsewhere;
    /// present exactly when `new` is.
    pub open_set_new: Option<OpenSet>,
    /// The references' profiles for Cosine Delta.
    pub profiles: Profiles,
}

/// The scores of one text.
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
    /// The vector that was given with the text, kept to score or explain the text again.
    pub vector: Option<Vec<f32>>,
}

impl Scored {
    /// The index of the reference with the largest probability.
    pub fn top(&self) -> usize {
        argmax(&self.probabilities)
    }
}

impl Model {
    /// Scores a text.
    ///
    /// A model that was learned with vectors ([`crate::atlas::Atlas::needs_vectors`]) needs their
    /// source first ([`crate::atlas::Atlas::set_vectors`]). Without a vector the channel `vectors`
    /// says nothing of the text, and [`Row::without_vector`] is set: the scores are then not those
    /// that the model was measured with.
    ///
    /// # Errors
    /// [`TooShort`] where the text has fewer than [`MINIMUM_WORDS`] words.
    pub fn score(&self, text: &str, counter: &mut NgramCounter) -> Result<Scored, TooShort> {
        self.score_with(text, None, counter)
    }

    /// The same with the vector of the text. It must be given where vectors come from a file, and
    /// not where a model makes them ([`Vectorizer::row_with`]).
    ///
    /// # Errors
    /// As [`Model::score`].
    pub fn score_with(
        &self,
        text: &str,
        vector: Option<&[f32]>,
        counter: &mut NgramCounter,
    ) -> Result<Scored, TooShort> {
        let words = count_words(text);
        if words < MINIMUM_WORDS {
            return Err(TooShort { words, needed: MINIMUM_WORDS });
        }
        let row = self.vectorizer.row_with(text, vector, counter);
        Ok(Scored { vector: vector.map(<[f32]>::to_vec), ..self.score_row(row) })
    }

    /// Scores a text by its row.
    pub(super) fn score_row(&self, row: Row) -> Scored {
        let layout = self.vectorizer.measures_of(Channel::Layout);
        let found = self.data_sets.find(&row);
        let length = TextLength::of(&row);
        let (bare_logits, layout_logits) = self.weights.logits(&row, &layout);
        let logits: Vec<f32> = bare_logits.iter().zip(&layout_logits).map(|(a, b)| a + b).collect();
        let (bare_style, full_style) = match &self.style {
            Some(style) => {
                let (bare, layout) = style.place(&row, &layout);
                let full = bare.clone().plus(&layout);
                (Some((style, bare)), Some((style, full)))
            }
            None => (None, None),
        };
        let without_layout = self.predict(&bare_logits, bare_style, found, length).probabilities;
        let prediction = self.predict(&logits, full_style, found, length);
        let unknown = self.unknown(&prediction, &logits, found.in_domain, length.words);
        Scored {
            words: length.words,
            probabilities: prediction.probabilities,
            without_layout,
            unknown,
            in_domain: found.in_domain,
            data_set: found.data_set,
            row,
            vector: None,
        }
    }

    /// The prediction by the regression's logits, the coordinates of the style embedding, and the
    /// data set with the probability that it is known.
    fn predict(
        &self,
        regression: &[f32],
        style: Option<(&StyleEmbedding, StyleCoordinates)>,
        found: DataSetEstimate,
        length: TextLength,
    ) -> Prediction {
        let data_set = Some(found.data_set);
        let Some((style, coordinates)) = style else {
            let probabilities = self.known.probabilities(&[regression], length, data_set);
            return Prediction { probabilities, vector: Vec::new(), unseen: None };
        };
        let own = style.vectors(&coordinates, data_set, length.words);
        let on_unseen = || style.vectors(&coordinates, None, length.words);
        self.combine(regression, own, on_unseen, found, length)
    }

    /// The probabilities on a known and on an unseen data set, weighed by how likely either is.
    /// `own` and `on_unseen` are the vectors by whole traces and by pieces.
    pub(super) fn combine(
        &self,
        regression: &[f32],
        own: [Vec<f32>; 2],
        on_unseen: impl FnOnce() -> [Vec<f32>; 2],
        found: DataSetEstimate,
        length: TextLength,
    ) -> Prediction {
        let DataSetEstimate { data_set, in_domain } = found;
        let [whole, pieces] = own;
        let mut probabilities = match &self.added {
            None => {
                self.known.probabilities(&[regression, &whole, &pieces], length, Some(data_set))
            }
            Some(added) => {
                let older = regression.len() - added.references();
                let learners = [&regression[..older], &whole[..older], &pieces[..older]];
                let older = self.known.probabilities(&learners, length, Some(data_set));
                added.probabilities(older, &whole, &pieces, length, data_set)
            }
        };
        let unseen = self.new.as_ref().filter(|_| in_domain < 1.0).map(|stack| {
            let [whole, pieces] = on_unseen();
            let probabilities = stack.probabilities(&[&whole, &pieces], length, None);
            OnUnseenDataSet { probabilities, vector: whole }
        });
        if let Some(unseen) = &unseen {
            let in_domain = in_domain as f32;
            for (p, other) in probabilities.iter_mut().zip(&unseen.probabilities) {
                *p = in_domain * *p + (1.0 - in_domain) * other;
            }
            sharpen(&mut probabilities, self.sharpness, f64::from(in_domain));
        }
        Prediction { probabilities, vector: whole, unseen }
    }

    /// The p-value where an added reference comes first; else `None`.
    fn of_added(&self, probabilities: &[f32], vector: &[f32], on_unseen: bool) -> Option<f64> {
        let added = self.added.as_ref()?;
        let best = argmax(probabilities);
        let number = best.checked_sub(probabilities.len() - added.references())?;
        Some(added.unknown(number, *vector.get(best)?, on_unseen))
    }

    /// The p-values on a known and on an unseen data set, weighed by how likely either is.
    fn unknown(
        &self,
        prediction: &Prediction,
        regression: &[f32],
        in_domain: f64,
        words: usize,
    ) -> f64 {
        let Prediction { probabilities, vector, unseen } = prediction;
        let known = self.of_added(probabilities, vector, false).unwrap_or_else(|| {
            self.open_set.unknown(OpenSetInput { probabilities, regression, style: vector, words })
        });
        let Some((open_set, unseen)) = self.open_set_new.as_ref().zip(unseen.as_ref()) else {
            return known;
        };
        let OnUnseenDataSet { probabilities, vector } = unseen;
        let new = self.of_added(probabilities, vector, true).unwrap_or_else(|| {
            // The regression has no part in scores of unseen data sets.
            let (regression, style) = (vector, vector);
            open_set.unknown(OpenSetInput { probabilities, regression, style, words })
        });
        in_domain * known + (1.0 - in_domain) * new
    }
}

/// What the learners predict for one trace.
pub(super) struct Prediction {
    pub probabilities: Vec<f32>,
    /// The vector by whole traces on the data set; empty without a style embedding.
    vector: Vec<f32>,
    /// The prediction if the data set is an unseen one; `None` where it surely is not.
    unseen: Option<OnUnseenDataSet>,
}

/// What the learners predict for one trace if its data set is an unseen one.
struct OnUnseenDataSet {
    probabilities: Vec<f32>,
    /// The vector by whole traces.
    vector: Vec<f32>,
}
