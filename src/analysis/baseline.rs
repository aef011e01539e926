//! The older corpus that a newer one is measured against: traces, or profiles made of them.

use super::{
    Error, Inputs, ScoredTrace, Scorer,
    profile_files::{is_profile, merged_profiles},
    score_corpus::score_corpus,
};
use crate::{features::embed::Source, lineage::ScoredCorpus};
use std::path::Path;

/// Reads a baseline and scores it as the newer corpus is scored. `each` gets every trace that is
/// read; a profile has none.
pub(super) fn read_baseline(
    scorer: &Scorer<'_>,
    inputs: &Inputs,
    atlas_name: &str,
    each: &mut dyn FnMut(&ScoredTrace) -> Result<(), Error>,
) -> Result<ScoredCorpus, Error> {
    let atlas = scorer.atlas();
    if atlas.panel.width() == 0 {
        return Err(Error::NoPanel { atlas: atlas_name.to_owned() });
    }
    let names = inputs.names();
    let profiles = names.iter().filter(|name| is_profile(Path::new(name))).count();
    if profiles > 0 {
        if profiles < names.len() {
            return Err(Error::MixedBaseline);
        }
        return Ok(merged_profiles(names)?.tally(atlas, &names.join(", "))?);
    }
    refuse_vectors_by_order(atlas.vectors(), "a comparison with a baseline")?;
    score_corpus(scorer, inputs, each)
}

/// Refuses vectors that are matched with traces by their order where traces are read more than
/// once: rows could not be told apart. `reading` says what reads them.
///
/// # Errors
/// Where the vectors have no ids.
pub fn refuse_vectors_by_order(
    source: Option<&Source>,
    reading: &'static str,
) -> Result<(), Error> {
    if source.is_some_and(Source::is_by_order) {
        return Err(Error::VectorsByOrder { reading });
    }
    Ok(())
}
