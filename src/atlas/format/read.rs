//! The bytes of a file → the parts of an atlas.

use super::{
    container::{Container, Packed, unpack_unsized},
    error::FormatError,
    model, panel,
    sections::{CLASSIC, EXTEND, PANEL, REQUIRED, Sections, VERIFICATION},
};
use crate::{
    atlas::{about::About, error::Error},
    attribution::{Model, classic::Tables, panel::Panel, verification::Verification},
};
use rayon::prelude::*;

/// What an atlas file holds.
pub(in crate::atlas) struct Contents {
    pub about: About,
    pub model: Model,
    pub classic: Option<Tables>,
    /// Empty where the file has none.
    pub panel: Panel,
    /// `None` where the file has none.
    pub verification: Option<Verification>,
    /// Hashes of the texts learned from, ascending.
    pub seen: Vec<u64>,
    /// What adding references needs, still packed.
    pub extendable: Option<Vec<u8>>,
    /// The checksum of the file, 32 hexadecimal digits.
    pub checksum: String,
}

/// Reads what [`write`](super::write()) wrote; messages contain `name`.
pub(in crate::atlas) fn read(bytes: &[u8], name: &str) -> Result<Contents, Error> {
    let container = Container::open(bytes, name)?;
    read_sections(&container).map_err(|what| Error::Inconsistent { name: name.to_owned(), what })
}

fn read_sections(container: &Container<'_>) -> Result<Contents, FormatError> {
    let mut packed = container.sections()?;
    let extendable = packed
        .iter()
        .skip(REQUIRED)
        .position(|section| section.name().as_ref() == Some(EXTEND))
        .map(|place| packed.remove(REQUIRED + place).to_vec());
    let unpacked: Vec<Vec<u8>> = (packed.par_iter().enumerate())
        .filter(|(place, section)| *place < REQUIRED || is_known(section))
        .map(|(_, section)| section.unpack())
        .collect::<Result<_, _>>()?;
    let (required, optional) = unpacked.split_first_chunk().ok_or(FormatError::MissingSection)?;
    let sections = Sections::from_array(required.each_ref().map(Vec::as_slice));
    let find = |name: &[u8]| optional.iter().find_map(|section| section.strip_prefix(name));
    let (about, model) = model::read(&sections)?;
    let references = about.references.len();
    let classic = find(CLASSIC).map(|bytes| Tables::from_bytes(bytes, references)).transpose()?;
    let panel = match find(PANEL) {
        Some(bytes) => panel::read(bytes, model.vectorizer.style_places().len())
            .filter(|panel| panel.fits(references, about.data_sets.len()))
            .ok_or(FormatError::Panel)?,
        None => Panel::default(),
    };
    let width = model.vectorizer.verification_places().len();
    let verification = find(VERIFICATION)
        .map(|bytes| {
            let read = Verification::from_bytes(bytes).filter(|own| own.width() == width);
            let known = |own: &Verification| own.cells().iter().all(|c| c.reference < references);
            read.filter(known).ok_or(FormatError::Verification)
        })
        .transpose()?;
    let seen = sections.seen.chunks_exact(8).filter_map(|b| b.try_into().ok());
    let seen = seen.map(u64::from_le_bytes).collect();
    let checksum = container.checksum.clone();
    Ok(Contents { about, model, classic, panel, verification, seen, extendable, checksum })
}

/// Whether an optional section is one that this program reads; others are passed over, packed.
fn is_known(section: &Packed<'_>) -> bool {
    section.name().is_some_and(|name| [CLASSIC, PANEL, VERIFICATION].contains(&&name))
}

/// Unpacks what [`Extendable::from_bytes`](crate::attribution::added::Extendable::from_bytes)
/// reads; `name` is the atlas's.
pub(in crate::atlas) fn unpack_extendable(packed: &[u8], name: &str) -> Result<Vec<u8>, Error> {
    let mut bytes = unpack_unsized(packed)
        .map_err(|what| Error::Inconsistent { name: name.to_owned(), what })?;
    Ok(bytes.split_off(EXTEND.len().min(bytes.len())))
}
