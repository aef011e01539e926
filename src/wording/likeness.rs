//! The comparison on shared prompts, in sentences.

use super::escape::name;
use super::numbers::counted;
use crate::lineage::Pairing;

/// The main finding of the comparison on shared prompts, as a heading.
pub fn pairing_title(pairing: &Pairing) -> String {
    let how = if pairing.paired {
        format!("Prompt effects removed ({} shared prompts)", pairing.prompts)
    } else {
        "Data set effects removed (no shared prompts)".to_owned()
    };
    // A name in a heading would be read as the verdict.
    let clear = match pairing.clear().count() {
        0 => "no reference is clearly close".to_owned(),
        1 => "one reference is clearly close".to_owned(),
        n => format!("{n} references are clearly close"),
    };
    format!("{how}: {clear}")
}

/// How the comparison on shared prompts is made.
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
            "What all references have in common on a prompt is subtracted, prompt by prompt ({}), so only \
             the model's own style remains. 1: the same habits; 0: no more alike than two random models.",
            sets.join(", ")
        )
    } else {
        "The references did not answer these prompts, so only the mean of a data set was subtracted: \
         the values also reflect subject matter. `cotprint probes` lists prompts to compare on."
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
        0 => {
            "No reference is clearly more like the input than unrelated models are like each other."
                .to_owned()
        }
        n => format!(
            "Blue: clearly more like the input than unrelated models are like each other ({}).",
            counted(n, "reference", "references")
        ),
    };
    which + &clear
}
