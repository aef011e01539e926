//! References that were added to a learned model later: how they are told from the others.
//!
//! The regression weighs every reference against every other and cannot take in one more without
//! their traces. The style embedding can ([`Basis`]). So an added reference is told from all others
//! by the embedding alone, with a stack that was calibrated for that when the others were learned.
//! The others are told from each other as before, and share the probability that the added ones
//! leave. If an added reference comes first, `unknown` compares the trace with that reference's own
//! traces.
//!
//! Comes in: the learners' vectors of a trace. Goes out: probabilities on known data sets, and
//! p-values. Called by `Model`; learned by `extend`.

use super::{lengths::TextLength, stack::Stack, style::Basis};
use serde::{Deserialize, Serialize};

/// How added references are told from the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Added {
    /// Vectors → probabilities among all references on known data sets.
    pub stack: Stack,
    /// For each of the last references, which were added, on known and on unseen data sets: the
    /// coordinates of its own traces in its direction, ascending, each by a direction that was
    /// learned without the trace's prompt.
    #[serde(rename = "own")]
    pub own_coordinates: Vec<[Vec<f32>; 2]>,
}

/// What an atlas keeps so that references can be added later.
#[derive(Debug, Clone, PartialEq)]
pub struct Extendable {
    /// The basis of the head of whole traces.
    pub whole: Basis,
    /// The basis of the head of pieces.
    pub pieces: Basis,
    /// See [`Added::stack`].
    pub stack: Stack,
    /// The mean logit that the regression gives a trace's own reference.
    pub own_logit: f64,
}

/// The part of [`Extendable`] that is written as JSON.
#[derive(Serialize, Deserialize)]
struct Description {
    stack: Stack,
    own_logit: f64,
}

impl Added {
    /// How many of the last references were added.
    pub fn references(&self) -> usize {
        self.own_coordinates.len()
    }

    /// Whether it weighs two learners, and its numbers are finite and in their order.
    pub(crate) fn is_sound(&self) -> bool {
        let ascending =
            |own: &Vec<f32>| own.iter().all(|value| value.is_finite()) && own.is_sorted();
        self.stack.weighs(2) && self.own_coordinates.iter().flatten().all(ascending)
    }

    /// Probabilities on known data sets. `older` gives those of the older references among
    /// themselves; `whole` and `pieces` are the vectors by both heads, `length` is the trace's,
    /// `data_set` the known data set that it is most likely of.
    pub(super) fn probabilities(
        &self,
        mut older: Vec<f32>,
        whole: &[f32],
        pieces: &[f32],
        length: TextLength,
        data_set: usize,
    ) -> Vec<f32> {
        let by_style = self.stack.probabilities(&[whole, pieces], length, Some(data_set));
        let added = &by_style[older.len()..];
        let rest = (1.0 - added.iter().sum::<f32>()).max(0.0);
        older.iter_mut().for_each(|p| *p *= rest);
        older.extend(added);
        older
    }

    /// The conformal p-value that the added reference with this number wrote a trace whose
    /// coordinate in its direction is `coordinate` (Vovk, Gammerman & Shafer 2005): the share of
    /// its own traces with no larger coordinate. 1 where none of them could be held out.
    pub(super) fn unknown(&self, number: usize, coordinate: f32, on_unseen: bool) -> f64 {
        let own =
            self.own_coordinates.get(number).map(|own| own[usize::from(on_unseen)].as_slice());
        let own = own.unwrap_or_default();
        let no_larger = own.partition_point(|&other| other <= coordinate);
        (1 + no_larger) as f64 / (1 + own.len()) as f64
    }
}

impl Extendable {
    /// The bytes of it: the length of the JSON (4 bytes), the JSON, both bases.
    ///
    /// # Errors
    /// Where the description cannot be written as JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let description = Description { stack: self.stack.clone(), own_logit: self.own_logit };
        let json = serde_json::to_vec(&description)?;
        let mut bytes = (json.len() as u32).to_le_bytes().to_vec();
        bytes.extend(json);
        bytes.extend(self.whole.to_bytes());
        bytes.extend(self.pieces.to_bytes());
        Ok(bytes)
    }

    /// Reads what [`Extendable::to_bytes`] wrote; `None` where it is damaged.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let (json, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        let Description { stack, own_logit } = serde_json::from_slice(json).ok()?;
        let (whole, rest) = Basis::from_bytes(rest)?;
        let (pieces, rest) = Basis::from_bytes(rest)?;
        let fits = rest.is_empty() && stack.weighs(2) && own_logit.is_finite();
        fits.then_some(Self { whole, pieces, stack, own_logit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::arr2;

    #[test]
    fn the_older_references_share_what_the_added_ones_leave() {
        let first = arr2(&[[2.0_f32, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 2.0]]);
        let labels = vec![0, 1, 2];
        let length = TextLength { words: 400, unfinished: false };
        let (stack, _) = Stack::fit(&super::super::stack::Observations {
            learners: vec![first.view(), first.view()],
            labels,
            lengths: vec![length; 3],
            weights: vec![1.0; 3],
            data_sets: Vec::new(),
            candidates: &[],
            candidates_of: &[],
        });
        let own = vec![[vec![1.0, 2.0, 3.0], Vec::new()]];
        let added = Added { stack: stack.clone(), own_coordinates: own };
        let place = [0.3_f32, 0.1, 1.0];
        let found = added.probabilities(vec![0.8, 0.2], &place, &place, length, 0);
        let by_style = stack.probabilities(&[&place, &place], length, None);
        assert_eq!(found[2], by_style[2]);
        assert!((found[0] / found[1] - 4.0).abs() < 1e-5, "{found:?}");
        assert!((found.iter().sum::<f32>() - 1.0).abs() < 1e-6, "{found:?}");
        // Three of its own traces: none, one and all of them no further than this one.
        let strange = |coordinate| added.unknown(0, coordinate, false);
        assert_eq!([0.5, 1.0, 9.0].map(strange), [0.25, 0.5, 1.0]);
        assert_eq!(added.unknown(0, -9.0, true), 1.0);
    }
}
