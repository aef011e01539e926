//! How much a record, a file or an archive may demand of the machine.
//!
//! Part of [`super::Options`]; every reader checks its limit before it takes memory.

/// What one record or one file may demand. A record over a limit is dropped and counted; a file
/// that unpacks to more than it may is read up to there, and an error says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of a line, of an element of an array, of a row, or of a file of plain text
    /// (`--max-record-bytes`).
    pub record_bytes: usize,
    /// A record whose brackets are nested this deeply is dropped. More than 128 counts as 128,
    /// the limit of the JSON parser (`--max-depth`).
    pub depth: usize,
    /// The most unpacked bytes of a member of an archive, and of what must be laid down in a
    /// temporary file (`--max-unpacked-bytes`). A compressed file that can be read from front to
    /// end may be of any size.
    pub unpacked_bytes: u64,
    /// How many times its packed size a file may be, once 64 MB are unpacked
    /// (`--max-unpacked-ratio`).
    pub unpacked_ratio: u64,
    /// The most members of an archive (`--max-members`).
    pub members: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            record_bytes: 64 << 20,
            depth: 128,
            unpacked_bytes: 2 << 30,
            unpacked_ratio: 1000,
            members: 100_000,
        }
    }
}

/// A limit on what a file may unpack to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnpackLimit {
    /// [`Limits::unpacked_bytes`].
    Bytes,
    /// [`Limits::unpacked_ratio`].
    Ratio,
    /// [`Limits::members`].
    Members,
}
