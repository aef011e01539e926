//! What the figures of an evaluation cannot say. Called by [`super::evaluate`].

use super::{Cases, EvaluationLimit, Group, HeldOut, Outcome, Split};
use crate::features::embed::Source;
use crate::stats::vectors::argmax;
use std::collections::BTreeSet;

/// With fewer prompts an interval over prompts is too narrow.
const FEW_PROMPTS: usize = 20;
/// A model that shares a smaller part of its prompts with others also differs from them by topic.
const SHARED: f64 = 0.5;
/// Median lengths that differ by more than this factor tell models apart by themselves.
const LENGTHS: usize = 3;

/// The limits, the most important first.
pub(super) fn limits(cases: &Cases<'_>, split: &Split, held: &HeldOut) -> Vec<EvaluationLimit> {
    let mut limits = vec![EvaluationLimit::TheseModels { models: cases.models.len() }];
    let parts: Vec<String> = (split.parts.iter().zip(&held.parts))
        .filter(|(_, outcome)| outcome.failure.is_some())
        .map(|(part, _)| part.name.clone())
        .collect();
    if !parts.is_empty() {
        limits.push(EvaluationLimit::PartsNotLearned { parts });
    }
    if !held.vanished.is_empty() {
        limits.push(EvaluationLimit::ModelsNotLearned {
            traces: held.vanished.values().sum(),
            models: held.vanished.keys().cloned().collect(),
        });
    }
    limits.extend(no_errors(cases, held));
    if cases.groups < cases.prompts {
        limits.push(EvaluationLimit::SimilarPrompts {
            prompts: cases.prompts,
            similar: cases.prompts - cases.groups,
        });
    }
    if cases.groups < FEW_PROMPTS {
        limits.push(EvaluationLimit::FewPrompts { prompts: cases.groups, needed: FEW_PROMPTS });
    }
    limits.extend(topics(cases));
    limits.extend(lengths(cases));
    limits.extend(domains(cases, split));
    limits
}

/// The limits of vectors that the user gave; `changed`: whether changed texts were asked for.
pub(super) fn vectors(source: Option<&Source>, changed: bool) -> Vec<EvaluationLimit> {
    let Some(source) = source else { return Vec::new() };
    let mut limits = vec![EvaluationLimit::UserVectors];
    if source.embedder().is_none() && changed {
        limits.push(EvaluationLimit::NoChangedTexts);
    }
    limits
}

/// The limit of an open set with rounds in which only two models were learned.
pub(super) fn few_known(models: usize, most_left_out: usize) -> Option<EvaluationLimit> {
    (models - most_left_out <= 2).then_some(EvaluationLimit::TwoKnownModels)
}

/// Without a wrong answer a bootstrap cannot give an interval.
fn no_errors(cases: &Cases<'_>, held: &HeldOut) -> Option<EvaluationLimit> {
    let right = |judged: &Outcome| argmax(&judged.probabilities) == cases.cases[judged.case].model;
    let prompts: BTreeSet<usize> =
        held.outcomes.iter().map(|judged| cases.cases[judged.case].prompt).collect();
    (held.outcomes.iter().all(right))
        .then_some(EvaluationLimit::NoErrors { prompts: prompts.len() })
}

fn topics(cases: &Cases<'_>) -> Option<EvaluationLimit> {
    let mut models_of = vec![BTreeSet::new(); cases.prompts];
    let mut prompts_of = vec![BTreeSet::new(); cases.models.len()];
    for case in &cases.cases {
        models_of[case.prompt].insert(case.model);
        prompts_of[case.model].insert(case.prompt);
    }
    let models: Vec<String> = prompts_of
        .iter()
        .enumerate()
        .filter(|(_, own)| {
            let shared = own.iter().filter(|&&prompt| models_of[prompt].len() > 1).count();
            (shared as f64) < SHARED * own.len() as f64
        })
        .map(|(model, _)| cases.models[model].clone())
        .collect();
    (!models.is_empty()).then_some(EvaluationLimit::OwnPrompts { models })
}

fn lengths(cases: &Cases<'_>) -> Option<EvaluationLimit> {
    let mut words: Vec<Vec<usize>> = vec![Vec::new(); cases.models.len()];
    for case in &cases.cases {
        words[case.model].push(case.words);
    }
    let medians: Vec<usize> = words
        .iter_mut()
        .map(|own| {
            own.sort_unstable();
            own.get(own.len() / 2).copied().unwrap_or(0)
        })
        .collect();
    let (low, high) = (medians.iter().min()?, medians.iter().max()?);
    (*high > LENGTHS * low.max(&1))
        .then_some(EvaluationLimit::Lengths { shortest: *low, longest: *high })
}

fn domains(cases: &Cases<'_>, split: &Split) -> Option<EvaluationLimit> {
    let names: BTreeSet<&str> = cases.cases.iter().map(|case| case.domain()).collect();
    let mut domains: Vec<String> = names.into_iter().map(str::to_owned).collect();
    match (split.group, domains.len()) {
        (Group::Domain, _) => None,
        (_, 1) => domains.pop().map(|domain| EvaluationLimit::OneDomain { domain }),
        (Group::Prompt, _) => Some(EvaluationLimit::KnownDomains { domains }),
        _ => None,
    }
}
