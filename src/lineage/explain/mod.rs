//! One trace → which reference each stretch of it resembles, and the features that say so.
//!
//! Comes in: an atlas and a trace. Goes out: an [`Explanation`], which `cli` prints and `report`
//! shows next to the text. Called by `cli`.
//!
//! Rolling attribution (Rybicki, Eder & Hoover 2016): windows of [`WINDOW_WORDS`] words, each
//! overlapping the next by half, are scored like traces of their own; the model knows how little a
//! short text tells. A stretch of the text has the mean of the probabilities of the windows that it
//! lies in, and nothing smoother: where no reference has half of that, it is left open.
//! `docs/explain.md` has the details.

mod features;
mod finding;
mod windows;

pub use features::MOST_PLACES;
pub use finding::{ExplanationFinding, TraceLimit, WordsOf};

use super::NamedShare;
use crate::{
    atlas::Atlas,
    attribution::{Scored, TooShort},
    features::NgramCounter,
    trace::Trace,
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use windows::{cells, windows};

/// Words of a window, as far as whole sentences allow.
pub const WINDOW_WORDS: usize = 150;
/// This many windows at most: those of a longer trace are longer.
const MOST_WINDOWS: usize = 700;
/// References that are listed for the trace, and for a window.
const REFERENCES: (usize, usize) = (10, 3);
/// A stretch is of a reference that has this probability there.
const DECIDED: f64 = 0.5;
/// References whose course through the trace is kept.
const COURSES: usize = 5;

/// What `explain` says of one trace. Offsets are of bytes in the text that was read (`--text`), after cleaning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// What the sentence says; in JSON, the sentence itself.
    #[serde(rename = "sentence")]
    pub finding: ExplanationFinding,
    /// The trace's id (hostile: escape it, as all names here).
    pub id: String,
    /// The data set or file that it came from.
    pub source: String,
    /// Its prompt's id.
    pub prompt_id: Option<String>,
    /// The label in the input.
    pub model: Option<String>,
    /// `raw`, `summary`, `truncated` or `unknown`.
    pub mediation: String,
    /// Words in it.
    pub words: usize,
    /// The references with the largest probabilities for the whole trace, largest first.
    pub references: Vec<ReferenceProbability>,
    /// The p-value that some reference wrote it; small means that none writes like this.
    pub unknown: f64,
    /// The probability that the atlas knows its subject matter.
    #[serde(rename = "familiar")]
    pub in_domain: f64,
    /// Whether the atlas was learned from this very trace.
    pub seen_before: bool,
    /// Words of a window: [`WINDOW_WORDS`] but for very long traces.
    pub window_words: usize,
    /// The windows in order.
    pub windows: Vec<WindowScore>,
    /// The stretches of the text in order, without overlap and without gaps.
    pub stretches: Vec<Stretch>,
    /// The course of the first references through the text.
    pub courses: Vec<Course>,
    /// The n-grams that speak most strongly for the first reference against the second, then those that
    /// speak most strongly against it.
    pub features: Vec<FeatureWeight>,
    /// The measures that do so, strongest first.
    pub measures: Vec<MeasureWeight>,
    /// How much each kind of feature says in sum, strongest first.
    pub channels: Vec<ChannelWeight>,
    /// What this cannot say; in JSON a sentence each.
    pub limits: Vec<TraceLimit>,
    /// `cotprint` and its version.
    pub program: String,
    /// The command that was given.
    pub command: String,
    /// The atlas: `embedded` or its file name.
    pub atlas: String,
    /// The atlas's checksum, in hexadecimal.
    pub atlas_checksum: String,
}

/// A reference and its probability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReferenceProbability {
    /// `vendor/name`.
    pub reference: String,
    /// The family that it belongs to, where the atlas knows families.
    pub family: Option<String>,
    /// Calibrated for the length of the text.
    pub probability: f64,
}

/// One window and what it resembles by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WindowScore {
    /// Where it begins and ends in the text, in bytes.
    pub bytes: [usize; 2],
    /// Its first word, counted from 0.
    pub first_word: usize,
    /// Its words.
    pub words: usize,
    /// The references with the largest probabilities, largest first. Empty where it has too few words.
    pub references: Vec<ReferenceProbability>,
}

/// A stretch of the text and what it resembles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stretch {
    /// Where it begins and ends in the text, in bytes.
    pub bytes: [usize; 2],
    /// Its first word, counted from 0.
    pub first_word: usize,
    /// Its words.
    pub words: usize,
    /// The reference with at least half of the probability; `null` where there is none.
    pub reference: Option<String>,
    /// The references with the largest mean probabilities over its windows, largest first.
    pub references: Vec<ReferenceProbability>,
}

/// A reference's probability along the text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Course {
    /// `vendor/name`.
    pub reference: String,
    /// Its mean over the text, each word with the same weight.
    pub mean: f64,
    /// Pieces of the text in order: first word, words, probability.
    pub pieces: Vec<(usize, usize, f64)>,
}

/// One n-gram of the trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeatureWeight {
    /// Its channel.
    pub channel: String,
    /// As a person reads it (hostile: escape it).
    pub form: String,
    /// Its part of the regression's log-odds for the first reference against the second.
    pub weight: f64,
    /// Its part of the log-odds for the first reference against the average reference.
    pub over_average: f64,
    /// How often it occurs in the trace.
    pub count: u32,
    /// Share of all references' traces that contain it.
    pub share_of_reference_traces: f64,
    /// Where it stands: begin and end in bytes, at most [`MOST_PLACES`].
    pub places: Vec<[usize; 2]>,
}

/// One measure of the trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasureWeight {
    /// Its channel.
    pub channel: String,
    /// Its name.
    pub name: String,
    /// How far this trace is from the mean of the references' traces, in standard deviations.
    pub deviations: f64,
    /// Its part of the regression's log-odds for the first reference against the second.
    pub weight: f64,
}

/// What a kind of feature says in sum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChannelWeight {
    /// The kind of feature.
    pub name: String,
    /// Its part of the regression's log-odds for the first reference against the second.
    pub weight: f64,
}

/// Explains the score of a trace, whose text is `text` and whose vector from a file, where the atlas needs one, is
/// `vector`. The windows have no vector then.
///
/// # Errors
/// [`TooShort`] where the text has too few words to be scored.
pub fn explain(
    atlas: &Atlas,
    trace: &Trace,
    text: &str,
    vector: Option<&[f32]>,
    command: &str,
    atlas_name: &str,
) -> Result<Explanation, TooShort> {
    let scored = atlas.model.score_with(text, vector, &mut NgramCounter::default())?;
    let order = order_of(&scored.probabilities);
    // An atlas has at least two references.
    let (first, second) = (order[0], order.get(1).copied().unwrap_or(order[0]));
    let weighed = features::weigh(atlas, text, &scored.row, first, second);

    let size = WINDOW_WORDS.max(2 * scored.words.div_ceil(MOST_WINDOWS));
    let windows = windows(text, size, size / 2);
    let probabilities: Vec<Vec<f32>> = windows
        .par_iter()
        .map_init(NgramCounter::default, |counter, window| {
            let scored = atlas.model.score(&text[window.bytes.clone()], counter);
            scored.map(|scored| scored.probabilities).unwrap_or_default()
        })
        .collect();
    let told = windows.iter().zip(&probabilities).map(|(window, own)| WindowScore {
        bytes: [window.bytes.start, window.bytes.end],
        first_word: window.words.start,
        words: window.words.len(),
        references: ranked(atlas, own, REFERENCES.1),
    });
    let told: Vec<WindowScore> = told.collect();
    let pieces = pieces(&windows, &probabilities, atlas.about.references.len());
    let courses = courses(atlas, &pieces);
    let stretches = stretches(atlas, &pieces);
    let mut explanation = Explanation {
        finding: ExplanationFinding::Text(String::new()),
        id: trace.id.clone(),
        source: trace.source.clone(),
        prompt_id: trace.prompt_id.clone(),
        model: trace.model.clone(),
        mediation: trace.mediation().name().into(),
        words: scored.words,
        references: ranked(atlas, &scored.probabilities, REFERENCES.0),
        unknown: scored.unknown,
        in_domain: scored.in_domain,
        seen_before: atlas.has_seen(text),
        window_words: size,
        windows: told,
        stretches,
        courses,
        features: weighed.features,
        measures: weighed.measures,
        channels: weighed.channels,
        limits: Vec::new(),
        program: concat!("cotprint ", env!("CARGO_PKG_VERSION")).into(),
        command: command.into(),
        atlas: atlas_name.into(),
        atlas_checksum: atlas.checksum.clone(),
    };
    explanation.limits = limits(atlas, &explanation, &scored);
    explanation.finding = finding(&explanation);
    Ok(explanation)
}

/// The places of the probabilities, largest first.
fn order_of(probabilities: &[f32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]).then(a.cmp(&b)));
    order
}

fn ranked(atlas: &Atlas, probabilities: &[f32], most: usize) -> Vec<ReferenceProbability> {
    let told = order_of(probabilities).into_iter().take(most).map(|index| {
        let reference = &atlas.about.references[index];
        ReferenceProbability {
            reference: reference.name.clone(),
            family: reference.family.clone(),
            probability: f64::from(probabilities[index]),
        }
    });
    told.collect()
}

/// A piece of the text that lies in the same windows throughout, and the mean of their probabilities.
struct Piece {
    window: windows::Window,
    probabilities: Vec<f32>,
}

fn pieces(windows: &[windows::Window], scores: &[Vec<f32>], references: usize) -> Vec<Piece> {
    let piece = |(window, within): (windows::Window, Vec<usize>)| {
        let scored: Vec<&Vec<f32>> =
            within.iter().map(|&at| &scores[at]).filter(|own| !own.is_empty()).collect();
        let mut mean = vec![0.0_f32; references];
        for own in &scored {
            mean.iter_mut().zip(*own).for_each(|(sum, p)| *sum += p / scored.len() as f32);
        }
        Piece { window, probabilities: mean }
    };
    cells(windows).into_iter().map(piece).collect()
}

/// The courses of the references with the largest means.
fn courses(atlas: &Atlas, pieces: &[Piece]) -> Vec<Course> {
    let total: usize = pieces.iter().map(|piece| piece.window.words.len()).sum();
    let mut means = vec![0.0_f32; atlas.about.references.len()];
    for piece in pieces {
        let weight = piece.window.words.len() as f32 / total.max(1) as f32;
        means.iter_mut().zip(&piece.probabilities).for_each(|(mean, p)| *mean += weight * p);
    }
    let told = order_of(&means).into_iter().take(COURSES).map(|index| Course {
        reference: atlas.about.references[index].name.clone(),
        mean: f64::from(means[index]),
        pieces: pieces
            .iter()
            .map(|piece| {
                let words = &piece.window.words;
                (words.start, words.len(), f64::from(piece.probabilities[index]))
            })
            .collect(),
    });
    told.collect()
}

/// Neighbouring pieces with the same reference, or without one, put together.
fn stretches(atlas: &Atlas, pieces: &[Piece]) -> Vec<Stretch> {
    let decided = |piece: &Piece| {
        let best = order_of(&piece.probabilities).first().copied()?;
        (f64::from(piece.probabilities[best]) >= DECIDED).then_some(best)
    };
    let alike = pieces.chunk_by(|a, b| decided(a) == decided(b));
    let told = alike.map(|group| {
        let (from, to) = (&group[0].window, &group[group.len() - 1].window);
        let words: usize = group.iter().map(|piece| piece.window.words.len()).sum();
        let mut mean = vec![0.0_f32; group[0].probabilities.len()];
        for piece in group {
            // A text without a word is one piece, whose weight does not matter.
            let weight = piece.window.words.len() as f32 / words.max(1) as f32;
            mean.iter_mut().zip(&piece.probabilities).for_each(|(sum, p)| *sum += weight * p);
        }
        Stretch {
            bytes: [from.bytes.start, to.bytes.end],
            first_word: from.words.start,
            words,
            reference: decided(&group[0]).map(|best| atlas.about.references[best].name.clone()),
            references: ranked(atlas, &mean, REFERENCES.1),
        }
    });
    told.collect()
}

/// What the sentence says.
fn finding(explanation: &Explanation) -> ExplanationFinding {
    let [first, rest @ ..] = explanation.references.as_slice() else {
        return ExplanationFinding::Text(String::new());
    };
    let named = |one: &ReferenceProbability| NamedShare {
        name: one.reference.clone(),
        share: one.probability,
    };
    let stretches = (explanation.windows.len() > 1).then(|| {
        let share = |name: Option<&str>| {
            let stretches = &explanation.stretches;
            let words: usize = (stretches.iter().filter(|s| s.reference.as_deref() == name))
                .map(|stretch| stretch.words)
                .sum();
            words
        };
        let (own, open) = (share(Some(&first.reference)), share(None));
        WordsOf { first: own, others: explanation.words.saturating_sub(own + open), none: open }
    });
    ExplanationFinding::Resembles {
        first: named(first),
        second: rest.first().map(named),
        has_half: first.probability >= DECIDED,
        words: explanation.words,
        stretches,
    }
}

/// What the explanation cannot say.
fn limits(atlas: &Atlas, explanation: &Explanation, scored: &Scored) -> Vec<TraceLimit> {
    let has_windows = explanation.windows.len() > 1;
    let mut limits = Vec::new();
    if explanation.seen_before {
        limits.push(TraceLimit::SeenBefore);
    }
    if explanation.unknown <= 0.05 {
        limits.push(TraceLimit::UnlikeAll { p_value: explanation.unknown });
    }
    if atlas.model.new.is_some() && explanation.in_domain < 0.5 {
        limits.push(TraceLimit::OutOfDomain);
    }
    if has_windows {
        limits.push(TraceLimit::Windows { words: explanation.window_words });
    }
    limits.push(TraceLimit::WeightsOfRegression);
    if scored.row.untokenized > 0 {
        limits.push(TraceLimit::Untokenized { bytes: scored.row.untokenized });
    }
    if scored.row.without_vector {
        limits.push(TraceLimit::WithoutVector);
    } else if scored.vector.is_some() && has_windows {
        limits.push(TraceLimit::WindowsWithoutVectors);
    }
    limits
}
