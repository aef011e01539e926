//! A comparison → `report.md`: what a pull request or a release note holds. The figures are
//! referenced by the names that [`write_report`](super::write_report) gives them.

use crate::lineage::Comparison;
use crate::report::markdown::{Markdown, text};
use crate::report::sections::SECTIONS;
use crate::report::wording;

/// The report as GitHub-flavoured Markdown.
pub fn to_markdown(comparison: &Comparison) -> String {
    let mut out = Markdown::default();
    out.line(&format!("# {}", text(&wording::verdict(comparison))));
    out.paragraph(&wording::how_sure(comparison).join(" "));
    out.block(&format!("> {}", text(wording::STYLE_IS_EVIDENCE)));
    out.paragraph(&format!("Based on {}.", wording::rests_on(comparison)));
    let ranked = !comparison.ranking.is_empty();
    for section in SECTIONS {
        // Without a ranking the figures show nothing.
        if ranked || (section.needs_no_ranking() && section.figures(comparison).is_empty()) {
            section.markdown(comparison, &mut out);
        }
    }
    out.0
}
