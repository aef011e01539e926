//! What is unpacked, kept within the limits.
//!
//! Comes in: a decompressor and how many packed bytes it has taken. Goes out: the same bytes, until
//! there are more of them than [`Limits`] allow; then an error that says which limit was met, so
//! that a "zip bomb" costs a sentence and not the machine. Called by `source`
//! and the readers of containers.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::ingest::{Limits, limits::UnpackLimit};

/// Below so many unpacked bytes the ratio is not asked for: a small file of blanks is no bomb.
pub(in crate::ingest) const FREE: u64 = 64 << 20;

/// A limit that was met, as a sentence. It travels inside an [`io::Error`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ingest) struct OverLimit {
    /// What was found.
    pub found: String,
    /// Which limit it is.
    pub limit: UnpackLimit,
}

impl fmt::Display for OverLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.found)
    }
}

impl std::error::Error for OverLimit {}

impl OverLimit {
    fn size(limit: u64) -> Self {
        Self { found: format!("unpacked it is more than {limit} bytes"), limit: UnpackLimit::Bytes }
    }

    fn ratio(ratio: u64) -> Self {
        Self {
            found: format!(
                "it unpacks to more than {ratio} times its own size, like a file made to fill memory"
            ),
            limit: UnpackLimit::Ratio,
        }
    }

    /// An archive of too many members. `found` is a number, or "more".
    pub fn members(found: impl fmt::Display, limit: usize) -> Self {
        Self {
            found: format!("the archive has {found} members, and {limit} is the limit"),
            limit: UnpackLimit::Members,
        }
    }

    /// A workbook whose texts are longer than the limit.
    #[cfg(feature = "xlsx")]
    pub fn texts(limit: u64) -> Self {
        Self {
            found: format!("the texts of its cells are more than {limit} bytes"),
            limit: UnpackLimit::Bytes,
        }
    }

    /// Whether something may be unpacked whose sizes are told beforehand.
    #[cfg(feature = "parquet")]
    pub fn check(packed: u64, unpacked: u64, limits: &Limits) -> Result<(), Self> {
        if unpacked > limits.unpacked_bytes {
            return Err(Self::size(limits.unpacked_bytes));
        }
        if unpacked > FREE && unpacked / packed.max(1) > limits.unpacked_ratio {
            return Err(Self::ratio(limits.unpacked_ratio));
        }
        Ok(())
    }

    /// The limit that an error speaks of, if it is one of these.
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

impl From<OverLimit> for io::Error {
    fn from(over: OverLimit) -> Self {
        Self::new(io::ErrorKind::QuotaExceeded, over)
    }
}

/// What the rows of a file may add up to. A text that stands in a file once may stand in a million
/// of its rows, so a small file can keep a machine busy for ever although no row is large.
#[cfg(any(feature = "parquet", feature = "sqlite", feature = "xlsx"))]
pub(in crate::ingest) struct RowBudget {
    packed: u64,
    given: u64,
    ratio: u64,
}

#[cfg(any(feature = "parquet", feature = "sqlite", feature = "xlsx"))]
impl RowBudget {
    /// What a row costs beside its text.
    const ROW: u64 = 64;

    /// The budget of a file of `packed` bytes.
    pub fn new(packed: u64, limits: &Limits) -> Self {
        Self { packed, given: 0, ratio: limits.unpacked_ratio }
    }

    /// Takes a row of `bytes` out of the budget.
    pub fn take(&mut self, bytes: usize) -> io::Result<()> {
        self.given = self.given.saturating_add(Self::ROW + bytes as u64);
        if self.given > FREE && self.given / self.packed.max(1) > self.ratio {
            return Err(OverLimit::ratio(self.ratio).into());
        }
        Ok(())
    }
}

/// Reads everything that is left, or gives `None` once it is more than `limit` bytes.
pub(in crate::ingest) fn read_all(
    reader: &mut impl Read,
    limit: usize,
) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    reader.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() <= limit).then_some(bytes))
}

/// Fails once more bytes were taken than a record may have. Whoever reads sets `taken` to zero
/// before each record.
pub(in crate::ingest) struct Bounded<R> {
    pub inner: R,
    pub taken: Arc<AtomicU64>,
    pub most: u64,
}

/// Travels inside an [`io::Error`] to where the row is counted.
#[derive(Debug, thiserror::Error)]
#[error("a row is longer than the limit")]
struct RowTooLong;

/// The error of a row that is too long.
#[cfg(feature = "xlsx")]
pub(in crate::ingest) fn too_long() -> io::Error {
    io::Error::other(RowTooLong)
}

/// Whether the error comes from [`Bounded`].
pub(in crate::ingest) fn is_too_long(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<RowTooLong>())
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        if self.taken.fetch_add(read as u64, Ordering::Relaxed) + read as u64 > self.most {
            return Err(io::Error::other(RowTooLong));
        }
        Ok(read)
    }
}

/// A reader of unpacked bytes that fails once there are too many.
pub(in crate::ingest) struct Limited<R> {
    inner: R,
    unpacked: Arc<AtomicU64>,
    packed: Arc<AtomicU64>,
    most: u64,
    ratio: u64,
}

impl<R: Read> Limited<R> {
    /// Watches the ratio alone. `packed` counts what the decompressor has taken.
    pub fn ratio(inner: R, packed: Arc<AtomicU64>, limits: &Limits) -> Self {
        Self::shared(inner, Arc::default(), packed, limits)
    }

    /// Watches the ratio of all members of an archive together: `unpacked` is counted by all of
    /// them, so that members which overlap do not get past it.
    pub fn shared(
        inner: R,
        unpacked: Arc<AtomicU64>,
        packed: Arc<AtomicU64>,
        limits: &Limits,
    ) -> Self {
        Self { inner, unpacked, packed, most: u64::MAX, ratio: limits.unpacked_ratio }
    }

    /// Watches the size too.
    pub fn and_size(mut self, limits: &Limits) -> Self {
        self.most = limits.unpacked_bytes;
        self
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let unpacked = self.unpacked.fetch_add(read as u64, Ordering::Relaxed) + read as u64;
        if unpacked > self.most {
            return Err(OverLimit::size(self.most).into());
        }
        let packed = self.packed.load(Ordering::Relaxed).max(1);
        if unpacked > FREE && unpacked / packed > self.ratio {
            return Err(OverLimit::ratio(self.ratio).into());
        }
        Ok(read)
    }
}

/// Counts the bytes that pass.
pub(in crate::ingest) struct Counting<R> {
    pub inner: R,
    pub counter: Arc<AtomicU64>,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.counter.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(reader: impl Read, bytes: u64) -> Result<u64, OverLimit> {
        let mut reader = reader.take(bytes);
        io::copy(&mut reader, &mut io::sink())
            .map_err(|error| OverLimit::of(&error).unwrap().clone())
    }

    #[test]
    fn a_bomb_is_stopped_by_its_ratio() {
        let limits = Limits::default();
        let packed = Arc::new(AtomicU64::new(1000));
        let zeros = || Limited::ratio(io::repeat(0), packed.clone(), &limits);
        assert_eq!(read(zeros(), FREE), Ok(FREE), "a small file is no bomb");
        assert!(read(zeros(), FREE + 1).unwrap_err().found.contains("1000 times"));
        packed.store(1 << 20, Ordering::Relaxed);
        assert_eq!(read(zeros(), FREE * 2), Ok(FREE * 2));
    }

    #[cfg(feature = "parquet")]
    #[test]
    fn rows_that_repeat_a_text_for_ever_are_stopped() {
        let mut budget = RowBudget::new(1000, &Limits::default());
        let rows = (0..).take_while(|_| budget.take(1 << 20).is_ok()).count();
        assert_eq!(rows, 63, "64 MB are free");
        let mut large = RowBudget::new(1 << 20, &Limits::default());
        assert!((0..900).all(|_| large.take(1 << 20).is_ok()), "no more than the ratio");
    }

    #[test]
    fn reading_everything_stops_at_the_limit() {
        assert_eq!(read_all(&mut &b"1234"[..], 4).unwrap().as_deref(), Some(&b"1234"[..]));
        assert_eq!(read_all(&mut &b"12345"[..], 4).unwrap(), None);
    }

    #[test]
    fn a_member_is_stopped_by_its_size() {
        let limits = Limits { unpacked_bytes: 5000, ..Limits::default() };
        let packed = Arc::new(AtomicU64::new(5000));
        let zeros = || Limited::ratio(io::repeat(0), packed.clone(), &limits).and_size(&limits);
        assert_eq!(read(zeros(), 5000), Ok(5000));
        let over = read(zeros(), 5001).unwrap_err();
        assert!(over.found.contains("5000 bytes"), "{over}");
        assert_eq!(over.limit, UnpackLimit::Bytes);
    }
}
