//! Held-out traces of one round → corpora, each with the verdict on it.

use crate::{
    atlas::{Atlas, vendor},
    attribution::Scored,
    evaluation::Case,
    lineage::{ERROR_RATE, ScoredCorpus, Verified, verdict_rules::is_enough, verify},
    stats::random::{shuffle, stream},
    trace::TextKind,
};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use xxhash_rust::xxh3::xxh3_64;

/// Traces in a corpus.
pub(super) const SIZES: [usize; 5] = [1, 5, 10, 20, 50];
/// Corpora of each size that are drawn of a model's traces of one data set in one round.
const DRAWS: usize = 5;

/// A held-out trace, as far as a verdict reads it.
#[derive(Debug)]
pub(in crate::evaluation) struct HeldOutTrace<'a> {
    case: &'a Case<'a>,
    scored: Scored,
    language: Option<String>,
}

impl<'a> HeldOutTrace<'a> {
    /// A case with its score, of which the n-grams are dropped: no verdict reads them.
    pub fn new(case: &'a Case<'a>, mut scored: Scored) -> Self {
        let row = &mut scored.row;
        (row.indices, row.values, row.counts) = (Vec::new(), Vec::new(), Vec::new());
        Self { case, scored, language: case.trace.language(&case.text) }
    }
}

/// Who wrote a corpus, and whether the candidate is the writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::evaluation) enum Writer {
    /// A model that the atlas knows, and the candidate is of its family.
    KnownAndRight,
    /// A model that the atlas knows, and the candidate is of another family, or there is none.
    KnownAndWrong,
    /// A model whose whole family was left out.
    Stranger,
    /// The same, where the candidate is of its vendor: a name would be neither right nor wrong.
    Relative,
}

impl Writer {
    /// Whether the atlas knows the model.
    pub fn is_known(self) -> bool {
        matches!(self, Self::KnownAndRight | Self::KnownAndWrong)
    }
}

/// A corpus and the verdict on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::evaluation) struct JudgedCorpus {
    /// The number of the model that wrote it.
    pub model: usize,
    /// The number of its family.
    pub family: usize,
    /// Traces in it.
    pub traces: usize,
    /// What it counts: the corpora of one size that are drawn of the same traces count 1 together.
    pub weight: f64,
    /// Who wrote it.
    pub writer: Writer,
    /// The probability that the candidate's family wrote it; `None` where the program states none: it
    /// found no candidate, or the ground is unfamiliar.
    pub probability: Option<f64>,
    /// Whether `compare` would name the candidate's family.
    pub is_named: bool,
}

/// What judges the corpora of one round.
pub(in crate::evaluation) struct RoundJudge<'a> {
    /// The atlas that was learned.
    pub atlas: &'a Atlas,
    /// The kind of text.
    pub text: TextKind,
    /// The names of all models, ascending, known or not.
    pub models: &'a [String],
    /// The number of the family of each.
    pub families: &'a [usize],
    /// Whether each was left out with its family.
    pub left_out: &'a [bool],
    /// The number of the round.
    pub round: usize,
    /// What corpora are drawn by.
    pub seed: u64,
}

impl RoundJudge<'_> {
    /// Draws corpora of the held-out traces of each model and data set, and judges them. Corpora of
    /// different sizes hold the same traces as far as they can. The result does not depend on the number
    /// of threads.
    pub fn judge(&self, traces: &[&HeldOutTrace<'_>]) -> Vec<JudgedCorpus> {
        let mut cells: BTreeMap<(usize, &str), Vec<&HeldOutTrace<'_>>> = BTreeMap::new();
        for &own in traces {
            cells.entry((own.case.model, &own.case.trace.source)).or_default().push(own);
        }
        let drawn: Vec<(usize, usize, Vec<&HeldOutTrace<'_>>)> = cells
            .into_iter()
            .flat_map(|((model, source), members)| {
                (0..DRAWS).flat_map(move |draw| self.draw(model, source, &members, draw))
            })
            .collect();
        drawn
            .into_par_iter()
            .map(|(model, draws, chosen)| self.verdict(model, draws, &chosen))
            .collect()
    }

    /// The corpora of one draw: the model, the number of draws of this size, and the traces.
    fn draw<'t>(
        &self,
        model: usize,
        source: &str,
        members: &[&'t HeldOutTrace<'t>],
        draw: usize,
    ) -> Vec<(usize, usize, Vec<&'t HeldOutTrace<'t>>)> {
        let key = format!("{}\n{}\n{source}\n{draw}", self.round, self.models[model]);
        let mut shuffled = members.to_vec();
        shuffle(&mut shuffled, &mut stream(self.seed, xxh3_64(key.as_bytes())));
        // All traces can be taken in one way only.
        let draws = |size: usize| if size == members.len() { 1 } else { DRAWS };
        SIZES
            .into_iter()
            .filter(|&size| size <= members.len() && draw < draws(size))
            .map(|size| (model, draws(size), shuffled[..size].to_vec()))
            .collect()
    }

    fn verdict(&self, model: usize, draws: usize, chosen: &[&HeldOutTrace<'_>]) -> JudgedCorpus {
        let mut corpus = ScoredCorpus::default();
        for own in chosen {
            if let Some(language) = &own.language {
                corpus.add_language(language);
            }
            corpus.add(self.atlas, own.case.trace, self.text, own.scored.clone());
        }
        corpus.settle();
        let verified = verify(self.atlas, &corpus, &[], ERROR_RATE);
        let prompts: BTreeSet<usize> = chosen.iter().map(|own| own.case.prompt).collect();
        let words = chosen.iter().map(|own| own.scored.words).sum();
        let enough = is_enough(chosen.len(), prompts.len(), words);
        JudgedCorpus {
            model,
            family: self.families[model],
            traces: chosen.len(),
            weight: 1.0 / draws as f64,
            writer: self.writer(model, verified.as_ref()),
            probability: verified
                .as_ref()
                .filter(|verified| verified.unfamiliar.is_none())
                .map(|verified| verified.candidate.probability),
            is_named: enough && verified.as_ref().is_some_and(Verified::names_family),
        }
    }

    fn writer(&self, model: usize, verified: Option<&Verified>) -> Writer {
        let candidate = verified.map(|verified| &verified.candidate);
        if self.left_out[model] {
            let own = vendor(&self.models[model]);
            let relative = candidate.is_some_and(|candidate| candidate.vendor == own);
            return if relative { Writer::Relative } else { Writer::Stranger };
        }
        let named = candidate.and_then(|own| self.models.binary_search(&own.reference).ok());
        match named.is_some_and(|named| self.families[named] == self.families[model]) {
            true => Writer::KnownAndRight,
            false => Writer::KnownAndWrong,
        }
    }
}
