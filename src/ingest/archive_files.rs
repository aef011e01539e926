//! A zip archive → the bytes of its members, for whoever looks for other things than traces.
//!
//! Called by `collect`, which finds prompts in archives of projects.

use super::{
    Error, Limits,
    containers::{Archive, Content, Member, seekable::Seekable, zipped::Zip},
};
use std::{
    io::{self, Read},
    path::Path,
    sync::{Arc, atomic::AtomicU64},
};

/// Unpacks the members of a zip archive, by name, and hands the bytes of those that `wants` says to
/// `visit`. A member that is damaged, or of a kind that is not read, is passed over.
///
/// # Errors
/// Where the archive cannot be opened, has more members than the limit, or unpacks to more.
pub fn archive_files(
    path: &Path,
    limits: &Limits,
    wants: &dyn Fn(&str) -> bool,
    visit: &mut dyn FnMut(&str, Vec<u8>),
) -> Result<(), Error> {
    let name = || path.display().to_string();
    let failed = |error: io::Error| Error::stopped(name(), "at its start".into(), error);
    let content = Seekable::file(path, Arc::<AtomicU64>::default()).map_err(failed)?;
    let mut archive = Zip::open(content, limits).map_err(failed)?;
    while let Some(Member { name, content }) = archive.next().map_err(failed)? {
        let Some(Content::Bytes(reader)) = content.ok().filter(|_| wants(&name)) else { continue };
        let mut bytes = Vec::new();
        let most = limits.record_bytes as u64;
        if reader.take(most + 1).read_to_end(&mut bytes).is_ok() && bytes.len() as u64 <= most {
            visit(&name, bytes);
        }
    }
    Ok(())
}
