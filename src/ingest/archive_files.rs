//! A zip archive → the bytes of its members, for whoever looks for other things than traces.
//!
//! Called by `collect`, which finds prompts in archives of projects.

use super::{
    Error, Limits,
    containers::{
        archive::{Archive, Closed},
        seekable::Seekable,
    },
};
use std::{
    fs::File,
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
    let file = File::open(path).map_err(failed)?;
    let content = Seekable::file(file, Arc::<AtomicU64>::default()).map_err(failed)?;
    let mut archive = Archive::open(content, limits).map_err(failed)?;
    let members: Vec<String> = archive.members().iter().map(|member| member.name.clone()).collect();
    for (at, member) in members.iter().enumerate().filter(|(_, member)| wants(member)) {
        let Ok(mut reader) = archive.unpack(at).map_err(|closed| match closed {
            Closed::Io(_) | Closed::Unsupported(..) => (),
        }) else {
            continue;
        };
        let mut bytes = Vec::new();
        let most = limits.record_bytes as u64;
        if Read::take(&mut reader, most + 1).read_to_end(&mut bytes).is_ok()
            && bytes.len() as u64 <= most
        {
            visit(member, bytes);
        }
    }
    Ok(())
}
