//! A comparison of profiles, as `compare` prints it.

use super::sections::{drift, likeness};
use super::terminal::{Ink, TerminalPage, WIDTH};
use crate::{
    lineage::{Likeness, ProfileComparison, Profiled},
    report::{escape, numbers, wording},
    stats::Estimate,
};
use std::io::{self, Write};

/// Prints the comparison: at most 80 columns, no text unescaped; bold is written as ANSI codes
/// where `color` is true.
///
/// # Errors
/// Those of the writer, a closed pipe among them.
pub fn write_profiles(
    comparison: &ProfileComparison,
    color: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = TerminalPage { out, color, width: WIDTH };
    page.paragraph(&escape::sentence(&comparison.sentence()), "", Ink::Bold)?;
    page.paragraph(wording::STYLE_IS_EVIDENCE, "", Ink::Dim)?;
    page.line("")?;
    for (what, corpus) in [("older", comparison.old.as_ref()), ("newer", Some(&comparison.new))] {
        if let Some(corpus) = corpus {
            page.paragraph(&corpus_line(what, corpus), "", Ink::Plain)?;
        }
    }
    if let Some(likeness) = &comparison.likeness {
        alike(&mut page, likeness)?;
    }
    if let Some(drift) = &comparison.drift {
        drift::terminal::drift(&mut page, drift)?;
    }
    if let Some(pairing) = &comparison.pairing {
        likeness::terminal::pairing(&mut page, pairing)?;
    }
    page.bullets("What this cannot say", &comparison.limits)
}

fn corpus_line(what: &str, corpus: &Profiled) -> String {
    format!(
        "The {what}: {}, {} of {} with {}.",
        escape::sentence(&corpus.name),
        numbers::counted(corpus.traces, "trace", "traces"),
        numbers::counted(corpus.prompts, "prompt", "prompts"),
        numbers::counted(corpus.words, "word", "words")
    )
}

/// How alike the two corpora are, with what such figures mean.
fn alike(page: &mut TerminalPage<'_>, likeness: &Likeness) -> io::Result<()> {
    let on = numbers::counted(likeness.prompts, "prompt", "prompts");
    let on = if likeness.paired { format!("{on} that both answered") } else { on };
    page.heading(&format!("Likeness ({on})"))?;
    let with_interval = |figure: Estimate| {
        format!(
            "{} (95 % interval {})",
            numbers::similarity(figure.value),
            numbers::fixed_interval(figure.low, figure.high, 2)
        )
    };
    let similarity = format!(
        "Similarity {}; 1: the same habits, 0: no more alike than two random models.",
        with_interval(likeness.similarity)
    );
    page.paragraph(&similarity, "  ", Ink::Plain)?;
    let size = format!(
        "Distance {}; 0: two samples of one model, 1: one standard deviation of single traces in every channel.",
        with_interval(likeness.size)
    );
    page.paragraph(&size, "  ", Ink::Plain)?;
    for floor in &likeness.floors {
        let text = format!(
            "For comparison, {}: {} (middle 90 % of {}: {} to {}).",
            escape::sentence(&floor.what),
            numbers::similarity(floor.median),
            numbers::counted(floor.pairs, "pair", "pairs"),
            numbers::similarity(floor.low),
            numbers::similarity(floor.high)
        );
        page.paragraph(&text, "  ", Ink::Plain)?;
    }
    Ok(())
}
