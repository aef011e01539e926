//! An audit → a page, its figure, a table in the terminal.
//!
//! Comes in: an [`Audit`]. Goes out: bytes and files. Called by `cli`. Where the shares are rough, a person is
//! told words and sees neither figures nor a drawing; `audit.json` has the numbers without intervals.

mod downloads;
mod page;
mod terminal;

pub use page::render_audit;
pub use terminal::write_audit;

use super::{
    Error, escaped_json,
    numbers::{count, counted},
    plots::{Look, RankingPlot},
    write, write_figure,
};
use crate::lineage::audit::{Audit, AuditKind, Checks, RecordShares, ReferenceShare, in_words};
use std::path::{Path, PathBuf};

/// Shares below this are counted together, unless their interval reaches twice as far.
const LEAST_SHARE: f64 = 0.005;

/// Writes `audit.html`, `audit.json` and, where there are shares with intervals, `shares.png` and `shares.svg`
/// into a folder, which is made where it does not exist. Answers the files in that order.
///
/// # Errors
/// When the folder or a file cannot be written; the sentence names the path.
pub fn write_audit_report(audit: &Audit, folder: &Path) -> Result<Vec<PathBuf>, Error> {
    std::fs::create_dir_all(folder)
        .map_err(|source| Error::Folder { path: folder.to_owned(), source })?;
    let mut files = vec![write(folder.join("audit.html"), &render_audit(audit)?)?];
    files.push(write(folder.join("audit.json"), &escaped_json(audit)?)?);
    if audit.kind == AuditKind::Shares {
        let drawn = |source| Error::Figure { what: "the shares".into(), source };
        let figure = RankingPlot::of_audit(audit, Look::File).map_err(drawn)?;
        write_figure(&figure, "shares", folder, &mut files)?;
    }
    Ok(files)
}

/// The kind of answer in a few words.
fn kind(kind: AuditKind) -> &'static str {
    match kind {
        AuditKind::Shares => "Shares with intervals",
        AuditKind::Rough => "A rough picture",
        AuditKind::TooLittleText => "Too little text",
    }
}

/// What has to be said before any share: traces that the atlas knows, and repeated ones.
fn first_of_all(checks: &Checks, traces: usize) -> Vec<String> {
    let mut lines = Vec::new();
    if checks.seen_before > 0 {
        lines.push(format!(
            "{} of the {} {} among those that the atlas was learned from.",
            count(checks.seen_before),
            counted(traces, "trace", "traces"),
            if checks.seen_before == 1 { "is" } else { "are" }
        ));
    }
    if checks.repeated > 0 {
        lines.push(format!(
            "{} an earlier one, word by word or nearly.",
            counted(checks.repeated, "trace repeats", "traces repeat")
        ));
    }
    lines
}

/// The references that are shown, and how many are not.
fn shown(audit: &Audit, most: usize) -> (Vec<&ReferenceShare>, usize) {
    let has_some = |share: &&ReferenceShare| match audit.kind {
        AuditKind::Rough => share.share >= 0.1,
        _ => share.share >= LEAST_SHARE || share.high.is_some_and(|high| high >= 2.0 * LEAST_SHARE),
    };
    let shown: Vec<&ReferenceShare> = audit.shares.iter().filter(has_some).take(most).collect();
    let more = audit.shares.len() - shown.len();
    (shown, more)
}

/// A share as a person reads it: a number, or a word where a number would claim too much.
fn share_text(kind: AuditKind, share: f64) -> String {
    match kind {
        AuditKind::Rough => in_words(share).into(),
        _ => super::numbers::share(share),
    }
}

/// The interval as a person reads it; nothing where there is none.
fn interval_text(low: Option<f64>, high: Option<f64>) -> String {
    low.zip(high).map_or_else(String::new, |(low, high)| super::numbers::interval(low, high))
}

/// What a record may be of: `a/x 0.41, b/y 0.39, none of these 0.12`.
fn record_text(kind: AuditKind, record: &RecordShares) -> String {
    let mut parts: Vec<(f64, String)> = record
        .references
        .iter()
        .map(|one| (one.probability, super::escape::name(&one.reference)))
        .collect();
    parts.push((record.none, "none of these".into()));
    // Stably: references come largest first.
    parts.sort_by(|a, b| b.0.total_cmp(&a.0));
    let told = parts.into_iter().filter(|(p, _)| *p >= 0.05).map(|(p, name)| match kind {
        AuditKind::Rough => name,
        _ => format!("{name} {}", super::numbers::share(p)),
    });
    told.collect::<Vec<_>>().join(", ")
}
