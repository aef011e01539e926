//! Corpora kept as profiles: made of traces, added up, compared.

use super::{
    AnalysisOptions, Error, Inputs, Scorer,
    baseline::{read_baseline, score_corpus},
};
use crate::lineage::{PROFILE_MAGIC, Profile, ProfileComparison};
use std::{fs::File, io::Read, path::Path};

/// A profile file is no longer than this.
const MOST_BYTES: u64 = 512 << 20;

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
    Profile::of(scorer.atlas(), &corpus).map_err(|why| Error::NoProfile { why: why.to_string() })
}

/// Whether a file begins as a profile does.
pub fn is_profile(path: &Path) -> bool {
    let mut start = [0; PROFILE_MAGIC.len()];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == *PROFILE_MAGIC
}

/// Reads profiles and adds them up.
///
/// # Errors
/// Where a file cannot be read or is not a profile, or two were made with different atlases.
pub fn merged_profiles(files: &[String]) -> Result<Profile, Error> {
    let (first, others) = files.split_first().ok_or(Error::NoProfiles)?;
    let mut all = read_profile(first)?;
    for name in others {
        all.merge(&read_profile(name)?, name)?;
    }
    Ok(all)
}

fn read_profile(name: &str) -> Result<Profile, Error> {
    let mut bytes = Vec::new();
    File::open(name)
        .and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes))
        .map_err(|source| Error::ReadProfile { name: name.to_owned(), source })?;
    Ok(Profile::from_bytes(&bytes, name)?)
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
