//! Advice on errors of `report`.

use crate::report::plots::PlotError;

/// What a short answer leaves out, and how to see it.
pub(in crate::cli) const MORE: &str =
    "-v prints everything; --report DIR writes a page with figures and evidence.";

/// A sentence to follow the message.
pub(super) fn advice(error: &PlotError) -> Option<String> {
    match error {
        PlotError::TooManyTips { .. } => Some(
            "Keep those nearest to the inputs with --references N, or choose another format with --as"
                .into(),
        ),
        _ => None,
    }
}
