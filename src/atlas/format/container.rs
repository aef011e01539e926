//! The file around the sections: header, checksum, and each section packed.

use super::{
    error::FormatError,
    numbers::number,
    sections::{Name, REQUIRED},
};
use crate::atlas::error::Error;
use rayon::prelude::*;
use std::io::Read;
use xxhash_rust::xxh3::xxh3_128;

/// The first bytes of every atlas.
pub const MAGIC: &[u8; 8] = b"COTPRINT";
/// The version that this program writes and reads.
pub const FORMAT_VERSION: u32 = 7;

const HEADER: usize = 40;
/// The most optional sections.
const MOST_EXTRA_SECTIONS: usize = 8;
const LEVEL: i32 = 9;
/// A larger section is taken for damage.
const LARGEST_SECTION: u64 = 1 << 31;
/// A section may unpack to so many times its packed size; those of real atlases do to three times.
const MOST_RATIO: u64 = 200;
/// A section may always unpack to so many bytes.
const FREE: u64 = 1 << 20;

/// The most bytes that a section of `packed` bytes may unpack to: memory is taken in proportion to the
/// file, whatever the file says.
fn most_unpacked(packed: usize) -> u64 {
    (packed as u64).saturating_mul(MOST_RATIO).saturating_add(FREE).min(LARGEST_SECTION)
}

/// A section as in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Packed<'a> {
    data: &'a [u8],
    unpacked_size: usize,
}

/// The file of these sections.
pub(super) fn pack(sections: &[Vec<u8>]) -> Result<Vec<u8>, FormatError> {
    let packed: Vec<Vec<u8>> = sections
        .par_iter()
        .map(|section| zstd::bulk::compress(section, LEVEL))
        .collect::<Result<_, _>>()
        .map_err(FormatError::Compress)?;
    let mut body = Vec::new();
    for (section, packed) in sections.iter().zip(&packed) {
        body.extend((packed.len() as u64).to_le_bytes());
        body.extend((section.len() as u64).to_le_bytes());
        body.extend(packed);
    }
    let mut file = Vec::with_capacity(HEADER + body.len());
    file.extend(MAGIC);
    file.extend(FORMAT_VERSION.to_le_bytes());
    file.extend((sections.len() as u32).to_le_bytes());
    file.extend((body.len() as u64).to_le_bytes());
    file.extend(xxh3_128(&body).to_le_bytes());
    file.extend(body);
    Ok(file)
}

/// A file whose header and checksum are right.
pub(super) struct Container<'a> {
    body: &'a [u8],
    /// The number of sections that the header gives.
    sections: u32,
    /// The checksum, 32 hexadecimal digits.
    pub checksum: String,
}

impl<'a> Container<'a> {
    /// Checks header and checksum. Messages contain `name`.
    pub fn open(bytes: &'a [u8], name: &str) -> Result<Self, Error> {
        let name = || name.to_owned();
        if !bytes.starts_with(MAGIC) {
            let found = match bytes.len() {
                0 => "nothing (the file is empty)".into(),
                n => format!("\"{}\"", bytes[..n.min(8)].escape_ascii()),
            };
            return Err(Error::NotAnAtlas { name: name(), found });
        }
        let cut_off =
            |expected: u64| Error::CutOff { name: name(), found: bytes.len() as u64, expected };
        let version = number(bytes, 8).ok_or_else(|| cut_off(HEADER as u64))?;
        let version = u32::from_le_bytes(version);
        if version != FORMAT_VERSION {
            return Err(Error::Version { name: name(), found: version, expected: FORMAT_VERSION });
        }
        let sections = number(bytes, 12).map(u32::from_le_bytes);
        let length = number(bytes, 16).map(u64::from_le_bytes);
        let expected = number(bytes, 24).map(u128::from_le_bytes);
        let (Some(sections), Some(length), Some(expected)) = (sections, length, expected) else {
            return Err(cut_off(HEADER as u64));
        };
        let body = &bytes[HEADER..];
        if (body.len() as u64) < length {
            return Err(cut_off(length.saturating_add(HEADER as u64)));
        }
        let found = xxh3_128(body);
        let checksum = format!("{found:032x}");
        if found != expected || body.len() as u64 != length {
            let expected = format!("{expected:032x}");
            return Err(Error::Damaged { name: name(), found: checksum, expected });
        }
        Ok(Self { body, sections, checksum })
    }

    /// The sections, still packed.
    pub fn sections(&self) -> Result<Vec<Packed<'a>>, FormatError> {
        let mut packed = Vec::new();
        let mut rest = self.body;
        while !rest.is_empty() {
            let sizes = number(rest, 0).zip(number(rest, 8));
            let (size, unpacked) = sizes.ok_or(FormatError::SectionWithoutLength)?;
            let (size, unpacked) = (u64::from_le_bytes(size), u64::from_le_bytes(unpacked));
            let data = usize::try_from(size).ok().and_then(|size| rest[16..].get(..size));
            let data = data
                .filter(|data| unpacked <= most_unpacked(data.len()))
                .ok_or(FormatError::SectionTooLarge)?;
            packed.push(Packed { data, unpacked_size: unpacked as usize });
            rest = &rest[16 + data.len()..];
        }
        let least = REQUIRED;
        let most = least + MOST_EXTRA_SECTIONS;
        let found = packed.len();
        if !(least..=most).contains(&found) || self.sections as usize != found {
            return Err(FormatError::SectionCount { found, least, most });
        }
        Ok(packed)
    }
}

impl Packed<'_> {
    /// The section as it is stored: packed.
    pub fn to_vec(self) -> Vec<u8> {
        self.data.to_vec()
    }

    /// The section unpacked.
    pub fn unpack(&self) -> Result<Vec<u8>, FormatError> {
        let unpacked = zstd::bulk::decompress(self.data, self.unpacked_size);
        let unpacked = unpacked.map_err(FormatError::Unpack)?;
        if unpacked.len() == self.unpacked_size {
            Ok(unpacked)
        } else {
            Err(FormatError::SectionLength)
        }
    }

    /// The section's first eight bytes; `None` where it cannot be unpacked or is shorter.
    pub fn name(&self) -> Option<Name> {
        let mut name = Name::default();
        zstd::stream::read::Decoder::new(self.data).ok()?.read_exact(&mut name).ok()?;
        Some(name)
    }
}

/// Unpacks a section whose unpacked size is unknown.
pub(super) fn unpack_unsized(packed: &[u8]) -> Result<Vec<u8>, FormatError> {
    let mut bytes = Vec::new();
    zstd::stream::read::Decoder::new(packed)
        .and_then(|decoder| decoder.take(most_unpacked(packed.len())).read_to_end(&mut bytes))
        .map_err(FormatError::Unpack)?;
    Ok(bytes)
}
