//! What a decision reads of a corpus, and the corpora that it is learned from.

use super::two_covariance::Ratio;

/// What the decision reads of a corpus.
pub(super) const FACTS: usize = 1;
/// What it reads of a corpus on new prompts.
pub(super) const SHIFTED_FACTS: usize = 4;
/// More controls are not told apart from so many.
pub(super) const MOST_CONTROLS: usize = 4;

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

/// The facts of a corpus with this first ratio: the ratio alone. The misfit and the number of traces tell
/// no more of corpora of held-out prompts, and what little the regression made of them differed from
/// atlas to atlas. Beyond these ends the ratio says no more, and a few strange corpora would outweigh all
/// others.
pub(super) fn facts(first: &Ratio) -> [f64; FACTS] {
    [first.log_ratio.clamp(-30.0, 120.0)]
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
    let [ratio] = facts(first);
    let misfit = first.misfit.clamp(-8.0, 12.0);
    Some([ratio, lead.ln_1p(), misfit, (controls as f64).ln_1p()])
}
