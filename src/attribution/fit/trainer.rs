//! The steps of learning a model, in their order.

use super::{
    cross_validation::CrossValidation,
    held_out::HeldOutPredictions,
    options::{ExternalInputs, FitOptions},
    pieces::Readers,
    regression::choose,
    stacks,
    unseen::{self, UnseenTraces},
    vocabulary,
};
use crate::attribution::{
    added::Extendable,
    data_sets::{DataSetFolds, HeldOut},
    delta::{Profiles, mean_profile},
    error::FitError,
    families::confused,
    kernel::kernel,
    landmarks::{MOST_LANDMARKS, landmarks},
    lengths::TextLength,
    model::Model,
    open_set::OpenSet,
    pool::Pooling,
    sharpness,
    stack::Stack,
    style::{self, LearnedStyle, OutOfSample, StyleTraining},
    training_set::{Entry, TrainingSet},
    weights::Weights,
};
use crate::features::{Channel, Row, Vectorizer};
use crate::stats::logistic::multinomial::Problem;
use ndarray::{Array2, Axis, s};
use rayon::prelude::*;

/// What learning gives.
#[derive(Debug)]
pub struct Fitted {
    /// The model.
    pub model: Model,
    /// How well it does on new prompts.
    pub cross_validation: CrossValidation,
    /// The row of each example, in their order.
    pub rows: Vec<Row>,
    /// The group of each reference: references that are taken for each other on new prompts are one
    /// group.
    pub confused: Vec<usize>,
    /// What adding references later needs, where it was asked for.
    pub extendable: Option<Extendable>,
}

/// Learns a model.
pub(super) struct Trainer<'a> {
    pub set: TrainingSet<'a>,
    pub options: &'a FitOptions,
    pub inputs: &'a ExternalInputs,
    /// Called with a few words at each step.
    pub stage: &'a dyn Fn(&str),
}

/// The traces as rows.
struct Read {
    vectorizer: Vectorizer,
    rows: Vec<Row>,
    /// What one step of each dense value is worth.
    units: Vec<f32>,
    lengths: Vec<TextLength>,
}

/// The stacks of known and of unseen data sets.
struct Stacks {
    known: Stack,
    /// `None` where too few traces could be left out with their data set.
    unseen: Option<Stack>,
}

impl Trainer<'_> {
    /// Takes all steps.
    pub fn train(&self) -> Result<Fitted, FitError> {
        let set = &self.set;
        let Read { vectorizer, rows, units, lengths } = self.read_traces()?;
        let features = vectorizer.vocabulary().len();
        (self.stage)("comparing traces with each other");
        let landmarks = landmarks(set, MOST_LANDMARKS, self.options.seed);
        let kernel = kernel(&rows, &landmarks, features, &units);
        let products = kernel.select(Axis(0), &landmarks);
        let problem = Problem {
            kernel: kernel.view(),
            landmarks: products.view(),
            labels: &set.labels,
            classes: set.references,
        };
        (self.stage)("choosing the penalty on folds by prompt");
        let regression = choose(&problem, set, &lengths);
        (self.stage)("learning the weights");
        let coefficients = regression.learn_from_all(&problem, set);
        drop((kernel, products));
        let landmarks: Vec<&Row> = landmarks.iter().map(|&i| &rows[i]).collect();
        let weights = Weights::from_coefficients(&landmarks, features, &units, coefficients.view());

        (self.stage)("reading pieces of traces");
        let by_fold: Vec<Weights> = regression
            .by_fold
            .iter()
            .map(|fold| Weights::from_coefficients(&landmarks, features, &units, fold.view()))
            .collect();
        let style = self.options.channels.has(Channel::Embed);
        let places = if style { vectorizer.style_places() } else { Vec::new() };
        let data_set_folds =
            DataSetFolds::new(&rows, features, &set.data_sets, set.data_set_count, &set.folds.of);
        let mut pieces = Readers {
            vectorizer: &vectorizer,
            places: &places,
            by_fold: &by_fold,
            data_sets: &data_set_folds,
        }
        .read(set);
        drop(by_fold);
        let held_out: Vec<Option<HeldOut>> =
            rows.par_iter().enumerate().map(|(i, row)| data_set_folds.nearest(i, row)).collect();
        let located = data_set_folds.finish(&held_out, &pieces.held_out);

        let piece_values = std::mem::take(&mut pieces.values);
        let learned = (!places.is_empty()).then(|| {
            (self.stage)("learning the style embedding");
            let training = StyleTraining {
                set,
                places: &places,
                dense_values: vectorizer.dense_values(),
                rows: &rows,
                pieces: &pieces.list,
                keep_bases: self.options.extendable,
            };
            style::learn(&training, piece_values)
        });
        (self.stage)("weighing what was learned");
        let entries = set.entries(&lengths, &pieces.list);
        let stacks = self.stacks(&regression.logits, &pieces.logits, learned.as_ref(), &entries);
        let (embedding, out_of_fold, left_out, bases) = match learned {
            Some(LearnedStyle { embedding, known, new, bases }) => {
                (Some(embedding), Some(known), Some(new), bases)
            }
            None => (None, None, None, None),
        };
        let mut model = Model {
            vectorizer,
            weights,
            style: embedding,
            data_sets: located.data_sets,
            known: stacks.known,
            new: stacks.unseen,
            added: None,
            pooling: Pooling::default(),
            sharpness: 1.0,
            open_set: OpenSet::default(),
            open_set_new: None,
            profiles: learn_profiles(set, &rows),
        };
        let predictions = HeldOutPredictions::new(
            set,
            &regression.logits,
            out_of_fold.as_ref(),
            &lengths,
            &located.estimates,
        );
        let flat = predictions.probabilities(&model);
        let in_domain: Vec<f64> = located.estimates.iter().map(|own| own.in_domain).collect();
        model.sharpness = sharpness::learn(&flat, &set.labels, &in_domain);
        let probabilities = predictions.probabilities(&model);
        model.pooling =
            Pooling::learn(&probabilities, &set.labels, &set.prompts, self.options.seed);
        model.open_set = predictions.open_set(&probabilities);
        let mut cross_validation =
            CrossValidation::new(&probabilities, &set.labels, regression.ridge, set.folds.count);
        if let Some((new, stack)) = left_out.as_ref().zip(model.new.as_ref()) {
            let traces = UnseenTraces::score(new, stack, &entries, set.len());
            cross_validation.new_data_set = Some(traces.summary());
            model.open_set_new = Some(traces.open_set());
        }
        let extendable = bases.zip(out_of_fold.as_ref()).map(|([whole, pieces], by_style)| {
            let stack = style_stack(by_style, &entries);
            Extendable { whole, pieces, stack, own_logit: self.own_logit(&regression.logits) }
        });
        let confused = confused(&probabilities, &set.labels, set.references);
        Ok(Fitted { model, cross_validation, rows, confused, extendable })
    }

    /// Chooses the vocabulary and turns the traces into rows.
    fn read_traces(&self) -> Result<Read, FitError> {
        (self.stage)("counting n-grams");
        let channels = self.options.channels.extracted();
        let vocabulary = vocabulary::learn(&self.set, &channels, self.inputs.tokens.as_ref())?;
        (self.stage)("turning traces into rows");
        let mut vectorizer = Vectorizer::new(vocabulary, self.set.len(), channels)
            .with_tokens(self.inputs.tokens.clone())
            .with_embedder(self.inputs.embedder.clone());
        let rows = vectorizer.learn_rows(self.set.examples, |example| example.vector);
        let units = vectorizer.units();
        let lengths = rows.iter().map(TextLength::of).collect();
        Ok(Read { vectorizer, rows, units, lengths })
    }

    /// Weighs the learners on traces and pieces that they had not seen. `logits` are the
    /// regression's of the traces, `piece_logits` those of the pieces.
    fn stacks(
        &self,
        logits: &Array2<f32>,
        piece_logits: &Array2<f32>,
        learned: Option<&LearnedStyle>,
        entries: &[Entry],
    ) -> Stacks {
        let traces = logits.nrows();
        let mut all = Array2::zeros((entries.len(), logits.ncols()));
        all.slice_mut(s![..traces, ..]).assign(logits);
        all.slice_mut(s![traces.., ..]).assign(piece_logits);
        let Some(LearnedStyle { known, new, .. }) = learned else {
            let of: Vec<usize> = (0..entries.len()).collect();
            return Stacks { known: stacks::known(&[all.view()], &of, entries), unseen: None };
        };
        let regression = all.select(Axis(0), &known.of);
        let learners = [regression.view(), known.whole.view(), known.pieces.view()];
        let enough = new.of.len() >= unseen::MINIMUM_TRACES;
        Stacks {
            known: stacks::known(&learners, &known.of, entries),
            unseen: enough.then(|| stacks::unseen(new, entries, self.set.data_set_count)),
        }
    }

    /// The mean logit of a trace's own reference.
    fn own_logit(&self, logits: &Array2<f32>) -> f64 {
        let labels = self.set.labels.iter().enumerate();
        let sum: f64 = labels.map(|(i, &own)| f64::from(logits[[i, own]])).sum();
        sum / self.set.len().max(1) as f64
    }
}

/// A stack of the style embedding's heads alone: the regression does not know references that are
/// added later.
fn style_stack(by_style: &OutOfSample, entries: &[Entry]) -> Stack {
    let heads = [by_style.whole.view(), by_style.pieces.view()];
    stacks::known(&heads, &by_style.of, entries)
}

/// The references' profiles.
fn learn_profiles(set: &TrainingSet<'_>, rows: &[Row]) -> Profiles {
    let width = rows.first().map_or(0, |row| row.profile().len());
    let raw: Vec<Vec<f32>> = (0..set.references)
        .into_par_iter()
        .map(|reference| {
            let own = rows.iter().zip(&set.labels).filter(|(_, label)| **label == reference);
            let mut mean = mean_profile(own.map(|(row, _)| row.profile()));
            mean.resize(width, 0.0);
            mean
        })
        .collect();
    Profiles::new(&raw)
}
