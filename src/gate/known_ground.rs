//! Rules on likeness decide only where the atlas can judge: the floor that `compare` stands on.
//!
//! The shares of the evidence say who of the references is likeliest, never whether any of them is
//! likely. A rule on one fails, or is met, only where verification says that the traces which are given
//! to the reference are of its family; and nothing is decided on subject matter or in a language that
//! the atlas does not know. Called by [`super::check`] after a condition was measured.

use super::{
    checked_records::CheckedRecords,
    decide::Outcome,
    result::{ConditionAnswer, Note},
};
use crate::{
    atlas::Atlas,
    lineage::{ERROR_RATE, ScoredCorpus, Verified, support, verify},
    policy::{Bound, Condition, Quantity},
};

/// What the atlas knows of the ground of a corpus.
pub(super) struct KnownGround<'a> {
    atlas: &'a Atlas,
    corpus: &'a ScoredCorpus,
    verified: Option<Verified>,
}

impl<'a> KnownGround<'a> {
    /// Judges the corpus.
    pub fn of(atlas: &'a Atlas, corpus: &'a ScoredCorpus) -> Self {
        Self { atlas, corpus, verified: verify(atlas, corpus, &[], ERROR_RATE) }
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
        let support = support(self.atlas, &self.corpus.style, members, ERROR_RATE);
        if accuses && support.is_some_and(|own| own.probability < own.bound) {
            answer.outcome = Outcome::CannotTell;
            answer.note = Some(Note::NotVerified);
        }
    }
}
