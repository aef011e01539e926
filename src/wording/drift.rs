//! The drift from a baseline, in sentences.

use super::escape::name;
use super::numbers::{counted, percent, similarity};
use crate::lineage::{Drift, DriftChannel, DriftReference};

/// The drift's finding in one sentence: the title of its figure.
pub fn drift_title(drift: &Drift) -> String {
    let clear: Vec<&DriftReference> =
        drift.references.iter().filter(|one| one.is_clear() && one.after.is_finite()).collect();
    let Some(first) = clear.iter().max_by(|a, b| a.after.total_cmp(&b.after)) else {
        return "To no reference is the input clearly nearer than the baseline was".into();
    };
    let now = format!(
        "{} (similarity {}, before {})",
        name(&first.reference),
        similarity(first.after),
        similarity(first.before)
    );
    match clear.len() {
        1 => format!("The input is clearly nearer than the baseline was to {now}"),
        n => {
            format!(
                "The input is clearly nearer than the baseline was to {n} references, nearest to {now}"
            )
        }
    }
}

/// Which references the figure of the drift shows, where it shows `shown` of them.
pub fn drift_shown(drift: &Drift, shown: usize) -> String {
    let clear = drift.references.iter().filter(|one| one.is_clear()).count();
    let blue = if clear > 0 { "Blue: clearly nearer than before. " } else { "" };
    match drift.references.len() {
        all if all > shown => {
            format!(
                "{blue}Shown are {shown} of {all} references: the nearest of these, and the largest changes."
            )
        }
        _ => blue.trim_end().to_owned(),
    }
}

/// What the drift rests on.
pub fn shift_basis(drift: &Drift) -> String {
    let prompts = counted(drift.prompts, "prompt", "prompts");
    if drift.paired {
        format!("Based on {prompts} that both corpora answered.")
    } else {
        format!("Based on {prompts} that differ: what they are about is mixed in.")
    }
}

/// How far a corpus moved, in words.
pub fn drift_size(drift: &Drift) -> String {
    let mut channels: Vec<&DriftChannel> = drift.channels.iter().collect();
    channels.sort_by(|a, b| b.share.total_cmp(&a.share));
    let parts: Vec<String> = channels
        .iter()
        .take(3)
        .map(|c| format!("{} {}", name(&c.channel), percent(c.share)))
        .collect();
    format!(
        "The shift is {} long (1 is one standard deviation of single traces in every channel); by channel: {}.",
        similarity(drift.size),
        parts.join(", ")
    )
}
