//! `cotprint card`: the section of a model card on whom the traces resemble.

use super::{
    Common, TooLittleText,
    baseline::tally_baseline,
    compare::{Compared, compared},
    inputs::{ScoringArguments, files_behind},
    output::Output,
    quoted,
};
use crate::{
    lineage::{CompareOptions, VerdictKind, add_drift},
    report::gate::card,
};
use clap::Args;
use std::{io::Write, path::PathBuf};

/// Arguments of `card`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    #[command(flatten)]
    scoring: ScoringArguments,
    /// An older corpus or its profile: also tell what moved since
    #[arg(long, value_name = "INPUT")]
    baseline: Vec<String>,
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Bootstrap resamples over prompts
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    resamples: u32,
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments, common: &Common) -> anyhow::Result<()> {
    let scoring = &arguments.scoring;
    let atlas = scoring.open_atlas()?;
    let mut files = scoring.files_read()?;
    files.join(files_behind(&[&arguments.baseline])?);
    let mut output = Output::open(arguments.output.as_deref(), "-o", &files)?;
    let mut words = vec!["cotprint".to_owned(), "compare".to_owned()];
    words.extend(scoring.inputs.iter().map(|input| quoted(input)));
    if let Some(atlas) = &scoring.atlas {
        words.extend(["--atlas".into(), quoted(&atlas.display().to_string())]);
    }
    for baseline in &arguments.baseline {
        words.extend(["--baseline".into(), quoted(baseline)]);
    }
    words.extend(scoring.method_words());
    words.extend(scoring.embed_words().iter().map(|word| quoted(word)));
    words.extend(scoring.reading.words().iter().map(|word| quoted(word)));
    words.extend(["--seed".into(), common.seed.to_string()]);
    words.extend(["--resamples".into(), arguments.resamples.to_string()]);
    let options = CompareOptions {
        seed: common.seed,
        resamples: arguments.resamples as usize,
        command: words.join(" "),
        atlas: scoring.atlas_name(),
        method: scoring.method,
    };
    let Compared { mut comparison, tally, .. } =
        compared(scoring, &atlas, common, &options, &mut |_, _, _, _| Ok(()))?;
    if comparison.verdict.kind == VerdictKind::TooLittleText {
        return Err(TooLittleText(comparison.verdict.sentence()).into());
    }
    if !arguments.baseline.is_empty() {
        let baseline = tally_baseline(scoring, &arguments.baseline, &atlas, common)?;
        add_drift(&mut comparison, &atlas, &tally, &baseline, &options).map_err(TooLittleText)?;
    }
    output.write_all(card(&comparison).as_bytes())?;
    output.finish()
}
