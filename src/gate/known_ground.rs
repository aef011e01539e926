//! Rules on likeness decide only where the atlas can judge: the floor that `compare` stands on.
//!
//! The shares of the evidence say who of the references is likeliest, never whether any of them is
//! likely. A rule on one fails, or is met, only where verification says that the traces which are given
//! to the reference are of its family; and nothing is decided on subject matter or in a language that
//! the atlas does not know. Controls can change that: on new prompts verification judges the corpus as a
//! whole, and a rule is decided where that agrees with it. Called by [`super::check`] after a condition was measured.

use super::{
    checked_records::CheckedRecords,
    decide::Outcome,
    result::{ConditionAnswer, Note},
};
use crate::{
    atlas::Atlas,
    lineage::{ControlCorpus, ERROR_RATE, ScoredCorpus, Verified, support, verify},
    policy::{Bound, Condition, Quantity},
};

/// What the atlas knows of the ground of a corpus.
pub(super) struct KnownGround<'a> {
    atlas: &'a Atlas,
    corpus: &'a ScoredCorpus,
    verified: Option<Verified>,
}

impl<'a> KnownGround<'a> {
    /// Judges the corpus, with controls on the same prompts where there are any.
    pub fn of(atlas: &'a Atlas, corpus: &'a ScoredCorpus, controls: &[ControlCorpus]) -> Self {
        Self { atlas, corpus, verified: verify(atlas, corpus, controls, ERROR_RATE) }
    }

    /// Whether the atlas does not know the subject matter, and controls name a family.
    pub fn is_by_controls(&self) -> bool {
        self.verified.as_ref().is_some_and(|own| own.by_controls && own.names_family())
    }

    /// Takes a decision back that the atlas cannot stand behind. Nothing is taken back of an atlas
    /// without verification.
    pub fn check(
        &self,
        condition: &Condition,
        sample: &CheckedRecords,
        answer: &mut ConditionAnswer,
    ) {
        let (Quantity::Share(target) | Quantity::Attributed(target) | Quantity::Mixture(target)) =
            &condition.quantity
        else {
            return;
        };
        let Some(verified) = &self.verified else { return };
        if answer.outcome == Outcome::CannotTell {
            return;
        }
        if let Some(why) = &verified.unfamiliar {
            answer.outcome = Outcome::CannotTell;
            answer.note = Some(Note::Unfamiliar(why.clone()));
            return;
        }
        let accuses = match condition.bound {
            Bound::AtMost(_) => answer.outcome == Outcome::Failed,
            Bound::AtLeast(_) => answer.outcome == Outcome::Passed,
        };
        let members = sample.target(target).map(|(_, members)| members).unwrap_or_default();
        let stands = if verified.by_controls {
            let is_mixture = matches!(condition.quantity, Quantity::Mixture(_));
            let references = &self.atlas.about.references;
            let named = |&at: &usize| {
                references.get(at).is_some_and(|own| verified.candidate.is_of_family(own))
            };
            agrees(accuses, members.iter().any(named), is_mixture)
        } else {
            let support = support(self.atlas, &self.corpus.style, members, ERROR_RATE);
            !accuses || support.is_none_or(|own| own.probability >= own.bound)
        };
        if !stands {
            answer.outcome = Outcome::CannotTell;
            answer.note = Some(if accuses { Note::NotVerified } else { Note::NotExcluded });
        }
    }
}

/// Whether a decision agrees with a verdict by controls. `accuses`: it says that the traces are, or hold
/// some, of the rule's references; `named`: the verdict names one of their families.
fn agrees(accuses: bool, named: bool, is_mixture: bool) -> bool {
    // That the whole resembles one family does not show that it holds nothing of another.
    accuses == named && (accuses || !is_mixture)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_by_controls_agrees_with_the_verdict() {
        // The suspected family is named: the rule may fail, and may not pass.
        assert!(agrees(true, true, false) && agrees(true, true, true));
        assert!(!agrees(false, true, false) && !agrees(false, true, true));
        // Another is named: nobody is accused, and only a rule on the whole is met.
        assert!(!agrees(true, false, false) && !agrees(true, false, true));
        assert!(agrees(false, false, false) && !agrees(false, false, true));
    }
}
