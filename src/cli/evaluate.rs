//! `cotprint evaluate`: how far results can be trusted, measured on labelled traces.

use super::{
    Common,
    actions::{Printed, print},
    labelled::LabelledArguments,
    output::{open_report, wrote},
    progress::Progress,
    shows_colour,
    width::result_width,
};
use crate::{
    analysis::Progress as _,
    atlas::LearnOptions,
    attribution::classic,
    evaluation::{ClassicMethod, EvaluateOptions, Group, Method, evaluate},
    report::{
        REPORT_FILES, TerminalOptions, escaped_json, write_evaluation, write_evaluation_report,
    },
};
use clap::Args;
use std::path::PathBuf;

/// Arguments of `evaluate`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    #[command(flatten)]
    labelled: LabelledArguments,
    /// Number of folds, and of rounds of --open-set
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(2..=1000))]
    folds: u16,
    /// What is held out together: prompts in folds, or a whole domain or source
    #[arg(long, value_name = "GROUP", value_enum, default_value_t)]
    group: Group,
    /// Measure the detection of unknown models by leaving models out (doubles the run time)
    #[arg(long)]
    open_set: bool,
    /// Do not score changed texts: markdown stripped, sentences shuffled, and others
    #[arg(long)]
    no_robustness: bool,
    /// Classic measures to evaluate beside the default model; `default` for none [default:
    /// burrows,cosine,eder,argamon,ruzicka]
    #[arg(long, value_name = "NAME,…", value_enum, value_delimiter = ',')]
    method: Vec<classic::Method>,
    /// Plan the sample size for this pair of models [default: the pairs that are confused most];
    /// repeat for several
    #[arg(long, num_args = 2, value_names = ["MODEL", "MODEL"])]
    pair: Vec<String>,
    /// Write a report into this folder: a page, JSON and figures
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Print JSON instead of the tables
    #[arg(long)]
    json: bool,
    /// Number of bootstrap resamples of the prompts
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    resamples: u32,
}

/// Runs the verb.
pub(super) fn run(arguments: &Arguments, common: &Common) -> anyhow::Result<()> {
    let mut learn = arguments.labelled.options(common)?;
    let files = arguments.labelled.files_read()?;
    let report = arguments.report.as_deref();
    let report = report.map(|folder| open_report(folder, &REPORT_FILES, &files)).transpose()?;
    let progress = Progress::new(common);
    let labelled = arguments.labelled.read(&mut learn, &progress)?;
    let pairs = arguments.pair.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone()));
    let options = EvaluateOptions {
        learn,
        group: arguments.group,
        folds: usize::from(arguments.folds),
        open_set: arguments.open_set,
        robustness: !arguments.no_robustness,
        pairs: pairs.collect(),
        resamples: arguments.resamples as usize,
        dropped: labelled.dropped,
        command: common.invocation.command.clone(),
    };
    let methods = methods(arguments, &options.learn);
    let methods: Vec<&dyn Method> = methods.iter().map(|method| method as &dyn Method).collect();
    let evaluation =
        evaluate(&labelled.traces, &options, &methods, &|stage| progress.stage(stage))?;
    progress.done();

    // First the files: a reader of standard output may close it early.
    if let Some(folder) = report {
        write_evaluation_report(&evaluation, &folder)?;
        progress.say(&wrote(&folder.finish()?));
    }
    print(Printed::json_if(arguments.json), |out| {
        if arguments.json {
            return Ok(write!(out, "{}", escaped_json(&evaluation)?)?);
        }
        let options = TerminalOptions {
            color: shows_colour(),
            width: result_width(),
            ..TerminalOptions::default()
        };
        Ok(write_evaluation(&evaluation, options, out)?)
    })
}

/// The measures that were asked for, or the usual ones.
fn methods(arguments: &Arguments, learn: &LearnOptions) -> Vec<ClassicMethod> {
    let named =
        if arguments.method.is_empty() { &ClassicMethod::USUAL[..] } else { &arguments.method };
    let mut methods: Vec<classic::Method> = Vec::new();
    for &method in named.iter().filter(|method| **method != classic::Method::Default) {
        if !methods.contains(&method) {
            methods.push(method);
        }
    }
    let classic = |method| ClassicMethod { method, text: learn.text, seed: learn.fit.seed };
    methods.into_iter().map(classic).collect()
}
