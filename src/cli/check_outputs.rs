//! What `check` writes: files of several formats, the table or JSON, annotations of a pipeline.

use super::{output::Output, shows_colour};
use crate::{
    gate::Checked,
    output::InputFiles,
    report::{
        escaped_json,
        gate::{github, gitlab, junit, markdown, sarif, write_check},
    },
};
use anyhow::Context;
use clap::Args;
use std::{
    fs::OpenOptions,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The files that may be asked for.
#[derive(Debug, Clone, Args)]
pub(super) struct OutputArguments {
    /// Write JUnit XML, with a test case for each rule; - prints it instead of the table
    #[arg(long, value_name = "FILE", help_heading = "Outputs")]
    junit: Option<PathBuf>,
    /// Write SARIF 2.1.0, or print it with -
    #[arg(long, value_name = "FILE", help_heading = "Outputs")]
    sarif: Option<PathBuf>,
    /// Write a code quality report for GitLab, or print it with -
    #[arg(long, value_name = "FILE", help_heading = "Outputs")]
    gitlab: Option<PathBuf>,
    /// Write Markdown for a comment, or print it with -
    #[arg(long, value_name = "FILE", help_heading = "Outputs")]
    markdown: Option<PathBuf>,
}

impl OutputArguments {
    /// The files that are asked for, with their options.
    fn files(&self) -> Vec<(&'static str, &Path)> {
        let all = [
            ("--junit", &self.junit),
            ("--sarif", &self.sarif),
            ("--gitlab", &self.gitlab),
            ("--markdown", &self.markdown),
        ];
        all.into_iter().filter_map(|(option, path)| Some((option, path.as_deref()?))).collect()
    }

    /// Whether one of them is standard output.
    fn prints_file(&self) -> bool {
        self.files().iter().any(|(_, path)| *path == Path::new("-"))
    }
}

/// The files that were asked for, open before the long run.
pub(super) struct Files {
    junit: Option<Output>,
    sarif: Option<Output>,
    gitlab: Option<Output>,
    markdown: Option<Output>,
}

impl Files {
    /// Opens all of them; two of them in one file would be neither.
    pub fn open(
        arguments: &OutputArguments,
        json: bool,
        inputs: &InputFiles,
    ) -> anyhow::Result<Self> {
        let files = arguments.files();
        for (at, (option, path)) in files.iter().enumerate() {
            if let Some((other, _)) = files[at + 1..].iter().find(|(_, other)| other == path) {
                anyhow::bail!(
                    "{option} and {other} both name {}; give each a file of its own",
                    path.display()
                );
            }
            if json && *path == Path::new("-") {
                anyhow::bail!(
                    "{option} - and --json both print to standard output; give {option} a file"
                );
            }
        }
        let open = |path: &Option<PathBuf>, option: &str| {
            path.as_deref().map(|path| Output::open(Some(path), option, inputs)).transpose()
        };
        Ok(Self {
            junit: open(&arguments.junit, "--junit")?,
            sarif: open(&arguments.sarif, "--sarif")?,
            gitlab: open(&arguments.gitlab, "--gitlab")?,
            markdown: open(&arguments.markdown, "--markdown")?,
        })
    }

    /// Writes all of them.
    pub fn write(self, checked: &Checked) -> anyhow::Result<()> {
        let put = |output: Option<Output>, text: &dyn Fn() -> anyhow::Result<String>| {
            let Some(mut output) = output else { return Ok(()) };
            output.write_all(text()?.as_bytes())?;
            output.finish()
        };
        put(self.junit, &|| Ok(junit(checked)?))?;
        put(self.sarif, &|| Ok(sarif(checked)?))?;
        put(self.gitlab, &|| Ok(gitlab(checked)?))?;
        put(self.markdown, &|| Ok(markdown(checked)))
    }
}

/// Prints the table or the JSON, and annotations where they are read. A reader that has gone away changes
/// nothing.
pub(super) fn print(
    arguments: &OutputArguments,
    json: bool,
    checked: &Checked,
    in_actions: bool,
) -> anyhow::Result<()> {
    let mut text = String::new();
    if json {
        text = escaped_json(checked)?;
        if in_actions {
            text = github::defused(&text);
        }
    } else if !arguments.prints_file() {
        let mut table = Vec::new();
        write_check(checked, shows_colour(), &mut table)?;
        text.push_str(&String::from_utf8_lossy(&table));
        if in_actions {
            text = github::fenced(&text);
        }
    }
    let printed = io::stdout().lock().write_all(text.as_bytes());
    still_open(printed.and_then(|()| io::stdout().flush()))?;
    if in_actions {
        // Standard error, so that JSON on standard output stays JSON; the runner reads both.
        still_open(io::stderr().lock().write_all(github::annotations(checked).as_bytes()))?;
    }
    Ok(())
}

/// Passes over a closed pipe.
fn still_open(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Adds the rules to the summary of the step, where GitHub Actions names a file for it.
pub(super) fn write_step_summary(checked: &Checked) -> anyhow::Result<()> {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else {
        return Ok(());
    };
    let path = Path::new(&path);
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .and_then(|mut file| file.write_all(markdown(checked).as_bytes()))
        .with_context(|| format!("cannot write the step summary {}", path.display()))
}
