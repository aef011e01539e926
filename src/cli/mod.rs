//! The command line: one file per verb, no logic.
//!
//! Exit codes: 0 done, 1 a check failed, 2 wrong usage or unreadable input, 3 input read but too
//! little usable text. A closed pipe is no error.

mod actions;
mod advice;
mod atlas;
mod audit;
mod card;
mod check;
mod check_outputs;
mod choices;
#[cfg(feature = "collect")]
mod collect;
#[cfg(feature = "collect")]
mod collect_options;
#[cfg(feature = "collect")]
mod collect_verdict;
mod command_line;
mod compare;
mod controls;
mod evaluate;
mod examples;
mod explain;
mod features;
mod fit;
mod formats;
mod generate;
mod help;
mod ingest;
mod inputs;
mod labelled;
mod machine;
mod output;
mod probes;
#[cfg(feature = "collect")]
mod probes_fetch;
mod profile;
mod profiles;
mod progress;
mod reading;
mod records;
mod score;
mod signals;
mod tree;
mod vectors;
mod width;

use crate::analysis;
use clap::{Args, FromArgMatches, Parser, Subcommand, error::ErrorKind};
use command_line::Invocation;
use std::{
    ffi::OsString,
    io::{IsTerminal, Write},
    process::ExitCode,
};

/// The arguments of `cotprint`.
#[derive(Debug, Parser)]
#[command(
    name = "cotprint",
    version,
    about = "Which known language model do these reasoning traces resemble, how sure is that, and why",
    after_help = "Verbs read files, folders, globs or - (standard input), and recognize formats and compression by \
                  content. They use the atlas that is built in unless --atlas names another.\n\
                  `cotprint help VERB` shows the options of a verb, `cotprint help reading` how inputs are read.\n\
                  Exit codes: 0 done (check: passed), 1 a check failed, 2 wrong usage or unreadable input, 3 too \
                  little usable text.",
    disable_help_subcommand = true
)]
pub struct Cli {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    common: Common,
}

/// What every verb understands.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = help::COMMON)]
pub struct Common {
    /// Number of threads [default: all cores]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Print no progress and no summary
    #[arg(long, short, global = true)]
    quiet: bool,
    /// Seed of all random numbers [default: 0]
    #[arg(long, global = true, value_name = "N", default_value_t = 0, hide_default_value = true)]
    seed: u64,
    /// What was asked, for the provenance of a result.
    #[arg(skip)]
    invocation: Invocation,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Say which known models a corpus resembles, how surely, and why
    Compare(compare::Arguments),
    /// Estimate the share of each known model in a data set of mixed origin
    Audit(audit::Arguments),
    /// Show which known model each part of one trace resembles, and why
    Explain(explain::Arguments),
    /// Check traces by a policy, in a release pipeline
    Check(check::Arguments),
    /// Write a small file that later releases are compared with
    Profile(profile::Arguments),
    /// Print a section for a model card
    Card(card::Arguments),
    /// Score each trace: a line of JSON for each, in input order
    Score(score::Arguments),
    /// Measure each trace: a named number for each habit of style, for programs of your own
    Features(features::Arguments),
    /// Draw a tree of models that write alike, with bootstrap support
    Tree(tree::Arguments),
    /// Turn traces of any format into records, and show what is in them
    Ingest(ingest::Arguments),
    /// List the formats and containers that are understood
    Formats(formats::Arguments),
    /// List, fetch and export the public prompts that the known models answered
    Probes(probes::Arguments),
    /// Ask a model the prompts that the known models answered
    #[cfg(feature = "collect")]
    Collect(Box<collect::Arguments>),
    /// Learn an atlas from labelled traces
    Fit(fit::Arguments),
    /// Measure the accuracy and calibration on your own labelled traces
    Evaluate(evaluate::Arguments),
    /// Show what is in an atlas, or verify its checksum
    Atlas(atlas::Arguments),
    /// Print shell completions
    Completions(generate::Completions),
    /// Print the manual page
    Man,
    /// Print the help of a verb or a topic
    Help(help::Arguments),
}

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    ExitCode::from(run_arguments(std::env::args_os()))
}

/// Runs the program with these arguments, its own name first, and gives its exit code.
fn run_arguments(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let program = help::command();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let read = program.clone().try_get_matches_from(&arguments).and_then(|matches| {
        let cli = Cli::from_arg_matches(&matches)?;
        Ok((matches, cli))
    });
    let (matches, mut cli) = match read {
        Ok(read) => read,
        Err(error) if error.kind() == ErrorKind::InvalidUtf8 => return explain_bytes(&arguments),
        Err(error) => return explain_usage(&error),
    };
    cli.common.invocation = Invocation::of(&program, &matches);
    signals::watch();
    match run(&cli) {
        Ok(()) => 0,
        // A check that could not be finished is no pass.
        Err(error) if is_closed_pipe(&error) && !matches!(cli.verb, Verb::Check(_)) => 0,
        Err(error) => {
            let message = crate::report::escape::sentence(&message(&error));
            let message = actions::message(&message);
            // Nothing can be done where standard error is closed, too.
            let _ = writeln!(anstream::stderr(), "cotprint: {message}");
            exit_code(&error)
        }
    }
}

/// Says which argument is no text.
fn explain_bytes(arguments: &[OsString]) -> u8 {
    let odd = arguments.iter().find(|argument| argument.to_str().is_none());
    let odd = odd.map_or_else(String::new, |odd| odd.to_string_lossy().into_owned());
    let message = format!(
        "the argument {odd} is not in UTF-8; if it is a file, rename it, or give the folder that it is in"
    );
    let message = crate::report::escape::sentence(&message);
    let _ = writeln!(anstream::stderr(), "cotprint: {}", actions::message(&message));
    2
}

/// Prints help, the version, or what is wrong with the arguments. Help that could not be printed is no
/// success.
fn explain_usage(error: &clap::Error) -> u8 {
    let printed = error.print().and_then(|()| std::io::stdout().flush());
    match printed {
        Err(failed) if !error.use_stderr() && failed.kind() != std::io::ErrorKind::BrokenPipe => {
            let _ =
                writeln!(anstream::stderr(), "cotprint: cannot write to standard output: {failed}");
            2
        }
        _ => u8::try_from(error.exit_code()).unwrap_or(2),
    }
}

fn run(cli: &Cli) -> anyhow::Result<()> {
    machine::check_memory()?;
    machine::make_threads(cli.common.threads)?;
    run_verb(cli)
}

/// Runs another verb as if these words had been given, with what is common to both: it names its own
/// command in what it writes.
#[cfg(feature = "collect")]
fn run_words(words: &[String], common: &Common) -> anyhow::Result<()> {
    let program = help::command();
    let matches = program.clone().try_get_matches_from(words)?;
    let mut cli = Cli::from_arg_matches(&matches)?;
    cli.common = Common { invocation: Invocation::of(&program, &matches), ..common.clone() };
    run_verb(&cli)
}

fn run_verb(cli: &Cli) -> anyhow::Result<()> {
    match &cli.verb {
        Verb::Compare(arguments) => compare::run(arguments, &cli.common),
        Verb::Audit(arguments) => audit::run(arguments, &cli.common),
        Verb::Explain(arguments) => explain::run(arguments, &cli.common),
        Verb::Check(arguments) => check::run(arguments, &cli.common),
        Verb::Profile(arguments) => profile::run(arguments, &cli.common),
        Verb::Card(arguments) => card::run(arguments, &cli.common),
        Verb::Score(arguments) => score::run(arguments, &cli.common),
        Verb::Features(arguments) => features::run(arguments, &cli.common),
        Verb::Tree(arguments) => tree::run(arguments, &cli.common),
        Verb::Ingest(arguments) => ingest::run(arguments, &cli.common),
        Verb::Formats(arguments) => formats::run(arguments),
        Verb::Probes(arguments) => probes::run(arguments, &cli.common),
        #[cfg(feature = "collect")]
        Verb::Collect(arguments) => collect::run(arguments, &cli.common),
        Verb::Fit(arguments) => fit::run(arguments, &cli.common),
        Verb::Evaluate(arguments) => evaluate::run(arguments, &cli.common),
        Verb::Atlas(arguments) => atlas::run(arguments),
        Verb::Completions(arguments) => generate::completions(arguments),
        Verb::Man => generate::man(),
        Verb::Help(arguments) => help::run(arguments),
    }
}

/// An error and its causes. A cause that an error before it already tells is not told again.
fn message(error: &anyhow::Error) -> String {
    let mut message = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !message.contains(&cause) {
            let between = if message.is_empty() { "" } else { ": " };
            message.push_str(between);
            message.push_str(&cause);
        }
    }
    for advice in advice::advice(error) {
        let message_end = message.trim_end_matches('.').len();
        message.truncate(message_end);
        message.push_str(". ");
        message.push_str(&advice);
    }
    message
}

fn exit_code(error: &anyhow::Error) -> u8 {
    let too_little = error.chain().any(|cause| {
        cause.downcast_ref().is_some_and(analysis::Error::is_too_little_text)
            || cause.downcast_ref().is_some_and(crate::atlas::Error::is_too_little)
            || matches!(cause.downcast_ref(), Some(crate::evaluation::Error::TooLittle(_)))
    });
    // Nothing but a rule that failed gives 1: a mistake of this program is none.
    match (error.is::<check::CheckFailed>(), too_little) {
        (true, _) => 1,
        (false, true) => 3,
        (false, false) => 2,
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let kind = cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind).or_else(|| {
            cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind)
        });
        kind == Some(std::io::ErrorKind::BrokenPipe)
    })
}

/// Whether standard output shows colour.
fn shows_colour() -> bool {
    std::io::stdout().is_terminal()
        && anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never
}
