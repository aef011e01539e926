//! Several learners' opinions → probabilities that mean what they say.
//!
//! A conditional logit (McFadden 1974): the logit of a reference is the sum of what each learner gives
//! it, times the learner's weight. The weights depend on the trace's length, linear in the logarithm of its words
//! between [`KNOTS`], because a short trace is weaker evidence and other learners are then to be believed; and on
//! whether it breaks off, as the first words of a long trace say less than a short one. Each data set (data set) that
//! was learned from adds weights of its own, drawn towards none: how far a learner can be believed differs between
//! subject matters, and with it what a probability means.
//!
//! The weights are fitted to what the learners said of traces on prompts that they had not seen (stacking; Wolpert
//! 1992), so that they also calibrate: with one learner this is temperature scaling (Guo, Pleiss, Sun & Weinberger
//! 2017). How they are fitted is in `learn`.

mod learn;

pub(super) use learn::Observations;

use super::lengths::{TextLength, between};
use crate::stats::{
    logistic::BinaryLogistic,
    vectors::{argmax, softmax},
};
use serde::{Deserialize, Serialize};

/// Words at which each learner has a weight of its own.
pub const KNOTS: [usize; 5] = [50, 100, 200, 400, 800];
/// Weights of several learners by length of trace: a row per learner, a weight per knot.
type Weights = Vec<[f64; KNOTS.len()]>;

/// The weights of several learners by length of trace, by whether it breaks off, and by data set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stack {
    /// Of any trace.
    weights: Weights,
    /// What is added to them where a trace breaks off.
    unfinished: Weights,
    /// What is added on each data set for traces that have their end, and for those that break off; empty where they were
    /// learned on one data set, or without regard to it.
    #[serde(rename = "grounds")]
    data_sets: Vec<[Weights; 2]>,
    /// What is added to the odds of the reference that comes first where a trace breaks off, by [`Stack::signs`]: the weights that make
    /// the loss least are too sure of such traces on some data sets, and too modest on others. (Top-label calibration; Gupta & Ramdas 2022.)
    first: BinaryLogistic,
}

/// No probability of the first reference is nearer to 0 or 1 for that.
const EDGE: f64 = 1e-6;

/// The logarithmic odds of the largest probability.
fn odds_of_first(probabilities: &[f32]) -> f64 {
    let first = f64::from(probabilities[argmax(probabilities)]).clamp(EDGE, 1.0 - EDGE);
    (first / (1.0 - first)).ln()
}

impl Stack {
    /// The logits of a trace from the learners' opinions, in their order. A data set of which nothing was learned goes by the
    /// weights of all.
    fn logits(&self, learners: &[&[f32]], extent: TextLength, data_set: Option<usize>) -> Vec<f32> {
        let mut logits = vec![0.0_f32; learners.first().map_or(0, |l| l.len())];
        let [(low, low_share), (high, high_share)] = between::<f64>(&KNOTS, extent.words);
        let at =
            |weights: &[f64; KNOTS.len()]| low_share * weights[low] + high_share * weights[high];
        let own = data_set.and_then(|data_set| self.data_sets.get(data_set));
        let own = own.map(|own| &own[usize::from(extent.unfinished)]);
        for (learner, opinion) in learners.iter().enumerate().take(self.weights.len()) {
            let mut weight = at(&self.weights[learner]);
            weight += if extent.unfinished { at(&self.unfinished[learner]) } else { 0.0 };
            weight += own.map_or(0.0, |own| at(&own[learner]));
            let weight = weight as f32;
            logits.iter_mut().zip(*opinion).for_each(|(logit, value)| *logit += weight * value);
        }
        logits
    }

    /// The probabilities of a trace on a data set.
    pub(super) fn probabilities(
        &self,
        learners: &[&[f32]],
        extent: TextLength,
        data_set: Option<usize>,
    ) -> Vec<f32> {
        self.probabilities_among(None, learners, extent, data_set)
    }

    /// The same among some of the references: 0 for the others.
    pub(super) fn probabilities_among(
        &self,
        candidates: Option<&[bool]>,
        learners: &[&[f32]],
        extent: TextLength,
        data_set: Option<usize>,
    ) -> Vec<f32> {
        let mut values = self.logits(learners, extent, data_set);
        leave(&mut values, candidates);
        softmax(&mut values);
        if extent.unfinished && values.len() > 1 {
            self.mend(&mut values, extent, data_set);
        }
        values
    }

    /// What the odds of the first reference are mended by: those odds, the length of the trace, and for each data set that has weights of
    /// its own whether the trace is on it.
    fn signs(&self, odds: f64, extent: TextLength, data_set: Option<usize>) -> Vec<f64> {
        let words = extent.words.clamp(KNOTS[0], KNOTS[KNOTS.len() - 1]) as f64;
        let on = (0..self.data_sets.len()).map(|own| f64::from(u8::from(data_set == Some(own))));
        [odds, words.ln()].into_iter().chain(on).collect()
    }

    /// Mends the odds of the first reference; the others share the rest as before. It stays the first.
    fn mend(&self, probabilities: &mut [f32], extent: TextLength, data_set: Option<usize>) {
        let best = argmax(probabilities);
        let odds = odds_of_first(probabilities);
        let first = f64::from(probabilities[best]);
        let rest = (1.0 - first).max(EDGE);
        let others = probabilities.iter().enumerate().filter(|(i, _)| *i != best);
        let second = f64::from(others.fold(0.0_f32, |most, (_, &p)| most.max(p)));
        let signs = self.signs(odds, extent, data_set);
        let mended = self.first.probability(&signs, odds).max(second / (second + rest));
        let factor = ((1.0 - mended) / rest) as f32;
        probabilities.iter_mut().for_each(|p| *p *= factor);
        probabilities[best] = mended as f32;
        let sum: f32 = probabilities.iter().sum();
        probabilities.iter_mut().for_each(|p| *p /= sum);
    }

    /// Whether this weighs so many learners, and each of them everywhere.
    pub fn weighs(&self, learners: usize) -> bool {
        self.first.fits(2 + self.data_sets.len())
            && [&self.weights, &self.unfinished]
                .into_iter()
                .chain(self.data_sets.iter().flatten())
                .all(|own| own.len() == learners)
    }
}

/// Leaves the logits of some references only.
fn leave(logits: &mut [f32], candidates: Option<&[bool]>) {
    for (logit, known) in logits.iter_mut().zip(candidates.unwrap_or_default()) {
        if !known {
            *logit = f32::NEG_INFINITY;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    fn whole(words: usize) -> TextLength {
        TextLength { words, unfinished: false }
    }

    fn observations<'a>(
        learners: &[&'a Array2<f32>],
        labels: Vec<usize>,
        words: Vec<usize>,
    ) -> Observations<'a> {
        Observations {
            learners: learners.iter().map(|l| l.view()).collect(),
            weights: vec![1.0; labels.len()],
            labels,
            extents: words.into_iter().map(whole).collect(),
            data_sets: Vec::new(),
            candidates: &[],
            candidates_of: &[],
        }
    }

    #[test]
    fn one_overconfident_learner_is_shrunk_to_the_truth() {
        // The learner always says 4 to 0 for the first, which is right in 3 of 4: weight ln 3 / 4.
        let logits = Array2::from_shape_fn((400, 2), |(_, j)| if j == 0 { 4.0 } else { 0.0 });
        let labels: Vec<usize> = (0..400).map(|i| usize::from(i % 4 == 0)).collect();
        let (stack, loss) = Stack::fit(&observations(&[&logits], labels, vec![400; 400]));
        let p = stack.probabilities(&[&[4.0, 0.0]], whole(400), None);
        assert!((p[0] - 0.75).abs() < 0.01, "{p:?}");
        // The entropy of 3 to 1.
        assert!((loss - 0.5623).abs() < 1e-3, "{loss}");
    }

    #[test]
    fn each_length_believes_the_learner_that_is_right_there() {
        let first =
            Array2::from_shape_fn((400, 2), |(i, j)| if j == i / 2 % 2 { 1.0 } else { 0.0 });
        let second =
            Array2::from_shape_fn((400, 2), |(i, j)| if j == i / 4 % 2 { 1.0 } else { 0.0 });
        let words: Vec<usize> = (0..400).map(|i| if i % 2 == 0 { 50 } else { 2000 }).collect();
        // Short traces: the first learner is right 9 times in 10; long ones: the second.
        let labels: Vec<usize> = (0..400)
            .map(|i| (if i % 2 == 0 { i / 2 % 2 } else { i / 4 % 2 } + usize::from(i % 20 < 2)) % 2)
            .collect();
        let (stack, _) = Stack::fit(&observations(&[&first, &second], labels, words));
        let opinions: [&[f32]; 2] = [&[1.0, 0.0], &[0.0, 1.0]];
        assert!(stack.probabilities(&opinions, whole(50), None)[0] > 0.8);
        assert!(stack.probabilities(&opinions, whole(2000), None)[1] > 0.8);
    }

    #[test]
    fn each_data_set_has_the_weight_that_it_bears_out() {
        // The learner says 2 to 0; that is right in 9 of 10 on the first data set and in 6 of 10 on the second.
        let logits = Array2::from_shape_fn((400, 2), |(_, j)| if j == 0 { 2.0 } else { 0.0 });
        let right = |i: usize| i / 2 % 10 < if i.is_multiple_of(2) { 9 } else { 6 };
        let labels: Vec<usize> = (0..400).map(|i| usize::from(!right(i))).collect();
        let mut data = observations(&[&logits], labels, vec![400; 400]);
        let together = Stack::fit(&data).1;
        data.data_sets = (0..400).map(|i| i % 2).collect();
        let (stack, loss) = Stack::fit(&data);
        let said =
            |data_set| f64::from(stack.probabilities(&[&[2.0, 0.0]], whole(400), data_set)[0]);
        assert!((said(Some(0)) - 0.9).abs() < 0.03, "{}", said(Some(0)));
        assert!((said(Some(1)) - 0.6).abs() < 0.03, "{}", said(Some(1)));
        assert!(loss < together - 0.02, "{loss} {together}");
        // A data set that nothing was learned of lies between them.
        assert!(
            said(Some(7)) == said(None) && said(None) > said(Some(1)) && said(None) < said(Some(0))
        );
        assert!(stack.weighs(1) && !stack.weighs(2));
    }

    #[test]
    fn what_breaks_off_is_weighed_apart() {
        // The learner says 2 to 0; that is right in 9 of 10 short traces, and in 6 of 10 of those that break off.
        let logits = Array2::from_shape_fn((400, 2), |(_, j)| if j == 0 { 2.0 } else { 0.0 });
        let right = |i: usize| i / 2 % 10 < if i.is_multiple_of(2) { 9 } else { 6 };
        let labels: Vec<usize> = (0..400).map(|i| usize::from(!right(i))).collect();
        let mut data = observations(&[&logits], labels, vec![100; 400]);
        data.extents.iter_mut().enumerate().for_each(|(i, extent)| extent.unfinished = i % 2 == 1);
        let (stack, _) = Stack::fit(&data);
        let said = |unfinished| {
            stack.probabilities(&[&[2.0, 0.0]], TextLength { words: 100, unfinished }, None)[0]
        };
        assert!((said(false) - 0.9).abs() < 0.03 && (said(true) - 0.6).abs() < 0.03);
    }

    #[test]
    fn the_odds_of_the_first_are_mended_on_each_data_set_where_a_trace_breaks_off() {
        let none = || vec![[0.0; KNOTS.len()]];
        let stack = Stack {
            weights: vec![[1.0; KNOTS.len()]],
            unfinished: none(),
            data_sets: vec![[none(), none()], [none(), none()]],
            first: serde_json::from_str(r#"{"intercept": 0.0, "slopes": [0.0, 0.0, 1.0, -1.0]}"#)
                .unwrap(),
        };
        assert!(stack.weighs(1));
        let said = |data_set, unfinished| {
            let extent = TextLength { words: 100, unfinished };
            stack.probabilities(&[&[2.0, 0.0, 0.0]], extent, data_set)
        };
        let odds = |p: &[f32]| f64::from(p[0] / (1.0 - p[0])).ln();
        let plain = odds(&said(None, true));
        for (data_set, expected) in [(Some(0), plain + 1.0), (Some(1), plain - 1.0), (None, plain)]
        {
            let p = said(data_set, true);
            assert!((odds(&p) - expected).abs() < 1e-4, "{data_set:?} {p:?}");
            assert!((p.iter().sum::<f32>() - 1.0).abs() < 1e-6 && p[1] == p[2]);
            assert!((odds(&said(data_set, false)) - plain).abs() < 1e-4);
        }
    }

    #[test]
    fn references_outside_the_set_take_no_part() {
        let logits = Array2::from_shape_fn((100, 3), |(i, j)| match j {
            2 => 9.0,
            j if j == i % 2 => 1.0,
            _ => 0.0,
        });
        let labels: Vec<usize> = (0..100).map(|i| (i + usize::from(i % 10 == 0)) % 2).collect();
        let (candidates, of) = ([vec![true, true, false]], vec![0; 100]);
        let mut data = observations(&[&logits], labels, vec![400; 100]);
        (data.candidates, data.candidates_of) = (&candidates, &of);
        let (stack, _) = Stack::fit(&data);
        // Right 9 times in 10 between the two.
        assert!((stack.probabilities(&[&[1.0, 0.0]], whole(400), None)[0] - 0.9).abs() < 0.01);
    }
}
