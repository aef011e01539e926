//! Prompt sets → what `probes` prints: at most 80 columns, no text unescaped.

use super::escape;
use super::numbers::counted;
use super::terminal::wrap;
use crate::atlas::PromptSet;
use std::io::{self, Write};

/// Prints the prompt sets and what to do with them.
///
/// # Errors
/// Those of the writer, a closed pipe among them.
pub fn write_prompt_sets(sets: &[PromptSet], out: &mut dyn Write) -> io::Result<()> {
    let mut paragraph = |text: &str, indent: &str| -> io::Result<()> {
        for line in wrap(text, 80 - indent.len()) {
            writeln!(out, "{indent}{line}")?;
        }
        Ok(())
    };
    if sets.is_empty() {
        return paragraph(
            "This atlas knows no prompts that several references answered, so nothing can be compared \
             prompt by prompt. Learn an atlas from traces that name their prompts, with the channel embed.",
            "",
        );
    }
    paragraph(
        "The strongest comparison is on prompts that the references answered. Run your model on one of \
         these sets, keep each prompt's text in its record, and compare these traces.",
        "",
    )?;
    for set in sets {
        let name = escape::name(&set.name);
        paragraph("", "")?;
        paragraph(&name, "")?;
        let what = format!(
            "{}, answered by {} of {}",
            counted(set.prompts, "prompt", "prompts"),
            counted(set.references, "reference", "references"),
            counted(set.families, "family", "families")
        );
        paragraph(&what, "  ")?;
        let named =
            |name: &str, text: &Option<String>| text.as_ref().map(|text| format!("{name}{text}"));
        let facts = [
            named("", &set.about),
            named("", &set.url),
            named("commit ", &set.commit),
            named("licence ", &set.licence),
            named("stored ", &set.stored),
        ];
        for text in facts.iter().flatten() {
            paragraph(text, "  ")?;
        }
    }
    Ok(())
}
