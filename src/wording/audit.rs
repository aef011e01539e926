//! An audit of a mixed data set, in sentences.

use super::numbers::counted;
use crate::lineage::audit::Audit;

/// What an audit rests on: traces, prompts and words.
pub fn audit_rests_on(audit: &Audit) -> String {
    format!(
        "{} of {} with {}",
        counted(audit.traces, "trace", "traces"),
        counted(audit.prompts, "prompt", "prompts"),
        counted(audit.words, "word", "words")
    )
}
