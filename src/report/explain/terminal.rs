//! An explanation → what `explain` prints for a person: at most 80 columns, no text unescaped.

use super::marks::{Marks, colour_of, stretch_text};
use crate::{
    lineage::explain::{Explanation, FeatureWeight, Stretch},
    report::{
        TerminalOptions,
        escape::{self, columns, fit_columns},
        numbers::{self, count, counted},
        terminal::{Ink, TerminalPage, WIDTH, bar, padded, wrap},
        wording,
    },
};
use std::io::{self, Write};

/// References, stretches and features that are printed.
const REFERENCES: usize = 5;
const STRETCHES: usize = 30;
const FEATURES: (usize, usize) = (12, 6);
const MEASURES: usize = 5;
/// Bytes of a stretch that are looked at for its excerpt, and lines of it that are printed.
const EXCERPT_BYTES: usize = 400;
const EXCERPT_LINES: usize = 3;
/// ANSI colours of the references, in the order of their courses.
const COLOURS: [&str; 5] = ["34", "33", "32", "35", "36"];

/// Prints the explanation of a trace whose text is `text`: what it and its parts resemble, and where
/// more is asked for, the features that say so and what they cannot say.
///
/// # Errors
/// Those of the writer, a closed pipe among them.
pub fn write_explanation(
    explanation: &Explanation,
    text: &str,
    options: TerminalOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = TerminalPage { out, color: options.color, width: WIDTH };
    page.paragraph(&escape::sentence(&explanation.sentence()), "", Ink::Bold)?;
    page.paragraph(wording::STYLE_IS_EVIDENCE, "", Ink::Dim)?;
    page.line("")?;
    page.paragraph(&about(explanation), "", Ink::Plain)?;
    page.line("")?;
    for one in explanation.references.iter().take(REFERENCES) {
        let name = padded(&escape::name(&one.reference), 48);
        let bar = page.paint(&bar(one.probability), Ink::Bar);
        page.line(format!("  {name} {:>5}  {bar}", numbers::share(one.probability)).trim_end())?;
    }
    stretches(&mut page, explanation, text)?;
    if !options.verbose {
        return Ok(());
    }
    features(&mut page, explanation)?;
    page.bullets("What this cannot say", &explanation.limits)
}

/// Which trace it is.
pub(super) fn about(explanation: &Explanation) -> String {
    let label = explanation
        .model
        .as_deref()
        .map_or_else(String::new, |model| format!(", labelled {}", escape::name(model)));
    format!(
        "Trace {} of {}: {}, mediation {}{label}; unlike every reference: p = {}.",
        escape::name(&explanation.id),
        escape::name(&explanation.source),
        counted(explanation.words, "word", "words"),
        escape::name(&explanation.mediation),
        numbers::rate(explanation.unknown)
    )
}

fn stretches(page: &mut TerminalPage<'_>, explanation: &Explanation, text: &str) -> io::Result<()> {
    let marks = Marks::new(explanation, text);
    page.heading(&format!(
        "By part ({} of about {} words)",
        counted(explanation.windows.len(), "window", "windows"),
        count(explanation.window_words)
    ))?;
    for stretch in explanation.stretches.iter().take(STRETCHES) {
        let colour = colour_of(explanation, stretch.reference.as_deref());
        let head = format!(
            "  words {}–{}  {}",
            count(stretch.first_word + 1),
            count(stretch.first_word + stretch.words),
            stretch_text(stretch)
        );
        for (at, line) in wrap(head.trim_start(), WIDTH - 6).iter().enumerate() {
            let line = coloured(page.color, line, colour.map(|c| COLOURS[c % COLOURS.len()]));
            page.line(&format!("{}{line}", if at == 0 { "  " } else { "      " }))?;
        }
        excerpt(page, &marks, text, stretch)?;
    }
    let more = explanation.stretches.len().saturating_sub(STRETCHES);
    if more > 0 {
        let more = counted(more, "more stretch is", "more stretches are");
        page.paragraph(&format!("… {more} on the page (-o FILE.html)"), "  ", Ink::Dim)?;
    }
    Ok(())
}

/// The beginning of a stretch, the features in it marked.
fn excerpt(
    page: &mut TerminalPage<'_>,
    marks: &Marks<'_>,
    text: &str,
    stretch: &Stretch,
) -> io::Result<()> {
    let [start, end] = stretch.bytes;
    let end = escape::boundary(text, (start + EXCERPT_BYTES).min(end));
    let room = WIDTH - 4;
    let mut lines: Vec<(String, usize)> = vec![(String::new(), 0)];
    for piece in marks.pieces(text, start..end, escape::sentence) {
        let code = piece.feature.map(|feature| if feature.weight > 0.0 { "1" } else { "4" });
        for part in piece.text.split_inclusive(' ') {
            let wide = columns(part.trim_end());
            let used = lines.last().map_or(0, |line| line.1);
            if used + wide > room {
                lines.push((String::new(), 0));
            }
            if lines.len() > EXCERPT_LINES {
                break;
            }
            if let Some((line, used)) = lines.last_mut() {
                // A word that is wider than a line, such as a text without spaces.
                let part = if wide > room { fit_columns(part, room) } else { part.to_owned() };
                let part = if *used == 0 { part.trim_start().to_owned() } else { part };
                *used += columns(&part);
                line.push_str(&coloured(page.color, &part, code));
            }
        }
    }
    let is_cut = lines.len() > EXCERPT_LINES || end < stretch.bytes[1];
    lines.truncate(EXCERPT_LINES);
    let last = lines.len() - 1;
    for (at, (line, _)) in lines.iter().enumerate() {
        let end = if is_cut && at == last { "…" } else { "" };
        page.line(&format!("    {}{end}", line.trim_end()))?;
    }
    Ok(())
}

fn coloured(color: bool, text: &str, code: Option<&str>) -> String {
    match code.filter(|_| color && !text.is_empty()) {
        Some(code) => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        None => text.to_owned(),
    }
}

fn features(page: &mut TerminalPage<'_>, explanation: &Explanation) -> io::Result<()> {
    let [first, second, ..] = explanation.references.as_slice() else { return Ok(()) };
    page.heading("Evidence (parts of the log-odds, before calibration)")?;
    let against = format!(
        "for {} against {}",
        escape::name(&first.reference),
        escape::name(&second.reference)
    );
    page.paragraph(&against, "  ", Ink::Plain)?;
    for one in &explanation.channels {
        page.line(&format!("    {} {:>7}", padded(&one.name, 44), signed(one.weight)))?;
    }
    let (for_it, against_it): (Vec<_>, Vec<_>) =
        explanation.features.iter().partition(|feature| feature.weight > 0.0);
    list(page, "  n-grams for it, with their count in the trace", &for_it, FEATURES.0)?;
    list(page, "  n-grams against it", &against_it, FEATURES.1)?;
    if !explanation.measures.is_empty() {
        let title = "  measures, in standard deviations from the references' mean";
        let title = page.paint(title, Ink::Dim);
        page.line(&title)?;
        for measure in explanation.measures.iter().take(MEASURES) {
            let name = padded(&format!("{}: {}", measure.channel, measure.name), 44);
            let (weight, far) = (signed(measure.weight), signed(measure.deviations));
            page.line(&format!("    {name} {weight:>7}  {far:>6}"))?;
        }
    }
    Ok(())
}

fn list(
    page: &mut TerminalPage<'_>,
    title: &str,
    features: &[&FeatureWeight],
    most: usize,
) -> io::Result<()> {
    if features.is_empty() {
        return Ok(());
    }
    let title = page.paint(title, Ink::Dim);
    page.line(&title)?;
    for feature in features.iter().take(most) {
        let form = padded(&escape::phrase(&feature.form), 44);
        let times = count(feature.count as usize);
        let weight = signed(feature.weight);
        page.line(&format!("    {form} {weight:>7}  {times:>4} ×  {}", feature.channel))?;
    }
    Ok(())
}

/// A weight with its sign.
pub(super) fn signed(value: f64) -> String {
    let size = numbers::rate(value.abs());
    match value {
        _ if size.starts_with('<') => "0".into(),
        v if v > 0.0 => format!("+{size}"),
        v if v < 0.0 => format!("−{size}"),
        _ => size,
    }
}
