//! A draft → a finished trace, or a counted drop.
//!
//! Gives every trace what its format did not: an id, a label, a source, its mediation, clean text.
//! Called by `file` for every draft.

use std::collections::VecDeque;

use super::detect::Name;
use super::explain::Explanation;
use super::formats::{self, Format, Label};
use super::record::Draft;
use super::sessions_seen::SessionsSeen;
use super::summary::{Note, Reason, Summary};
use super::{Error, Options, clean, cleaning, mediation, tags};
use crate::trace::{Place, Position, TextKind, Trace};

/// Where finished traces and counts go.
pub(super) struct Collector {
    pub options: Options,
    pub summary: Summary,
    pub ready: VecDeque<Trace>,
    /// Where each of them stands, in the same order.
    pub places: VecDeque<Place>,
    pub explanations: Vec<Explanation>,
    /// How many bytes the traces of the present record take.
    pub taken: usize,
    /// The sessions that traces belong to.
    pub sessions: SessionsSeen,
}

/// How many times the limit of a record its traces may take together: generations that repeat a long
/// prompt must not fill the memory.
const REPEATED: usize = 2;

impl Collector {
    /// A collector that adds to this summary.
    pub fn new(options: Options, summary: Summary) -> Self {
        let (ready, places, explanations) = Default::default();
        let sessions = SessionsSeen::default();
        Self { options, summary, ready, places, explanations, taken: 0, sessions }
    }

    /// A record begins: what its traces may take is counted anew.
    pub fn begin_record(&mut self) {
        self.taken = 0;
    }

    /// With `strict`, the first record that was dropped is an error.
    pub fn check_strict(&self) -> Result<(), Error> {
        if !self.options.strict {
            return Ok(());
        }
        let bad = self.summary.dropped.iter().find(|(reason, _)| reason.is_about_a_record());
        bad.map_or(Ok(()), |(reason, dropped)| {
            Err(Error::BadRecord {
                place: dropped.first.to_string(),
                reason: *reason,
                detail: dropped.detail.trim_end_matches('.').to_owned(),
            })
        })
    }
}

/// Completes a draft and hands it out, or counts why not.
pub(super) fn finish(
    draft: Draft,
    format: &'static Format,
    name: &Name,
    position: Position,
    collector: &mut Collector,
) {
    let Collector { options, summary, ready, places, taken, sessions, .. } = collector;
    let Draft {
        mut trace,
        evidence,
        cut_off,
        encrypted,
        generation,
        earlier_turns,
        why,
        no_response,
        doubtful,
        session,
        over_limit,
        ..
    } = draft;
    let most = options.limits.record_bytes.saturating_mul(REPEATED);
    *taken = taken.saturating_add(trace.bytes());
    if over_limit || *taken > most {
        let detail = || {
            format!(
                "The traces of one record repeat its texts: together they are longer than {most} bytes."
            )
        };
        return summary.drop_one(
            Reason::TooLong,
            || Place { file: name.display.clone(), position },
            detail,
        );
    }
    let is_canonical = format.name == formats::canonical().name;
    if !is_canonical && let Some(plain) = tags::without_calls(&trace.reasoning) {
        trace.reasoning = plain;
        summary.note(Note::ToolMarkup, 1);
    }
    clean::trace(&mut trace, !is_canonical, &options.cleaning, summary);
    identify(&mut trace, name, position, generation, is_canonical);
    let own_label = trace.model.take().filter(|model| !model.trim().is_empty());
    let (label, guessed) = label(own_label.as_deref(), options, format.label, name);
    trace.model = label;
    if !is_canonical && !trace.meta.contains_key("mediation") {
        // The name of a file or of a folder is no evidence that the text is raw; it may show that it
        // is not.
        let model = own_label.as_deref().or(options.model.as_deref());
        let names =
            [Some(name.stem.as_str()), trace.model.as_deref()].map(Option::unwrap_or_default);
        let hints = if own_label.is_none() { &names[..] } else { &[] };
        let cut_off = cut_off || trace.is_cut_off();
        let mediation = mediation::judge(evidence, model, hints, cut_off);
        trace.meta.insert("mediation".into(), mediation.name().into());
    }
    if doubtful && !trace.reasoning.trim().is_empty() {
        summary.note(Note::Doubtful, 1);
        trace.meta.insert("doubtful".into(), true.into());
    }
    summary.note(Note::EncryptedPart, encrypted);
    summary.note(Note::EarlierTurn, earlier_turns);
    if trace.text(options.text).is_some() {
        summary.note(Note::LabelFromName, usize::from(guessed));
        let is_later = sessions.relate(&mut trace, session, &name.stem);
        summary.note(Note::LaterQuestion, usize::from(is_later));
        if options.cleaning.mask_names {
            summary.note(Note::MaskedNames, usize::from(cleaning::mask_names(&mut trace)));
        }
        summary.keep(&trace, format.name);
        ready.push_back(trace);
        places.push_back(Place { file: name.display.clone(), position });
        return;
    }
    let (reason, detail) = if no_response {
        (
            Reason::EmptyResponse,
            why.unwrap_or_else(|| "The provider answered with nothing.".to_owned()),
        )
    } else if options.text == TextKind::Answer || !trace.reasoning.trim().is_empty() {
        (Reason::NoAnswer, "The record holds no answer.".to_owned())
    } else if encrypted > 0 {
        (Reason::EncryptedReasoning, "Only the provider can read it.".to_owned())
    } else {
        (Reason::NoReasoning, why.unwrap_or_else(|| format.no_reasoning.to_owned()))
    };
    summary.drop_one(reason, || Place { file: name.display.clone(), position }, || detail);
}

/// The label of a trace, and whether it is only the name of a file or folder.
fn label(
    own: Option<&str>,
    options: &Options,
    fallback: Label,
    name: &Name,
) -> (Option<String>, bool) {
    let given = options.model.as_deref();
    let first = if options.relabel { given.or(own) } else { own.or(given) };
    if let Some(label) = first {
        return (Some(label.to_owned()), false);
    }
    let from_name = match fallback {
        Label::Nothing => None,
        Label::File => name.stem(),
        Label::Folder => name.folder.as_deref(),
    };
    (from_name.map(unsanitized), from_name.is_some())
}

/// The name of a model as harnesses write it into the name of a folder: `vendor__model`.
fn unsanitized(name: &str) -> String {
    match name.split_once("__") {
        Some((vendor, model))
            if !vendor.is_empty() && !model.is_empty() && !model.contains("__") =>
        {
            format!("{vendor}/{model}")
        }
        _ => name.to_owned(),
    }
}

/// Gives a trace an id of its own, a source, and generations of one record a common prompt.
fn identify(
    trace: &mut Trace,
    name: &Name,
    position: Position,
    generation: Option<usize>,
    is_canonical: bool,
) {
    let number = match position {
        Position::File => None,
        Position::Line(number) | Position::Record(number) | Position::Row(number) => Some(number),
    };
    if trace.id.is_empty() {
        trace.id = match (number, &name.folder) {
            (Some(number), _) => format!("{}:{number}", name.stem),
            (None, Some(folder)) => format!("{folder}/{}", name.stem),
            (None, None) => name.stem.clone(),
        };
    } else if !is_canonical && trace.id.bytes().all(|byte| byte.is_ascii_digit()) {
        // A bare number is unique in its file at best.
        trace.id = format!("{}:{}", name.stem, trace.id);
    }
    // A folder of text files holds one model's traces, a file per prompt.
    if number.is_none() && trace.prompt_id.is_none() && trace.prompt.is_none() {
        trace.prompt_id = Some(name.stem.clone());
    }
    if let Some(generation) = generation {
        if trace.prompt_id.is_none() && trace.prompt.is_none() {
            trace.prompt_id = Some(trace.id.clone());
        }
        trace.id = format!("{}:{generation}", trace.id);
        trace.meta.insert("generation".into(), generation.into());
    }
    if trace.source.is_empty() {
        let folder = name.folder.clone().filter(|_| number.is_none());
        trace.source = folder.unwrap_or_else(|| name.file.clone());
    }
}
