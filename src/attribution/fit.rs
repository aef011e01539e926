//! Learns a [`Model`] from labelled texts.
//!
//! Two passes over the texts choose the vocabulary and turn texts into rows. From the rows learn a
//! regression (one Gram matrix serves the choice of its penalty, its folds, and the final weights) and
//! the style embedding; what both say of traces that they had not seen teaches the stacks, which
//! weigh and calibrate them, and the open set. Folds are grouped by prompt throughout; for subject
//! matter that is not known, whole data sets are left out.

use super::{
    added::Extendable,
    delta::{Profiles, mean_profile},
    families::confused,
    folds::Folds,
    gram::gram,
    lengths::TextLength,
    model::{Model, Opinions},
    open_set::OpenSet,
    pieces::{Piece, pieces},
    pool::Pooling,
    regression::{Chosen, choose},
    stack::{Observations, Stack},
    style::{self, DataSetFolds, HeldOut, LearnedStyle, StyleTraining},
    unseen::{self, UnseenDataSet},
    weights::Weights,
};
use crate::features::{
    Channel, ChannelSet, NgramCounter, Row, Vectorizer, Vocabulary, VocabularyBuilder,
    embed::Embedder, read_forms, token_ngrams::TokenNgrams,
};
use crate::stats::{
    calibration::expected_calibration_error,
    logistic::multinomial::{Solution, Stopping, solve},
    vectors::argmax,
};
use ndarray::{Array2, ArrayView2, Axis, concatenate};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

/// A search ends when the gradient has shrunk to this share, or after so many steps.
pub(super) const STOPPING: Stopping = Stopping { iterations: 60, tolerance: 1e-2 };
/// What the opening of a trace counts for beside a whole trace when learners are weighed, and what a stretch from within: most of what is
/// scored is whole, and what is not was mostly cut off at a limit.
const OPENING_WEIGHT: f64 = 0.5;
const STRETCH_WEIGHT: f64 = 0.1;

/// What is learned, and from what seed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FitOptions {
    /// The channels, and how much each counts.
    pub channels: ChannelSet,
    /// Seed of the folds.
    pub seed: u64,
    /// Whether what it takes to add references later is kept, where there is a style embedding.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub extendable: bool,
}

/// One labelled text. Examples of the same prompt must stand next to each other.
#[derive(Debug, Clone)]
pub struct Example<'a> {
    /// The text.
    pub text: std::borrow::Cow<'a, str>,
    /// Words in it.
    pub words: usize,
    /// The reference that wrote it, in `0..references`.
    pub label: usize,
    /// The number of its prompt.
    pub prompt: u32,
    /// The number of the group of prompts that ask nearly the same as its own ([`PromptGroups`](crate::trace::PromptGroups)): folds hold out
    /// whole groups.
    pub group: u32,
    /// The number of its data set: the data set within which references can be compared.
    pub data_set: usize,
    /// What the channel `vectors` has of it, where that comes from a file; a model makes its own.
    pub vector: Option<&'a [f32]>,
}

impl AsRef<str> for Example<'_> {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

/// How well the learner did on prompts that it had not seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CrossValidation {
    /// Folds, grouped by prompt.
    pub folds: usize,
    /// The penalty of the regression that was chosen.
    pub ridge: f64,
    /// Share of traces whose reference had the largest probability.
    pub top1: f64,
    /// Share of traces whose reference was among the five largest.
    pub top5: f64,
    /// Mean logarithmic loss of the calibrated probabilities, in nats.
    pub log_loss: f64,
    /// Expected calibration error, over 15 bins.
    pub calibration_error: f64,
    /// The same for traces on data set that was left out, among the references that are known from
    /// elsewhere; `None` where there is but one data set.
    #[serde(rename = "new_ground")]
    pub new_data_set: Option<UnseenDataSet>,
}

/// What the user brings to channels that cannot do without.
#[derive(Debug, Clone, Default)]
pub struct ExternalInputs {
    /// The tokenizer of the channel `token`.
    pub tokens: Option<Arc<TokenNgrams>>,
    /// The model of the channel `vectors`, where its vectors do not come with the examples.
    pub embedder: Option<Arc<dyn Embedder>>,
}

/// What learning gives.
#[derive(Debug)]
pub struct Fitted {
    /// The model.
    pub model: Model,
    /// How well it does on new prompts.
    pub cross_validation: CrossValidation,
    /// The row of each example, in their order.
    pub rows: Vec<Row>,
    /// The group of each reference: those that are taken for each other on new prompts are one.
    pub confused: Vec<usize>,
    /// What it takes to add references, where it was to be kept.
    pub extendable: Option<Extendable>,
}

/// Learns a model of `references` references. `brought` is what channels need beside the texts. Pieces of
/// examples have vectors where a model makes them, and none where they came with the examples. `stage` is
/// called with a few words at each step.
///
/// # Errors
/// A sentence, where the examples have fewer than two prompts.
pub fn fit(
    examples: &[Example<'_>],
    references: usize,
    options: &FitOptions,
    brought: &ExternalInputs,
    stage: &dyn Fn(&str),
) -> Result<Fitted, String> {
    let prompts: Vec<u32> = examples.iter().map(|e| e.prompt).collect();
    let labels: Vec<usize> = examples.iter().map(|e| e.label).collect();
    let words: Vec<usize> = examples.iter().map(|e| e.words).collect();
    let data_sets: Vec<usize> = examples.iter().map(|e| e.data_set).collect();
    let data_set_count = data_sets.iter().max().map_or(1, |most| most + 1);
    let groups: Vec<u32> = examples.iter().map(|e| e.group).collect();
    let folds = Folds::by_prompt(&groups, options.seed).ok_or(
        "all traces have the same prompt, so that nothing can be held out to calibrate on; \
         give traces of at least two prompts",
    )?;

    stage("counting n-grams");
    let channels = options.channels.extracted();
    let ExternalInputs { tokens, embedder } = brought;
    let vocabulary = learn_vocabulary(examples, &prompts, &channels, tokens.as_ref())?;
    let features = vocabulary.len();
    stage("turning traces into rows");
    let mut vectorizer = Vectorizer::new(vocabulary, examples.len(), channels)
        .with_tokens(tokens.clone())
        .with_embedder(embedder.clone());
    let rows = vectorizer.learn_rows(examples, |example| example.vector);
    let units = vectorizer.units();
    stage("comparing traces with each other");
    let gram = gram(&rows, features, &units);

    let extents: Vec<TextLength> = rows.iter().map(TextLength::of).collect();
    stage("choosing the penalty on folds by prompt");
    let Chosen { ridge, logits, start, by_fold } =
        choose(&gram, &labels, &extents, references, &folds);

    stage("reading pieces of traces");
    let by_fold: Vec<Weights> = by_fold
        .iter()
        .map(|own| Weights::from_coefficients(&rows, features, &units, own.view()))
        .collect();
    let style = options.channels.has(Channel::Embed);
    let places = if style { vectorizer.style_places() } else { Vec::new() };
    let data_set_folds = DataSetFolds::new(&rows, features, &data_sets, data_set_count, &folds.of);
    let readers = Readers {
        vectorizer: &vectorizer,
        places: &places,
        by_fold: &by_fold,
        data_sets: &data_set_folds,
    };
    let pieces = read_pieces(examples, &readers, &folds, references);
    drop(by_fold);
    let mut held_out: Vec<(usize, Option<HeldOut>)> =
        rows.par_iter().enumerate().map(|(i, row)| (i, data_set_folds.nearest(i, row))).collect();
    held_out.extend(pieces.of.iter().copied().zip(pieces.nearest.iter().copied()));
    let (known_data_sets, found) = data_set_folds.finish(&held_out, examples.len());

    let learned = (!places.is_empty()).then(|| {
        stage("learning the style embedding");
        let heads = StyleTraining {
            places: &places,
            dense_values: vectorizer.dense_values(),
            rows: &rows,
            labels: &labels,
            words: &words,
            data_sets: &data_sets,
            data_set_count,
            references,
            folds: &folds,
            piece_of: &pieces.of,
            piece_length: &pieces.length,
            keep_bases: options.extendable,
        };
        style::learn(&heads, pieces.values)
    });
    stage("weighing what was learned");
    let entry = |i: usize| match i.checked_sub(examples.len()) {
        None => (labels[i], extents[i], data_sets[i]),
        Some(i) => {
            let of = pieces.of[i];
            (labels[of], pieces.extents[i], data_sets[of])
        }
    };
    let said = concatenate(Axis(0), &[logits.view(), pieces.logits.view()])
        .map_err(|e| format!("the pieces do not fit the traces ({e})"))?;
    let (embedding, out_of_fold, left_out, bases) = match learned {
        Some(LearnedStyle { embedding, known, new, bases }) => {
            (Some(embedding), Some(known), Some(new), bases)
        }
        None => (None, None, None, None),
    };
    let weight = |i: usize| match i.checked_sub(examples.len()) {
        None => 1.0,
        Some(i) if pieces.opening[i] => OPENING_WEIGHT,
        Some(_) => STRETCH_WEIGHT,
    };
    let of_known =
        |learners: &[ArrayView2<'_, f32>], of: &[usize]| known_stack(learners, of, &entry, &weight);
    let known = match &out_of_fold {
        Some(style) => {
            let regression = said.select(Axis(0), &style.of);
            of_known(&[regression.view(), style.whole.view(), style.pieces.view()], &style.of)
        }
        None => of_known(&[said.view()], &(0..said.nrows()).collect::<Vec<_>>()),
    };
    let new_stack = left_out
        .as_ref()
        .filter(|new| new.of.len() >= unseen::MINIMUM_TRACES)
        .map(|new| unseen::fit_stack(new, &entry, &weight, data_set_count));
    stage("learning the weights");
    let solution = solve(gram.view(), &labels, ridge, Solution::at(gram.view(), start), STOPPING);
    let weights = Weights::from_coefficients(&rows, features, &units, solution.coefficients.view());
    let mut model = Model {
        vectorizer,
        weights,
        style: embedding,
        data_sets: known_data_sets,
        known,
        new: new_stack,
        added: None,
        pooling: Pooling::default(),
        open_set: OpenSet::default(),
        open_set_new: None,
        profiles: learn_profiles(&labels, &rows, references),
    };
    let in_folds = Opinions::of_traces(&logits, out_of_fold.as_ref(), &extents, &data_sets, &found);
    let probabilities = in_folds.probabilities(&model);
    model.pooling = Pooling::learn(&probabilities, &labels, &prompts, options.seed);
    model.open_set = in_folds.open_set(&probabilities, &labels);
    let mut cross_validation = summarize(&probabilities, &labels, ridge, folds.count);
    if let Some((new, stack)) = left_out.as_ref().zip(model.new.as_ref()) {
        let judged = unseen::judge(new, stack, &entry, examples.len());
        cross_validation.new_data_set = Some(unseen::summarize(&judged));
        model.open_set_new = Some(unseen::open_set(&judged));
    }
    let extendable = bases.zip(out_of_fold.as_ref()).map(|([whole, pieces], said_by_style)| {
        let own: f64 = labels.iter().enumerate().map(|(i, &own)| f64::from(logits[[i, own]])).sum();
        let own_logit = own / labels.len().max(1) as f64;
        // By the heads alone: the regression does not know references that are added.
        let heads = [said_by_style.whole.view(), said_by_style.pieces.view()];
        let stack = of_known(&heads, &said_by_style.of);
        Extendable { whole, pieces, stack, own_logit }
    });
    let confused = confused(&probabilities, &labels, references);
    Ok(Fitted { model, cross_validation, rows, confused, extendable })
}

/// Where few n-grams are wanted, so many traces are enough to find them.
const SAMPLE: usize = 1_500;
/// So many n-grams are few.
const FEW_FEATURES: usize = 1_000;

fn learn_vocabulary(
    examples: &[Example<'_>],
    prompts: &[u32],
    channels: &ChannelSet,
    tokens: Option<&Arc<TokenNgrams>>,
) -> Result<Vocabulary, String> {
    let step = examples.len().div_ceil(SAMPLE).max(1);
    // Drawn, not counted off: examples come in the order of prompts and references.
    let drawn = |i: &usize| xxh3_64(&(*i as u64).to_le_bytes()).is_multiple_of(step as u64);
    let chosen: Vec<usize> = (0..examples.len()).filter(drawn).collect();
    let sample: Vec<&Example<'_>> = chosen.iter().map(|&i| &examples[i]).collect();
    let sample_prompts: Vec<u32> = chosen.iter().map(|&i| prompts[i]).collect();
    let all: Vec<&Example<'_>> = examples.iter().collect();
    let mut features = Vec::new();
    let counted = channels.channels().iter().filter(|options| options.channel.counts_ngrams());
    for options in counted.filter(|options| options.features > 0) {
        let (examples, prompts, step) = if options.features <= FEW_FEATURES {
            (&sample, &sample_prompts[..], step)
        } else {
            (&all, prompts, 1)
        };
        let mut builder = VocabularyBuilder::with_tokens(options.channel, tokens.cloned());
        builder.add(examples, prompts);
        let selected = builder.select(options.features);
        let mut found = read_forms(options.channel, &selected, examples, tokens.map(AsRef::as_ref));
        found.sort_by(|a, b| a.form.cmp(&b.form));
        // As many traces as would hold it among all of them.
        found.iter_mut().for_each(|feature| feature.traces *= step as u32);
        features.append(&mut found);
    }
    Vocabulary::new(features).map_err(|error| error.to_string())
}

/// Pieces of the examples.
struct Pieces {
    /// What the style embedding reads of each.
    values: Array2<f32>,
    /// What a regression that had not seen its prompt says of each.
    logits: Array2<f32>,
    /// The example of each.
    of: Vec<usize>,
    /// The length of each, an index into [`PIECE_WORDS`].
    length: Vec<usize>,
    /// Whether each is the opening of its example.
    opening: Vec<bool>,
    /// How much there is of each.
    extents: Vec<TextLength>,
    /// The nearest data set of each; `None` where there are fewer than two.
    nearest: Vec<Option<HeldOut>>,
}

/// What pieces are read by.
struct Readers<'a> {
    vectorizer: &'a Vectorizer,
    /// What the style embedding reads.
    places: &'a [(usize, f32)],
    /// The regression of each fold.
    by_fold: &'a [Weights],
    data_sets: &'a DataSetFolds<'a>,
}

fn read_pieces(
    examples: &[Example<'_>],
    readers: &Readers<'_>,
    folds: &Folds,
    references: usize,
) -> Pieces {
    type One = (usize, (usize, bool, TextLength), Option<HeldOut>, Vec<f32>, Vec<f32>);
    let Readers { vectorizer, places, by_fold, data_sets } = readers;
    let read: Vec<One> = examples
        .par_iter()
        .enumerate()
        .map_init(NgramCounter::default, |counter, (i, example)| -> Vec<One> {
            let one = |piece: Piece<'_>| {
                let row = vectorizer.row(piece.text, counter);
                let values = row.dense_at(places);
                let logits = by_fold[folds.of[i]].logits(&row, &(0..0)).0;
                let nearest = data_sets.nearest(i, &row);
                (i, (piece.length, piece.opening, TextLength::of(&row)), nearest, values, logits)
            };
            pieces(&example.text, i).map(one).collect()
        })
        .flatten_iter()
        .collect();
    let mut values = Array2::zeros((read.len(), places.len()));
    let mut logits = Array2::zeros((read.len(), references));
    for (row, (_, _, _, own_values, own_logits)) in read.iter().enumerate() {
        values.row_mut(row).iter_mut().zip(own_values).for_each(|(target, value)| *target = *value);
        logits.row_mut(row).iter_mut().zip(own_logits).for_each(|(target, value)| *target = *value);
    }
    let of = read.iter().map(|one| one.0).collect();
    let length = read.iter().map(|one| one.1.0).collect();
    let opening = read.iter().map(|one| one.1.1).collect();
    let extents = read.iter().map(|one| one.1.2).collect();
    let nearest = read.iter().map(|one| one.2).collect();
    Pieces { values, logits, of, length, opening, extents, nearest }
}

/// A stack for known data set: what learners said of traces and pieces, of which `of` has the numbers, whose prompts they did not
/// know. `entry` gives the reference, the extent and the data set of each.
fn known_stack(
    learners: &[ArrayView2<'_, f32>],
    of: &[usize],
    entry: &dyn Fn(usize) -> (usize, TextLength, usize),
    weight: &dyn Fn(usize) -> f64,
) -> Stack {
    Stack::fit(&Observations {
        learners: learners.to_vec(),
        labels: of.iter().map(|&i| entry(i).0).collect(),
        extents: of.iter().map(|&i| entry(i).1).collect(),
        weights: of.iter().map(|&i| weight(i)).collect(),
        data_sets: of.iter().map(|&i| entry(i).2).collect(),
        candidates: &[],
        candidates_of: &[],
    })
    .0
}

/// The references' profiles.
fn learn_profiles(labels: &[usize], rows: &[Row], references: usize) -> Profiles {
    let width = rows.first().map_or(0, |row| row.profile().len());
    let raw: Vec<Vec<f32>> = (0..references)
        .into_par_iter()
        .map(|reference| {
            let own = rows.iter().zip(labels).filter(|(_, label)| **label == reference);
            let mut mean = mean_profile(own.map(|(row, _)| row.profile()));
            mean.resize(width, 0.0);
            mean
        })
        .collect();
    Profiles::new(&raw)
}

fn summarize(
    probabilities: &[Vec<f32>],
    labels: &[usize],
    ridge: f64,
    folds: usize,
) -> CrossValidation {
    let judged: Vec<(f64, bool, bool, f64)> =
        probabilities.iter().zip(labels).map(|(row, &label)| judged(row, label)).collect();
    let count = judged.len().max(1) as f64;
    let confidences = judged.iter().map(|&(p, right, ..)| (p, right));
    CrossValidation {
        folds,
        ridge,
        top1: judged.iter().filter(|j| j.1).count() as f64 / count,
        top5: judged.iter().filter(|j| j.2).count() as f64 / count,
        log_loss: judged.iter().map(|j| j.3).sum::<f64>() / count,
        calibration_error: expected_calibration_error(confidences),
        new_data_set: None,
    }
}

/// The largest probability, whether it is the reference's, whether that is among the five largest,
/// and the logarithmic loss.
pub(super) fn judged(probabilities: &[f32], label: usize) -> (f64, bool, bool, f64) {
    let own = probabilities[label];
    let best = argmax(probabilities);
    let better = probabilities.iter().filter(|&&p| p > own).count();
    let loss = -f64::from(own.clamp(1e-6, 1.0)).ln();
    (f64::from(probabilities[best]), best == label, better < 5, loss)
}
