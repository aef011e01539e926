//! Inputs → one scored corpus, without a survey of what is in it.

use super::{Error, Inputs, ScoredTrace, Scorer, scored_traces::Look};
use crate::{
    ingest::{self, Traces},
    lineage::ScoredCorpus,
};

/// Scores the traces of the inputs as one corpus.
pub(super) fn score_corpus(
    scorer: &Scorer<'_>,
    inputs: &Inputs,
    each: &mut dyn FnMut(&ScoredTrace) -> Result<(), Error>,
) -> Result<ScoredCorpus, Error> {
    score_traces(scorer, ingest::open(inputs.names(), scorer.options().reading.clone())?, each)
}

/// Scores traces that are being read as one corpus.
pub(super) fn score_traces(
    scorer: &Scorer<'_>,
    traces: Traces,
    each: &mut dyn FnMut(&ScoredTrace) -> Result<(), Error>,
) -> Result<ScoredCorpus, Error> {
    let (atlas, text) = (scorer.atlas(), scorer.options().reading.text);
    let mut corpus = ScoredCorpus::default();
    for one in scorer.scored(traces, Look::Language) {
        let one = one?;
        if let Some(language) = &one.marks.language {
            corpus.add_language(language);
        }
        each(&one)?;
        match one.scored {
            Ok(scored) => corpus.add(atlas, &one.trace, text, scored),
            Err(_) => corpus.add_too_short(),
        }
    }
    corpus.settle();
    Ok(corpus)
}
