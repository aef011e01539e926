//! Cases → what is held out and what is learned from, part by part.
//!
//! No prompt is ever on both sides of a part. Called by [`super::evaluate`].

use super::{Cases, Error, FEWEST_PROMPTS, Group, TooLittle};
use crate::attribution::folds::Folds;
use std::collections::{BTreeMap, BTreeSet};

/// One round: what is learned from and what is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What is held out.
    pub name: String,
    /// Indices of the cases to judge, ascending.
    pub held_out: Vec<usize>,
    /// Indices of the cases to learn from, ascending.
    pub training: Vec<usize>,
}

/// All rounds; each case is held out in exactly one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// What is held out together.
    pub group: Group,
    /// The rounds.
    pub parts: Vec<Part>,
}

impl Split {
    /// Splits the cases: by prompt into `folds` folds drawn from `seed`, or with one domain or
    /// source left out at a time. A case whose prompt, or one that asks nearly the same, is also
    /// held out is not learned from, wherever it comes from.
    ///
    /// # Errors
    /// [`Error::TooManyFolds`] where there are fewer groups of prompts than folds;
    /// [`Error::OneGroup`] where there is but one domain or source; [`Error::TooLittle`] where there
    /// are two prompts, as two are needed to learn from.
    pub fn new(cases: &Cases<'_>, group: Group, folds: usize, seed: u64) -> Result<Self, Error> {
        if cases.prompts < FEWEST_PROMPTS {
            return Err(TooLittle::Prompts { prompts: cases.prompts }.into());
        }
        match group {
            Group::Prompt => Self::by_prompt(cases, folds, seed),
            Group::Domain => Self::leave_one_out(cases, group, |case| case.domain()),
            Group::Source => Self::leave_one_out(cases, group, |case| &case.trace.source),
        }
    }

    fn by_prompt(cases: &Cases<'_>, folds: usize, seed: u64) -> Result<Self, Error> {
        let too_many =
            || Error::TooManyFolds { folds, groups: cases.groups, prompts: cases.prompts };
        if folds > cases.groups {
            return Err(too_many());
        }
        let groups: Vec<u32> = cases.cases.iter().map(|case| case.group as u32).collect();
        let folds = Folds::deal(&groups, folds, seed).ok_or_else(too_many)?;
        let part = |fold: usize| {
            let (training, held_out) = folds.split(fold);
            Part { name: format!("fold {}", fold + 1), held_out, training }
        };
        Ok(Self { group: Group::Prompt, parts: (0..folds.count).map(part).collect() })
    }

    fn leave_one_out<'a>(
        cases: &'a Cases<'_>,
        group: Group,
        key: impl Fn(&'a super::Case<'_>) -> &'a str,
    ) -> Result<Self, Error> {
        let mut members: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (i, case) in cases.cases.iter().enumerate() {
            members.entry(key(case)).or_default().push(i);
        }
        if let [only] = members.keys().collect::<Vec<_>>()[..] {
            return Err(Error::OneGroup { group, only: (*only).to_owned() });
        }
        let parts = members.into_iter().map(|(name, held_out)| {
            let prompts: BTreeSet<usize> = held_out.iter().map(|&i| cases.cases[i].group).collect();
            let training = (0..cases.cases.len())
                .filter(|&i| {
                    let case = &cases.cases[i];
                    key(case) != name && !prompts.contains(&case.group)
                })
                .collect();
            Part { name: name.to_owned(), held_out, training }
        });
        Ok(Self { group, parts: parts.collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{TextKind, Trace};

    /// Two models, six prompts, two domains; prompt 0 is in both.
    fn traces() -> Vec<Trace> {
        let mut traces = Vec::new();
        for model in ["a", "b"] {
            for prompt in 0..7 {
                traces.push(Trace {
                    id: format!("{model}{prompt}"),
                    model: Some(model.into()),
                    prompt_id: Some((prompt % 6).to_string()),
                    reasoning: format!("word{prompt} ").repeat(40),
                    domain: Some(if prompt < 3 { "near" } else { "far" }.into()),
                    ..Trace::default()
                });
            }
        }
        traces
    }

    #[track_caller]
    fn is_sound(cases: &Cases<'_>, split: &Split) {
        let mut held: Vec<usize> =
            split.parts.iter().flat_map(|part| part.held_out.clone()).collect();
        held.sort_unstable();
        assert_eq!(held, (0..cases.cases.len()).collect::<Vec<_>>());
        for part in &split.parts {
            let prompts = |of: &[usize]| -> BTreeSet<usize> {
                of.iter().map(|&i| cases.cases[i].prompt).collect()
            };
            assert!(prompts(&part.held_out).is_disjoint(&prompts(&part.training)));
        }
    }

    #[test]
    fn no_prompt_is_on_both_sides() {
        let traces = traces();
        let cases = Cases::new(&traces, TextKind::Reasoning).unwrap();
        let split = Split::new(&cases, Group::Prompt, 3, 1).unwrap();
        assert_eq!(split.parts.len(), 3);
        is_sound(&cases, &split);
        let split = Split::new(&cases, Group::Domain, 3, 1).unwrap();
        let names: Vec<&str> = split.parts.iter().map(|part| part.name.as_str()).collect();
        assert_eq!(names, ["far", "near"]);
        is_sound(&cases, &split);
        // Prompt 0 is in the held-out domain, so its other traces are not learned from.
        assert_eq!(split.parts[0].training.len(), 4);
    }

    #[test]
    fn what_cannot_be_split_is_refused() {
        let traces = traces();
        let cases = Cases::new(&traces, TextKind::Reasoning).unwrap();
        let split = |group, folds| Split::new(&cases, group, folds, 0).unwrap_err();
        let folds = split(Group::Prompt, 7);
        assert!(matches!(folds, Error::TooManyFolds { folds: 7, groups: 6, .. }), "{folds:?}");
        let source = split(Group::Source, 5);
        assert!(matches!(source, Error::OneGroup { group: Group::Source, .. }), "{source:?}");
    }
}
