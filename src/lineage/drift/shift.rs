//! A shift from an older corpus to a newer one, and the references that it is compared with.

use super::pairs::PromptPair;
use crate::{
    atlas::Atlas,
    attribution::panel::Member,
    lineage::{residuals::member_for, scored_corpus::ScoredCorpus},
};
use std::collections::BTreeMap;

/// With this many references that are known from the prompts' own data sets, the others are left out.
const ENOUGH_REFERENCES: usize = 5;

/// A shift, prompt by prompt.
#[derive(Debug)]
pub(super) struct Shift<'a> {
    /// The pairs of prompts.
    pub pairs: Vec<PromptPair>,
    /// The numbers of the references that it is compared with.
    pub references: Vec<usize>,
    /// For each data set of the pairs the panel's entry of every reference, in the order of `references`.
    pub members: BTreeMap<usize, Vec<&'a Member>>,
}

impl<'a> Shift<'a> {
    /// The shift to the corpus `new`, compared with every reference but that corpus itself: it would move
    /// towards itself.
    pub fn new(atlas: &'a Atlas, new: &ScoredCorpus, pairs: Vec<PromptPair>) -> Self {
        let panel = &atlas.panel;
        let is_itself = |r: usize| new.labels.contains(&atlas.about.references[r].name);
        let all: Vec<usize> = (0..atlas.about.references.len())
            .filter(|&r| !is_itself(r))
            .filter(|&r| pairs.iter().all(|pair| member_for(panel, r, pair.data_set).is_some()))
            .collect();
        // How a reference departs from others on one data set says little about another data set.
        let at_home = |r: usize| {
            pairs.iter().all(|pair| panel.on(pair.data_set).any(|member| member.reference == r))
        };
        let home: Vec<usize> = all.iter().copied().filter(|&r| at_home(r)).collect();
        let references = if home.len() >= ENOUGH_REFERENCES { home } else { all };
        let members = pairs
            .iter()
            .map(|pair| {
                let members =
                    references.iter().filter_map(|&r| member_for(panel, r, pair.data_set));
                (pair.data_set, members.collect())
            })
            .collect();
        Self { pairs, references, members }
    }
}
