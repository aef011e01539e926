//! `cotprint fit`: learns an atlas from labelled traces, or adds their models to one.

use super::{
    Common, inputs::open_atlas, labelled::LabelledArguments, output::Output, progress::Progress,
};
use crate::{
    analysis::Progress as _,
    atlas::{Atlas, Extension, LearnOptions, extend, learn},
    attribution::FitOptions,
};
use clap::Args;
use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
};

/// What stands for the atlas that is built into the program.
const EMBEDDED: &str = "embedded";

/// Arguments of `fit`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    #[command(flatten)]
    labelled: LabelledArguments,
    /// Atlas to write
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// Also learn the word frequencies that the classic measures need (--method)
    #[arg(long)]
    classic: bool,
    /// Keep what --extend needs to add models later (about 3 MB)
    #[arg(long)]
    extendable: bool,
    /// Add the models of the inputs to this atlas: a file that was made with --extendable, or
    /// `embedded` for the atlas that is built in
    #[arg(long, value_name = "ATLAS", conflicts_with_all = ["classic", "extendable", "channels", "tokenizer", "embed"])]
    extend: Option<PathBuf>,
    /// Print what was learned as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments, common: &Common) -> anyhow::Result<()> {
    let options = arguments.labelled.options(common)?;
    let fit = FitOptions { extendable: arguments.extendable, ..options.fit };
    let mut options = LearnOptions { classic: arguments.classic, fit, ..options };
    // Before the long run, not in it.
    let base = arguments.extend.as_deref().map(open_base).transpose()?;
    let mut files = arguments.labelled.files_read()?;
    arguments.extend.iter().for_each(|path| files.add(path));
    let mut output = Output::open(Some(&arguments.output), "-o", &files)?;
    let progress = Progress::new(common);
    let traces = arguments.labelled.read(&mut options, &progress)?.traces;
    let stage = |stage: &str| progress.stage(stage);
    let learned = match &base {
        None => learn(&traces, &options, &stage)?,
        Some((base, name)) => extend(base, name, &traces, &options, &stage)?,
    };
    output.write_all(&learned.bytes)?;
    output.finish()?;
    progress.done();
    for (reason, count) in &learned.dropped {
        progress.say(&format!("not learned from: {count} × {reason}"));
    }
    if learned.near_duplicates > 0 {
        progress.say(&format!(
            "{} prompts ask nearly the same as another and were held out with it",
            learned.near_duplicates
        ));
    }
    if arguments.json {
        let mut out = std::io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &learned.atlas.about)?;
        writeln!(out)?;
    } else {
        let about = &learned.atlas.about;
        let written =
            format!("{} ({:.1} MB)", arguments.output.display(), learned.bytes.len() as f64 / 1e6);
        progress.say(&match about.extensions.last().filter(|_| base.is_some()) {
            Some(extension) => summary_of_extension(&learned.atlas, extension, &written),
            None => summary(&learned.atlas, &written),
        });
        if about.families_learned {
            for (family, members) in families(&learned.atlas) {
                progress.say(&format!(
                    "family, as they are taken for each other: {family} ({members})"
                ));
            }
        }
    }
    Ok(())
}

/// The families with their members.
fn families(atlas: &Atlas) -> BTreeMap<&str, String> {
    let mut families: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for reference in &atlas.about.references {
        if let Some(family) = &reference.family {
            families.entry(family).or_default().push(&reference.name);
        }
    }
    families.into_iter().map(|(family, members)| (family, members.join(", "))).collect()
}

/// The atlas that is added to, with its name.
fn open_base(path: &Path) -> anyhow::Result<(Atlas, String)> {
    let embedded = path == Path::new(EMBEDDED);
    let atlas = open_atlas((!embedded).then_some(path))?;
    Ok((atlas, path.display().to_string()))
}

fn summary(atlas: &Atlas, written: &str) -> String {
    let about = &atlas.about;
    let validation = &about.cross_validation;
    format!(
        "learned {} references from {} traces → {written}. On prompts held out ({} folds): the \
         right reference first for {:.1} % of traces, among the first five for {:.1} %; log loss {:.2}, \
         calibration error {:.3}",
        about.references.len(),
        atlas.traces(),
        validation.folds,
        100.0 * validation.top1,
        100.0 * validation.top5,
        validation.log_loss,
        validation.calibration_error
    )
}

/// What was added, and how far it can be trusted.
fn summary_of_extension(atlas: &Atlas, extension: &Extension, written: &str) -> String {
    let Extension { references, traces, unfamiliar, held_out, .. } = extension;
    let added = match references.as_slice() {
        [one] => one.clone(),
        many => format!("{} references", many.len()),
    };
    let all = atlas.about.references.len();
    let mut text = format!(
        "added {added} from {traces} traces to {} references → {written}",
        all - references.len()
    );
    text.push_str(&match held_out {
        Some(figures) => format!(
            ". On prompts held out ({} folds): the right one of all {all} references first for {:.1} % of the new traces, among \
             the first five for {:.1} %; log loss {:.2}",
            figures.folds,
            100.0 * figures.top1,
            100.0 * figures.top5,
            figures.log_loss
        ),
        None => ". All new traces answer one prompt, so that how well they are recognized on another cannot be measured".into(),
    });
    if *unfamiliar > 0 {
        text.push_str(&format!(
            ". {unfamiliar} of them are about what none of the atlas's data sets is about: what they have in common with each \
             other may be their subject matter"
        ));
    }
    text
}
