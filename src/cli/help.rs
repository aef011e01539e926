//! What `--help` shows: a verb's own options, examples, the options of reading a line each, then the
//! common options; and the topics of `cotprint help`.

use super::{
    Cli, Common,
    examples::EXAMPLES,
    reading::{READING, ReadingArguments},
    width::terminal_width,
};
use clap::{
    Arg, ArgAction, Args, Command, CommandFactory,
    builder::{Resettable, StyledStr},
};
use std::io::Write;

/// The heading of the options that every verb has.
pub(super) const COMMON: &str = "Common";
/// Options that many verbs share stand after a verb's own.
const SHARED: [&str; 4] = ["atlas", "method", "embed", "resamples"];
/// The column in which the descriptions of a group begin.
const INDENT: usize = 34;

/// Arguments of `help`.
#[derive(Debug, Clone, Args)]
pub struct Arguments {
    /// A verb, or a topic: reading, methods
    #[arg(value_name = "VERB|TOPIC")]
    words: Vec<String>,
}

/// The program's arguments, with the help that people see.
pub(super) fn command() -> Command {
    arranged(Cli::command(), terminal_width())
}

/// Puts the options of a command and of its verbs in order. clap shows a command's own options; what
/// comes after them is hidden from clap and written here.
fn arranged(command: Command, width: usize) -> Command {
    let name = command.get_name().to_owned();
    let is_program = name == "cotprint";
    let mut after = String::new();
    if let Some((_, examples)) = EXAMPLES.iter().find(|(verb, _)| *verb == name) {
        after.push_str(&heading("Examples"));
        for (line, what) in *examples {
            after.push_str(&format!("  {line}\n      {what}\n"));
        }
        after.push('\n');
    }
    let reading = reading();
    if has(&command, &reading) {
        after.push_str(&heading("Reading and cleaning (more: cotprint help reading)"));
        after.push_str(&lines(&reading, width));
        after.push('\n');
    }
    let mut common = common();
    common.push(help_flag());
    common.extend(is_program.then(version_flag));
    after.push_str(&heading(COMMON));
    after.push_str(&lines(&common, width));
    let after_own: Vec<_> = reading.iter().chain(&common).map(|arg| arg.get_id().clone()).collect();
    if let Some(more) = command.get_after_help().filter(|_| is_program) {
        after.push('\n');
        for paragraph in more.to_string().lines() {
            after.push_str(&wrapped(paragraph, width).join("\n"));
            after.push('\n');
        }
    }
    let mut command = command
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .arg(help_flag())
        .after_help(StyledStr::from(after.trim_end().to_owned()))
        .term_width(width);
    if is_program {
        command = command.disable_version_flag(true).arg(version_flag());
    }
    command
        .mut_args(|arg| {
            if after_own.contains(arg.get_id()) {
                return arg.hide(true);
            }
            // clap gives the heading of a group to what a verb declares after it.
            let arg = match arg.get_help_heading() {
                Some(READING | COMMON) => arg.help_heading(Resettable::Reset),
                _ => arg,
            };
            if SHARED.contains(&arg.get_id().as_str()) { arg.display_order(500) } else { arg }
        })
        .mut_subcommands(|verb| arranged(verb, width))
}

/// `-h` and `--help` show the same.
fn help_flag() -> Arg {
    Arg::new("help")
        .short('h')
        .long("help")
        .help("Print help")
        .help_heading(COMMON)
        .action(ArgAction::HelpShort)
}

fn version_flag() -> Arg {
    Arg::new("version")
        .short('V')
        .long("version")
        .help("Print the version")
        .help_heading(COMMON)
        .action(ArgAction::Version)
}

/// The options of every verb.
fn common() -> Vec<Arg> {
    Common::augment_args(Command::new(COMMON)).get_arguments().cloned().collect()
}

/// The options that say how inputs are read.
fn reading() -> Vec<Arg> {
    ReadingArguments::augment_args(Command::new(READING)).get_arguments().cloned().collect()
}

/// Whether a command has all of these options.
fn has(command: &Command, options: &[Arg]) -> bool {
    options.iter().all(|option| command.get_arguments().any(|arg| arg.get_id() == option.get_id()))
}

fn heading(text: &str) -> String {
    let style = clap::builder::Styles::styled();
    let style = style.get_header();
    format!("{style}{text}:{style:#}\n")
}

/// A line for each option.
fn lines(options: &[Arg], width: usize) -> String {
    let mut text = String::new();
    for option in options {
        let short = option.get_short().map_or("    ".into(), |short| format!("-{short}, "));
        let mut names = format!("  {short}--{}", option.get_long().unwrap_or_default());
        if option.get_action().takes_values() {
            for name in option.get_value_names().unwrap_or_default() {
                names.push_str(&format!(" <{name}>"));
            }
        }
        let about = option.get_help().map(ToString::to_string).unwrap_or_default();
        let mut room = names.chars().count();
        text.push_str(&names);
        if room + 2 > INDENT {
            text.push_str("  ");
            room += 2;
        }
        text.push_str(&" ".repeat(INDENT.saturating_sub(room)));
        room = room.max(INDENT);
        for (at, line) in wrapped(&about, width.saturating_sub(room)).iter().enumerate() {
            if at > 0 {
                text.push_str(&" ".repeat(INDENT));
            }
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// The words in lines of at most so many characters.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().map(|line| line.chars().count()).unwrap_or_default();
        if line > 0 && line + 1 + word.chars().count() > width {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// Runs the verb: prints the help of a verb, a topic or the program.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut found = command();
    found.build();
    let text = match arguments.words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["reading"] => topic(
            "How inputs are read and cleaned. These options are understood by every verb that reads \
             traces.\n\nInputs are files, folders, globs, or - for standard input. Formats, containers \
             and compression are recognized by content; `cotprint formats` lists them. A record that \
             cannot be used is dropped and counted.",
            &reading(),
        ),
        ["methods"] => {
            let verb = Cli::command().find_subcommand("score").cloned().unwrap_or_default();
            let methods = verb.get_arguments().filter(|arg| arg.get_id() == "method");
            topic(
                "What can give the scores. docs/methods.md has the formulas, the papers and what each \
                 measure reaches.",
                &methods.cloned().collect::<Vec<_>>(),
            )
        }
        ref words => {
            for word in words {
                let Some(verb) = found.find_subcommand(word) else {
                    anyhow::bail!(
                        "there is no help on {word}; `cotprint --help` lists the verbs, and the topics are \
                         reading and methods"
                    );
                };
                found = verb.clone();
            }
            found.render_help()
        }
    };
    // A closed pipe is no error here either: `main` knows it.
    write!(anstream::stdout(), "{}", text.ansi())?;
    Ok(())
}

/// A text, then options with all that is known of them.
fn topic(about: &'static str, options: &[Arg]) -> StyledStr {
    Command::new("cotprint")
        .disable_help_flag(true)
        .about(about)
        .args(options.iter().cloned().map(|option| option.help_heading("Options")))
        .help_template("{about}\n\n{all-args}\n")
        .term_width(terminal_width())
        .render_long_help()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[test]
    fn every_example_is_understood() {
        for (verb, examples) in EXAMPLES {
            for (line, _) in *examples {
                // Words in quotes hold no space in any of them.
                let line = line.split(" | ").last().unwrap().replace('\'', "");
                let words = line.split_whitespace().take_while(|word| *word != ">");
                let parsed = Cli::try_parse_from(words);
                assert!(parsed.is_ok(), "{verb}: {line}: {}", parsed.unwrap_err());
            }
        }
    }

    #[test]
    fn options_of_reading_take_a_line_each() {
        let reading = reading();
        assert!(reading.len() > 10);
        assert_eq!(lines(&reading, 80).lines().count(), reading.len());
        command().debug_assert();
    }

    #[test]
    fn help_fits_80_columns() {
        for verb in arranged(Cli::command(), 80).get_subcommands() {
            let text = verb.clone().render_help().to_string();
            for line in text.lines() {
                assert!(line.chars().count() <= 80, "{}: {line}", verb.get_name());
            }
        }
    }
}
