//! Standard output and messages inside a step of GitHub Actions.
//!
//! The runner reads every line that a program prints and obeys those that look like its commands
//! (`::error::…`, `##[error]…`). Names and texts of traces may look so. What is for people is therefore
//! printed between two lines that switch commands off and on, JSON is written so that it holds none, and
//! a message never begins like one. Elsewhere everything is printed as it is. Called by the verbs.

use crate::report::gate::github::{defused, fenced};
use std::{
    borrow::Cow,
    io::{self, Write},
};

/// What is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Printed {
    /// Text for people.
    Text,
    /// JSON.
    Json,
}

impl Printed {
    /// JSON where it was asked for.
    pub fn json_if(json: bool) -> Self {
        if json { Self::Json } else { Self::Text }
    }
}

/// Whether this is a step of GitHub Actions.
pub(super) fn in_actions() -> bool {
    std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// Prints on standard output what `write` writes.
pub(super) fn print(
    printed: Printed,
    write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    print_to(&mut out, printed, write)?;
    Ok(out.flush()?)
}

/// The same on another stream.
pub(super) fn print_to(
    out: &mut dyn Write,
    printed: Printed,
    write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    if !in_actions() {
        return write(out);
    }
    let mut bytes = Vec::new();
    write(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let text = match printed {
        Printed::Text if text.is_empty() => String::new(),
        Printed::Text => fenced(&text),
        Printed::Json => defused(&text),
    };
    Ok(out.write_all(text.as_bytes())?)
}

/// A message of one line, as it may be printed here.
pub(super) fn message(line: &str) -> Cow<'_, str> {
    if in_actions() { safe(line) } else { line.into() }
}

fn safe(line: &str) -> Cow<'_, str> {
    let is_command = line.trim_start().starts_with("::");
    if !is_command && !line.contains("##[") {
        return line.into();
    }
    let start = if is_command { "cotprint: " } else { "" };
    format!("{start}{}", line.replace("##[", "## [")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_message_is_a_command() {
        assert_eq!(safe("a.jsonl: line 3"), "a.jsonl: line 3");
        assert_eq!(safe("  ::error::x"), "cotprint:   ::error::x");
        assert_eq!(safe("of ##[error]x"), "of ## [error]x");
    }
}
