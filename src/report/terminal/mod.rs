//! A comparison → what `compare` prints for a person: at most 80 columns, no text unescaped.
//!
//! Called by `cli`, which decides where it goes and whether that place shows colour.

mod atlas;
mod paired;
mod profiles;

pub use atlas::write_atlas;
pub use profiles::write_profiles;

use super::escape::{self, columns, fit_columns};
use super::ingest::terminal::{LISTED, input_notes, listed};
use super::numbers;
use super::sections::evidence::quote::{Line, quoted};
use super::wording;
use crate::lineage::{Comparison, Evidence, InputSummary, RankedReference};
use std::io::{self, Write};

/// The width that everything fits.
pub(super) const WIDTH: usize = 80;
/// References for which phrases are printed, and phrases for each.
const REFERENCES_WITH_PHRASES: usize = 3;
const PHRASES: usize = 5;
/// Lines of the traces that are quoted, for the first reference only.
const QUOTED: usize = 5;
/// Groups of traces.
const HOLDS: usize = 10;

/// What is printed, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalOptions {
    /// Whether bold and colours are written as ANSI codes.
    pub color: bool,
    /// References in the table; the rest are counted.
    pub rows: usize,
}

impl Default for TerminalOptions {
    fn default() -> Self {
        Self { color: false, rows: 10 }
    }
}

/// Prints the comparison.
///
/// # Errors
/// Those of the writer, a closed pipe among them.
pub fn write_terminal(
    comparison: &Comparison,
    options: TerminalOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page { out, color: options.color };
    page.paragraph(&wording::verdict(comparison), "", Ink::Bold)?;
    for line in wording::how_sure(comparison) {
        page.paragraph(&line, "", Ink::Plain)?;
    }
    page.paragraph(wording::STYLE_IS_EVIDENCE, "", Ink::Dim)?;
    page.ranking(&comparison.ranking, options.rows)?;
    page.line("")?;
    page.paragraph(&format!("Based on {}.", wording::rests_on(comparison)), "", Ink::Plain)?;
    page.dropped(&comparison.input)?;
    page.data(&comparison.input)?;
    if let Some(drift) = &comparison.drift {
        page.drift(drift)?;
    }
    if let Some(pairing) = comparison.pairing.as_ref().filter(|_| !comparison.ranking.is_empty()) {
        page.pairing(pairing)?;
    }
    page.holds(comparison)?;
    page.evidence(comparison)?;
    page.bullets("What this cannot say", &comparison.limits)
}

/// How a text looks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    Bold,
    Dim,
    Bar,
}

/// Where lines go, and whether they are painted.
pub(super) struct Page<'a> {
    pub out: &'a mut dyn Write,
    pub color: bool,
}

impl Page<'_> {
    /// A text as it looks.
    pub fn paint(&self, text: &str, ink: Ink) -> String {
        let code = match ink {
            Ink::Plain => "",
            Ink::Bold => "\u{1b}[1m",
            Ink::Dim => "\u{1b}[2m",
            Ink::Bar => "\u{1b}[34m",
        };
        if !self.color || code.is_empty() || text.is_empty() {
            return text.to_owned();
        }
        format!("{code}{text}\u{1b}[0m")
    }

    /// Prints one line.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")
    }

    /// Wraps a text; lines after the first begin with as many spaces as `bullet` is wide.
    pub fn paragraph(&mut self, text: &str, bullet: &str, ink: Ink) -> io::Result<()> {
        let indent = columns(bullet);
        for (i, line) in wrap(text, WIDTH - indent).iter().enumerate() {
            let start = if i == 0 { bullet.to_owned() } else { " ".repeat(indent) };
            let painted = self.paint(line, ink);
            self.line(&format!("{start}{painted}"))?;
        }
        Ok(())
    }

    /// Prints a heading and the empty line above it.
    pub fn heading(&mut self, text: &str) -> io::Result<()> {
        self.line("")?;
        let painted = self.paint(text, Ink::Bold);
        self.line(&painted)
    }

    fn ranking(&mut self, ranking: &[RankedReference], rows: usize) -> io::Result<()> {
        if ranking.is_empty() {
            return Ok(());
        }
        self.line("")?;
        let shown = &ranking[..ranking.len().min(rows)];
        let head = row("", "reference", "family", "share", "95 % interval");
        let head = self.paint(head.trim_end(), Ink::Dim);
        self.line(&head)?;
        for (i, reference) in shown.iter().enumerate() {
            let cells = row(
                &(i + 1).to_string(),
                &escape::name(&reference.reference),
                &reference.family.as_deref().map(escape::name).unwrap_or_default(),
                &numbers::share(reference.score),
                &numbers::interval(reference.low, reference.high),
            );
            let bar = self.paint(&bar(reference.score), Ink::Bar);
            self.line(format!("{cells}{bar}").trim_end())?;
        }
        if ranking.len() > shown.len() {
            let more = format!("    … and {} more", numbers::count(ranking.len() - shown.len()));
            let more = self.paint(&more, Ink::Dim);
            self.line(&more)?;
        }
        Ok(())
    }

    /// How many records of an input were dropped, and why.
    pub fn dropped(&mut self, input: &InputSummary) -> io::Result<()> {
        let dropped = &input.dropped;
        let total: usize = dropped.values().sum();
        if total == 0 {
            return Ok(());
        }
        let reasons: Vec<String> = dropped
            .iter()
            .map(|(reason, n)| {
                let reason = escape::sentence(reason.trim_end_matches('.'));
                format!("{} × \"{reason}\"", numbers::count(*n))
            })
            .collect();
        let dropped = numbers::counted(total, "record was dropped", "records were dropped");
        self.paragraph(&format!("{dropped}: {}.", reasons.join(", ")), "", Ink::Plain)
    }

    /// The first reference's share in each group of traces.
    fn holds(&mut self, comparison: &Comparison) -> io::Result<()> {
        let groups = match &comparison.holds {
            Some(holds) if holds.groups.len() > 1 => super::sections::breakdown::page::rows(holds),
            _ => return Ok(()),
        };
        self.heading("Where it holds (its share, 95 % interval, traces)")?;
        for (_, row) in groups.iter().take(HOLDS) {
            let (what, interval) = (padded(&row.what, 27), &row.interval);
            let line = format!("  {what} {:>5}  {interval:<9} {:>6}", row.share, row.traces);
            let other =
                if row.other == "–" { String::new() } else { format!("  first: {}", row.other) };
            // Of a long line only the other reference's name is cut, never a number.
            let other = fit_columns(&other, WIDTH.saturating_sub(columns(&line)));
            self.line(format!("{line}{other}").trim_end())?;
        }
        if groups.len() > HOLDS {
            let more = format!("    … and {} more", numbers::count(groups.len() - HOLDS));
            let more = self.paint(&more, Ink::Dim);
            self.line(&more)?;
        }
        Ok(())
    }

    fn evidence(&mut self, comparison: &Comparison) -> io::Result<()> {
        let groups = by_reference(&comparison.evidence, &comparison.ranking);
        if groups.is_empty() {
            return Ok(());
        }
        self.heading("Strongest phrases (share of traces that hold them: here, all references)")?;
        for (reference, phrases) in groups.iter().take(REFERENCES_WITH_PHRASES) {
            let name = fit_columns(&escape::name(reference), WIDTH - 4);
            self.line(&format!("  {name}"))?;
            for evidence in phrases.iter().take(PHRASES) {
                let phrase = padded(&escape::phrase(&evidence.phrase), 44);
                let here = numbers::percent(evidence.share_of_traces);
                let there = numbers::percent(evidence.share_of_reference_traces);
                let prompts = numbers::counted(evidence.prompts, "prompt", "prompts");
                self.line(&format!("    {phrase} {here:>6} {there:>6}  {prompts}"))?;
            }
        }
        let (_, phrases) = &groups[0];
        self.quotes(phrases)
    }

    /// Where the first phrases stand in the traces: one line for each.
    fn quotes(&mut self, phrases: &[&Evidence]) -> io::Result<()> {
        let lines = phrases.iter().enumerate().filter_map(|(at, one)| quoted(at, one)).take(QUOTED);
        let lines: Vec<[String; 3]> =
            lines.map(|line| Line::new(line).in_columns(WIDTH - 4)).collect();
        if lines.is_empty() {
            return Ok(());
        }
        self.heading("Where the first of them stand")?;
        for [before, phrase, after] in lines {
            let phrase = self.paint(&phrase, Ink::Bold);
            self.line(&format!("    {before}{phrase}{after}"))?;
        }
        Ok(())
    }

    /// The mediation of an input and the notes about its data.
    pub fn data(&mut self, input: &InputSummary) -> io::Result<()> {
        let mut notes = input_notes(input);
        if !input.mediation.is_empty() {
            notes.insert(0, format!("Mediation: {}.", listed(&input.mediation, LISTED)));
        }
        self.bullets("About the data", &notes)
    }

    /// Prints a list with its heading, where there is anything in it.
    pub fn bullets(&mut self, title: &str, sentences: &[impl ToString]) -> io::Result<()> {
        if sentences.is_empty() {
            return Ok(());
        }
        self.heading(title)?;
        for sentence in sentences {
            self.paragraph(&escape::sentence(&sentence.to_string()), "  - ", Ink::Plain)?;
        }
        Ok(())
    }
}

/// The evidence by reference: references in the order of the ranking, phrases strongest first.
pub(super) fn by_reference<'a>(
    evidence: &'a [Evidence],
    ranking: &[RankedReference],
) -> Vec<(&'a str, Vec<&'a Evidence>)> {
    let mut groups: Vec<(&str, Vec<&Evidence>)> = Vec::new();
    for one in evidence {
        match groups.iter_mut().find(|(reference, _)| *reference == one.reference) {
            Some((_, phrases)) => phrases.push(one),
            None => groups.push((&one.reference, vec![one])),
        }
    }
    let place = |name: &str| ranking.iter().position(|r| r.reference == name);
    groups.sort_by_key(|(name, _)| place(name).unwrap_or(usize::MAX));
    groups
}

/// One row of the table without its bar: 69 columns.
pub(super) fn row(
    place: &str,
    reference: &str,
    family: &str,
    share: &str,
    interval: &str,
) -> String {
    let (reference, family) = (padded(reference, 33), padded(family, 12));
    format!("{place:>3} {reference} {family} {share:>5}  {interval:<9}  ")
}

/// Ten columns for a share of one, in eighths of a column.
pub(super) fn bar(share: f64) -> String {
    if !share.is_finite() {
        return String::new();
    }
    let eighths = (share.clamp(0.0, 1.0) * 80.0).round() as usize;
    let part = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
    format!("{}{part}", "█".repeat(eighths / 8))
}

pub(super) fn padded(text: &str, width: usize) -> String {
    let text = fit_columns(text, width);
    let room = width.saturating_sub(columns(&text));
    format!("{text}{}", " ".repeat(room))
}

/// Lines of at most `width` columns; a word that is wider is broken.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let wide = columns(word);
        if used > 0 && used + 1 + wide <= width {
            if let Some(line) = lines.last_mut() {
                line.push(' ');
                line.push_str(word);
            }
            used += 1 + wide;
            continue;
        }
        if used > 0 {
            lines.push(String::new());
            used = 0;
        }
        for c in word.chars() {
            let wide = columns(c.encode_utf8(&mut [0; 4]));
            if used + wide > width {
                lines.push(String::new());
                used = 0;
            }
            if let Some(line) = lines.last_mut() {
                line.push(c);
            }
            used += wide;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_share() {
        assert_eq!(bar(0.0), "");
        assert_eq!(bar(0.5), "█████");
        assert_eq!(bar(1.0), "██████████");
        assert_eq!(bar(0.012), "▏");
        assert_eq!(bar(f64::NAN), "");
        assert_eq!(bar(9.0), "██████████");
    }

    #[test]
    fn lines_are_wrapped_and_long_words_broken() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("", 3), [""]);
        assert_eq!(wrap("中文中文", 5), ["中文", "中文"]);
    }

    #[test]
    fn a_row_is_as_wide_whatever_stands_in_it() {
        let wide = row("119", &"中".repeat(60), "a-family-with-a-name", ">0.99", "0.10–0.20");
        assert_eq!(columns(&wide), 69);
        assert_eq!(columns(&row("", "", "", "", "")), 69);
    }
}
