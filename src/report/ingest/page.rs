//! What `ingest` read → `ingest.html` and `ingest.json`, the page from the same parts as the
//! others.
//!
//! Comes in: a [`Reading`]. Goes out: two files. Called by `cli`. Names, places and details of
//! drops come from the input and go through [`super::escape`]; the template `assets/ingest.html`
//! only lays out.

use super::formats_text::is_alike;
use super::terminal::{self as overview, found};
use crate::output::OutputFolder;
use crate::report::{
    Error,
    downloads::{Cell, DataTable},
    escape::{name, sentence},
    escaped_json,
    numbers::{count, counted},
    page_parts::{Fact, fact, listed},
    template::{fill, style_sheet},
};
use crate::{
    ingest::{Explanation, ModelSurvey, Summary, Survey},
    trace::Duplicates,
};
use minijinja::context;
use serde::Serialize;

const TEMPLATE: &str = include_str!("../../../assets/ingest.html");
/// Models in the table, rows of files in theirs, entries of a list.
const MODELS: usize = 200;
const FILES: usize = 60;
const LISTED: usize = 12;

/// What was read, and what of it could be used. As JSON it is what `ingest --json` prints.
#[derive(Debug, Serialize)]
pub struct Reading<'a> {
    /// Files, records, traces, drops.
    pub summary: &'a Summary,
    /// Traces that were not left out as repeated.
    pub kept: usize,
    /// What is in the traces, by model.
    pub survey: &'a Survey,
    /// Traces that repeat others.
    pub duplicates: &'a Duplicates,
    /// How the first record of each file was understood, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanations: Option<&'a [Explanation]>,
}

#[derive(Serialize)]
struct ModelRow {
    model: String,
    counts: [String; 4],
    mediation: String,
    languages: String,
}

#[derive(Serialize)]
struct Understood {
    place: String,
    alike: Option<String>,
    fields: [String; 5],
}

/// Writes `ingest.html` and `ingest.json` into a folder. `command` reads the same again.
///
/// # Errors
/// When a file cannot be written; the sentence names the path.
pub fn write_reading_report(
    reading: &Reading<'_>,
    command: &str,
    folder: &OutputFolder,
) -> Result<(), Error> {
    folder.write("ingest.html", render_reading(reading, command)?)?;
    folder.write("ingest.json", escaped_json(reading)?)?;
    Ok(())
}

/// The page as text.
///
/// # Errors
/// When the template fails, which is a mistake in this program.
pub fn render_reading(reading: &Reading<'_>, command: &str) -> Result<String, Error> {
    let Reading { summary, survey, .. } = reading;
    let models: Vec<ModelRow> =
        survey.models.iter().take(MODELS).map(|(model, own)| ModelRow::new(model, own)).collect();
    let (understood, rows) = understood(reading.explanations.unwrap_or_default());
    let more = |all: usize, shown: usize, one: &str, many: &str| {
        let more = all.checked_sub(shown).filter(|more| *more > 0)?;
        Some(format!("{} not shown here.", counted(more, one, many)))
    };
    fill(
        "ingest.html",
        TEMPLATE,
        style_sheet(),
        context! {
            headline => headline(reading),
            facts => facts(reading),
            models_left_out => more(survey.models.len(), models.len(), "model is", "models are"),
            models,
            download => model_table(survey).downloads()?,
            input => input_facts(summary, survey),
            found => found(summary, survey, reading.duplicates).iter().map(|line| sentence(line)).collect::<Vec<_>>(),
            dropped => dropped(summary),
            dropped_total => count(summary.dropped_total()),
            understood_left_out => more(rows, understood.len(), "row is", "rows are"),
            understood,
            command => sentence(command),
            program => concat!("cotprint ", env!("CARGO_PKG_VERSION")),
        },
    )
}

impl ModelRow {
    fn new(model: &str, own: &ModelSurvey) -> Self {
        Self {
            model: name(model),
            counts: [own.traces, own.words, own.median_words, own.prompts].map(count),
            mediation: overview::listed(&own.mediation, 4),
            languages: overview::listed(&own.languages, 4),
        }
    }
}

/// `Read 120 records: 118 traces of 3 models can be used`.
fn headline(reading: &Reading<'_>) -> String {
    let records = counted(reading.summary.records, "record", "records");
    if reading.summary.traces == 0 {
        return format!("Read {records}: no trace can be used");
    }
    let traces = counted(reading.summary.traces, "trace", "traces");
    let named = reading.survey.models.keys().filter(|name| *name != crate::ingest::UNNAMED).count();
    let of = match named {
        0 => String::new(),
        named => format!(" of {}", counted(named, "model", "models")),
    };
    format!("Read {records}: {traces}{of} can be used")
}

fn facts(reading: &Reading<'_>) -> Vec<Fact> {
    let words: usize = reading.survey.models.values().map(|own| own.words).sum();
    let mut facts = vec![
        fact("traces", count(reading.summary.traces)),
        fact("words", count(words)),
        fact("dropped", count(reading.summary.dropped_total())),
        fact("repeated", count(reading.duplicates.total())),
    ];
    if reading.kept < reading.summary.traces {
        facts.push(fact("left out as repeated", count(reading.summary.traces - reading.kept)));
    }
    facts
}

fn input_facts(summary: &Summary, survey: &Survey) -> Vec<Fact> {
    let mut facts = vec![
        fact("Inputs", listed(summary.inputs.iter().map(|path| name(path)), LISTED)),
        fact("Files", count(summary.files)),
        fact("Records", count(summary.records)),
    ];
    let lists = [
        ("Formats", overview::listed(&summary.formats, LISTED)),
        ("Mediation", overview::listed(&summary.mediation, LISTED)),
        ("Domains", overview::listed(&summary.domains, LISTED)),
        ("Languages", overview::listed(&survey.languages, LISTED)),
        ("Providers", overview::listed(&survey.providers, LISTED)),
        ("Finish reasons", overview::listed(&survey.finish_reasons, LISTED)),
    ];
    facts.extend(lists.into_iter().filter(|(_, list)| !list.is_empty()).map(|(w, l)| fact(w, l)));
    facts
}

/// Count, reason, and the place of the first with what was wrong there.
fn dropped(summary: &Summary) -> Vec<[String; 3]> {
    let row = |(reason, dropped): (&crate::ingest::Reason, &crate::ingest::Dropped)| {
        let first = match dropped.detail.as_str() {
            "" => dropped.first.to_string(),
            detail => format!("{}: {detail}", dropped.first),
        };
        [count(dropped.count), sentence(reason.description()), sentence(&first)]
    };
    summary.dropped.iter().map(row).collect()
}

/// A row for files next to each other that were read alike, and how many rows there are.
fn understood(explanations: &[Explanation]) -> (Vec<Understood>, usize) {
    let row = |alike: &[Explanation]| {
        let first = &alike[0];
        let field = |field: &Option<String>| field.as_deref().map_or_else(|| "–".into(), sentence);
        let reasoning = match (&first.reasoning_field, &first.why) {
            (Some(field), _) => sentence(field),
            (None, Some(why)) => format!("none: {}", sentence(why)),
            (None, None) => "none".into(),
        };
        Understood {
            place: sentence(&first.place.to_string()),
            alike: (alike.len() > 1)
                .then(|| format!("and {} likewise", counted(alike.len() - 1, "file", "files"))),
            fields: [
                first.format.to_owned(),
                reasoning,
                field(&first.answer_field),
                field(&first.prompt_field),
                field(&first.model_field),
            ],
        }
    };
    let rows: Vec<Understood> = explanations.chunk_by(is_alike).map(row).collect();
    let all = rows.len();
    (rows.into_iter().take(FILES).collect(), all)
}

fn model_table(survey: &Survey) -> DataTable {
    let rows = survey.models.iter().map(|(model, own)| {
        let mut row = vec![Cell::Text(model.clone())];
        row.extend([own.traces, own.words, own.median_words, own.prompts].map(Cell::Count));
        row
    });
    DataTable {
        name: "models",
        columns: ["model", "traces", "words", "median_words", "prompts"]
            .map(str::to_owned)
            .to_vec(),
        rows: rows.collect(),
    }
}
