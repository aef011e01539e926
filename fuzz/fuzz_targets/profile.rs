//! The reader of profiles: as they come, with the checksum set right, and made of the data of one. A
//! profile that opens must be written again as it was read.
#![no_main]

use cotprint::lineage::Profile;
use cotprint_fuzz::{profile_of_data, profile_with_checksum};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((way, rest)) = bytes.split_first() else { return };
    let file = match way % 3 {
        0 => rest.to_vec(),
        1 => profile_with_checksum(rest),
        _ => profile_of_data(rest),
    };
    if let Ok(profile) = Profile::from_bytes(&file, "a profile") {
        let written = profile.to_bytes().unwrap_or_default();
        assert!(Profile::from_bytes(&written, "written again").is_ok());
    }
});
