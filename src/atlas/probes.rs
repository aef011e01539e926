//! The prompt sets that an atlas's references answered: what a lab runs its model on for a paired
//! comparison.
//!
//! Comes in: an [`Atlas`]. Goes out: a [`PromptSet`] for each data set with shared prompts. Called
//! by `cli`. An atlas holds hashes of prompts, no text of them; where the public ones can be had
//! stands here.

use super::opened::Atlas;
use serde::Serialize;
use std::collections::BTreeSet;

/// Public prompt sets: the data set's name, what it asks, its licence, where it can be had.
const PUBLIC: [(&str, &str, &str, &str); 5] = [
    (
        "speechmap",
        "political questions and essays on requests to criticize governments",
        "Apache-2.0",
        "https://github.com/xlr8harder/llm-compliance",
    ),
    (
        "misguided-attention",
        "well-known logic puzzles with a changed condition",
        "CC0-1.0",
        "https://github.com/cpldcpu/MisguidedAttention",
    ),
    (
        "pm-llm-benchmark",
        "process mining, long prompts",
        "GPL-3.0",
        "https://github.com/fit-alessandro-berti/pm-llm-benchmark",
    ),
    (
        "cot-monitor-stress-test",
        "short judgements in groups of near-duplicate prompts",
        "MIT",
        "https://github.com/agatha-duzan/cot-monitor-stress-test",
    ),
    (
        "reasoning-models-lie",
        "multiple choice (MMLU-Pro, GPQA)",
        "MIT",
        "https://github.com/wgantt/reasoning-models-lie",
    ),
];

/// A data set whose prompts several references answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PromptSet {
    /// The data set's name, as the references' sources have it.
    pub name: String,
    /// What its prompts ask, where it is a public set that is known here.
    pub about: Option<&'static str>,
    /// Its licence.
    pub licence: Option<&'static str>,
    /// Where it can be had.
    pub url: Option<&'static str>,
    /// Prompts that at least [`SHARED_BY`](crate::attribution::panel::SHARED_BY) references
    /// answered.
    pub prompts: usize,
    /// References that can be compared on them.
    pub references: usize,
    /// Their families; a reference without one is its own.
    pub families: usize,
}

impl Atlas {
    /// The prompt sets that the references answered, the most references first. Empty where the
    /// atlas contains no panel of shared prompts.
    pub fn prompt_sets(&self) -> Vec<PromptSet> {
        let mut sets: Vec<PromptSet> = self
            .about
            .data_sets
            .iter()
            .enumerate()
            .map(|(data_set, name)| {
                let known = PUBLIC.iter().find(|public| public.0 == name);
                let on = |member: &usize| self.about.references.get(*member);
                let members: Vec<usize> =
                    self.panel.on(data_set).filter(|m| m.paired).map(|m| m.reference).collect();
                let families: BTreeSet<&str> = members
                    .iter()
                    .filter_map(on)
                    .map(|reference| reference.family.as_deref().unwrap_or(&reference.name))
                    .collect();
                PromptSet {
                    name: name.clone(),
                    about: known.map(|public| public.1),
                    licence: known.map(|public| public.2),
                    url: known.map(|public| public.3),
                    prompts: self.panel.prompts.iter().filter(|p| p.data_set == data_set).count(),
                    references: members.len(),
                    families: families.len(),
                }
            })
            .filter(|set| set.prompts > 0)
            .collect();
        sets.sort_by(|a, b| b.references.cmp(&a.references).then_with(|| a.name.cmp(&b.name)));
        sets
    }
}
