//! An audit → a page, its figure, a table in the terminal.
//!
//! Comes in: an [`Audit`]. Goes out: bytes and files. Called by `cli`. Where the shares are rough,
//! the page and the terminal give words, no figures and no drawing; `audit.json` has the numbers
//! without intervals.

mod downloads;
mod page;
mod terminal;

pub use page::render_audit;
pub use terminal::write_audit;

use super::{
    Error, escaped_json,
    plots::{Look, RankingPlot},
    write_figure,
};
use crate::lineage::audit::{Audit, AuditKind, ReferenceShare};
use crate::output::OutputFolder;

/// Shares below this are counted together, unless their interval reaches twice as far.
const LEAST_SHARE: f64 = 0.005;

/// Writes `audit.html`, `audit.json` and, where there are shares with intervals, `shares.png` and
/// `shares.svg` into a folder. They are in their place when the folder is finished.
///
/// # Errors
/// When a file cannot be written; the sentence names the path.
pub fn write_audit_report(audit: &Audit, folder: &OutputFolder) -> Result<(), Error> {
    folder.write("audit.html", render_audit(audit)?)?;
    folder.write("audit.json", escaped_json(audit)?)?;
    if audit.kind == AuditKind::Shares {
        let drawn = |source| Error::Figure { what: "the shares".into(), source };
        let figure = RankingPlot::of_audit(audit, Look::File).map_err(drawn)?;
        write_figure(&figure, "shares", folder)?;
    }
    Ok(())
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
