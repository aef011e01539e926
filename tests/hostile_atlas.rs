//! Atlases are input too: one whose checksum is right and whose content is not is refused in a sentence,
//! or gives probabilities. Nothing panics, hangs or takes memory that the file does not pay for.

#![allow(clippy::unwrap_used)]

use cotprint::atlas::{Atlas, FORMAT_VERSION, LearnOptions, learn};
use cotprint::attribution::FitOptions;
use cotprint::features::{ChannelSet, NgramCounter};
use cotprint::ingest::{self, Options};
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::RngCore;
use std::sync::OnceLock;
use xxhash_rust::xxh3::xxh3_128;

const TEXT: &str = "Okay, so half of seven is three and a half. Wait, let me check that again: \
    two times three and a half is seven, and I am sure that this is what the question asks for. \
    So the answer is three and a half, and nothing else is needed here.";

/// The sections of an atlas as small as one can be.
fn sections() -> Vec<Vec<u8>> {
    static SECTIONS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    let make = || {
        let inputs = ["fixtures/traces/ponder-1.jsonl", "fixtures/traces/ledger-2.jsonl"];
        let inputs = inputs.map(str::to_owned);
        let traces: Vec<_> =
            ingest::open(&inputs, Options::default()).unwrap().collect::<Result<_, _>>().unwrap();
        let channels = ChannelSet::default().with_at_most(40);
        let fit = FitOptions { channels, ..FitOptions::default() };
        let options = LearnOptions { fit, classic: true, ..LearnOptions::default() };
        let bytes = learn(&traces, &options, &|_| ()).unwrap().bytes;
        let mut sections = Vec::new();
        let mut rest = &bytes[40..];
        while let Some((sizes, after)) = rest.split_first_chunk::<16>() {
            let [packed, unpacked] =
                [0, 8].map(|at| u64::from_le_bytes(sizes[at..at + 8].try_into().unwrap()) as usize);
            sections.push(zstd::bulk::decompress(&after[..packed], unpacked).unwrap());
            rest = &after[packed..];
        }
        sections
    };
    SECTIONS.get_or_init(make).clone()
}

/// The file of these sections, each with the unpacked size that it claims.
fn sealed(sections: &[(Vec<u8>, usize)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (section, size) in sections {
        let packed = zstd::bulk::compress(section, 1).unwrap();
        body.extend((packed.len() as u64).to_le_bytes());
        body.extend((*size as u64).to_le_bytes());
        body.extend(packed);
    }
    let mut file = b"COTPRINT".to_vec();
    file.extend(FORMAT_VERSION.to_le_bytes());
    file.extend((sections.len() as u32).to_le_bytes());
    file.extend((body.len() as u64).to_le_bytes());
    file.extend(xxh3_128(&body).to_le_bytes());
    file.extend(body);
    file
}

fn file_of(sections: Vec<Vec<u8>>) -> Vec<u8> {
    let sized: Vec<_> = sections.into_iter().map(|one| (one.clone(), one.len())).collect();
    sealed(&sized)
}

fn refusal(sections: Vec<Vec<u8>>) -> String {
    Atlas::from_bytes(&file_of(sections), "a.atlas").unwrap_err().to_string()
}

#[test]
fn numbers_that_cannot_be_worked_with_are_refused() {
    assert!(Atlas::from_bytes(&file_of(sections()), "a.atlas").is_ok());
    // Factors of weights, the scale, and centres.
    for section in [3, 5, 6, 9, 11, 12, 14] {
        for number in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let mut own = sections();
            // Empty where there is no style embedding.
            if own[section].is_empty() {
                continue;
            }
            own[section][..4].copy_from_slice(&number.to_le_bytes());
            let said = refusal(own);
            assert!(said.contains("not finite"), "section {section}: {said}");
        }
    }
    let mut own = sections();
    own[3][..4].copy_from_slice(&3e38_f32.to_le_bytes());
    assert!(refusal(own).contains("too large"));
}

#[test]
fn references_have_names_of_their_own() {
    let named = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut own = sections();
        let mut description: serde_json::Value = serde_json::from_slice(&own[0]).unwrap();
        change(&mut description["about"]["references"]);
        own[0] = serde_json::to_vec(&description).unwrap();
        refusal(own)
    };
    for name in ["", "  ", &"x".repeat(2000)] {
        let said = named(&|references| references[1]["name"] = name.into());
        assert!(said.contains("name of reference 1"), "{said}");
    }
    let said = named(&|references| references[1]["name"] = references[0]["name"].clone());
    assert!(said.contains("that of another"), "{said}");
}

#[test]
fn memory_is_taken_in_proportion_to_the_file() {
    let mut sized: Vec<_> = sections().into_iter().map(|one| (one.clone(), one.len())).collect();
    sized[16].1 += 8;
    let said = Atlas::from_bytes(&sealed(&sized), "a.atlas").unwrap_err().to_string();
    assert!(said.contains("another size than it says"), "{said}");
    let zeros = vec![0_u8; 64 << 20];
    sized[16] = (zeros.clone(), zeros.len());
    let bomb = sealed(&sized);
    assert!(bomb.len() < 2 << 20);
    let said = Atlas::from_bytes(&bomb, "a.atlas").unwrap_err().to_string();
    assert!(said.contains("larger than"), "{said}");
    // A section that this program does not know is not unpacked.
    let mut own = sections();
    own.push([b"UNKNOWN1".as_slice(), &[7; 100]].concat());
    assert!(Atlas::from_bytes(&file_of(own), "a.atlas").is_ok());
}

#[test]
fn a_changed_section_is_refused_or_gives_probabilities() {
    let mut random = Pcg64Mcg::new(7);
    let mut below = |most: usize| (random.next_u64() % most.max(1) as u64) as usize;
    let mut opened = 0;
    for _ in 0..300 {
        let mut own = sections();
        let at = below(own.len());
        let section = &mut own[at];
        if section.is_empty() {
            continue;
        }
        let place = below(section.len());
        match below(5) {
            0 => section[place] ^= 1 << below(8),
            1 => section.truncate(place),
            2 => section.clear(),
            3 => drop(section.splice(place..place, vec![0; below(64)])),
            _ => section[place..].iter_mut().take(64).for_each(|byte| *byte = 0xff),
        }
        let Ok(atlas) = Atlas::from_bytes(&file_of(own), "a.atlas") else { continue };
        opened += 1;
        let Ok(scored) = atlas.model.score(TEXT, &mut NgramCounter::default()) else { continue };
        let sum: f32 = scored.probabilities.iter().sum();
        assert!((sum - 1.0).abs() < 1e-3, "section {at}: {:?}", scored.probabilities);
        assert!(scored.unknown.is_finite(), "section {at}");
    }
    assert!(opened > 20, "only {opened} atlases could be opened");
}
