//! The section of the panel: the width and the numbers of prompts, members and centres, then one
//! vector for each of them, with three whole numbers, the noise, a factor and a byte per place.

use super::numbers::number;
use crate::attribution::{
    panel::{Member, Panel, SharedPrompt},
    weights::round_to_bytes,
};

/// The bytes of a vector before its places.
const VECTOR_HEAD: usize = 32;

/// One vector with what the section keeps next to it.
struct StoredVector {
    numbers: [u64; 3],
    noise: f32,
    values: Vec<f32>,
}

/// The bytes of a panel.
pub(super) fn write(panel: &Panel) -> Vec<u8> {
    let mut bytes = Vec::new();
    let sizes = [panel.width(), panel.prompts.len(), panel.members.len(), panel.centres.len()];
    sizes.iter().for_each(|&size| bytes.extend((size as u32).to_le_bytes()));
    let mut add = |numbers: [u64; 3], noise: f32, values: &[f32]| {
        numbers.iter().for_each(|number| bytes.extend(number.to_le_bytes()));
        bytes.extend(noise.to_le_bytes());
        let mut rounded = vec![0_i8; panel.width()];
        bytes.extend(round_to_bytes(values, &mut rounded).to_le_bytes());
        bytes.extend(rounded.iter().map(|&byte| byte as u8));
    };
    for prompt in &panel.prompts {
        let numbers = [prompt.key, prompt.data_set as u64, prompt.references as u64];
        add(numbers, 0.0, &prompt.mean);
    }
    for member in &panel.members {
        let prompts = 2 * member.prompts as u64 + u64::from(member.paired);
        let numbers = [member.reference as u64, member.data_set as u64, prompts];
        add(numbers, member.noise, &member.departure);
    }
    for centre in &panel.centres {
        add([u64::from(!centre.is_empty()), 0, 0], 0.0, centre);
    }
    bytes
}

/// Reads what [`write`] wrote; `None` where it is damaged or has another width.
pub(super) fn read(bytes: &[u8], expected_width: usize) -> Option<Panel> {
    let size = |place: usize| Some(u32::from_le_bytes(number(bytes, 4 * place)?) as usize);
    let [width, prompts, members, centres] = [size(0)?, size(1)?, size(2)?, size(3)?];
    let rest = bytes.get(16..)?;
    let vectors = prompts.checked_add(members)?.checked_add(centres)?;
    if width != expected_width || rest.len() != vectors.checked_mul(VECTOR_HEAD + width)? {
        return None;
    }
    let mut vectors = rest.chunks_exact(VECTOR_HEAD + width).map(read_vector);
    let prompts = vectors.by_ref().take(prompts).map(shared_prompt).collect();
    let members = vectors.by_ref().take(members).map(member).collect();
    let centres = vectors.map(centre).collect();
    Some(Panel { prompts, members, centres })
}

fn read_vector(chunk: &[u8]) -> StoredVector {
    let numbers = [0, 8, 16].map(|at| number(chunk, at).map_or(0, u64::from_le_bytes));
    let [noise, factor] = [24, 28].map(|at| number(chunk, at).map_or(0.0, f32::from_le_bytes));
    let places = &chunk[VECTOR_HEAD..];
    let values = places.iter().map(|&byte| f32::from(byte as i8) * factor).collect();
    StoredVector { numbers, noise, values }
}

fn shared_prompt(stored: StoredVector) -> SharedPrompt {
    let [key, data_set, references] = stored.numbers;
    SharedPrompt {
        key,
        data_set: data_set as usize,
        references: references as usize,
        mean: stored.values,
    }
}

fn member(stored: StoredVector) -> Member {
    let [reference, data_set, prompts] = stored.numbers;
    Member {
        reference: reference as usize,
        data_set: data_set as usize,
        prompts: (prompts / 2) as usize,
        paired: prompts % 2 == 1,
        departure: stored.values,
        noise: stored.noise,
    }
}

fn centre(stored: StoredVector) -> Vec<f32> {
    if stored.numbers[0] == 1 { stored.values } else { Vec::new() }
}
