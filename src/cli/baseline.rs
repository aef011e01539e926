//! The older corpus that a newer one is measured against: traces, or profiles made of them.
//!
//! Used by `compare` and `check`.

use super::{Common, inputs::ScoringArguments, vectors};
use crate::{
    atlas::Atlas,
    attribution::{Scored, TooShort},
    lineage::{PROFILE_MAGIC, Profile, ScoredCorpus},
    trace::{Place, Trace},
};
use anyhow::Context;
use std::{fs::File, io::Read, path::Path};

/// A profile file is no longer than this.
const MOST_BYTES: u64 = 512 << 20;

/// The tally of a baseline, scored with the same atlas and read as the inputs are.
pub(super) fn tally_baseline(
    scoring: &ScoringArguments,
    baseline: &[String],
    atlas: &Atlas,
    common: &Common,
) -> anyhow::Result<ScoredCorpus> {
    tally_baseline_with(scoring, baseline, atlas, common, &mut |_, _, _, _| Ok(()))
}

/// Gets every trace that is read: with its place, the number of its words, and whether it was scored.
pub(super) type EachTrace<'a> = dyn FnMut(&Trace, &Place, usize, bool) -> anyhow::Result<()> + 'a;

/// The same; `each` gets every trace that is read. A profile has none.
pub(super) fn tally_baseline_with(
    scoring: &ScoringArguments,
    baseline: &[String],
    atlas: &Atlas,
    common: &Common,
    each: &mut EachTrace<'_>,
) -> anyhow::Result<ScoredCorpus> {
    if atlas.panel.width() == 0 {
        anyhow::bail!(
            "--baseline needs an atlas with a panel of shared prompts to measure with, and the atlas ({}) holds none: \
             name another with --atlas, or learn one with `cotprint fit`",
            scoring.atlas_name()
        );
    }
    let profiles = baseline.iter().filter(|input| is_profile(Path::new(input))).count();
    if profiles > 0 {
        if profiles < baseline.len() {
            anyhow::bail!(
                "--baseline names profiles and traces; give either, or make a profile of the traces and add \
                 them up with `cotprint profile merge`"
            );
        }
        return Ok(merged(baseline)?.tally(atlas, &baseline.join(", "))?);
    }
    vectors::read_once(atlas.vectors(), "a comparison with a --baseline")?;
    let mut scoring = scoring.clone();
    scoring.inputs = baseline.to_vec();
    tally_with(&scoring, atlas, common, each)
}

/// The tally of all inputs.
pub(super) fn tally(
    scoring: &ScoringArguments,
    atlas: &Atlas,
    common: &Common,
) -> anyhow::Result<ScoredCorpus> {
    tally_with(scoring, atlas, common, &mut |_, _, _, _| Ok(()))
}

fn tally_with(
    scoring: &ScoringArguments,
    atlas: &Atlas,
    common: &Common,
    each: &mut EachTrace<'_>,
) -> anyhow::Result<ScoredCorpus> {
    let text = scoring.reading.text;
    let mut tally = ScoredCorpus::default();
    scoring.score_with_places(
        atlas,
        common,
        |trace| trace.language(&trace.text(text).unwrap_or_default()),
        |trace, place, scored, language| {
            if let Some(language) = language {
                tally.add_language(&language);
            }
            let (words, is_scored) = words_of(&scored);
            match scored {
                Ok(scored) => tally.add(atlas, trace, text, scored),
                Err(_) => tally.add_too_short(),
            }
            each(trace, &place, words, is_scored)
        },
    )?;
    Ok(tally)
}

/// The words of a trace, and whether they were enough to score it.
pub(super) fn words_of(scored: &Result<Scored, TooShort>) -> (usize, bool) {
    match scored {
        Ok(scored) => (scored.words, true),
        Err(short) => (short.words, false),
    }
}

/// Whether a file begins as a profile does.
pub(super) fn is_profile(path: &Path) -> bool {
    let mut start = [0; PROFILE_MAGIC.len()];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == *PROFILE_MAGIC
}

/// Several profiles, added up.
pub(super) fn merged(files: &[String]) -> anyhow::Result<Profile> {
    let mut all: Option<Profile> = None;
    for name in files {
        let mut bytes = Vec::new();
        File::open(name)
            .and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes))
            .with_context(|| {
                format!("cannot read {name}; name a profile that `cotprint profile` made")
            })?;
        let profile = Profile::from_bytes(&bytes, name)?;
        match &mut all {
            None => all = Some(profile),
            Some(all) => all.merge(&profile, name)?,
        }
    }
    all.ok_or_else(|| anyhow::anyhow!("no profile was named; name at least one"))
}
