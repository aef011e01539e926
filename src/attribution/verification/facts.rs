//! What a decision reads of a corpus, and the corpora that it is learned from.

use super::two_covariance::Ratio;

/// What the decision reads of a corpus.
pub(super) const FACTS: usize = 2;
/// What it reads of a corpus on new prompts.
pub(super) const SHIFTED_FACTS: usize = 4;
/// More controls are not told apart from so many.
pub(super) const MOST_CONTROLS: usize = 4;

/// See [`facts`].
const LEAST_RATIO: f64 = -30.0;
/// See [`facts`].
const MOST_RATIO: f64 = 120.0;

/// A corpus that was drawn, and what the comparison says of it.
#[derive(Debug, Clone)]
pub(super) struct Simulated {
    pub facts: [f64; FACTS],
    /// By how much the first reference leads the next of its family.
    pub lead: Option<f64>,
    pub traces: f64,
    /// Whether its family was among the references.
    pub known: bool,
    /// Whether the first reference is of its family, its vendor, is it.
    pub family_right: bool,
    pub vendor_right: bool,
    pub reference_right: bool,
    /// Whether it is a stranger, and the first reference is of its vendor: neither right nor wrong.
    pub relative: bool,
    /// The fold of its family.
    pub fold: usize,
    /// How much it counts.
    pub weight: f64,
}

/// A corpus on a data set that was left out.
#[derive(Debug, Clone)]
pub(super) struct ShiftedCorpus {
    pub facts: [f64; SHIFTED_FACTS],
    /// The data set.
    pub data_set: usize,
    /// Controls.
    pub controls: usize,
    /// Whether its model was among the references.
    pub known: bool,
    /// Whether the first reference is of its family.
    pub right: bool,
    /// How much it counts.
    pub weight: f64,
}

/// The facts of a corpus with this first ratio: the ratio, and by how much it exceeds `nearest_other`,
/// the largest ratio of another family's traces with the same reference. Where two families resemble
/// each other, a stranger may be as near to one of them as the other is, so that a name needs more. The
/// misfit, the number of traces, and the lead over the next family tell no more of corpora of held-out
/// prompts, and what little the regression made of them differed from atlas to atlas.
pub(super) fn facts(first: &Ratio, nearest_other: Option<f64>) -> [f64; FACTS] {
    let excess = first.log_ratio - nearest_other.unwrap_or(LEAST_RATIO);
    [clamped(first.log_ratio), excess.clamp(2.0 * LEAST_RATIO, 2.0 * MOST_RATIO)]
}

/// Beyond these ends a ratio says no more, and a few strange corpora would outweigh all others.
fn clamped(log_ratio: f64) -> f64 {
    log_ratio.clamp(LEAST_RATIO, MOST_RATIO)
}

/// By how much the first reference leads the next of its family; `None` where it has no relatives among
/// them.
pub(super) fn lead(ratios: &[Ratio], family_of: impl Fn(usize) -> usize) -> Option<f64> {
    let first = ratios.first()?;
    let family = family_of(first.reference);
    let next = ratios[1..].iter().find(|ratio| family_of(ratio.reference) == family)?;
    Some(first.log_ratio - next.log_ratio)
}

/// The facts of a corpus on new prompts, with so many controls. There the lead over the next family
/// tells more than the ratio does.
pub(super) fn shifted_facts(
    ratios: &[Ratio],
    controls: usize,
    family_of: impl Fn(usize) -> usize,
) -> Option<[f64; SHIFTED_FACTS]> {
    let first = ratios.first()?;
    let family = family_of(first.reference);
    let next = ratios.iter().find(|ratio| family_of(ratio.reference) != family);
    let lead = next.map_or(0.0, |next| first.log_ratio - next.log_ratio);
    let misfit = first.misfit.clamp(-8.0, 12.0);
    Some([clamped(first.log_ratio), lead.ln_1p(), misfit, (controls as f64).ln_1p()])
}
