//! What a condition is measured on.

use super::{
    checked_records::CheckedRecords, decide::Level, mixture::Mixture, result::CheckOptions,
    shared_draws::SharedDraws,
};
use crate::{
    atlas::Atlas,
    lineage::{DriftError, Movement},
    policy::Slice,
};

/// What a condition is measured on.
pub(super) struct Context<'a> {
    pub atlas: &'a Atlas,
    pub sample: &'a CheckedRecords,
    pub slice: &'a Slice,
    pub movement: Option<&'a Result<Movement, DriftError>>,
    pub mixture: Option<&'a Mixture>,
    pub level: Level,
    pub options: CheckOptions<'a>,
    /// What all rules draw from.
    pub draws: &'a SharedDraws,
}
