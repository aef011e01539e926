//! The classic measures of stylometry, as peers beside the default model.
//!
//! Comes in: labelled [`Example`]s, and later any text. Goes out: a [`ClassicModel`], which gives
//! for a text a distance and a calibrated probability per reference, by the one measure that was
//! asked for ([`Method`]). Called by `atlas` ([`learn_tables`], so that an atlas serves every
//! measure that needs word frequencies only), by `cli` through the atlas, and by whoever compares
//! measures ([`learn`]). `docs/methods.md` has each measure's formula, its paper, and what it
//! reaches on real corpora.

mod calibrated;
pub mod compression;
mod counted;
pub mod deltas;
mod error;
mod frequencies;
pub mod impostors;
mod method;
pub mod ruzicka;
mod stored;

pub use compression::CompressedReferences;
pub use error::TablesError;
pub use frequencies::{Frequencies, MOST_WORDS};
pub use method::Method;

use super::{error::FitError, example::Example, folds::Folds};
use calibrated::{Observation, Temperature};
use counted::CountedTexts;
use deltas::Delta;
use impostors::Impostors;
use rayon::prelude::*;
use ruzicka::Ruzicka;
use std::{collections::BTreeMap, sync::Arc};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// One number is fitted: beyond so many traces it hardly moves.
const CALIBRATION_TRACES: usize = 600;
/// Compression is slow, a trace against every reference.
const CALIBRATION_TRACES_COMPRESSED: usize = 400;

/// One classic measure, learned: text in, a distance or a calibrated probability per reference out.
/// Cheap to clone; any number of threads may use it.
#[derive(Debug, Clone)]
pub struct ClassicModel {
    method: Method,
    measure: Arc<Measure>,
    temperature: Temperature,
}

/// What measures a text.
#[derive(Debug)]
enum Measure {
    /// By its word frequencies.
    Words(Arc<Frequencies>, WordMeasure),
    /// By how well each reference's texts help to compress it.
    Compression(CompressedReferences),
}

/// A measure on word frequencies.
#[derive(Debug)]
enum WordMeasure {
    Delta(Delta),
    Ruzicka(Ruzicka),
    Impostors(Impostors),
}

impl WordMeasure {
    /// `None` where the method is none on word frequencies.
    fn new(method: Method, frequencies: &Frequencies, seed: u64) -> Option<Self> {
        Some(match method {
            Method::Burrows | Method::Cosine | Method::Eder | Method::Argamon => {
                Self::Delta(Delta::new(method, frequencies)?)
            }
            Method::Ruzicka => Self::Ruzicka(Ruzicka::new(frequencies, method.words())),
            Method::Impostors => Self::Impostors(Impostors::new(frequencies, method.words(), seed)),
            Method::Default | Method::Compression => return None,
        })
    }

    /// The distance of a text with these relative frequencies to each reference.
    fn distances(&self, relative: &[f32]) -> Vec<f64> {
        match self {
            Self::Delta(delta) => delta.distances(relative),
            Self::Ruzicka(ruzicka) => ruzicka.distances(relative),
            Self::Impostors(impostors) => impostors.distances(relative),
        }
    }
}

impl ClassicModel {
    /// The measure.
    pub fn method(&self) -> Method {
        self.method
    }

    /// The distance of a text to each reference, in the measure's own unit (`docs/methods.md`): the
    /// smaller, the more alike. Infinite for a reference of which nothing is known, because it had
    /// no example or none of the words.
    pub fn distances(&self, text: &str) -> Vec<f64> {
        match &*self.measure {
            Measure::Words(frequencies, measure) => {
                let mut distances = measure.distances(&frequencies.relative(text));
                frequencies.forget_unknown(&mut distances);
                distances
            }
            Measure::Compression(references) => references.distances(text),
        }
    }

    /// The probability of each reference: a softmax over the distances, whose temperature was
    /// fitted on traces whose prompts the measure had not seen. Sums to one; depends on the text
    /// only.
    pub fn probabilities(&self, text: &str) -> Vec<f32> {
        self.temperature.probabilities(&self.distances(text))
    }
}

/// What an atlas holds for the measures on word frequencies.
#[derive(Debug, Clone, PartialEq)]
pub struct Tables {
    frequencies: Arc<Frequencies>,
    temperatures: BTreeMap<Method, Temperature>,
    /// Seed of the draws of the impostors method.
    seed: u64,
}

impl Tables {
    /// The model of one measure; `None` for [`Method::Default`] and [`Method::Compression`], which
    /// do not work on word frequencies.
    pub fn model(&self, method: Method) -> Option<ClassicModel> {
        let measure = WordMeasure::new(method, &self.frequencies, self.seed)?;
        Some(ClassicModel {
            method,
            measure: Arc::new(Measure::Words(self.frequencies.clone(), measure)),
            temperature: *self.temperatures.get(&method)?,
        })
    }

    /// The word frequencies.
    pub fn frequencies(&self) -> &Frequencies {
        &self.frequencies
    }
}

/// Learns one measure from labelled texts of `references` references. Folds are drawn from `seed`,
/// and so are the impostors; `stage` is called with a few words at each step. The result does not
/// depend on the number of threads.
///
/// # Errors
/// [`FitError`], where the examples have fewer than two prompts, where a label is not below
/// `references`, or for [`Method::Default`], which [`super::fit()`] learns.
pub fn learn(
    method: Method,
    examples: &[Example<'_>],
    references: usize,
    seed: u64,
    stage: &dyn Fn(&str),
) -> Result<ClassicModel, FitError> {
    match method {
        Method::Default => Err(FitError::NotClassic { method }),
        Method::Compression => learn_compression(examples, references, seed, stage),
        _ => learn_words(&[method], examples, references, seed, stage)?
            .model(method)
            .ok_or(FitError::NotClassic { method }),
    }
}

/// Learns what every measure on word frequencies needs, as an atlas holds it.
///
/// # Errors
/// As [`learn`].
pub fn learn_tables(
    examples: &[Example<'_>],
    references: usize,
    seed: u64,
    stage: &dyn Fn(&str),
) -> Result<Tables, FitError> {
    learn_words(&Method::ON_WORDS, examples, references, seed, stage)
}

fn learn_words(
    methods: &[Method],
    examples: &[Example<'_>],
    references: usize,
    seed: u64,
    stage: &dyn Fn(&str),
) -> Result<Tables, FitError> {
    let folds = folds(examples, references, seed)?;
    let sample = sample(examples.len(), seed, CALIBRATION_TRACES);
    stage("counting words");
    let labels: Vec<usize> = examples.iter().map(|example| example.label).collect();
    let counted = CountedTexts::read(examples);
    stage("calibrating the classic measures");
    let mut observed: BTreeMap<Method, Vec<Observation>> = BTreeMap::new();
    for fold in 0..folds.count {
        let (outside, inside) = folds.split(fold);
        let inside: Vec<usize> = inside.into_iter().filter(|&i| sample[i]).collect();
        let (frequencies, places) = counted.frequencies(&outside, &labels, references);
        for &method in methods {
            let Some(measure) = WordMeasure::new(method, &frequencies, seed) else { continue };
            let of_fold: Vec<Observation> = inside
                .par_iter()
                .filter(|&&i| frequencies.knows(labels[i]))
                .map(|&i| {
                    let relative = counted.relative(i, &places, frequencies.words().len());
                    let mut distances = measure.distances(&relative);
                    frequencies.forget_unknown(&mut distances);
                    Observation { distances, label: labels[i] }
                })
                .collect();
            observed.entry(method).or_default().extend(of_fold);
        }
    }
    let temperatures =
        observed.into_iter().map(|(method, own)| (method, Temperature::fit(&own))).collect();
    let all: Vec<usize> = (0..examples.len()).collect();
    let (frequencies, _) = counted.frequencies(&all, &labels, references);
    Ok(Tables { frequencies: Arc::new(frequencies), temperatures, seed })
}

fn learn_compression(
    examples: &[Example<'_>],
    references: usize,
    seed: u64,
    stage: &dyn Fn(&str),
) -> Result<ClassicModel, FitError> {
    let folds = folds(examples, references, seed)?;
    let sample = sample(examples.len(), seed, CALIBRATION_TRACES_COMPRESSED);
    stage("compressing traces of each fold");
    let mut observed = Vec::new();
    for fold in 0..folds.count {
        let (outside, inside) = folds.split(fold);
        let known = CompressedReferences::new(examples, &outside, references, seed);
        let of_fold: Vec<Observation> = inside
            .par_iter()
            .filter(|&&i| sample[i] && known.knows(examples[i].label))
            .map(|&i| Observation {
                distances: known.distances(&examples[i].text),
                label: examples[i].label,
            })
            .collect();
        observed.extend(of_fold);
    }
    stage("reading the references' texts");
    let all: Vec<usize> = (0..examples.len()).collect();
    let known = CompressedReferences::new(examples, &all, references, seed);
    Ok(ClassicModel {
        method: Method::Compression,
        measure: Arc::new(Measure::Compression(known)),
        temperature: Temperature::fit(&observed),
    })
}

/// Folds by prompt, once the examples are found to fit together.
fn folds(examples: &[Example<'_>], references: usize, seed: u64) -> Result<Folds, FitError> {
    if let Some(example) = examples.iter().find(|example| example.label >= references) {
        return Err(FitError::Label { label: example.label, references });
    }
    let groups: Vec<u32> = examples.iter().map(|example| example.group).collect();
    Folds::by_prompt(&groups, seed).ok_or(FitError::OnePrompt)
}

/// Which examples the temperature is fitted on: about `most` of them, drawn, not counted off, as
/// examples come in the order of prompts and references.
fn sample(examples: usize, seed: u64, most: usize) -> Vec<bool> {
    let step = examples.div_ceil(most).max(1) as u64;
    (0..examples as u64)
        .map(|i| xxh3_64_with_seed(&i.to_le_bytes(), seed).is_multiple_of(step))
        .collect()
}

#[cfg(test)]
mod tests;
