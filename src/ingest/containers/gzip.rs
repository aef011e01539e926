//! Gzip → its bytes, all members of the file in a row.
//!
//! Comes in: a packed stream. Goes out: what is in it. What stands behind the last member and is
//! none itself does no harm to what was read: it is left out and counted, as `gzip` does it. Zeros
//! are what tapes are filled up with, and are not counted. Called by `packed`.

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::GzDecoder;

/// Unpacks gzip.
pub(super) struct Gzip<R> {
    /// `None` after the end.
    decoder: Option<GzDecoder<R>>,
    /// Whether a member was read to its end.
    behind_a_member: bool,
    /// Whether the current member gave bytes.
    begun: bool,
    trailing: Arc<AtomicU64>,
}

impl<R: BufRead> Gzip<R> {
    /// Makes ready to unpack. Bytes behind the last member are added to `trailing`.
    pub fn new(packed: R, trailing: Arc<AtomicU64>) -> Self {
        let decoder = Some(GzDecoder::new(packed));
        Self { decoder, behind_a_member: false, begun: false, trailing }
    }

    /// Goes on behind a member: to the next one, or to the end.
    fn next_member(&mut self, mut packed: R) -> io::Result<()> {
        self.behind_a_member = true;
        self.begun = false;
        match packed.fill_buf()?.first() {
            None => {}
            Some(0x1f) => self.decoder = Some(GzDecoder::new(packed)),
            Some(_) => self.lose(packed)?,
        }
        Ok(())
    }

    fn lose(&self, mut packed: R) -> io::Result<()> {
        loop {
            let bytes = packed.fill_buf()?;
            let length = bytes.len();
            if length == 0 {
                return Ok(());
            }
            let lost = bytes.iter().filter(|&&byte| byte != 0).count();
            self.trailing.fetch_add(lost as u64, Ordering::Relaxed);
            packed.consume(length);
        }
    }
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while let Some(decoder) = &mut self.decoder {
            match decoder.read(buffer) {
                Ok(0) => {
                    if let Some(decoder) = self.decoder.take() {
                        self.next_member(decoder.into_inner())?;
                    }
                }
                Ok(read) => {
                    self.begun = true;
                    return Ok(read);
                }
                // It began like a member, and is none.
                Err(error)
                    if error.kind() == io::ErrorKind::InvalidInput
                        && self.behind_a_member
                        && !self.begun =>
                {
                    if let Some(decoder) = self.decoder.take() {
                        self.trailing.fetch_add(1, Ordering::Relaxed);
                        self.lose(decoder.into_inner())?;
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn member(text: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(text).unwrap();
        writer.finish().unwrap()
    }

    fn unpack(packed: &[u8]) -> (io::Result<Vec<u8>>, u64) {
        let trailing = Arc::default();
        let mut out = Vec::new();
        let result = Gzip::new(packed, Arc::clone(&trailing)).read_to_end(&mut out);
        (result.map(|_| out), trailing.load(Ordering::Relaxed))
    }

    #[test]
    fn members_follow_each_other_and_garbage_is_counted() {
        let two = [member(b"one\n"), member(b""), member(b"two\n")].concat();
        for (behind, lost) in [
            (&b""[..], 0),
            (&[0; 1000], 0),
            (b"\0\0rubbish", 7),
            (b"\x1f\x8c?? and so on, long enough for a header", 1),
        ] {
            let (out, found) = unpack(&[&two[..], behind].concat());
            assert_eq!(out.unwrap(), b"one\ntwo\n", "{behind:?}");
            assert!(found >= lost && (found > 0) == (lost > 0), "{found} of {behind:?}");
        }
    }

    #[test]
    fn a_member_that_is_damaged_or_cut_off_is_an_error() {
        let whole = member(&b"a line\n".repeat(100));
        assert!(unpack(&whole[..whole.len() - 3]).0.is_err());
        assert!(unpack(&[&whole[..], &whole[..20]].concat()).0.is_err());
        assert!(unpack(b"\x1f\x8b\x09 no method of gzip").0.is_err());
    }
}
