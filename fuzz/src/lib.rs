//! What the targets share: reading bytes as an input, and atlases with a right checksum.

use std::io::Cursor;

use cotprint::ingest::{self, Format, Limits, Options, Turns};
use cotprint::trace::Trace;
use xxhash_rust::xxh3::xxh3_128;

/// Reads bytes as an input of this name, to its end.
pub fn read(name: &str, bytes: &[u8], format: Option<&'static Format>) {
    read_as(name, bytes, Options { format, ..Options::default() });
}

/// Reads these turns of a conversation, and gives back what came out.
pub fn read_turns(name: &str, bytes: &[u8], turns: Turns) -> Vec<Trace> {
    read_as(name, bytes, Options { turns, ..Options::default() })
}

/// Limits are low, so that a run is short and the ways past them are tried too.
fn read_as(name: &str, bytes: &[u8], options: Options) -> Vec<Trace> {
    let limits = Limits {
        record_bytes: 64 << 10,
        unpacked_bytes: 4 << 20,
        members: 100,
        ..Limits::default()
    };
    let options = Options { limits, ..options };
    let Ok(mut traces) = ingest::read(name, Cursor::new(bytes.to_vec()), options) else {
        return Vec::new();
    };
    let mut read = Vec::new();
    for trace in traces.by_ref() {
        let Ok(trace) = trace else { break };
        assert!(!trace.reasoning.trim().is_empty(), "a trace without reasoning came out");
        read.push(trace);
    }
    assert_eq!(read.len(), traces.summary().traces, "traces are counted");
    read
}

/// An atlas of these sections, each after its length in four bytes, with a right checksum.
pub fn atlas_of_sections(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    let mut sections = 0_u32;
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let length = (u32::from_le_bytes(*length) as usize).min(after.len());
        let (section, after) = after.split_at(length);
        let packed = zstd::bulk::compress(section, 1).unwrap_or_default();
        body.extend((packed.len() as u64).to_le_bytes());
        body.extend((section.len() as u64).to_le_bytes());
        body.extend(packed);
        sections += 1;
        rest = after;
    }
    let mut file = b"COTPRINT".to_vec();
    file.extend(cotprint::atlas::FORMAT_VERSION.to_le_bytes());
    file.extend(sections.to_le_bytes());
    file.extend((body.len() as u64).to_le_bytes());
    file.extend(xxh3_128(&body).to_le_bytes());
    file.extend(body);
    file
}

/// The bytes with the checksum and the length that an atlas of them would have.
pub fn with_checksum(bytes: &[u8]) -> Vec<u8> {
    let mut file = bytes.to_vec();
    if file.len() > 40 {
        let length = (file.len() - 40) as u64;
        let sum = xxh3_128(&file[40..]);
        file[16..24].copy_from_slice(&length.to_le_bytes());
        file[24..40].copy_from_slice(&sum.to_le_bytes());
    }
    file
}

/// The bytes of the header of a profile.
const PROFILE_HEADER: usize = 44;

/// A profile that holds this data, with a right header.
pub fn profile_of_data(data: &[u8]) -> Vec<u8> {
    let packed = zstd::bulk::compress(data, 1).unwrap_or_default();
    let mut file = b"COTPROFL".to_vec();
    file.extend(1_u32.to_le_bytes());
    file.extend((packed.len() as u64).to_le_bytes());
    file.extend((data.len() as u64).to_le_bytes());
    file.extend(xxh3_128(&packed).to_le_bytes());
    file.extend(packed);
    file
}

/// The bytes with the checksum and the length that a profile of them would have.
pub fn profile_with_checksum(bytes: &[u8]) -> Vec<u8> {
    let mut file = bytes.to_vec();
    if file.len() > PROFILE_HEADER {
        let length = (file.len() - PROFILE_HEADER) as u64;
        let sum = xxh3_128(&file[PROFILE_HEADER..]);
        file[12..20].copy_from_slice(&length.to_le_bytes());
        file[28..44].copy_from_slice(&sum.to_le_bytes());
    }
    file
}
