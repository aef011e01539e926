//! The drift from a baseline, in sentences.

use super::escape::name;
use super::json::sentences;
use super::numbers::{counted, percent, similarity};
use crate::lineage::{Approach, Drift, DriftBasis, DriftChannel, DriftFinding, DriftReference};
use std::fmt::{Display, Formatter, Result};

sentences!(DriftFinding);

impl Drift {
    /// The drift in one sentence or a few.
    pub fn sentence(&self) -> String {
        self.finding.to_string()
    }
}

impl Display for DriftFinding {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::ByChance(basis) => write!(f, "No drift beyond chance ({basis})."),
            Self::TowardsNone(basis) => {
                write!(f, "The style moved, but clearly towards none of the references ({basis}).")
            }
            Self::StillUnrelated { nearest: Approach { reference, before, after }, basis } => {
                write!(
                    f,
                    "The style moved; it is nearer to {reference} than before (similarity {after:.2}, \
                 before {before:.2}), but no nearer than unrelated references can be to each other; \
                 {basis}."
                )
            }
            Self::Towards { references, more, own_share, basis } => {
                let list: Vec<String> = references
                    .iter()
                    .map(|Approach { reference, before, after }| {
                        format!("{reference} (similarity from {before:.2} to {after:.2})")
                    })
                    .collect();
                let more = match more {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                write!(
                    f,
                    "The style moved towards {}{more}, {basis}. Style does not tell whether the model \
                     learned from one of them, or whether all have something in common. {:.0} % of \
                     the shift leads towards no reference.",
                    list.join(", "),
                    100.0 * own_share
                )
            }
            Self::Text(sentence) => f.write_str(sentence),
        }
    }
}

impl Display for DriftBasis {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        if self.paired {
            write!(f, "on {} prompts that both corpora answered", self.prompts)
        } else {
            f.write_str("on different prompts, so that subject matter is mixed in")
        }
    }
}

/// The main finding of the drift: the title of its figure.
pub fn drift_title(drift: &Drift) -> String {
    let clear: Vec<&DriftReference> =
        drift.references.iter().filter(|one| one.is_clear() && one.after.is_finite()).collect();
    let Some(first) = clear.iter().max_by(|a, b| a.after.total_cmp(&b.after)) else {
        return "The input is not clearly closer to any reference than the baseline was".into();
    };
    let now = format!(
        "{} (similarity {}, before {})",
        name(&first.reference),
        similarity(first.after),
        similarity(first.before)
    );
    match clear.len() {
        1 => format!("The input is clearly closer to {now} than the baseline was"),
        n => {
            format!(
                "The input is clearly closer to {n} references than the baseline was; closest to {now}"
            )
        }
    }
}

/// How sure the answer about a drift is: the prompts, the p-value of the shift, and the clearest approach.
pub(super) fn drift_sure(drift: &Drift) -> String {
    let basis = shift_basis(drift);
    let chance = format!("P-value of no shift: {}.", super::numbers::p_value(drift.size_p_value));
    let clear = drift.references.iter().filter(|one| one.is_clear() && one.after.is_finite());
    let nearest =
        clear.max_by(|a, b| a.after.total_cmp(&b.after)).map_or_else(String::new, |one| {
            format!(
                " Likeness to {}: {} before, {} now (95 % interval of the change {}).",
                name(&one.reference),
                similarity(one.before),
                similarity(one.after),
                super::numbers::signed_interval(one.low, one.high)
            )
        });
    format!("{basis} {chance}{nearest}")
}

/// Which references the figure of the drift shows, where it shows `shown` of them.
pub fn drift_shown(drift: &Drift, shown: usize) -> String {
    let clear = drift.references.iter().filter(|one| one.is_clear()).count();
    let blue = if clear > 0 { "Blue: clearly closer than before. " } else { "" };
    match drift.references.len() {
        all if all > shown => {
            format!(
                "{blue}Shown: {shown} of {all} references, the closest and those with the largest changes."
            )
        }
        _ => blue.trim_end().to_owned(),
    }
}

/// The prompts that the drift rests on.
pub fn shift_basis(drift: &Drift) -> String {
    let prompts = counted(drift.prompts, "prompt", "prompts");
    if drift.paired {
        format!("Based on {prompts} that both corpora answered.")
    } else {
        format!("Based on {prompts} that differ, so subject matter is mixed in.")
    }
}

/// How far a corpus moved, and in which channels.
pub fn drift_size(drift: &Drift) -> String {
    let mut channels: Vec<&DriftChannel> = drift.channels.iter().collect();
    channels.sort_by(|a, b| b.share.total_cmp(&a.share));
    let parts: Vec<String> = channels
        .iter()
        .take(3)
        .map(|c| format!("{} {}", name(&c.channel), percent(c.share)))
        .collect();
    format!(
        "The size of the shift is {} (1 is one standard deviation of single traces in every channel). By \
         channel: {}.",
        similarity(drift.size),
        parts.join(", ")
    )
}
