//! Why there is no evaluation.

use super::group::Group;
use crate::{
    atlas::{MINIMUM_TRACES, what_was_found},
    attribution::MINIMUM_WORDS,
};
use std::collections::BTreeMap;

/// An evaluation needs this many prompts: one to hold out and two to learn from.
pub const FEWEST_PROMPTS: usize = 3;

/// Why an evaluation failed. The messages name no options of the command line, which adds its own
/// advice.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There are fewer groups of prompts than folds.
    #[error(
        "{folds} folds were asked for, and the traces have {groups} different prompts{}: every fold needs one of its own",
        if groups < prompts { ", those that ask nearly the same counted once" } else { "" }
    )]
    TooManyFolds {
        /// The folds that were asked for.
        folds: usize,
        /// Groups of prompts that ask nearly the same.
        groups: usize,
        /// Different prompts.
        prompts: usize,
    },
    /// All traces are of one domain or source.
    #[error(
        "all traces are of one {}, \"{only}\", so that none can be left out",
        group.name()
    )]
    OneGroup {
        /// What is left out at a time.
        group: Group,
        /// The only one.
        only: String,
    },
    /// A pair names a model that wrote none of the traces.
    #[error(
        "a pair names {name}, and none of the traces is of that model; the models are {}",
        models.join(", ")
    )]
    UnknownModel {
        /// The name.
        name: String,
        /// The models of the traces.
        models: Vec<String>,
    },
    /// A pair names one model twice.
    #[error("a pair names {name} twice, and takes two different models")]
    SameModel {
        /// The name.
        name: String,
    },
    /// There are too few usable traces.
    #[error(transparent)]
    TooLittle(#[from] TooLittle),
    /// An atlas could not be learned, for another reason than too few traces.
    #[error(transparent)]
    Atlas(#[from] crate::atlas::Error),
}

/// What there is too little of for an evaluation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TooLittle {
    /// Fewer than two models have enough traces.
    #[error(
        "an evaluation needs at least two models with {MINIMUM_TRACES} traces of {MINIMUM_WORDS} words each, and {}",
        what_was_found(only.as_deref(), *traces, dropped)
    )]
    Models {
        /// The only model with enough traces, where there is one.
        only: Option<String>,
        /// The traces that were given.
        traces: usize,
        /// How many of them cannot be used, by reason.
        dropped: BTreeMap<String, usize>,
    },
    /// There are fewer than [`FEWEST_PROMPTS`] prompts.
    #[error(
        "{}, and an evaluation needs at least {FEWEST_PROMPTS} different prompts: one to hold out and two to learn from",
        if *prompts == 1 { "all traces have the same prompt".into() } else { format!("the traces have {prompts} different prompts") }
    )]
    Prompts {
        /// Different prompts.
        prompts: usize,
    },
    /// No part had both something to learn from and something to judge.
    #[error(
        "nothing could be judged: {}",
        match failure {
            Some(why) => format!("in no part could an atlas be learned: {why}"),
            None => "no held-out trace is of a model that could be learned without it".into(),
        }
    )]
    NothingJudged {
        /// Why nothing could be learned in the first part where that failed.
        failure: Option<String>,
    },
}
