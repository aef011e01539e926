//! An atlas as bytes.
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | `COTPRINT` |
//! | 4 | format version, little-endian like all numbers |
//! | 4 | number of sections |
//! | 8 | length of everything after the header |
//! | 16 | XXH3-128 of everything after the header |
//! | … | sections: 8 bytes length packed, 8 bytes length unpacked, zstd data |
//!
//! [`sections`] lists the sections that every atlas has, in their order. Optional sections may
//! follow. Each begins with a name of eight bytes, and readers skip names that they do not know:
//! `CLASSIC1` holds the tables of the classic measures, `PANEL001` the panel of shared prompts,
//! `VERIFY01` what decides whether a reference wrote a corpus, and `EXTEND01` what adding references
//! needs (it stays packed: only `fit --extend` reads it). Every
//! length is checked before memory is taken.
//!
//! Comes in: the parts of an atlas, or the bytes of a file. Goes out: the other of the two. Called
//! by [`Atlas`](super::Atlas) and by the two functions that learn one. [`container`] knows the
//! header and the checksum, [`model`] the learned model, the other files one kind of section each.

mod container;
mod error;
mod features;
mod model;
mod numbers;
mod panel;
mod profiles;
mod read;
mod sections;
mod style;
mod write;

pub use container::{FORMAT_VERSION, MAGIC};
pub use error::FormatError;
pub(super) use read::{Contents, read, unpack_extendable};
pub(super) use write::{Parts, write};
