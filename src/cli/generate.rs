//! `cotprint completions` and `cotprint man`.

use super::Cli;
use clap::{Args, CommandFactory};
use std::io::Write;

/// Arguments of `completions`.
#[derive(Debug, Clone, Args)]
pub struct Completions {
    /// The shell
    shell: clap_complete::Shell,
}

/// Prints completions for a shell.
pub(super) fn completions(arguments: &Completions) -> anyhow::Result<()> {
    // Into memory first: clap_complete panics where standard output is a closed pipe.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "cotprint", &mut script);
    Ok(std::io::stdout().write_all(&script)?)
}

/// Prints the manual page: the program, then each verb.
pub(super) fn man() -> anyhow::Result<()> {
    let mut command = Cli::command();
    command.build();
    let mut page = Vec::new();
    let program = clap_mangen::Man::new(command.clone());
    program.render_title(&mut page)?;
    program.render_name_section(&mut page)?;
    program.render_synopsis_section(&mut page)?;
    program.render_description_section(&mut page)?;
    program.render_options_section(&mut page)?;
    program.render_extra_section(&mut page)?;
    for verb in command.get_subcommands().filter(|verb| verb.get_name() != "help") {
        let man = clap_mangen::Man::new(verb.clone());
        writeln!(page, ".SH \"COTPRINT {}\"", verb.get_name().to_uppercase())?;
        man.render_description_section(&mut page)?;
        man.render_synopsis_section(&mut page)?;
        man.render_options_section(&mut page)?;
    }
    Ok(std::io::stdout().write_all(&page)?)
}
