//! `cotprint explain`: one trace, which reference each stretch of it resembles, and the features that say so.

use super::{
    Common,
    actions::{Printed, print},
    inputs::ScoringArguments,
    output::Output,
    shows_colour,
};
use crate::{
    analysis::{ExplainedTrace, explain_trace},
    report::{TerminalOptions, escape, escaped_json, render_explanation, write_explanation},
};
use clap::Args;
use std::{
    io::Write,
    path::{Path, PathBuf},
};

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
    /// Print the features that say so, too, and what they cannot say
    #[arg(long, short)]
    verbose: bool,
    /// Also write a page with the whole trace, its parts and features marked
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
    let options = scoring.options(common, 1000)?;
    let ExplainedTrace { explanation, text } =
        explain_trace(&atlas, &scoring.inputs, arguments.id.as_deref(), &options)?;
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
                escape::sentence(&path.display().to_string())
            )?;
        }
    }
    print(Printed::json_if(arguments.json), |out| {
        if arguments.json {
            return Ok(writeln!(out, "{}", escaped_json(&explanation)?.trim_end())?);
        }
        let look = TerminalOptions {
            color: shows_colour(),
            verbose: arguments.verbose,
            ..TerminalOptions::default()
        };
        Ok(write_explanation(&explanation, &text, look, out)?)
    })
}
