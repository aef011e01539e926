//! A compressed stream → its bytes.
//!
//! Comes in: the first bytes, then the whole stream. Goes out: what is in it. The kind of packing
//! is found by the first bytes and never by a name. Called by `source`.

use std::io::{BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::Refused;
use super::gzip::Gzip;

/// A way of packing that is unpacked here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) enum Packing {
    Gzip,
    Zstd,
    Bzip2,
    Xz,
}

/// How much memory the dictionary of an xz file may take, in KiB. `xz -9` makes one of 64 MiB.
#[cfg(feature = "xz")]
const XZ_MEMORY: u32 = 512 << 10;

impl Packing {
    /// How a stream that begins with these bytes is packed, or `None` where it is not packed.
    ///
    /// # Errors
    ///
    /// Where it is packed in a way that is not read.
    pub fn of(start: &[u8]) -> Result<Option<Self>, Refused> {
        // Fewer than five bytes cannot be compressed.
        if start.len() < 5 {
            return Ok(None);
        }
        let other = |what| Err(Refused::Unsupported(what, DECOMPRESS));
        let archive = |what| Err(Refused::Unsupported(what, UNPACK));
        match start {
            [0x1f, 0x8b, ..] => Ok(Some(Self::Gzip)),
            // The second is a frame to be skipped, which pzstd writes before every other one.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
                Ok(Some(Self::Zstd))
            }
            // What follows the size of blocks is the digits of pi, or those of its square root in
            // a file of nothing.
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31 | 0x17, ..] => Ok(Some(Self::Bzip2)),
            [0xfd, b'7', b'z', b'X', b'Z', ..] => Ok(Some(Self::Xz)),
            [0x04, 0x22, 0x4d, 0x18, ..] => other("a file packed with lz4"),
            [b'L', b'Z', b'I', b'P', 0 | 1, ..] => other("a file packed with lzip"),
            [0x1f, 0x9d, ..] => other("a file packed with compress (.Z)"),
            [b'7', b'z', 0xbc, 0xaf, 0x27, ..] => archive("a 7z archive"),
            [b'R', b'a', b'r', b'!', 0x1a, ..] => archive("a RAR archive"),
            _ => Ok(None),
        }
    }

    /// Unpacks a stream. Bytes behind its end are left out and added to `trailing`.
    ///
    /// # Errors
    ///
    /// Where this build does not read the packing. Reading fails where the bytes are damaged.
    pub fn unpack<R: BufRead + Send + 'static>(
        self,
        packed: R,
        trailing: &Arc<AtomicU64>,
    ) -> Result<Box<dyn Read + Send>, Refused> {
        Ok(match self {
            Self::Gzip => Box::new(Gzip::new(packed, trailing.clone())),
            Self::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(packed)?),
            #[cfg(feature = "bzip2")]
            Self::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(packed)),
            #[cfg(not(feature = "bzip2"))]
            Self::Bzip2 => {
                return Err(Refused::Unsupported("a file packed with bzip2", DECOMPRESS));
            }
            #[cfg(feature = "xz")]
            Self::Xz => Box::new(lzma_rust2::XzReader::new_mem_limit(packed, true, XZ_MEMORY)),
            #[cfg(not(feature = "xz"))]
            Self::Xz => return Err(Refused::Unsupported("a file packed with xz", DECOMPRESS)),
        })
    }
}

const DECOMPRESS: &str = "Decompress it first, or use gzip or zstd.";
const UNPACK: &str = "Unpack it first, and name the folder.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packings_are_known_by_their_first_bytes() {
        for (start, packing) in [
            (&b"\x1f\x8b\x08\0\0"[..], Some(Packing::Gzip)),
            (b"\x28\xb5\x2f\xfd\0", Some(Packing::Zstd)),
            (b"\x50\x2a\x4d\x18\x04", Some(Packing::Zstd)),
            (b"BZh91AY&SY", Some(Packing::Bzip2)),
            (b"\xfd7zXZ\0\0", Some(Packing::Xz)),
            (b"BZhang thinks", None),
            (b"{\"a\":1}", None),
            (b"\x1f\x8b", None),
        ] {
            assert!(matches!(Packing::of(start), Ok(found) if found == packing), "{start:?}");
        }
        for start in [&b"\x04\x22\x4d\x18\x64"[..], b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\x01\0"] {
            assert!(matches!(Packing::of(start), Err(Refused::Unsupported(..))), "{start:?}");
        }
    }
}
