//! What is kept of the traces for the sections of a report.

use super::{AnalysisOptions, Error, Sections};
use crate::{
    atlas::Atlas,
    attribution::{Scored, classic::Method},
    evaluation::add_changed_texts,
    lineage::{
        Comparison, ScoredCorpus, TextReservoir, add_concordance, add_examples, add_neighbourhood,
        tree::{Corpora, THE_INPUT, add_tree},
    },
    trace::{TextKind, Trace},
};

/// Some of the texts, and the fingerprints of all traces.
pub(super) struct CorpusTexts {
    reservoir: TextReservoir,
    corpora: Corpora,
}

impl CorpusTexts {
    pub fn new(seed: u64) -> Self {
        Self { reservoir: TextReservoir::new(seed), corpora: Corpora::default() }
    }

    /// Adds a trace that was scored as the one with the number `at`.
    ///
    /// # Errors
    /// None in fact: there is but one corpus.
    pub fn add(
        &mut self,
        at: usize,
        trace: &Trace,
        kind: TextKind,
        scored: &Scored,
    ) -> Result<(), Error> {
        self.reservoir.add(at, trace, kind, scored.vector.as_deref());
        let profile = scored.row.profile();
        Ok(self.corpora.add(THE_INPUT, &trace.group_key(), scored.words, profile)?)
    }

    /// Adds to a comparison the sections that are asked for.
    pub fn add_sections(
        &self,
        comparison: &mut Comparison,
        atlas: &Atlas,
        scored: &ScoredCorpus,
        sections: Sections,
        options: &AnalysisOptions,
    ) {
        let seed = options.seed;
        if sections.concordance {
            add_concordance(comparison, &self.reservoir);
        }
        if sections.neighbourhood {
            add_neighbourhood(comparison, atlas, scored, seed);
        }
        if sections.tree {
            add_tree(comparison, atlas, &self.corpora, seed);
        }
        // The default model scores what these two score again: next to another method's shares its
        // own would mislead.
        let is_default = options.scoring.method == Method::Default;
        if sections.examples && is_default {
            add_examples(comparison, atlas, scored, &self.reservoir);
        }
        if sections.changed_texts && is_default {
            let resamples = comparison.provenance.resamples;
            add_changed_texts(
                comparison,
                atlas,
                scored,
                &self.reservoir,
                &options.for_lineage(resamples),
            );
        }
    }
}
