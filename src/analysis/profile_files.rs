//! Files of profiles: known by their first bytes, read and added up.

use super::Error;
use crate::lineage::{PROFILE_MAGIC, Profile};
use std::{fs::File, io::Read, path::Path};

/// A profile file is no longer than this.
const MOST_BYTES: u64 = 512 << 20;

/// Whether a file begins as a profile does.
pub fn is_profile(path: &Path) -> bool {
    let mut start = [0; PROFILE_MAGIC.len()];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == *PROFILE_MAGIC
}

/// Reads profiles and adds them up.
///
/// # Errors
/// Where a file cannot be read or is not a profile, or two were made with different atlases.
pub fn merged_profiles(files: &[String]) -> Result<Profile, Error> {
    let (first, others) = files.split_first().ok_or(Error::NoProfiles)?;
    let mut all = read_profile(first)?;
    for name in others {
        all.merge(&read_profile(name)?, name)?;
    }
    Ok(all)
}

fn read_profile(name: &str) -> Result<Profile, Error> {
    let mut bytes = Vec::new();
    File::open(name)
        .and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes))
        .map_err(|source| Error::ReadProfile { name: name.to_owned(), source })?;
    Ok(Profile::from_bytes(&bytes, name)?)
}
