//! An explanation → one HTML file that needs nothing else and asks for nothing.
//!
//! Everything is text before the template in `assets/explain.html` sees it, and the template
//! escapes it again for HTML. The page works without scripts: what a mark means is in its title
//! and in the tables.

use super::downloads::ExplanationData;
use super::{
    marks::{Marks, colour_of, stretch_text},
    terminal::{about, signed},
};
use crate::{
    lineage::explain::{Explanation, FeatureWeight},
    report::{
        Error,
        escape::{self, name, phrase, sentence},
        numbers::{count, counted, percent, share},
        page_parts::{Fact, Piece, fact, pieces},
        plots::{CoursePlot, Look},
        template::{fill, inline, style_sheet},
        wording,
    },
};
use minijinja::context;
use serde::Serialize;

const TEMPLATE: &str = include_str!("../../../assets/explain.html");
pub(in crate::report) const STYLE: &str = include_str!("../../../assets/explain.css");
/// Bytes of the text that are shown; the rest is counted.
const SHOWN_BYTES: usize = 200_000;
/// Stretches in their table.
const STRETCHES: usize = 200;

/// A stretch of the text as it is shown.
#[derive(Serialize)]
pub(in crate::report) struct Shown {
    class: String,
    title: String,
    pieces: Vec<TextPiece>,
}

#[derive(Serialize)]
struct TextPiece {
    text: String,
    /// Empty where nothing is marked.
    class: &'static str,
    title: String,
}

#[derive(Serialize)]
struct StretchRow {
    words: String,
    class: String,
    reference: String,
    all: String,
}

#[derive(Serialize)]
struct FeatureRow {
    pieces: Vec<Piece>,
    weight: String,
    over_average: String,
    count: String,
    everywhere: String,
    channel: String,
}

#[derive(Serialize)]
struct ReferenceRow {
    reference: String,
    family: String,
    probability: String,
}

#[derive(Serialize)]
struct MeasureRow {
    name: String,
    deviations: String,
    weight: String,
    channel: String,
}

/// The page as text. `text` is the text that the explanation is about.
///
/// # Errors
/// When the figure cannot be drawn or the template fails.
pub fn render_explanation(explanation: &Explanation, text: &str) -> Result<String, Error> {
    let drawn = |source| Error::Figure { what: "the course".into(), source };
    let figure = |look, id| inline(CoursePlot::new(explanation, look), id).map_err(drawn);
    let (figure, figure_phone) = match explanation.windows.len() {
        0 | 1 => (String::new(), String::new()),
        _ => (figure(Look::Page, "course")?, figure(Look::Phone, "course-phone")?),
    };
    let [first, second] = [0, 1].map(|at| {
        explanation.references.get(at).map(|one| name(&one.reference)).unwrap_or_default()
    });
    let (for_it, against_it): (Vec<_>, Vec<_>) =
        explanation.features.iter().partition(|feature| feature.weight > 0.0);
    let rows = |features: &[&FeatureWeight]| -> Vec<FeatureRow> {
        features.iter().map(|own| feature_row(own)).collect()
    };
    let end = escape::boundary(text, SHOWN_BYTES);
    fill(
        "explain.html",
        TEMPLATE,
        style_sheet() + STYLE,
        context! {
            sentence => sentence(&explanation.sentence()).replace(" %", "\u{a0}%"),
            about => sentence(&about(explanation)),
            style_is_evidence => wording::STYLE_IS_EVIDENCE,
            facts => facts(explanation),
            references => explanation.references.iter().map(|one| ReferenceRow {
                reference: name(&one.reference),
                family: one.family.as_deref().map_or_else(|| "–".into(), name),
                probability: share(one.probability),
            }).collect::<Vec<_>>(),
            data => ExplanationData::new(explanation)?,
            figure,
            figure_phone,
            key => explanation.courses.iter().enumerate().map(|(at, course)| {
                context! { class => format!("s{}", at + 1), reference => name(&course.reference) }
            }).collect::<Vec<_>>(),
            shown => shown(explanation, text, end, &|reference| class_of(explanation, reference)),
            left_out => left_out(text, end),
            stretches => stretches(explanation),
            more_stretches => explanation.stretches.len().saturating_sub(STRETCHES),
            window_words => explanation.window_words,
            windows => counted(explanation.windows.len(), "window", "windows"),
            first,
            second,
            for_it => rows(&for_it),
            against_it => rows(&against_it),
            channels => explanation.channels.iter()
                .map(|one| fact(&name(&one.name), signed(one.weight))).collect::<Vec<_>>(),
            measures => explanation.measures.iter().map(|measure| MeasureRow {
                name: name(&measure.name),
                deviations: signed(measure.deviations),
                weight: signed(measure.weight),
                channel: name(&measure.channel),
            }).collect::<Vec<_>>(),
            limits => explanation.limits.iter().map(|limit| sentence(&limit.to_string())).collect::<Vec<_>>(),
            command => sentence(&explanation.command),
            provenance => vec![
                fact("Program", name(&explanation.program)),
                fact("Atlas", name(&explanation.atlas)),
                fact("Atlas checksum", name(&explanation.atlas_checksum)),
            ],
        },
    )
}

fn facts(explanation: &Explanation) -> Vec<Fact> {
    vec![
        fact("words", count(explanation.words)),
        fact("windows", count(explanation.windows.len())),
        fact("stretches", count(explanation.stretches.len())),
    ]
}

/// The class of a stretch, which has its colour.
fn class_of(explanation: &Explanation, reference: Option<&str>) -> String {
    match (reference, colour_of(explanation, reference)) {
        (None, _) => "open".into(),
        (Some(_), Some(place)) => format!("s{}", place + 1),
        (Some(_), None) => "other".into(),
    }
}

/// The stretches of a text up to the byte `end`; `class_of` names the class of a reference, or of
/// none.
pub(in crate::report) fn shown(
    explanation: &Explanation,
    text: &str,
    end: usize,
    class_of: &dyn Fn(Option<&str>) -> String,
) -> Vec<Shown> {
    let marks = Marks::new(explanation, text);
    let stretches = explanation.stretches.iter().filter(|stretch| stretch.bytes[0] < end);
    let one = |stretch: &crate::lineage::explain::Stretch| {
        let [from, to] = stretch.bytes;
        let pieces = marks.pieces(text, from..to.min(end), escape::passage);
        Shown {
            class: class_of(stretch.reference.as_deref()),
            title: stretch_text(stretch),
            pieces: pieces
                .into_iter()
                .map(|piece| match piece.feature {
                    None => TextPiece { text: piece.text, class: "", title: String::new() },
                    Some(feature) => TextPiece {
                        text: piece.text,
                        class: if feature.weight > 0.0 { "for" } else { "against" },
                        title: mark_title(explanation, feature),
                    },
                })
                .collect(),
        }
    };
    stretches.map(one).collect()
}

/// What a mark says when it is pointed at.
fn mark_title(explanation: &Explanation, feature: &FeatureWeight) -> String {
    let side = explanation.references.get(usize::from(feature.weight < 0.0));
    format!(
        "{} for {}, {} n-gram {}",
        signed(feature.weight.abs()),
        side.map(|one| name(&one.reference)).unwrap_or_default(),
        feature.channel,
        phrase(&feature.form)
    )
}

/// What is not shown of the text.
pub(in crate::report) fn left_out(text: &str, end: usize) -> String {
    let rest = crate::text::count_words(text.get(end..).unwrap_or_default());
    if rest == 0 {
        return String::new();
    }
    format!(
        "The text goes on: {} not shown here; all of it was scored.",
        counted(rest, "more word is", "more words are")
    )
}

fn stretches(explanation: &Explanation) -> Vec<StretchRow> {
    let rows = explanation.stretches.iter().take(STRETCHES).map(|stretch| StretchRow {
        words: format!(
            "{}–{}",
            count(stretch.first_word + 1),
            count(stretch.first_word + stretch.words)
        ),
        class: class_of(explanation, stretch.reference.as_deref()),
        reference: stretch.reference.as_deref().map_or_else(|| "no reference".into(), name),
        all: stretch_text(stretch),
    });
    rows.collect()
}

fn feature_row(feature: &FeatureWeight) -> FeatureRow {
    FeatureRow {
        pieces: pieces(&phrase(&feature.form)),
        weight: signed(feature.weight),
        over_average: signed(feature.over_average),
        count: count(feature.count as usize),
        everywhere: percent(feature.share_of_reference_traces),
        channel: name(&feature.channel),
    }
}
