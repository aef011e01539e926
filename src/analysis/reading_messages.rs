//! Messages about the input: dropped records, and inputs without usable text.

use super::Error;
use crate::{ingest::Summary, trace::TextKind};

/// A line for each reason why records were dropped.
pub fn dropped_lines(summary: &Summary) -> Vec<String> {
    let plain = |sentence: &str| sentence.trim_end_matches('.').to_owned();
    summary
        .dropped
        .iter()
        .map(|(reason, dropped)| {
            let first = format!("first {}", dropped.first);
            let detail = match plain(&dropped.detail) {
                detail if detail.is_empty() => first,
                detail => format!("{first}: {detail}"),
            };
            format!("dropped {} × \"{}\" ({detail})", dropped.count, plain(reason.description()))
        })
        .collect()
}

/// The error where no trace of the input could be used.
pub(super) fn no_usable_text(summary: &Summary, text: TextKind) -> Error {
    Error::NoUsableText {
        text,
        inputs: summary.inputs.clone(),
        reasons: summary.dropped.keys().copied().collect(),
        dropped: dropped_lines(summary),
    }
}
