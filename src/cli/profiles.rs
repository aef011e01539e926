//! `cotprint compare` where its inputs are profiles.

use super::{
    Common,
    actions::{Printed, print},
    inputs::{ScoringArguments, open_atlas},
    progress::Progress,
    shows_colour,
};
use crate::{
    analysis::{Inputs, compare_profiles, is_profile},
    attribution::classic::Method,
    report::{escaped_json, write_profiles},
};
use std::path::Path;

/// What is asked of profiles.
pub(super) struct ProfileRequest<'a> {
    pub scoring: &'a ScoringArguments,
    pub baseline: &'a [String],
    pub resamples: u32,
    pub json: bool,
    /// Whether a report was asked for, which needs texts.
    pub has_report: bool,
    /// Whether references were given to learn an atlas from.
    pub has_refs: bool,
    /// Whether a verdict for each value of a field was asked for.
    pub has_groups: bool,
}

/// Whether the inputs are profiles.
///
/// # Errors
/// Where some are and some are not.
pub(super) fn are_profiles(inputs: &[String]) -> anyhow::Result<bool> {
    let profiles = inputs.iter().filter(|input| is_profile(Path::new(input))).count();
    if profiles == 0 || profiles == inputs.len() {
        return Ok(profiles > 0);
    }
    let first = inputs.iter().find(|input| is_profile(Path::new(input)));
    anyhow::bail!(
        "{} is a profile, and other inputs are not. To measure traces against it, give it with --baseline; or make a \
         profile of the traces with `cotprint profile`",
        first.map(String::as_str).unwrap_or_default()
    )
}

/// Compares a profile with the references and with an older corpus: the profile before it, or the
/// baseline.
pub(super) fn run(request: &ProfileRequest<'_>, common: &Common) -> anyhow::Result<()> {
    request.refuse_options()?;
    let scoring = request.scoring;
    let (old, new) = request.corpora()?;
    let is_traces = |name: &String| !is_profile(Path::new(name));
    let has_traces = old.as_ref().is_some_and(|old| old.names().iter().any(is_traces));
    let atlas = if has_traces || scoring.embed.is_some() {
        scoring.open_atlas()?
    } else {
        // Profiles need no source of vectors.
        open_atlas(scoring.atlas.as_deref())?
    };
    let progress = Progress::new(common);
    let scorer = scoring.scorer(&atlas)?.progress(&progress);
    let options = scoring.options(common, request.resamples)?;
    let comparison = compare_profiles(&scorer, new, old.as_ref(), &options)?;
    print(Printed::json_if(request.json), |out| {
        if request.json {
            return Ok(writeln!(out, "{}", escaped_json(&comparison)?.trim_end())?);
        }
        Ok(write_profiles(&comparison, shows_colour(), out)?)
    })
}

impl ProfileRequest<'_> {
    /// Refuses what needs the texts or the scores of single traces.
    fn refuse_options(&self) -> anyhow::Result<()> {
        let has_method = self.scoring.method != Method::Default;
        for (given, option, why) in [
            (self.has_report, "--report", "a report shows shares and phrases"),
            (self.has_refs, "--refs", "a profile belongs to the atlas that it was made with"),
            (self.has_groups, "--by", "groups are made of single traces"),
            (has_method, "--method", "other methods score single traces"),
        ] {
            if given {
                anyhow::bail!(
                    "{option} is not for profiles: {why}, and a profile keeps no scores and no text. Leave it out, or \
                     compare the traces"
                );
            }
        }
        Ok(())
    }

    /// The older corpus, where there is one, and the newer profile.
    fn corpora(&self) -> anyhow::Result<(Option<Inputs>, &str)> {
        Ok(match (self.scoring.inputs.as_slice(), self.baseline) {
            ([new], []) => (None, new),
            ([old, new], []) => (Some(old.into()), new),
            ([new], baseline) => (Some(baseline.into()), new),
            (inputs, _) => anyhow::bail!(
                "{} profiles are too many: give the older and the newer one, or one and a --baseline; `cotprint profile \
                 merge` adds profiles up",
                inputs.len()
            ),
        })
    }
}
