//! The parts of an atlas → the bytes of its file.

use super::{
    container::pack,
    error::FormatError,
    model, panel,
    sections::{CLASSIC, EXTEND, PANEL, VERIFICATION, named},
};
use crate::{
    atlas::{about::About, error::Error},
    attribution::{
        Model, added::Extendable, classic::Tables, panel::Panel, verification::Verification,
    },
};

/// What an atlas is written from.
pub(in crate::atlas) struct Parts<'a> {
    pub about: &'a About,
    pub model: &'a Model,
    /// Hashes of the texts learned from, ascending.
    pub seen: &'a [u64],
    pub classic: Option<&'a Tables>,
    pub panel: &'a Panel,
    pub verification: Option<&'a Verification>,
    pub extendable: Option<&'a Extendable>,
}

/// The bytes of an atlas.
pub(in crate::atlas) fn write(parts: &Parts<'_>) -> Result<Vec<u8>, Error> {
    let inconsistent = |what| Error::Inconsistent { name: "the new atlas".into(), what };
    let sections = model::write(parts.about, parts.model, parts.seen).map_err(inconsistent)?;
    let mut sections = Vec::from(sections.into_array());
    if let Some(classic) = parts.classic {
        let bytes = classic.to_bytes().map_err(|error| inconsistent(error.into()))?;
        sections.push(named(CLASSIC, &bytes));
    }
    if parts.panel.width() > 0 {
        sections.push(named(PANEL, &panel::write(parts.panel)));
    }
    if let Some(verification) = parts.verification {
        let bytes = verification
            .to_bytes()
            .map_err(|error| inconsistent(FormatError::WriteDescription(error)))?;
        sections.push(named(VERIFICATION, &bytes));
    }
    if let Some(extendable) = parts.extendable {
        let bytes = extendable
            .to_bytes()
            .map_err(|error| inconsistent(FormatError::WriteDescription(error)))?;
        sections.push(named(EXTEND, &bytes));
    }
    pack(&sections).map_err(inconsistent)
}
