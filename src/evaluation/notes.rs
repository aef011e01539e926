//! Cases and their judgements → what the figures cannot say, a sentence each. Called by [`super::evaluate`].

use super::{Cases, Group, HeldOut, Outcome, Split};
use crate::features::embed::Source;
use crate::stats::vectors::argmax;
use std::collections::{BTreeMap, BTreeSet};

/// With fewer prompts an interval over prompts is too narrow.
const FEW_PROMPTS: usize = 20;
/// A model that shares less than this part of its prompts with any other is told from them by its topics, too.
const SHARED: f64 = 0.5;
/// Lengths that differ by more than this factor tell models apart by themselves.
const LENGTHS: usize = 3;
/// Names in a sentence before the rest is counted.
const NAMED: usize = 6;

/// The sentences, the most important first.
pub(super) fn limits(cases: &Cases<'_>, split: &Split, held: &HeldOut) -> Vec<String> {
    let mut limits = vec![format!(
        "The figures hold for these {} models among themselves, on prompts like these. Among more models, or models \
         that are more alike, they would be lower.",
        cases.models.len()
    )];
    let failed: Vec<String> = split
        .parts
        .iter()
        .zip(&held.parts)
        .filter_map(|(part, outcome)| {
            outcome.failure.as_ref().map(|_| format!("\"{}\"", part.name))
        })
        .collect();
    if !failed.is_empty() {
        limits.push(format!(
            "Without {} too little is left to learn from, so that the traces held out there were not \
             judged.",
            listed(&failed)
        ));
    }
    if !held.vanished.is_empty() {
        let traces: usize = held.vanished.values().sum();
        let models: Vec<String> = held.vanished.keys().cloned().collect();
        limits.push(format!(
            "{traces} held-out traces could not be judged, because too few traces of their model were left \
             to learn it from: {}. No figure counts them.",
            listed(&models)
        ));
    }
    limits.extend(no_errors(cases, held));
    if cases.groups < cases.prompts {
        limits.push(format!(
            "Of {} prompts, {} ask nearly the same as another. They were held out with it, and count as one where intervals \
             are made.",
            cases.prompts,
            cases.prompts - cases.groups
        ));
    }
    if cases.groups < FEW_PROMPTS {
        limits.push(format!(
            "The traces answer only {} different prompts; with fewer than {FEW_PROMPTS} the intervals are \
             narrower than they should be.",
            cases.groups
        ));
    }
    limits.extend(topics(cases));
    limits.extend(lengths(cases));
    limits.extend(domains(cases, split));
    limits
}

/// What has to be said of vectors that the user gave; `changed` says whether changed texts were asked for.
pub(super) fn vectors(source: Option<&Source>, changed: bool) -> Vec<String> {
    let Some(source) = source else { return Vec::new() };
    let mut limits = vec![
        "The channel vectors sees what a trace is about at least as much as how it is written: see how the \
         figures are without it."
            .into(),
    ];
    if source.embedder().is_none() && changed {
        limits.push(
            "Changed texts were not judged: the vectors come from a file, which has those of the traces as they \
             are only."
                .into(),
        );
    }
    limits
}

/// What has to be said of an open set where only two models were learned in a round.
pub(super) fn few_known(models: usize, most_left_out: usize) -> Option<String> {
    (models - most_left_out <= 2).then(|| {
        "In rounds of the open set only two models were learned. What is unknown is learned from traces whose \
         own model is struck from the list, and where one name is left that says nothing: do not rely on \
         unknown in an atlas of two models."
            .to_owned()
    })
}

/// A reason as a sentence.
pub(super) fn as_sentence(reason: &str) -> String {
    let mut characters = reason.chars();
    let first: String = characters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", characters.as_str())
}

/// A bootstrap of traces that were all judged rightly cannot give an interval.
fn no_errors(cases: &Cases<'_>, held: &HeldOut) -> Option<String> {
    let right = |judged: &Outcome| argmax(&judged.probabilities) == cases.cases[judged.case].model;
    let prompts: BTreeSet<usize> =
        held.judgements.iter().map(|judged| cases.cases[judged.case].prompt).collect();
    (held.judgements.iter().all(right)).then(|| {
        format!(
            "Not one of the judged traces was given to a wrong model, so that resampling cannot show how rare \
             errors are: with {} prompts, up to about {:.0} % of new prompts may hold one (the rule of three).",
            prompts.len(),
            (300.0 / prompts.len() as f64).min(100.0)
        )
    })
}

fn topics(cases: &Cases<'_>) -> Option<String> {
    let mut models_of = vec![BTreeSet::new(); cases.prompts];
    let mut prompts_of = vec![BTreeSet::new(); cases.models.len()];
    for case in &cases.cases {
        models_of[case.prompt].insert(case.model);
        prompts_of[case.model].insert(case.prompt);
    }
    let alone: Vec<String> = prompts_of
        .iter()
        .enumerate()
        .filter(|(_, own)| {
            let shared = own.iter().filter(|&&prompt| models_of[prompt].len() > 1).count();
            (shared as f64) < SHARED * own.len() as f64
        })
        .map(|(model, _)| cases.models[model].clone())
        .collect();
    (!alone.is_empty()).then(|| {
        format!(
            "{} answered mostly prompts that no other model here answered: what tells such models apart may \
             be what they were asked, not how they write.",
            listed(&alone)
        )
    })
}

fn lengths(cases: &Cases<'_>) -> Option<String> {
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
    (*high > LENGTHS * low.max(&1)).then(|| {
        format!(
            "The models' median lengths go from {low} to {high} words: length alone, which is no style, \
             tells some of them apart."
        )
    })
}

fn domains(cases: &Cases<'_>, split: &Split) -> Option<String> {
    let mut domains: BTreeMap<&str, usize> = BTreeMap::new();
    for case in &cases.cases {
        *domains.entry(case.domain()).or_default() += 1;
    }
    let names: Vec<String> = domains.keys().map(|name| (*name).to_owned()).collect();
    match (split.group, names.len()) {
        (Group::Domain, _) => None,
        (_, 1) => Some(format!(
            "All traces are of one domain (\"{}\"): how well models are recognized on other subject matter was \
             not measured.",
            names[0]
        )),
        (Group::Prompt, _) => Some(format!(
            "Every domain ({}) was learned from as well as judged; --group domain measures subject matter \
             that was never seen.",
            listed(&names)
        )),
        _ => None,
    }
}

fn listed(names: &[String]) -> String {
    let shown = names.len().min(NAMED);
    let more = names.len() - shown;
    let list = names[..shown].join(", ");
    if more == 0 { list } else { format!("{list} and {more} more") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_counted() {
        let names: Vec<String> = (0..8).map(|i| format!("m{i}")).collect();
        assert_eq!(listed(&names), "m0, m1, m2, m3, m4, m5 and 2 more");
        assert_eq!(listed(&names[..1]), "m0");
        assert_eq!(as_sentence("the end"), "The end.");
    }
}
