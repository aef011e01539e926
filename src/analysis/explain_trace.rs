//! One trace of the inputs, explained.

use super::{AnalysisOptions, Error, Inputs, Scorer, reading_messages::no_usable_text};
use crate::{
    atlas::Atlas,
    attribution::TooShort,
    features::embed::{Cursor, Source},
    ingest,
    lineage::explain::{Explanation, explain},
    trace::Trace,
    wording::escape,
};

/// Ids that are named where the one that was asked for is not there.
const NAMED: usize = 5;

/// A trace that was explained.
#[derive(Debug, Clone, PartialEq)]
pub struct ExplainedTrace {
    /// What each stretch of it resembles, and the features that say so.
    pub explanation: Explanation,
    /// Its text (hostile: escape it).
    pub text: String,
}

/// Finds a trace by its id and explains its score; without an id the first trace of the inputs.
/// The scores are the default model's.
///
/// # Errors
/// Where the inputs cannot be read, no trace has the id, or the trace is too short.
pub fn explain_trace(
    atlas: &Atlas,
    inputs: impl Into<Inputs>,
    id: Option<&str>,
    options: &AnalysisOptions,
) -> Result<ExplainedTrace, Error> {
    let scorer = Scorer::with_options(atlas, &options.atlas_name, options.scoring.clone())?;
    let reading = scorer.options().reading.clone();
    let kind = reading.text;
    let (trace, vector) = find(&inputs.into(), id, reading, atlas.vectors())?;
    let text = trace.text(kind).unwrap_or_default().into_owned();
    let (command, name) = (&options.command, &options.atlas_name);
    let explanation = explain(atlas, &trace, &text, vector, command, name).map_err(|short| {
        let TooShort { words, needed } = short;
        Error::ShortTrace { id: trace.id.clone(), words, needed }
    })?;
    Ok(ExplainedTrace { explanation, text })
}

/// The trace that is wanted, and its vector where that comes from a file.
fn find<'a>(
    inputs: &Inputs,
    id: Option<&str>,
    reading: ingest::Options,
    source: Option<&'a Source>,
) -> Result<(Trace, Option<&'a [f32]>), Error> {
    let kind = reading.text;
    let mut traces = ingest::open(inputs.names(), reading)?;
    let by_order = source.is_some_and(Source::is_by_order);
    let mut cursor = source.map(Cursor::new);
    let mut first = Vec::new();
    let mut count = 0_usize;
    while let Some(trace) = traces.next().transpose()? {
        let is_wanted = id.is_none_or(|wanted| trace.id == wanted);
        // Of all traces where vectors are matched by order, else of this one.
        let vector = match &mut cursor {
            Some(cursor) if is_wanted || by_order => cursor.next(&trace)?,
            _ => None,
        };
        if is_wanted {
            if let Some(mut cursor) = cursor.filter(|_| by_order) {
                for other in traces {
                    cursor.next(&other?)?;
                }
                cursor.finish()?;
            }
            return Ok((trace, vector));
        }
        count += 1;
        if first.len() < NAMED {
            first.push(escape::name(&trace.id));
        }
    }
    let summary = traces.summary();
    match id {
        Some(id) if count > 0 => Err(Error::NoSuchTrace {
            id: id.to_owned(),
            inputs: summary.inputs.clone(),
            traces: count,
            first,
        }),
        _ => Err(no_usable_text(summary, kind)),
    }
}
