//! The reader of atlases: as they come, with the checksum set right, and made of sections. An
//! atlas that opens must score a text without a panic.
#![no_main]

use cotprint::atlas::Atlas;
use cotprint::features::NgramCounter;
use cotprint_fuzz::{atlas_of_sections, with_checksum};
use libfuzzer_sys::fuzz_target;

const TEXT: &str = "Okay, so half of seven is three and a half. Wait, let me check that again: \
    two times three and a half is seven, and I am sure that this is what the question asks for. \
    So the answer is three and a half, and nothing else is needed here.";

fuzz_target!(|bytes: &[u8]| {
    let Some((way, rest)) = bytes.split_first() else { return };
    let file = match way % 3 {
        0 => rest.to_vec(),
        1 => with_checksum(rest),
        _ => atlas_of_sections(rest),
    };
    if let Ok(atlas) = Atlas::from_bytes(&file, "an atlas") {
        let _ = atlas.model.score(TEXT, &mut NgramCounter::default());
    }
});
