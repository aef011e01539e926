//! Traces → how well `unknown` and the verdict tell models that were never seen from those that were.
//!
//! Whole families are dealt out to groups (`leave_out`); in each round one group is left out of learning
//! together with a fold of prompts, and the held-out prompts' traces are judged: those of the models that
//! were learned, and those of the group that was not. Both are on new prompts, so that nothing but
//! the model sets them apart. Traces are judged one by one, and in corpora: by `verification`, and by
//! `verdicts` where the atlas has none. Called by [`super::evaluate`].

use super::{
    Cases,
    classifier::{Classifier, Method, Prediction},
    leave_out::groups,
    limit::NoVerification,
    metrics::{LEVEL, ratio},
    verdicts::{Corpus, Known, VerdictCounts},
    verification::{self, HeldOutTrace, JudgedCorpus, RoundJudge, VerificationFigures},
};
use crate::{
    atlas,
    attribution::{MINIMUM_WORDS, folds::Folds, verification::FEWEST_FAMILIES},
    features::NgramCounter,
    stats::{Estimate, Interval, bootstrap::draws},
    trace::{TextKind, Trace},
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// What the rule for atlases without a verification says of known models' traces, those of one model
    /// in one round together. Empty where all atlases had one.
    #[serde(default)]
    pub known_verdicts: VerdictCounts,
    /// The same of models that were left out.
    #[serde(default)]
    pub stranger_verdicts: VerdictCounts,
    /// How far the verdict can be trusted; `None` where that could not be measured: the limits of the
    /// evaluation say why.
    #[serde(default)]
    pub verification: Option<VerificationFigures>,
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
    /// There are fewer than three models, or too few beside a family.
    #[error(
        "the open set was not measured: that takes at least 3 models, so that two are left when one \
         is left out with its family"
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

/// What is left out and measured.
pub(super) struct OpenSetOptions<'a> {
    /// The number of the family of each model.
    pub families: &'a [usize],
    /// The families by model that were given.
    pub family_names: &'a BTreeMap<String, String>,
    /// The kind of text.
    pub text: TextKind,
    /// Rounds; there may be more where else too few families would be left.
    pub rounds: usize,
    /// Bootstrap resamples.
    pub resamples: usize,
    /// What all is drawn by.
    pub seed: u64,
}

impl OpenSetOptions<'_> {
    /// Whether a family was given for any of the models.
    fn has_families(&self, models: &[String]) -> bool {
        models.iter().any(|model| self.family_names.contains_key(model))
    }
}

/// What the rounds found.
#[derive(Default)]
struct Found {
    seen: Vec<Seen>,
    rounds: Vec<Round>,
    verdicts: [VerdictCounts; 2],
    corpora: Vec<JudgedCorpus>,
    /// Whether any atlas held a verification.
    has_verification: bool,
}

/// The models of one round.
struct LeftOut<'a> {
    number: usize,
    /// Whether each model is left out.
    models: &'a [bool],
    /// The held-out traces.
    held_out: &'a [usize],
}

/// Runs the rounds. Gives the figures, and why the verdict was not measured, where it was not.
///
/// # Errors
/// Where the open set cannot be measured, and where the method fails for another reason than too
/// few traces.
pub(super) fn open_set(
    cases: &Cases<'_>,
    method: &dyn Method,
    options: &OpenSetOptions<'_>,
    stage: &dyn Fn(&str),
) -> Result<(OpenSetFigures, Option<NoVerification>), OpenSetError> {
    let OpenSetOptions { families, resamples, seed, .. } = *options;
    let models = cases.models.len();
    let has_families = options.has_families(&cases.models);
    let least = if has_families { FEWEST_FAMILIES } else { 1 };
    let (group, count) = groups(&cases.models, families, options.rounds, least, seed)
        .filter(|_| models >= 3)
        .ok_or(OpenSetError::FewModels)?;
    let prompts: Vec<u32> = cases.cases.iter().map(|case| case.group as u32).collect();
    let Some(folds) = Folds::deal(&prompts, count, seed ^ 1) else {
        return Err(OpenSetError::OnePrompt);
    };
    let mut found = Found::default();
    for round in 0..count {
        let place = format!("open set, round {} of {count}", round + 1);
        let (outside, inside) = folds.split(round % folds.count);
        let training: Vec<&Trace> = outside
            .iter()
            .filter(|&&i| group[cases.cases[i].model] != round)
            .map(|&i| cases.cases[i].trace)
            .collect();
        let without: Vec<bool> = group.iter().map(|group| *group == round).collect();
        let left_out = LeftOut { number: round, models: &without, held_out: &inside };
        match method.learn(&training, &|step| stage(&format!("{place}: {step}"))) {
            Ok(classifier) => {
                stage(&format!("{place}: judging"));
                found.judge(cases, classifier.as_ref(), options, &left_out);
            }
            Err(error) if error.is_too_little() => {
                found.rounds.push(left_out.round(cases, &[], Some(error.to_string())));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let seen = sorted(found.seen);
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
    let named = |model: &String| (model.clone(), options.family_names.get(model).cloned());
    let names: Vec<(String, Option<String>)> = cases.models.iter().map(named).collect();
    let family_count = families.iter().max().map_or(0, |last| last + 1);
    let measured = verification::figures(&found.corpora, &names, family_count, (resamples, seed));
    let why_not = if measured.is_some() {
        None
    } else if !has_families {
        Some(NoVerification::NoFamilies)
    } else if !found.has_verification {
        Some(NoVerification::FewFamilies { families: family_count, needed: FEWEST_FAMILIES })
    } else {
        Some(NoVerification::OneKind)
    };
    let figures = OpenSetFigures {
        auroc: Estimate::new(area, Interval::percentiles(areas)),
        known_called_unknown: called(false),
        strangers_called_unknown: called(true),
        known: seen.iter().filter(|seen| !seen.stranger).count(),
        strangers: seen.iter().filter(|seen| seen.stranger).count(),
        known_verdicts: found.verdicts[0],
        stranger_verdicts: found.verdicts[1],
        verification: measured,
        rounds: found.rounds,
    };
    Ok((figures, why_not))
}

impl LeftOut<'_> {
    /// The round with the traces that were judged in it.
    fn round(&self, cases: &Cases<'_>, seen: &[Seen], failure: Option<String>) -> Round {
        let left_out = cases.models.iter().zip(self.models).filter(|(_, left_out)| **left_out);
        let strangers = seen.iter().filter(|seen| seen.stranger).count();
        Round {
            left_out: left_out.map(|(model, _)| model.clone()).collect(),
            known: seen.len() - strangers,
            strangers,
            auroc: auroc(&sorted(seen.to_vec()), |_| 1.0),
            failure,
        }
    }
}

impl Found {
    /// Judges the held-out traces of a round, one by one and in corpora.
    fn judge(
        &mut self,
        cases: &Cases<'_>,
        classifier: &dyn Classifier,
        options: &OpenSetOptions<'_>,
        left_out: &LeftOut<'_>,
    ) {
        let place_of: Vec<Option<usize>> = cases
            .models
            .iter()
            .map(|model| classifier.references().iter().position(|name| name == model))
            .collect();
        let atlas = classifier.atlas().filter(|atlas| atlas.verification.is_some());
        let own: Vec<(Seen, usize, Vec<f32>, Option<HeldOutTrace<'_>>)> = left_out
            .held_out
            .par_iter()
            .filter(|&&i| cases.cases[i].words >= MINIMUM_WORDS)
            .map_init(NgramCounter::default, |counter, &i| {
                let case = &cases.cases[i];
                let stranger = left_out.models[case.model];
                // A model that is neither left out nor known vanished from the training: it is
                // neither.
                if !stranger && place_of[case.model].is_none() {
                    return None;
                }
                let scored =
                    atlas.and_then(|_| classifier.score_trace(case.trace, &case.text, counter));
                let prediction = match &scored {
                    Some(scored) => Prediction::from(scored),
                    None => classifier.predict_trace(case.trace, &case.text, counter)?,
                };
                let of =
                    |place: &Option<usize>| place.map_or(0.0, |at| prediction.probabilities[at]);
                let probabilities = place_of.iter().map(of).collect();
                let seen = Seen { unknown: prediction.unknown?, stranger, prompt: case.group };
                let held_out = scored.map(|scored| HeldOutTrace::new(case, scored));
                Some((seen, case.model, probabilities, held_out))
            })
            .flatten_iter()
            .collect();
        match atlas {
            Some(atlas) => {
                self.has_verification = true;
                let judge = RoundJudge {
                    atlas,
                    text: options.text,
                    models: &cases.models,
                    families: options.families,
                    left_out: left_out.models,
                    round: left_out.number,
                    seed: options.seed,
                };
                let traces: Vec<&HeldOutTrace<'_>> =
                    own.iter().filter_map(|(.., held_out)| held_out.as_ref()).collect();
                // Without families nothing says who is a stranger.
                if options.has_families(&cases.models) {
                    self.corpora.extend(judge.judge(&traces));
                }
            }
            None => {
                let knows: Vec<bool> = place_of.iter().map(Option::is_some).collect();
                for (model, &is_left_out) in left_out.models.iter().enumerate() {
                    let traces = own.iter().filter(|(_, of, ..)| *of == model);
                    let traces =
                        traces.map(|(seen, _, said, _)| (seen.prompt, said.as_slice())).collect();
                    let known = Known { families: options.families, models: &knows };
                    self.verdicts[usize::from(is_left_out)].add(
                        &Corpus { model, traces },
                        &known,
                        options.seed,
                    );
                }
            }
        }
        let seen: Vec<Seen> = own.into_iter().map(|(seen, ..)| seen).collect();
        self.rounds.push(left_out.round(cases, &seen, None));
        self.seen.extend(seen);
    }
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
}
