//! Controls: traces of models that the atlas knows, on the prompts of the corpus.
//!
//! Where the atlas does not know the prompts, controls tell how everybody writes on them. Read by
//! [`Comparer`](super::Comparer), [`Checker`](super::Checker) and [`Auditor`](super::Auditor).

use super::{Error, Inputs, Scorer, baseline::refuse_vectors_by_order, score_corpus::score_corpus};
use crate::lineage::ControlCorpus;

/// Reads a control and scores it as the corpus is scored. `reading` says what is done with it.
///
/// # Errors
/// Where the atlas has no reference of this name, or the traces cannot be read.
pub(super) fn read_control(
    scorer: &Scorer<'_>,
    reference: &str,
    inputs: &Inputs,
    reading: &'static str,
) -> Result<ControlCorpus, Error> {
    let atlas = scorer.atlas();
    if !atlas.names().any(|name| name == reference) {
        return Err(Error::UnknownControl { reference: reference.to_owned() });
    }
    refuse_vectors_by_order(atlas.vectors(), reading)?;
    let corpus = score_corpus(scorer, inputs, &mut |_| Ok(()))?;
    Ok(ControlCorpus::new(reference, &corpus))
}
