//! What learning an atlas takes and gives.

use super::opened::Atlas;
use crate::{
    attribution::FitOptions,
    features::{embed::Source, token_ngrams::TokenNgrams},
    trace::TextKind,
};
use std::{collections::BTreeMap, sync::Arc};

/// How an atlas is learned.
#[derive(Debug, Clone, Default)]
pub struct LearnOptions {
    /// Which text of a trace is learned from.
    pub text: TextKind,
    /// Whether names of models and vendors were masked in the traces.
    pub masked_names: bool,
    /// Model → family. Where it is empty, references that are taken for each other on new prompts
    /// become families.
    pub families: BTreeMap<String, String>,
    /// Features, channels and seed.
    pub fit: FitOptions,
    /// The tokenizer of the channel `token`.
    pub tokens: Option<Arc<TokenNgrams>>,
    /// Where the vectors of the channel `vectors` come from; a file whose rows are matched by order
    /// has to know the traces ([`Source::for_traces`]).
    pub vectors: Option<Source>,
    /// Whether the word frequencies of the classic measures of stylometry are learned too.
    pub classic: bool,
}

/// A new atlas.
#[derive(Debug)]
pub struct Learned {
    /// The atlas, as it is read back from `bytes`.
    pub atlas: Atlas,
    /// The bytes of its file.
    pub bytes: Vec<u8>,
    /// Traces that were not learned from, by reason.
    pub dropped: BTreeMap<String, usize>,
    /// Prompts that ask nearly the same as another, with which they were held out together
    /// ([`PromptGroups`](crate::trace::PromptGroups)).
    pub near_duplicates: usize,
}
