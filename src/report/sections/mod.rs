//! The sections of a comparison's report, each in a place of its own.

pub(super) mod breakdown;
pub(super) mod downloads;
pub(super) mod drift;
pub(super) mod evidence;
pub(super) mod examples;
pub(super) mod habits;
pub(super) mod likeness;
pub(super) mod map;
pub(super) mod similarity;
