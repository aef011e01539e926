//! `cotprint compare` where its inputs are profiles.

use super::{
    Common, TooLittleText,
    baseline::{is_profile, merged, tally_baseline},
    compare::Arguments,
    shows_colour,
};
use crate::{
    attribution::classic::Method,
    lineage::{CompareOptions, compare_profiles},
    report::{escaped_json, write_profiles},
};
use std::{io::Write, path::Path};

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

/// Compares a profile with the references and with an older corpus: the profile before it, or the baseline.
pub(super) fn run(
    arguments: &Arguments,
    common: &Common,
    options: &CompareOptions,
) -> anyhow::Result<()> {
    let scoring = &arguments.scoring;
    for (given, option, why) in [
        (arguments.report.is_some(), "--report", "a report shows shares and phrases"),
        (
            !arguments.refs.is_empty(),
            "--refs",
            "a profile belongs to the atlas that it was made with",
        ),
        (scoring.method != Method::Default, "--method", "other methods score single traces"),
    ] {
        if given {
            anyhow::bail!(
                "{option} is not for profiles: {why}, and a profile keeps no scores and no text. Leave it out, or \
                 compare the traces"
            );
        }
    }
    let (old, new) = match (scoring.inputs.as_slice(), arguments.baseline.as_slice()) {
        ([new], []) => (None, new),
        ([old, new], []) => (Some(std::slice::from_ref(old)), new),
        ([new], baseline) => (Some(baseline), new),
        (inputs, _) => anyhow::bail!(
            "{} profiles are too many: give the older and the newer one, or one and a --baseline; `cotprint profile \
             merge` adds profiles up",
            inputs.len()
        ),
    };
    let has_traces = old.is_some_and(|old| old.iter().any(|input| !is_profile(Path::new(input))));
    let atlas = if has_traces || scoring.embed.is_some() {
        scoring.open_atlas()?
    } else {
        scoring.open_atlas_for_profiles()?
    };
    let tally = merged(std::slice::from_ref(new))?.tally(&atlas, new)?;
    let baseline = match old {
        None => None,
        Some(old) => Some((tally_baseline(scoring, old, &atlas, common)?, old.join(", "))),
    };
    let old = baseline.as_ref().map(|(tally, name)| (tally, name.as_str()));
    let comparison = compare_profiles(&atlas, (&tally, new), old, options)
        .map_err(|why| TooLittleText(why.to_string()))?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        writeln!(out, "{}", escaped_json(&comparison)?.trim_end())?;
    } else {
        write_profiles(&comparison, shows_colour(), &mut out)?;
    }
    out.flush()?;
    Ok(())
}
