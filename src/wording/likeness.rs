//! The comparison on shared prompts, in sentences.

use super::escape::name;
use super::numbers::counted;
use crate::lineage::Pairing;

/// What the paired comparison found, as a heading.
pub fn pairing_title(pairing: &Pairing) -> String {
    let how = if pairing.paired {
        format!("Beyond the prompts ({} shared)", pairing.prompts)
    } else {
        "Beyond the subject matter (no shared prompts)".to_owned()
    };
    match pairing.similarities.first() {
        Some(first) => format!("{how}: nearest is {}", name(&first.reference)),
        None => how,
    }
}

/// What the paired comparison rests on.
pub fn pairing_basis(pairing: &Pairing) -> String {
    let sets: Vec<String> = pairing
        .data_sets
        .iter()
        .map(|(set, prompts)| {
            format!("{} of {}", counted(*prompts, "prompt", "prompts"), name(set))
        })
        .collect();
    if pairing.paired {
        format!(
            "What all references write on a prompt is taken off, prompt by prompt ({}); what is left is the \
             writer's own. 1: the same habits, 0: no more alike than two writers at random.",
            sets.join(", ")
        )
    } else {
        "The references did not answer these prompts, so that only the mean over a data set could be taken \
         off: what the traces are about is mixed in. `cotprint probes` lists prompts that can be compared."
            .to_owned()
    }
}

/// Which references the figure of the likeness shows, where it shows `shown` of them.
pub fn likeness_shown(pairing: &Pairing, shown: usize) -> String {
    let which = match pairing.similarities.len() {
        all if all > shown => format!("The {shown} most alike of {all} references. "),
        _ => String::new(),
    };
    let clear = pairing.clear().count();
    let clear = match clear {
        0 => "No reference is surely more like the input than unrelated models are to each other."
            .to_owned(),
        n => format!(
            "Blue: surely more like the input than unrelated models are to each other ({}).",
            counted(n, "reference", "references")
        ),
    };
    which + &clear
}
