//! Learns a [`Model`] from labelled texts.
//!
//! Two passes over the texts choose the vocabulary and turn texts into rows; one Gram matrix of the
//! rows then serves the choice of the penalty, the out-of-fold logits that the calibration and the
//! open set are learned from, and the final weights. Folds are grouped by prompt throughout.

use super::{
    calibration::{Calibration, OutOfFold, expected_calibration_error},
    delta::{Profiles, mean_profile, similarity},
    folds::Folds,
    gram::gram,
    logistic::{Solution, Stopping, solve},
    model::{Model, top},
    open_set::{Judged, OpenSet},
    weights::Weights,
};
use crate::features::{ChannelSet, Row, Vectorizer, Vocabulary, VocabularyBuilder, read_forms};
use ndarray::{Array2, Axis, Zip};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Penalties that are tried, from strong to weak: each search starts from the last solution.
const RIDGES: [f64; 3] = [0.1, 0.03, 0.01];
/// The penalty is chosen on so many folds; the others only learn with the chosen one.
const RIDGE_FOLDS: usize = 2;
/// A search ends when the gradient has shrunk to this share, or after so many steps.
const STOPPING: Stopping = Stopping { iterations: 60, tolerance: 5e-3 };

/// What is learned, and from what seed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FitOptions {
    /// The channels, and how much each counts.
    pub channels: ChannelSet,
    /// Seed of the folds.
    pub seed: u64,
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
    /// The penalty that was chosen.
    pub ridge: f64,
    /// Share of traces whose reference had the largest probability.
    pub top1: f64,
    /// Share of traces whose reference was among the five largest.
    pub top5: f64,
    /// Mean logarithmic loss of the calibrated probabilities, in nats.
    pub log_loss: f64,
    /// Expected calibration error, over 15 bins.
    pub calibration_error: f64,
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
}

/// Learns a model of `references` references. `stage` is called with a few words at each step.
///
/// # Errors
/// A sentence, where the examples have fewer than two prompts.
pub fn fit(
    examples: &[Example<'_>],
    references: usize,
    options: &FitOptions,
    stage: &dyn Fn(&str),
) -> Result<Fitted, String> {
    let prompts: Vec<u32> = examples.iter().map(|e| e.prompt).collect();
    let labels: Vec<usize> = examples.iter().map(|e| e.label).collect();
    let words: Vec<usize> = examples.iter().map(|e| e.words).collect();
    let folds = Folds::by_prompt(&prompts, options.seed).ok_or(
        "all traces have the same prompt, so that nothing can be held out to calibrate on; \
         give traces of at least two prompts",
    )?;

    stage("counting n-grams");
    let vocabulary = learn_vocabulary(examples, &prompts, &options.channels)?;
    let features = vocabulary.len();
    stage("turning traces into rows");
    let mut vectorizer = Vectorizer::new(vocabulary, examples.len(), options.channels.clone());
    let rows = vectorizer.learn_rows(examples);
    stage("comparing traces with each other");
    let gram = gram(&rows, features);

    stage("choosing the penalty on folds by prompt");
    let Chosen { ridge, logits, start } = choose_ridge(&gram, &labels, &words, references, &folds);
    let data = OutOfFold { logits: &logits, labels: &labels, words: &words };
    let calibration = Calibration::fit(data);
    let judged = judge(&logits, &labels, &rows, references, &folds);
    let open_set = OpenSet::fit(&judged, references);

    stage("learning the weights");
    let solution = solve(gram.view(), &labels, ridge, Solution::at(gram.view(), start), STOPPING);
    let weights = Weights::from_coefficients(&rows, features, solution.coefficients.view());
    let cross_validation = summarize(data, calibration, ridge, folds.count);
    let all: Vec<usize> = (0..labels.len()).collect();
    let model = Model {
        vectorizer,
        weights,
        calibration,
        open_set,
        profiles: learn_profiles(&all, &labels, &rows, references),
    };
    Ok(Fitted { model, cross_validation, rows })
}

fn learn_vocabulary(
    examples: &[Example<'_>],
    prompts: &[u32],
    channels: &ChannelSet,
) -> Result<Vocabulary, String> {
    let mut features = Vec::new();
    for options in channels.channels().iter().filter(|options| options.features > 0) {
        let mut builder = VocabularyBuilder::new(options.channel);
        builder.add(examples, prompts);
        let selected = builder.select(options.features);
        let mut found = read_forms(options.channel, &selected, examples);
        found.sort_by(|a, b| a.form.cmp(&b.form));
        features.append(&mut found);
    }
    Vocabulary::new(features)
}

/// What the folds teach.
struct Chosen {
    /// The penalty with the smallest calibrated loss.
    ridge: f64,
    /// Its out-of-fold logits.
    logits: Array2<f32>,
    /// The mean of the folds' coefficients: a good place to start learning from all traces.
    start: Array2<f32>,
}

fn choose_ridge(
    gram: &Array2<f32>,
    labels: &[usize],
    words: &[usize],
    references: usize,
    folds: &Folds,
) -> Chosen {
    let zeros = Array2::<f32>::zeros((labels.len(), references));
    let mut candidates: Vec<Chosen> = RIDGES
        .into_iter()
        .map(|ridge| Chosen { ridge, logits: zeros.clone(), start: zeros.clone() })
        .collect();
    for fold in 0..folds.count {
        if fold == RIDGE_FOLDS {
            candidates = vec![best_of(candidates, labels, words, folds)];
        }
        let (train, test) = folds.split(fold);
        let inside = select(gram, &train, &train);
        let across = select(gram, &test, &train);
        let train_labels: Vec<usize> = train.iter().map(|&i| labels[i]).collect();
        let mut solution = Solution::zero(train.len(), references);
        for candidate in &mut candidates {
            solution = solve(inside.view(), &train_labels, candidate.ridge, solution, STOPPING);
            let predicted = across.dot(&solution.coefficients);
            for (&i, row) in test.iter().zip(predicted.outer_iter()) {
                candidate.logits.row_mut(i).assign(&row);
            }
            // Every trace was learned from in all folds but one.
            let share = 1.0 / (folds.count - 1) as f32;
            for (&i, row) in train.iter().zip(solution.coefficients.outer_iter()) {
                candidate.start.row_mut(i).scaled_add(share, &row);
            }
        }
    }
    best_of(candidates, labels, words, folds)
}

/// The candidate with the smallest calibrated loss on the folds that chose the penalty; the
/// stronger penalty of several.
fn best_of(
    mut candidates: Vec<Chosen>,
    labels: &[usize],
    words: &[usize],
    folds: &Folds,
) -> Chosen {
    if candidates.len() == 1 {
        return candidates.swap_remove(0);
    }
    let held_out: Vec<usize> = (0..labels.len()).filter(|&i| folds.of[i] < RIDGE_FOLDS).collect();
    let pick = |values: &[usize]| held_out.iter().map(|&i| values[i]).collect::<Vec<usize>>();
    let (labels, words) = (pick(labels), pick(words));
    let loss = |chosen: &Chosen| {
        let logits = chosen.logits.select(Axis(0), &held_out);
        Calibration::fit_intercept(OutOfFold { logits: &logits, labels: &labels, words: &words }).1
    };
    let losses: Vec<f64> = candidates.iter().map(loss).collect();
    let best = (0..losses.len()).fold(0, |best, i| if losses[i] < losses[best] { i } else { best });
    candidates.swap_remove(best)
}

/// The rows and columns of a matrix.
fn select(matrix: &Array2<f32>, rows: &[usize], columns: &[usize]) -> Array2<f32> {
    let mut part = Array2::<f32>::zeros((rows.len(), columns.len()));
    part.axis_iter_mut(Axis(0)).into_par_iter().zip(rows).for_each(|(mut target, &row)| {
        let source = matrix.row(row);
        Zip::from(&mut target).and(columns).for_each(|value, &column| *value = source[column]);
    });
    part
}

/// The references' profiles as the mean over the traces in `members`.
fn learn_profiles(
    members: &[usize],
    labels: &[usize],
    rows: &[Row],
    references: usize,
) -> Profiles {
    let width = rows.first().map_or(0, |row| row.profile().len());
    let raw: Vec<Vec<f32>> = (0..references)
        .into_par_iter()
        .map(|reference| {
            let own = members.iter().filter(|&&i| labels[i] == reference);
            let mut mean = mean_profile(own.map(|&i| rows[i].profile()));
            mean.resize(width, 0.0);
            mean
        })
        .collect();
    Profiles::new(&raw)
}

/// Every trace as a learner saw it that did not know its prompt.
fn judge(
    logits: &Array2<f32>,
    labels: &[usize],
    rows: &[Row],
    references: usize,
    folds: &Folds,
) -> Vec<Judged> {
    (0..folds.count)
        .flat_map(|fold| {
            let (train, test) = folds.split(fold);
            let learned = learn_profiles(&train, labels, rows, references);
            test.par_iter()
                .map(|&i| {
                    let row = logits.row(i);
                    let top = top(row.as_slice().unwrap_or_default());
                    let own = learned.standardize(rows[i].profile());
                    let near = |reference| similarity(&own, learned.reference(reference)) as f32;
                    Judged {
                        label: labels[i],
                        top,
                        logit: row[top],
                        similarity_to_label: near(labels[i]),
                        similarity_to_top: near(top),
                    }
                })
                .collect::<Vec<_>>()
        })
        .collect()
}

fn summarize(
    data: OutOfFold<'_>,
    calibration: Calibration,
    ridge: f64,
    folds: usize,
) -> CrossValidation {
    let judged: Vec<(f64, bool, bool)> = (0..data.labels.len())
        .into_par_iter()
        .map(|i| {
            let mut row = data.logits.row(i).to_vec();
            calibration.apply(&mut row, data.words[i]);
            let own = row[data.labels[i]];
            let best = top(&row);
            let better = row.iter().filter(|&&p| p > own).count();
            (f64::from(row[best]), best == data.labels[i], better < 5)
        })
        .collect();
    let share = |right: &dyn Fn(&(f64, bool, bool)) -> bool| {
        judged.iter().filter(|j| right(j)).count() as f64 / judged.len().max(1) as f64
    };
    let confidences: Vec<(f64, bool)> = judged.iter().map(|&(p, right, _)| (p, right)).collect();
    CrossValidation {
        folds,
        ridge,
        top1: share(&|j| j.1),
        top5: share(&|j| j.2),
        // Not below zero, which rounding could give.
        log_loss: calibration.loss(data).max(0.0),
        calibration_error: expected_calibration_error(&confidences),
    }
}
