//! References that were added to a learned model later: how they are told from the others.
//!
//! The regression weighs every reference against every other and cannot take in one more without their traces. The style
//! embedding can ([`Basis`]). So an added reference is told from all others by the embedding alone, with a stack that was
//! calibrated for that when the others were learned; and the others are told from each other as before, with what probability
//! the added ones leave. Comes in: what the learners say of a trace. Goes out: probabilities on known ground. Called by
//! `Model`; learned by `extend`.

use super::{stack::Stack, style::Basis};
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

/// How added references are told from the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Added {
    /// How many of the last references were added.
    pub references: usize,
    /// Place → probabilities among all references on known ground.
    pub stack: Stack,
    /// What the regression says of a trace's first reference, as far as its two coordinates foretell it: intercept, weight of the
    /// whole head's, weight of the pieces' head's.
    pub stand_in: [f64; 3],
}

/// What an atlas keeps so that references can be added.
#[derive(Debug, Clone, PartialEq)]
pub struct Extendable {
    /// The basis of the head of whole traces.
    pub whole: Basis,
    /// The basis of the head of pieces.
    pub pieces: Basis,
    /// See [`Added::stack`].
    pub stack: Stack,
    /// See [`Added::stand_in`].
    pub stand_in: [f64; 3],
    /// The mean of what the regression says of a reference for its own traces.
    pub own_logit: f64,
}

/// The part of [`Extendable`] that is written as JSON.
#[derive(Serialize, Deserialize)]
struct Description {
    stack: Stack,
    stand_in: [f64; 3],
    own_logit: f64,
}

impl Added {
    /// Probabilities on known ground. `older` gives those of the older references among themselves; `whole` and `pieces` are the
    /// vectors by both heads, `words` the length of the trace.
    pub(super) fn probabilities(
        &self,
        mut older: Vec<f32>,
        whole: &[f32],
        pieces: &[f32],
        words: usize,
    ) -> Vec<f32> {
        let by_style = self.stack.probabilities(&[whole, pieces], words);
        let added = &by_style[older.len()..];
        let rest = (1.0 - added.iter().sum::<f32>()).max(0.0);
        older.iter_mut().for_each(|p| *p *= rest);
        older.extend(added);
        older
    }

    /// What the regression would say of each reference: of the added ones, what their coordinates foretell.
    pub(super) fn regression(&self, said: &[f32], whole: &[f32], pieces: &[f32]) -> Vec<f32> {
        let older = said.len() - self.references;
        let foretold = |i: usize| {
            let [intercept, by_whole, by_pieces] = self.stand_in;
            let (whole, pieces) = (f64::from(whole[i]), f64::from(pieces[i]));
            (intercept + by_whole * whole + by_pieces * pieces) as f32
        };
        said[..older].iter().copied().chain((older..said.len()).map(foretold)).collect()
    }
}

impl Extendable {
    /// The bytes of it: the length of the JSON (4 bytes), the JSON, both bases.
    pub fn to_bytes(&self) -> Result<Vec<u8>, String> {
        let description = Description {
            stack: self.stack.clone(),
            stand_in: self.stand_in,
            own_logit: self.own_logit,
        };
        let json = serde_json::to_vec(&description).map_err(|error| error.to_string())?;
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
        let Description { stack, stand_in, own_logit } = serde_json::from_slice(json).ok()?;
        let (whole, rest) = Basis::from_bytes(rest)?;
        let (pieces, rest) = Basis::from_bytes(rest)?;
        let numbers = stand_in.iter().chain([&own_logit]);
        let fits =
            rest.is_empty() && stack.learners() == 2 && numbers.clone().all(|n| n.is_finite());
        fits.then_some(Self { whole, pieces, stack, stand_in, own_logit })
    }
}

/// [`Added::stand_in`] by least squares, from what the regression said of each trace's first reference and where that
/// lies: a row per trace, a column per reference each. `best` gives the first reference of each.
pub(super) fn stand_in(
    regression: ArrayView2<'_, f32>,
    whole: ArrayView2<'_, f32>,
    pieces: ArrayView2<'_, f32>,
    best: &[usize],
) -> [f64; 3] {
    let mut products = Array2::<f64>::zeros((3, 3));
    let mut right = Array2::<f64>::zeros((3, 1));
    for (i, &best) in best.iter().enumerate() {
        let x = [1.0, f64::from(whole[[i, best]]), f64::from(pieces[[i, best]])];
        let y = f64::from(regression[[i, best]]);
        for a in 0..3 {
            right[[a, 0]] += x[a] * y;
            for b in 0..3 {
                products[[a, b]] += x[a] * x[b];
            }
        }
    }
    // A trace of ridge: with very few traces the coordinates may be dependent.
    products.diag_mut().mapv_inplace(|value| value + 1e-6 * best.len().max(1) as f64);
    match super::cholesky::Cholesky::new(products) {
        Some(cholesky) => {
            let found = cholesky.solve(right.view());
            [found[[0, 0]], found[[1, 0]], found[[2, 0]]]
        }
        None => [0.0; 3],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, arr2};

    #[test]
    fn the_older_references_share_what_the_added_ones_leave() {
        let first = arr2(&[[2.0_f32, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 2.0]]);
        let labels = vec![0, 1, 2];
        let (stack, _) = Stack::fit(&super::super::stack::Observations {
            learners: vec![first.view(), first.view()],
            labels,
            words: vec![400; 3],
            weights: vec![1.0; 3],
            candidates: &[],
            candidates_of: &[],
        });
        let added = Added { references: 1, stack: stack.clone(), stand_in: [1.0, 2.0, 0.5] };
        let place = [0.3_f32, 0.1, 1.0];
        let found = added.probabilities(vec![0.8, 0.2], &place, &place, 400);
        let by_style = stack.probabilities(&[&place, &place], 400);
        assert_eq!(found[2], by_style[2]);
        assert!((found[0] / found[1] - 4.0).abs() < 1e-5, "{found:?}");
        assert!((found.iter().sum::<f32>() - 1.0).abs() < 1e-6, "{found:?}");
        assert_eq!(added.regression(&[5.0, 6.0, 0.0], &place, &place), [5.0, 6.0, 3.5]);
    }

    #[test]
    fn the_stand_in_finds_the_plane_that_the_regression_lies_on() {
        let whole = Array2::from_shape_fn((40, 2), |(i, _)| (i % 7) as f32);
        let pieces = Array2::from_shape_fn((40, 2), |(i, _)| (i % 5) as f32);
        let regression = 0.5 + 2.0 * &whole - &pieces;
        let best: Vec<usize> = (0..40).map(|i| i % 2).collect();
        let found = stand_in(regression.view(), whole.view(), pieces.view(), &best);
        for (found, expected) in found.iter().zip([0.5, 2.0, -1.0]) {
            assert!((found - expected).abs() < 1e-3, "{found} {expected}");
        }
    }
}
