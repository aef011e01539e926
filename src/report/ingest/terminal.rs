//! What was read → what `ingest` prints for a person: at most 80 columns, no text unescaped.
//!
//! A table with a row for each model, what cleaning mended and marked, and the drops by reason with
//! the first place of each. Called by `cli`, which decides where it goes.

use crate::ingest::{Dropped, ModelSurvey, Note, Reason, Summary, Survey};
use crate::lineage::InputSummary;
use crate::report::escape::{self, columns};
use crate::report::numbers::{count, counted};
use crate::report::terminal::{WIDTH, padded, wrap};
use crate::trace::Duplicates;
use std::{
    collections::BTreeMap,
    io::{self, Write},
};

/// Models in the table; the rest are counted.
const MODELS: usize = 60;
/// Columns of the counts: traces, words, median, prompts.
const WIDTHS: [usize; 4] = [6, 7, 6, 7];
/// Names that are listed in a sentence.
pub(in crate::report) const LISTED: usize = 6;

/// Prints the table and what was found and dropped. `kept` is the number of traces that were not
/// left out as repeated; `advice` says what the caller's user can do about drops for a reason.
///
/// # Errors
/// Those of the writer, a closed pipe among them.
pub fn write_overview(
    summary: &Summary,
    survey: &Survey,
    duplicates: &Duplicates,
    kept: usize,
    advice: &dyn Fn(Reason) -> Option<&'static str>,
    out: &mut dyn Write,
) -> io::Result<()> {
    table(survey, out)?;
    let files = counted(summary.files, "file", "files");
    let records = counted(summary.records, "record", "records");
    let traces = counted(summary.traces, "trace", "traces");
    let formats = listed(&summary.formats, LISTED);
    let mut read = format!("Read {files} with {records}: {traces}");
    if !formats.is_empty() {
        read.push_str(&format!(" ({formats})"));
    }
    read.push('.');
    if kept < summary.traces {
        let left_out = counted(summary.traces - kept, "trace was", "traces were");
        read.push_str(&format!(" {left_out} left out: an earlier one says the same."));
    }
    writeln!(out)?;
    paragraph(&read, "", out)?;
    section("Repaired and marked", &found(summary, survey, duplicates), out)?;
    section("Dropped", &dropped(summary, advice), out)
}

fn table(survey: &Survey, out: &mut dyn Write) -> io::Result<()> {
    if survey.models.is_empty() {
        return writeln!(out, "No trace could be used.");
    }
    let head = ["model", "traces", "words", "median", "prompts", "mediation", "language"];
    writeln!(out, "{}", row(&head.map(str::to_owned)))?;
    for (model, own) in survey.models.iter().take(MODELS) {
        writeln!(out, "{}", model_row(&escape::name(model), own))?;
    }
    let more = survey.models.len().saturating_sub(MODELS);
    if more > 0 {
        writeln!(out, "… and {}", counted(more, "more model", "more models"))?;
    }
    Ok(())
}

fn model_row(name: &str, own: &ModelSurvey) -> String {
    row(&[
        name.to_owned(),
        short_count(own.traces, WIDTHS[0]),
        short_count(own.words, WIDTHS[1]),
        short_count(own.median_words, WIDTHS[2]),
        short_count(own.prompts, WIDTHS[3]),
        most_frequent(&own.mediation, own.traces),
        most_frequent(&own.languages, own.traces),
    ])
}

/// A row of the table: 80 columns.
fn row(cells: &[String; 7]) -> String {
    let [name, numbers @ .., mediation, language] = cells;
    let mut row = padded(name, 28);
    for (cell, width) in numbers.iter().zip(WIDTHS) {
        row.push_str(&format!(" {cell:>width$}"));
    }
    row.push_str(&format!("  {} {}", padded(mediation, 11), padded(language, 8)));
    row.trim_end().to_owned()
}

/// A count; where it is wider than its column, in millions.
fn short_count(value: usize, width: usize) -> String {
    match count(value) {
        exact if exact.len() <= width => exact,
        _ if value < 10_000_000 => format!("{:.1} M", value as f64 / 1e6),
        _ => format!("{} M", count(value / 1_000_000)),
    }
}

/// The most frequent key, and its share where it is not the only one.
fn most_frequent(counts: &BTreeMap<String, usize>, traces: usize) -> String {
    let first = counts.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)));
    match first {
        None => "–".into(),
        Some((key, &n)) if n >= traces => escape::name(key),
        Some((key, &n)) => {
            let share = 100.0 * n as f64 / traces.max(1) as f64;
            format!("{} {}%", escape::name(key), (share.floor() as usize).clamp(1, 99))
        }
    }
}

/// A sentence for each thing that was mended or marked.
pub(in crate::report) fn found(
    summary: &Summary,
    survey: &Survey,
    duplicates: &Duplicates,
) -> Vec<String> {
    let mut lines = Vec::new();
    for (note, &n) in summary.notes.iter().filter(|(note, _)| **note != Note::HiddenFile) {
        lines.push(format!("{} × \"{}\"", count(n), plain(note.description())));
    }
    lines.extend(data_notes(&Notes::of(survey, duplicates)));
    if survey.quoting_prompt > 0 {
        let quoting = counted(survey.quoting_prompt, "trace quotes its", "traces quote their");
        lines.push(format!("{quoting} prompt word by word (meta.prompt_quotes)."));
    }
    for (what, counts) in
        [("Providers", &survey.providers), ("Finish reasons", &survey.finish_reasons)]
    {
        if !counts.is_empty() {
            lines.push(format!("{what}: {}.", listed(counts, LISTED)));
        }
    }
    if let Some(&hidden) = summary.notes.get(&Note::HiddenFile) {
        lines
            .push(format!("{} not read.", counted(hidden, "hidden file was", "hidden files were")));
    }
    lines
}

/// The notes about the data of a comparison, without its mediation.
pub(in crate::report) fn input_notes(input: &InputSummary) -> Vec<String> {
    let mut lines = data_notes(&Notes {
        duplicates: &input.duplicates,
        refusals: input.refusals,
        naming: input.naming,
        naming_beyond_prompt: input.naming_beyond_prompt,
        names_beyond_prompt: &input.names_beyond_prompt,
        languages: &input.languages,
    });
    if input.names_masked {
        lines.push("Names of models and vendors were masked before the comparison.".into());
    }
    if input.providers.len() > 1 {
        lines.push(format!("Several providers: {}.", listed(&input.providers, LISTED)));
    }
    lines
}

/// What the notes about the data of an input are made of.
struct Notes<'a> {
    duplicates: &'a Duplicates,
    refusals: usize,
    naming: usize,
    naming_beyond_prompt: usize,
    names_beyond_prompt: &'a BTreeMap<String, usize>,
    languages: &'a BTreeMap<String, usize>,
}

impl<'a> Notes<'a> {
    fn of(survey: &'a Survey, duplicates: &'a Duplicates) -> Self {
        Self {
            duplicates,
            refusals: survey.refusals,
            naming: survey.naming,
            naming_beyond_prompt: survey.naming_beyond_prompt,
            names_beyond_prompt: &survey.names_beyond_prompt,
            languages: &survey.languages,
        }
    }
}

/// Sentences on repeated traces, refusals, names and languages, where there is something to say.
fn data_notes(notes: &Notes<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(duplicates_note(notes.duplicates));
    if notes.refusals > 0 {
        let refusals = counted(notes.refusals, "trace ends in a refusal", "traces end in refusals");
        lines.push(format!("{refusals}."));
    }
    if notes.naming_beyond_prompt > 0 {
        lines.push(format!(
            "{} a model or vendor that {} not: {}.",
            counted(notes.naming_beyond_prompt, "trace names", "traces name"),
            if notes.naming_beyond_prompt == 1 { "its prompt does" } else { "their prompts do" },
            listed(notes.names_beyond_prompt, LISTED)
        ));
    } else if notes.naming > 0 {
        lines.push(format!(
            "{} a model or vendor, as the prompt does.",
            counted(notes.naming, "trace names", "traces name")
        ));
    }
    if notes.languages.len() > 1 {
        lines.push(format!("Several languages: {}.", listed(notes.languages, LISTED)));
    }
    lines
}

fn duplicates_note(duplicates: &Duplicates) -> Option<String> {
    let total = duplicates.total();
    let mut note = String::new();
    if total > 0 {
        let (exact, near) = (duplicates.exact(), duplicates.near());
        let mut kinds = Vec::new();
        if exact > 0 {
            kinds.push(format!("{} word by word", count(exact)));
        }
        if near > 0 {
            kinds.push(format!("{} nearly", count(near)));
        }
        if duplicates.between_models() > 0 {
            kinds.push(format!("{} of another model", count(duplicates.between_models())));
        }
        let first = duplicates.pairs.first().map(|pair| {
            format!(
                "; the first: {} repeats {}",
                escape::name(&pair.id),
                escape::name(&pair.repeats)
            )
        });
        note = format!(
            "{} an earlier one ({}){}.",
            counted(total, "trace repeats", "traces repeat"),
            kinds.join(", "),
            first.unwrap_or_default()
        );
    }
    if duplicates.not_remembered > 0 {
        note.push_str(&format!(
            " The limit of traces to compare with was reached: {} compared with the first ones only.",
            counted(duplicates.not_remembered, "trace was", "traces were")
        ));
    }
    let note = note.trim().to_owned();
    (!note.is_empty()).then_some(note)
}

/// A line for each reason of a drop.
fn dropped(summary: &Summary, advice: &dyn Fn(Reason) -> Option<&'static str>) -> Vec<String> {
    let line = |(&reason, dropped): (&Reason, &Dropped)| {
        let detail = match plain(&dropped.detail) {
            "" => String::new(),
            detail => format!(": {detail}"),
        };
        let advice = advice(reason).map_or_else(String::new, |advice| format!(". {advice}"));
        let (reason, first) = (plain(reason.description()), &dropped.first);
        format!("{} × \"{reason}\" (first {first}{detail}){advice}", count(dropped.count))
    };
    summary.dropped.iter().map(line).collect()
}

fn plain(sentence: &str) -> &str {
    sentence.trim_end_matches('.')
}

/// `raw 40, summary 2`, the largest first, and how many more there are.
pub(in crate::report) fn listed<K: AsRef<str>>(counts: &BTreeMap<K, usize>, most: usize) -> String {
    let mut entries: Vec<(&str, usize)> = counts.iter().map(|(k, &n)| (k.as_ref(), n)).collect();
    entries.sort_by_key(|&(key, n)| (std::cmp::Reverse(n), key));
    let more = entries.len().saturating_sub(most);
    let mut words: Vec<String> = entries
        .into_iter()
        .take(most)
        .map(|(key, n)| format!("{} {}", escape::name(key), count(n)))
        .collect();
    if more > 0 {
        words.push(format!("{} more", count(more)));
    }
    words.join(", ")
}

fn section(title: &str, lines: &[String], out: &mut dyn Write) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{title}")?;
    for line in lines {
        paragraph(&escape::sentence(line), "  - ", out)?;
    }
    Ok(())
}

/// Wraps a text; lines after the first are indented as far as `bullet`.
fn paragraph(text: &str, bullet: &str, out: &mut dyn Write) -> io::Result<()> {
    let indent = columns(bullet);
    for (at, line) in wrap(text, WIDTH - indent).iter().enumerate() {
        let start = if at == 0 { bullet.to_owned() } else { " ".repeat(indent) };
        writeln!(out, "{start}{line}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_at_most_80_columns_wide() {
        let mut big = ModelSurvey::default();
        (big.traces, big.words) = (123_456_789, 99_999_999_999);
        (big.median_words, big.prompts) = (1_234_567, 123_456);
        big.mediation = BTreeMap::from([("truncated".into(), 2), ("raw".into(), 1)]);
        big.languages = BTreeMap::from([("something-long".into(), 1)]);
        let row = model_row(&"中".repeat(60), &big);
        assert!(columns(&row) <= WIDTH, "{row}");
    }

    #[test]
    fn counts_are_short() {
        let cases = [
            (7, "7"),
            (99_999, "99,999"),
            (123_456, "0.1 M"),
            (1_234_567, "1.2 M"),
            (123_456_789, "123 M"),
        ];
        for (value, text) in cases {
            assert_eq!(short_count(value, 6), text);
        }
        assert_eq!(short_count(123_456, 7), "123,456");
    }

    #[test]
    fn the_most_frequent_is_shown_with_its_share() {
        let counts = BTreeMap::from([("raw".to_owned(), 199), ("summary".to_owned(), 1)]);
        assert_eq!(most_frequent(&counts, 200), "raw 99%");
        assert_eq!(most_frequent(&BTreeMap::from([("raw".into(), 2)]), 2), "raw");
        assert_eq!(most_frequent(&BTreeMap::new(), 2), "–");
    }

    #[test]
    fn notes_are_sentences() {
        let mut duplicates = Duplicates { near_between_models: 1, ..Duplicates::default() };
        assert_eq!(
            duplicates_note(&duplicates).unwrap(),
            "1 trace repeats an earlier one (1 nearly, 1 of another model)."
        );
        duplicates.not_remembered = 5;
        assert!(duplicates_note(&duplicates).unwrap().contains("5 traces were compared"));
        assert_eq!(duplicates_note(&Duplicates::default()), None);
    }
}
