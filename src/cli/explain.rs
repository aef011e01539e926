//! `cotprint explain`: one trace, which reference each stretch of it resembles, and the features that say so.

use super::{
    Common, TooLittleText,
    inputs::{ScoringArguments, nothing_usable},
    output::Output,
    quoted, shows_colour,
};
use crate::{
    attribution::MINIMUM_WORDS,
    features::embed::{Cursor, Source},
    ingest,
    lineage::explain::explain,
    report::{escaped_json, render_explanation, write_explanation},
    trace::Trace,
};
use anyhow::bail;
use clap::Args;
use std::{
    io::Write,
    path::{Path, PathBuf},
};

/// Ids that are named where the one that was asked for is not there.
const NAMED: usize = 5;

/// Arguments of `explain`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    #[command(flatten)]
    scoring: ScoringArguments,
    /// Explain the trace with this id [default: the first trace of the input]
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Print JSON instead of text
    #[arg(long)]
    json: bool,
    /// Also write a page with the whole trace, its stretches and features marked
    #[arg(long, short, value_name = "FILE.html")]
    output: Option<PathBuf>,
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments, common: &Common) -> anyhow::Result<()> {
    let scoring = &arguments.scoring;
    let atlas = scoring.open_atlas()?;
    let files = scoring.files_read()?;
    let output = arguments.output.as_deref();
    let output = output.map(|path| Output::open(Some(path), "-o", &files)).transpose()?;
    let (trace, vector) = find(arguments, scoring.options(&atlas)?, atlas.vectors())?;
    let text = trace.text(scoring.reading.text).unwrap_or_default();
    let (command, name) = (command_line(arguments), scoring.atlas_name());
    let explanation = explain(&atlas, &trace, &text, vector, &command, &name).map_err(|short| {
        let words = short.words;
        TooLittleText(format!(
            "the trace {} has {words} words; at least {MINIMUM_WORDS} are needed to judge it. \
                 Choose another with --id",
            trace.id
        ))
    })?;
    if let Some(mut output) = output {
        output.write_all(render_explanation(&explanation, &text)?.as_bytes())?;
        output.finish()?;
        let path = arguments.output.as_deref().unwrap_or(Path::new("-"));
        if path == Path::new("-") {
            return Ok(());
        }
        if !common.quiet {
            writeln!(
                anstream::stderr(),
                "wrote {}",
                crate::report::escape::sentence(&path.display().to_string())
            )?;
        }
    }
    let mut out = std::io::stdout().lock();
    if arguments.json {
        writeln!(out, "{}", escaped_json(&explanation)?.trim_end())?;
    } else {
        write_explanation(&explanation, &text, shows_colour(), &mut out)?;
    }
    Ok(out.flush()?)
}

/// The trace that was asked for, and its vector where that comes from a file.
fn find<'a>(
    arguments: &Arguments,
    options: ingest::Options,
    source: Option<&'a Source>,
) -> anyhow::Result<(Trace, Option<&'a [f32]>)> {
    let scoring = &arguments.scoring;
    let mut traces = ingest::open(&scoring.inputs, options)?;
    let mut cursor = source.map(Cursor::new);
    let mut seen: Vec<String> = Vec::new();
    let mut count = 0_usize;
    while let Some(trace) = traces.next().transpose()? {
        let is_wanted = arguments.id.as_ref().is_none_or(|wanted| trace.id == *wanted);
        // Of all traces where rows are counted, else of this one.
        let vector = match &mut cursor {
            Some(cursor) if is_wanted || source.is_some_and(Source::is_by_order) => {
                cursor.next(&trace)?
            }
            _ => None,
        };
        if is_wanted {
            if let Some(mut cursor) = cursor.filter(|_| source.is_some_and(Source::is_by_order)) {
                for other in traces {
                    cursor.next(&other?)?;
                }
                cursor.finish()?;
            }
            return Ok((trace, vector));
        }
        count += 1;
        if seen.len() < NAMED {
            seen.push(trace.id);
        }
    }
    let summary = traces.summary();
    match &arguments.id {
        Some(wanted) if count > 0 => {
            let seen: Vec<String> = seen.iter().map(|id| crate::report::escape::name(id)).collect();
            bail!(
                "no trace has the id {wanted} in {}, which holds {count} with text; the first are {}. \
                 `cotprint ingest` prints all ids",
                summary.inputs.join(", "),
                seen.join(", ")
            )
        }
        _ => Err(nothing_usable(summary, scoring.reading.text).into()),
    }
}

/// The command that gives the same result: without what changes only speed, noise or place.
fn command_line(arguments: &Arguments) -> String {
    let mut words = arguments.scoring.command("explain");
    if let Some(id) = &arguments.id {
        words.extend(["--id".into(), id.clone()]);
    }
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}
