//! How inputs are read.
//!
//! Comes in: nothing; these are the values that [`super::open`] and [`super::read`] are given.

use super::{FieldMap, Format, Limits, Turns, cleaning::Cleaning};
use crate::trace::TextKind;

/// How inputs are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The label of traces that name no model.
    pub model: Option<String>,
    /// Whether `model` replaces even the label in a record (`fit --label NAME=PATH`).
    pub relabel: bool,
    /// How much one record may demand.
    pub limits: Limits,
    /// The text that is wanted. A trace that lacks it is dropped and counted.
    pub text: TextKind,
    /// What is mended in every trace.
    pub cleaning: Cleaning,
    /// Whether the first bad record ends the reading with [`super::Error::BadRecord`].
    pub strict: bool,
    /// Which turns of a conversation are read.
    pub turns: Turns,
    /// The only format that is tried ([`super::format_named`]); `None` to recognize it by its shape.
    pub format: Option<&'static Format>,
    /// Where fields stand that are not to be looked for.
    pub map: FieldMap,
}
