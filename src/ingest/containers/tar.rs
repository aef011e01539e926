//! A tar archive → its members, each to be read like a file in a folder.
//!
//! Comes in: the archive as a stream, which is read from front to end and may be of any size. Goes
//! out: one member after another, in the order of the archive. Nothing is ever written to the disk,
//! so a name such as `../../etc/passwd` is a name and no more; its dots are left out. Links and
//! devices hold no bytes and are passed over. Called by `kind`.
//!
//! The headers of POSIX (ustar, pax) and of GNU tar (long names) are read.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use super::limited::OverLimit;
use super::{Archive, Content, Member, Refused, is_hidden};
use crate::ingest::Limits;

/// The size of a header; what follows is filled up to a multiple of it.
const BLOCK: usize = 512;
/// How long the name of a member and what a pax header says may be.
const LONGEST: u64 = 1 << 20;

/// An open archive.
pub(super) struct Tar {
    stream: Arc<Mutex<Stream>>,
    /// Members met so far.
    count: usize,
    hidden: usize,
    limits: Limits,
}

/// The archive, and how much of the current member is left in it.
struct Stream {
    bytes: Box<dyn Read + Send>,
    left: u64,
    padding: u64,
    /// The number of the current member.
    member: usize,
    /// The reading broke off inside a member, whose reader has said so.
    broken: bool,
}

/// What the headers before a member say about it.
#[derive(Default)]
struct Extra {
    name: Option<String>,
    size: Option<u64>,
    sparse: bool,
}

/// Whether this is the header of a member: its checksum is right.
pub(super) fn begins_like_tar(start: &[u8]) -> bool {
    start.first_chunk::<BLOCK>().is_some_and(|block| block[0] != 0 && checksum_is_right(block))
}

fn checksum_is_right(block: &[u8; BLOCK]) -> bool {
    let sum = |signed: bool| -> i64 {
        let bytes = block.iter().enumerate();
        bytes
            .map(|(at, &byte)| match at {
                148..156 => 32,
                _ if signed => i64::from(byte as i8),
                _ => i64::from(byte),
            })
            .sum()
    };
    let told = number(&block[148..156]).and_then(|told| i64::try_from(told).ok());
    // Old programs added up signed bytes.
    told.is_some_and(|told| told == sum(false) || told == sum(true))
}

/// A number in octal digits, or in binary where its first bit is set (GNU).
fn number(field: &[u8]) -> Option<u64> {
    if let Some((&first, rest)) = field.split_first()
        && first & 0x80 != 0
    {
        let fold = |sum: Option<u64>, &byte: &u8| sum?.checked_mul(256)?.checked_add(byte.into());
        return rest.iter().fold(Some(u64::from(first & 0x7f)), fold);
    }
    let text = std::str::from_utf8(field).ok()?;
    let digits = text.trim_matches([' ', '\0']);
    if digits.is_empty() {
        return Some(0);
    }
    u64::from_str_radix(digits, 8).ok()
}

fn text(field: &[u8]) -> String {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    String::from_utf8_lossy(&field[..end]).into_owned()
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the tar archive is damaged: {what}"))
}

/// `./runs/../a.jsonl` → `runs/a.jsonl`: a member is in the archive wherever its name leads.
fn cleaned(name: &str) -> String {
    let parts = name.split('/').filter(|part| !["", ".", ".."].contains(part));
    parts.collect::<Vec<_>>().join("/")
}

impl Tar {
    /// Makes ready to read.
    pub fn new(bytes: Box<dyn Read + Send>, limits: &Limits) -> Self {
        let stream = Stream { bytes, left: 0, padding: 0, member: 0, broken: false };
        let stream = Arc::new(Mutex::new(stream));
        Self { stream, count: 0, hidden: 0, limits: *limits }
    }
}

impl Stream {
    /// The next header, or `None` at the end: a block of zeros, or no block at all.
    fn header(&mut self) -> io::Result<Option<[u8; BLOCK]>> {
        let behind = self.left + self.padding;
        let skipped = io::copy(&mut (&mut self.bytes).take(behind), &mut io::sink())?;
        if skipped < self.left {
            return Err(damaged("it ends in the middle of a member"));
        }
        (self.left, self.padding) = (0, 0);
        let mut header = Vec::with_capacity(BLOCK);
        (&mut self.bytes).take(BLOCK as u64).read_to_end(&mut header)?;
        if header.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        match header.first_chunk() {
            Some(block) if checksum_is_right(block) => Ok(Some(*block)),
            Some(_) => Err(damaged("the checksum of a header is wrong")),
            None => Err(damaged("it ends in the middle of a header")),
        }
    }

    /// Makes ready to read what follows a header.
    fn enter(&mut self, size: u64) {
        self.left = size;
        self.padding = size.next_multiple_of(BLOCK as u64) - size;
        self.member += 1;
    }

    /// What follows a header that only says something about the next member.
    fn note(&mut self, size: u64) -> io::Result<Vec<u8>> {
        if size > LONGEST {
            return Err(damaged("what it says about a member is longer than a megabyte"));
        }
        self.enter(size);
        let mut bytes = Vec::new();
        (&mut self.bytes).take(size).read_to_end(&mut bytes)?;
        self.left -= bytes.len() as u64;
        Ok(bytes)
    }
}

impl Extra {
    /// Reads the records of a pax header: a length, a blank, `key=value` and a line end each.
    fn read(&mut self, mut bytes: &[u8]) {
        while let Some(blank) = bytes.iter().position(|byte| *byte == b' ') {
            let length = std::str::from_utf8(&bytes[..blank]).ok().and_then(|it| it.parse().ok());
            let Some(record) = length.and_then(|length: usize| bytes.get(blank + 1..length)) else {
                return;
            };
            bytes = &bytes[blank + 1 + record.len()..];
            let record = String::from_utf8_lossy(record);
            match record.trim_end_matches('\n').split_once('=') {
                Some(("path", path)) => self.name = Some(path.to_owned()),
                Some(("size", size)) => self.size = size.parse().ok(),
                Some((key, _)) if key.starts_with("GNU.sparse") => self.sparse = true,
                _ => {}
            }
        }
    }
}

impl Archive for Tar {
    fn next(&mut self) -> io::Result<Option<Member>> {
        let shared = self.stream.clone();
        let mut stream = shared.lock().unwrap_or_else(PoisonError::into_inner);
        let mut extra = Extra::default();
        loop {
            if stream.broken {
                return Ok(None);
            }
            let Some(header) = stream.header()? else { return Ok(None) };
            self.count += 1;
            if self.count > self.limits.members {
                return Err(OverLimit::members("more", self.limits.members).into());
            }
            let size = number(&header[124..136])
                .filter(|size| *size < 1 << 62)
                .ok_or_else(|| damaged("the size of a member is no number"))?;
            match header[156] {
                b'L' => extra.name = Some(text(&stream.note(size)?)),
                b'x' | b'X' => {
                    let note = stream.note(size)?;
                    extra.read(&note);
                }
                // The long target of a link, and what is said of all members.
                b'K' | b'g' => _ = stream.note(size)?,
                kind => {
                    let own = std::mem::take(&mut extra);
                    let is_sparse = own.sparse || kind == b'S';
                    let size = own.size.filter(|size| *size < 1 << 62).unwrap_or(size);
                    let mut name = text(&header[..100]);
                    if header[257..].starts_with(b"ustar\0") && header[345] != 0 {
                        name = format!("{}/{name}", text(&header[345..500]));
                    }
                    let name = own.name.unwrap_or(name);
                    // Links and the like hold no bytes, whatever their size says.
                    let is_file = matches!(kind, 0 | b'0' | b'7' | b'S') && !name.ends_with('/');
                    stream.enter(if matches!(kind, b'1'..=b'6') { 0 } else { size });
                    let name = cleaned(&name);
                    if !is_file {
                        continue;
                    }
                    if is_hidden(&name) {
                        self.hidden += 1;
                        continue;
                    }
                    let content = if is_sparse {
                        let advice = "Unpack the archive first.";
                        Err(Refused::Unsupported("a sparse file in a tar archive", advice))
                    } else {
                        let (stream, member) = (self.stream.clone(), stream.member);
                        Ok(Content::Bytes(Box::new(Bytes { stream, member })))
                    };
                    return Ok(Some(Member { name, content }));
                }
            }
        }
    }

    fn hidden(&self) -> usize {
        self.hidden
    }
}

/// The bytes of one member, until the next one is asked for.
struct Bytes {
    stream: Arc<Mutex<Stream>>,
    member: usize,
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        if stream.member != self.member || stream.left == 0 || stream.broken {
            return Ok(0);
        }
        let most = usize::try_from(stream.left).unwrap_or(usize::MAX).min(buffer.len());
        match stream.bytes.read(&mut buffer[..most]) {
            Ok(0) if most > 0 => {
                stream.broken = true;
                Err(damaged("it ends in the middle of a member"))
            }
            Ok(read) => {
                stream.left -= read as u64;
                Ok(read)
            }
            Err(error) => {
                stream.broken = error.kind() != io::ErrorKind::Interrupted;
                Err(error)
            }
        }
    }
}
