//! Traces → how well `unknown` tells models that were never seen from those that were.
//!
//! The models are dealt out to groups; in each round one group is left out of learning together
//! with a fold of prompts, and the held-out prompts' traces are judged: those of the models that
//! were learned, and those of the group that was not. Both are on new prompts, so that nothing but
//! the model sets them apart. Called by [`super::evaluate`].

use super::{
    Cases,
    classifier::Method,
    metrics::{LEVEL, ratio},
    verdicts::{Corpus, Known, VerdictCounts},
};
use crate::{
    atlas,
    attribution::{MINIMUM_WORDS, folds::Folds},
    features::NgramCounter,
    stats::{Estimate, Interval, bootstrap::draws},
    trace::Trace,
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// How well unknown models are told from known ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenSetFigures {
    /// Area under the receiver operating characteristic: how often a known model's trace has a
    /// larger `unknown` than one of a model that was left out; ties count half. 0.5 is chance.
    pub auroc: Estimate,
    /// Share of known models' traces that are called unknown at the 5 % level: it should be 0.05.
    pub known_called_unknown: Estimate,
    /// Share of left-out models' traces that are called unknown at that level.
    pub strangers_called_unknown: Estimate,
    /// Traces of known models that were judged.
    pub known: usize,
    /// Traces of left-out models that were judged.
    pub strangers: usize,
    /// What the verdict says of known models' traces, those of one model in one round together.
    #[serde(default)]
    pub known_verdicts: VerdictCounts,
    /// The same of models that were left out.
    #[serde(default)]
    pub stranger_verdicts: VerdictCounts,
    /// The rounds.
    pub rounds: Vec<Round>,
}

/// One round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// The models that were left out.
    pub left_out: Vec<String>,
    /// Traces of known models that were judged.
    pub known: usize,
    /// Traces of left-out models that were judged.
    pub strangers: usize,
    /// The area under the curve in this round; `None` where one side has no trace.
    pub auroc: Option<f64>,
    /// Why nothing could be learned; `None` where it could.
    pub failure: Option<String>,
}

/// One scored trace.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Seen {
    unknown: f64,
    stranger: bool,
    prompt: usize,
}

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(super) enum OpenSetError {
    /// There are fewer than three models.
    #[error(
        "the open set was not measured: that takes at least 3 models, so that two are left when one \
         is left out"
    )]
    FewModels,
    /// All traces have one prompt.
    #[error("the open set was not measured: that takes traces of several prompts")]
    OnePrompt,
    /// No round had both kinds of traces.
    #[error(
        "the open set was not measured: in no round were there traces both of known models and of \
         models left out"
    )]
    OneKind,
    /// The method failed for another reason than too few traces.
    #[error(transparent)]
    Method(#[from] atlas::Error),
}

/// Runs the rounds. `families` gives the family of each model.
///
/// # Errors
/// Where the open set cannot be measured, and where the method fails for another reason than too
/// few traces.
pub(super) fn open_set(
    cases: &Cases<'_>,
    method: &dyn Method,
    families: &[usize],
    rounds: usize,
    (resamples, seed): (usize, u64),
    stage: &dyn Fn(&str),
) -> Result<OpenSetFigures, OpenSetError> {
    let models = cases.models.len();
    if models < 3 {
        return Err(OpenSetError::FewModels);
    }
    let count = group_count(models, rounds);
    let group = groups(&cases.models, count, seed);
    let prompts: Vec<u32> = cases.cases.iter().map(|case| case.group as u32).collect();
    let Some(folds) = Folds::deal(&prompts, count, seed ^ 1) else {
        return Err(OpenSetError::OnePrompt);
    };
    let mut seen: Vec<Seen> = Vec::new();
    let mut done = Vec::new();
    let mut verdicts = [VerdictCounts::default(); 2];
    for round in 0..count {
        let place = format!("open set, round {} of {count}", round + 1);
        let fold = round % folds.count;
        let (outside, inside) = folds.split(fold);
        let training: Vec<&Trace> = outside
            .iter()
            .filter(|&&i| group[cases.cases[i].model] != round)
            .map(|&i| cases.cases[i].trace)
            .collect();
        let left_out: Vec<String> = (0..models)
            .filter(|&model| group[model] == round)
            .map(|model| cases.models[model].clone())
            .collect();
        let failed = |failure: Option<String>| Round {
            left_out: left_out.clone(),
            known: 0,
            strangers: 0,
            auroc: None,
            failure,
        };
        let classifier = match method.learn(&training, &|step| stage(&format!("{place}: {step}"))) {
            Ok(classifier) => classifier,
            Err(error) if error.is_too_little() => {
                done.push(failed(Some(error.to_string())));
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let place_of: Vec<Option<usize>> = cases
            .models
            .iter()
            .map(|model| classifier.references().iter().position(|name| name == model))
            .collect();
        let own: Vec<(Seen, usize, Vec<f32>)> = inside
            .par_iter()
            .filter(|&&i| cases.cases[i].words >= MINIMUM_WORDS)
            .map_init(NgramCounter::default, |counter, &i| {
                let case = &cases.cases[i];
                let stranger = group[case.model] == round;
                // A model that is neither left out nor known vanished from the training: it is
                // neither.
                if !stranger && place_of[case.model].is_none() {
                    return None;
                }
                let prediction = classifier.predict_trace(case.trace, &case.text, counter)?;
                let of =
                    |place: &Option<usize>| place.map_or(0.0, |at| prediction.probabilities[at]);
                let probabilities = place_of.iter().map(of).collect();
                let seen = Seen { unknown: prediction.unknown?, stranger, prompt: case.group };
                Some((seen, case.model, probabilities))
            })
            .flatten_iter()
            .collect();
        let knows: Vec<bool> = place_of.iter().map(Option::is_some).collect();
        for model in 0..models {
            let traces = own.iter().filter(|(_, of, _)| *of == model);
            let traces = traces.map(|(seen, _, said)| (seen.prompt, said.as_slice())).collect();
            verdicts[usize::from(group[model] == round)].add(
                &Corpus { model, traces },
                &Known { families, models: &knows },
                seed,
            );
        }
        let own: Vec<Seen> = own.into_iter().map(|(seen, ..)| seen).collect();
        let strangers = own.iter().filter(|seen| seen.stranger).count();
        done.push(Round {
            known: own.len() - strangers,
            strangers,
            auroc: auroc(&sorted(own.clone()), |_| 1.0),
            ..failed(None)
        });
        seen.extend(own);
    }
    let seen = sorted(seen);
    let Some(area) = auroc(&seen, |_| 1.0) else {
        return Err(OpenSetError::OneKind);
    };
    let drawn: Vec<Vec<f64>> = (0..resamples as u64)
        .into_par_iter()
        .map(|resample| {
            let mut times = vec![0.0; cases.groups];
            draws(cases.groups, resample, seed).for_each(|prompt| times[prompt] += 1.0);
            times
        })
        .collect();
    let called = |stranger: bool| {
        let share = |times: &dyn Fn(usize) -> f64| {
            let own = || seen.iter().filter(|seen| seen.stranger == stranger);
            let all: f64 = own().map(|seen| times(seen.prompt)).sum();
            let low = own().filter(|seen| seen.unknown <= LEVEL);
            ratio(low.map(|seen| times(seen.prompt)).sum(), all)
        };
        let drawn = drawn.iter().map(|times| share(&|p| times[p])).collect();
        Estimate::new(share(&|_| 1.0), Interval::percentiles(drawn))
    };
    let areas = drawn.par_iter().filter_map(|times| auroc(&seen, |p| times[p])).collect();
    Ok(OpenSetFigures {
        auroc: Estimate::new(area, Interval::percentiles(areas)),
        known_called_unknown: called(false),
        strangers_called_unknown: called(true),
        known: seen.iter().filter(|seen| !seen.stranger).count(),
        strangers: seen.iter().filter(|seen| seen.stranger).count(),
        known_verdicts: verdicts[0],
        stranger_verdicts: verdicts[1],
        rounds: done,
    })
}

/// The number of groups: `rounds`, or more where else fewer than two models would be left.
fn group_count(models: usize, rounds: usize) -> usize {
    let wanted = rounds.clamp(2, models);
    if models - models.div_ceil(wanted) >= 2 { wanted } else { models }
}

/// The group of each model: dealt out in an order drawn by lot.
fn groups(models: &[String], count: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..models.len()).collect();
    order.sort_by_key(|&i| (xxh3_64_with_seed(models[i].as_bytes(), seed), i));
    let mut group = vec![0; models.len()];
    order.iter().enumerate().for_each(|(place, &model)| group[model] = place % count);
    group
}

fn sorted(mut seen: Vec<Seen>) -> Vec<Seen> {
    seen.sort_by(|a, b| a.unknown.total_cmp(&b.unknown));
    seen
}

/// The area under the curve of traces in ascending order of `unknown`, each as often as `times`
/// says of its prompt; `None` where one side is empty. This is the Mann–Whitney statistic.
fn auroc(seen: &[Seen], times: impl Fn(usize) -> f64) -> Option<f64> {
    let (mut below, mut area, mut known) = (0.0, 0.0, 0.0);
    for tied in seen.chunk_by(|a, b| a.unknown == b.unknown) {
        let of = |stranger: bool| -> f64 {
            tied.iter()
                .filter(|seen| seen.stranger == stranger)
                .map(|seen| times(seen.prompt))
                .sum()
        };
        let (strangers, own) = (of(true), of(false));
        area += own * (below + strangers / 2.0);
        below += strangers;
        known += own;
    }
    (below > 0.0 && known > 0.0).then(|| area / (below * known))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(values: &[(f64, bool)]) -> Vec<Seen> {
        let seen = values.iter().enumerate().map(|(prompt, &(unknown, stranger))| Seen {
            unknown,
            stranger,
            prompt,
        });
        sorted(seen.collect())
    }

    #[test]
    fn the_area_is_the_share_of_pairs_in_the_right_order() {
        // Strangers at 0.1 and 0.5, known at 0.5 and 0.9: of four pairs three right and one tied.
        let all = seen(&[(0.1, true), (0.5, true), (0.5, false), (0.9, false)]);
        assert_eq!(auroc(&all, |_| 1.0), Some(3.5 / 4.0));
        // With the second stranger drawn three times: (1·2 + 3·1.5) / 8.
        assert_eq!(auroc(&all, |prompt| if prompt == 1 { 3.0 } else { 1.0 }), Some(6.5 / 8.0));
        assert_eq!(auroc(&seen(&[(0.1, true)]), |_| 1.0), None);
    }

    #[test]
    fn two_models_are_always_left() {
        assert_eq!(group_count(3, 2), 3);
        assert_eq!(group_count(4, 2), 2);
        assert_eq!(group_count(12, 5), 5);
        assert_eq!(group_count(3, 5), 3);
        let names: Vec<String> = (0..12).map(|i| format!("m{i}")).collect();
        let group = groups(&names, 5, 3);
        for one in 0..5 {
            assert!((2..=3).contains(&group.iter().filter(|&&g| g == one).count()));
        }
    }
}
