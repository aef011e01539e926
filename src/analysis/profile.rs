//! Corpora kept as profiles: made of traces, compared.

use super::{
    AnalysisOptions, Error, Inputs, Scorer, baseline::read_baseline,
    profile_files::merged_profiles, score_corpus::score_corpus,
};
use crate::lineage::{Profile, ProfileComparison};

/// Makes the profile of a corpus.
///
/// # Errors
/// Where the inputs cannot be read, no trace is long enough for a score, or the atlas has no panel
/// of shared prompts.
pub fn profile(scorer: &Scorer<'_>, inputs: impl Into<Inputs>) -> Result<Profile, Error> {
    let corpus = score_corpus(scorer, &inputs.into(), &mut |_| Ok(()))?;
    if corpus.traces() == 0 {
        let sentence = "no trace was long enough to be judged; give more or longer traces";
        return Err(Error::TooLittleText { sentence: sentence.into() });
    }
    Profile::new(scorer.atlas(), &corpus).map_err(|why| Error::NoProfile { why: why.to_string() })
}

/// Compares a profile with the references, and with an older corpus where one is given: profiles
/// or traces.
///
/// # Errors
/// Where one of them cannot be read, or the two cannot be compared.
pub fn compare_profiles(
    scorer: &Scorer<'_>,
    new: &str,
    old: Option<&Inputs>,
    options: &AnalysisOptions,
) -> Result<ProfileComparison, Error> {
    options.check()?;
    let atlas = scorer.atlas();
    let corpus = merged_profiles(&[new.to_owned()])?.tally(atlas, new)?;
    let baseline = match old {
        None => None,
        Some(old) => {
            let corpus = read_baseline(scorer, old, &options.atlas_name, &mut |_| Ok(()))?;
            Some((corpus, old.names().join(", ")))
        }
    };
    let old = baseline.as_ref().map(|(corpus, name)| (corpus, name.as_str()));
    let asked = options.for_lineage(options.resamples);
    crate::lineage::compare_profiles(atlas, (&corpus, new), old, &asked)
        .map_err(|why| Error::TooLittleText { sentence: why.to_string() })
}
