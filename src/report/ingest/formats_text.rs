//! What is understood → what `cotprint formats` and `cotprint ingest --explain` print for a person.

use crate::ingest::{CONTAINERS, Explanation, formats};
use crate::report::escape::{self, columns};
use crate::report::numbers::counted;
use crate::report::terminal::{WIDTH, wrap};
use std::io::{self, Write};

/// Prints how each file was understood.
///
/// # Errors
/// Those of the writer, a closed pipe among them.
pub fn write_explanations(explanations: &[Explanation], out: &mut dyn Write) -> io::Result<()> {
    for alike in explanations.chunk_by(is_alike) {
        let explanation = &alike[0];
        paragraph(&escape::sentence(&explanation.place.to_string()), "", "", out)?;
        line("format", explanation.format, out)?;
        match (&explanation.reasoning_field, &explanation.why) {
            (Some(field), _) => line("reasoning", field, out)?,
            (None, Some(why)) => line("reasoning", &format!("none: {why}"), out)?,
            (None, None) => line("reasoning", "none", out)?,
        }
        for (what, field) in [
            ("answer", &explanation.answer_field),
            ("prompt", &explanation.prompt_field),
            ("model", &explanation.model_field),
        ] {
            line(what, field.as_deref().unwrap_or("none"), out)?;
        }
        if explanation.generations > 1 {
            line("traces", &format!("{} in this record", explanation.generations), out)?;
        }
        if alike.len() > 1 {
            let more = counted(alike.len() - 1, "file is", "files are");
            line("likewise", &format!("the next {more} read like this one"), out)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Whether two files were understood alike.
pub(super) fn is_alike(one: &Explanation, other: &Explanation) -> bool {
    let place = other.place.clone();
    Explanation { place, generations: other.generations, ..one.clone() } == *other
}

/// Prints the formats and containers, and at the end a paragraph `how` on how to ask for them.
///
/// # Errors
/// Those of the writer, a closed pipe among them.
pub fn write_formats(how: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "Formats, recognized by the shape of a record in any envelope:\n")?;
    for format in formats() {
        writeln!(out, "{}", format.name)?;
        paragraph(format.about, "  ", "  ", out)?;
        paragraph(
            &format!("Where reasoning is missing: {}", format.no_reasoning),
            "  ",
            "  ",
            out,
        )?;
    }
    writeln!(out, "\nContainers, recognized by content:\n")?;
    for (name, about) in CONTAINERS {
        writeln!(out, "{name}")?;
        paragraph(about, "  ", "  ", out)?;
    }
    writeln!(out)?;
    paragraph(how, "", "", out)
}

fn line(what: &str, value: &str, out: &mut dyn Write) -> io::Result<()> {
    paragraph(&escape::sentence(value), &format!("  {what:<10}"), "            ", out)
}

/// Wraps a text behind `first`; the lines after the first begin with `rest`.
fn paragraph(text: &str, first: &str, rest: &str, out: &mut dyn Write) -> io::Result<()> {
    for (at, line) in wrap(text, WIDTH - columns(first)).iter().enumerate() {
        writeln!(out, "{}{line}", if at == 0 { first } else { rest })?;
    }
    Ok(())
}
