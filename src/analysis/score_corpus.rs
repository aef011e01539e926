//! Inputs → one scored corpus, without a survey of what is in it.

use super::{Error, Inputs, ScoredTrace, Scorer, scored_traces::Look};
use crate::{atlas::Atlas, lineage::ScoredCorpus, trace::TextKind};

/// Scores the traces of the inputs as one corpus.
pub(super) fn score_corpus(
    scorer: &Scorer<'_>,
    inputs: &Inputs,
    each: &mut dyn FnMut(&ScoredTrace) -> Result<(), Error>,
) -> Result<ScoredCorpus, Error> {
    let (atlas, text) = (scorer.atlas(), scorer.options().reading.text);
    let mut corpus = ScoredCorpus::default();
    for one in scorer.scored_traces(inputs, Look::Language)? {
        let one = one?;
        each(&one)?;
        add(&mut corpus, atlas, text, one);
    }
    corpus.settle();
    Ok(corpus)
}

/// Adds a trace to a corpus, with its language, or counts it as too short.
pub(super) fn add(corpus: &mut ScoredCorpus, atlas: &Atlas, text: TextKind, one: ScoredTrace) {
    if let Some(language) = &one.marks.language {
        corpus.add_language(language);
    }
    match one.scored {
        Ok(scored) => corpus.add(atlas, &one.trace, text, scored),
        Err(_) => corpus.add_too_short(),
    }
}
